"""The roots of covariances: against scipy's square root and numpy's covariance, and where both are hard."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import sqrtm

from morelli.encode.pooling import (
    _N_DIRECTIONS,
    _N_STEPS,
    MAX_CHANNELS,
    _choose_directions,
    measure_covariance,
    project_channels,
    take_root,
)


def unroll(whole: np.ndarray) -> np.ndarray:
    size = len(whole)
    return np.array(
        [whole[i, j] * (1 if i == j else np.sqrt(2)) for i in range(size) for j in range(i, size)]
    )


def root_slowly(covariance: np.ndarray) -> np.ndarray:
    return unroll(np.real(sqrtm(covariance.astype(np.float64))))


def step_slowly(value: float) -> float:
    root, inverse = value, 1.0
    for _ in range(_N_STEPS):
        step = (3 - inverse * root) / 2
        root, inverse = root * step, step * inverse
    return root


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999), size=st.integers(1, 6))
def test_roots_of_even_matrices_equal_scipys(seed, size):
    """Where each has a sixteenth of the trace or more, five steps come within 1 % of the largest root."""
    rng = np.random.default_rng(seed)
    directions = np.linalg.qr(rng.normal(size=(size, size)))[0]
    covariance = (directions * rng.uniform(1, 3, size)) @ directions.T
    found = take_root(torch.from_numpy(covariance[None].astype(np.float32)))[0].numpy()
    np.testing.assert_allclose(found, root_slowly(covariance), atol=0.01 * np.sqrt(3))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999), size=st.integers(1, 6))
def test_uneven_matrices_take_the_steps_of_their_eigenvalues(seed, size):
    rng = np.random.default_rng(seed)
    directions = np.linalg.qr(rng.normal(size=(size, size)))[0]
    values = 10 ** rng.uniform(-4, 1, size)
    roots = [step_slowly(value / values.sum()) * np.sqrt(values.sum()) for value in values]
    covariance = ((directions * values) @ directions.T).astype(np.float32)
    found = take_root(torch.from_numpy(covariance[None]))[0].numpy()
    expected = unroll((directions * roots) @ directions.T)
    np.testing.assert_allclose(found, expected, atol=1e-3 * np.sqrt(values.sum()))


def test_a_weak_direction_stays_weaker_than_its_root():
    root = take_root(torch.diag(torch.tensor([1.0, 1e-6]))[None])[0]
    assert root[0] == pytest.approx(1.0, abs=0.01)
    assert 0 < root[2] < 1e-3


def test_distances_are_those_between_whole_matrices():
    rng = np.random.default_rng(0)
    covariances = np.stack([np.cov(rng.normal(size=(4, 40))) for _ in range(2)]).astype(np.float32)
    roots = take_root(torch.from_numpy(covariances)).numpy()
    whole = [np.real(sqrtm(one)) for one in covariances]
    assert np.linalg.norm(roots[0] - roots[1]) == pytest.approx(np.linalg.norm(whole[0] - whole[1]), rel=0.02)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999))
def test_covariances_equal_numpys(seed):
    rng = np.random.default_rng(seed)
    channels, weights = rng.normal(3, 1, size=(2, 3, 12)).astype(np.float32), rng.dirichlet(np.ones(12))
    even = measure_covariance(torch.from_numpy(channels)).numpy()
    weighed = measure_covariance(torch.from_numpy(channels), torch.tensor(weights, dtype=torch.float32))
    for row in (0, 1):
        np.testing.assert_allclose(even[row], np.cov(channels[row], bias=True), atol=1e-4)
        expected = np.cov(channels[row], aweights=weights, ddof=0)
        np.testing.assert_allclose(weighed[row].numpy(), expected, atol=1e-4)


@pytest.mark.parametrize("n_channels", [65, 96, MAX_CHANNELS])
def test_directions_are_orthonormal(n_channels):
    directions = _choose_directions(n_channels)
    assert directions.shape == (n_channels, _N_DIRECTIONS)
    np.testing.assert_allclose(directions.T @ directions, np.eye(_N_DIRECTIONS), atol=1e-5)


def test_few_channels_are_left_as_they_are():
    maps = torch.rand(2, _N_DIRECTIONS, 5)
    assert project_channels(maps) is maps
    assert project_channels(torch.rand(2, _N_DIRECTIONS + 1, 5)).shape == (2, _N_DIRECTIONS, 5)


def test_a_layer_without_variance_gives_zeros_and_no_nan():
    assert take_root(torch.zeros(1, 3, 3)).tolist() == [[0.0] * 6]


def test_gradients_are_finite():
    channels = torch.rand(2, 5, 30, requires_grad=True)
    take_root(measure_covariance(channels)).square().sum().backward()
    assert torch.isfinite(channels.grad).all()
    assert channels.grad.abs().sum() > 0
