"""The head that names artists, as plain arrays: applied with NumPy, learnt elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from morelli.model.component import Arrays
from morelli.model.standardisation import Standardisation

Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class AttributionHead:
    """Names the artist: a calibrated multinomial logistic regression.

    Parameters
    ----------
    standardisation
        Applied first.
    artists
        (c,) names, sorted.
    coefficients
        (d, c) float32.
    intercepts
        (c,) float32.
    temperature
        Divides the logits before the softmax (Guo et al. 2017, arXiv 1706.04599); above 1 it lowers
        confidence.
    """

    standardisation: Standardisation
    artists: tuple[str, ...]
    coefficients: Float
    intercepts: Float
    temperature: float

    def predict_proba(self, vectors: Float) -> Float:
        """Return the calibrated probability of each artist, (n, c) float32, rows summing to 1."""
        logits = self.standardisation.transform(vectors) @ self.coefficients + self.intercepts
        probabilities: Float = np.exp(log_softmax(logits / self.temperature, axis=1)).astype(np.float32)
        return probabilities

    def to_arrays(self) -> Arrays:
        """Return the arrays by name."""
        return {
            "mean": self.standardisation.mean,
            "scale": self.standardisation.scale,
            "coefficients": self.coefficients,
            "intercepts": self.intercepts,
        }

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says."""
        return {"artists": list(self.artists), "temperature": self.temperature}

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the head that facts and arrays describe."""
        if arrays["coefficients"].shape[1:] != (len(facts["artists"]),):
            raise ValueError("the array 'coefficients' does not hold the artists that the card names")
        return cls(
            standardisation=Standardisation(arrays["mean"], arrays["scale"]),
            artists=tuple(facts["artists"]),
            coefficients=arrays["coefficients"],
            intercepts=arrays["intercepts"],
            temperature=facts["temperature"],
        )
