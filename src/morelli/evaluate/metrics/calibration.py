"""How far likelihood ratios are from what they should be, and what they are worth at every prior.

Two kinds of fault are told apart: that ratios lean to one side, and that they are too bold or too timid. What
neither explains is in the distance from the best rising calibration in hindsight. All metrics take `Curves`,
whose levels are log10 likelihood ratios.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.isotonic import isotonic_regression

from morelli.evaluate.metrics.curves import Curves
from morelli.evaluate.metrics.intervals import Float
from morelli.model.likelihood_ratio import LN10

_MAX_STEPS = 100  # of Newton's method; about 8 are needed
_MAX_STEP = 1.0  # in slope and in natural logarithms
_STEEPEST = 10.0  # slope where a threshold parts the two kinds, and none would be steep enough
_CLOSE = 1e-9

_PRIOR_ODDS: Final = np.linspace(-3, 3, 61)
"""log10 of the prior odds at which the cross-entropy is drawn."""


def recalibration_slope(curves: Curves) -> Float:
    """Return by what log likelihood ratios would have to be multiplied, (b,).

    1 when calibrated; below 1 they are too bold, above it too timid. The line of a logistic regression of the
    truth on the natural log likelihood ratio, both kinds weighed alike (Cox 1958, doi:10.2307/2333203;
    Morrison 2013, doi:10.1080/00450618.2012.733025). -10 to 10, which stand for a perfect parting; nan where
    all ratios are equal.

    Examples
    --------
    At 10 the shares are 3 to 1, so that half of log10(10) would be right: log10(3) = 0.477.

    >>> ratios, same = [1, 1, 1, 1, -1, -1, -1, -1], [True, True, True, False, False, False, False, True]
    >>> recalibration_slope(Curves.from_scores(ratios, same)).round(3).tolist()
    [0.477]
    """
    return _recalibrate(curves)[0]


def recalibration_shift(curves: Curves) -> Float:
    """Return what would then have to be added to log10 of the ratios, (b,).

    0 when calibrated; above 0 they lean towards two hands, below 0 towards one. See `recalibration_slope`.

    Examples
    --------
    Ratios of 1/10 and 1 for what should be 1/3 and 3: with a slope of 0.954 they lack log10(3).

    >>> ratios, same = [0, 0, 0, 0, -1, -1, -1, -1], [True, True, True, False, False, False, False, True]
    >>> recalibration_shift(Curves.from_scores(ratios, same)).round(3).tolist()
    [0.477]
    """
    return _recalibrate(curves)[1] / LN10


@lru_cache(maxsize=1)  # slope and shift are asked for one after the other
def _recalibrate(curves: Curves) -> tuple[Float, Float]:
    """Return slope and intercept, (b,) each, of the natural log likelihood ratio that would be right."""
    same, different = (kind / np.where(kind.sum(axis=0) > 0, kind.sum(axis=0), 1) for kind in curves.weights)
    levels = LN10 * curves.levels
    has_spread = _find_spread(levels, same + different) & curves.is_defined
    lines = np.full((2, same.shape[1]), np.nan)
    lines[:, has_spread] = [[1.0], [0.0]]
    open_ones = np.flatnonzero(has_spread)
    for _ in range(_MAX_STEPS):
        if not len(open_ones):
            break
        steps = _find_steps(levels, lines[:, open_ones], same[:, open_ones], different[:, open_ones])
        before = lines[:, open_ones]
        after = before + np.clip(steps, -_MAX_STEP, _MAX_STEP)
        after[0] = np.clip(after[0], -_STEEPEST, _STEEPEST)
        lines[:, open_ones] = after
        open_ones = open_ones[np.abs(after - before).max(axis=0) > _CLOSE]
    return lines[0], lines[1]


def _find_steps(levels: Float, lines: Float, same: Float, different: Float) -> Float:
    """Return Newton's steps, (2, b), of b logistic regressions on the same t levels."""
    chances = expit(levels[:, None] * lines[0] + lines[1])
    errors = same * (1 - chances) - different * chances
    spreads = (same + different) * chances * (1 - chances)
    gradient = np.stack([levels @ errors, errors.sum(axis=0)])
    first, mixed, last = levels**2 @ spreads, levels @ spreads, spreads.sum(axis=0)
    determinant = first * last - mixed**2
    is_sound = determinant > 1e-300
    safe = np.where(is_sound, determinant, 1.0)
    steps = np.stack([
        (last * gradient[0] - mixed * gradient[1]) / safe,
        (first * gradient[1] - mixed * gradient[0]) / safe,
    ])  # fmt: skip
    return np.where(is_sound, steps, 0.0)


def _find_spread(levels: Float, weights: Float) -> NDArray[np.bool_]:
    """Return (b,) whether levels of some weight differ."""
    held = weights > 0
    highest = np.where(held, levels[:, None], -np.inf).max(axis=0)
    lowest = np.where(held, levels[:, None], np.inf).min(axis=0)
    return np.asarray(highest - lowest > _CLOSE)


def devpav(curves: Curves) -> Float:
    """Return the mean distance of log10 likelihood ratios from the best rising ones in hindsight, (b,).

    Lower is better, from 0: the area between the two over the range of ratios in which the best ones are
    finite, divided by its width (Vergeer et al. 2021, doi:10.1016/j.forsciint.2021.110722). nan where a
    threshold parts the two kinds.

    Examples
    --------
    A ratio of 3 that comes equally often for both kinds should be 1.

    >>> devpav(Curves.from_scores(np.log10([3.0, 3.0]), [True, False])).round(3).tolist()
    [0.477]
    """
    best = _find_best(curves)
    found = np.full(best.shape[1], np.nan)
    for column in np.flatnonzero(curves.is_defined):
        kept = np.isfinite(best[:, column])
        own, ideal = curves.levels[::-1][kept], best[kept, column]
        gaps = ideal - own
        if len(own) and own[-1] - own[0] <= _CLOSE:
            found[column] = np.abs(gaps).mean()
        elif len(own):
            found[column] = _find_area(np.diff(own), gaps) / (own[-1] - own[0])
    return found


def _find_area(widths: Float, gaps: Float) -> float:
    """Return the area between a broken line of gaps, (t,), and zero, over pieces of some widths, (t - 1,)."""
    left, right = gaps[:-1], gaps[1:]
    total = np.abs(left) + np.abs(right)
    crosses = left * right < 0
    # Two triangles that meet where the line crosses zero, else one trapezium.
    triangles = np.divide(left**2 + right**2, total, out=np.zeros_like(total), where=total > 0)
    return float(widths @ np.where(crosses, triangles, total)) / 2


def _find_best(curves: Curves) -> Float:
    """Return (t, b) log10 of the best rising ratios in hindsight, lowest level first; nan: no weight."""
    same, different = (kind[::-1] for kind in curves.weights)
    best = np.full(same.shape, np.nan)
    for column in np.flatnonzero(curves.is_defined):
        own, others = (kind[:, column] / kind[:, column].sum() for kind in (same, different))
        held = own + others > 0
        weights = own[held] + others[held]
        share = isotonic_regression(own[held] / weights, sample_weight=weights, y_min=0.0, y_max=1.0)
        with np.errstate(divide="ignore"):
            best[held, column] = np.log10(share) - np.log10(1 - share)
    return best


def trace_cross_entropy(curves: Curves) -> Float:
    """Return the empirical cross-entropy over the prior odds: (61, 4) columns for a table.

    They are log10 of the prior odds, and the bits that are lacking to know the truth: with the ratios as
    given, with the best rising ones in hindsight, and without any. At odds of 1 the first is `cllr`, the
    second `cllr_min` and the last 1 (Ramos and Gonzalez-Rodriguez 2013, doi:10.1016/j.forsciint.2013.04.014).

    >>> table = trace_cross_entropy(Curves.from_scores(np.log10([3.0, 1 / 3]), [True, False]))
    >>> table[30].round(3).tolist()
    [0.0, 0.415, 0.0, 1.0]
    """
    shares = [(kind / kind.sum(axis=0))[::-1, 0] for kind in curves.weights]
    given, best = curves.levels[::-1], _find_best(curves)[:, 0]
    held = shares[0] + shares[1] > 0
    columns = [
        _measure_entropy(ratios[held], shares[0][held], shares[1][held])
        for ratios in (given, best, np.zeros(len(given)))
    ]
    return np.column_stack([_PRIOR_ODDS, *columns])


def _measure_entropy(ratios: Float, same: Float, different: Float) -> Float:
    """Return the cross-entropy in bits at `_PRIOR_ODDS`, of log10 ratios, (t,), with shares of each kind."""
    entropies = np.empty(len(_PRIOR_ODDS))
    for place, odds in enumerate(_PRIOR_ODDS):
        natural = LN10 * (ratios + odds)
        costs = (np.where(same > 0, np.logaddexp(0, -natural), 0.0) @ same,
                 np.where(different > 0, np.logaddexp(0, natural), 0.0) @ different)  # fmt: skip
        prior = expit(LN10 * odds)
        entropies[place] = (prior * costs[0] + (1 - prior) * costs[1]) / np.log(2)
    return entropies
