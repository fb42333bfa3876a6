"""How well a scoring tells pairs by the same hand from pairs by different hands, with all its resamples.

In all of it a pair by the same hand is the positive, a higher score means "the same hand", the order of the
pairs does not matter, and pairs of one kind only are an error. The metrics are methods of `Curves`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from morelli.collection.pairs.samples import Pairs, Triplets
from morelli.evaluate.metrics.curves import (
    RANKING_METRICS,
    Curves,
    choose_points,
    require_both_kinds,
    require_finite,
)
from morelli.evaluate.metrics.intervals import Float, average_over_triplets, replicate_own, weigh_pairs
from morelli.evaluate.metrics.steps import replicate_ranking
from morelli.evaluate.metrics.words import find_own_metrics
from morelli.model.scoring import COSINE, Rule

_BIN_WIDTH = 0.02
"""Width of a bar in the distribution of scores; 100 bars from -1 to 1."""

_MAX_POINTS = 400
"""Points kept of a curve for drawing: more than a screen shows."""


@dataclass(frozen=True, eq=False)
class Scoring:
    """The metrics of one scoring: scores of p pairs, k values, and their resamples, (b, k), by `metrics`."""

    METRICS: ClassVar = (*RANKING_METRICS, "triplet_accuracy")

    scores: Float
    values: tuple[float, ...]
    replicates: Float
    metrics: tuple[str, ...] = METRICS


def measure_scoring(
    vectors: NDArray[np.floating],
    codes: NDArray[np.intp],
    pairs: Pairs,
    triplets: Triplets,
    weights: Float,
    *,
    rule: Rule = COSINE,
) -> Scoring:
    """Return the metrics of dot products between unit rows, (n, d), or of a pair rule and its rows.

    Codes are the artists of the works, (n,), weights (b, n_artists) how often each artist counts. Metrics
    that other packages offer follow those of `Scoring.METRICS`.
    """
    scores = score_works(vectors, pairs.left, pairs.right, rule)
    outcomes = _score_triplets(vectors, triplets, rule=rule)
    by_pairs = replicate_ranking(scores, codes[pairs.left], codes[pairs.right], weights)
    by_triplets = average_over_triplets(outcomes, codes[triplets.anchor], codes[triplets.negative], weights)
    values = Curves.from_scores(scores, pairs.same).measure()[0]
    own = find_own_metrics("comparison")
    weigh = weigh_pairs(codes[pairs.left], codes[pairs.right])
    measured = [replicate_own(metric, scores, pairs.same, weigh, weights) for metric in own]
    return Scoring(
        scores=scores,
        values=(*values.tolist(), float(outcomes.mean()), *(float(column[0]) for column in measured)),
        replicates=np.column_stack([by_pairs, by_triplets, *(column[1:] for column in measured)]),
        metrics=(*Scoring.METRICS, *(metric.key for metric in own)),
    )


def score_works(
    rows: NDArray[np.floating], left: NDArray[np.intp], right: NDArray[np.intp], rule: Rule = COSINE
) -> Float:
    """Return the score of each pair of works, (p,), by their rows, (n, r)."""
    return rule.score_at(rows, left, right)


def _score_triplets(vectors: NDArray[np.floating], triplets: Triplets, *, rule: Rule = COSINE) -> Float:
    positive = score_works(vectors, triplets.anchor, triplets.positive, rule)
    return _compare_triplets(positive, score_works(vectors, triplets.anchor, triplets.negative, rule))


def _compare_triplets(positive_scores: ArrayLike, negative_scores: ArrayLike) -> Float:
    """Return the outcome of each triplet, (t,): 1 for right, 0.5 for a tie, 0 for wrong.

    Right is where the anchor's score with the work by the same hand is higher than with the other.
    """
    differences = np.asarray(positive_scores) - np.asarray(negative_scores)
    require_finite(differences)
    outcomes: Float = np.heaviside(differences, 0.5).astype(np.float64)
    return outcomes


# The numbers behind the pictures of a comparison: its curve of errors and its scores.


@dataclass(frozen=True, eq=False)
class _Curve:
    """The rising rates of false and of true positives at falling thresholds, (t,).

    A threshold is the lowest score that is called the same hand; infinite for "none".
    """

    false_positive_rates: Float
    true_positive_rates: Float
    thresholds: Float

    def __len__(self) -> int:
        return len(self.thresholds)

    def __repr__(self) -> str:
        return f"Curve(n_points={len(self)})"

    @property
    def miss_rates(self) -> Float:
        """(t,) share of the pairs by the same hand that are missed, for the DET picture."""
        return 1 - self.true_positive_rates


@dataclass(frozen=True, eq=False)
class _ScoreHistogram:
    """How many pairs of each kind, (m,), lie between scores, (m + 1,): cosines, or those of a rule."""

    edges: Float
    same: NDArray[np.int64]
    different: NDArray[np.int64]
    score: str = COSINE.kind


def trace_curve(scores: ArrayLike, same: ArrayLike, *, max_points: int = _MAX_POINTS) -> _Curve:
    """Return the curve over all thresholds, without what lies on a straight line, thinned evenly along it.

    >>> curve = trace_curve([0.8, 0.2], [True, False])
    >>> curve.false_positive_rates.tolist(), curve.true_positive_rates.tolist()
    ([0.0, 0.0, 1.0], [0.0, 1.0, 1.0])
    """
    curves = Curves.from_scores(scores, same)
    bends = [np.diff(passed[:, 0], 2) != 0 for passed in (curves.hits, curves.alarms)]
    kept = np.flatnonzero(np.concatenate([[True], bends[0] | bends[1], [True]])[-len(curves.levels) :])
    alarms, hits = (np.append(0.0, rates[1 + kept, 0]) for rates in curves.rates)
    thresholds = np.append(np.inf, curves.levels[kept])
    if len(thresholds) > max_points:
        chosen = choose_points(alarms, hits, max_points)
        alarms, hits, thresholds = alarms[chosen], hits[chosen], thresholds[chosen]
    return _Curve(alarms, hits, thresholds)


def count_scores(scores: ArrayLike, same: ArrayLike, *, score: str = COSINE.kind) -> _ScoreHistogram:
    """Return how many pairs of each kind fall into each of 100 ranges of scores.

    Of cosines they go from -1 to 1, and what rounding leaves outside is counted in the outermost; of other
    scores from the lowest to the highest.
    """
    values, truth = require_both_kinds(scores, same)
    low, high = (-1.0, 1.0) if score == COSINE.kind else (float(values.min()), float(values.max()))
    edges = np.linspace(low, high if high > low else low + _BIN_WIDTH, round(2 / _BIN_WIDTH) + 1)
    clipped = np.clip(values, edges[0], edges[-1])
    own, other = (np.histogram(clipped[kind], edges)[0].astype(np.int64) for kind in (truth, ~truth))
    return _ScoreHistogram(edges, own, other, score)
