"""The numbers behind the pictures of evidence: Tippett curves, and what was said beside what was so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morelli.evaluate.calibration_metrics import bin_evidence
from morelli.evaluate.evidence import Evidence

N_POINTS = 201
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
    shares = np.linspace(0, 1, N_POINTS)
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
    bins = bin_evidence(evidence, prior)
    shares, predicted, observed = bins.shares[:, 0], bins.predicted[:, 0], bins.observed[:, 0]
    full = shares > 0
    return ReliabilityCurve(
        prior, shares[full], predicted[full] / shares[full], observed[full] / shares[full]
    )
