"""The canvas: one size for all pictures, known CIELAB values, clear refusals."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.encode.descriptors.canvas import N_LEVELS, PICTURE_SIZE_PX, SHORTEST_SIDE_PX, stretch_canvas
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
        ((1, 5000), (SHORTEST_SIDE_PX, 784)),
        ((5000, 1), (784, SHORTEST_SIDE_PX)),
    ],
)
def test_every_picture_gets_one_area(size, expected):
    canvas = stretch_canvas(paint(*size, (10, 20, 30)))
    assert canvas.levels[0].shape == (3, *expected)
    assert expected[0] * expected[1] == PICTURE_SIZE_PX**2


def test_levels_halve():
    shapes = [level.shape[1:] for level in stretch_canvas(paint(224, 224, (0, 0, 0))).levels]
    assert shapes == [(224, 224), (112, 112), (56, 56), (28, 28)]
    assert len(shapes) == N_LEVELS


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
