"""From scores to evidence: temperature for attributions, a logistic line for comparisons.

Both are fitted on validation works only, which the heads have not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.special import log_softmax, logit
from scipy.stats import norm
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from morelli.errors import ModelError
from morelli.model.likelihood_ratio import LN10, Calibration, LikelihoodRatioMap, measure_cllr
from morelli.model.scoring import PairRule
from morelli.model.standardisation import unit_rows

_TEMPERATURES = (0.05, 20.0)

_N_FOLDS = 5
"""Parts of the validation works, each once left out, on which the two ways of scaling are compared."""

_VECTOR_PENALTY = 0.01
"""On the squared departures of vector scaling from the best temperature, beside the mean log loss."""

_NEARNESS_SCALE = 10.0
"""Makes a nearness, a cosine, about as large as a logit, so that both weights are found in like steps."""


def fit_temperature(logits: NDArray[np.floating], labels: NDArray[np.int64]) -> float:
    """Return the temperature with the lowest log loss (Guo et al. 2017, arXiv 1706.04599).

    It is 1 when every work is named rightly, since then the lowest loss is that of boundless confidence.

    Parameters
    ----------
    logits
        (n, c).
    labels
        (n,) columns of the true artists.

    Examples
    --------
    >>> round(fit_temperature(np.array([[8.0, 0.0], [8.0, 0.0]]), np.array([0, 1])), 1)
    20.0
    """

    def log_loss(log_temperature: float) -> float:
        scaled = log_softmax(logits / np.exp(log_temperature), axis=1)
        return float(-scaled[np.arange(len(labels)), labels].mean())

    if (logits.argmax(axis=1) == labels).all():
        return 1.0  # without one mistake nothing bounds the confidence from above
    found = minimize_scalar(log_loss, bounds=tuple(np.log(_TEMPERATURES)), method="bounded")
    return float(np.exp(found.x))


@dataclass(frozen=True, eq=False)
class Scaling:
    """What makes probabilities of logits: softmax(logits * weights + biases).

    Parameters
    ----------
    weights, biases
        (c,) float64. A temperature T is the same weight 1/T for everybody and no bias.
    """

    weights: NDArray[np.float64]
    biases: NDArray[np.float64]

    def log_loss(self, logits: NDArray[np.floating], labels: NDArray[np.int64]) -> float:
        """Return the mean of -log p of the true artists, every artist counted alike."""
        found = log_softmax(logits * self.weights + self.biases, axis=1)[np.arange(len(labels)), labels]
        return float(-_weigh_artists(labels) @ found)


def _scale_evenly(temperature: float, n_artists: int) -> Scaling:
    """Return the scaling that a temperature is."""
    return Scaling(np.full(n_artists, 1 / temperature), np.zeros(n_artists))


def fit_vector_scaling(logits: NDArray[np.floating], labels: NDArray[np.int64]) -> Scaling:
    """Return a weight and a bias for each artist (Guo et al. 2017, arXiv 1706.04599, section 4.2).

    Every artist counts alike. Unlike there, what departs from the best temperature is penalised, since most
    artists have only a few works to calibrate on, and some none.

    Parameters
    ----------
    logits
        (n, c).
    labels
        (n,) columns of the true artists.
    """
    n_artists = logits.shape[1]
    start = _scale_evenly(fit_temperature(logits, labels), n_artists)
    values, shares, rows = (
        np.asarray(logits, dtype=np.float64),
        _weigh_artists(labels),
        np.arange(len(labels)),
    )

    def loss(change: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, biases = start.weights * (1 + change[:n_artists]), change[n_artists:]
        logs = log_softmax(values * weights + biases, axis=1)
        slopes = np.exp(logs)
        slopes[rows, labels] -= 1
        slopes *= shares[:, None]
        gradient = np.concatenate([(slopes * values).sum(axis=0) * start.weights, slopes.sum(axis=0)])
        value = -shares @ logs[rows, labels] + _VECTOR_PENALTY * change @ change
        return float(value), gradient + 2 * _VECTOR_PENALTY * change

    change = minimize(loss, np.zeros(2 * n_artists), jac=True, method="L-BFGS-B").x
    return Scaling(start.weights * (1 + change[:n_artists]), change[n_artists:])


def choose_scaling(logits: NDArray[np.floating], labels: NDArray[np.int64]) -> tuple[str, dict[str, float]]:
    """Return "temperature" or "vector", and the log loss of each on works that it was not fitted to.

    Every fifth work in turn is left out; a tie goes to the temperature. With fewer than 10 works there is
    nothing to choose on.

    Parameters
    ----------
    logits, labels
        (n, c) and (n,).
    """
    if len(labels) < 2 * _N_FOLDS:
        return "temperature", {}
    losses = {"temperature": 0.0, "vector": 0.0}
    for is_out in _leave_out(len(labels)):
        kept, kept_labels = logits[~is_out], labels[~is_out]
        even = _scale_evenly(fit_temperature(kept, kept_labels), logits.shape[1])
        vector = fit_vector_scaling(kept, kept_labels)
        for name, scaling in (("temperature", even), ("vector", vector)):
            losses[name] += scaling.log_loss(logits[is_out], labels[is_out]) / _N_FOLDS
    return min(losses, key=lambda name: losses[name]), losses


def fit_nearness(
    logits: NDArray[np.floating], nearness: NDArray[np.floating], labels: NDArray[np.int64]
) -> tuple[float, float]:
    """Return the weights of logits and of nearness with the lowest log loss, every artist counted alike.

    Parameters
    ----------
    logits, nearness
        (n, c) each.
    labels
        (n,) columns of the true artists.

    Returns
    -------
    weights
        Of the logits, 0.05 to 20, and of the nearness, 0 to 200. The loss has one lowest place.
    """
    shares, rows = _weigh_artists(labels), np.arange(len(labels))
    values = np.stack([np.asarray(logits, np.float64), _NEARNESS_SCALE * np.asarray(nearness, np.float64)])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logs = log_softmax(np.tensordot(weights, values, axes=1), axis=1)
        slopes = np.exp(logs)
        slopes[rows, labels] -= 1
        gradient = np.einsum("n,nc,knc->k", shares, slopes, values)
        return -float(shares @ logs[rows, labels]), gradient

    found = minimize(
        loss, np.array([1.0, 0.5]), jac=True, method="L-BFGS-B", bounds=[(0.05, 20.0), (0.0, 20.0)]
    )
    of_logits, of_nearness = found.x
    return float(of_logits), float(of_nearness) * _NEARNESS_SCALE


def compare_with_nearness(
    logits: NDArray[np.floating], nearness: NDArray[np.floating], labels: NDArray[np.int64]
) -> dict[str, float]:
    """Return the log loss of the regression and of both together on works they were not fitted to.

    Every fifth work in turn is left out. With fewer than 10 works there is nothing to compare on: empty.

    Parameters
    ----------
    logits, nearness, labels
        As for `fit_nearness`.
    """
    if len(labels) < 2 * _N_FOLDS:
        return {}
    losses = {"regression": 0.0, "nearness": 0.0}
    for is_out in _leave_out(len(labels)):
        of_logits, of_nearness = fit_nearness(logits[~is_out], nearness[~is_out], labels[~is_out])
        alone = _scale_evenly(fit_temperature(logits[~is_out], labels[~is_out]), logits.shape[1])
        plain = _scale_evenly(1.0, logits.shape[1])
        both = of_logits * logits + of_nearness * nearness
        losses["regression"] += alone.log_loss(logits[is_out], labels[is_out]) / _N_FOLDS
        losses["nearness"] += plain.log_loss(both[is_out], labels[is_out]) / _N_FOLDS
    return losses


def _leave_out(n_works: int) -> Iterator[NDArray[np.bool_]]:
    """Yield which works are left out: every fifth in turn."""
    for fold in range(_N_FOLDS):
        yield np.arange(n_works) % _N_FOLDS == fold


def _weigh_artists(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return a weight for each work: every artist counts alike, all together 1.

    Examples
    --------
    >>> _weigh_artists(np.array([4, 4, 7])).tolist()
    [0.25, 0.25, 0.5]
    """
    _, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    weights: NDArray[np.float64] = 1 / (len(counts) * counts[codes])
    return weights


def fit_likelihood_ratio(scores: NDArray[np.floating], is_same: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and intercept of the natural log likelihood ratio over the score.

    Both kinds of pair get the same total weight, so the fitted log odds are the log likelihood ratio itself
    and carry no prior (Brümmer & du Preez 2006, doi 10.1016/j.csl.2005.08.001; Morrison 2013, doi
    10.1080/00450618.2012.733025).

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


# Scores of sets of works: what the likelihood ratio of several works against several is fitted to.

_Float = NDArray[np.float32]

_SIZES = (2, 3, 5, 10)
"""Works on each side for which a map of its own is fitted, beside that of single works."""

_N_DRAWS = 20
"""Draws of two sets from each artist."""

_MIN_SAME = 30
"""Pairs of sets by one hand below which a size has no map: fewer say too little."""


def score_sets(
    rows: _Float,
    artists: NDArray[np.object_],
    size: int,
    *,
    rng: np.random.Generator,
    rule: PairRule | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the scores of sets of works, and whether they are by one hand.

    In each draw every artist with enough works gives two sets without a common work. All first sets meet all
    second ones.

    Parameters
    ----------
    rows
        (n, p) float32 unit rows, or the rows of the rule.
    artists
        (n,) the artist of each work.
    size
        Works in a set, at least 1.
    rng
        Draws the works.
    rule
        Scores two sets by the mean over all pairs of one work of each; None: the cosine of their directions.

    Returns
    -------
    scores, is_same
        (m,) each; empty when fewer than two artists have ``2 * size`` works.
    """
    works = [np.flatnonzero(artists == name) for name in np.unique(artists)]
    works = [of_artist for of_artist in works if len(of_artist) >= 2 * size]
    if len(works) < 2:
        return np.zeros(0), np.zeros(0, dtype=bool)
    scores = []
    for _ in range(_N_DRAWS):
        drawn = np.stack([rng.permutation(of_artist)[: 2 * size] for of_artist in works])
        scores.append(_score_draw(rows, drawn[:, :size], drawn[:, size:], rule))
    is_same = np.broadcast_to(np.eye(len(works), dtype=bool), (_N_DRAWS, len(works), len(works)))
    return np.stack(scores).astype(np.float64).ravel(), is_same.ravel()


def _score_draw(
    rows: _Float, left: NDArray[np.intp], right: NDArray[np.intp], rule: PairRule | None
) -> NDArray[np.floating]:
    """Return (a, a) scores of every left set with every right set, of places (a, size) each."""
    if rule is None:
        first, second = (unit_rows(rows[half].mean(axis=1)) for half in (left, right))
        return first @ second.T
    by_work = rule.score_all(rows[left.ravel()], rows[right.ravel()])
    scores: NDArray[np.float64] = by_work.reshape(*left.shape, *right.shape).mean(axis=(1, 3))
    return scores


# Fits the maps from scores to likelihood ratios: a straight line, an isotonic one, a bi-Gaussian one.

_Float64 = NDArray[np.float64]
_Bools = NDArray[np.bool_]

_N_KNOTS = 200
"""Knots of a curved map: quantiles of the scores, fine enough that 0.001 of Cllr are not lost."""

_LEAST_SHARE = 1e-3
"""The extreme share of the scores of each kind beyond which a map stays level: beyond it there are too few
pairs to say how the likelihood ratio goes on (the idea of Vergeer et al. 2016, doi
10.1016/j.scijus.2016.06.003, empirical lower and upper bounds)."""


def fit_logistic_map(scores: _Float64, is_same: _Bools) -> LikelihoodRatioMap:
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


def _fit_isotonic_map(scores: _Float64, is_same: _Bools) -> LikelihoodRatioMap:
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
    knots = np.unique(np.quantile(scores, np.linspace(0, 1, _N_KNOTS)))
    least = 0.5 / max(is_same.sum(), (~is_same).sum())
    values = logit(np.clip(regression.predict(knots), least, 1 - least)) / LN10
    return LikelihoodRatioMap(knots, np.maximum.accumulate(values))


def _fit_bi_gaussian_map(scores: _Float64, is_same: _Bools) -> LikelihoodRatioMap:
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

_CLEAR_GAIN = 0.003
"""Bits of Cllr by which a curved map must be better than a straight line to be taken: groups of the same
artists, drawn with another seed, differ by as much."""


def measure_methods(scores: Sequence[_Float64], is_same: Sequence[_Bools]) -> dict[str, float]:
    """Return the Cllr of each method, fitted on all groups of pairs but one and measured on that one.

    Parameters
    ----------
    scores, is_same
        One array of pairs for each group of artists, no artist in two groups; at least two groups.
    """
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

    Examples
    --------
    >>> prefer_simple({"logistic": 0.641, "isotonic": 0.640, "bi-gaussian": 0.642})
    'logistic'
    """
    best = min(losses, key=lambda name: losses[name])
    return best if losses[best] < losses["logistic"] - _CLEAR_GAIN else "logistic"


def fit_calibration(
    scores: _Float64, is_same: _Bools, method: str, draw_sets: Callable[[int], tuple[_Float64, _Bools]]
) -> Calibration:
    """Return the maps of single works, by a method, and of sets, by a straight line.

    Parameters
    ----------
    scores, is_same
        (n,) of single works.
    method
        One of `_METHODS`.
    draw_sets
        Given how many works a set has, returns scores of sets and the truth, asked for `_SIZES` in turn up to
        the first with too few pairs by one hand.
    """
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
