"""Likelihood ratios: how they follow from a score, and the probabilities they give under a prior."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from morelli.model.component import Arrays

_Float64 = NDArray[np.float64]

LN10 = float(np.log(10.0))


@dataclass(frozen=True, eq=False)
class LikelihoodRatioMap:
    """A rising line through knots: from a score to the log10 likelihood ratio.

    Outside the knots the value of the nearest one holds, so that no score claims more than the pairs that it
    was fitted on can bear.

    Parameters
    ----------
    scores
        (k,) float64, rising.
    values
        (k,) float64, log10 of p(score | same hand) / p(score | different hands), never falling.
    """

    scores: _Float64
    values: _Float64

    @classmethod
    def linear(cls, slope: float, intercept: float, *, bounds: tuple[float, float] = (-1.0, 1.0)) -> Self:
        """Return ``slope * score + intercept``, the natural logarithm, between two scores.

        Examples
        --------
        >>> LikelihoodRatioMap.linear(2.302585, 0.0).transform(np.array([0.5])).round(3).tolist()
        [0.5]
        """
        scores = np.array(bounds, dtype=np.float64)
        return cls(scores, (slope * scores + intercept) / LN10)

    def transform(self, scores: NDArray[np.floating]) -> _Float64:
        """Return the log10 likelihood ratio of each score, in their shape."""
        values: _Float64 = np.interp(np.asarray(scores, dtype=np.float64), self.scores, self.values)
        return values

    def extrapolate(self, scores: NDArray[np.floating]) -> _Float64:
        """Return the same, going on straight beyond the knots: to see changes there, not to claim ratios."""
        beyond = np.asarray(scores, dtype=np.float64) - np.clip(scores, self.scores[0], self.scores[-1])
        slopes = np.diff(self.values) / np.diff(self.scores)
        values: _Float64 = self.transform(scores) + beyond * np.where(beyond < 0, slopes[0], slopes[-1])
        return values


@dataclass(frozen=True, eq=False)
class Calibration:
    """Maps for single works and for sets of works.

    Scores of sets lie closer together than those of single works and tell more, so each size has its own map.
    For n works against m, the harmonic mean of n and m counts as the size; between two sizes the likelihood
    ratio is interpolated over the logarithm of the size, beyond the largest its map holds.

    Parameters
    ----------
    maps
        By size: works on each side, at least 1, rising; the first is 1.
    method
        How the maps were fitted: "logistic", "isotonic" or "bi-gaussian"; or "none".
    """

    maps: Mapping[int, LikelihoodRatioMap]
    method: str = "none"

    @classmethod
    def linear(cls, slope: float = 1.0, intercept: float = 0.0) -> Self:
        """Return the same straight line for all sizes, over scores from -1 to 1."""
        return cls({1: LikelihoodRatioMap.linear(slope, intercept)})

    def transform(self, scores: NDArray[np.floating], *, n_left: int = 1, n_right: int = 1) -> _Float64:
        """Return the log10 likelihood ratio of the scores of sets of works, in their shape."""
        sizes = np.array(list(self.maps), dtype=np.float64)
        size = float(np.clip(2 / (1 / n_left + 1 / n_right), sizes[0], sizes[-1]))
        above = int(np.searchsorted(sizes, size))
        values = self.maps[int(sizes[above])].transform(scores)
        if sizes[above] == size:
            return values
        share = np.log(size / sizes[above - 1]) / np.log(sizes[above] / sizes[above - 1])
        below = self.maps[int(sizes[above - 1])].transform(scores)
        mixed: _Float64 = (1 - share) * below + share * values
        return mixed

    def to_arrays(self) -> Arrays:
        """Return the knots by size, (2, k) float64 each."""
        return {str(size): np.stack([line.scores, line.values]) for size, line in self.maps.items()}

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says."""
        return {"method": self.method, "sizes": list(self.maps)}

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the calibration that facts and arrays describe."""
        maps = {int(size): LikelihoodRatioMap(*arrays[str(size)]) for size in facts["sizes"]}
        return cls(maps, facts["method"])


def posterior_probability(log10_likelihood_ratio: _Float64 | float, prior: float) -> _Float64:
    """Return the probability of one hand: Bayes' rule in odds form.

    Parameters
    ----------
    log10_likelihood_ratio
        Any shape.
    prior
        Probability of one hand before looking, between 0 and 1, both excluded.

    Examples
    --------
    >>> float(posterior_probability(1.0, prior=0.5).round(4))
    0.9091
    """
    prior_log_odds = np.log(prior) - np.log1p(-prior)
    probability: _Float64 = expit(np.asarray(log10_likelihood_ratio) * LN10 + prior_log_odds)
    return probability


def measure_cllr(log10_likelihood_ratios: _Float64, is_same: NDArray[np.bool_]) -> float:
    """Return the cost of log likelihood ratios, in bits: 0 at best, 1 for saying nothing.

    References
    ----------
    Brümmer & du Preez 2006, doi 10.1016/j.csl.2005.08.001.

    Examples
    --------
    >>> measure_cllr(np.zeros(2), np.array([True, False]))
    1.0
    """
    natural = log10_likelihood_ratios * LN10
    cost = np.logaddexp(0, -natural[is_same]).mean() + np.logaddexp(0, natural[~is_same]).mean()
    return float(cost / (2 * np.log(2)))
