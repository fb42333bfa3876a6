"""How good likelihood ratios are as evidence: the cost Cllr, what no calibration could mend, and the rest.

A likelihood ratio is used with any prior. Cllr is the cost in bits of using it, averaged over priors in a way
that asks for no particular one. It falls apart in two: `cllr_min` is what is left after the best calibration
in hindsight, that is how well the scores tell the two kinds apart, and `cllr_calibration` is what the
calibration in use costs on top.

References
----------
Brümmer and du Preez (2006), Application-independent evaluation of speaker detection,
doi:10.1016/j.csl.2005.08.001
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy
from sklearn.isotonic import isotonic_regression

from morelli.evaluate.evidence import Evidence
from morelli.model.likelihood_ratio import LN10

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
