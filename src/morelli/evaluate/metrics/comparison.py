"""How well scores tell pairs by the same hand from pairs by different hands.

Pairs and triplets come from `pairs`; these are the numbers for one scoring, scikit-learn's where it has them.
`ranking` gives the same numbers under weights, for the intervals.

In all of them a pair by the same hand is the positive, a higher score means "the same hand", the order of the
pairs does not matter, and pairs of one kind only are an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from morelli.collection.pairs.samples import Pairs, Triplets, score_pairs
from morelli.errors import EvaluationError
from morelli.evaluate.metrics.curves import interpolate_equal_error
from morelli.evaluate.metrics.intervals import average_over_triplets, replicate_ranking
from morelli.model.scoring import PairRule


def _roc_auc(scores: ArrayLike, same: ArrayLike) -> float:
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

    >>> _roc_auc([0.8, 0.2, 0.5], [True, True, False])
    0.5
    """
    values, truth = require_both_kinds(scores, same)
    return float(roc_auc_score(truth, values))


def _average_precision(scores: ArrayLike, same: ArrayLike) -> float:
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

    >>> round(_average_precision([0.8, 0.2, 0.5], [True, True, False]), 3)
    0.833
    """
    values, truth = require_both_kinds(scores, same)
    return float(average_precision_score(truth, values))


def _equal_error_rate(scores: ArrayLike, same: ArrayLike) -> float:
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

    >>> _equal_error_rate([0.8, 0.2, 0.5], [True, True, False])
    0.5
    """
    values, truth = require_both_kinds(scores, same)
    alarm_rates, hit_rates, _ = roc_curve(truth, values)
    return float(interpolate_equal_error(alarm_rates[:, None], hit_rates[:, None])[0])


def _triplet_accuracy(positive_scores: ArrayLike, negative_scores: ArrayLike) -> float:
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
    >>> _triplet_accuracy([0.9, 0.5], [0.1, 0.5])
    0.75
    """
    outcomes = _compare_triplets(positive_scores, negative_scores)
    return float(outcomes.mean())


def _compare_triplets(positive_scores: ArrayLike, negative_scores: ArrayLike) -> NDArray[np.float64]:
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


# One way of scoring pairs, measured with all its resamples.


@dataclass(frozen=True, eq=False)
class Scoring:
    """Four metrics of one scoring and their resamples.

    Parameters
    ----------
    scores
        (p,) the score of each pair, -1 to 1 where it is a cosine.
    values
        (4,) the metrics in the order of `METRICS`, every artist counted once.
    replicates
        (b, 4) the metrics in each resample of artists.
    """

    METRICS: ClassVar = ("roc_auc", "average_precision", "equal_error_rate", "triplet_accuracy")

    scores: NDArray[np.float64]
    values: tuple[float, ...]
    replicates: NDArray[np.float64]


def measure_scoring(
    vectors: NDArray[np.floating],
    codes: NDArray[np.intp],
    pairs: Pairs,
    triplets: Triplets,
    weights: NDArray[np.float64],
    *,
    rule: PairRule | None = None,
) -> Scoring:
    """Return the metrics of dot products between unit rows, or of a pair rule.

    Parameters
    ----------
    vectors
        (n, d) float, unit rows, or the rows of the rule.
    codes
        (n,) the artist of each work, 0 to n_artists - 1.
    pairs, triplets
        What is compared.
    weights
        (b, n_artists) how often each artist counts in each resample.
    rule
        What scores two rows; None: their dot product.
    """
    scores = score_works(vectors, pairs.left, pairs.right, rule)
    outcomes = _score_triplets(vectors, triplets, rule=rule)
    by_pairs = replicate_ranking(scores, codes[pairs.left], codes[pairs.right], weights)
    by_triplets = average_over_triplets(outcomes, codes[triplets.anchor], codes[triplets.negative], weights)
    return Scoring(
        scores=scores,
        values=(
            _roc_auc(scores, pairs.same),
            _average_precision(scores, pairs.same),
            _equal_error_rate(scores, pairs.same),
            float(outcomes.mean()),
        ),
        replicates=np.column_stack([by_pairs, by_triplets]),  # (b, 3) and (b,) to (b, 4)
    )


def score_works(
    rows: NDArray[np.floating],
    left: NDArray[np.intp],
    right: NDArray[np.intp],
    rule: PairRule | None = None,
) -> NDArray[np.float64]:
    """Return the score of each pair of works.

    Parameters
    ----------
    rows
        (n, r) float, of all works.
    left, right
        (p,) row numbers.
    rule
        What scores two rows; None: their dot product, of unit rows their cosine.

    Returns
    -------
    scores
        (p,) float64.
    """
    if rule is None:
        return score_pairs(rows, left, right)
    return rule.score_at(rows.astype(np.float32, copy=False), left, right)


def _score_triplets(
    vectors: NDArray[np.floating], triplets: Triplets, *, rule: PairRule | None = None
) -> NDArray[np.float64]:
    """Return the outcome of each triplet under the dot product, or under a pair rule.

    Parameters
    ----------
    vectors
        (n, d) float.
    triplets
        t of them.
    rule
        What scores two rows, or None.

    Returns
    -------
    outcomes
        (t,) 1 for right, 0.5 for a tie, 0 for wrong.
    """
    positive = score_works(vectors, triplets.anchor, triplets.positive, rule)
    return _compare_triplets(positive, score_works(vectors, triplets.anchor, triplets.negative, rule))


# The numbers behind the pictures of a comparison: its curve of errors and its scores.

_BIN_WIDTH = 0.02
"""Width of a bar in the distribution of scores; 100 bars from -1 to 1."""

COSINE = "cosine"
"""The score of models without a pair rule."""

_MAX_POINTS = 400
"""Points kept of a curve for drawing: more than a screen shows."""


@dataclass(frozen=True, eq=False)
class Curve:
    """What each threshold lets through: the numbers behind a ROC and a DET picture.

    Parameters
    ----------
    false_positive_rates
        (t,) share of the pairs by different hands that are called the same hand, 0 to 1, rising.
    true_positive_rates
        (t,) share of the pairs by the same hand that are called so, 0 to 1, rising.
    thresholds
        (t,) the lowest score that is called the same hand, falling; infinite for "none".
    """

    false_positive_rates: NDArray[np.float64]
    true_positive_rates: NDArray[np.float64]
    thresholds: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.thresholds)

    def __repr__(self) -> str:
        return f"Curve(n_points={len(self)})"

    @property
    def miss_rates(self) -> NDArray[np.float64]:
        """(t,) share of the pairs by the same hand that are missed, for the DET picture."""
        return 1 - self.true_positive_rates

    def to_dict(self) -> dict[str, list[float]]:
        """Return the three columns as lists."""
        return {
            "false_positive_rate": self.false_positive_rates.tolist(),
            "true_positive_rate": self.true_positive_rates.tolist(),
            "threshold": self.thresholds.tolist(),
        }


@dataclass(frozen=True, eq=False)
class ScoreHistogram:
    """How many pairs of each kind have which score.

    Parameters
    ----------
    edges
        (m + 1,) borders of the bars, -1 to 1 for cosines.
    same, different
        (m,) int64 pairs by the same hand and by different hands.
    score
        What the score is: "cosine", or the kind of pair rule.
    """

    edges: NDArray[np.float64]
    same: NDArray[np.int64]
    different: NDArray[np.int64]
    score: str = COSINE

    def to_dict(self) -> dict[str, list[float] | list[int]]:
        """Return the three columns as lists."""
        return {
            "edges": self.edges.tolist(),
            "same": self.same.tolist(),
            "different": self.different.tolist(),
        }


def trace_curve(scores: ArrayLike, same: ArrayLike, *, max_points: int = _MAX_POINTS) -> Curve:
    """Return the curve of false and true positive rates over all thresholds.

    Parameters
    ----------
    scores
        (p,) higher for "the same hand".
    same
        (p,) bool.
    max_points
        Of more points, so many are kept, evenly along the curve, with both ends.

    Raises
    ------
    EvaluationError
        When there are pairs of one kind only, or a score is not finite.

    Examples
    --------
    >>> curve = trace_curve([0.8, 0.2], [True, False])
    >>> curve.false_positive_rates.tolist(), curve.true_positive_rates.tolist()
    ([0.0, 0.0, 1.0], [0.0, 1.0, 1.0])
    """
    values, truth = require_both_kinds(scores, same)
    alarm_rates, hit_rates, thresholds = roc_curve(truth, values)
    if len(thresholds) > max_points:
        length = alarm_rates + hit_rates  # along a staircase, from 0 to 2
        kept = np.unique(np.searchsorted(length, np.linspace(0, length[-1], max_points)))
        alarm_rates, hit_rates, thresholds = alarm_rates[kept], hit_rates[kept], thresholds[kept]
    return Curve(alarm_rates, hit_rates, thresholds)


def count_scores(scores: ArrayLike, same: ArrayLike, *, score: str = COSINE) -> ScoreHistogram:
    """Return how many pairs of each kind fall into each of 100 ranges of scores.

    Parameters
    ----------
    scores
        (p,) cosines, -1 to 1, of which what rounding leaves outside is counted in the outermost range; or
        other scores, whose ranges go from the lowest to the highest.
    same
        (p,) bool.
    score
        What the scores are: "cosine", or the kind of pair rule.

    Raises
    ------
    EvaluationError
        When there are pairs of one kind only, or a score is not finite.
    """
    values, truth = require_both_kinds(scores, same)
    low, high = (-1.0, 1.0) if score == COSINE else (float(values.min()), float(values.max()))
    edges = np.linspace(low, high if high > low else low + _BIN_WIDTH, round(2 / _BIN_WIDTH) + 1)
    clipped = np.clip(values, edges[0], edges[-1])
    return ScoreHistogram(
        edges=edges,
        same=np.histogram(clipped[truth], edges)[0].astype(np.int64),
        different=np.histogram(clipped[~truth], edges)[0].astype(np.int64),
        score=score,
    )
