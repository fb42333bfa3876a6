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
class _QualifiedWork:
    """How near a work comes to its master."""

    id: str
    master: str  # whom the catalogue names behind the qualifier
    qualifier: str  # such as "workshop of"
    log10_likelihood_ratio: float  # the median over the master's reference works
    is_in_set: bool | None  # whether the prediction set holds the master; None: cannot tell


def _score_qualified(
    model: Model, works: pl.DataFrame, embeddings: Embeddings, *, level: float = LEVEL
) -> list[_QualifiedWork]:
    """Return how near qualified works come to their masters, by the masters' works of the train part.

    Of works with id, artist, qualifier. Those without a qualifier or a vector, those that the split holds,
    and those whose master has no reference work are left out.
    """
    held = set(embeddings.ids)
    references = model.split.table.filter((pl.col("part") == "train") & pl.col("id").is_in(list(held)))
    named = [name_qualifier(text) for text in works["qualifier"]]
    queries = (
        works.with_columns(qualifier=pl.Series(named, dtype=pl.String))
        .filter(
            pl.col("qualifier").is_not_null()
            & pl.col("id").is_in(list(held))
            & ~pl.col("id").is_in(model.split.table["id"].implode())
            & pl.col("artist").is_in(references["artist"].unique().implode())
        )
        .sort("id")
    )
    if queries.is_empty():
        return []
    vectors = embeddings.select(queries["id"].to_list())
    rows = model.comparison.read_rows(vectors)
    masters = model.comparison.read_rows(embeddings.select(references["id"].to_list()))
    own = np.array(references["artist"].to_list(), dtype=object)
    members = _find_sets(model, vectors, queries["artist"].to_list(), level)
    return [
        _QualifiedWork(
            work_id, master, qualifier, _median_evidence(model, row, masters[own == master]), member
        )
        for (work_id, master, qualifier), row, member in zip(
            queries.select("id", "artist", "qualifier").iter_rows(), rows, members, strict=True
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


@dataclass(frozen=True)
class QualifiedRow:
    """Works of one qualifier."""

    qualifier: str
    n_works: int
    n_masters: int
    log10_likelihood_ratio: float  # the median over the works
    share_above_0: float  # works whose evidence speaks for the master's own hand
    share_in_set: float | None  # works whose 90 % set holds the master; None: no set was made


def qualified_rows(model: Model, gallery: Gallery) -> tuple[QualifiedRow, ...]:
    """Return a row for each qualifier that works of the gallery have, the nearest to the master first.

    The model's split must not hold the works: what was trained on proves nothing.
    """
    works = gallery.works()
    if works["qualifier"].is_null().all():
        return ()
    scored = _score_qualified(model, works, gallery.embeddings(model.encoder.fingerprint))
    return _summarise_qualified(scored)


def _summarise_qualified(scored: Sequence[_QualifiedWork]) -> tuple[QualifiedRow, ...]:
    """Return a row for each qualifier, in the order of `QUALIFIERS`."""
    found = {work.qualifier for work in scored}
    ordered = [*(name for name in QUALIFIERS if name in found), *sorted(found - set(QUALIFIERS))]
    return tuple(_summarise(name, [work for work in scored if work.qualifier == name]) for name in ordered)


def _summarise(qualifier: str, works: Sequence[_QualifiedWork]) -> QualifiedRow:
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
