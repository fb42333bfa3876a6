"""Works of a workshop, a circle or a follower, held against the master's own works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.collection.qualifiers import name_qualifier
from morelli.embeddings import Embeddings
from morelli.judge.artists import name_artists
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


def score_qualified(
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
    return float(np.median(head.log10_likelihood_ratio(head.score_all(masters, row[None]))))


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
