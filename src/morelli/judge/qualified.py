"""Works of a workshop, a circle or a follower, held against the master's own works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.collection.names.qualifiers import QUALIFIERS, name_qualifier
from morelli.embeddings import Embeddings
from morelli.gallery.store import Gallery
from morelli.judge.attribution import name_artists
from morelli.model.artefact import Model
from morelli.model.prediction_sets import LEVEL


@dataclass(frozen=True)
class QualifiedWork:
    """How near a work comes to its master.

    Parameters
    ----------
    id
        The work.
    master
        Whom the catalogue names behind the qualifier.
    qualifier
        Such as "workshop of".
    log10_likelihood_ratio
        The median over the master's reference works.
    is_in_set
        Whether the prediction set holds the master; None when the model does not know him or makes no sets.
    """

    id: str
    master: str
    qualifier: str
    log10_likelihood_ratio: float
    is_in_set: bool | None


def _score_qualified(
    model: Model, works: pl.DataFrame, embeddings: Embeddings, *, level: float = LEVEL
) -> list[QualifiedWork]:
    """Return how near qualified works come to their masters.

    Parameters
    ----------
    model
        The masters' references are the works of its train part.
    works
        Columns id, artist, qualifier. Works without a qualifier or a vector, those that the split holds, and
        those whose master has no reference are left out.
    embeddings
        Vectors under the model's encoder.
    level
        Of the prediction sets.
    """
    held = set(embeddings.ids)
    references = model.split.table.filter((pl.col("part") == "train") & pl.col("id").is_in(list(held)))
    named = [name_qualifier(text) for text in works["qualifier"]]
    asked = (
        works.with_columns(qualifier=pl.Series(named, dtype=pl.String))
        .filter(
            pl.col("qualifier").is_not_null()
            & pl.col("id").is_in(list(held))
            & ~pl.col("id").is_in(model.split.table["id"].implode())
            & pl.col("artist").is_in(references["artist"].unique().implode())
        )
        .sort("id")
    )
    if asked.is_empty():
        return []
    vectors = embeddings.select(asked["id"].to_list())
    rows = model.comparison.read_rows(vectors)
    masters = model.comparison.read_rows(embeddings.select(references["id"].to_list()))
    own = np.array(references["artist"].to_list(), dtype=object)
    members = _find_sets(model, vectors, asked["artist"].to_list(), level)
    return [
        QualifiedWork(
            work_id, master, qualifier, _median_evidence(model, row, masters[own == master]), member
        )
        for (work_id, master, qualifier), row, member in zip(
            asked.select("id", "artist", "qualifier").iter_rows(), rows, members, strict=True
        )
    ]


def _median_evidence(model: Model, row: NDArray[np.float32], masters: NDArray[np.float32]) -> float:
    head = model.comparison
    return float(np.median(head.log10_likelihood_ratio(head.rule.score_all(masters, row[None]))))


def _find_sets(
    model: Model, vectors: NDArray[np.float32], masters: Sequence[str], level: float
) -> list[bool | None]:
    if model.prediction_sets is None:
        return [None] * len(masters)
    naming = name_artists(model, vectors)
    members = model.prediction_sets.predict(naming.probabilities, level)
    columns = {artist: column for column, artist in enumerate(naming.artists)}
    return [
        bool(members[at, columns[master]]) if master in columns else None for at, master in enumerate(masters)
    ]


# How near works of workshops, circles and followers come to their masters: a table apart from all others.


@dataclass(frozen=True)
class QualifiedRow:
    """Works of one qualifier.

    Parameters
    ----------
    qualifier
        Such as "workshop of".
    n_works, n_masters
        How many works, and of how many masters.
    log10_likelihood_ratio
        The median over the works, each the median over its master's reference works.
    share_above_0
        Works whose likelihood ratio speaks for the master's own hand.
    share_in_set
        Works whose 90 % prediction set holds the master; None when no set was made.
    """

    qualifier: str
    n_works: int
    n_masters: int
    log10_likelihood_ratio: float
    share_above_0: float
    share_in_set: float | None


def qualified_rows(model: Model, gallery: Gallery) -> tuple[QualifiedRow, ...]:
    """Return a row for each qualifier that works of the gallery have, the nearest to the master first.

    Parameters
    ----------
    model
        Its split must not hold the works: what was trained on proves nothing.
    gallery
        Holds works and vectors.
    """
    works = gallery.works()
    if works["qualifier"].is_null().all():
        return ()
    scored = _score_qualified(model, works, gallery.embeddings(model.encoder.fingerprint))
    return _summarise_qualified(scored)


def _summarise_qualified(scored: Sequence[QualifiedWork]) -> tuple[QualifiedRow, ...]:
    """Return a row for each qualifier, in the order of `QUALIFIERS`."""
    found = {work.qualifier for work in scored}
    ordered = [*(name for name in QUALIFIERS if name in found), *sorted(found - set(QUALIFIERS))]
    return tuple(_summarise(name, [work for work in scored if work.qualifier == name]) for name in ordered)


def _summarise(qualifier: str, works: Sequence[QualifiedWork]) -> QualifiedRow:
    evidence = np.array([work.log10_likelihood_ratio for work in works])
    members = [work.is_in_set for work in works if work.is_in_set is not None]
    return QualifiedRow(
        qualifier=qualifier,
        n_works=len(works),
        n_masters=len({work.master for work in works}),
        log10_likelihood_ratio=float(np.median(evidence)),
        share_above_0=float((evidence > 0).mean()),
        share_in_set=float(np.mean(members)) if members else None,
    )
