"""The weighted curve: its equal error rate against a slow search, and its steps."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_curve

from evaluate.reports import make_evidence, measure_by_scikit_learn, pair_lists
from morelli.evaluate.metrics.curves import Curves
from morelli.evaluate.metrics.steps import RankedPairs


def search_equal_error(scores, same, weights):
    """Walk along the ROC polygon in small steps until false alarms exceed misses."""
    points = [(0.0, 0.0)]
    for threshold in sorted(set(scores), reverse=True):
        passed = scores >= threshold
        points.append(
            (
                weights[passed & ~same].sum() / weights[~same].sum(),
                weights[passed & same].sum() / weights[same].sum(),
            )
        )
    for (x0, y0), (x1, y1) in pairwise(points):
        for share in np.linspace(0, 1, 2001):
            x, y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
            if x >= 1 - y:
                return x
    raise AssertionError("the polygon ends at (1, 1)")


@pytest.mark.parametrize("seed", range(6))
def test_equal_error_rate_equals_a_slow_search(seed):
    rng = np.random.default_rng(seed)
    left, right = rng.integers(4, size=(2, 40))
    left[0], right[0], left[1], right[1] = 0, 0, 0, 1
    scores = rng.integers(0, 9, size=40) / 10
    weights = np.array([1.0, 2.0, 0.0, 3.0])
    same = left == right
    pair_weights = np.where(same, weights[left], weights[left] * weights[right])
    curves = RankedPairs.from_scores(scores, left, right, 4).weigh(weights[None])
    expected = search_equal_error(scores, same, pair_weights)
    assert curves.equal_error_rate()[0] == pytest.approx(expected, abs=1e-3)


def test_even_weights_give_the_numbers_of_scikit_learn():
    rng = np.random.default_rng(0)
    left, right = rng.integers(5, size=(2, 300))
    scores, same = rng.integers(0, 40, size=300) / 40, left == right
    expected = measure_by_scikit_learn(scores, same)
    for curves in (
        Curves.from_scores(scores, same),
        RankedPairs.from_scores(scores, left, right, 5).weigh(np.ones((1, 5))),
    ):
        np.testing.assert_allclose(curves.measure()[0], expected, atol=1e-12)


def test_pairs_between_two_changes_are_counted_together():
    scores = np.arange(10, 0, -1)
    left, right = np.zeros(10, int), np.array([1, 1, 1, 0, 1, 1, 0, 0, 1, 1])
    same, different = RankedPairs.from_scores(scores, left, right, 2).weigh(np.ones((1, 2))).weights
    assert different.ravel().tolist() == [3, 0, 2, 0, 0, 0, 2]
    assert same.ravel().tolist() == [0, 1, 0, 1, 0, 1, 0]


def test_a_weighting_without_one_kind_has_no_numbers():
    pairs = RankedPairs.from_scores([0.9, 0.1], np.array([0, 0]), np.array([0, 1]), 2)
    assert np.isnan(pairs.weigh(np.array([[2.0, 0.0]])).measure()).all()


def test_chance_has_an_equal_error_rate_of_one_half():
    assert Curves(np.array([[2.0]]), np.array([[3.0]])).equal_error_rate().tolist() == [0.5]


# What is found at a rate of false alarms: by hand, on the ROC polygon of scikit-learn, and within bounds.


@settings(max_examples=25, deadline=None)
@given(pair_lists(), st.floats(0.001, 0.999))
def test_it_lies_on_the_roc_polygon(pairs, rate):
    values, same = pairs
    alarms, hits, _ = roc_curve(same, values, drop_intermediate=False)
    assume(np.abs(alarms - rate).min() > 1e-6)  # where the curve is upright, its top counts; see below
    share = Curves.from_scores(values, same).tar_at_far(rate)[0]
    assert share == pytest.approx(np.interp(rate, alarms, hits), abs=1e-9)


def test_by_hand():
    """Of two pairs by one hand one stands above all others, the other above one of four."""
    curves = Curves.from_scores([5, 4, 3, 2, 1, 0], [True, False, False, False, True, False])
    assert [curves.tar_at_far(rate)[0] for rate in (0, 0.25, 0.75, 1)] == [0.5, 0.5, 1, 1]


def test_weights_are_copies_of_pairs():
    evidence, copies = make_evidence(seed=2)
    for column, (values, same) in enumerate(copies):
        expected = Curves.from_scores(values, same).tar_at_far(0.1)[0]
        assert evidence.tar_at_far(0.1)[column] == pytest.approx(expected)


def test_pairs_of_one_kind_have_none():
    curves = Curves(np.array([[1.0, 1.0]]), np.array([[0.0, 1.0]]))
    assert np.isnan(curves.tar_at_far(0.01)).tolist() == [True, False]
