"""The works of each artist, side by side: what every draw of pairs and triplets looks up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ArtistIndex:
    """Works by artist.

    Parameters
    ----------
    codes
        (n,) the artist of each work, 0 to n_artists - 1 in order of name.
    counts
        (n_artists,) works of each artist, at least 1.
    by_artist
        (n,) positions of the works, artist by artist, each artist's ascending.
    starts
        (n_artists,) where each artist's works begin in `by_artist`.
    """

    codes: NDArray[np.intp]
    counts: NDArray[np.intp]
    by_artist: NDArray[np.intp]
    starts: NDArray[np.intp]

    @classmethod
    def from_artists(cls, artists: Sequence[str]) -> ArtistIndex:
        """Sort works by artist.

        Parameters
        ----------
        artists
            (n,) the artist of each work.

        Examples
        --------
        >>> index = ArtistIndex.from_artists(["B", "A", "B"])
        >>> index.codes.tolist(), index.by_artist.tolist(), index.starts.tolist()
        ([1, 0, 1], [1, 0, 2], [0, 1])
        """
        codes = np.unique(np.asarray(artists, dtype=object), return_inverse=True)[1].ravel()
        counts = np.bincount(codes)
        return cls(
            codes=codes,
            counts=counts,
            by_artist=np.argsort(codes, kind="stable"),
            starts=np.cumsum(counts) - counts,
        )

    def __len__(self) -> int:
        return len(self.codes)

    def __repr__(self) -> str:
        return f"ArtistIndex(n={len(self)}, n_artists={len(self.counts)})"
