"""None of these: how unlike a work is to everything by the artists the model knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from morelli.model.component import Arrays
from morelli.model.standardisation import Standardisation, unit_rows

Float = NDArray[np.float32]
Double = NDArray[np.float64]

SHARE_TURNED_AWAY = 0.05
"""The share of works by known artists that is called unlike all of them, by design."""


@dataclass(frozen=True, eq=False)
class OpenSet:
    """Scores works against the works that taught, in a space learnt from these alone.

    Parameters
    ----------
    standardisation
        Applied first.
    projection
        (d, p) float32.
    rows
        (m, p) float32 unit rows of the works that taught.
    n_neighbours
        How many of them count as near.
    scores
        (m',) float64 scores of the calibration works, ascending.
    """

    standardisation: Standardisation
    projection: Float
    rows: Float
    n_neighbours: int
    scores: Double

    def score(self, vectors: Float) -> Double:
        """Return (n,) float64, higher for works more likely by none of the known artists."""
        nearness = np.partition(self.transform(vectors) @ self.rows.T, -self.n_neighbours, axis=1)
        scores: Double = 1 - nearness[:, -self.n_neighbours :].mean(axis=1, dtype=np.float64)
        return scores

    def transform(self, vectors: Float) -> Float:
        """Return unit rows (n, p) float32."""
        return unit_rows(self.standardisation.transform(vectors) @ self.projection)

    def p_value(self, scores: NDArray[np.floating]) -> Double:
        """Return the share of works by known artists that look at least as odd, (n,) above 0 to 1.

        It is the conformal p-value: (1 + how many calibration works score as high or higher) / (1 + how many
        there are). Of works by known artists, no more than a share a have a p-value of a or less (Vovk,
        Gammerman and Shafer 2005, Algorithmic Learning in a Random World, section 2.2).
        """
        n_lower = np.searchsorted(self.scores, np.asarray(scores, dtype=np.float64), side="left")
        shares: Double = (1 + len(self.scores) - n_lower) / (1 + len(self.scores))
        return shares

    def to_arrays(self) -> Arrays:
        """Return the arrays by name."""
        return {
            "mean": self.standardisation.mean,
            "scale": self.standardisation.scale,
            "projection": self.projection,
            "rows": self.rows,
            "scores": self.scores,
        }

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says."""
        return {"n_neighbours": self.n_neighbours, "n_calibration": len(self.scores)}

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the part that facts and arrays describe."""
        return cls(
            standardisation=Standardisation(arrays["mean"], arrays["scale"]),
            n_neighbours=facts["n_neighbours"],
            **{name: arrays[name] for name in ("projection", "rows", "scores")},
        )
