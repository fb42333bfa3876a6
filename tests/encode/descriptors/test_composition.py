"""Composition: things are found where they were put."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.encode.descriptors.canvas import stretch_canvas
from morelli.encode.descriptors.composition import COMPOSITION_NAMES, measure_composition


def describe_composition(picture: np.ndarray) -> dict[str, float]:
    numbers = measure_composition(stretch_canvas(picture))
    return dict(zip(COMPOSITION_NAMES, numbers.tolist(), strict=True))


def test_a_white_corner_is_in_its_cell():
    picture = np.zeros((224, 224, 3), np.uint8)
    picture[168:, :56] = 255
    composition = describe_composition(picture)
    for row in range(4):
        for column in range(4):
            expected = 1 if (row, column) == (3, 0) else 0
            found = composition[f"composition.lightness.row_{row}.column_{column}"]
            assert found == pytest.approx(expected, abs=0.06)


def test_detail_is_where_the_noise_is():
    picture = np.full((224, 224, 3), 128, np.uint8)
    picture[56:112, 112:168] = np.random.default_rng(0).integers(0, 256, (56, 56, 3))
    detail = {n: v for n, v in describe_composition(picture).items() if ".detail." in n}
    assert max(detail, key=detail.get) == "composition.detail.row_1.column_2"


def test_asymmetry_of_halves():
    picture = np.zeros((224, 224, 3), np.uint8)
    picture[:, 112:] = 255
    composition = describe_composition(picture)
    assert composition["composition.asymmetry.left_right.lightness"] == pytest.approx(1, abs=0.05)
    assert composition["composition.asymmetry.top_bottom.lightness"] == pytest.approx(0, abs=1e-4)


def test_a_mirror_swaps_columns_and_keeps_asymmetry():
    picture = np.random.default_rng(0).integers(0, 256, (224, 224, 3)).astype(np.uint8)
    straight, mirrored = describe_composition(picture), describe_composition(picture[:, ::-1])
    for name, value in straight.items():
        head, _, column = name.partition("column_")
        expected = f"{head}column_{3 - int(column)}" if column else name
        assert mirrored[expected] == pytest.approx(value, abs=0.1 if ".detail." in name else 5e-3)
