"""Likelihood ratios of pairs with their weights: what the measures of forensic comparison are taken of.

Pairs with the same likelihood ratio cannot be told apart by it, so they are one step. A step carries how much
weight the pairs by the same hand and by different hands have there, under one weighting of artists or under
many at a time. `likelihood_metrics`, `calibration_metrics` and `operating_points` measure it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy
from sklearn.isotonic import isotonic_regression

from morelli.evaluate.metrics.comparison import require_both_kinds
from morelli.evaluate.metrics.curves import WeightedCurves
from morelli.model.likelihood_ratio import LN10, posterior_probability


@dataclass(frozen=True, eq=False)
class Evidence:
    """Weights of pairs by their likelihood ratio, for b weightings.

    A weighting without weight on pairs of one kind has no measure: every measure is nan there.

    Parameters
    ----------
    log10_likelihood_ratios
        (t,) float64, finite, never falling.
    same, different
        (t, b) float64, at least 0: the weight of the pairs by the same hand and by different hands.
    """

    log10_likelihood_ratios: NDArray[np.float64]
    same: NDArray[np.float64]
    different: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.log10_likelihood_ratios)

    def __repr__(self) -> str:
        return f"Evidence(n_steps={len(self)}, n_weightings={self.same.shape[1]})"

    @classmethod
    def from_pairs(
        cls, log10_likelihood_ratios: ArrayLike, same: ArrayLike, scores: ArrayLike | None = None
    ) -> Evidence:
        """Count every pair once.

        Parameters
        ----------
        log10_likelihood_ratios
            (p,) one for each pair, finite.
        same
            (p,) bool, of both kinds.
        scores
            (p,) what the likelihood ratios were made of, by a map that never falls: they say which pairs are
            tied. A calibration that holds its value beyond its knots then does not tie what was in order.
            None: the likelihood ratios themselves.

        Raises
        ------
        EvaluationError
            When there are pairs of one kind only, or a likelihood ratio is not finite.

        Examples
        --------
        >>> evidence = Evidence.from_pairs([1.0, -1.0, 1.0], [True, False, False])
        >>> evidence.log10_likelihood_ratios.tolist(), evidence.same.ravel().tolist()
        ([-1.0, 1.0], [0.0, 1.0])
        """
        values, truth = require_both_kinds(log10_likelihood_ratios, same)
        order = values if scores is None else np.asarray(scores, dtype=np.float64)
        _, first, places = np.unique(order, return_index=True, return_inverse=True)
        counts = [np.bincount(places.ravel()[kind], minlength=len(first)) for kind in (truth, ~truth)]
        own, other = (count.astype(np.float64)[:, None] for count in counts)
        return cls(values[first], own, other)

    @classmethod
    def from_curves(cls, log10_likelihood_ratios: NDArray[np.float64], curves: WeightedCurves) -> Evidence:
        """Read the weights off curves whose threshold falls through the same steps.

        Parameters
        ----------
        log10_likelihood_ratios
            (t,) falling, as the steps of the curves.
        curves
            (t, b) what has passed after each step.
        """
        own, other = (np.diff(passed, axis=0, prepend=0.0)[::-1] for passed in (curves.hits, curves.alarms))
        return cls(log10_likelihood_ratios[::-1], own, other)

    @property
    def is_defined(self) -> NDArray[np.bool_]:
        """(b,) whether pairs of both kinds have weight."""
        defined: NDArray[np.bool_] = (self.same.sum(axis=0) > 0) & (self.different.sum(axis=0) > 0)
        return defined

    def to_shares(self, prior: float = 0.5) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the weights, scaled until the pairs by the same hand have the share of the prior.

        Parameters
        ----------
        prior
            Between 0 and 1, both excluded.

        Returns
        -------
        shares
            (t, b) each, of pairs by the same hand, adding up to `prior`, and by different hands, adding up to
            the rest; nan where a kind has no weight.
        """
        with np.errstate(invalid="ignore"):  # 0 / 0 is the nan that is meant
            same = prior * (self.same / self.same.sum(axis=0))
            different = (1 - prior) * (self.different / self.different.sum(axis=0))
        undefined = ~self.is_defined
        same[:, undefined] = different[:, undefined] = np.nan
        return same, different

    def trace(self) -> WeightedCurves:
        """Return what a falling threshold lets through."""
        return WeightedCurves(np.cumsum(self.same[::-1], axis=0), np.cumsum(self.different[::-1], axis=0))


# How good likelihood ratios are as evidence: the cost Cllr, what no calibration could mend, and the rest.

LN2 = float(np.log(2.0))


def cllr(evidence: Evidence) -> NDArray[np.float64]:
    """Return the log-likelihood-ratio cost.

    Lower is better, from 0; a likelihood ratio of 1 for every pair, which says nothing, has 1, and misleading
    evidence has more. Half of it is the mean of ``log2(1 + 1 / LR)`` over pairs by the same hand, half that
    of ``log2(1 + LR)`` over pairs by different hands: each kind has its own denominator. Ties do not matter.

    Parameters
    ----------
    evidence
        Likelihood ratios with weights.

    Returns
    -------
    costs
        (b,) bits; nan where pairs of one kind have no weight.

    References
    ----------
    Brümmer and du Preez (2006), doi:10.1016/j.csl.2005.08.001.

    Examples
    --------
    A likelihood ratio of 3 for the pair by one hand costs log2(4/3) = 0.415, and so does 1/3 for the other.

    >>> ratios = np.log10([3.0, 1 / 3])
    >>> round(float(cllr(Evidence.from_pairs(ratios, [True, False]))[0]), 3)
    0.415
    """
    same, different = evidence.to_shares(0.5)
    natural = LN10 * evidence.log10_likelihood_ratios
    costs: NDArray[np.float64] = np.logaddexp(0, -natural) @ same + np.logaddexp(0, natural) @ different
    return costs / LN2


def cllr_min(evidence: Evidence) -> NDArray[np.float64]:
    """Return the cost after the best rising calibration, found in hindsight by pooling adjacent violators.

    Lower is better, 0 to 1: 0 when a threshold parts the two kinds, 1 when the scores say nothing. It depends
    on the order of the likelihood ratios only. Tied pairs get one value. The pooled shares are not smoothed.

    Parameters
    ----------
    evidence
        Likelihood ratios, or any scores, with weights.

    Returns
    -------
    costs
        (b,) bits; nan where pairs of one kind have no weight.

    References
    ----------
    Brümmer and du Preez (2006), doi:10.1016/j.csl.2005.08.001, section 5; Ayer et al. (1955),
    doi:10.1214/aoms/1177728423 (pooling).

    Examples
    --------
    From the lowest score: different, same, different, same. The middle two are pooled and get an even chance,
    which costs one bit each; the others cost nothing.

    >>> evidence = Evidence.from_pairs([1.0, 2.0, 3.0, 4.0], [False, True, False, True])
    >>> cllr_min(evidence).round(6).tolist()
    [0.5]
    """
    costs = np.full(evidence.same.shape[1], np.nan)
    shares = np.stack(evidence.to_shares(0.5))  # (2, t, b)
    for column in np.flatnonzero(evidence.is_defined):
        same, different = shares[:, (shares[:, :, column] > 0).any(axis=0), column]
        weights = same + different
        posterior = isotonic_regression(same / weights, sample_weight=weights, y_min=0.0, y_max=1.0)
        costs[column] = -(xlogy(same, posterior) + xlogy(different, 1 - posterior)).sum() / LN2
    return costs


def cllr_calibration(evidence: Evidence) -> NDArray[np.float64]:
    """Return what the calibration in use costs: `cllr` less `cllr_min`.

    Lower is better, from 0.

    Parameters
    ----------
    evidence
        Likelihood ratios with weights.

    Returns
    -------
    costs
        (b,) bits; nan where pairs of one kind have no weight.

    Examples
    --------
    >>> evidence = Evidence.from_pairs([0.0, 0.0], [True, False])
    >>> cllr_calibration(evidence).round(6).tolist()
    [0.0]
    """
    return cllr(evidence) - cllr_min(evidence)


# Whether a probability of one hand means what it says, at a given prior.

EVEN_PRIOR = 0.5
"""One hand is as likely as two."""

CONTEST_PRIOR = 0.013
"""The share of pairs by one hand among all pairs of Painter by Numbers (Kaggle, 2016): one in some eighty."""

_N_BINS = 15
"""As in Guo et al. (2017), arXiv:1706.04599, section 3."""


@dataclass(frozen=True, eq=False)
class Reliability:
    """What was said and what was so, in bins of equal weight, for b weightings.

    Parameters
    ----------
    shares
        (m, b) the weight of each bin; each column adds up to 1.
    predicted
        (m, b) weight times the mean probability of one hand that was given.
    observed
        (m, b) weight times the share of pairs by the same hand.
    """

    shares: NDArray[np.float64]
    predicted: NDArray[np.float64]
    observed: NDArray[np.float64]


def ece(evidence: Evidence, prior: float = EVEN_PRIOR) -> NDArray[np.float64]:
    """Return the expected calibration error of the probability of one hand.

    Lower is better, 0 to 1: the mean distance between what was said and what was so, over `_N_BINS` bins. The
    bins hold equal weight, not equal width: at a prior of 0.013 nearly all pairs have a probability near 0,
    and bins of equal width would be one full bin and fourteen empty ones. Tied pairs stay together, in the
    bin where the middle of their weight lies. With few pairs it is above 0 by chance alone.

    Parameters
    ----------
    evidence
        Likelihood ratios with weights.
    prior
        Probability of one hand before looking, between 0 and 1, both excluded.

    Returns
    -------
    errors
        (b,) 0 to 1; nan where pairs of one kind have no weight.

    References
    ----------
    Naeini, Cooper and Hauskrecht (2015), Obtaining well calibrated probabilities using Bayesian binning;
    Nixon et al. (2019), arXiv:1904.01685 (bins of equal weight).

    Examples
    --------
    Both pairs are given 3/4, and half of them are by the same hand.

    >>> evidence = Evidence.from_pairs(np.log10([3.0, 3.0]), [True, False])
    >>> ece(evidence).round(6).tolist()
    [0.25]
    """
    bins = _bin_evidence(evidence, prior)
    errors: NDArray[np.float64] = np.abs(bins.predicted - bins.observed).sum(axis=0)
    return errors


def brier(evidence: Evidence, prior: float = EVEN_PRIOR) -> NDArray[np.float64]:
    """Return the mean squared error of the probability of one hand.

    Lower is better, 0 to 1; always answering the prior has ``prior * (1 - prior)``. The denominator is the
    weight of all pairs. Ties do not matter.

    Parameters
    ----------
    evidence
        Likelihood ratios with weights.
    prior
        Probability of one hand before looking, between 0 and 1, both excluded.

    Returns
    -------
    errors
        (b,) 0 to 1; nan where pairs of one kind have no weight.

    References
    ----------
    Brier (1950), doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2; with one squared difference for each
    pair, half of Brier's own sum over both answers.

    Examples
    --------
    (1 - 3/4)² and (3/4)², each with half of the weight.

    >>> evidence = Evidence.from_pairs(np.log10([3.0, 3.0]), [True, False])
    >>> brier(evidence).round(6).tolist()
    [0.3125]
    """
    same, different = evidence.to_shares(prior)
    probabilities = posterior_probability(evidence.log10_likelihood_ratios, prior)
    errors: NDArray[np.float64] = (1 - probabilities) ** 2 @ same + probabilities**2 @ different
    return errors


def _bin_evidence(evidence: Evidence, prior: float, n_bins: int = _N_BINS) -> Reliability:
    """Return what was said and what was so, in bins of equal weight.

    Parameters
    ----------
    evidence
        Likelihood ratios with weights.
    prior
        Probability of one hand before looking, between 0 and 1, both excluded.
    n_bins
        How many bins; many ties leave some of them empty.

    Examples
    --------
    >>> bins = _bin_evidence(Evidence.from_pairs([-1.0, 1.0], [False, True]), 0.5, n_bins=2)
    >>> bins.shares.ravel().tolist(), bins.observed.ravel().tolist()
    ([0.5, 0.5], [0.0, 0.5])
    """
    same, different = evidence.to_shares(prior)
    weights = same + different
    middles = np.nan_to_num(np.cumsum(weights, axis=0) - weights / 2)
    places = np.clip((n_bins * middles).astype(np.intp), 0, n_bins - 1)  # (t, b)
    probabilities = posterior_probability(evidence.log10_likelihood_ratios, prior)[:, None]
    cells = (places + n_bins * np.arange(places.shape[1])).ravel()

    def add_up(values: NDArray[np.float64]) -> NDArray[np.float64]:
        sums = np.bincount(cells, weights=values.ravel(), minlength=n_bins * places.shape[1])
        return sums.astype(np.float64).reshape(-1, n_bins).T

    return Reliability(add_up(weights), add_up(probabilities * weights), add_up(same))


# The numbers behind the pictures of evidence: Tippett curves, and what was said beside what was so.

_N_POINTS = 201
"""Points of a Tippett curve for each kind of pairs."""


@dataclass(frozen=True, eq=False)
class TippettCurve:
    """How many pairs of each kind have evidence at least so strong.

    Parameters
    ----------
    thresholds
        (t,) log10 likelihood ratios, rising.
    same, different
        (t,) share of the pairs by the same hand and by different hands at or above each, 0 to 1, falling.
    """

    thresholds: NDArray[np.float64]
    same: NDArray[np.float64]
    different: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ReliabilityCurve:
    """What was said, and what was so, at one prior.

    Parameters
    ----------
    prior
        Probability of one hand before looking.
    shares
        (m,) the weight of each bin, above 0.
    predicted, observed
        (m,) the mean probability of one hand that was given, and the share of pairs by the same hand.
    """

    prior: float
    shares: NDArray[np.float64]
    predicted: NDArray[np.float64]
    observed: NDArray[np.float64]


def trace_tippett(log10_likelihood_ratios: NDArray[np.float64], same: NDArray[np.bool_]) -> TippettCurve:
    """Return the Tippett curves of pairs of both kinds.

    Parameters
    ----------
    log10_likelihood_ratios
        (p,) one for each pair.
    same
        (p,) bool.

    References
    ----------
    Meuwly (2001), Reconnaissance de locuteurs en sciences forensiques; after Evett and Buckleton (1996).

    Examples
    --------
    >>> curve = trace_tippett(np.array([-1.0, 1.0]), np.array([False, True]))
    >>> curve.thresholds.tolist(), curve.same.tolist(), curve.different.tolist()
    ([-1.0, 1.0], [1.0, 1.0], [1.0, 0.0])
    """
    kinds = [np.sort(log10_likelihood_ratios[kind]) for kind in (same, ~same)]
    shares = np.linspace(0, 1, _N_POINTS)
    thresholds = np.unique(np.concatenate([np.quantile(kind, shares, method="nearest") for kind in kinds]))
    above = [1 - np.searchsorted(kind, thresholds) / len(kind) for kind in kinds]
    return TippettCurve(thresholds, above[0], above[1])


def trace_reliability(evidence: Evidence, prior: float) -> ReliabilityCurve:
    """Return the bins of `ece` that hold a pair.

    Parameters
    ----------
    evidence
        Likelihood ratios under one weighting.
    prior
        Probability of one hand before looking.

    Examples
    --------
    >>> curve = trace_reliability(Evidence.from_pairs([0.0, 0.0], [True, False]), 0.5)
    >>> curve.predicted.tolist(), curve.observed.tolist()
    ([0.5], [0.5])
    """
    bins = _bin_evidence(evidence, prior)
    shares, predicted, observed = bins.shares[:, 0], bins.predicted[:, 0], bins.observed[:, 0]
    full = shares > 0
    return ReliabilityCurve(
        prior, shares[full], predicted[full] / shares[full], observed[full] / shares[full]
    )
