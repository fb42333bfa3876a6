"""Means over seeds, intervals over artists and seeds, and paired differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.errors import EvaluationError
from morelli.evaluate.board_resamples import judge_pair, merge_seeds, subtract
from morelli.evaluate.intervals import Interval, enclose

N_BOOT = 4000


def draw_replicates(n_seeds: int, *, artists_sd: float, seeds_sd: float, seed: int = 0):
    """Return values and resamples of a number that moves with the artists and with the seed."""
    rng = np.random.default_rng(seed)
    values = 0.8 + seeds_sd * rng.normal(size=n_seeds)
    return values, values[:, None] + artists_sd * rng.normal(size=N_BOOT)


def test_one_seed_has_the_interval_over_artists() -> None:
    values, replicates = draw_replicates(1, artists_sd=0.02, seeds_sd=0.0)
    merged, alone = merge_seeds(values, replicates, label="a", seed=0), enclose(values[0], replicates[0])
    assert merged == alone


def test_artists_and_seeds_add_in_variance() -> None:
    values, replicates = draw_replicates(4, artists_sd=0.02, seeds_sd=0.03)
    merged = merge_seeds(values, replicates, label="a", seed=0)
    expected = np.sqrt(0.02**2 + values.var(ddof=1) / 4)
    assert merged.value == pytest.approx(values.mean())
    assert merged.replicates.std() == pytest.approx(expected, rel=0.05)


def test_seeds_alone_have_the_standard_error_of_their_mean() -> None:
    values = np.array([0.7, 0.8, 0.9])
    merged = merge_seeds(values, np.tile(values[:, None], N_BOOT), label="a", seed=0)
    assert merged.replicates.std() == pytest.approx(values.std(ddof=1) / np.sqrt(3), rel=0.05)


def test_a_difference_forgets_what_both_have_in_common() -> None:
    values, replicates = draw_replicates(1, artists_sd=0.05, seeds_sd=0.0)
    one = merge_seeds(values, replicates, label="a", seed=0)
    other = merge_seeds(values - 0.01, replicates - 0.01, label="b", seed=0)
    assert one.low < other.value < one.high  # the intervals overlap
    assert judge_pair("roc_auc", other, one) == "worse"
    assert judge_pair("roc_auc", one, other) == "better"
    assert judge_pair("roc_auc", one, one) == "not clear"


def test_resamples_that_hold_one_artist_only_are_left_out() -> None:
    replicates = np.full((2, 10), 0.5)
    replicates[:, 3] = np.nan
    merged = merge_seeds([0.5, 0.5], replicates, label="a", seed=0)
    assert (merged.low, merged.high) == (0.5, 0.5)
    with pytest.raises(EvaluationError, match="at least one resample"):
        merge_seeds([0.5], replicates[:1, 3:4], label="a", seed=0)


def test_an_interval_that_was_read_cannot_be_subtracted() -> None:
    with pytest.raises(EvaluationError, match="resamples"):
        subtract(Interval(0.5, 0.4, 0.6), Interval(0.5, 0.4, 0.6))


@settings(max_examples=20)
@given(st.integers(1, 5), st.integers(0, 100), st.text(max_size=5))
def test_the_same_seed_draws_the_same(n_seeds: int, seed: int, label: str) -> None:
    values, replicates = draw_replicates(n_seeds, artists_sd=0.1, seeds_sd=0.1, seed=seed)
    few = replicates[:, :50]
    first, second = (merge_seeds(values, few, label=label, seed=seed) for _ in range(2))
    assert np.array_equal(first.replicates, second.replicates)
    assert min(few.min(axis=0)) - 1 < first.low <= first.high < max(few.max(axis=0)) + 1
