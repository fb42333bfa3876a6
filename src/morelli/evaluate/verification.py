"""How well scores tell pairs by the same hand from pairs by different hands.

Pairs and triplets come from `pairs`; these are the numbers for one scoring, scikit-learn's where it has them.
`ranking` gives the same numbers under weights, for the intervals.

In all of them a pair by the same hand is the positive, a higher score means "the same hand", the order of the
pairs does not matter, and pairs of one kind only are an error.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from morelli.errors import EvaluationError
from morelli.evaluate.ranking import interpolate_equal_error


def roc_auc(scores: ArrayLike, same: ArrayLike) -> float:
    """Return how often a pair by one hand scores above a pair by two.

    Higher is better, 0 to 1, by chance 0.5. The denominator is all couples of one pair of each kind; a tie
    counts half. It does not depend on the share of pairs by the same hand, nor on rising transforms of the
    scores.

    Parameters
    ----------
    scores
        (p,) higher for "the same hand".
    same
        (p,) bool.

    Returns
    -------
    area
        0 to 1.

    Raises
    ------
    EvaluationError
        When there are pairs of one kind only, or a score is not finite.

    References
    ----------
    Hanley and McNeil (1982), doi:10.1148/radiology.143.1.7063747

    Examples
    --------
    Of two couples, (0.8, 0.5) is in order and (0.2, 0.5) is not.

    >>> roc_auc([0.8, 0.2, 0.5], [True, True, False])
    0.5
    """
    values, truth = require_both_kinds(scores, same)
    return float(roc_auc_score(truth, values))


def average_precision(scores: ArrayLike, same: ArrayLike) -> float:
    """Return the precision averaged over the pairs by the same hand.

    The pairs are taken highest score first.

    Higher is better, 0 to 1; by chance the share of pairs by the same hand, on which it depends. The
    denominator is the number of those pairs. Tied pairs enter together, so that their order does not matter.

    Parameters
    ----------
    scores
        (p,) higher for "the same hand".
    same
        (p,) bool.

    Returns
    -------
    precision
        0 to 1.

    Raises
    ------
    EvaluationError
        When there are pairs of one kind only, or a score is not finite.

    References
    ----------
    Su, Yuan and Zhu (2015), doi:10.1145/2808194.2809481; not interpolated, as in scikit-learn.

    Examples
    --------
    Precision 1 at the first pair by one hand, 2/3 at the second.

    >>> round(average_precision([0.8, 0.2, 0.5], [True, True, False]), 3)
    0.833
    """
    values, truth = require_both_kinds(scores, same)
    return float(average_precision_score(truth, values))


def equal_error_rate(scores: ArrayLike, same: ArrayLike) -> float:
    """Return the error rate at the threshold with as many false alarms as misses.

    Lower is better, 0 to 1, by chance 0.5; both rates have their own denominator, the pairs of their kind.
    Where no threshold gives equal rates, the ROC curve is a straight line between two thresholds, and the
    crossing lies on it (Brümmer calls the same on the convex hull ROCCH-EER; the hull is not taken here).
    Tied pairs pass the threshold together.

    Parameters
    ----------
    scores
        (p,) higher for "the same hand".
    same
        (p,) bool.

    Returns
    -------
    rate
        0 to 1.

    Raises
    ------
    EvaluationError
        When there are pairs of one kind only, or a score is not finite.

    References
    ----------
    Brümmer and de Villiers (2011), arXiv:1304.2865

    Examples
    --------
    Between thresholds 0.5 and 0.2 the misses fall from 1/2 to 0 at one false alarm in one.

    >>> equal_error_rate([0.8, 0.2, 0.5], [True, True, False])
    0.5
    """
    values, truth = require_both_kinds(scores, same)
    alarm_rates, hit_rates, _ = roc_curve(truth, values)
    return float(interpolate_equal_error(alarm_rates[:, None], hit_rates[:, None])[0])


def triplet_accuracy(positive_scores: ArrayLike, negative_scores: ArrayLike) -> float:
    """Return the share of triplets in which the work by the same hand scores higher.

    Higher is better, 0 to 1, by chance 0.5; the denominator is all triplets; a tie counts half.

    Parameters
    ----------
    positive_scores, negative_scores
        (t,) score of the anchor with the work by the same hand, and with the other.

    Returns
    -------
    accuracy
        0 to 1.

    Raises
    ------
    EvaluationError
        When there is no triplet, or a score is not finite.

    Examples
    --------
    >>> triplet_accuracy([0.9, 0.5], [0.1, 0.5])
    0.75
    """
    outcomes = compare_triplets(positive_scores, negative_scores)
    return float(outcomes.mean())


def compare_triplets(positive_scores: ArrayLike, negative_scores: ArrayLike) -> NDArray[np.float64]:
    """Return the outcome of each triplet: 1 for right, 0.5 for a tie, 0 for wrong.

    Parameters
    ----------
    positive_scores, negative_scores
        (t,) score of the anchor with the work by the same hand, and with the other.

    Returns
    -------
    outcomes
        (t,) float64.

    Raises
    ------
    EvaluationError
        When there is no triplet, or a score is not finite.
    """
    positive, negative = np.asarray(positive_scores), np.asarray(negative_scores)
    _require_finite(positive - negative)
    outcomes: NDArray[np.float64] = np.heaviside(positive - negative, 0.5).astype(np.float64)
    return outcomes


def require_both_kinds(scores: ArrayLike, same: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return scores and truth as arrays that can be measured.

    Returns
    -------
    scores_and_truth
        (p,) float64 and (p,) bool.

    Raises
    ------
    EvaluationError
        When there are pairs of one kind only, the lengths differ, or a score is not finite.
    """
    values, truth = np.asarray(scores, dtype=np.float64), np.asarray(same, dtype=np.bool_)
    _require_finite(values)
    if values.shape != truth.shape or truth.all() or not truth.any():
        raise EvaluationError(
            "pairs of works",
            expected="one score per pair, and pairs by the same hand as well as by different hands",
            found=f"{values.size} scores, {int(truth.sum())} pairs by one hand of {truth.size}",
            remedy="evaluate at least two artists, one of them with two works",
        )
    return values, truth


def _require_finite(scores: NDArray[np.floating]) -> None:
    if scores.size == 0 or not np.isfinite(scores).all():
        raise EvaluationError(
            "scores",
            expected="at least one number, all of them finite",
            found=f"{scores.size} scores, {int((~np.isfinite(scores)).sum())} of them not finite",
            remedy="look for empty or damaged vectors again with 'morelli embed'",
        )
