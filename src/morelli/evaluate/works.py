"""The works that an evaluation looks at, with their vectors."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.collection.pairs.samples import keep_one_of_each
from morelli.embeddings import Embeddings
from morelli.errors import EvaluationError
from morelli.evaluate.rows import PartName
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model

_log = logging.getLogger(__name__)

_Float = NDArray[np.float32]

_LABELS = ("style", "year", "source")
"""Columns by which pairs of works are told apart."""


@dataclass(frozen=True, eq=False)
class EvaluatedWorks:
    """n works with their stored vectors, and their rows in a model's comparison space and under its rule."""

    table: pl.DataFrame  # rows of the split's table with `GalleryWorks.facts`, sorted by id
    raw: _Float  # (n, e) stored vectors
    rows: _Float  # (n, p) unit rows
    scored: _Float  # (n, r) rows that pairs are scored by: those of the pair rule, or else `rows`

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
    def groups(self) -> list[str]:
        """(n,) the group of near-duplicates of each work; of its own where the split tells none."""
        return self.table["group"].cast(str).to_list() if "group" in self.table.columns else self.ids

    def one_per_group(self) -> EvaluatedWorks:
        """Return the works of which each stands for its group of near-duplicates: the first one does."""
        kept = keep_one_of_each(self.groups)
        return EvaluatedWorks(self.table[kept], self.raw[kept], self.rows[kept], self.scored[kept])

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
    """All works of a gallery that have vectors of one encoder, to select from."""

    embeddings: Embeddings
    facts: pl.DataFrame  # id, path, title, style, year, source

    @classmethod
    def read(cls, gallery: Gallery, fingerprint: str) -> GalleryWorks:
        """Return the works of a gallery; a column that it does not have is null."""
        works = gallery.works()
        missing = [pl.lit(None).alias(name) for name in _LABELS if name not in works.columns]
        facts = works.with_columns(missing).select("id", "path", "title", *_LABELS)
        return cls(gallery.embeddings(fingerprint), facts)

    def select(self, model: Model, rows: pl.DataFrame) -> EvaluatedWorks | None:
        """Return works, given by id and artist, with their vectors and their rows under a model.

        Works without a vector are counted in a warning; None when no one has any.
        """
        table = rows.join(self.facts, on="id").filter(pl.col("id").is_in(list(self.embeddings.ids)))
        if 0 < len(table) < len(rows):
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

    It has seen an artist when some work by that artist is in the train or val part.
    """
    table = model.split.table
    learnt = table.filter(pl.col("part") != "test")["artist"].unique().to_list()
    is_seen = pl.col("artist").is_in(learnt)
    return table.filter((pl.col("part") == "test") & (is_seen if part == "seen" else ~is_seen))


def has_pairs(artists: Sequence[str]) -> bool:
    """Say whether there are pairs by one hand and by two; stray works of a split need not make any."""
    return len(artists) > len(set(artists)) > 1


def select_known(model: Model, gallery: GalleryWorks) -> EvaluatedWorks | None:
    """Return the works by artists whom the model knows that were held out; None where there are none."""
    if model.roles is None:
        return None
    kept = model.roles.select(model.split, "known")
    return gallery.select(model, kept) if len(kept) else None


def select_shown(model: Model, episodes: pl.DataFrame, gallery: GalleryWorks) -> EvaluatedWorks:
    """Return the works of episodes from a file; the model must have met neither them nor their artists."""
    met = model.split.table.filter(pl.col("part") != "test")
    by_artist = episodes["artist"].is_in(met["artist"].unique().implode())
    by_work = episodes["id"].is_in(met["id"].implode())
    if (by_artist | by_work).any():
        known = episodes.filter(by_artist | by_work)["artist"].unique()
        raise EvaluationError(
            "--episodes",
            expected="artists that the model has not met",
            found=f"{len(known)} that it has learnt or chosen something on, such as {known.sort()[0]!r}",
            remedy="draw the episodes from the test part of the model's unseen split",
        )
    found = gallery.select(model, episodes.unique("id", maintain_order=True).select("id", "artist"))
    if found is None:
        raise EvaluationError(
            "--episodes",
            expected="works of the gallery that have a vector",
            found="none",
            remedy="take the gallery that the episodes were drawn from, and embed it",
        )
    return found
