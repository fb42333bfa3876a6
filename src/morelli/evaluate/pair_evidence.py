"""The measures of likelihood ratios for millions of pairs, from what is counted at some scores.

The cost of the likelihood ratios and the Brier score are sums over pairs, taken block by block. What is found
at a rate of false alarms and the least cost follow from the exact ROC curve. The bins of the calibration
error end at scores of pairs by the same hand, with the mean likelihood ratio in between.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from morelli.evaluate.calibration_metrics import CONTEST_PRIOR, EVEN_PRIOR
from morelli.evaluate.evidence import Evidence
from morelli.evaluate.evidence_rows import EVIDENCE_METRICS, measure_evidence
from morelli.evaluate.likelihood_metrics import LN2
from morelli.evaluate.ranking import WeightedCurves
from morelli.evaluate.thresholds import PAIRS_AT_A_TIME, choose_anchors, count_steps, find_steps
from morelli.model.likelihood_ratio import LN10, posterior_probability

RESAMPLES_AT_A_TIME = 50
"""Resamples measured together: some 2 MB in each table of 4,000 steps."""

Relate = Callable[[NDArray[np.floating]], NDArray[np.float64]]
"""From scores to log10 likelihood ratios, never falling."""


def find_centres(
    scores: NDArray[np.floating], steps: NDArray[np.int32], n_steps: int, relate: Relate
) -> NDArray[np.float64]:
    """Return the mean log10 likelihood ratio at each step, 0 where there is no pair.

    Parameters
    ----------
    scores, steps
        (p,) of each pair.
    n_steps
        How many steps there are.
    relate
        Gives the likelihood ratios.
    """
    sums, counts = np.zeros(n_steps), np.zeros(n_steps)
    for start in range(0, len(scores), PAIRS_AT_A_TIME):
        some = slice(start, start + PAIRS_AT_A_TIME)
        sums += np.bincount(steps[some], weights=relate(scores[some]), minlength=n_steps)
        counts += np.bincount(steps[some], minlength=n_steps)
    return sums / np.maximum(counts, 1)


def measure_curves(curves: WeightedCurves, centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `EVIDENCE_METRICS` of curves whose steps have a likelihood ratio, (b, k).

    Parameters
    ----------
    curves
        (t, b) what a falling threshold lets through.
    centres
        (t,) the log10 likelihood ratio of each step.
    """
    blocks = []
    for start in range(0, curves.hits.shape[1], RESAMPLES_AT_A_TIME):
        some = slice(start, start + RESAMPLES_AT_A_TIME)
        block = WeightedCurves(curves.hits[:, some], curves.alarms[:, some])
        blocks.append(measure_evidence(Evidence.from_curves(centres, block), EVIDENCE_METRICS))
    return np.concatenate(blocks, axis=1).T


def measure_evidence_exactly(
    scores: NDArray[np.floating], same: NDArray[np.bool_], relate: Relate
) -> NDArray[np.float64]:
    """Return `EVIDENCE_METRICS` of pairs that count once each, (k,).

    Parameters
    ----------
    scores
        (p,) higher for "the same hand".
    same
        (p,) bool, pairs of both kinds.
    relate
        Gives the likelihood ratios.

    Examples
    --------
    >>> scores, same = np.array([0.0, 0.0]), np.array([True, False])
    >>> values = measure_evidence_exactly(scores, same, lambda scores: scores)
    >>> float(values[EVIDENCE_METRICS.index("cllr")].round(6))
    1.0
    """
    anchors = choose_anchors(scores[same])
    steps, n_steps = find_steps(scores, anchors), 2 * len(anchors) + 1
    curves = count_steps(steps, same, n_steps)
    centres = find_centres(scores, steps, n_steps, relate)
    values = dict(zip(EVIDENCE_METRICS, measure_curves(curves, centres)[0], strict=True))
    values |= _sum_costs(scores, same, relate)
    values["cllr_calibration"] = values["cllr"] - values["cllr_min"]
    return np.array([values[metric] for metric in EVIDENCE_METRICS])


def _sum_costs(
    scores: NDArray[np.floating], same: NDArray[np.bool_], relate: Relate
) -> dict[str, np.float64]:
    """Return what is a mean over the pairs of each kind, taken block by block."""
    sums = np.zeros((2, 3))  # same and different hands; Cllr and two Brier scores
    priors = (EVEN_PRIOR, CONTEST_PRIOR)
    for start in range(0, len(scores), PAIRS_AT_A_TIME):
        some = slice(start, start + PAIRS_AT_A_TIME)
        ratios = relate(scores[some])
        for row, (kind, sign) in enumerate(((same[some], -1.0), (~same[some], 1.0))):
            own = sign * ratios[kind]  # above 0 misleads
            wrong = [posterior_probability(own, prior if row else 1 - prior) for prior in priors]
            sums[row] += [np.logaddexp(0, LN10 * own).sum() / LN2, *(np.square(one).sum() for one in wrong)]
    n_same = int(same.sum())
    own, other = sums[0] / n_same, sums[1] / (len(same) - n_same)
    return {
        "cllr": (own[0] + other[0]) / 2,
        "brier": EVEN_PRIOR * own[1] + (1 - EVEN_PRIOR) * other[1],
        f"brier_prior_{CONTEST_PRIOR}": CONTEST_PRIOR * own[2] + (1 - CONTEST_PRIOR) * other[2],
    }
