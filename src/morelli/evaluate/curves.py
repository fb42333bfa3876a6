"""The numbers behind the pictures of a comparison: its curve of errors and its scores.

`verification` holds the metrics of the same scores; `plots` draws what is counted here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import roc_curve

from morelli.evaluate.verification import require_both_kinds

BIN_WIDTH = 0.02
"""Width of a bar in the distribution of scores; 100 bars from -1 to 1."""

COSINE = "cosine"
"""The score of models without a pair rule."""

MAX_POINTS = 400
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


def trace_curve(scores: ArrayLike, same: ArrayLike, *, max_points: int = MAX_POINTS) -> Curve:
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
    edges = np.linspace(low, high if high > low else low + BIN_WIDTH, round(2 / BIN_WIDTH) + 1)
    clipped = np.clip(values, edges[0], edges[-1])
    return ScoreHistogram(
        edges=edges,
        same=np.histogram(clipped[truth], edges)[0].astype(np.int64),
        different=np.histogram(clipped[~truth], edges)[0].astype(np.int64),
        score=score,
    )
