"""What the model takes for a painting: how far a vector may lie from those it has learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from morelli.model.component import Arrays
from morelli.model.standardisation import Standardisation

Float = NDArray[np.float32]

_ARRAYS = ("centre", "components", "variances")
_FACTS = ("noise", "threshold", "quantile")


@dataclass(frozen=True, eq=False)
class Domain:
    """The cloud of the training works, and how far away a picture is no longer like them.

    Parameters
    ----------
    standardisation
        Of the training works, applied first.
    centre
        (d,) float32, mean of the standardised training works; not quite 0, as they are clipped.
    components
        (q, d) float32, orthonormal directions in which the standardised training works vary most.
    variances
        (q,) float32, variance of the training works along each.
    noise
        Mean variance along all other directions, above 0.
    threshold
        Distance above which a picture is out of the domain.
    quantile
        Of the validation works' distances, which the threshold is.

    Notes
    -----
    The distance is that of Mahalanobis under probabilistic principal components: the covariance has the q
    largest variances as they are and one variance for all other directions (Tipping and Bishop 1999, doi
    10.1111/1467-9868.00196). It is divided by the root of d, so that a training work lies at about 1.
    """

    standardisation: Standardisation
    centre: Float
    components: Float
    variances: Float
    noise: float
    threshold: float
    quantile: float

    def measure_distances(self, vectors: Float) -> NDArray[np.float64]:
        """Return the distance of (n, d) vectors from the training works, (n,), at least 0."""
        standard = (self.standardisation.transform(vectors) - self.centre).astype(np.float64)
        along = standard @ self.components.T
        rest = np.maximum((standard**2).sum(axis=1) - (along**2).sum(axis=1), 0)
        squared = (along**2 / self.variances).sum(axis=1) + rest / self.noise
        distances: NDArray[np.float64] = np.sqrt(squared / vectors.shape[1])
        return distances

    def to_arrays(self) -> Arrays:
        """Return the arrays by name."""
        return {**self.standardisation.to_arrays(), **{name: getattr(self, name) for name in _ARRAYS}}

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says."""
        return {name: getattr(self, name) for name in _FACTS}

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the domain that facts and arrays describe."""
        parts: dict[str, Any] = {name: arrays[name] for name in _ARRAYS}
        parts |= {name: facts[name] for name in _FACTS}
        return cls(standardisation=Standardisation.from_arrays(arrays), **parts)
