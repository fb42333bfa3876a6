"""The doubts of one likelihood ratio: errors by hand and by loops, and what they make of the interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.judge.results import (
    DoubtPart,
    Omission,
    find_interval,
    measure_crops,
    measure_jackknife,
    pick_largest,
)

VALUES = st.lists(st.floats(-5, 5), min_size=2, max_size=12).map(np.array)
few = settings(max_examples=30, deadline=None)


def test_the_jackknife_of_means_is_the_standard_error_of_the_mean():
    """Efron and Tibshirani 1993, equation 11.6: deleting one at a time from a mean gives s / sqrt(n)."""
    sample = np.random.default_rng(0).normal(size=9)
    without = np.array([np.delete(sample, place).mean() for place in range(9)])
    assert measure_jackknife(without) == pytest.approx(sample.std(ddof=1) / 3)


@few
@given(VALUES)
def test_the_jackknife_equals_its_sum(values):
    mean = sum(values) / len(values)
    total = sum((value - mean) ** 2 for value in values)
    assert measure_jackknife(values) == pytest.approx(
        math.sqrt((len(values) - 1) / len(values) * total), abs=1e-9
    )


@few
@given(VALUES, st.floats(-3, 3))
def test_the_doubt_over_crops_holds_spread_and_shift(values, answer):
    shift = values.mean() - answer
    expected = math.sqrt(values.var() + shift**2)
    assert measure_crops(answer, values) == pytest.approx(expected, abs=1e-6)


@few
@given(st.floats(-5, 5), st.floats(0, 3), st.floats(0, 3))
def test_the_interval_grows_with_each_doubt(answer, first, second):
    one, other = DoubtPart("crops", first, 24), DoubtPart("artists", second, 8)
    free = (-math.inf, math.inf)
    narrow, wide = find_interval(answer, [one], free), find_interval(answer, [one, other], free)
    assert wide[0] <= narrow[0] + 1e-9
    assert narrow[1] <= wide[1] + 1e-9
    assert (wide[1] - wide[0]) / 2 == pytest.approx(math.hypot(1.959964 * first, 2.364624 * second), abs=1e-5)
    assert sum(wide) / 2 == pytest.approx(answer, abs=1e-9)


@few
@given(st.floats(-5, 5), st.floats(0, 3))
def test_the_interval_is_cut_at_the_bounds(answer, error):
    low, high = find_interval(answer, [DoubtPart("crops", error, 24)], (-1.5, 2.0))
    assert -1.5 <= low <= min(max(answer, -1.5), 2.0) <= high <= 2.0


def test_without_a_measured_doubt_there_is_no_interval():
    assert find_interval(1.0, [], (-1.0, 1.0)) is None


def test_the_largest_change_of_each_kind_is_picked():
    changes = [("work", 0.1), ("work", -0.4), ("source", 0.3), ("source", 0.2), ("work", 0.39)]
    tried = [Omission(kind, "left", str(change), 1 + change, change) for kind, change in changes]
    assert [omission.change for omission in pick_largest(tried)] == [-0.4, 0.3]
    assert pick_largest([]) == ()
