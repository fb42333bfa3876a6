"""Two-covariance PLDA against the densities written out, and score normalisation against a slow twin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal
from two_covariance import TwoCovariance, normalise_scores

from learn.heads.test_spaces import make_hands


@pytest.fixture(scope="module")
def fitted() -> TwoCovariance:
    return TwoCovariance(n_components=6, random_state=0).fit(*make_hands(12, 8, seed=0, d=8, nuisance=1))


def log_density(fitted: TwoCovariance, vectors) -> float:
    """Return the log density of works of one artist, from the joint normal distribution."""
    rows = (vectors - fitted.mean_) @ fitted.directions_
    total = 0.0
    for column, between in zip(rows.T, fitted.between_, strict=True):
        covariance = np.eye(len(column)) + between
        total += multivariate_normal(np.zeros(len(column)), covariance).logpdf(column)
    return float(total)


@pytest.mark.parametrize(("n_left", "n_right"), [(1, 1), (1, 3), (4, 2)])
def test_the_likelihood_ratio_is_that_of_the_joint_densities(fitted, n_left, n_right):
    vectors, _ = make_hands(1, n_left + n_right, seed=5, d=8, nuisance=1)
    left, right = vectors[:n_left], vectors[n_left:]
    expected = log_density(fitted, vectors) - log_density(fitted, left) - log_density(fitted, right)
    assert fitted.log_likelihood_ratio(left, right) == pytest.approx(expected, abs=1e-4)


def test_rows_and_terms_give_the_same_for_single_works(fitted):
    vectors, _ = make_hands(3, 2, seed=6, d=8, nuisance=1)
    rows, terms = fitted.score_rows(vectors)
    for i in range(len(vectors)):
        for j in range(i):
            expected = fitted.log_likelihood_ratio(vectors[i], vectors[j])
            assert rows[i] @ rows[j] + terms[i] + terms[j] == pytest.approx(expected, abs=1e-6)


def test_more_works_of_an_artist_say_more():
    fitted = TwoCovariance(random_state=0).fit(*make_hands(20, 10, seed=0, nuisance=1))
    vectors, artists = make_hands(10, 8, seed=1, nuisance=1)
    one, four = [], []
    for name in np.unique(artists):
        works, others = vectors[artists == name], vectors[artists != name]
        one.append(fitted.log_likelihood_ratio(works[0], works[4]))
        four.append(fitted.log_likelihood_ratio(works[:4], works[4:]))
        assert fitted.log_likelihood_ratio(works[:4], others[:4]) < four[-1]
    assert np.median(four) > np.median(one) > 0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 5))
def test_normalised_scores_against_a_slow_twin(seed, n_nearest):
    rng = np.random.default_rng(seed)
    scores, left, right = rng.normal(size=3), rng.normal(size=(3, 5)), rng.normal(size=(3, 5))
    normalised = normalise_scores(scores, left, right, n_nearest=n_nearest)
    for score, ours, theirs, found in zip(scores, left, right, normalised, strict=True):
        parts = []
        for cohort in (ours, theirs):
            nearest = sorted(cohort)[-n_nearest:]
            mean = sum(nearest) / n_nearest
            spread = (sum((value - mean) ** 2 for value in nearest) / n_nearest) ** 0.5
            parts.append((score - mean) / max(spread, 1e-9))
        assert found == pytest.approx(sum(parts) / 2, rel=1e-6)
