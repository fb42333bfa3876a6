"""What is found at an agreed rate of false alarms: the number that a user with a threshold meets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from morelli.evaluate.ranking import WeightedCurves

FALSE_ALARM_RATES = (0.01, 0.001)
"""The usual operating points of verification."""


def tar_at_far(curves: WeightedCurves, rate: float) -> NDArray[np.float64]:
    """Return the share of pairs by the same hand that are found at a rate of false alarms.

    Higher is better, 0 to 1, by chance the rate itself; the denominator is the pairs by the same hand, that
    of the rate the pairs by different hands. Between two thresholds the ROC curve is a straight line, as for
    the equal error rate; tied pairs pass together. With fewer pairs by different hands than false alarms are
    rare, the number hangs on a single pair.

    Parameters
    ----------
    curves
        What a falling threshold lets through.
    rate
        Of false alarms, 0 to 1.

    Returns
    -------
    shares
        (b,) 0 to 1; nan where pairs of one kind have no weight.

    Examples
    --------
    The second threshold lets half of the pairs by one hand through and none of the others, the third all of
    both; halfway between, at a rate of 0.5, it is three quarters.

    >>> curves = WeightedCurves(np.array([[1.0], [2.0]]), np.array([[0.0], [2.0]]))
    >>> tar_at_far(curves, 0.5).tolist()
    [0.75]
    """
    shares = np.full(curves.hits.shape[1], np.nan)
    columns = np.flatnonzero(curves.is_defined)
    zero = np.zeros((1, len(columns)))
    alarms = np.vstack([zero, curves.alarms[:, columns] / curves.alarms[-1, columns]])
    hits = np.vstack([zero, curves.hits[:, columns] / curves.hits[-1, columns]])
    last = (alarms <= rate).sum(axis=0) - 1  # the last threshold that keeps to the rate
    following, own = np.minimum(last + 1, len(alarms) - 1), np.arange(len(columns))
    step = alarms[following, own] - alarms[last, own]
    part = np.divide(rate - alarms[last, own], step, out=np.zeros_like(step), where=step > 0)
    shares[columns] = hits[last, own] + part * (hits[following, own] - hits[last, own])
    return shares
