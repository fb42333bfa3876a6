"""Colour on pictures whose colours are known."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.encode.descriptors.canvas import stretch_canvas
from morelli.encode.descriptors.colour import (
    _DISTANCES_PX,
    _OCTAVES,
    COLOUR_NAMES,
    COMPOSITION_NAMES,
    CONTRAST_NAMES,
    measure_colour,
    measure_composition,
    measure_contrast,
)


def describe_colour(picture: np.ndarray) -> dict[str, float]:
    numbers = measure_colour(stretch_canvas(picture))
    return dict(zip(COLOUR_NAMES, numbers.tolist(), strict=True))


def paint(*colours: tuple[int, int, int]) -> np.ndarray:
    """Bands of equal width, from left to right."""
    return np.repeat(np.uint8([colours]), 224 // len(colours), axis=1).repeat(224, axis=0)


def test_a_uniform_grey_has_its_lightness_and_nothing_else():
    # sRGB 119 is L* = 50.03 (IEC 61966-2-1 and CIE 15); OpenCV interpolates a table, within 0.2 units
    colour = describe_colour(paint((119, 119, 119)))
    assert colour["colour.lightness.mean"] == pytest.approx(0.5003, abs=2e-3)
    for plane in ("a", "b", "chroma"):
        assert colour[f"colour.{plane}.mean"] == pytest.approx(0, abs=1e-3)
    for plane in ("lightness", "a", "b", "chroma"):
        assert colour[f"colour.{plane}.spread"] == pytest.approx(0, abs=1e-4)
    assert colour["colour.correlation.lightness_with_a"] == pytest.approx(0, abs=1e-3)


def test_grey_falls_between_the_two_nearest_bins():
    colour = describe_colour(paint((119, 119, 119)))
    assert colour["colour.lightness.at_47"] ** 2 == pytest.approx(0.5, abs=0.03)
    assert colour["colour.lightness.at_53"] ** 2 == pytest.approx(0.5, abs=0.03)


def test_half_black_half_white():
    colour = describe_colour(paint((0, 0, 0), (255, 255, 255)))
    assert colour["colour.lightness.at_0"] ** 2 == pytest.approx(0.5, abs=0.02)
    assert colour["colour.lightness.at_100"] ** 2 == pytest.approx(0.5, abs=0.02)
    assert colour["colour.lightness.spread"] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("rgb", "degrees"),
    [((255, 0, 0), 40), ((255, 255, 0), 100), ((0, 255, 0), 140), ((0, 0, 255), 300), ((255, 0, 255), 320)],
)
def test_pure_colours_fall_into_their_hue(rgb, degrees):
    # hue angles by Lindbloom's CIELCh: red 40.0, yellow 102.9, green 136.0, blue 306.3, magenta 328.2 degrees
    colour = describe_colour(paint(rgb))
    hues = {name: value for name, value in colour.items() if name.startswith("colour.hue.")}
    assert max(hues, key=hues.get) == f"colour.hue.at_{degrees}_degrees"


def test_grey_neighbours_do_not_change_the_hue():
    with_grey = describe_colour(paint((200, 40, 40), (128, 128, 128)))
    without = describe_colour(paint((200, 40, 40)))
    for name in without:
        if name.startswith("colour.hue."):
            assert with_grey[name] == pytest.approx(without[name], abs=0.12)


def test_order_of_columns_does_not_matter():
    one = describe_colour(paint((9, 99, 0), (250, 0, 9)))
    other = describe_colour(paint((250, 0, 9), (9, 99, 0)))
    # not exact: a pyramid keeps every other column, which is no mirror image of itself
    for name, share in one.items():
        if ".at_" in name:
            assert other[name] ** 2 == pytest.approx(share**2, abs=0.01)


# Composition: things are found where they were put.


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


# Contrast between neighbours, on edges and checks of known difference.


def describe_contrast(picture: np.ndarray) -> np.ndarray:
    """Shares of pairs: (distances, octaves)."""
    numbers = measure_contrast(stretch_canvas(picture))
    assert len(numbers) == len(CONTRAST_NAMES)
    return np.square(numbers).reshape(len(_DISTANCES_PX), len(_OCTAVES))


def test_blank_neighbours_do_not_differ():
    assert np.allclose(describe_contrast(np.full((99, 99, 3), 70, np.uint8))[:, 0], 1)


def test_an_edge_is_crossed_by_as_many_pairs_as_the_distance():
    picture = np.zeros((224, 224, 3), np.uint8)
    picture[:, 112:] = 255
    shares = describe_contrast(picture)
    for row, distance in zip(shares, _DISTANCES_PX, strict=True):
        # of the 112 - d pairs in a row, d cross the edge, some in its blurred pixel and less strongly;
        # as many pairs again are above each other
        assert row[-1] == pytest.approx((distance - 0.5) / (112 - distance) / 2, rel=0.05)


def test_turning_the_picture_changes_nothing():
    picture = np.random.default_rng(0).integers(0, 256, (224, 224, 3)).astype(np.uint8)
    assert np.allclose(describe_contrast(picture), describe_contrast(np.rot90(picture)), atol=0.01)
