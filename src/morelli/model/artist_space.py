"""A space whose dimensions are the artists learnt from: a work as whose it could be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from morelli.model.component import Arrays

Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ArtistSpace:
    """Places works by how probable each artist learnt from is for them.

    The row of a work holds the square roots of these probabilities, so that the dot product of two works is
    their Bhattacharyya coefficient: 1 where the same artists are as probable for both, 0 where none is for
    both.

    Parameters
    ----------
    space
        Name of the learnt space whose unit rows (n, p) it takes.
    directions
        (p, c) float32, a unit column for each artist.
    temperature
        Divides the cosines before the softmax, above 0.
    weight
        Of this space beside the mean of the learnt ones, above 0.

    References
    ----------
    Bhattacharyya 1943, On a measure of divergence between two statistical populations defined by their
    probability distributions, Bulletin of the Calcutta Mathematical Society 35, 99-109.
    """

    space: str
    directions: Float
    temperature: float
    weight: float

    def transform(self, rows: Float) -> Float:
        """Return unit rows (n, c) float32, none negative, for unit rows (n, p) of the learnt space."""
        roots: Float = np.sqrt(softmax(rows @ self.directions / np.float32(self.temperature), axis=1))
        return roots.astype(np.float32, copy=False)

    def to_arrays(self) -> Arrays:
        """Return the directions."""
        return {"directions": self.directions}

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says."""
        return {"space": self.space, "temperature": self.temperature, "weight": self.weight}

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the space that facts and arrays describe."""
        return cls(directions=arrays["directions"], **facts)
