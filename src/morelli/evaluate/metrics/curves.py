"""What a falling threshold lets through: the engine under every metric that ranks pairs or works.

A threshold falls step by step, and with each step some pairs pass, tied ones together. `Curves` holds how
much weight of each kind has passed, for b weightings of artists at a time; one weighting is one column.
`steps` sorts pairs into steps for a bootstrap, `evidence` measures the likelihood ratios of the steps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from morelli.errors import EvaluationError
from morelli.evaluate.metrics.intervals import Codes, Float

RANKING_METRICS = ("roc_auc", "average_precision", "equal_error_rate")
"""What `Curves.measure` returns."""

FALSE_ALARM_RATES = (0.01, 0.001)
"""The usual operating points of verification."""


@dataclass(frozen=True, eq=False)
class Curves:
    """Weight that a falling threshold has let through, for b weightings.

    The positives are pairs by the same hand; a column without weight of both kinds has no metric: all are
    nan.

    Parameters
    ----------
    hits, alarms
        (t, b) weight of the pairs by the same hand, and by different hands, that have passed after each step;
        all of it after the last.
    levels
        (t,) what each step stands for, never rising: a score, or a log10 likelihood ratio.
    """

    hits: Float
    alarms: Float
    levels: Float = field(default_factory=lambda: np.empty(0))

    @classmethod
    def from_scores(cls, scores: ArrayLike, same: ArrayLike, ties: ArrayLike | None = None) -> Curves:
        """Count every pair once; each distinct score is a step.

        `ties`, (p,), is what the scores were made of by a map that never falls: it says which pairs are tied.
        A calibration that holds its value beyond its knots then ties nothing that was in order.

        >>> curves = Curves.from_scores([0.8, 0.2, 0.5], [True, True, False])
        >>> curves.hits.ravel().tolist(), curves.alarms.ravel().tolist()
        ([1.0, 1.0, 2.0], [0.0, 1.0, 1.0])
        """
        values, truth = require_both_kinds(scores, same)
        order = values if ties is None else np.asarray(ties, dtype=np.float64)
        _, first, places = np.unique(-order, return_index=True, return_inverse=True)
        hits, alarms = (
            np.cumsum(np.bincount(places[kind], minlength=len(first))).astype(np.float64)[:, None]
            for kind in (truth, ~truth)
        )
        return cls(hits, alarms, values[first])

    def __repr__(self) -> str:
        return f"Curves(n_steps={len(self.hits)}, n_weightings={self.hits.shape[1]})"

    @property
    def is_defined(self) -> NDArray[np.bool_]:
        """(b,) whether pairs of both kinds have weight."""
        defined: NDArray[np.bool_] = (self.hits[-1] > 0) & (self.alarms[-1] > 0)
        return defined

    @cached_property
    def weights(self) -> tuple[Float, Float]:
        """(t, b) each: the weight of either kind that passes with each step."""
        return np.diff(self.hits, axis=0, prepend=0.0), np.diff(self.alarms, axis=0, prepend=0.0)

    @cached_property
    def rates(self) -> tuple[Float, Float]:
        """(t + 1, b) each: the shares of false alarms and of hits, rising from 0 to 1."""
        alarms, hits = (
            np.vstack([np.zeros((1, passed.shape[1])), self._divide(passed, passed[-1])])
            for passed in (self.alarms, self.hits)
        )
        return alarms, hits

    def rates_at(self, thresholds: ArrayLike) -> tuple[Float, Float]:
        """Return the shares of false alarms and of hits at or above thresholds, (s, b) each."""
        passed = np.searchsorted(-self.levels, -np.asarray(thresholds), side="right")
        return self.rates[0][passed], self.rates[1][passed]

    def measure(self) -> Float:
        """Return `RANKING_METRICS`, (b, 3)."""
        return np.column_stack([self.roc_auc(), self.average_precision(), self.equal_error_rate()])

    def roc_auc(self) -> Float:
        """Return how often a pair by one hand scores above a pair by two, (b,).

        Higher is better, 0 to 1, by chance 0.5. The denominator is all couples of one pair of each kind; a
        tie counts half. It depends neither on the share of pairs by the same hand nor on rising transforms of
        the scores (Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747).

        Examples
        --------
        Of two couples, (0.8, 0.5) is in order and (0.2, 0.5) is not.

        >>> Curves.from_scores([0.8, 0.2, 0.5], [True, True, False]).roc_auc().tolist()
        [0.5]
        """
        return self.area_under(self.hits)

    def area_under(self, passed: Float) -> Float:
        """Return the area under some weight that has passed, (t, b), over that of the false alarms.

        By the trapezoid rule, as a share of all hits and all false alarms.
        """
        heights = passed.copy()
        heights[1:] += passed[:-1]  # twice the mean height of each step
        area = np.einsum("tb,tb->b", heights, self.weights[1])
        return self._divide(area, 2 * self.hits[-1] * self.alarms[-1])

    def average_precision(self) -> Float:
        """Return the precision averaged over the pairs by the same hand, from the highest score down, (b,).

        Higher is better, 0 to 1; by chance the share of pairs by the same hand, on which it depends. The
        denominator is the number of those pairs. Tied pairs enter together. Not interpolated (Su, Yuan and
        Zhu 2015, doi:10.1145/2808194.2809481).

        Examples
        --------
        Precision 1 at the first pair by one hand, 2/3 at the second.

        >>> Curves.from_scores([0.8, 0.2, 0.5], [True, True, False]).average_precision().round(3).tolist()
        [0.833]
        """
        total = self.hits + self.alarms
        precision = np.divide(self.hits, total, out=np.zeros_like(total), where=total > 0)
        return self._divide(np.einsum("tb,tb->b", precision, self.weights[0]), self.hits[-1])

    def equal_error_rate(self) -> Float:
        """Return the error rate at the threshold with as many false alarms as misses, (b,).

        Lower is better, 0 to 1, by chance 0.5; both rates have their own denominator, the pairs of their
        kind. Between two thresholds the ROC curve is a straight line, and the crossing may lie on it; its
        convex hull is not taken (Brümmer and de Villiers 2011, arXiv:1304.2865). Tied pairs pass together.

        Examples
        --------
        Between thresholds 0.5 and 0.2 the misses fall from 1/2 to 0 at one false alarm in one.

        >>> Curves.from_scores([0.8, 0.2, 0.5], [True, True, False]).equal_error_rate().tolist()
        [0.5]
        """
        alarms, hits = self.rates
        balance = alarms + hits - 1  # false alarms minus misses: never falls, from -1 to 1
        after, columns = (balance < 0).sum(axis=0), np.arange(balance.shape[1])
        start, end = balance[after - 1, columns], balance[after, columns]
        share = -start / (end - start)
        rates: Float = (1 - share) * alarms[after - 1, columns] + share * alarms[after, columns]
        return rates

    def tar_at_far(self, rate: float) -> Float:
        """Return the share of pairs by the same hand that are found at a rate of false alarms, (b,).

        Higher is better, 0 to 1, by chance the rate itself; the denominator is the pairs by the same hand,
        that of the rate the pairs by different hands. Between two thresholds the ROC curve is a straight
        line; tied pairs pass together. With few pairs by different hands the number hangs on one of them.

        Examples
        --------
        The second step lets all pairs pass, the first half of those by one hand; halfway between it is 3/4.

        >>> Curves(np.array([[1.0], [2.0]]), np.array([[0.0], [2.0]])).tar_at_far(0.5).tolist()
        [0.75]
        """
        alarms, hits = self.rates
        last = (alarms <= rate).sum(axis=0) - 1  # the last threshold that keeps to the rate
        following, own = np.minimum(last + 1, len(alarms) - 1), np.arange(len(last))
        step = alarms[following, own] - alarms[last, own]
        part = np.divide(rate - alarms[last, own], step, out=np.zeros_like(step), where=step > 0)
        shares: Float = hits[last, own] + part * (hits[following, own] - hits[last, own])
        return shares

    def _divide(self, numerators: Float, denominators: Float) -> Float:
        quotients = np.full(numerators.shape, np.nan)
        np.divide(numerators, denominators, out=quotients, where=self.is_defined)
        return quotients


def choose_points(x: Float, y: Float, n_points: int) -> Codes:
    """Return which points of a rising staircase to draw: at most so many, evenly along it, with both ends."""
    length = x + y
    kept: Codes = np.unique(np.searchsorted(length, np.linspace(0, length[-1], n_points)))
    return kept


def require_both_kinds(scores: ArrayLike, same: ArrayLike) -> tuple[Float, NDArray[np.bool_]]:
    """Return scores and truth as arrays, (p,) each; refuse pairs of one kind only."""
    values, truth = np.asarray(scores, dtype=np.float64), np.asarray(same, dtype=np.bool_)
    require_finite(values)
    if values.shape != truth.shape or truth.all() or not truth.any():
        raise EvaluationError(
            "pairs of works",
            expected="one score per pair, and pairs by the same hand as well as by different hands",
            found=f"{values.size} scores, {int(truth.sum())} pairs by one hand of {truth.size}",
            remedy="evaluate at least two artists, one of them with two works",
        )
    return values, truth


def require_finite(scores: NDArray[np.floating]) -> None:
    """Refuse no scores, and scores that are not finite."""
    if scores.size == 0 or not np.isfinite(scores).all():
        raise EvaluationError(
            "scores",
            expected="at least one number, all of them finite",
            found=f"{scores.size} scores, {int((~np.isfinite(scores)).sum())} of them not finite",
            remedy="look for empty or damaged vectors again with 'morelli embed'",
        )
