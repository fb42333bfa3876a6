"""How far a number would move had other artists been drawn.

A collection is a sample of artists, and works of one artist are alike: an interval that resamples works or
pairs is far too narrow. Whole artists are resampled here, with replacement. A resample is a row of counts
``w``, one per artist: a work or a query counts ``w[artist]`` times, a pair by the same hand too, a pair by
two hands ``w[left] * w[right]`` times, a triplet ``w[anchor] * w[negative]`` times. That is what copying an
artist's works ``w`` times would give, each copy being one artist more, without ever comparing a copy with
another copy of the same works (Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapters 13 and
8.3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binomtest

from morelli.errors import EvaluationError
from morelli.evaluate.metrics.words import OwnMetric

Float = NDArray[np.float64]
Codes = NDArray[np.integer]

_LEVEL = 0.95
"""Coverage of all intervals in this package."""


@dataclass(frozen=True)
class Interval:
    """A value with the 2.5 % and 97.5 % quantiles of its resamples.

    The value is that of all artists, each counted once. Of the resamples, (b,), those in which the number
    does not exist are nan; None where they were not kept.
    """

    value: float
    low: float
    high: float
    replicates: Float | None = field(default=None, compare=False, repr=False)

    def to_dict(self) -> dict[str, float]:
        """Return the three numbers by name."""
        return {"value": self.value, "low": self.low, "high": self.high}

    def to_row(self) -> dict[str, Any]:
        """Return numbers and resamples by name, as `Row` takes them."""
        return {**self.to_dict(), "replicates": self.replicates}


def weigh_evenly(n_artists: int) -> Float:
    """Return (1, n_artists) ones: the weighting in which every artist counts once."""
    return np.ones((1, n_artists))


def resample_artists(n_artists: int, *, n_boot: int, rng: np.random.Generator) -> Float:
    """Return how often each artist is drawn in each resample: (n_boot, n_artists) whole numbers.

    >>> resample_artists(3, n_boot=2, rng=np.random.default_rng(0)).sum(axis=1).tolist()
    [3.0, 3.0]
    """
    if n_artists < 1 or n_boot < 1:
        raise EvaluationError(
            "bootstrap over artists",
            expected="at least one artist and one resample",
            found=f"{n_artists} artists and n_boot={n_boot}",
            remedy="evaluate works whose artist is known, with n_boot of 1000",
        )
    shares = np.full(n_artists, 1 / n_artists)
    return rng.multinomial(n_artists, shares, size=n_boot).astype(np.float64)


def average_over_artists(values: ArrayLike, codes: Codes, weights: Float) -> Float:
    """Return (b,) weighted means of one value per query; nan where no query has weight.

    Values and artist codes are (q,), weights (b, n_artists); the denominator is the weighted number of
    queries.

    Artist 0 has the queries 1 and 0, artist 1 the query 1; drawn twice, artist 1 counts twice.

    >>> average_over_artists([1, 0, 1], np.array([0, 0, 1]), np.array([[1.0, 2.0]])).tolist()
    [0.75]
    """
    n_artists = weights.shape[1]
    sums = np.bincount(codes, weights=np.asarray(values, dtype=np.float64), minlength=n_artists)
    counts = np.bincount(codes, minlength=n_artists)
    return divide(weights @ sums, weights @ counts)


def average_over_triplets(outcomes: ArrayLike, anchors: Codes, negatives: Codes, weights: Float) -> Float:
    """Return (b,) weighted mean outcomes of triplets, the `triplet_accuracy`; nan where no triplet is left.

    Higher is better, 0 to 1, by chance 0.5; the denominator is all triplets, a tie counts half. Outcomes and
    the artist codes of anchors and negatives are (t,), weights (b, n_artists).

    Examples
    --------
    >>> weights = np.array([[1.0, 1.0, 3.0]])
    >>> average_over_triplets([1, 0], np.array([0, 1]), np.array([1, 2]), weights).tolist()
    [0.25]
    """
    n_artists = weights.shape[1]
    cells = anchors * n_artists + negatives
    values = np.asarray(outcomes, dtype=np.float64)
    sums = np.bincount(cells, weights=values, minlength=n_artists**2).reshape(n_artists, n_artists)
    counts = np.bincount(cells, minlength=n_artists**2).reshape(n_artists, n_artists)
    return divide(((weights @ sums) * weights).sum(axis=1), ((weights @ counts) * weights).sum(axis=1))


def replicate_own(
    metric: OwnMetric,
    scores: NDArray[np.floating],
    is_same: NDArray[np.bool_],
    weigh: Callable[[Float], Float],
    weights: Float,
) -> Float:
    """Return a metric of pairs, (p,), or works, (q, c): of all of them, then in each resample, (1 + b,).

    `weigh` turns how often each artist counts, (n_artists,), into how often each pair or work does. A
    resample without pairs of both kinds has no value: nan.
    """
    resamples = [*weigh_evenly(weights.shape[1]), *weights]
    return np.array([_measure_own(metric, scores, is_same, weigh(row)) for row in resamples])


def weigh_pairs(left: Codes, right: Codes) -> Callable[[Float], Float]:
    """Return what turns how often each artist counts into how often each pair does."""
    return lambda row: np.where(left == right, row[left], row[left] * row[right])


def _measure_own(
    metric: OwnMetric, scores: NDArray[np.floating], is_same: NDArray[np.bool_], counts: Float
) -> float:
    own = is_same[counts > 0]
    is_of_one_kind = own.ndim == 1 and (own.all() or not own.any())
    if own.size == 0 or is_of_one_kind:
        return float("nan")
    if metric.takes_weights:
        return metric.call(scores, is_same, weights=counts)
    rows = np.repeat(np.arange(len(scores)), counts.astype(np.intp))
    return metric.call(scores[rows], is_same[rows])


def enclose(value: float, replicates: Float) -> Interval:
    """Return a value with the percentile interval of its resamples, (b,).

    Of a difference, both are differences, resample by resample. Resamples in which the number does not exist
    (nan) are left out: with two artists, half of them hold one artist only.

    >>> interval = enclose(20.0, np.arange(41.0))
    >>> interval.value, round(interval.low, 3), round(interval.high, 3)
    (20.0, 1.0, 39.0)
    """
    finite = replicates[np.isfinite(replicates)]
    if len(finite) == 0:
        raise EvaluationError(
            "interval over artists",
            expected="at least one resample in which the number exists",
            found=f"none among {len(replicates)}",
            remedy="evaluate more artists, or raise n_boot to 1000",
        )
    tail = (1 - _LEVEL) / 2
    low, high = np.quantile(finite, [tail, 1 - tail])
    return Interval(value=float(value), low=float(low), high=float(high), replicates=replicates)


def enclose_share(n_right: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of the works of one artist (Wilson 1927)."""
    interval = binomtest(n_right, n).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def divide(numerators: Float, denominators: Float) -> Float:
    """Return the quotients, with nan where a denominator is zero."""
    quotients = np.full(np.shape(numerators), np.nan)
    np.divide(numerators, denominators, out=quotients, where=denominators > 0)
    return quotients
