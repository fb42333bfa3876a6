"""The distance from the training works: against the full covariance, and what is far away."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import mahalanobis

from morelli.learn.domain import QUANTILE, fit_domain
from morelli.model.domain import Domain


@pytest.fixture(scope="module")
def cloud():
    """Return vectors that vary along three directions and little along all others."""
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(3, 12)) * np.array([[9.0], [5.0], [3.0]])
    return (rng.normal(size=(600, 3)) @ directions + rng.normal(size=(600, 12))).astype(np.float32)


def test_the_distance_is_that_of_mahalanobis(cloud):
    domain = fit_domain(cloud[:300], cloud[300:], seed=0)
    standard = domain.standardisation.transform(cloud) - domain.centre
    components = domain.components.astype(np.float64)
    rest = np.eye(12) - components.T @ components
    covariance = components.T @ np.diag(domain.variances) @ components + domain.noise * rest
    inverse = np.linalg.inv(covariance)
    expected = [mahalanobis(row, np.zeros(12), inverse) / np.sqrt(12) for row in standard[:20]]
    np.testing.assert_allclose(domain.measure_distances(cloud[:20]), expected, rtol=1e-3)


def test_training_works_lie_at_about_one(cloud):
    domain = fit_domain(cloud[:300], cloud[300:], seed=0)
    assert np.sqrt(np.mean(domain.measure_distances(cloud[:300]) ** 2)) == pytest.approx(1, abs=0.1)


def test_the_threshold_is_a_distance_of_the_validation_works(cloud):
    domain = fit_domain(cloud[:300], cloud[300:], seed=0)
    assert domain.quantile == QUANTILE
    assert (domain.measure_distances(cloud[300:]) > domain.threshold).sum() == 1  # of 300, one in 200


def test_too_few_validation_works_make_no_domain(cloud):
    assert fit_domain(cloud, cloud[:199], seed=0) is None


def test_leaving_the_directions_of_the_works_is_farther_than_going_along_them(cloud):
    domain = fit_domain(cloud[:300], cloud[300:], seed=0)
    scale, mean = domain.standardisation.scale, domain.standardisation.mean
    along = domain.components[0] * scale
    across = np.linalg.svd(domain.components)[2][-1].astype(np.float32) * scale
    steps = np.stack([mean + 2 * along, mean + 2 * across])
    distances = domain.measure_distances(steps)
    assert distances[0] < distances[1]


def test_constant_vectors_and_few_works_make_a_domain():
    domain = fit_domain(np.ones((3, 4), np.float32), np.ones((200, 4), np.float32), seed=0)
    assert domain.measure_distances(np.ones((1, 4), np.float32))[0] == 0
    assert domain.measure_distances(np.full((1, 4), 9, np.float32))[0] > domain.threshold


def test_parts_make_the_same_domain_again(cloud):
    domain = fit_domain(cloud[:300], cloud[300:], seed=0)
    again = Domain.from_parts(domain.to_facts(), domain.to_arrays())
    np.testing.assert_array_equal(again.measure_distances(cloud), domain.measure_distances(cloud))
    assert again.threshold == domain.threshold
