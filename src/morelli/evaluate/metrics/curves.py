"""Pairs sorted by score once, measured under any number of weightings of artists.

`verification` measures a scoring with scikit-learn; a bootstrap asks for the same three numbers a thousand
times with other weights. Here the sorting is done once, and then the pairs are only counted: between two
changes of the curve's direction it does not matter which pair comes first, and pairs of the same two artists
weigh the same. What is left is a sparse table of counts, and a product with it measures many weightings at a
time. With all weights one the numbers are those of `verification`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

BLOCK_CELLS = 2**21
"""Numbers held at a time in one intermediate table: 16 MiB."""


@dataclass(frozen=True, eq=False)
class WeightedCurves:
    """What a falling threshold lets through, in weights, for b weightings.

    A column without weight on pairs of both kinds has no metric: all three are nan there.

    Parameters
    ----------
    hits
        (t, b) weight of the pairs by the same hand that have passed after each step, all of them after the
        last.
    alarms
        (t, b) the same for the pairs by different hands.
    """

    hits: NDArray[np.float64]
    alarms: NDArray[np.float64]

    @property
    def is_defined(self) -> NDArray[np.bool_]:
        """(b,) whether pairs of both kinds have weight."""
        defined: NDArray[np.bool_] = (self.hits[-1] > 0) & (self.alarms[-1] > 0)
        return defined

    def measure(self) -> NDArray[np.float64]:
        """Return `roc_auc`, `average_precision` and `equal_error_rate`, (b, 3)."""
        return np.column_stack(
            [self.measure_roc_auc(), self.measure_average_precision(), self.measure_equal_error_rate()]
        )

    def measure_roc_auc(self) -> NDArray[np.float64]:
        """Return (b,) areas under the ROC curve by the trapezoid rule; a tie counts half."""
        steps = np.diff(self.alarms, axis=0, prepend=0.0)
        heights = self.hits.copy()
        heights[1:] += self.hits[:-1]  # twice the mean height of each step
        area = np.einsum("tb,tb->b", heights, steps)
        return self._divide(area, 2 * self.hits[-1] * self.alarms[-1])

    def measure_average_precision(self) -> NDArray[np.float64]:
        """Return (b,) sums of precision times growth in recall; tied pairs enter together."""
        total = self.hits + self.alarms
        precision = np.divide(self.hits, total, out=np.zeros_like(total), where=total > 0)
        growth = np.diff(self.hits, axis=0, prepend=0.0)
        return self._divide(np.einsum("tb,tb->b", precision, growth), self.hits[-1])

    def measure_equal_error_rate(self) -> NDArray[np.float64]:
        """Return (b,) rates where false alarms equal misses, on the ROC polygon."""
        rates = np.full(self.hits.shape[1], np.nan)
        defined = self.is_defined
        zero = np.zeros((1, int(defined.sum())))
        alarm_rates = np.vstack([zero, self.alarms[:, defined] / self.alarms[-1, defined]])
        hit_rates = np.vstack([zero, self.hits[:, defined] / self.hits[-1, defined]])
        rates[defined] = interpolate_equal_error(alarm_rates, hit_rates)
        return rates

    def _divide(
        self, numerator: NDArray[np.float64], denominator: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        quotients = np.full(len(numerator), np.nan)
        np.divide(numerator, denominator, out=quotients, where=self.is_defined)
        return quotients


@dataclass(frozen=True, eq=False)
class Ranking:
    """How many pairs of which artists pass at each step of a falling threshold.

    A step is one group of tied scores with a pair by the same hand in it, or a whole stretch without any:
    along such a stretch the ROC curve is a straight line, and average precision does not change.

    Parameters
    ----------
    same
        (t, n_artists) sparse counts of pairs by the same hand.
    different
        (t, m) sparse counts of pairs by different hands, one column for each two artists that occur.
    left, right
        (m,) the two artists of each column.
    """

    same: csr_array
    different: csr_array
    left: NDArray[np.intp]
    right: NDArray[np.intp]

    @classmethod
    def from_scores(
        cls, scores: ArrayLike, left: NDArray[np.intp], right: NDArray[np.intp], n_artists: int
    ) -> Ranking:
        """Sort the pairs by score and count them.

        Parameters
        ----------
        scores
            (p,) higher for "the same hand", finite.
        left, right
            (p,) artist codes, 0 to n_artists - 1; equal codes are a pair by the same hand.
        n_artists
            How many artists there are.
        """
        steps = _find_steps(np.asarray(scores, dtype=np.float64), left == right)
        return cls.from_steps(steps, left, right, n_artists)

    @classmethod
    def from_steps(
        cls, steps: NDArray[np.intp], left: NDArray[np.intp], right: NDArray[np.intp], n_artists: int
    ) -> Ranking:
        """Count pairs whose steps are known.

        Parameters
        ----------
        steps
            (p,) at which step of a falling threshold each pair passes, from 0.
        left, right, n_artists
            As for `from_scores`.
        """
        same = np.flatnonzero(left == right)
        different = np.flatnonzero(left != right)
        low, high = np.minimum(left, right)[different], np.maximum(left, right)[different]
        cells, columns = np.unique(low * n_artists + high, return_inverse=True)
        n_steps = int(steps.max()) + 1
        return cls(
            same=_count(steps[same], left[same], (n_steps, n_artists)),
            different=_count(steps[different], columns.ravel(), (n_steps, len(cells))),
            left=cells // n_artists,
            right=cells % n_artists,
        )

    def weigh(self, weights: NDArray[np.float64]) -> WeightedCurves:
        """Return the curves under some weightings.

        Parameters
        ----------
        weights
            (b, n_artists) at least 0. A pair by the same hand weighs as its artist, a pair by different hands
            the product of its two.

        Examples
        --------
        >>> ranking = Ranking.from_scores([0.2, 0.9, 0.5], np.array([0, 0, 0]), np.array([0, 0, 1]), 2)
        >>> ranking.weigh(np.ones((1, 2))).measure_roc_auc().tolist()
        [0.5]
        """
        by_artist = np.ascontiguousarray(weights.T)  # (n_artists, b)
        products = by_artist[self.left] * by_artist[self.right]  # (m, b)
        return WeightedCurves(
            hits=np.cumsum(self.same @ by_artist, axis=0),
            alarms=np.cumsum(self.different @ products, axis=0),
        )

    def split_weights(self, weights: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
        """Yield the weightings in blocks that are small enough to be measured at a time."""
        n_cells = self.same.shape[0] + len(self.left)
        n_rows = max(1, BLOCK_CELLS // n_cells)
        for start in range(0, len(weights), n_rows):
            yield weights[start : start + n_rows]


def interpolate_equal_error(
    alarm_rates: NDArray[np.float64], hit_rates: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the rates at which ROC polygons have as many false alarms as misses.

    Between two thresholds the polygon is straight, so the crossing with the falling diagonal is exact; it
    exists once, because false alarms minus misses never fall.

    Parameters
    ----------
    alarm_rates, hit_rates
        (t, b) 0 to 1, each column from (0, 0) to (1, 1), never falling.

    Returns
    -------
    rates
        (b,) 0 to 1.

    Examples
    --------
    >>> interpolate_equal_error(np.array([[0.0], [0.5], [1.0]]), np.array([[0.0], [0.5], [1.0]])).tolist()
    [0.5]
    """
    balance = alarm_rates + hit_rates - 1  # false alarms minus misses: from -1 to 1
    after = (balance < 0).sum(axis=0)
    columns = np.arange(balance.shape[1])
    start, end = balance[after - 1, columns], balance[after, columns]
    share = -start / (end - start)
    rates: NDArray[np.float64] = (1 - share) * alarm_rates[after - 1, columns] + share * alarm_rates[
        after, columns
    ]
    return rates


def _find_steps(scores: NDArray[np.float64], same: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return for each pair the step at which it passes, 0 for the highest score."""
    groups = np.unique(-scores, return_inverse=True)[1].ravel()
    has_same = np.bincount(groups, weights=same) > 0
    begins = has_same.copy()
    begins[1:] |= has_same[:-1]  # a stretch without pairs by the same hand begins after a group with one
    begins[0] = True
    steps: NDArray[np.intp] = (np.cumsum(begins) - 1)[groups]
    return steps


def _count(rows: NDArray[np.intp], columns: NDArray[np.intp], shape: tuple[int, int]) -> csr_array:
    """Return how often each row and column meet; entries of the same cell are added."""
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)


# What is found at an agreed rate of false alarms: the number that a user with a threshold meets.

FALSE_ALARM_RATES = (0.01, 0.001)
"""The usual operating points of verification."""


def tar_at_far(curves: WeightedCurves, rate: float) -> NDArray[np.float64]:
    """Return the share of pairs by the same hand that are found at a rate of false alarms.

    Higher is better, 0 to 1, by chance the rate itself; the denominator is the pairs by the same hand, that
    of the rate the pairs by different hands. Between two thresholds the ROC curve is a straight line, as for
    the equal error rate; tied pairs pass together. With fewer pairs by different hands than false alarms are
    rare, the number hangs on a single pair.

    Parameters
    ----------
    curves
        What a falling threshold lets through.
    rate
        Of false alarms, 0 to 1.

    Returns
    -------
    shares
        (b,) 0 to 1; nan where pairs of one kind have no weight.

    Examples
    --------
    The second threshold lets half of the pairs by one hand through and none of the others, the third all of
    both; halfway between, at a rate of 0.5, it is three quarters.

    >>> curves = WeightedCurves(np.array([[1.0], [2.0]]), np.array([[0.0], [2.0]]))
    >>> tar_at_far(curves, 0.5).tolist()
    [0.75]
    """
    shares = np.full(curves.hits.shape[1], np.nan)
    columns = np.flatnonzero(curves.is_defined)
    zero = np.zeros((1, len(columns)))
    alarms = np.vstack([zero, curves.alarms[:, columns] / curves.alarms[-1, columns]])
    hits = np.vstack([zero, curves.hits[:, columns] / curves.hits[-1, columns]])
    last = (alarms <= rate).sum(axis=0) - 1  # the last threshold that keeps to the rate
    following, own = np.minimum(last + 1, len(alarms) - 1), np.arange(len(columns))
    step = alarms[following, own] - alarms[last, own]
    part = np.divide(rate - alarms[last, own], step, out=np.zeros_like(step), where=step > 0)
    shares[columns] = hits[last, own] + part * (hits[following, own] - hits[last, own])
    return shares
