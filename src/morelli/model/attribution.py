"""The head that names artists, as plain arrays: applied with NumPy, learnt elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from morelli.model.component import Component
from morelli.model.scoring import Layers
from morelli.model.standardisation import Standardisation, unit_rows

_Float = NDArray[np.float32]
_Double = NDArray[np.float64]
_Columns = NDArray[np.int32]

# Works of an artist that a work is held against, or all where there are fewer: see docs/models.md.
_N_NEIGHBOURS = 5

_BLOCK_ROWS = 1024


@dataclass(frozen=True, eq=False)
class AttributionHead(Component):
    """Names the artist: a calibrated multinomial logistic regression, and the nearest works.

    With owners, the columns of the coefficients are reference works, and an artist's logit is the highest of
    the artist's columns. With the coefficients ``2 r`` and the intercepts ``-|r|^2`` for reference rows r it
    is then minus the squared distance to the nearest work, but for a term that all artists share and that the
    softmax does not see. With unit rows r as coefficients it is the cosine, where the layers end in "unit".

    Raises ValueError when columns, owners and artists do not fit each other.
    """

    standardisation: Standardisation = field(metadata={"stored": ""})
    artists: tuple[str, ...]  # (c,) names, sorted
    coefficients: _Float  # (e, c), or (e, m) with owners
    intercepts: _Float  # (c,), or (m,) with owners
    temperature: float  # divides the logits (Guo et al. 2017, arXiv 1706.04599)
    layers: Layers | None = None  # between the standardised vectors (n, d) and the coefficients; None: e is d
    owners: _Columns | None = None  # (m,) 0 to c - 1; None: each column is an artist
    nearest: NearestWorks | None = None  # of the artists in their order; its nearness is added to the logits
    nearness_weight: float = field(default=0.0, metadata={"stored": "nearest.weight"})  # at least 0

    def __post_init__(self) -> None:
        """Check that columns, owners and artists fit each other."""
        if self.owners is None:
            if self.coefficients.shape[1:] != (len(self.artists),):
                raise ValueError("the array 'coefficients' does not hold the artists that the card names")
            return
        is_each_there = np.array_equal(np.unique(self.owners), np.arange(len(self.artists)))
        if self.coefficients.shape[1:] != self.owners.shape or not is_each_there:
            raise ValueError(
                "the array 'owners' does not name an artist for each column and a column for each"
            )

    def predict_proba(self, vectors: _Float) -> _Float:
        """Return the calibrated probability of each artist, (n, c) float32, rows summing to 1."""
        logits = self.predict_logits(vectors)
        probabilities: _Float = np.exp(log_softmax(logits / self.temperature, axis=1)).astype(np.float32)
        return probabilities

    def predict_logits(self, vectors: _Float) -> _Float:
        """Return what the softmax sees but for the temperature, (n, c) float32."""
        rows = self.standardisation.transform(vectors)
        if self.layers is not None:
            rows = self.layers.transform(rows)
        logits: _Float = rows @ self.coefficients + self.intercepts
        if self.owners is not None:
            logits = _take_highest(logits, self.owners)
        if self.nearest is None:
            return logits
        nearness = self.nearest.nearness(self.nearest.transform(vectors))
        return logits + (self.nearness_weight * nearness).astype(np.float32)


@dataclass(frozen=True, eq=False)
class NearestWorks(Component):
    """Holds works against the training works, in a space fitted without validation and calibration works.

    The comparison head will not do for this: it has learnt from these too, which would then look nearer than
    any new work.
    """

    standardisation: Standardisation = field(metadata={"stored": ""})
    projection: _Float  # (d, p)
    rows: _Float  # (m, p) unit rows of the training works
    columns: _Columns  # (m,) of their artists, 0 to c - 1

    def transform(self, vectors: _Float) -> _Float:
        """Return unit rows (n, p) float32."""
        return unit_rows(self.standardisation.transform(vectors) @ self.projection)

    def nearness(self, rows: _Float) -> _Double:
        """Return how near each artist comes to unit rows (n, p): see `measure_nearness`."""
        return measure_nearness(rows, self.rows, self.columns)

    def _derive_facts(self) -> dict[str, object]:
        return {"n_works": len(self.rows)}


def measure_nearness(rows: _Float, references: _Float, columns: _Columns) -> _Double:
    """Return the mean cosine of each row with each artist's nearest works, (n, c) float64, -1 to 1.

    Of unit rows (n, p) with those of m reference works, whose artists (m,) are 0 to c - 1, each there once.

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
            own = np.sort(cosines[:, start:end], axis=1)[:, -_N_NEIGHBOURS:]
            nearness[block, artist] = own.mean(axis=1, dtype=np.float64)
    return nearness


def _take_highest(logits: _Float, owners: _Columns) -> _Float:
    """Return the highest logit of each owner's columns, (n, c) for (n, m)."""
    order = np.argsort(owners, kind="stable")
    starts = np.searchsorted(owners[order], np.arange(int(owners.max()) + 1))
    highest: _Float = np.maximum.reduceat(logits[:, order], starts, axis=1)
    return highest
