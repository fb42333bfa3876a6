"""Oriented filters against the rotated formula and against gratings."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from morelli.encode.descriptors.steering import ORIENTATIONS_DEGREES, measure_amplitudes


def draw_grating(angle_degrees: float, wavelength_px: float = 4.7) -> np.ndarray:
    """A wave that changes fastest along an angle, counter-clockwise from the right."""
    y, x = np.mgrid[:64, :64]
    angle = np.radians(angle_degrees)
    along = x * np.cos(angle) - y * np.sin(angle)
    return np.cos(2 * np.pi * along / wavelength_px).astype(np.float32)


@pytest.mark.parametrize(("index", "angle"), list(enumerate(ORIENTATIONS_DEGREES)))
def test_a_grating_answers_at_its_own_angle(index, angle):
    amplitudes = measure_amplitudes(draw_grating(angle)).mean(axis=(1, 2))
    assert amplitudes.argmax() == index
    assert amplitudes.argmin() == (index + 3) % 6


@pytest.mark.parametrize(("index", "angle"), list(enumerate(ORIENTATIONS_DEGREES)))
def test_steering_agrees_with_filters_rotated_by_formula(index, angle):
    plane = np.random.default_rng(0).random((40, 30)).astype(np.float32)
    y, x = np.mgrid[-4:5, -4:5] * 0.67
    along = x * np.cos(np.radians(angle)) - y * np.sin(np.radians(angle))
    bell = np.exp(-(x**2) - y**2)
    even = 0.9213 * (2 * along**2 - 1) * bell
    odd = 0.978 * (along**3 - 2.254 * along) * bell
    slow = np.hypot(cv2.filter2D(plane, cv2.CV_64F, even), cv2.filter2D(plane, cv2.CV_64F, odd))
    assert np.allclose(measure_amplitudes(plane)[index], slow, atol=1e-3)


def test_the_amplitude_does_not_care_for_phase():
    inside = measure_amplitudes(draw_grating(0))[0, 8:-8, 8:-8]
    assert inside.std() / inside.mean() < 0.05


def test_negative_and_brighter_planes_answer_alike():
    plane = draw_grating(30)
    assert np.allclose(measure_amplitudes(-plane), measure_amplitudes(plane), atol=1e-5)
    assert np.allclose(measure_amplitudes(plane + 1), measure_amplitudes(plane), atol=2e-2)


def test_a_stride_leaves_out_orientations():
    plane = draw_grating(20)
    assert np.array_equal(measure_amplitudes(plane, stride=2), measure_amplitudes(plane)[::2])
