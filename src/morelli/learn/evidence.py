"""Fits the maps from scores to likelihood ratios: a straight line, an isotonic one, a bi-Gaussian one.

Each sees scores of pairs whose artists the spaces had not seen, or works they had not. Both kinds of pair get
the same total weight, so that no prior is baked in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import logit
from scipy.stats import norm
from sklearn.isotonic import IsotonicRegression

from morelli.learn.calibration import fit_likelihood_ratio
from morelli.learn.set_scores import MIN_SAME, SIZES
from morelli.model.likelihood_ratio import LN10, Calibration, LikelihoodRatioMap, measure_cllr

Float64 = NDArray[np.float64]
Bools = NDArray[np.bool_]

N_KNOTS = 200
"""Knots of a curved map: quantiles of the scores, fine enough that 0.001 of Cllr are not lost."""

LEAST_SHARE = 1e-3
"""The extreme share of the scores of each kind beyond which a map stays level: beyond it there are too few
pairs to say how the likelihood ratio goes on (the idea of Vergeer et al. 2016, doi
10.1016/j.scijus.2016.06.003, empirical lower and upper bounds)."""


def fit_logistic_map(scores: Float64, is_same: Bools) -> LikelihoodRatioMap:
    """Return a straight line in the logarithm, level beyond the extreme scores.

    Parameters
    ----------
    scores
        (n,) higher for works by one hand.
    is_same
        (n,) the truth.

    Raises
    ------
    ModelError
        When the pairs are all of one kind.

    References
    ----------
    Brümmer & du Preez 2006, doi 10.1016/j.csl.2005.08.001; Morrison 2013, doi 10.1080/00450618.2012.733025.
    """
    slope, intercept = fit_likelihood_ratio(scores, is_same)
    return LikelihoodRatioMap.linear(max(slope, 0.0), intercept, bounds=_find_bounds(scores, is_same))


def fit_isotonic_map(scores: Float64, is_same: Bools) -> LikelihoodRatioMap:
    """Return the rising step function that fits best, drawn through its steps.

    The highest and lowest step, where only one kind of pair stands, keep the odds of half a pair of the other
    kind, so that no ratio is infinite.

    References
    ----------
    Zadrozny & Elkan 2002, Transforming classifier scores into accurate multiclass probability estimates, doi
    10.1145/775047.775151 (pool adjacent violators).
    """
    weights = np.where(is_same, 0.5 / is_same.sum(), 0.5 / (~is_same).sum())
    regression = IsotonicRegression(out_of_bounds="clip").fit(scores, is_same, sample_weight=weights)
    knots = np.unique(np.quantile(scores, np.linspace(0, 1, N_KNOTS)))
    least = 0.5 / max(is_same.sum(), (~is_same).sum())
    values = logit(np.clip(regression.predict(knots), least, 1 - least)) / LN10
    return LikelihoodRatioMap(knots, np.maximum.accumulate(values))


def fit_bi_gaussian_map(scores: Float64, is_same: Bools) -> LikelihoodRatioMap:
    """Return the map after which both kinds of pair are as near to two normal distributions as order allows.

    In a perfectly calibrated system whose natural log likelihood ratios are normal, they have the means
    ``+-v / 2`` and the variance v. The v is taken that has the Cllr of the logistic map; then each score gets
    the value at the same place of that mixture.

    References
    ----------
    Morrison 2024, Bi-Gaussianized calibration of likelihood ratios, doi 10.1093/lpr/mgae004.
    """
    logistic = fit_logistic_map(scores, is_same)
    variance = _find_variance(measure_cllr(logistic.transform(scores), is_same))
    knots = np.unique(np.quantile(scores, np.linspace(0, 1, N_KNOTS)))
    same, different = np.sort(scores[is_same]), np.sort(scores[~is_same])
    places = 0.5 * (_rank(same, knots) + _rank(different, knots))
    grid = np.linspace(-12, 12, 4801) * max(np.sqrt(variance), 1e-3)
    mixture = 0.5 * (
        norm.cdf(grid, variance / 2, np.sqrt(variance)) + norm.cdf(grid, -variance / 2, np.sqrt(variance))
    )
    values = np.interp(places, mixture, grid) / LN10
    low, high = _find_bounds(scores, is_same)
    return LikelihoodRatioMap(knots, np.interp(np.clip(knots, low, high), knots, values))


METHODS: Mapping[str, Callable[[Float64, Bools], LikelihoodRatioMap]] = {
    "logistic": fit_logistic_map,
    "isotonic": fit_isotonic_map,
    "bi-gaussian": fit_bi_gaussian_map,
}
"""Simplest first."""

CLEAR_GAIN = 0.003
"""Bits of Cllr by which a curved map must be better than a straight line to be taken: groups of the same
artists, drawn with another seed, differ by as much."""


def measure_methods(scores: Sequence[Float64], is_same: Sequence[Bools]) -> dict[str, float]:
    """Return the Cllr of each method, fitted on all groups of pairs but one and measured on that one.

    Parameters
    ----------
    scores, is_same
        One array of pairs for each group of artists, no artist in two groups; at least two groups.
    """
    losses: dict[str, float] = {}
    for name, fit in METHODS.items():
        values = []
        for held in range(len(scores)):
            others = [place for place in range(len(scores)) if place != held]
            fitted = fit(*(np.concatenate([part[place] for place in others]) for part in (scores, is_same)))
            values.append(fitted.transform(scores[held]))
        losses[name] = measure_cllr(np.concatenate(values), np.concatenate(list(is_same)))
    return losses


def prefer_simple(losses: Mapping[str, float]) -> str:
    """Return the method with the lowest Cllr, or the straight line where nothing is clearly better.

    Examples
    --------
    >>> prefer_simple({"logistic": 0.641, "isotonic": 0.640, "bi-gaussian": 0.642})
    'logistic'
    """
    best = min(losses, key=lambda name: losses[name])
    return best if losses[best] < losses["logistic"] - CLEAR_GAIN else "logistic"


def fit_calibration(
    scores: Float64, is_same: Bools, method: str, draw_sets: Callable[[int], tuple[Float64, Bools]]
) -> Calibration:
    """Return the maps of single works, by a method, and of sets, by a straight line.

    Parameters
    ----------
    scores, is_same
        (n,) of single works.
    method
        One of `METHODS`.
    draw_sets
        Given how many works a set has, returns scores of sets and the truth; asked for `SIZES` in turn, up to
        the first with too few pairs by one hand.
    """
    maps = {1: METHODS[method](scores, is_same)}
    for size in SIZES:
        of_sets, are_same = draw_sets(size)
        if are_same.sum() < MIN_SAME:
            break
        maps[size] = METHODS["logistic"](of_sets, are_same)
    return Calibration(maps, method)


def _find_bounds(scores: Float64, is_same: Bools) -> tuple[float, float]:
    """Return the scores between which enough pairs of both kinds stand to fit a line to."""
    low = float(np.quantile(scores[is_same], LEAST_SHARE))
    high = float(np.quantile(scores[~is_same], 1 - LEAST_SHARE))
    return (low, high) if low < high else (float(scores.min()), float(scores.max()) + 1e-9)


def _rank(ordered: Float64, values: Float64) -> Float64:
    """Return the share of ordered scores below each value, a tie counting half, never quite 0 or 1."""
    below = np.searchsorted(ordered, values, side="left") + np.searchsorted(ordered, values, side="right")
    share: Float64 = (0.5 * below + 0.5) / (len(ordered) + 1)
    return share


def _find_variance(cllr: float) -> float:
    """Return v of the bi-Gaussian system with this Cllr; 0 < Cllr < 1."""

    def excess(variance: float) -> float:
        points, weights = np.polynomial.hermite_e.hermegauss(80)
        natural = variance / 2 + np.sqrt(variance) * points
        cost = float(weights @ np.logaddexp(0, -natural)) / float(np.sqrt(2 * np.pi) * np.log(2))
        return cost - min(max(cllr, 1e-4), 1 - 1e-6)

    return float(brentq(excess, 1e-9, 400.0))
