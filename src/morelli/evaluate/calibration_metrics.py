"""Whether a probability of one hand means what it says, at a given prior.

A probability follows from a likelihood ratio and a prior, so it can only be judged at one. The pairs are
weighed anew until those by the same hand have the share of the prior; then, of the pairs that are given 30 %,
30 % should be by the same hand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morelli.evaluate.evidence import Evidence
from morelli.model.likelihood_ratio import posterior_probability

EVEN_PRIOR = 0.5
"""One hand is as likely as two."""

CONTEST_PRIOR = 0.013
"""The share of pairs by one hand among all pairs of Painter by Numbers (Kaggle, 2016): one in some eighty."""

N_BINS = 15
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

    Lower is better, 0 to 1: the mean distance between what was said and what was so, over `N_BINS` bins. The
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
    bins = bin_evidence(evidence, prior)
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


def bin_evidence(evidence: Evidence, prior: float, n_bins: int = N_BINS) -> Reliability:
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
    >>> bins = bin_evidence(Evidence.from_pairs([-1.0, 1.0], [False, True]), 0.5, n_bins=2)
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
