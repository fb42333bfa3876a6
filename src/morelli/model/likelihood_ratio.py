"""Likelihood ratios, and the probabilities they give under a prior."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

LN10 = float(np.log(10.0))


def posterior_probability(
    log10_likelihood_ratio: NDArray[np.float64] | float, prior: float
) -> NDArray[np.float64]:
    """Return the probability of one hand: Bayes' rule in odds form.

    Parameters
    ----------
    log10_likelihood_ratio
        Any shape.
    prior
        Probability of one hand before looking, between 0 and 1, both excluded.

    Examples
    --------
    >>> float(posterior_probability(1.0, prior=0.5).round(4))
    0.9091
    """
    prior_log_odds = np.log(prior) - np.log1p(-prior)
    probability: NDArray[np.float64] = expit(np.asarray(log10_likelihood_ratio) * LN10 + prior_log_odds)
    return probability
