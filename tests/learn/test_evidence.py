"""The maps to likelihood ratios: right where the truth is known, rising everywhere, without a prior."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from morelli.learn.evidence import METHODS, measure_methods, prefer_simple
from morelli.model.likelihood_ratio import measure_cllr

MEAN, SPREAD = 1.5, 1.0
GRID = np.linspace(-1.5, 3, 30)


def draw_scores(n_same: int, n_different: int, *, seed: int, bend=lambda score: score):
    """Return scores that are normal before they are bent; same pairs lie higher by 1.5 deviations."""
    rng = np.random.default_rng(seed)
    scores = np.concatenate([rng.normal(MEAN, SPREAD, n_same), rng.normal(0, SPREAD, n_different)])
    return bend(scores), np.repeat([True, False], [n_same, n_different])


def true_log10_ratio(scores):
    return (norm.logpdf(scores, MEAN, SPREAD) - norm.logpdf(scores, 0, SPREAD)) / np.log(10)


@pytest.mark.parametrize("method", METHODS)
def test_the_true_likelihood_ratio_is_found(method):
    fitted = METHODS[method](*draw_scores(30_000, 30_000, seed=0))
    tolerance = 0.3 if method == "isotonic" else 0.1
    np.testing.assert_allclose(fitted.transform(GRID), true_log10_ratio(GRID), atol=tolerance)


@pytest.mark.parametrize("method", METHODS)
def test_the_share_of_pairs_by_one_hand_does_not_matter(method):
    even = METHODS[method](*draw_scores(20_000, 20_000, seed=0)).transform(GRID)
    rare = METHODS[method](*draw_scores(2_000, 60_000, seed=1)).transform(GRID)
    np.testing.assert_allclose(rare, even, atol=0.5 if method == "isotonic" else 0.2)


@pytest.mark.parametrize("method", ["isotonic", "bi-gaussian"])
def test_a_bent_scale_is_straightened(method):
    fitted = METHODS[method](*draw_scores(30_000, 30_000, seed=0, bend=np.exp))
    np.testing.assert_allclose(fitted.transform(np.exp(GRID)), true_log10_ratio(GRID), atol=0.3)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(-1, 1), min_size=4, max_size=60),
    st.integers(1, 3),
    st.sampled_from(sorted(METHODS)),
)
def test_maps_rise_and_stay_finite(scores, n_same, method):
    values = np.array(scores)
    is_same = np.arange(len(values)) < n_same
    fitted = METHODS[method](values, is_same)
    answers = fitted.transform(np.linspace(-1.5, 1.5, 100))
    assert np.isfinite(answers).all()
    assert (np.diff(answers) >= -1e-9).all()


@pytest.mark.parametrize("method", METHODS)
def test_no_score_claims_more_than_its_pairs_can_bear(method):
    fitted = METHODS[method](*draw_scores(500, 5_000, seed=0))
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
    groups = [draw_scores(400, 4_000, seed=seed, bend=lambda s: np.exp(2 * s)) for seed in range(3)]
    losses = measure_methods([scores for scores, _ in groups], [is_same for _, is_same in groups])
    assert losses["logistic"] > losses["bi-gaussian"] + 0.01
    assert list(losses) == list(METHODS)
    assert prefer_simple(losses) != "logistic"
