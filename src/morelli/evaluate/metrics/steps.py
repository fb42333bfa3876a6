"""Pairs sorted once into the steps of a falling threshold, then weighed as often as a bootstrap asks.

Between two neighbouring scores of pairs by the same hand the ROC curve is straight, so it is enough to count
at those scores, the anchors. With all of them the metrics of `Curves` are exact, without sorting anything but
the pairs by the same hand. With some of them, evenly spaced, pairs between two are taken as tied: that is how
a thousand resamples of millions of pairs are counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from morelli.evaluate.metrics.curves import Curves
from morelli.evaluate.metrics.intervals import Codes, Float

N_ANCHORS = 500
"""Scores at which a bootstrap counts, in each part. With k of them no area under the ROC curve is wrong by
more than 0.5 / (k - 1) and no equal error rate by more than 1 / (k - 1): only couples between the same two
anchors are taken as tied, and of the pairs by the same hand no more than one in k - 1 lies there."""

PAIRS_AT_A_TIME = 1 << 20

BLOCK_CELLS = 2**21
"""Numbers in one table of steps and weightings that is measured at a time: 16 MiB."""

_CELLS_AT_A_TIME = 1 << 18
"""Numbers in one table of products: 2 MiB, which a processor keeps at hand."""

_N_STEPS = 900
"""Borders by rank in the pairs of each kind."""

_TAIL = (1e-5, 0.1, 200)
"""Further borders among pairs by different hands, from the highest 1 in 100,000 to the highest tenth, and how
many: rates of one false alarm in a thousand are read there."""


def choose_anchors(positives: NDArray[np.floating], n_anchors: int | None = None) -> NDArray[np.floating]:
    """Return the scores to count at, ascending: those of the pairs by the same hand, or so many of them.

    Of more scores they are chosen evenly by rank, with the highest and the lowest.

    >>> choose_anchors(np.array([0.9, 0.1, 0.5, 0.5, 0.7]), 3).tolist()
    [0.1, 0.5, 0.9]
    """
    ordered = np.sort(positives)
    if n_anchors is not None and len(ordered) > n_anchors:
        ordered = ordered[np.linspace(0, len(ordered) - 1, n_anchors).round().astype(np.intp)]
    return np.unique(ordered)


def find_steps(scores: NDArray[np.floating], anchors: NDArray[np.floating]) -> NDArray[np.int32]:
    """Return at which of 2 k + 1 steps each pair passes, (p,), by k anchors.

    Odd steps are the anchors themselves, highest first, even ones what lies between.

    >>> find_steps(np.array([0.9, 0.6, 0.5, 0.1]), np.array([0.5, 0.9])).tolist()
    [1, 2, 3, 4]
    """
    steps = np.empty(len(scores), dtype=np.int32)
    for start in range(0, len(scores), PAIRS_AT_A_TIME):
        some = scores[start : start + PAIRS_AT_A_TIME]
        below = np.searchsorted(anchors, some)
        is_anchor = anchors[np.minimum(below, len(anchors) - 1)] == some
        steps[start : start + PAIRS_AT_A_TIME] = 2 * (len(anchors) - below) - is_anchor
    return steps


def count_steps(steps: NDArray[np.int32], same: NDArray[np.bool_], n_steps: int) -> Curves:
    """Return the curve of pairs that count once each."""
    counts = np.zeros((2, n_steps))
    for start in range(0, len(steps), PAIRS_AT_A_TIME):
        some = slice(start, start + PAIRS_AT_A_TIME)
        for row, kind in enumerate((same[some], ~same[some])):
            counts[row] += np.bincount(steps[some][kind], minlength=n_steps)
    hits, alarms = np.cumsum(counts, axis=1)[:, :, None]  # (t, 1) each
    return Curves(hits, alarms)


def choose_borders(scores: Float, same: NDArray[np.bool_]) -> Float:
    """Return the scores at which a new step of likelihood ratios begins, ascending.

    All scores, or of many those at even ranks of each kind, and more among the highest by different hands.

    >>> choose_borders(np.array([0.0, 1.0, 1.0]), np.array([False, True, False])).tolist()
    [0.0, 1.0]
    """
    values = np.unique(scores)
    if len(values) <= 2 * _N_STEPS:
        return values
    shares, tail = np.linspace(0, 1, _N_STEPS), 1 - np.geomspace(*_TAIL)
    other = np.quantile(scores[~same], [*shares, *tail])
    borders: Float = np.unique(np.concatenate([values[:1], np.quantile(scores[same], shares), other]))
    return borders


@dataclass(frozen=True, eq=False)
class RankedPairs:
    """Pairs with their artists and the step of a falling threshold at which each passes.

    Parameters
    ----------
    steps, same
        (p,) 0 to n_steps - 1, and whether one hand made both.
    left, right
        (p,) artist codes, 0 to n_artists - 1. A pair by the same hand weighs as its left artist, a pair by
        different hands the product of its two.
    levels
        (n_steps,) what each step stands for; see `Curves`.
    """

    steps: Codes
    same: NDArray[np.bool_]
    left: Codes
    right: Codes
    n_steps: int
    n_artists: int
    levels: Float = field(default_factory=lambda: np.empty(0))

    @classmethod
    def from_scores(cls, scores: ArrayLike, left: Codes, right: Codes, n_artists: int) -> RankedPairs:
        """Sort pairs by score, (p,); equal codes are a pair by the same hand; there is at least one."""
        values, same = np.asarray(scores), left == right
        anchors = choose_anchors(values[same])
        return cls(find_steps(values, anchors), same, left, right, 2 * len(anchors) + 1, n_artists)

    @cached_property
    def _own(self) -> csr_array:
        """(n_steps, n_artists) how many pairs by the same hand pass at each step."""
        cells = self.steps[self.same], self.left[self.same]
        return csr_array((np.ones(len(cells[0])), cells), shape=(self.n_steps, self.n_artists))

    @cached_property
    def _others(self) -> tuple[csr_array, NDArray[np.int64]]:
        """Pairs by different hands: a row for each step with a left artist, ascending; and its number."""
        different = np.flatnonzero(~self.same)
        cells = self.steps[different].astype(np.int64) * self.n_artists + self.left[different]
        order = np.argsort(cells)
        cells = cells[order]
        first = np.flatnonzero(np.diff(cells, prepend=-1))
        entries = np.ones(len(cells), np.int8), self.right[different[order]], np.append(first, len(cells))
        return csr_array(entries, shape=(len(first), self.n_artists)), cells[first]

    def weigh(self, weights: Float, *, advance: Callable[[int], None] | None = None) -> Curves:
        """Return the curves under b weightings of artists, (b, n_artists).

        Each row of a step with a left artist is multiplied with the weights, weighed again and added up: b
        multiplications for each pair, and no sorting. `advance` is told how many pairs were counted.

        >>> pairs = RankedPairs.from_scores([0.2, 0.9, 0.5], np.array([0, 0, 0]), np.array([0, 0, 1]), 2)
        >>> pairs.weigh(np.ones((1, 2))).roc_auc().tolist()
        [0.5]
        """
        by_artist = np.ascontiguousarray(weights.T)  # (n_artists, b)
        table, cells = self._others
        steps, artists = np.divmod(cells, self.n_artists)
        alarms = np.zeros((self.n_steps, len(weights)))
        n_rows = max(1, _CELLS_AT_A_TIME // len(weights))
        for start in range(0, len(cells), n_rows):
            own, counts = slice(start, start + n_rows), table[start : start + n_rows]
            passed, first = np.unique(steps[own], return_index=True)
            products = (counts @ by_artist) * by_artist[artists[own]]
            alarms[passed] += np.add.reduceat(products, first, axis=0)
            if advance is not None:
                advance(counts.nnz)
        return Curves(np.cumsum(self._own @ by_artist, axis=0), np.cumsum(alarms, axis=0), self.levels)

    def replicate(self, weights: Float, measure: Callable[[Curves], Float]) -> Float:
        """Return k measures of each of b weightings, (k, b), some weightings at a time."""
        n_rows = max(1, BLOCK_CELLS // self.n_steps)
        blocks = (weights[start : start + n_rows] for start in range(0, len(weights), n_rows))
        return np.concatenate([measure(self.weigh(block)) for block in blocks], axis=1)


def replicate_ranking(scores: ArrayLike, left: Codes, right: Codes, weights: Float) -> Float:
    """Return `RANKING_METRICS` of every resample, (b, 3); nan where it holds no pair of one kind.

    Scores and artist codes are (p,), weights (b, n_artists).
    """
    pairs = RankedPairs.from_scores(scores, left, right, n_artists=weights.shape[1])
    return pairs.replicate(weights, lambda curves: curves.measure().T).T
