"""Reduced vectors: the principal directions, whichever matrix they are found from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from morelli.learn.reduction import Reduction, find_directions


def make_rows(n_works: int, n_dimensions: int, seed: int) -> np.ndarray:
    """Return rows whose directions differ clearly in variance."""
    rng = np.random.default_rng(seed)
    scales = 0.7 ** np.arange(n_dimensions)
    turned, _ = np.linalg.qr(rng.normal(size=(n_dimensions, n_dimensions)))
    return (rng.normal(size=(n_works, n_dimensions)) * scales @ turned + 3).astype(np.float32)


@pytest.mark.parametrize("shape", [(60, 12), (12, 60), (20, 20)])
def test_they_are_those_of_a_full_decomposition(shape):
    rows = make_rows(*shape, seed=0)
    twin = PCA(5, svd_solver="full").fit(rows.astype(np.float64)).components_
    cosines = np.abs(twin @ find_directions(rows, 5))
    np.testing.assert_allclose(cosines, np.eye(5), atol=2e-3)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 30), st.integers(1, 30), st.integers(1, 40), st.integers(0, 9))
def test_they_are_orthonormal_and_no_more_than_asked(n_works, n_dimensions, n_components, seed):
    rows = np.random.default_rng(seed).normal(size=(n_works, n_dimensions)).astype(np.float32)
    found = find_directions(rows, n_components)
    assert found.shape == (n_dimensions, min(n_components, n_works - 1, n_dimensions))
    np.testing.assert_allclose(found.T @ found, np.eye(found.shape[1]), atol=1e-3)


@pytest.mark.parametrize("n_dimensions", [3, 40])
def test_rows_that_repeat_span_fewer(n_dimensions):
    rows = np.repeat(make_rows(3, n_dimensions, seed=1), 4, axis=0)
    assert find_directions(rows, 10).shape == (n_dimensions, 2)


def test_all_directions_keep_the_cosines_of_the_works_that_they_come_from():
    vectors = make_rows(15, 40, seed=2)
    reduction = Reduction.fit(vectors)
    reduced, standard = reduction.transform(vectors), reduction.standardisation.transform(vectors)
    centred = [rows - rows.mean(axis=0) for rows in (reduced, standard)]
    np.testing.assert_allclose(*(rows @ rows.T for rows in centred), atol=1e-3)


def test_a_matrix_is_unfolded_to_standardised_vectors():
    vectors = make_rows(30, 10, seed=3)
    reduction = Reduction.fit(vectors, 6)
    projection = np.random.default_rng(0).normal(size=(4, 2)).astype(np.float32)
    of_reduced = reduction.transform(vectors)[:, :4] @ projection
    of_standard = reduction.standardisation.transform(vectors) @ reduction.unfold(projection)
    np.testing.assert_allclose(of_standard, of_reduced, atol=1e-4)
