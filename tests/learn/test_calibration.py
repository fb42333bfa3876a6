"""Calibration: the analytic likelihood ratio of Gaussian scores, free of the prior; temperature by grid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax

from morelli.errors import ModelError
from morelli.learn.calibration import fit_likelihood_ratio, fit_temperature


def draw_scores(n_same: int, n_different: int, *, seed: int, means=(0.2, 0.6), deviation: float = 0.2):
    rng = np.random.default_rng(seed)
    scores = np.concatenate(
        [rng.normal(means[1], deviation, n_same), rng.normal(means[0], deviation, n_different)]
    )
    return scores, np.repeat([True, False], [n_same, n_different])


def test_gaussian_scores_give_their_analytic_likelihood_ratio():
    """Two normal densities of one variance: ln LR = (m1 - m0) / s^2 * x - (m1^2 - m0^2) / (2 s^2)."""
    slope, intercept = fit_likelihood_ratio(*draw_scores(20_000, 20_000, seed=0))
    assert slope == pytest.approx((0.6 - 0.2) / 0.2**2, rel=0.03)  # 10
    assert intercept == pytest.approx(-(0.6**2 - 0.2**2) / (2 * 0.2**2), rel=0.03)  # -4


def test_the_share_of_pairs_by_one_hand_does_not_matter():
    even = fit_likelihood_ratio(*draw_scores(20_000, 20_000, seed=1))
    rare = fit_likelihood_ratio(*draw_scores(2_000, 60_000, seed=2))
    for score in (0.0, 0.4, 0.8):
        assert rare[0] * score + rare[1] == pytest.approx(even[0] * score + even[1], abs=0.25)


def test_pairs_that_stand_twice_change_nothing():
    scores, same = draw_scores(500, 500, seed=3)
    once = fit_likelihood_ratio(scores, same)
    doubled = np.concatenate([scores, scores[~same], scores[~same]])
    again = fit_likelihood_ratio(doubled, np.concatenate([same, np.zeros(1000, dtype=bool)]))
    assert again == pytest.approx(once, rel=1e-3)


def test_the_line_equals_the_slow_weighted_regression():
    """Newton's method on the balanced log loss, written out."""
    scores, same = draw_scores(60, 240, seed=4)
    weights = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum())
    slope, intercept = 0.0, 0.0
    for _ in range(50):
        gradient, hessian = np.zeros(2), np.zeros((2, 2))
        for score, truth, weight in zip(scores, same, weights, strict=True):
            x = np.array([score, 1.0])
            p = 1 / (1 + np.exp(-(slope * score + intercept)))
            gradient += weight * (p - truth) * x
            hessian += weight * p * (1 - p) * np.outer(x, x)
        slope, intercept = np.array([slope, intercept]) - np.linalg.solve(hessian, gradient)
    assert fit_likelihood_ratio(scores, same) == pytest.approx((slope, intercept), rel=1e-2)


@given(shift=st.floats(-5, 5), scale=st.floats(0.01, 100))
@settings(max_examples=25, deadline=None)
def test_shifted_and_stretched_scores_give_the_same_ratios(shift, scale):
    scores, same = draw_scores(200, 300, seed=5)
    slope, intercept = fit_likelihood_ratio(scores, same)
    other_slope, other_intercept = fit_likelihood_ratio(scores * scale + shift, same)
    ours, theirs = slope * scores + intercept, other_slope * (scores * scale + shift) + other_intercept
    np.testing.assert_allclose(ours, theirs, atol=1e-2)


def test_scores_that_are_all_alike_say_nothing():
    slope, intercept = fit_likelihood_ratio(np.full(10, 0.5), np.array([True, False] * 5))
    assert slope * 0.5 + intercept == pytest.approx(0, abs=1e-6)


def test_separable_scores_give_finite_evidence():
    scores, same = np.array([0.1, 0.2, 0.8, 0.9]), np.array([False, False, True, True])
    slope, intercept = fit_likelihood_ratio(scores, same)
    assert slope > 0
    assert np.isfinite([slope, intercept]).all()


@pytest.mark.parametrize("same", [np.ones(4, dtype=bool), np.zeros(4, dtype=bool)])
def test_pairs_of_one_kind_are_refused(same):
    with pytest.raises(ModelError, match="pairs of one hand and of two"):
        fit_likelihood_ratio(np.arange(4.0), same)


def draw_logits(seed: int, *, sharpness: float):
    """Return logits whose calibrated temperature is `sharpness`, and labels drawn from them."""
    rng = np.random.default_rng(seed)
    logits = 2 * rng.normal(size=(3000, 5))
    probabilities = np.exp(log_softmax(logits, axis=1))
    labels = np.array([rng.choice(5, p=row / row.sum()) for row in probabilities])
    return logits * sharpness, labels


@pytest.mark.parametrize("sharpness", [0.3, 1.0, 4.0])
def test_temperature_equals_a_grid_search_and_undoes_overconfidence(sharpness):
    logits, labels = draw_logits(0, sharpness=sharpness)
    grid = np.geomspace(0.05, 20, 2000)
    losses = [-log_softmax(logits / t, axis=1)[np.arange(3000), labels].mean() for t in grid]
    temperature = fit_temperature(logits, labels)
    assert temperature == pytest.approx(grid[int(np.argmin(losses))], rel=0.01)
    assert temperature == pytest.approx(sharpness, rel=0.1)


@given(offset=st.floats(-50, 50))
@settings(max_examples=20, deadline=None)
def test_adding_a_constant_to_all_logits_changes_nothing(offset):
    logits, labels = draw_logits(1, sharpness=2.0)
    logits, labels = logits[:200], labels[:200]
    assert fit_temperature(logits + offset, labels) == pytest.approx(
        fit_temperature(logits, labels), rel=1e-3
    )


def test_temperature_by_hand():
    # one of four is wrong: sigma(2 / t) = 3 / 4, so t = 2 / ln 3
    logits, labels = np.array([[2.0, 0.0]] * 4), np.array([0, 0, 0, 1])
    assert fit_temperature(logits, labels) == pytest.approx(2 / np.log(3), rel=1e-3)
