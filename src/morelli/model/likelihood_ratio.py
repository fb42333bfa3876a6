"""Likelihood ratios: how they follow from a score, and the probabilities they give under a prior."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from morelli.model.component import Arrays, Component

_Double = NDArray[np.float64]

LN10 = float(np.log(10.0))

MIN_DRAWS = 30
"""Independent draws by one hand that a size of sets needs: draws of one artist that share no work. Fewer say
too little about how often sets by one hand look unlike."""


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


@dataclass(frozen=True)
class Population:
    """Whose works the maps of a calibration were fitted on."""

    name: str  # in words, or the condition that chose the works
    n_artists: int  # with a pair by one hand
    n_artist_pairs: int  # with a pair by two
    years: tuple[int, int] | None = None  # of nineteen works in twenty; None: not known
    styles: tuple[str, ...] = ()  # all of the works; none: not known
    artists: tuple[str, ...] = ()  # of those the ones whom the model's split does not name

    def describe(self) -> str:
        """Return a clause.

        >>> Population("all works", 18, 40).describe()
        'all works: 18 artists and 40 pairs of artists'
        """
        return f"{self.name}: {self.n_artists} artists and {self.n_artist_pairs} pairs of artists"

    def find_outside(self, year: int | None, styles: Collection[str]) -> str | None:
        """Return how a work lies outside, as a clause; "" where it lies within, None where nothing is known.

        >>> Population("all", 9, 9, (1600, 1700), ("Baroque",)).find_outside(1900, {"Baroque"})
        'it is of 1900, and the ratios were calibrated on works of 1600 to 1700'
        """
        is_dated, is_labelled = year is not None and self.years, styles and self.styles
        if year is not None and self.years and not self.years[0] <= year <= self.years[1]:
            first, last = self.years
            return f"it is of {year}, and the ratios were calibrated on works of {first} to {last}"
        if is_labelled and not set(styles) & set(self.styles):
            named = " and ".join(sorted(styles))
            return f"it is {named}, and the ratios were calibrated on works of other styles"
        return "" if is_dated or is_labelled else None


@dataclass(frozen=True, eq=False)
class Calibration(Component):
    """Maps for single works and for sets of works.

    Scores of sets lie closer together than those of single works and tell more, so each size has its own map.
    For n works against m, the harmonic mean of n and m counts as the size; between two sizes the likelihood
    ratio is interpolated over the logarithm of the size. Beyond the largest size its map holds in models of
    earlier versions; those of today say how many draws were missing, see `find_missing`.
    """

    maps: Mapping[int, LikelihoodRatioMap]  # by works on each side, at least 1, rising; the first is 1
    method: str = "none"  # how they were fitted: "logistic" or "none"; earlier "isotonic" or "bi-gaussian"
    draws: Mapping[int, int] | None = None  # independent draws by one hand, by size, mapped or not
    population: Population | None = None  # None: not known, in models of earlier versions

    @classmethod
    def linear(cls, slope: float = 1.0, intercept: float = 0.0) -> Self:
        """Return the same straight line for all sizes, over scores from -1 to 1."""
        return cls({1: LikelihoodRatioMap.linear(slope, intercept)})

    def transform(
        self, scores: NDArray[np.floating], *, n_left: int = 1, n_right: int = 1, bounded: bool = True
    ) -> _Double:
        """Return the log10 likelihood ratio of the scores of sets of works, in their shape.

        Not bounded: going on beyond the knots, to see how an answer spreads.
        """
        size, sizes = self._find_size(n_left, n_right), np.array(list(self.maps), dtype=np.float64)
        size = float(np.clip(size, sizes[0], sizes[-1]))
        place = int(np.searchsorted(sizes, size))
        near = [self.maps[int(sizes[at])] for at in (max(place - 1, 0), place)]
        below, above = (line.transform(scores) if bounded else line.extrapolate(scores) for line in near)
        if sizes[place] == size:
            return above
        share = np.log(size / sizes[place - 1]) / np.log(sizes[place] / sizes[place - 1])
        mixed: _Double = (1 - share) * below + share * above
        return mixed

    def find_bounds(self, n_left: int = 1, n_right: int = 1) -> tuple[float, float]:
        """Return log10 of the lowest and the highest likelihood ratio that can be answered."""
        low, high = self.transform(np.array([-np.inf, np.inf]), n_left=n_left, n_right=n_right)
        return float(low), float(high)

    def find_missing(self, n_left: int, n_right: int) -> tuple[int, int] | None:
        """Return the size of sets whose map is needed and missing, and its draws; None if none is missing."""
        size = self._find_size(n_left, n_right)
        missing = [one for one in self.draws or {} if one not in self.maps]
        if not missing or size <= max(self.maps):
            return None
        needed = next((one for one in missing if one >= size), missing[-1])
        return needed, (self.draws or {})[needed]

    @staticmethod
    def _find_size(n_left: int, n_right: int) -> float:
        return 2 / (1 / n_left + 1 / n_right)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the knots by size, (2, k) float64 each."""
        return {str(size): np.stack([line.scores, line.values]) for size, line in self.maps.items()}

    def to_facts(self) -> dict[str, Any]:
        """Return method and sizes, and the draws of each where they were counted."""
        facts: dict[str, Any] = {"method": self.method, "sizes": list(self.maps)}
        if self.draws is not None:
            facts["draws"] = {str(size): n for size, n in self.draws.items()}
        if self.population is not None:
            facts["population"] = asdict(self.population)
        return facts

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the calibration that facts and arrays describe."""
        maps = {int(size): LikelihoodRatioMap(*arrays[str(size)]) for size in facts["sizes"]}
        draws = facts.get("draws")
        counted = None if draws is None else {int(size): int(n) for size, n in draws.items()}
        told = facts.get("population")
        if told is not None:
            years = None if told["years"] is None else tuple(told["years"])
            names = {name: tuple(told.get(name, ())) for name in ("styles", "artists")}
            told = Population(**{**told, **names, "years": years})
        return cls(maps, facts["method"], counted, told)


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
