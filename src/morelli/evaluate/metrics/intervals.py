"""How far a number would move had other artists been drawn.

A collection is a sample of artists, and works of one artist are alike; an interval that resamples works or
pairs is therefore far too narrow. Here whole artists are resampled with replacement. A resample is a row of
counts ``w``, one per artist, and every metric is computed with weights made of them:

- a query (one work) counts ``w[artist]`` times;
- a pair by the same hand counts ``w[artist]`` times, a pair by two hands ``w[left] * w[right]`` times;
- a triplet counts ``w[anchor] * w[negative]`` times.

That is what one would get by copying an artist's works ``w`` times and treating each copy as one artist more,
without ever comparing a copy with another copy of the same works. Two scorings measured under the same
resamples give the interval of their difference. `ranking` holds the weighted curve metrics; `protocols` puts
all together.

References
----------
Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters 13 and 8.3 (percentile interval;
resampling the independent units, not the observations).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from morelli.errors import EvaluationError
from morelli.evaluate.metrics.curves import Ranking

_LEVEL = 0.95
"""Coverage of all intervals in this package."""


@dataclass(frozen=True)
class Interval:
    """A value with the range in which 95 % of the resamples lie.

    Parameters
    ----------
    value
        The number measured on all artists, each counted once.
    low, high
        The 2.5 % and 97.5 % quantiles of the resamples.
    replicates
        (b,) float64 the number in each resample, nan where it does not exist; None where it was not kept.
    """

    value: float
    low: float
    high: float
    replicates: NDArray[np.float64] | None = field(default=None, compare=False, repr=False)

    def to_dict(self) -> dict[str, float]:
        """Return the three numbers by name."""
        return {"value": self.value, "low": self.low, "high": self.high}

    def to_row(self) -> dict[str, Any]:
        """Return numbers and resamples by name, as `Row` takes them."""
        return {**self.to_dict(), "replicates": self.replicates}


def weigh_evenly(n_artists: int) -> NDArray[np.float64]:
    """Return the one weighting in which every artist counts once.

    Returns
    -------
    weights
        (1, n_artists) float64, all one.
    """
    return np.ones((1, n_artists))


def resample_artists(n_artists: int, *, n_boot: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return how often each artist is drawn in each resample.

    Parameters
    ----------
    n_artists
        How many artists there are, and how many are drawn with replacement each time.
    n_boot
        How many resamples.

    Returns
    -------
    weights
        (n_boot, n_artists) float64, whole numbers; each row adds up to `n_artists`.

    Raises
    ------
    EvaluationError
        When there is no artist, or no resample is asked for.

    Examples
    --------
    >>> weights = resample_artists(3, n_boot=2, rng=np.random.default_rng(0))
    >>> weights.sum(axis=1).tolist()
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


def average_over_artists(
    values: ArrayLike, codes: NDArray[np.intp], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the weighted mean of one value per query, once per resample.

    Parameters
    ----------
    values
        (q,) one number per query.
    codes
        (q,) the artist of each query, 0 to n_artists - 1.
    weights
        (b, n_artists) how often each artist counts.

    Returns
    -------
    means
        (b,) float64; the denominator is the weighted number of queries; nan where that is zero.

    Examples
    --------
    Artist 0 has the queries 1 and 0, artist 1 the query 1; drawn twice, artist 1 counts twice.

    >>> average_over_artists([1, 0, 1], np.array([0, 0, 1]), np.array([[1.0, 2.0]])).tolist()
    [0.75]
    """
    n_artists = weights.shape[1]
    sums = np.bincount(codes, weights=np.asarray(values, dtype=np.float64), minlength=n_artists)
    counts = np.bincount(codes, minlength=n_artists)
    return divide(weights @ sums, weights @ counts)


def average_over_triplets(
    outcomes: ArrayLike,
    anchors: NDArray[np.intp],
    negatives: NDArray[np.intp],
    weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the weighted mean outcome of triplets, once per resample.

    Parameters
    ----------
    outcomes
        (t,) 1 for right, 0.5 for a tie, 0 for wrong.
    anchors, negatives
        (t,) artist codes, 0 to n_artists - 1; the positive has the anchor's artist.
    weights
        (b, n_artists) how often each artist counts; a triplet counts the product of its two.

    Returns
    -------
    means
        (b,) float64; nan where no triplet is left.

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


def replicate_ranking(
    scores: ArrayLike, left: NDArray[np.intp], right: NDArray[np.intp], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the three verification metrics of every resample.

    The scores are sorted once, and the resamples measured in blocks; see `ranking`.

    Parameters
    ----------
    scores
        (p,) one score per pair, higher for "the same hand".
    left, right
        (p,) artist codes of the two works, 0 to n_artists - 1; equal codes are a pair by the same hand.
    weights
        (b, n_artists) how often each artist counts.

    Returns
    -------
    replicates
        (b, 3) float64: `roc_auc`, `average_precision` and `equal_error_rate`, in this order; a row of nan
        where the resample holds no pair of one kind.
    """
    ranking = Ranking.from_scores(scores, left, right, n_artists=weights.shape[1])
    return np.concatenate([ranking.weigh(block).measure() for block in ranking.split_weights(weights)])


def enclose(value: float, replicates: NDArray[np.float64]) -> Interval:
    """Return a value with the percentile interval of its resamples.

    Parameters
    ----------
    value
        The number measured on all artists; for a difference, the difference.
    replicates
        (b,) the same number in each resample; for a difference of two scorings, resample by resample.
        Resamples in which it does not exist (nan) are left out: with two artists, half of them hold one
        artist only.

    Raises
    ------
    EvaluationError
        When the number exists in no resample.

    Examples
    --------
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


def divide(numerators: NDArray[np.float64], denominators: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the quotients, with nan where a denominator is zero."""
    quotients = np.full(np.shape(numerators), np.nan)
    np.divide(numerators, denominators, out=quotients, where=denominators > 0)
    return quotients
