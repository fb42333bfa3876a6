"""The works that an evaluation looks at, with their vectors."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.embeddings import Embeddings
from morelli.model.artefact import Model

_log = logging.getLogger(__name__)

Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class EvaluatedWorks:
    """Works with their stored vectors and their rows in the model's comparison space.

    Parameters
    ----------
    table
        Rows of the split's table with path and title, sorted by id.
    raw
        (n, e) float32 stored vectors.
    rows
        (n, p) float32 unit rows.
    """

    table: pl.DataFrame
    raw: Float
    rows: Float

    def __len__(self) -> int:
        return len(self.table)

    @property
    def artists(self) -> list[str]:
        """(n,) the artist of each work."""
        return self.table["artist"].to_list()

    @property
    def ids(self) -> list[str]:
        """(n,) the id of each work."""
        return self.table["id"].to_list()

    @property
    def titles(self) -> list[str | None]:
        """(n,) the title of each work, where it has one."""
        return self.table["title"].to_list()

    @property
    def pictures(self) -> list[tuple[str, str]]:
        """(n,) the path and the artist of each work."""
        return list(self.table.select("path", "artist").iter_rows())


def select_works(
    model: Model, embeddings: Embeddings, facts: pl.DataFrame, rows: pl.DataFrame
) -> EvaluatedWorks | None:
    """Return works with their vectors, or None when no one has any.

    Parameters
    ----------
    model
        Whose comparison space the rows are of.
    embeddings
        The vectors of a gallery.
    facts
        Columns id, path and title of its works.
    rows
        Rows of the model's split. Those without a vector are counted in a warning.
    """
    table = rows.join(facts, on="id").filter(pl.col("id").is_in(list(embeddings.ids))).sort("id")
    if len(table) < len(rows):
        _log.warning("%d test works are not in the gallery, or have no vector", len(rows) - len(table))
    if table.is_empty():
        return None
    raw = embeddings.select(table["id"].to_list())
    return EvaluatedWorks(table, raw, model.comparison.transform(raw))
