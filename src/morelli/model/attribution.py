"""The head that names artists, as plain arrays: applied with NumPy, learnt elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from morelli.model.component import Arrays, strip_prefix
from morelli.model.layers import Layers
from morelli.model.nearest_works import NearestWorks
from morelli.model.standardisation import Standardisation

Float = NDArray[np.float32]

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
    coefficients: Float
    intercepts: Float
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

    def predict_proba(self, vectors: Float) -> Float:
        """Return the calibrated probability of each artist, (n, c) float32, rows summing to 1."""
        logits = self.predict_logits(vectors)
        probabilities: Float = np.exp(log_softmax(logits / self.temperature, axis=1)).astype(np.float32)
        return probabilities

    def predict_logits(self, vectors: Float) -> Float:
        """Return what the softmax sees but for the temperature, (n, c) float32."""
        rows = self.standardisation.transform(vectors)
        if self.layers is not None:
            rows = self.layers.transform(rows)
        logits: Float = rows @ self.coefficients + self.intercepts
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


def _take_highest(logits: Float, owners: NDArray[np.int32]) -> Float:
    """Return the highest logit of each owner's columns, (n, c) for (n, m)."""
    order = np.argsort(owners, kind="stable")
    starts = np.searchsorted(owners[order], np.arange(int(owners.max()) + 1))
    highest: Float = np.maximum.reduceat(logits[:, order], starts, axis=1)
    return highest
