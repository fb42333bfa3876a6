"""What a falling threshold lets through, counted at some scores only: quick for millions of pairs.

Between two neighbouring scores of pairs by the same hand the ROC curve is straight, so it is enough to count
at those scores. With all of them the numbers are those of `verification`, without sorting anything but the
pairs by the same hand. With some of them, evenly spaced, pairs between two are taken as tied: that is what a
bootstrap over artists uses, a thousand times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from morelli.evaluate.ranking import WeightedCurves

N_ANCHORS = 500
"""Scores at which a bootstrap counts, in each part. With k of them no area under the ROC curve is wrong by
more than 0.5 / (k - 1) and no equal error rate by more than 1 / (k - 1): only couples between the same two
anchors are taken as tied, and of the pairs by the same hand no more than one in k - 1 lies there."""

PAIRS_AT_A_TIME = 1 << 20
CELLS_AT_A_TIME = 1 << 18
"""Numbers in one table of works and resamples: 2 MiB, which a processor keeps at hand."""


def choose_anchors(positives: NDArray[np.floating], n_anchors: int | None = None) -> NDArray[np.floating]:
    """Return the scores to count at, ascending: those of the pairs by the same hand, or some of them.

    Parameters
    ----------
    positives
        (p,) scores of the pairs by the same hand.
    n_anchors
        Of more scores, so many are kept: evenly by rank, with the highest and the lowest. None: all.

    Examples
    --------
    >>> choose_anchors(np.array([0.9, 0.1, 0.5, 0.5, 0.7]), 3).tolist()
    [0.1, 0.5, 0.9]
    """
    ordered = np.sort(positives)
    if n_anchors is not None and len(ordered) > n_anchors:
        ordered = ordered[np.linspace(0, len(ordered) - 1, n_anchors).round().astype(np.intp)]
    return np.unique(ordered)


def find_steps(scores: NDArray[np.floating], anchors: NDArray[np.floating]) -> NDArray[np.int32]:
    """Return at which step of a falling threshold each pair passes.

    Parameters
    ----------
    scores
        (p,) one for each pair.
    anchors
        (k,) ascending, each once, at least one.

    Returns
    -------
    steps
        (p,) int32, 0 to 2 k: odd numbers are the anchors themselves, highest first, even ones what lies
        between.

    Examples
    --------
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


def count_steps(steps: NDArray[np.int32], same: NDArray[np.bool_], n_steps: int) -> WeightedCurves:
    """Return the curve of pairs that count once each.

    Parameters
    ----------
    steps
        (p,) of each pair.
    same
        (p,) bool.
    n_steps
        How many steps there are.
    """
    counts = np.zeros((2, n_steps))
    for start in range(0, len(steps), PAIRS_AT_A_TIME):
        some = slice(start, start + PAIRS_AT_A_TIME)
        for row, kind in enumerate((same[some], ~same[some])):
            counts[row] += np.bincount(steps[some][kind], minlength=n_steps)
    hits, alarms = np.cumsum(counts, axis=1)[:, :, None]  # (t, 1) each
    return WeightedCurves(hits, alarms)


def count_resamples(
    steps: NDArray[np.int32],
    same: NDArray[np.bool_],
    artists: tuple[NDArray[np.int32], NDArray[np.int32]],
    weights: NDArray[np.float64],
    n_steps: int,
    *,
    advance: Callable[[int], None] | None = None,
) -> WeightedCurves:
    """Return the curves of all resamples of artists.

    Parameters
    ----------
    steps
        (p,) of each pair.
    same
        (p,) bool. A pair by the same hand weighs as its left artist, a pair by different hands the product of
        its two.
    artists
        (p,) codes of the left and of the right artist, 0 to n_artists - 1.
    weights
        (b, n_artists) how often each artist counts.
    n_steps
        How many steps there are.
    advance
        Called with how many pairs were counted since the last call.

    Notes
    -----
    Pairs of one step are a sparse table of artists by artists; its product with the weights, weighed again
    and summed, is what the step lets through. So b resamples cost b multiplications for each pair and no
    sorting.
    """
    left, right = artists
    n_boot, n_artists = weights.shape
    width = max(1, CELLS_AT_A_TIME // n_artists)
    tables = [np.ascontiguousarray(weights[start : start + width].T) for start in range(0, n_boot, width)]
    own = csr_array((np.ones(int(same.sum())), (steps[same], left[same])), shape=(n_steps, n_artists))
    alarms = np.zeros((n_steps, n_boot))
    different = np.flatnonzero(~same)
    order = different[np.argsort(steps[different], kind="stable")]
    bounds = np.searchsorted(steps[order], np.arange(n_steps + 1))
    for step in range(n_steps):
        rows = order[bounds[step] : bounds[step + 1]]
        if len(rows):
            alarms[step] = _weigh_step(left[rows], right[rows], tables)
            if advance is not None:
                advance(len(rows))
    return WeightedCurves(np.cumsum(own @ weights.T, axis=0), np.cumsum(alarms, axis=0))


def _weigh_step(
    left: NDArray[np.int32], right: NDArray[np.int32], tables: Sequence[NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return (b,) the summed products of the weights of pairs by different hands.

    The weights come as tables of artists by some of the resamples.
    """
    names, places = np.unique(left, return_inverse=True)
    shape = (len(names), len(tables[0]))
    counts = csr_array((np.ones(len(left)), (places.ravel(), right)), shape=shape)
    return np.concatenate([np.einsum("ab,ab->b", counts @ table, table[names]) for table in tables])
