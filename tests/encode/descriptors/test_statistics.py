"""Shared summaries against slow obvious twins."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.encode.descriptors.statistics import (
    SPREAD_FLOOR,
    correlate_rows,
    count_softly,
    measure_moments,
    pair_upper,
)


def count_slowly(values, low, high, n_bins, weights, is_circular):
    counts = np.zeros(n_bins)
    step = (high - low) / (n_bins if is_circular else n_bins - 1)
    for value, weight in zip(values, weights, strict=True):
        for index in range(n_bins):
            distance = abs(value - (low + index * step)) / step
            if is_circular:
                distance = min(distance % n_bins, -distance % n_bins)
            counts[index] += weight * max(0.0, 1.0 - distance)
    return counts / counts.sum()


@pytest.mark.parametrize("is_circular", [False, True])
def test_soft_counts_agree_with_the_slow_twin(is_circular):
    rng = np.random.default_rng(0)
    values = rng.uniform(-1.0, 2.0, 200).astype(np.float32)
    weights = rng.uniform(0.0, 1.0, 200).astype(np.float32)
    counts = count_softly(values, -1.0, 2.0, 7, weights=weights, is_circular=is_circular)
    assert np.allclose(counts, count_slowly(values, -1.0, 2.0, 7, weights, is_circular), atol=1e-5)


def test_values_beyond_the_ends_count_as_the_ends():
    assert count_softly(np.float32([-9.0, 9.0]), 0.0, 1.0, 3).tolist() == [0.5, 0.0, 0.5]


def test_no_weight_gives_zeros():
    assert not count_softly(np.ones(4, np.float32), 0.0, 1.0, 3, weights=np.zeros(4, np.float32)).any()


def test_a_circle_closes():
    almost_round = np.float32([2 * np.pi * 3.5 / 4])
    assert np.allclose(count_softly(almost_round, 0, 2 * np.pi, 4, is_circular=True), [0.5, 0, 0, 0.5])


def test_moments_worked_by_hand():
    # 0, 0, 0, 4: mean 1, deviations -1 -1 -1 3; m2 = 3, m3 = 6, m4 = 21
    mean, spread, skewness, peakedness = measure_moments(np.float32([[0, 0, 0, 4]]))[0]
    scale = 3**0.5 + SPREAD_FLOOR
    assert mean == pytest.approx(1)
    assert spread == pytest.approx(3**0.5)
    assert skewness == pytest.approx(6 ** (1 / 3) / scale)
    assert peakedness == pytest.approx(21**0.25 / scale)


def test_correlations_agree_with_numpy():
    rows = np.random.default_rng(0).normal(0, 5, (4, 300)).astype(np.float32)
    assert np.allclose(correlate_rows(rows), np.corrcoef(rows), atol=1e-3)


def test_a_constant_row_correlates_with_nothing():
    rows = np.float32([[1, 1, 1, 1], [1, 2, 3, 4]])
    assert correlate_rows(rows)[0].tolist() == [0, 0]


def test_upper_entries_go_row_by_row():
    assert pair_upper(np.arange(9, dtype=np.float32).reshape(3, 3)).tolist() == [1, 2, 5]
