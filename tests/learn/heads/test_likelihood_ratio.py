"""Likelihood ratios: the analytic one of Gaussian scores, free of the prior, rising and finite everywhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from morelli.errors import ModelError
from morelli.learn.heads.likelihood_ratio import (
    _METHODS,
    fit_likelihood_ratio,
    measure_methods,
    prefer_simple,
)
from morelli.model.likelihood_ratio import measure_cllr


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


# The maps to likelihood ratios: right where the truth is known, rising everywhere, without a prior.

MEAN, SPREAD = 1.5, 1.0
GRID = np.linspace(-1.5, 3, 30)


def draw_kind_scores(n_same: int, n_different: int, *, seed: int, bend=lambda score: score):
    """Return scores that are normal before they are bent; same pairs lie higher by 1.5 deviations."""
    rng = np.random.default_rng(seed)
    scores = np.concatenate([rng.normal(MEAN, SPREAD, n_same), rng.normal(0, SPREAD, n_different)])
    return bend(scores), np.repeat([True, False], [n_same, n_different])


def true_log10_ratio(scores):
    return (norm.logpdf(scores, MEAN, SPREAD) - norm.logpdf(scores, 0, SPREAD)) / np.log(10)


@pytest.mark.parametrize("method", _METHODS)
def test_the_true_likelihood_ratio_is_found(method):
    fitted = _METHODS[method](*draw_kind_scores(30_000, 30_000, seed=0))
    tolerance = 0.3 if method == "isotonic" else 0.1
    np.testing.assert_allclose(fitted.transform(GRID), true_log10_ratio(GRID), atol=tolerance)


@pytest.mark.parametrize("method", _METHODS)
def test_the_share_of_pairs_by_one_hand_does_not_matter_for_evidence(method):
    even = _METHODS[method](*draw_kind_scores(20_000, 20_000, seed=0)).transform(GRID)
    rare = _METHODS[method](*draw_kind_scores(2_000, 60_000, seed=1)).transform(GRID)
    np.testing.assert_allclose(rare, even, atol=0.5 if method == "isotonic" else 0.2)


@pytest.mark.parametrize("method", ["isotonic", "bi-gaussian"])
def test_a_bent_scale_is_straightened(method):
    fitted = _METHODS[method](*draw_kind_scores(30_000, 30_000, seed=0, bend=np.exp))
    np.testing.assert_allclose(fitted.transform(np.exp(GRID)), true_log10_ratio(GRID), atol=0.3)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(-1, 1), min_size=4, max_size=60),
    st.integers(1, 3),
    st.sampled_from(sorted(_METHODS)),
)
def test_maps_rise_and_stay_finite(scores, n_same, method):
    values = np.array(scores)
    is_same = np.arange(len(values)) < n_same
    fitted = _METHODS[method](values, is_same)
    answers = fitted.transform(np.linspace(-1.5, 1.5, 100))
    assert np.isfinite(answers).all()
    assert (np.diff(answers) >= -1e-9).all()


@pytest.mark.parametrize("method", _METHODS)
def test_no_score_claims_more_than_its_pairs_can_bear(method):
    fitted = _METHODS[method](*draw_kind_scores(500, 5_000, seed=0))
    assert np.abs(fitted.transform(np.array([-100.0, 100.0]))).max() < 4.1  # 5,000 pairs say at most that


@pytest.mark.parametrize(
    ("ratios", "is_same", "cost"),
    [
        ([0.0, 0.0], [True, False], 1.0),
        # log2(1 + 1/10) and log2(1 + 10), the mean of both kinds
        ([1.0, 1.0], [True, False], 0.5 * (np.log2(1.1) + np.log2(11))),
        ([1.0, -1.0], [True, False], np.log2(1.1)),
    ],
)
def test_cllr_by_hand(ratios, is_same, cost):
    assert measure_cllr(np.array(ratios), np.array(is_same)) == pytest.approx(cost)


def test_a_bent_scale_makes_a_curved_map_win():
    groups = [draw_kind_scores(400, 4_000, seed=seed, bend=lambda s: np.exp(2 * s)) for seed in range(3)]
    losses = measure_methods([scores for scores, _ in groups], [is_same for _, is_same in groups])
    assert losses["logistic"] > losses["bi-gaussian"] + 0.01
    assert list(losses) == list(_METHODS)
    assert prefer_simple(losses) != "logistic"
