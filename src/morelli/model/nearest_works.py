"""The works that taught, and how near each artist's come to another work."""

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

N_NEIGHBOURS = 5
"""Works of an artist that a work is held against, or all where there are fewer: see docs/models.md."""

_BLOCK_ROWS = 1024


@dataclass(frozen=True, eq=False)
class NearestWorks:
    """Holds works against those that taught, in a space that has not met the works which choose or calibrate.

    The comparison head will not do for this: it has learnt from these too, which would then look nearer than
    any new work.

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
    """

    standardisation: Standardisation
    projection: Float
    rows: Float
    columns: Columns

    def transform(self, vectors: Float) -> Float:
        """Return unit rows (n, p) float32."""
        return unit_rows(self.standardisation.transform(vectors) @ self.projection)

    def nearness(self, rows: Float) -> Double:
        """Return how near each artist comes to unit rows (n, p): see `measure_nearness`."""
        return measure_nearness(rows, self.rows, self.columns)

    def to_arrays(self) -> Arrays:
        """Return the arrays by name."""
        return {
            **self.standardisation.to_arrays(),
            "projection": self.projection,
            "rows": self.rows,
            "columns": self.columns,
        }

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says."""
        return {"n_works": len(self.rows)}

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the part that facts and arrays describe."""
        return cls(
            Standardisation.from_arrays(arrays),
            **{name: arrays[name] for name in ("projection", "rows", "columns")},
        )


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
