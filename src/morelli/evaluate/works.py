"""The works that an evaluation looks at, with their vectors."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.embeddings import Embeddings
from morelli.evaluate.rows import PartName
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model

_log = logging.getLogger(__name__)

_Float = NDArray[np.float32]

_LABELS = ("style", "year", "source")
"""Columns by which pairs of works are told apart."""


@dataclass(frozen=True, eq=False)
class EvaluatedWorks:
    """Works with their stored vectors, and their rows in the model's comparison space and under its rule.

    Parameters
    ----------
    table
        Rows of the split's table with what `GalleryWorks.facts` say, sorted by id.
    raw
        (n, e) float32 stored vectors.
    rows
        (n, p) float32 unit rows.
    scored
        (n, r) float32 rows that pairs are scored by: those of the model's pair rule, or else `rows`.
    """

    table: pl.DataFrame
    raw: _Float
    rows: _Float
    scored: _Float

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


@dataclass(frozen=True, eq=False)
class GalleryWorks:
    """All works of a gallery that have vectors of one encoder, to select from.

    Parameters
    ----------
    embeddings
        Their vectors.
    facts
        Columns id, path, title, style, year and source.
    """

    embeddings: Embeddings
    facts: pl.DataFrame

    @classmethod
    def read(cls, gallery: Gallery, fingerprint: str) -> GalleryWorks:
        """Return the works of a gallery; a column that it does not have is null."""
        works = gallery.works()
        missing = [pl.lit(None).alias(name) for name in _LABELS if name not in works.columns]
        facts = works.with_columns(missing).select("id", "path", "title", *_LABELS)
        return cls(gallery.embeddings(fingerprint), facts)

    def select(self, model: Model, rows: pl.DataFrame) -> EvaluatedWorks | None:
        """Return works with their vectors, or None when no one has any.

        Parameters
        ----------
        model
            Whose comparison space the rows are of.
        rows
            Columns id and artist. Works without a vector are counted in a warning.
        """
        table = rows.join(self.facts, on="id").filter(pl.col("id").is_in(list(self.embeddings.ids)))
        if len(table) < len(rows):
            _log.warning("%d test works are not in the gallery, or have no vector", len(rows) - len(table))
        if table.is_empty():
            return None
        table = table.sort("id")
        raw = self.embeddings.select(table["id"].to_list())
        unit = model.comparison.transform(raw)
        scored = unit if model.comparison.rule.kind == "cosine" else model.comparison.read_rows(raw)
        return EvaluatedWorks(table, raw, unit, scored)


def list_test_rows(model: Model, part: PartName) -> pl.DataFrame:
    """Return the test works of a model's split whose artists it has seen, or has not.

    Parameters
    ----------
    model
        Has seen an artist when some work by that artist is in the train or val part.
    part
        Which of the two.
    """
    table = model.split.table
    learnt = table.filter(pl.col("part") != "test")["artist"].unique().to_list()
    is_seen = pl.col("artist").is_in(learnt)
    return table.filter((pl.col("part") == "test") & (is_seen if part == "seen" else ~is_seen))
