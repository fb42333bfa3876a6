"""How good likelihood ratios are as evidence: the measures of forensic comparison.

Pairs with the same likelihood ratio cannot be told apart by it, so they are one step of `Curves`, whose
levels are log10 likelihood ratios. A weighting without weight on pairs of one kind has no measure: nan.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy
from scipy.stats import beta
from sklearn.isotonic import isotonic_regression

from morelli.evaluate.metrics.calibration import devpav, recalibration_shift, recalibration_slope
from morelli.evaluate.metrics.curves import FALSE_ALARM_RATES, Curves
from morelli.evaluate.metrics.intervals import Codes, Float, Interval, enclose, weigh_evenly
from morelli.evaluate.metrics.steps import RankedPairs, choose_borders
from morelli.evaluate.rows import ALL, PartName, Row
from morelli.model.likelihood_ratio import LN10, posterior_probability

LN2 = float(np.log(2.0))

EVEN_PRIOR = 0.5
"""One hand is as likely as two."""

CONTEST_PRIOR = 0.013
"""The share of pairs by one hand among all pairs of Painter by Numbers (Kaggle, 2016): one in some eighty."""

_N_BINS = 15
"""As in Guo et al. (2017), arXiv:1706.04599, section 3."""

_N_POINTS = 201
"""Points of a Tippett curve for each kind of pairs."""


def cllr(curves: Curves) -> Float:
    """Return the log-likelihood-ratio cost, (b,) bits.

    Lower is better, from 0; a likelihood ratio of 1 for every pair, which says nothing, has 1, and misleading
    evidence has more. Half of it is the mean of ``log2(1 + 1 / LR)`` over pairs by the same hand, half that
    of ``log2(1 + LR)`` over pairs by different hands: each kind has its own denominator. Ties do not matter
    (Brümmer and du Preez 2006, doi:10.1016/j.csl.2005.08.001).

    Examples
    --------
    A likelihood ratio of 3 for the pair by one hand costs log2(4/3) = 0.415, and so does 1/3 for the other.

    >>> cllr(Curves.from_scores(np.log10([3.0, 1 / 3]), [True, False])).round(3).tolist()
    [0.415]
    """
    same, different = _scale_to(curves, EVEN_PRIOR)
    natural = LN10 * curves.levels
    costs: Float = np.logaddexp(0, -natural) @ same + np.logaddexp(0, natural) @ different
    return costs / LN2


def cllr_min(curves: Curves) -> Float:
    """Return the cost after the best rising calibration in hindsight, (b,) bits.

    Lower is better, 0 to 1: 0 when a threshold parts the two kinds, 1 when the scores say nothing. It depends
    on the order of the levels only; tied pairs get one value; the pooled shares are not smoothed (Brümmer and
    du Preez 2006, section 5; Ayer et al. 1955, doi:10.1214/aoms/1177728423).

    Examples
    --------
    From the lowest score: different, same, different, same. The middle two are pooled and get an even chance,
    which costs one bit each; the others cost nothing.

    >>> cllr_min(Curves.from_scores([1.0, 2.0, 3.0, 4.0], [False, True, False, True])).round(6).tolist()
    [0.5]
    """
    costs = np.full(curves.hits.shape[1], np.nan)
    shares = np.stack(_scale_to(curves, EVEN_PRIOR))[:, ::-1]  # (2, t, b), from the lowest level
    for column in np.flatnonzero(curves.is_defined):
        same, different = shares[:, (shares[:, :, column] > 0).any(axis=0), column]
        weights = same + different
        posterior = isotonic_regression(same / weights, sample_weight=weights, y_min=0.0, y_max=1.0)
        costs[column] = -(xlogy(same, posterior) + xlogy(different, 1 - posterior)).sum() / LN2
    return costs


def cllr_calibration(curves: Curves) -> Float:
    """Return what the calibration in use costs, `cllr` less `cllr_min`: (b,) bits, lower is better, from 0.

    Examples
    --------
    >>> cllr_calibration(Curves.from_scores([0.0, 0.0], [True, False])).round(6).tolist()
    [0.0]
    """
    return cllr(curves) - cllr_min(curves)


def expected_calibration_error(curves: Curves, prior: float = EVEN_PRIOR) -> Float:
    """Return the expected calibration error of the probability of one hand at a prior, (b,).

    Lower is better, 0 to 1: the mean distance between predicted and observed over `_N_BINS` bins of equal
    weight. (Of equal width, at a prior of 0.013, one would be full and fourteen empty.) Tied pairs stay
    together, in the bin where the middle of their weight lies. With few pairs it is above 0 by chance alone
    (Naeini, Cooper and Hauskrecht 2015, doi:10.1609/aaai.v29i1.9602; Nixon et al. 2019, arXiv:1904.01685).

    Examples
    --------
    Both pairs are given 3/4, and half of them are by the same hand.

    >>> expected_calibration_error(Curves.from_scores(np.log10([3.0, 3.0]), [True, False])).round(6).tolist()
    [0.25]
    """
    _, predicted, observed = _bin_evidence(curves, prior)
    errors: Float = np.abs(predicted - observed).sum(axis=0)
    return errors


def brier(curves: Curves, prior: float = EVEN_PRIOR) -> Float:
    """Return the mean squared error of the probability of one hand at a prior, (b,).

    Lower is better, 0 to 1; always answering the prior has ``prior * (1 - prior)``. The denominator is the
    weight of all pairs. Ties do not matter. One squared difference for each pair: half of Brier's own sum
    over both answers (Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2).

    Examples
    --------
    (1 - 3/4)² and (3/4)², each with half of the weight.

    >>> brier(Curves.from_scores(np.log10([3.0, 3.0]), [True, False])).round(6).tolist()
    [0.3125]
    """
    same, different = _scale_to(curves, prior)
    probabilities = posterior_probability(curves.levels, prior)
    errors: Float = (1 - probabilities) ** 2 @ same + probabilities**2 @ different
    return errors


def _scale_to(curves: Curves, prior: float) -> tuple[Float, Float]:
    """Return (t, b) weights of both kinds that add up to the prior and to the rest of 1."""
    same, different = (kind.copy() for kind in curves.weights)
    same[:, ~curves.is_defined] = different[:, ~curves.is_defined] = np.nan
    return prior * (same / same.sum(axis=0)), (1 - prior) * (different / different.sum(axis=0))


def _bin_evidence(curves: Curves, prior: float, n_bins: int = _N_BINS) -> tuple[Float, Float, Float]:
    """Return weight, and weight times predicted and observed share, in bins of equal weight, (m, b).

    >>> shares, _, observed = _bin_evidence(Curves.from_scores([-1.0, 1.0], [False, True]), 0.5, n_bins=2)
    >>> shares.ravel().tolist(), observed.ravel().tolist()
    ([0.5, 0.5], [0.0, 0.5])
    """
    same, different = (kind[::-1] for kind in _scale_to(curves, prior))
    weights = same + different
    middles = np.nan_to_num(np.cumsum(weights, axis=0) - weights / 2)
    places = np.clip((n_bins * middles).astype(np.intp), 0, n_bins - 1)  # (t, b)
    cells = (places + n_bins * np.arange(places.shape[1])).ravel()
    probabilities = posterior_probability(curves.levels[::-1], prior)[:, None]
    shares, predicted, observed = (
        np.bincount(cells, weights=values.ravel(), minlength=n_bins * places.shape[1])
        .astype(np.float64)
        .reshape(-1, n_bins)
        .T
        for values in (weights, probabilities * weights, same)
    )
    return shares, predicted, observed


# All measures by name, under every resample of artists, as rows.

_MEASURES: Final[dict[str, Callable[[Curves], Float]]] = {
    "roc_auc": Curves.roc_auc,
    "equal_error_rate": Curves.equal_error_rate,
    **{f"tar_at_far_{rate}": partial(Curves.tar_at_far, rate=rate) for rate in FALSE_ALARM_RATES},
    "cllr": cllr,
    "cllr_min": cllr_min,
    "cllr_calibration": cllr_calibration,
    "recalibration_slope": recalibration_slope,
    "recalibration_shift": recalibration_shift,
    "devpav": devpav,
    "expected_calibration_error": expected_calibration_error,
    f"expected_calibration_error_prior_{CONTEST_PRIOR}": partial(
        expected_calibration_error, prior=CONTEST_PRIOR
    ),
    "brier": brier,
    f"brier_prior_{CONTEST_PRIOR}": partial(brier, prior=CONTEST_PRIOR),
}

EVIDENCE_METRICS = tuple(_MEASURES)[2:]
"""Of all pairs, beside those of `Scoring`."""

SUBSET_METRICS = (
    "roc_auc",
    "equal_error_rate",
    "cllr",
    "recalibration_slope",
    "recalibration_shift",
    "expected_calibration_error",
)
"""Of a subset of pairs."""


def measure_evidence(curves: Curves, metrics: Sequence[str]) -> Float:
    """Return k measures under each of b weightings, (k, b)."""
    return np.array([_MEASURES[metric](curves) for metric in metrics])


def replicate_evidence(
    log10_likelihood_ratios: Float,
    left: Codes,
    right: Codes,
    weights: Float,
    metrics: Sequence[str],
    *,
    scores: Float | None = None,
) -> Float:
    """Return k measures of all pairs, exactly, then of each resample of artists, (k, 1 + b).

    Ratios and artist codes are (p,), weights (b, n_artists); `scores` are the ties of `Curves.from_scores`.
    The resamples are counted at some steps only, and shifted by what that adds to the value.
    """
    same = left == right
    order = log10_likelihood_ratios if scores is None else scores
    exact = measure_evidence(Curves.from_scores(log10_likelihood_ratios, same, order), metrics)  # (k, 1)
    rising = np.searchsorted(choose_borders(order, same), order, side="right") - 1
    occupied, rising = np.unique(rising, return_inverse=True)
    steps = len(occupied) - 1 - rising
    centres = np.bincount(steps, weights=log10_likelihood_ratios) / np.bincount(steps)
    pairs = RankedPairs(steps, same, left, right, len(occupied), weights.shape[1], centres)
    binned = measure_evidence(pairs.weigh(weigh_evenly(weights.shape[1])), metrics)
    replicates = pairs.replicate(weights, lambda curves: measure_evidence(curves, metrics))
    return np.hstack([exact, replicates - np.nan_to_num(binned - exact)])


def evidence_rows(
    log10_likelihood_ratios: Float,
    left: Codes,
    right: Codes,
    weights: Float,
    *,
    part: PartName,
    scores: Float | None = None,
    metrics: Sequence[str] = EVIDENCE_METRICS,
    subset: str = ALL,
) -> list[Row]:
    """Return a row for each of some measures of pairs of both kinds; see `replicate_evidence`.

    A measure that does not exist, as the slope of ratios that are all equal, has none.
    """
    measured = replicate_evidence(log10_likelihood_ratios, left, right, weights, metrics, scores=scores)
    return [
        make_pair_row(part, metric, enclose(float(own[0]), own[1:]), n=len(left), subset=subset)
        for metric, own in zip(metrics, measured, strict=True)
        if np.isfinite(own[0])
    ]


def make_pair_row(part: PartName, metric: str, interval: Interval, *, n: int, subset: str) -> Row:
    """Return one row of a comparison that counts pairs."""
    return Row("comparison", part, metric, **interval.to_row(), n=n, unit="pairs", subset=subset)


# The numbers behind the pictures of evidence: Tippett curves, and predicted beside observed.


@dataclass(frozen=True, eq=False)
class _TippettCurve:
    """The share of pairs of each kind at or above rising log10 likelihood ratios, (t,)."""

    thresholds: Float
    same: Float
    different: Float


@dataclass(frozen=True, eq=False)
class _ReliabilityCurve:
    """Predicted probability and observed share of one hand, in bins of some weight, (m,), at one prior."""

    prior: float
    shares: Float
    predicted: Float
    observed: Float


def trace_tippett(log10_likelihood_ratios: Float, same: NDArray[np.bool_]) -> _TippettCurve:
    """Return the Tippett curves of pairs of both kinds, (p,) (Meuwly 2001; after Evett and Buckleton 1996).

    >>> curve = trace_tippett(np.array([-1.0, 1.0]), np.array([False, True]))
    >>> curve.thresholds.tolist(), curve.same.tolist(), curve.different.tolist()
    ([-1.0, 1.0], [1.0, 1.0], [1.0, 0.0])
    """
    kinds = log10_likelihood_ratios[same], log10_likelihood_ratios[~same]
    shares = np.linspace(0, 1, _N_POINTS)
    thresholds = np.unique(np.concatenate([np.quantile(kind, shares, method="nearest") for kind in kinds]))
    alarms, hits = Curves.from_scores(log10_likelihood_ratios, same).rates_at(thresholds)
    return _TippettCurve(thresholds, hits[:, 0], alarms[:, 0])


@dataclass(frozen=True)
class Misleading:
    """How often evidence at least so strong is given for the wrong one of one hand and two."""

    n_pairs: int  # of the kind that it misleads about
    n_misleading: int
    share: float  # of these pairs
    high: float  # upper 95 % limit of the share
    wrong_when_even: (
        float  # share that is wrong of all answers so strong, were both kinds as frequent; nan: none
    )


def measure_misleading(
    log10_likelihood_ratios: Float, left: Codes, right: Codes, at_least: float, *, for_one_hand: bool
) -> Misleading:
    """Return how often pairs have a likelihood ratio of at least so much for what they are not.

    Of well calibrated ratios at most 1 in k is k or more for the wrong one (Royall 2000,
    doi:10.1080/01621459.2000.10474264). `left` and `right` are the artists of each pair, (p,). The limit is
    one-sided (Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404), on as many trials as there are artists
    to mislead about, or pairs of artists without a common one: an artist's pairs stand or fall together.

    Examples
    --------
    >>> ratios, left, right = np.array([1.5, -0.2, 1.2, -2.0]), np.array([0, 1, 0, 1]), np.array([0, 1, 1, 0])
    >>> found = measure_misleading(ratios, left, right, 10, for_one_hand=True)
    >>> found.n_pairs, found.n_misleading, found.share, found.wrong_when_even
    (2, 1, 0.5, 0.5)
    """
    is_other = (left != right) if for_one_hand else (left == right)
    is_strong = (log10_likelihood_ratios if for_one_hand else -log10_likelihood_ratios) >= np.log10(at_least)
    n_pairs, n_misleading = int(is_other.sum()), int((is_other & is_strong).sum())
    share = n_misleading / n_pairs if n_pairs else float("nan")
    n_artists = len(np.unique(np.concatenate([left[is_other], right[is_other]])))
    n_trials = n_artists // 2 if for_one_hand else n_artists
    own = float(is_strong[~is_other].mean()) if (~is_other).any() else float("nan")
    high = (
        1.0
        if share >= 1 or n_trials == 0
        else float(beta.ppf(0.95, share * n_trials + 1, n_trials * (1 - share)))
    )
    wrong = share / (share + own) if share + own > 0 else float("nan")
    return Misleading(n_pairs, n_misleading, share, high, wrong)


def trace_reliability(curves: Curves, prior: float) -> _ReliabilityCurve:
    """Return the bins of `expected_calibration_error` that hold a pair, under one weighting.

    >>> curve = trace_reliability(Curves.from_scores([0.0, 0.0], [True, False]), 0.5)
    >>> curve.predicted.tolist(), curve.observed.tolist()
    ([0.5], [0.5])
    """
    shares, predicted, observed = (column[:, 0] for column in _bin_evidence(curves, prior))
    full = shares > 0
    return _ReliabilityCurve(
        prior, shares[full], predicted[full] / shares[full], observed[full] / shares[full]
    )
