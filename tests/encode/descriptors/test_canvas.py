"""The canvas: one size for all pictures, known CIELAB values, clear refusals."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.encode.descriptors.canvas import (
    _N_LEVELS,
    _SHORTEST_SIDE_PX,
    _SPREAD_FLOOR,
    PICTURE_SIZE_PX,
    correlate_rows,
    count_softly,
    measure_moments,
    pair_upper,
    stretch_canvas,
)
from morelli.errors import PictureError


def paint(height: int, width: int, colour: tuple[int, int, int]) -> np.ndarray:
    return np.full((height, width, 3), colour, np.uint8)


@pytest.mark.parametrize(
    ("colour", "lab"),
    [
        ((0, 0, 0), (0.0, 0.0, 0.0)),
        ((255, 255, 255), (1.0, 0.0, 0.0)),
        # sRGB red and blue in CIELAB (D65) as tabulated by Lindbloom, brucelindbloom.com
        ((255, 0, 0), (0.5324, 0.8009, 0.6720)),
        ((0, 0, 255), (0.3230, 0.7919, -1.0786)),
    ],
)
def test_known_colours(colour, lab):
    canvas = stretch_canvas(paint(30, 40, colour))
    for level in canvas.levels:
        assert np.allclose(level.reshape(3, -1).T, lab, atol=2e-3)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((224, 224), (224, 224)),
        ((1000, 1000), (224, 224)),
        ((5, 5), (224, 224)),
        ((100, 400), (112, 448)),
        ((1, 5000), (_SHORTEST_SIDE_PX, 784)),
        ((5000, 1), (784, _SHORTEST_SIDE_PX)),
    ],
)
def test_every_picture_gets_one_area(size, expected):
    canvas = stretch_canvas(paint(*size, (10, 20, 30)))
    assert canvas.levels[0].shape == (3, *expected)
    assert expected[0] * expected[1] == PICTURE_SIZE_PX**2


def test_levels_halve():
    shapes = [level.shape[1:] for level in stretch_canvas(paint(224, 224, (0, 0, 0))).levels]
    assert shapes == [(224, 224), (112, 112), (56, 56), (28, 28)]
    assert len(shapes) == _N_LEVELS


def test_shrinking_preserves_the_mean():
    rng = np.random.default_rng(0)
    noise = np.repeat(rng.integers(0, 256, (448, 448, 1)).astype(np.uint8), 3, axis=2)
    blocks = noise.reshape(224, 2, 224, 2, 3).mean(axis=(1, 3)).round().astype(np.uint8)
    assert np.abs(stretch_canvas(noise).levels[0] - stretch_canvas(blocks).levels[0]).max() < 0.006


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4, 3), np.float32),
    ],
)
def test_what_is_no_picture_is_refused(array):
    with pytest.raises(PictureError, match="expected an sRGB array"):
        stretch_canvas(array)


# Shared summaries against slow obvious twins.


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
    scale = 3**0.5 + _SPREAD_FLOOR
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
