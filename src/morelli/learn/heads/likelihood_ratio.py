"""From scores to evidence: how the likelihood ratio of pairs and of sets is learnt, on works held out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import logit
from scipy.stats import norm
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from morelli.errors import ModelError
from morelli.model.likelihood_ratio import LN10, Calibration, LikelihoodRatioMap, measure_cllr
from morelli.model.scoring import COSINE, Rule

_Float64 = NDArray[np.float64]
_Bools = NDArray[np.bool_]

_SIZES = (2, 3, 5, 10)  # works on each side for which a map of its own is fitted, beside that of single works
_N_DRAWS = 20  # draws of two sets from each artist
_MIN_SAME = 30  # pairs of sets by one hand below which a size has no map: fewer say too little

_N_KNOTS = 200  # of a curved map: quantiles of the scores, fine enough that 0.001 of Cllr are not lost
_LEAST_SHARE = 1e-3
"""The extreme share of the scores of each kind beyond which a map stays level: beyond it there are too few
pairs to say how the likelihood ratio goes on (the idea of Vergeer et al. 2016, doi
10.1016/j.scijus.2016.06.003, empirical lower and upper bounds)."""

_CLEAR_GAIN = 0.003
"""Bits of Cllr by which a curved map must be better than a straight line to be taken: groups of the same
artists, drawn with another seed, differ by as much."""


def fit_likelihood_ratio(scores: NDArray[np.floating], is_same: _Bools) -> tuple[float, float]:
    """Return slope and intercept of the natural log likelihood ratio over the score.

    Both kinds of pair get the same total weight, so the fitted log odds are the log likelihood ratio itself
    and carry no prior (Brümmer & du Preez 2006, doi 10.1016/j.csl.2005.08.001; Morrison 2013, doi
    10.1080/00450618.2012.733025). Scores are higher for works by one hand. Pairs of one kind are refused.
    """
    if is_same.all() or not is_same.any():
        raise ModelError(
            "calibration",
            expected="validation pairs of one hand and of two",
            found=f"{int(is_same.sum())} of one hand among {len(is_same)}",
            remedy="collect more works per artist, or more artists",
        )
    centre, spread = float(scores.mean()), float(scores.std()) or 1.0
    line = LogisticRegression(class_weight="balanced", C=1e6).fit(
        ((scores - centre) / spread)[:, None], is_same
    )
    slope = float(line.coef_[0, 0]) / spread
    return slope, float(line.intercept_[0]) - slope * centre


def score_sets(
    rows: NDArray[np.float32],
    artists: NDArray[np.object_],
    size: int,
    *,
    rng: np.random.Generator,
    rule: Rule = COSINE,
) -> tuple[_Float64, _Bools]:
    """Return the (m,) scores of sets of works, and whether they are by one hand.

    In each draw every artist with at least ``2 * size`` works gives two sets without a common work. All first
    sets meet all second ones; with fewer than two such artists there are none. The rows (n, p) are those of
    the rule.
    """
    works = [np.flatnonzero(artists == name) for name in np.unique(artists)]
    works = [of_artist for of_artist in works if len(of_artist) >= 2 * size]
    if len(works) < 2:
        return np.zeros(0), np.zeros(0, dtype=bool)
    scores = []
    for _ in range(_N_DRAWS):
        drawn = np.stack([rng.permutation(of_artist)[: 2 * size] for of_artist in works])
        scores.append(rule.score_all_sets(rows[drawn[:, :size]], rows[drawn[:, size:]]))
    is_same = np.broadcast_to(np.eye(len(works), dtype=bool), (_N_DRAWS, len(works), len(works)))
    return np.stack(scores).astype(np.float64).ravel(), is_same.ravel()


def fit_logistic_map(scores: _Float64, is_same: _Bools) -> LikelihoodRatioMap:
    """Return the line of `fit_likelihood_ratio`, level beyond the extreme scores."""
    slope, intercept = fit_likelihood_ratio(scores, is_same)
    return LikelihoodRatioMap.linear(max(slope, 0.0), intercept, bounds=_find_bounds(scores, is_same))


def _fit_isotonic_map(scores: _Float64, is_same: _Bools) -> LikelihoodRatioMap:
    """Return the rising step function that fits best (Zadrozny & Elkan 2002, doi 10.1145/775047.775151).

    The highest and lowest step, where only one kind of pair stands, keep the odds of half a pair of the other
    kind, so that no ratio is infinite.
    """
    weights = np.where(is_same, 0.5 / is_same.sum(), 0.5 / (~is_same).sum())
    regression = IsotonicRegression(out_of_bounds="clip").fit(scores, is_same, sample_weight=weights)
    knots = np.unique(np.quantile(scores, np.linspace(0, 1, _N_KNOTS)))
    least = 0.5 / max(is_same.sum(), (~is_same).sum())
    values = logit(np.clip(regression.predict(knots), least, 1 - least)) / LN10
    return LikelihoodRatioMap(knots, np.maximum.accumulate(values))


def _fit_bi_gaussian_map(scores: _Float64, is_same: _Bools) -> LikelihoodRatioMap:
    """Return the map after which both kinds of pair are as near to two normal distributions as order allows.

    In a perfectly calibrated system whose natural log likelihood ratios are normal, they have the means +-v /
    2 and the variance v. The v is taken that has the Cllr of the logistic map; then each score gets the value
    at the same place of that mixture (Morrison 2024, doi 10.1093/lpr/mgae004).
    """
    logistic = fit_logistic_map(scores, is_same)
    variance = _find_variance(measure_cllr(logistic.transform(scores), is_same))
    knots = np.unique(np.quantile(scores, np.linspace(0, 1, _N_KNOTS)))
    same, different = np.sort(scores[is_same]), np.sort(scores[~is_same])
    places = 0.5 * (_rank(same, knots) + _rank(different, knots))
    grid = np.linspace(-12, 12, 4801) * max(np.sqrt(variance), 1e-3)
    mixture = 0.5 * (
        norm.cdf(grid, variance / 2, np.sqrt(variance)) + norm.cdf(grid, -variance / 2, np.sqrt(variance))
    )
    values = np.interp(places, mixture, grid) / LN10
    low, high = _find_bounds(scores, is_same)
    return LikelihoodRatioMap(knots, np.interp(np.clip(knots, low, high), knots, values))


_METHODS: Mapping[str, Callable[[_Float64, _Bools], LikelihoodRatioMap]] = {
    "logistic": fit_logistic_map,
    "isotonic": _fit_isotonic_map,
    "bi-gaussian": _fit_bi_gaussian_map,
}
"""Simplest first."""


def measure_methods(scores: Sequence[_Float64], is_same: Sequence[_Bools]) -> dict[str, float]:
    """Return the Cllr of each method, fitted on all groups of pairs but one and measured on that one."""
    losses: dict[str, float] = {}
    for name, fit in _METHODS.items():
        values = []
        for held in range(len(scores)):
            others = [place for place in range(len(scores)) if place != held]
            fitted = fit(*(np.concatenate([part[place] for place in others]) for part in (scores, is_same)))
            values.append(fitted.transform(scores[held]))
        losses[name] = measure_cllr(np.concatenate(values), np.concatenate(list(is_same)))
    return losses


def prefer_simple(losses: Mapping[str, float]) -> str:
    """Return the method with the lowest Cllr, or the straight line where nothing is clearly better.

    >>> prefer_simple({"logistic": 0.641, "isotonic": 0.640, "bi-gaussian": 0.642})
    'logistic'
    """
    best = min(losses, key=lambda name: losses[name])
    return best if losses[best] < losses["logistic"] - _CLEAR_GAIN else "logistic"


def fit_calibration(
    scores: _Float64, is_same: _Bools, method: str, draw_sets: Callable[[int], tuple[_Float64, _Bools]]
) -> Calibration:
    """Return the maps of single works, by a method, and of sets, by a line while there are enough."""
    maps = {1: _METHODS[method](scores, is_same)}
    for size in _SIZES:
        of_sets, are_same = draw_sets(size)
        if are_same.sum() < _MIN_SAME:
            break
        maps[size] = _METHODS["logistic"](of_sets, are_same)
    return Calibration(maps, method)


def _find_bounds(scores: _Float64, is_same: _Bools) -> tuple[float, float]:
    """Return the scores between which enough pairs of both kinds stand to fit a line to."""
    low = float(np.quantile(scores[is_same], _LEAST_SHARE))
    high = float(np.quantile(scores[~is_same], 1 - _LEAST_SHARE))
    return (low, high) if low < high else (float(scores.min()), float(scores.max()) + 1e-9)


def _rank(ordered: _Float64, values: _Float64) -> _Float64:
    """Return the share of ordered scores below each value, a tie counting half, never quite 0 or 1."""
    below = np.searchsorted(ordered, values, side="left") + np.searchsorted(ordered, values, side="right")
    share: _Float64 = (0.5 * below + 0.5) / (len(ordered) + 1)
    return share


def _find_variance(cllr: float) -> float:
    """Return v of the bi-Gaussian system with this Cllr; 0 < Cllr < 1."""

    def excess(variance: float) -> float:
        points, weights = np.polynomial.hermite_e.hermegauss(80)
        natural = variance / 2 + np.sqrt(variance) * points
        cost = float(weights @ np.logaddexp(0, -natural)) / float(np.sqrt(2 * np.pi) * np.log(2))
        return cost - min(max(cllr, 1e-4), 1 - 1e-6)

    return float(brentq(excess, 1e-9, 400.0))
