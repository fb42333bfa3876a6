"""Strokes: gratings run where they were drawn, mirrors mirror, circles bend."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.encode.descriptors.canvas import stretch_canvas
from morelli.encode.descriptors.strokes import N_ANGLES, STROKE_NAMES, average_gradients, measure_strokes

Y, X = np.mgrid[:224, :224]


def shade(lightness: np.ndarray) -> np.ndarray:
    """A grey picture from values in 0..1."""
    return np.repeat((lightness * 255).astype(np.uint8)[..., None], 3, axis=2)


def draw_stripes(degrees: float, wavelength_px: float = 12) -> np.ndarray:
    """Stripes that run along an angle, counter-clockwise from the right."""
    across = X * np.sin(np.radians(degrees)) + Y * np.cos(np.radians(degrees))
    return shade(0.5 + 0.4 * np.sin(2 * np.pi * across / wavelength_px))


def describe_strokes(picture: np.ndarray) -> dict[str, float]:
    return dict(zip(STROKE_NAMES, measure_strokes(stretch_canvas(picture)).tolist(), strict=True))


def list_angles(strokes: dict[str, float], level: int = 0) -> np.ndarray:
    """Shares of the angles of a level, by ascending angle."""
    return np.square([strokes[f"strokes.level_{level}.angle_{15 * i}_degrees"] for i in range(N_ANGLES)])


@pytest.mark.parametrize("degrees", range(0, 180, 15))
def test_stripes_run_where_they_were_drawn(degrees):
    strokes = describe_strokes(draw_stripes(degrees))
    for level in range(2):
        angles = list_angles(strokes, level)
        assert angles.argmax() == degrees // 15
        assert angles.max() > 0.85


def test_stripes_are_coherent_and_noise_is_not():
    stripes = describe_strokes(draw_stripes(30))
    noise = describe_strokes(shade(np.random.default_rng(0).random((224, 224))))
    assert stripes["strokes.level_0.order"] > 0.98
    assert noise["strokes.level_0.order"] < 0.5
    name = "strokes.level_0.coherence_1.00.wide.by_steepness"
    assert stripes[name] > 0.9 > 0.1 > noise[name]


def test_rings_run_everywhere_and_bend_by_their_radius():
    radius = np.hypot(X - 111.5, Y - 111.5)
    rings = shade(0.5 + 0.4 * np.sin(2 * np.pi * radius / 12))
    strokes = describe_strokes(rings)
    assert list_angles(strokes).max() < 2 / N_ANGLES
    assert strokes["strokes.level_0.bend_1"] > describe_strokes(draw_stripes(30))["strokes.level_0.bend_1"]


@pytest.mark.parametrize("flip", [np.fliplr, np.flipud])
def test_a_mirror_mirrors_the_angles_and_nothing_else(flip):
    picture = np.random.default_rng(0).integers(0, 256, (28, 28, 3)).astype(np.uint8)
    picture = np.kron(picture, np.ones((8, 8, 1), np.uint8)) // 2 + draw_stripes(40) // 2
    straight, mirrored = describe_strokes(picture), describe_strokes(flip(picture))
    expected = np.roll(list_angles(straight)[::-1], 1)  # 0 stays, 15 becomes 165
    assert np.allclose(list_angles(mirrored), expected, atol=0.01)
    for name in STROKE_NAMES:
        if ".level_0." in name and ".angle_" not in name:
            assert mirrored[name] == pytest.approx(straight[name], abs=0.03), name


def test_steepness_worked_by_hand():
    # a ramp of 0.4 CIELAB units per pixel is 2 ** -8 = 0.0039: the third of ten bins from 2 ** -10 to 2 ** -1
    ramp = np.tile(np.arange(224, dtype=np.float32) / 256, (224, 1))
    tensor = average_gradients(ramp)
    assert np.allclose(np.sqrt(tensor.energy[4:-4, 4:-4]), 2**-8, rtol=1e-3)
    assert np.allclose(tensor.stroke_angle[4:-4, 4:-4], np.pi / 2, atol=1e-3)
    assert np.allclose(tensor.widen().energy[4:-4, 4:-4], 2**-16, rtol=1e-3)


def test_a_blank_picture_has_no_direction():
    strokes = describe_strokes(np.full((80, 80, 3), 120, np.uint8))
    assert not list_angles(strokes).any()
    assert strokes["strokes.level_0.order"] == 0
