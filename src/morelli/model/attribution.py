"""The head that names artists, as plain arrays: applied with NumPy, learnt elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from morelli.model.component import Arrays, strip_prefix
from morelli.model.scoring import Layers
from morelli.model.standardisation import Standardisation, unit_rows

# The works that taught, and how near each artist's come to another work.

_Double = NDArray[np.float64]
_Columns = NDArray[np.int32]

_N_NEIGHBOURS = 5
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
    projection: _Float
    rows: _Float
    columns: _Columns

    def transform(self, vectors: _Float) -> _Float:
        """Return unit rows (n, p) float32."""
        return unit_rows(self.standardisation.transform(vectors) @ self.projection)

    def nearness(self, rows: _Float) -> _Double:
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


def measure_nearness(rows: _Float, references: _Float, columns: _Columns) -> _Double:
    """Return the mean cosine of each row with the nearest `_N_NEIGHBOURS` works of each artist.

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
            own = np.sort(cosines[:, start:end], axis=1)[:, -_N_NEIGHBOURS:]
            nearness[block, artist] = own.mean(axis=1, dtype=np.float64)
    return nearness


_Float = NDArray[np.float32]

_LAYERS = "layers"
_OWNERS = "owners"
_NEAREST = "nearest"


@dataclass(frozen=True, eq=False)
class AttributionHead:
    """Names the artist: a calibrated multinomial logistic regression, and the nearest works.

    Parameters
    ----------
    standardisation
        Applied first.
    artists
        (c,) names, sorted.
    coefficients
        (e, c) float32, or (e, m) with owners.
    intercepts
        (c,) float32, or (m,) with owners.
    temperature
        Divides the logits before the softmax (Guo et al. 2017, arXiv 1706.04599); above 1 it lowers
        confidence.
    layers
        Between the standardised vectors (n, d) and the coefficients; None: e is d.
    owners
        (m,) int32: the columns are reference works, and these the places of their artists, 0 to c - 1. An
        artist's logit is the highest of the artist's columns. None: each column is an artist.
    nearest
        Works of the artists, in the order of `artists`; how near they come is added to the logits. Or None.
    nearness_weight
        Of that nearness, at least 0.

    Raises
    ------
    ValueError
        When owners and columns differ in number, or an artist owns none.

    Notes
    -----
    With the coefficients ``2 r`` and the intercepts ``-|r|^2`` for reference rows r, the logit is minus the
    squared distance to the nearest work of an artist, but for a term that all artists share and that the
    softmax does not see. With unit rows r as coefficients it is the cosine, where the layers end in "unit".
    """

    standardisation: Standardisation
    artists: tuple[str, ...]
    coefficients: _Float
    intercepts: _Float
    temperature: float
    layers: Layers | None = None
    owners: NDArray[np.int32] | None = None
    nearest: NearestWorks | None = None
    nearness_weight: float = 0.0

    def __post_init__(self) -> None:
        if self.owners is None:
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

    def to_arrays(self) -> Arrays:
        """Return the arrays by name."""
        arrays = {
            **self.standardisation.to_arrays(),
            "coefficients": self.coefficients,
            "intercepts": self.intercepts,
        }
        if self.layers is not None:
            arrays |= {f"{_LAYERS}.{key}": values for key, values in self.layers.to_arrays().items()}
        if self.owners is not None:
            arrays[_OWNERS] = self.owners
        if self.nearest is not None:
            arrays |= {f"{_NEAREST}.{key}": values for key, values in self.nearest.to_arrays().items()}
        return arrays

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says."""
        facts: dict[str, Any] = {"artists": list(self.artists), "temperature": self.temperature}
        if self.layers is not None:
            facts[_LAYERS] = self.layers.to_facts()
        if self.nearest is not None:
            facts[_NEAREST] = {**self.nearest.to_facts(), "weight": self.nearness_weight}
        return facts

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the head that facts and arrays describe."""
        owners, layers, nearest = arrays.get(_OWNERS), facts.get(_LAYERS), facts.get(_NEAREST)
        if owners is None and arrays["coefficients"].shape[1:] != (len(facts["artists"]),):
            raise ValueError("the array 'coefficients' does not hold the artists that the card names")
        return cls(
            standardisation=Standardisation.from_arrays(arrays),
            artists=tuple(facts["artists"]),
            coefficients=arrays["coefficients"],
            intercepts=arrays["intercepts"],
            temperature=facts["temperature"],
            layers=layers and Layers.from_parts(layers, strip_prefix(arrays, f"{_LAYERS}.")),
            owners=owners,
            nearest=nearest and NearestWorks.from_parts(nearest, strip_prefix(arrays, f"{_NEAREST}.")),
            nearness_weight=nearest["weight"] if nearest else 0.0,
        )


def _take_highest(logits: _Float, owners: NDArray[np.int32]) -> _Float:
    """Return the highest logit of each owner's columns, (n, c) for (n, m)."""
    order = np.argsort(owners, kind="stable")
    starts = np.searchsorted(owners[order], np.arange(int(owners.max()) + 1))
    highest: _Float = np.maximum.reduceat(logits[:, order], starts, axis=1)
    return highest
