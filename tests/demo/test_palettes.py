from __future__ import annotations

import numpy as np

from morelli.demo.palettes import ANCHOR_STEP, convert_lab, mix_palette
from morelli.demo.schools import SCHOOLS

ANCHORS = SCHOOLS[0].anchors
NEUTRAL = {"tint": (0.0, 0.0), "chroma": 1.0, "key": 0.0, "contrast": 1.0}


def test_a_painter_without_departures_has_the_palette_of_the_school() -> None:
    palette = mix_palette(ANCHORS, np.zeros((7, 3)), **NEUTRAL)
    np.testing.assert_allclose(palette, ANCHORS, atol=1e-4)
    assert palette.dtype == np.float32


def test_the_school_is_left_as_it_is() -> None:
    before = ANCHORS.copy()
    mix_palette(ANCHORS, np.ones((7, 3)), tint=(5.0, 5.0), chroma=0.5, key=10.0, contrast=0.5)
    np.testing.assert_array_equal(ANCHORS, before)


def test_each_option_moves_what_it_names() -> None:
    still = np.zeros((7, 3))
    tinted = mix_palette(ANCHORS, still, **{**NEUTRAL, "tint": (3.0, -2.0)})
    np.testing.assert_allclose(tinted - ANCHORS, np.tile([0.0, 3.0, -2.0], (7, 1)), atol=1e-4)
    grey = mix_palette(ANCHORS, still, **{**NEUTRAL, "chroma": 0.0})
    np.testing.assert_allclose(grey[:, 1:], 0.0, atol=1e-4)
    flat = mix_palette(ANCHORS, still, **{**NEUTRAL, "contrast": 0.0})
    np.testing.assert_allclose(flat[:, 0], ANCHORS[:, 0].mean(), atol=1e-3)
    moved = mix_palette(ANCHORS, np.tile([0.0, 1.0, 0.0], (7, 1)), **NEUTRAL)
    np.testing.assert_allclose(moved[:, 1] - ANCHORS[:, 1], ANCHOR_STEP, atol=1e-4)


def test_known_colours_convert() -> None:
    # white and black by definition; sRGB red under D65 from Lindbloom's colour calculator
    lab = np.array([[100.0, 0.0, 0.0], [0.0, 0.0, 0.0], [53.24, 80.09, 67.20]], np.float32)
    np.testing.assert_allclose(convert_lab(lab), [[255, 255, 255], [0, 0, 0], [0, 0, 255]], atol=1)


def test_colours_outside_srgb_are_clipped() -> None:
    assert convert_lab(np.array([[[50.0, 200.0, -200.0]]], np.float32)).shape == (1, 1, 3)
