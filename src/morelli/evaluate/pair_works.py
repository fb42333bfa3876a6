"""What is known of the works of a pair file: their artists, and what the model has learnt of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.collection.pair_tables import UNKNOWN
from morelli.evaluate.pair_metrics import UNKNOWN_PART
from morelli.evaluate.pair_table import PairTable
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model


@dataclass(frozen=True, eq=False)
class PairWorks:
    """Works by row.

    Parameters
    ----------
    codes
        (n,) int32 the artist of each, 0 to n_artists - 1; a work without an artist has a code of its own.
    is_known
        (n,) bool, whether it has an artist.
    is_seen
        (n,) bool, whether the model has learnt or chosen something on works by its artist.
    is_learnt
        (n,) bool, whether it has done so on the work itself.
    """

    codes: NDArray[np.int32]
    is_known: NDArray[np.bool_]
    is_seen: NDArray[np.bool_]
    is_learnt: NDArray[np.bool_]

    @classmethod
    def from_gallery(cls, gallery: Gallery, model: Model, ids: Sequence[str]) -> PairWorks:
        """Look up works.

        Parameters
        ----------
        gallery
            Knows the artists.
        model
            Its split says what it has learnt from: all parts but "test".
        ids
            (n,) work ids.
        """
        works = pl.DataFrame({"id": ids}, schema={"id": pl.String})
        works = works.join(gallery.works().select("id", "artist"), on="id", how="left", maintain_order="left")
        learnt = model.split.table.filter(pl.col("part") != "test")
        artist = works["artist"]
        known = artist.is_not_null().to_numpy()
        codes = artist.rank("dense").fill_null(0).to_numpy().astype(np.int32) - 1
        codes[~known] = codes.max(initial=-1) + 1 + np.arange(int((~known).sum()))
        return cls(
            codes=codes,
            is_known=known,
            is_seen=artist.is_in(learnt["artist"].unique().to_list()).fill_null(False).to_numpy(),
            is_learnt=works["id"].is_in(learnt["id"].to_list()).to_numpy(),
        )

    @property
    def n_artists(self) -> int:
        """How many artists there are, works without one counted singly."""
        return int(self.codes.max(initial=-1)) + 1

    def count_seen(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
        """Return (p,) how many of two artists the model has seen; 3 where an artist is not known."""
        n_seen = self.is_seen[left].astype(np.int8) + self.is_seen[right].astype(np.int8)
        n_seen[~(self.is_known[left] & self.is_known[right])] = UNKNOWN_PART
        return n_seen

    def count_pairs(self, table: PairTable) -> dict[str, int]:
        """Return how many pairs there are, have no known truth, and are to be taken with care.

        Parameters
        ----------
        table
            Rows of these works.

        Returns
        -------
        counts
            ``n_pairs``, ``n_unknown``, ``n_learnt`` and ``n_conflicts``, as in `PairReport`.
        """
        left, right = table.left, table.right
        is_answered = (table.same != UNKNOWN) & self.is_known[left] & self.is_known[right]
        is_one_artist = self.codes[left] == self.codes[right]
        return {
            "n_pairs": len(table),
            "n_unknown": int((table.same == UNKNOWN).sum()),
            "n_learnt": int((self.is_learnt[left] | self.is_learnt[right]).sum()),
            "n_conflicts": int((is_answered & ((table.same == 1) != is_one_artist)).sum()),
        }
