"""Likelihood ratios: the analytic one of Gaussian scores, free of the prior, bounded by artists."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import norm

from morelli.errors import ModelError
from morelli.learn.heads.likelihood_ratio import (
    ScoredPairs,
    find_bounds,
    fit_calibration,
    fit_likelihood_ratio,
    fit_map,
    measure_calibration,
    score_sets,
)
from morelli.model import Rule
from morelli.model.likelihood_ratio import measure_cllr
from morelli.model.standardisation import unit_rows


def bound(evidence, pairs):
    return find_bounds(evidence, pairs.is_same, pairs.weights)


def draw_scores(n_same: int, n_different: int, *, seed: int, means=(0.2, 0.6), deviation: float = 0.2):
    rng = np.random.default_rng(seed)
    scores = np.concatenate(
        [rng.normal(means[1], deviation, n_same), rng.normal(means[0], deviation, n_different)]
    )
    return scores, np.repeat([True, False], [n_same, n_different])


def draw_artists(n_artists: int, *, separation: float, seed: int, n_works: int = 6) -> ScoredPairs:
    """Return all pairs of works whose scores are normal, with unit deviation and means this far apart."""
    rng = np.random.default_rng(seed)
    owners = np.repeat(np.arange(n_artists), n_works)
    left, right = np.triu_indices(len(owners), 1)
    scores = rng.normal(size=len(left)) + separation * (owners[left] == owners[right])
    return ScoredPairs(scores, owners[left], owners[right])


# The line


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


def test_pairs_that_stand_twice_at_half_the_weight_change_nothing():
    scores, same = draw_scores(50, 50, seed=3)
    once = fit_likelihood_ratio(scores, same)
    again = fit_likelihood_ratio(np.tile(scores, 2), np.tile(same, 2), np.full(200, 0.5))
    assert again == pytest.approx(once, rel=1e-6)


def test_the_line_equals_a_slow_search_for_the_penalised_maximum():
    """Firth's penalised log likelihood, written out pair by pair and climbed without derivatives."""
    scores, same = draw_scores(12, 40, seed=4)
    rng = np.random.default_rng(4)
    given = rng.uniform(0.2, 1, size=len(scores))
    total = given.sum() / 2
    weights = np.where(same, given * total / given[same].sum(), given * total / given[~same].sum())

    def loss(line):
        information, likelihood = np.zeros((2, 2)), 0.0
        for score, truth, weight in zip(scores, same, weights, strict=True):
            p = expit(line[0] * score + line[1])
            likelihood += weight * np.log(p if truth else 1 - p)
            x = np.array([score, 1.0])
            information += weight * p * (1 - p) * np.outer(x, x)
        return -likelihood - 0.5 * np.log(np.linalg.det(information))

    slow = minimize(
        loss, [1.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000}
    )
    assert fit_likelihood_ratio(scores, same, given) == pytest.approx(slow.x, rel=1e-5)


def test_firth_by_hand():
    """Without a score to go by, Firth's estimate of a proportion is (successes + 1/2) / (n + 1)."""
    from morelli.learn.heads.likelihood_ratio import _maximise_penalised

    (intercept,) = _maximise_penalised(np.ones((5, 1)), np.array([1.0, 1, 1, 1, 0]), np.ones(5))
    assert expit(intercept) == pytest.approx(4.5 / 6, abs=1e-6)


@given(shift=st.floats(-5, 5), scale=st.floats(0.01, 100))
@settings(max_examples=25, deadline=None)
def test_shifted_and_stretched_scores_give_the_same_ratios(shift, scale):
    scores, same = draw_scores(200, 300, seed=5)
    slope, intercept = fit_likelihood_ratio(scores, same)
    other_slope, other_intercept = fit_likelihood_ratio(scores * scale + shift, same)
    ours, theirs = slope * scores + intercept, other_slope * (scores * scale + shift) + other_intercept
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_scores_that_are_all_alike_say_nothing():
    assert fit_likelihood_ratio(np.full(10, 0.5), np.array([True, False] * 5)) == (0.0, 0.0)


def test_scores_that_point_the_wrong_way_say_nothing():
    scores, same = draw_scores(300, 300, seed=6)
    assert fit_likelihood_ratio(-scores, same) == (0.0, 0.0)
    reversed_pairs = draw_artists(8, separation=-2.0, seed=6)
    np.testing.assert_array_equal(fit_map(reversed_pairs).transform(np.array([-9.0, 0.0, 9.0])), 0)


@pytest.mark.parametrize("same", [np.ones(4, dtype=bool), np.zeros(4, dtype=bool)])
def test_pairs_of_one_kind_are_refused(same):
    with pytest.raises(ModelError, match="pairs of one hand and of two"):
        fit_likelihood_ratio(np.arange(4.0), same)


@pytest.mark.parametrize(("n_artists", "limit"), [(4, 40.0), (18, 200.0), (68, 900.0)])
def test_scores_that_part_wholly_give_a_finite_slope(n_artists, limit):
    pairs = draw_artists(n_artists, separation=50.0, seed=7)
    slope, intercept = fit_likelihood_ratio(pairs.scores, pairs.is_same, pairs.weights)
    midpoint = -intercept / slope
    assert 10 < midpoint < 40  # between the two kinds
    assert 0 < slope * 50 < limit  # log likelihood ratio from one mean to the other


# The bounds


def test_each_artist_and_each_pair_of_artists_counts_once():
    pairs = ScoredPairs(np.zeros(6), np.array([0, 0, 0, 1, 0, 1]), np.array([0, 0, 0, 1, 1, 0]))
    np.testing.assert_allclose(pairs.weights, [1 / 3, 1 / 3, 1 / 3, 1, 1 / 2, 1 / 2])


def test_parts_without_a_common_artist_are_joined():
    parts = [draw_artists(3, separation=1, seed=seed, n_works=2) for seed in (0, 1)]
    joined = ScoredPairs.join(parts)
    assert joined.weights.sum() == parts[0].weights.sum() + parts[1].weights.sum()
    np.testing.assert_array_equal(joined.is_same, np.concatenate([part.is_same for part in parts]))


def test_bounds_equal_those_of_the_forensic_institutes_package():
    """Values of `elub` in lir 1.3.1 (Netherlands Forensic Institute), one pair of works for each artist."""
    rng = np.random.default_rng(0)
    published = {
        (10, 45, 0.5): (-0.43, 0.44),
        (10, 45, 2.0): (-0.96, 1.47),
        (30, 200, 1.0): (-1.17, 1.67),
        (68, 400, 1.5): (-1.53, 2.04),
        (25, 25, 3.0): (-1.38, 1.39),
    }
    for (n_same, n_different, separation), expected in published.items():
        evidence = np.concatenate([
            rng.normal(separation, 0.8, n_same), rng.normal(-separation, 0.8, n_different)
        ])  # fmt: skip
        ends = np.arange(n_same + 2 * n_different)
        left = np.concatenate([ends[:n_same], ends[n_same : n_same + n_different]])
        right = np.concatenate([ends[:n_same], ends[n_same + n_different :]])
        assert bound(evidence, ScoredPairs(evidence, left, right)) == pytest.approx(expected, abs=1e-9)


def slow_bounds(evidence, pairs):
    """The largest log10 ratios up to which each threshold pays, tried one by one from 0 outwards."""
    n_artists = len(set(pairs.left[pairs.is_same]))
    n_pairs = len(
        {frozenset(ends) for ends in zip(pairs.left, pairs.right, strict=True) if len(set(ends)) == 2}
    )

    def pays(step):
        ratio = 10 ** (step * 0.01)
        missed = sum(
            w
            for e, s, w in zip(evidence, pairs.is_same, pairs.weights, strict=True)
            if s and e <= step * 0.01
        )
        wrong = sum(
            w
            for e, s, w in zip(evidence, pairs.is_same, pairs.weights, strict=True)
            if not s and e > step * 0.01
        )
        return (missed + 1) / (n_artists + 1) + ratio * (wrong + 1) / (n_pairs + 1) <= min(1, ratio)

    high = low = 0
    while pays(high + 1) and (high + 1) * 0.01 < min(max(evidence), np.log10(n_pairs + 1)):
        high += 1
    while pays(low - 1) and (low - 1) * 0.01 > max(min(evidence), -np.log10(n_artists + 1)):
        low -= 1
    return low * 0.01, high * 0.01


@pytest.mark.parametrize("separation", [0.5, 2.0, 5.0])
@pytest.mark.parametrize("n_artists", [4, 9])
def test_bounds_equal_a_slow_search(n_artists, separation):
    pairs = draw_artists(n_artists, separation=separation, seed=8, n_works=4)
    evidence = separation * (pairs.scores - separation / 2) / np.log(10)
    assert bound(evidence, pairs) == pytest.approx(slow_bounds(evidence, pairs), abs=0.021)


@pytest.mark.parametrize("n_artists", [8, 18])
def test_bounds_grow_with_separation_and_stop_at_what_the_artists_bear(n_artists):
    ends = [
        fit_map(draw_artists(n_artists, separation=separation, seed=9)).values[[0, -1]]
        for separation in (1.0, 2.0, 5.0, 50.0)
    ]
    lows, highs = zip(*ends, strict=True)
    assert list(highs) == sorted(highs)
    assert list(lows) == sorted(lows, reverse=True)
    assert highs[-1] <= np.log10(n_artists * (n_artists - 1) / 2 + 1)
    assert lows[-1] >= -np.log10(n_artists + 1)


def test_copies_of_works_do_not_widen_the_bounds():
    few = draw_artists(8, separation=50.0, seed=10, n_works=3)
    many = draw_artists(8, separation=50.0, seed=10, n_works=12)
    assert fit_map(many).values[-1] <= fit_map(few).values[-1] + 0.011


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=6, max_size=60), st.integers(2, 5), st.integers(0, 99))
def test_maps_rise_stay_finite_and_within_the_count(scores, n_artists, seed):
    rng = np.random.default_rng(seed)
    left, right = rng.integers(n_artists, size=(2, len(scores)))
    left[:2], right[:2] = 0, [0, 1]
    pairs = ScoredPairs(np.array(scores), left, right)
    answers = fit_map(pairs).transform(np.linspace(-1.5, 1.5, 100))
    assert np.isfinite(answers).all()
    assert (np.diff(answers) >= -1e-9).all()
    assert np.abs(answers).max() <= np.log10(n_artists * (n_artists - 1) / 2 + 1) + 1e-9 or n_artists == 2


# Whole maps

MEAN, SPREAD = 1.5, 1.0
GRID = np.linspace(-1.5, 3, 30)


def true_log10_ratio(scores):
    return (norm.logpdf(scores, MEAN, SPREAD) - norm.logpdf(scores, 0, SPREAD)) / np.log(10)


def test_the_true_likelihood_ratio_is_found():
    fitted = fit_map(draw_artists(60, separation=MEAN, seed=0, n_works=10))
    low, high = fitted.values[[0, -1]]
    np.testing.assert_allclose(fitted.transform(GRID), true_log10_ratio(GRID).clip(low, high), atol=0.1)
    assert low < -0.6
    assert high > 0.9


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


def test_the_map_is_measured_on_artists_that_it_was_not_fitted_on():
    groups = [draw_artists(8, separation=2.0, seed=seed) for seed in range(3)]
    values = [
        fit_map(ScoredPairs.join([group for group in groups if group is not held])).transform(held.scores)
        for held in groups
    ]
    is_same = np.concatenate([group.is_same for group in groups])
    assert measure_calibration(groups) == {"logistic": measure_cllr(np.concatenate(values), is_same)}


# Sets


def test_scores_of_sets_by_hand():
    rows = unit_rows(np.array([[1, 0], [1, 0.2], [0, 1], [0.1, 1]], dtype=np.float32))
    artists = np.array(["A", "A", "B", "B"], dtype=object)
    pairs = score_sets(rows, artists, 1, rng=np.random.default_rng(0))
    scores, is_same = pairs.scores, pairs.is_same
    expected = {True: {float(rows[0] @ rows[1]), float(rows[2] @ rows[3])}}
    assert {round(score, 5) for score in scores[is_same]} == {round(score, 5) for score in expected[True]}
    assert scores[~is_same].max() < scores[is_same].min()
    assert is_same.mean() == pytest.approx(0.5)


def test_sets_of_one_hand_share_no_work():
    rows = np.eye(12, dtype=np.float32)
    artists = np.repeat(np.array(["A", "B"], dtype=object), 6)
    pairs = score_sets(rows, artists, 3, rng=np.random.default_rng(0))
    scores, is_same = pairs.scores, pairs.is_same
    assert (scores == 0).all()
    assert is_same.sum() == 2 * len(is_same) // 4


def test_a_rule_scores_sets_by_the_mean_over_their_pairs():
    rows = np.array([[0], [2], [10], [14]], dtype=np.float32)
    artists = np.array(["A", "A", "B", "B"], dtype=object)
    rng, rule = np.random.default_rng(0), Rule("euclidean")
    pairs = score_sets(rows, artists, 1, rng=rng, rule=rule)
    scores, is_same = pairs.scores, pairs.is_same
    assert set(scores[is_same].tolist()) == {-2, -4}
    assert set(scores[~is_same].tolist()) <= {-8, -10, -12, -14}
    six = np.array([[0], [2], [10], [10], [11], [17]], dtype=np.float32)
    owners = np.array(["A", "B", "A", "B", "A", "B"], dtype=object)
    assert len(score_sets(six, owners, 2, rng=rng, rule=rule)) == 0  # three works make no two sets of two


def test_too_few_works_make_no_sets():
    artists = np.array(["A", "A", "B"], dtype=object)
    pairs = score_sets(np.eye(3, dtype=np.float32), artists, 1, rng=np.random.default_rng(0))
    scores, is_same = pairs.scores, pairs.is_same
    assert len(scores) == len(is_same) == 0


def make_rows(n_artists: int, n_works: int, *, seed: int, noise: float = 0.6):
    rng = np.random.default_rng(seed)
    owners = np.repeat(np.arange(n_artists), n_works)
    rows = rng.normal(size=(n_artists, 12))[owners] + noise * rng.normal(size=(len(owners), 12))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32), np.array([f"artist {owner}" for owner in owners], dtype=object)


def calibrate(n_artists: int, n_works: int):
    rows, names = make_rows(n_artists, n_works, seed=11)
    rng = np.random.default_rng(0)
    left, right = np.triu_indices(len(names), 1)
    scores = np.einsum("pd,pd->p", rows[left], rows[right])
    pairs = ScoredPairs.of_artists(scores, names[left], names[right])
    return fit_calibration(pairs, names, lambda size: score_sets(rows, names, size, rng=rng))


def test_a_size_needs_thirty_independent_draws():
    calibration = calibrate(10, 13)
    assert calibration.draws == {2: 30, 3: 20, 5: 10, 10: 0}  # 13 // 4, 13 // 6, 13 // 10 from each of ten
    assert list(calibration.maps) == [1, 2]


def test_more_works_never_bear_out_less():
    calibration = calibrate(30, 22)
    bounds = [line.values[[0, -1]] for line in calibration.maps.values()]
    assert list(calibration.maps) == [1, 2, 3, 5, 10]
    for (low, high), (next_low, next_high) in pairwise(bounds):
        assert next_low <= low <= 0 <= high <= next_high
