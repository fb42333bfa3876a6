"""Colour on pictures whose colours are known."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.encode.descriptors.canvas import stretch_canvas
from morelli.encode.descriptors.colour import COLOUR_NAMES, measure_colour


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
