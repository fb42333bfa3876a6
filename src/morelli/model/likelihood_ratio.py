"""Likelihood ratios: how they follow from a score, and the probabilities they give under a prior."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from morelli.model.component import Arrays, Component

_Double = NDArray[np.float64]

LN10 = float(np.log(10.0))


@dataclass(frozen=True, eq=False)
class LikelihoodRatioMap:
    """A rising line through knots, from a score to the log10 likelihood ratio.

    Outside the knots the value of the nearest holds: no score claims more than the fitted pairs can bear.
    """

    scores: _Double  # (k,), rising
    values: _Double  # (k,), log10 of p(score | same hand) / p(score | different hands), never falling

    @classmethod
    def linear(cls, slope: float, intercept: float, *, bounds: tuple[float, float] = (-1.0, 1.0)) -> Self:
        """Return ``slope * score + intercept``, the natural logarithm, between two scores."""
        scores = np.array(bounds, dtype=np.float64)
        return cls(scores, (slope * scores + intercept) / LN10)

    def transform(self, scores: NDArray[np.floating]) -> _Double:
        """Return the log10 likelihood ratio of each score, in their shape."""
        values: _Double = np.interp(np.asarray(scores, dtype=np.float64), self.scores, self.values)
        return values

    def extrapolate(self, scores: NDArray[np.floating]) -> _Double:
        """Return the same, going on straight beyond the knots: to see changes there, not to claim ratios."""
        beyond = np.asarray(scores, dtype=np.float64) - np.clip(scores, self.scores[0], self.scores[-1])
        slopes = np.diff(self.values) / np.diff(self.scores)
        values: _Double = self.transform(scores) + beyond * np.where(beyond < 0, slopes[0], slopes[-1])
        return values


@dataclass(frozen=True, eq=False)
class Calibration(Component):
    """Maps for single works and for sets of works.

    Scores of sets lie closer together than those of single works and tell more, so each size has its own map.
    For n works against m, the harmonic mean of n and m counts as the size; between two sizes the likelihood
    ratio is interpolated over the logarithm of the size, beyond the largest its map holds.
    """

    maps: Mapping[int, LikelihoodRatioMap]  # by works on each side, at least 1, rising; the first is 1
    method: str = "none"  # how they were fitted: "logistic", "isotonic", "bi-gaussian" or "none"

    @classmethod
    def linear(cls, slope: float = 1.0, intercept: float = 0.0) -> Self:
        """Return the same straight line for all sizes, over scores from -1 to 1."""
        return cls({1: LikelihoodRatioMap.linear(slope, intercept)})

    def transform(self, scores: NDArray[np.floating], *, n_left: int = 1, n_right: int = 1) -> _Double:
        """Return the log10 likelihood ratio of the scores of sets of works, in their shape."""
        sizes = np.array(list(self.maps), dtype=np.float64)
        size = float(np.clip(2 / (1 / n_left + 1 / n_right), sizes[0], sizes[-1]))
        above = int(np.searchsorted(sizes, size))
        values = self.maps[int(sizes[above])].transform(scores)
        if sizes[above] == size:
            return values
        share = np.log(size / sizes[above - 1]) / np.log(sizes[above] / sizes[above - 1])
        below = self.maps[int(sizes[above - 1])].transform(scores)
        mixed: _Double = (1 - share) * below + share * values
        return mixed

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the knots by size, (2, k) float64 each."""
        return {str(size): np.stack([line.scores, line.values]) for size, line in self.maps.items()}

    def to_facts(self) -> dict[str, Any]:
        """Return method and sizes."""
        return {"method": self.method, "sizes": list(self.maps)}

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the calibration that facts and arrays describe."""
        maps = {int(size): LikelihoodRatioMap(*arrays[str(size)]) for size in facts["sizes"]}
        return cls(maps, facts["method"])


def posterior_probability(log10_likelihood_ratio: _Double | float, prior: float) -> _Double:
    """Return the probability of one hand under a prior above 0 and below 1: Bayes' rule in odds form."""
    prior_log_odds = np.log(prior) - np.log1p(-prior)
    probability: _Double = expit(np.asarray(log10_likelihood_ratio) * LN10 + prior_log_odds)
    return probability


def measure_cllr(log10_likelihood_ratios: _Double, is_same: NDArray[np.bool_]) -> float:
    """Return Cllr, 0 to 1 bits or above (Brümmer and du Preez 2006, doi 10.1016/j.csl.2005.08.001)."""
    natural = log10_likelihood_ratios * LN10
    cost = np.logaddexp(0, -natural[is_same]).mean() + np.logaddexp(0, natural[~is_same]).mean()
    return float(cost / (2 * np.log(2)))
