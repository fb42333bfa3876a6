"""Recalibration, distance from the best calibration, cross-entropy: slow twins and properties."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from morelli.evaluate.metrics.calibration import (
    devpav,
    recalibration_shift,
    recalibration_slope,
    trace_cross_entropy,
)
from morelli.evaluate.metrics.curves import Curves
from morelli.evaluate.metrics.evidence import cllr, cllr_min, evidence_rows
from morelli.evaluate.metrics.intervals import resample_artists

METRICS = (recalibration_slope, recalibration_shift, devpav)


def draw(seed, n=400, slope=1.0, shift=0.0):
    """Return log10 ratios of two normal kinds, calibrated but for slope and shift, and the truth."""
    rng = np.random.default_rng(seed)
    same = rng.random(n) < 0.3
    score = rng.normal(size=n) + 1.5 * same
    natural = 1.5 * score - 1.5**2 / 2
    return (natural / np.log(10) - shift) / slope, same


def recalibrate_slowly(ratios, same):
    """Return slope and shift by scikit-learn, without a penalty that could be felt."""
    natural = ratios[:, None] * np.log(10)
    line = LogisticRegression(C=1e9, class_weight="balanced", tol=1e-10, max_iter=10_000).fit(natural, same)
    return line.coef_[0, 0], line.intercept_[0] / np.log(10)


def find_best_slowly(ratios, same):
    weights = np.where(same, 1 / same.sum(), 1 / (~same).sum())
    share = IsotonicRegression(y_min=0, y_max=1).fit(ratios, same, weights).predict(ratios)
    with np.errstate(divide="ignore"):
        return np.log10(share) - np.log10(1 - share)


def devpav_slowly(ratios, same):
    """Integrate the distance of a broken line through the finite best ratios from the ratios."""
    order = np.argsort(ratios)
    best = find_best_slowly(ratios, same)[order]
    x, y = ratios[order][np.isfinite(best)], best[np.isfinite(best)]
    pieces = pairwise(x)
    distance = sum(
        quad(lambda at: abs(np.interp(at, x, y) - at), one, other)[0] for one, other in pieces if other > one
    )
    return distance / (x[-1] - x[0])


@pytest.mark.parametrize("seed", range(4))
def test_against_slow_twins(seed):
    ratios, same = draw(seed, n=120, slope=0.6 + 0.3 * seed, shift=0.2 * seed - 0.3)
    curves = Curves.from_scores(ratios, same)
    slope, shift = recalibrate_slowly(ratios, same)
    assert recalibration_slope(curves)[0] == pytest.approx(slope, abs=1e-4)
    assert recalibration_shift(curves)[0] == pytest.approx(shift, abs=1e-4)
    assert devpav(curves)[0] == pytest.approx(devpav_slowly(ratios, same), rel=1e-6)


def test_what_was_done_to_calibrated_ratios_is_found():
    for slope, shift in ((1.0, 0.0), (0.5, 0.0), (2.0, 0.4), (1.0, -0.3)):
        ratios, same = draw(0, n=40_000, slope=slope, shift=shift)
        curves = Curves.from_scores(ratios, same)
        assert recalibration_slope(curves)[0] == pytest.approx(slope, rel=0.06)
        assert recalibration_shift(curves)[0] == pytest.approx(shift, abs=0.03)


def test_intervals_over_artists_hold_what_is_so():
    """Of 30 collections of 20 artists, about 95 % of the intervals hold the slope of them all."""
    weights = resample_artists(20, n_boot=100, rng=np.random.default_rng(0))
    left, right = np.triu_indices(40, k=1)
    everything = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        rows = np.repeat(rng.normal(size=(20, 6)), 2, axis=0) + 0.7 * rng.normal(size=(40, 6))
        ratios = 1.5 - ((rows[left] - rows[right]) ** 2).sum(axis=1) / 6
        rows_found = evidence_rows(
            ratios, left // 2, right // 2, weights, part="unseen", metrics=["recalibration_slope"]
        )
        everything.append(rows_found[0])
    truth = np.mean([row.value for row in everything])
    held = [row.low <= truth <= row.high for row in everything]
    assert 0.85 <= np.mean(held) <= 1


def test_resamples_are_copies():
    ratios, same = draw(3, n=60)
    counts = np.random.default_rng(0).integers(0, 3, size=60)
    both = Curves.from_scores(np.repeat(ratios, counts), np.repeat(same, counts))
    order = np.argsort(-ratios)
    passed = [np.cumsum((kind * counts)[order])[:, None].astype(float) for kind in (same, ~same)]
    weighed = Curves(*passed, ratios[order])
    for metric in METRICS:
        assert metric(weighed)[0] == pytest.approx(metric(both)[0], abs=1e-6)


def test_degenerate_kinds():
    apart = Curves.from_scores([2.0, 1.0, -1.0], [True, True, False])
    assert recalibration_slope(apart).tolist() == [10.0]
    assert np.isnan(devpav(apart)).all()
    flat = Curves.from_scores([0.0, 0.0, 0.0], [True, True, False])
    assert np.isnan(recalibration_slope(flat)).all()
    assert devpav(flat).tolist() == [0.0]
    codes = np.array([0, 0, 1]), np.array([0, 0, 0])
    rows = evidence_rows(np.zeros(3), *codes, np.ones((4, 2)), part="seen")
    assert "cllr" in {row.metric for row in rows}
    assert not {"recalibration_slope", "recalibration_shift"} & {row.metric for row in rows}
    nothing = Curves(np.zeros((2, 1)), np.array([[1.0], [2.0]]), np.array([1.0, 0.0]))
    assert all(np.isnan(metric(nothing)).all() for metric in METRICS)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 999), slope=st.floats(0.3, 3), shift=st.floats(-1, 1))
def test_recalibrated_ratios_need_none(seed, slope, shift):
    ratios, same = draw(seed, n=80, slope=slope, shift=shift)
    curves = Curves.from_scores(ratios, same)
    found, lacking = recalibration_slope(curves)[0], recalibration_shift(curves)[0]
    again = Curves.from_scores(found * ratios + lacking, same)
    assert recalibration_slope(again)[0] == pytest.approx(1, abs=1e-5)
    assert recalibration_shift(again)[0] == pytest.approx(0, abs=1e-5)
    assert cllr(again)[0] <= cllr(curves)[0] + 1e-9


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 999))
def test_the_cross_entropy_at_even_odds_is_the_cost_and_nothing_beats_hindsight(seed):
    ratios, same = draw(seed, n=50, slope=0.5)
    curves = Curves.from_scores(ratios, same)
    odds, given_, best, without = trace_cross_entropy(curves).T
    middle = np.flatnonzero(odds == 0)[0]
    assert given_[middle] == pytest.approx(cllr(curves)[0])
    assert best[middle] == pytest.approx(cllr_min(curves)[0])
    assert without[middle] == pytest.approx(1)
    assert (best <= np.minimum(given_, without) + 1e-9).all()
    prior = 10**odds / (1 + 10**odds)
    assert without == pytest.approx(-(prior * np.log2(prior) + (1 - prior) * np.log2(1 - prior)))
