"""Works with their artists, as everything that learns to name artists takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Works:
    """Works with their artists.

    Parameters
    ----------
    vectors, artists
        (n, d) float32 and (n,) names.
    """

    vectors: Float
    artists: NDArray[np.object_]

    @classmethod
    def of(cls, vectors: Float, artists: Sequence[str]) -> Works:
        """Return works, given the names as a list."""
        return cls(vectors, np.asarray(artists, dtype=object))

    def __len__(self) -> int:
        """Return how many works there are."""
        return len(self.vectors)

    def __add__(self, other: Works) -> Works:
        """Return both together."""
        return Works(
            np.concatenate([self.vectors, other.vectors]), np.concatenate([self.artists, other.artists])
        )

    def select(self, names: Sequence[str], *, is_among: bool = True) -> Works:
        """Return the works by some artists, or by all others."""
        kept = np.isin(self.artists, np.asarray(names, dtype=object)) == is_among
        return Works(self.vectors[kept], self.artists[kept])
