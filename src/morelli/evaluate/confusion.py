"""Who is taken for whom: the counts behind the confusion picture and the list of confused artists.

Made from `predictions`; drawn by `plots`, listed by `page`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform
from scipy.stats import binomtest

from morelli.evaluate.predictions import Predictions


@dataclass(frozen=True)
class ArtistAccuracy:
    """How often one artist is named rightly.

    Parameters
    ----------
    artist
        The true artist.
    n
        Works by this artist.
    value
        The share of them given to this artist, 0 to 1.
    low, high
        The 95 % Wilson interval of that share: here one artist's works are the sample.
    """

    artist: str
    n: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ConfusedPair:
    """Works by one artist that are given to another.

    Parameters
    ----------
    artist
        The true artist.
    taken_for
        The predicted artist.
    n_confused
        Works by `artist` that are given to `taken_for`.
    n
        Works by `artist`.
    """

    artist: str
    taken_for: str
    n_confused: int
    n: int


@dataclass(frozen=True, eq=False)
class Confusion:
    """How many works of each artist are given to each artist.

    Parameters
    ----------
    artists
        (c,) names.
    counts
        (c, c) int64; the row is the true artist, the column the predicted one. Rows of artists without a
        query are zero.
    """

    artists: tuple[str, ...]
    counts: NDArray[np.int64]

    @classmethod
    def from_predictions(cls, predictions: Predictions) -> Confusion:
        """Count the confusions of checked predictions."""
        return cls(artists=predictions.artists, counts=predictions.count_confusions())

    def __repr__(self) -> str:
        return f"Confusion(artists={len(self.artists)}, n={self.n})"

    @property
    def n(self) -> int:
        """The number of works counted."""
        return int(self.counts.sum())

    def to_dict(self) -> dict[str, list[str] | list[list[int]]]:
        """Return names and counts as lists."""
        return {"artists": list(self.artists), "counts": self.counts.tolist()}

    def list_accuracies(self) -> list[ArtistAccuracy]:
        """Return every artist with a query, the least often recognised first.

        Of the same accuracy, the lower interval comes first: of artists always named rightly, the one with
        most works stands last.

        References
        ----------
        Wilson (1927), doi:10.1080/01621459.1927.10502953
        """
        measured = [
            _measure_artist(artist, int(row[place]), int(row.sum()))
            for place, (artist, row) in enumerate(zip(self.artists, self.counts, strict=True))
            if row.sum() > 0
        ]
        return sorted(measured, key=lambda one: (one.value, one.low, one.high, one.artist))

    def list_confused(self, n_pairs: int = 12) -> list[ConfusedPair]:
        """Return the pairs of artists confused most often.

        Sorted by number of works, then by share, then by name.
        """
        n_works = self.counts.sum(axis=1)
        pairs = [
            ConfusedPair(
                self.artists[row], self.artists[column], int(self.counts[row, column]), int(n_works[row])
            )
            for row, column in np.argwhere(self.counts > 0)
            if row != column
        ]
        return sorted(pairs, key=lambda one: (-one.n_confused, one.n, one.artist, one.taken_for))[:n_pairs]

    def arrange(self, max_artists: int = 120) -> Confusion:
        """Return the artists with queries, in an order that brings confused ones together.

        Parameters
        ----------
        max_artists
            With more artists than this, those named rightly least often are kept.

        Notes
        -----
        The order is that of the leaves of an average-linkage tree over one minus the mean share of confusion.
        """
        kept = [one.artist for one in self.list_accuracies()][:max_artists]
        places = np.flatnonzero(np.isin(self.artists, kept))
        counts = self.counts[np.ix_(places, places)]
        order = _order_by_confusion(counts / self.counts[places].sum(axis=1, keepdims=True))
        names = tuple(self.artists[place] for place in places[order])
        return Confusion(artists=names, counts=counts[np.ix_(order, order)])


def _measure_artist(artist: str, n_right: int, n: int) -> ArtistAccuracy:
    interval = binomtest(n_right, n).proportion_ci(method="wilson")
    return ArtistAccuracy(artist, n, n_right / n, float(interval.low), float(interval.high))


def _order_by_confusion(shares: NDArray[np.float64]) -> NDArray[np.intp]:
    if len(shares) < 3:
        return np.arange(len(shares))
    distances = 1 - (shares + shares.T) / 2
    np.fill_diagonal(distances, 0.0)
    tree = linkage(squareform(distances, checks=False), method="average", optimal_ordering=True)
    order: NDArray[np.intp] = leaves_list(tree).astype(np.intp)
    return order
