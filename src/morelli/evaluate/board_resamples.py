"""How artists and seeds enter the intervals of a board.

A cell is one training, with one seed. Its numbers in each resample of artists are kept. All cells of a board
have the same resamples, so three things can be told apart:

- *which artists were tested*: resample b holds the same artists for every recipe and seed. The difference of
  two recipes is taken resample by resample (paired), because what is hard for one is mostly hard for the
  other;
- *what the training drew*: a recipe's number is the mean over its seeds. In each resample as many seeds are
  drawn with replacement as there are, for each recipe apart, since seed 1 of one recipe has nothing in common
  with seed 1 of another. Their mean strays too little, by (s - 1) / s in variance of s seeds; its distance
  from the mean of all seeds is therefore stretched by the root of s / (s - 1). With one seed the interval is
  over artists alone;
- *which works were drawn into train and test* does not enter: all cells have one split.

References
----------
Efron and Tibshirani (1993), An Introduction to the Bootstrap, sections 8.3 (resampling the units once for
both) and 5.3 (the factor n / (n - 1)).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from morelli.errors import EvaluationError
from morelli.evaluate.intervals import Interval, enclose
from morelli.evaluate.wording import judge_difference

Float = NDArray[np.float64]


def merge_seeds(values: Sequence[float], replicates: Float, *, label: str, seed: int) -> Interval:
    """Return the mean over seeds with its interval over artists and seeds.

    Parameters
    ----------
    values
        (s,) the number measured with each seed.
    replicates
        (s, b) the same in each resample of artists, the same artists in a column.
    label
        Of the recipe: another one draws other seeds.
    seed
        Of the draws.

    Raises
    ------
    EvaluationError
        When the number exists in no resample.

    Examples
    --------
    Two seeds that differ by 0.2 in every resample: their mean is 0.5, and one drawn twice is off by 0.1,
    stretched to 0.14.

    >>> interval = merge_seeds([0.4, 0.6], np.tile([[0.4], [0.6]], 100), label="a", seed=0)
    >>> interval.value, round(interval.low, 2), round(interval.high, 2)
    (0.5, 0.36, 0.64)
    """
    n_seeds, n_boot = replicates.shape
    means = replicates.mean(axis=0)  # (b,)
    if n_seeds > 1:
        rng = np.random.default_rng([seed, zlib.crc32(label.encode())])
        counts = rng.multinomial(n_seeds, np.full(n_seeds, 1 / n_seeds), size=n_boot)  # (b, s)
        drawn = (counts.T * replicates).sum(axis=0) / n_seeds
        means = means + np.sqrt(n_seeds / (n_seeds - 1)) * (drawn - means)
    return enclose(float(np.mean(values)), means)


def judge_pair(metric: str, this: Interval, other: Interval) -> str:
    """Return "better", "worse" or "not clear" of one recipe against another, on the same resamples.

    Parameters
    ----------
    metric
        Which number; it says whether more is better.
    this, other
        As `merge_seeds` returns them.
    """
    difference = subtract(this, other)
    return judge_difference(metric, difference.low, difference.high)


def subtract(this: Interval, other: Interval) -> Interval:
    """Return the difference of two numbers with its interval, resample by resample.

    Raises
    ------
    EvaluationError
        When it exists in no resample, or an interval was read without them.
    """
    resamples = [_require_replicates(one) for one in (this, other)]
    return enclose(this.value - other.value, resamples[0] - resamples[1])


def _require_replicates(interval: Interval) -> Float:
    if interval.replicates is None:
        raise EvaluationError(
            "difference of two intervals",
            expected="intervals with their resamples",
            found="one that was read without them",
            remedy="assemble the board from its cells",
        )
    return interval.replicates
