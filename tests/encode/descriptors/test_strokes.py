"""Strokes: gratings run where they were drawn, mirrors mirror, circles bend."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from morelli.encode.descriptors.canvas import stretch_canvas
from morelli.encode.descriptors.strokes import (
    _ORIENTATIONS_DEGREES,
    BAND_NAMES,
    N_ANGLES,
    STROKE_NAMES,
    _average_gradients,
    _measure_amplitudes,
    measure_bands,
    measure_strokes,
)

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
    tensor = _average_gradients(ramp)
    assert np.allclose(np.sqrt(tensor.energy[4:-4, 4:-4]), 2**-8, rtol=1e-3)
    assert np.allclose(tensor.stroke_angle[4:-4, 4:-4], np.pi / 2, atol=1e-3)
    assert np.allclose(tensor.widen().energy[4:-4, 4:-4], 2**-16, rtol=1e-3)


def test_a_blank_picture_has_no_direction():
    strokes = describe_strokes(np.full((80, 80, 3), 120, np.uint8))
    assert not list_angles(strokes).any()
    assert strokes["strokes.level_0.order"] == 0


# Bands: gratings answer at their own scale and angle, hatching in the second order.

Y, X = np.mgrid[:224, :224]


def describe_bands(lightness: np.ndarray) -> dict[str, float]:
    """Bands of a grey picture given as values in 0..1."""
    picture = np.repeat((lightness * 255).astype(np.uint8)[..., None], 3, axis=2)
    return dict(zip(BAND_NAMES, measure_bands(stretch_canvas(picture)).tolist(), strict=True))


@pytest.mark.parametrize("level", range(4))
@pytest.mark.parametrize("degrees", [0, 30, 60, 90, 120, 150])
def test_a_grating_answers_at_its_scale_and_angle(level, degrees):
    along = X * np.cos(np.radians(degrees)) - Y * np.sin(np.radians(degrees))
    bands = describe_bands(0.5 + 0.3 * np.sin(2 * np.pi * along / (4.7 * 2**level)))
    means = {name: value for name, value in bands.items() if name.endswith("degrees.mean")}
    assert max(means, key=means.get) == f"bands.level_{level}.along_{degrees}_degrees.mean"


def test_the_second_order_sees_how_hatching_is_arranged():
    hatching = np.sin(2 * np.pi * X / 4.7)
    rows = describe_bands(0.5 + 0.3 * hatching * (np.sin(2 * np.pi * Y / 19) > 0))
    plain = describe_bands(0.5 + 0.3 * hatching)
    name = "bands.level_0.along_0_degrees.then_1_coarser.along_{}_degrees"
    assert rows[name.format(60)] > plain[name.format(60)] + 1
    assert rows[name.format(60)] > rows[name.format(0)]


def test_the_second_order_hardly_depends_on_contrast():
    texture = np.random.default_rng(0).random((224, 224))
    strong, weak = (describe_bands(0.5 + contrast * (texture - 0.5)) for contrast in (0.8, 0.4))
    for name in BAND_NAMES:
        expected = 0 if ".then_" in name else np.log(2)
        assert strong[name] - weak[name] == pytest.approx(expected, abs=0.1)


# Oriented filters against the rotated formula and against gratings.


def draw_grating(angle_degrees: float, wavelength_px: float = 4.7) -> np.ndarray:
    """A wave that changes fastest along an angle, counter-clockwise from the right."""
    y, x = np.mgrid[:64, :64]
    angle = np.radians(angle_degrees)
    along = x * np.cos(angle) - y * np.sin(angle)
    return np.cos(2 * np.pi * along / wavelength_px).astype(np.float32)


@pytest.mark.parametrize(("index", "angle"), list(enumerate(_ORIENTATIONS_DEGREES)))
def test_a_grating_answers_at_its_own_angle(index, angle):
    amplitudes = _measure_amplitudes(draw_grating(angle)).mean(axis=(1, 2))
    assert amplitudes.argmax() == index
    assert amplitudes.argmin() == (index + 3) % 6


@pytest.mark.parametrize(("index", "angle"), list(enumerate(_ORIENTATIONS_DEGREES)))
def test_steering_agrees_with_filters_rotated_by_formula(index, angle):
    plane = np.random.default_rng(0).random((40, 30)).astype(np.float32)
    y, x = np.mgrid[-4:5, -4:5] * 0.67
    along = x * np.cos(np.radians(angle)) - y * np.sin(np.radians(angle))
    bell = np.exp(-(x**2) - y**2)
    even = 0.9213 * (2 * along**2 - 1) * bell
    odd = 0.978 * (along**3 - 2.254 * along) * bell
    slow = np.hypot(cv2.filter2D(plane, cv2.CV_64F, even), cv2.filter2D(plane, cv2.CV_64F, odd))
    assert np.allclose(_measure_amplitudes(plane)[index], slow, atol=1e-3)


def test_the_amplitude_does_not_care_for_phase():
    inside = _measure_amplitudes(draw_grating(0))[0, 8:-8, 8:-8]
    assert inside.std() / inside.mean() < 0.05


def test_negative_and_brighter_planes_answer_alike():
    plane = draw_grating(30)
    assert np.allclose(_measure_amplitudes(-plane), _measure_amplitudes(plane), atol=1e-5)
    assert np.allclose(_measure_amplitudes(plane + 1), _measure_amplitudes(plane), atol=2e-2)


def test_a_stride_leaves_out_orientations():
    plane = draw_grating(20)
    assert np.array_equal(_measure_amplitudes(plane, stride=2), _measure_amplitudes(plane)[::2])
