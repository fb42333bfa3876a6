"""Local binary patterns against slow twins and counts known from the literature."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.encode.descriptors.canvas import stretch_canvas
from morelli.encode.descriptors.patterns import (
    PATTERN_NAMES,
    _encode_rings,
    _list_fixed_codes,
    _list_turned_codes,
    measure_patterns,
)


def encode_slowly(plane: np.ndarray, step: float) -> np.ndarray:
    ring = [(0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1)]
    codes = np.zeros((plane.shape[0] - 2, plane.shape[1] - 2), int)
    for row in range(1, plane.shape[0] - 1):
        for column in range(1, plane.shape[1] - 1):
            for bit, (down, right) in enumerate(ring):
                if plane[row + down, column + right] > plane[row, column] + np.float32(step):
                    codes[row - 1, column - 1] += 2**bit
    return codes


@pytest.mark.parametrize("step", [0.0, 0.02])
def test_codes_agree_with_the_slow_twin(step):
    plane = np.random.default_rng(0).random((12, 9)).astype(np.float32)
    assert np.array_equal(_encode_rings(plane, step), encode_slowly(plane, step))


def test_there_are_as_many_classes_as_published():
    # Ojala 2002: P + 2 = 10 classes when turned, P (P - 1) + 3 = 59 when not, for P = 8 neighbours
    assert len(set(_list_turned_codes())) == 10
    assert len(set(_list_fixed_codes())) == 59


def test_turning_a_code_keeps_its_turned_class():
    classes = _list_turned_codes()
    for code in range(256):
        turned = (code << 1 & 255) | code >> 7
        assert classes[code] == classes[turned]


def test_a_bright_dot_and_a_dark_dot():
    plane = np.zeros((3, 3), np.float32)
    plane[1, 1] = 1
    assert _encode_rings(plane, 0.0).item() == 0
    assert _encode_rings(1 - plane, 0.0).item() == 255


def test_steps_too_small_to_count_are_flat():
    ramp = np.tile(np.linspace(0, 0.1, 11, dtype=np.float32), (5, 1))
    assert _encode_rings(ramp, 0.0).all()
    assert not _encode_rings(ramp, 0.02).any()


def test_shares_of_each_histogram_sum_to_one():
    picture = np.random.default_rng(0).integers(0, 256, (100, 100, 3)).astype(np.uint8)
    patterns = dict(zip(PATTERN_NAMES, np.square(measure_patterns(stretch_canvas(picture))), strict=True))
    groups: dict[str, float] = {}
    for name, share in patterns.items():
        histogram = name.rpartition(".")[0]
        groups[histogram] = groups.get(histogram, 0) + share
    assert len(groups) == 10
    assert np.allclose(list(groups.values()), 1, atol=1e-5)
