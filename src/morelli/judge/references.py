"""The reference works that a judgement points to: a gallery seen through a model's comparison space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.errors import GalleryError
from morelli.gallery.search import Match, check_k, describe_matches
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model

Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class References:
    """Works of a gallery with their rows in the comparison space.

    Parameters
    ----------
    works
        The works, as in the gallery's works table.
    ids
        (g,) ids of the rows.
    rows
        (g, p) float32 unit rows.
    """

    works: pl.DataFrame
    ids: tuple[str, ...]
    rows: Float

    @classmethod
    def open(cls, gallery: Gallery, model: Model, *, where: str | None = None) -> References:
        """Read the works of a gallery and their vectors under the model's encoder.

        Parameters
        ----------
        gallery
            The reference works.
        model
            Gives encoder and comparison space.
        where
            An SQL condition over the works table.

        Raises
        ------
        GalleryError
            When the gallery holds no vectors of the model's encoder, or no work fits the condition.
        """
        embeddings = gallery.embeddings(model.encoder.fingerprint)
        works = gallery.works(where)
        wanted = set(works["id"])
        kept = [row for row, work_id in enumerate(embeddings.ids) if work_id in wanted]
        if not kept:
            raise GalleryError(
                gallery.address,
                expected="embedded works" + (f" where {where}" if where else ""),
                found="none",
                remedy="widen --where, or run 'morelli embed' with the model's encoder",
            )
        rows = model.comparison.transform(embeddings.vectors[kept])
        return cls(works=works, ids=tuple(embeddings.ids[row] for row in kept), rows=rows)

    def nearest(self, row: Float, *, k: int, without: str | None = None) -> list[Match]:
        """Return the k works with the highest score against one row (p,), best first.

        Raises
        ------
        UsageError
            When k is below 1.
        """
        check_k(k)
        scores = self.rows @ row
        order = np.argsort(-scores, kind="stable")[: k + 1]
        found = [(self.ids[at], float(scores[at])) for at in order if self.ids[at] != without]
        return describe_matches(self.works, found[:k])
