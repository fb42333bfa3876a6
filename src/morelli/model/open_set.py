"""None of these: how unlike a work is to everything by the artists the model knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from morelli.model.component import Arrays
from morelli.model.standardisation import Standardisation, unit_rows

Float = NDArray[np.float32]
Double = NDArray[np.float64]
Columns = NDArray[np.int32]

SHARE_TURNED_AWAY = 0.05
"""The share of works by known artists that is called unlike all of them, by design."""

N_NEIGHBOURS = 5
"""Works of an artist that a work is held against, or all where there are fewer: see docs/models.md."""

N_RIVALS = 5
"""Next artists whose mean nearness the highest must pass: see docs/models.md."""

CONFIDENCE_WEIGHT = 0.05
"""Of the logarithm of the highest probability beside the nearness: see docs/models.md."""

_BLOCK_ROWS = 1024


@dataclass(frozen=True, eq=False)
class OpenSet:
    """Scores works against the works that taught, in a space learnt from these alone.

    The comparison head will not do for this: it has learnt from the calibration works too, which would then
    look nearer than any new work.

    Parameters
    ----------
    standardisation
        Applied first.
    projection
        (d, p) float32.
    rows
        (m, p) float32 unit rows of the works that taught.
    columns
        (m,) int32 columns of their artists, 0 to c - 1.
    scores
        (m',) float64 scores of the calibration works, ascending.
    """

    standardisation: Standardisation
    projection: Float
    rows: Float
    columns: Columns
    scores: Double

    def transform(self, vectors: Float) -> Float:
        """Return unit rows (n, p) float32."""
        return unit_rows(self.standardisation.transform(vectors) @ self.projection)

    def score(self, vectors: Float, probabilities: NDArray[np.floating]) -> Double:
        """Return (n,) float64, higher for works more likely by none of the known artists.

        Parameters
        ----------
        vectors
            (n, d) float32.
        probabilities
            (n, c) of the known artists; see `measure_strangeness`.
        """
        return measure_strangeness(self.nearness(self.transform(vectors)), probabilities)

    def nearness(self, rows: Float) -> Double:
        """Return how near each artist comes to unit rows (n, p): see `measure_nearness`."""
        return measure_nearness(rows, self.rows, self.columns)

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
            **self.standardisation.to_arrays(),
            "projection": self.projection,
            "rows": self.rows,
            "columns": self.columns,
            "scores": self.scores,
        }

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says."""
        return {
            "n_works": len(self.rows),
            "n_calibration": len(self.scores),
            "n_rivals": N_RIVALS,
            "confidence_weight": CONFIDENCE_WEIGHT,
        }

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the part that facts and arrays describe.

        Raises
        ------
        ValueError
            When its calibration works were scored in another way.
        """
        if (facts.get("n_rivals"), facts.get("confidence_weight")) != (N_RIVALS, CONFIDENCE_WEIGHT):
            raise ValueError("'open_set' was calibrated on scores of another kind")
        return cls(
            Standardisation.from_arrays(arrays),
            **{name: arrays[name] for name in ("projection", "rows", "columns", "scores")},
        )


def measure_strangeness(nearness: Double, probabilities: NDArray[np.floating]) -> Double:
    """Return how little a work belongs to the first of the artists rather than to the next ones.

    An artist whom nobody knows is often about as near to several known ones; a known artist's work is nearer
    to his own. So minus the highest nearness, plus the mean of the next `N_RIVALS`, minus
    `CONFIDENCE_WEIGHT` times the logarithm of the highest probability.

    Parameters
    ----------
    nearness
        (n, c) of each artist, c at least 2.
    probabilities
        (n, c) of each artist, each row with one above 0.

    Returns
    -------
    strangeness
        (n,) float64, higher for works more likely by none of them.

    Examples
    --------
    >>> measure_strangeness(np.array([[0.8, 0.3, 0.1]]), np.array([[1.0, 0.0, 0.0]])).round(2)
    array([-0.6])
    """
    ordered = np.sort(nearness, axis=1)
    rivals = ordered[:, :-1][:, -N_RIVALS:].mean(axis=1)
    strangeness: Double = rivals - ordered[:, -1] - CONFIDENCE_WEIGHT * np.log(probabilities.max(axis=1))
    return strangeness


def measure_nearness(rows: Float, references: Float, columns: Columns) -> Double:
    """Return the mean cosine of each row with the nearest `N_NEIGHBOURS` works of each artist.

    Parameters
    ----------
    rows
        (n, p) unit rows.
    references
        (m, p) unit rows.
    columns
        (m,) the artist of each reference, 0 to c - 1, each at least once.

    Returns
    -------
    nearness
        (n, c) float64, -1 to 1.

    Examples
    --------
    >>> references = np.array([[1, 0], [0, 1], [0, 1]], dtype=np.float32)
    >>> measure_nearness(np.array([[0.6, 0.8]], dtype=np.float32), references, np.array([0, 0, 1])).round(2)
    array([[0.7, 0.8]])
    """
    order = np.argsort(columns, kind="stable")
    starts = np.searchsorted(columns[order], np.arange(int(columns.max()) + 2))
    nearness = np.empty((len(rows), len(starts) - 1))
    for first in range(0, len(rows), _BLOCK_ROWS):
        block = slice(first, first + _BLOCK_ROWS)
        cosines = rows[block] @ references[order].T
        for artist, (start, end) in enumerate(pairwise(starts)):
            own = np.sort(cosines[:, start:end], axis=1)[:, -N_NEIGHBOURS:]
            nearness[block, artist] = own.mean(axis=1, dtype=np.float64)
    return nearness
