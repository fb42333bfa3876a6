"""Covariance of pixel properties against slow twins and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import logm

from morelli.encode.descriptors.canvas import stretch_canvas
from morelli.encode.descriptors.covariance import (
    _PROPERTIES,
    COVARIANCE_NAMES,
    _measure_properties,
    _take_logarithm,
    measure_covariance,
)


def test_the_logarithm_agrees_with_scipy():
    rows = np.random.default_rng(0).normal(size=(5, 40))
    covariance = np.cov(rows)
    slow = logm(covariance + 1e-6 * np.eye(5))
    expected = [slow[i, j] * (1 if i == j else 2**0.5) for i in range(5) for j in range(i, 5)]
    assert np.allclose(_take_logarithm(covariance), expected, atol=1e-6)


def test_its_norm_is_that_of_the_whole_matrix():
    covariance = np.diag([1.0, np.e, np.e**2])
    assert np.linalg.norm(_take_logarithm(covariance)) == pytest.approx((0 + 1 + 4) ** 0.5, abs=1e-4)


def test_a_ramp_has_its_slope_and_no_bow():
    ramp = np.zeros((3, 40, 50), np.float32)
    ramp[0] = np.arange(50) * 0.01
    ramp[2] = np.arange(40)[:, None] * -0.02
    properties = _measure_properties(ramp).reshape(len(_PROPERTIES), 40, 50)[:, 2:-2, 2:-2]
    expected = {"slope_across": 0.01, "slope_of_b": 0.02}
    for name, plane in zip(_PROPERTIES, properties, strict=True):
        if name.startswith(("slope", "bow")):
            assert np.allclose(plane, expected.get(name, 0), atol=1e-6), name


def test_a_saddle_bows_on_the_diagonal_only():
    y, x = np.mgrid[-20:20, -20:20].astype(np.float32)
    level = np.stack([0.01 * x * y, 0 * x, 0 * x])
    properties = _measure_properties(level).reshape(len(_PROPERTIES), 40, 40)[:, 2:-2, 2:-2]
    named = dict(zip(_PROPERTIES, properties, strict=True))
    assert np.allclose(named["bow_diagonal"], 0.01, atol=1e-6)
    assert np.allclose(named["bow_across"], 0, atol=1e-6)


def test_a_blank_picture_has_the_floor_on_its_diagonal():
    numbers = measure_covariance(stretch_canvas(np.full((60, 60, 3), 90, np.uint8)))
    for name, value in zip(COVARIANCE_NAMES, numbers, strict=True):
        one, _, other = name.rpartition(".")[2].partition("_with_")
        assert value == pytest.approx(np.log(1e-6) if one == other else 0, abs=0.05)
