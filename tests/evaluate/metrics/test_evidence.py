"""Calibration at a prior: hand-worked values, slow twins, and copies of pairs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import brier_score_loss

from evaluate.reports import make_evidence, pair_lists
from morelli.errors import EvaluationError
from morelli.evaluate.metrics.curves import Curves
from morelli.evaluate.metrics.evidence import (
    _N_BINS,
    CONTEST_PRIOR,
    _bin_evidence,
    brier,
    cllr,
    cllr_calibration,
    cllr_min,
    expected_calibration_error,
    measure_misleading,
)
from morelli.model.likelihood_ratio import posterior_probability


def weigh(same, prior: float):
    """Return the weight of each pair at a prior."""
    same = np.asarray(same)
    return np.where(same, prior / same.sum(), (1 - prior) / (~same).sum())


def slow_ece(values, same, prior: float) -> float:
    """Fill the bins pair by pair from the lowest value up, tied pairs together."""
    weights = weigh(same, prior)
    passed, said, so = 0.0, [0.0] * _N_BINS, [0.0] * _N_BINS
    for value in sorted(set(values)):
        tied = [place for place, other in enumerate(values) if other == value]
        weight = sum(weights[tied])
        place = min(int(_N_BINS * (passed + weight / 2) + 1e-12), _N_BINS - 1)
        said[place] += weight * float(posterior_probability(value, prior))
        so[place] += sum(weights[pair] for pair in tied if same[pair])
        passed += weight
    return sum(abs(one - other) for one, other in zip(said, so, strict=True))


@settings(max_examples=25, deadline=None)
@given(pair_lists(), st.sampled_from([0.5, CONTEST_PRIOR, 0.37]))
def test_brier_is_that_of_scikit_learn_under_weights(pairs, prior):
    values, same = pairs
    expected = brier_score_loss(same, posterior_probability(values, prior), sample_weight=weigh(same, prior))
    assert brier(Curves.from_scores(values, same), prior)[0] == pytest.approx(expected)


@pytest.mark.parametrize("prior", [0.5, CONTEST_PRIOR])
def test_the_calibration_error_is_that_of_a_slow_twin(prior):
    rng = np.random.default_rng(3)
    for _ in range(5):
        same = rng.random(157) < 0.3
        values = (rng.normal(size=157) + same).round(1)
        evidence = Curves.from_scores(values, same)
        assert expected_calibration_error(evidence, prior)[0] == pytest.approx(
            slow_ece(values.tolist(), same.tolist(), prior)
        )


def test_by_hand_at_the_prior_of_the_contest():
    """Every pair is given a likelihood ratio of 10: 0.1164 is said of each, and 0.013 is so."""
    evidence = Curves.from_scores([1.0, 1.0, 1.0, 1.0], [True, True, False, False])
    said = 10 * 0.013 / (10 * 0.013 + 0.987)
    assert said == pytest.approx(0.1164, abs=1e-4)
    assert expected_calibration_error(evidence, CONTEST_PRIOR)[0] == pytest.approx(said - 0.013)
    expected = 0.013 * (1 - said) ** 2 + 0.987 * said**2
    assert brier(evidence, CONTEST_PRIOR)[0] == pytest.approx(expected)


@settings(max_examples=25, deadline=None)
@given(pair_lists())
def test_errors_keep_to_their_range_and_bins_to_their_weight(pairs):
    evidence = Curves.from_scores(*pairs)
    for prior in (0.5, CONTEST_PRIOR):
        assert 0 <= expected_calibration_error(evidence, prior)[0] <= 1
        assert 0 <= brier(evidence, prior)[0] <= 1
        shares, _, observed = _bin_evidence(evidence, prior)
        assert shares.sum() == pytest.approx(1)
        assert observed.sum() == pytest.approx(prior)


def test_weights_are_copies_of_pairs():
    evidence, copies = make_evidence(seed=1)
    for measure in (expected_calibration_error, brier):
        for prior in (0.5, CONTEST_PRIOR):
            for column, (values, same) in enumerate(copies):
                expected = measure(Curves.from_scores(values, same), prior)[0]
                assert measure(evidence, prior)[column] == pytest.approx(expected)


def test_true_likelihood_ratios_are_calibrated_and_doubled_ones_are_not():
    """Scores of unit variance around -1 and 1 have the natural log likelihood ratio 2 x."""
    rng = np.random.default_rng(0)
    same = rng.random(20_000) < 0.5
    natural = 2 * (rng.normal(size=20_000) + np.where(same, 1, -1))
    honest, loud = (Curves.from_scores(factor * natural / np.log(10), same) for factor in (1, 3))
    for prior in (0.5, CONTEST_PRIOR):
        assert expected_calibration_error(honest, prior)[0] < 0.012
        assert expected_calibration_error(loud, prior)[0] > expected_calibration_error(honest, prior)[0]
    assert expected_calibration_error(loud)[0] > 0.05


def test_pairs_of_one_kind_have_no_error():
    nothing = Curves(np.array([[1.0, 1.0]]), np.array([[0.0, 1.0]]), np.array([0.0]))
    assert (
        np.isnan(expected_calibration_error(nothing)).tolist()
        == np.isnan(brier(nothing)).tolist()
        == [True, False]
    )


# Costs of likelihood ratios: published values, slow twins, and what must hold of any evidence.


def read(same: list[float], different: list[float]) -> Curves:
    """Return the evidence of likelihood ratios of both kinds."""
    ratios = np.log10([*same, *different])
    return Curves.from_scores(ratios, [True] * len(same) + [False] * len(different))


def slow_cllr(values, same) -> float:
    ratios = [10**value for value in values]
    own = [math.log2(1 + 1 / ratio) for ratio, kind in zip(ratios, same, strict=True) if kind]
    other = [math.log2(1 + ratio) for ratio, kind in zip(ratios, same, strict=True) if not kind]
    return (sum(own) / len(own) + sum(other) / len(other)) / 2


def slow_cllr_min(values, same) -> float:
    """Pool adjacent violators one by one, then give every pair the odds of its pool."""
    n_same, n_different = sum(same), len(same) - sum(same)
    pools = []  # [same, different] from the lowest value up
    for value in sorted(set(values)):
        kinds = [kind for other, kind in zip(values, same, strict=True) if other == value]
        pools.append([sum(kinds), len(kinds) - sum(kinds)])
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] >= pools[-1][0] * pools[-2][1]:
            own, other = pools.pop()
            pools[-1] = [pools[-1][0] + own, pools[-1][1] + other]
    cost = 0.0
    for own, other in pools:
        if own and other:
            ratio = (own / n_same) / (other / n_different)
            cost += own / n_same * math.log2(1 + 1 / ratio) + other / n_different * math.log2(1 + ratio)
    return cost / 2


@pytest.mark.parametrize(
    ("same", "different", "cost"),
    [
        ([1, 1], [1, 1], 1),
        ([1 / 3] * 2, [3] * 2, 2),
        ([3] * 2, [1 / 3] * 2, 0.4150374992788437),
        ([1], [1 / 3] * 2, 0.7075187496394219),
        ([1], [1 / 100] * 100, 0.507177646488535),
    ],
)
def test_the_cost_is_the_published_one(same, different, cost):
    """Values of the tests of LIR (Netherlands Forensic Institute, tests/test_metrics.py)."""
    assert cllr(read(same, different))[0] == pytest.approx(cost)


@settings(max_examples=25, deadline=None)
@given(pair_lists())
def test_both_costs_are_those_of_slow_twins(pairs):
    values, same = pairs
    evidence = Curves.from_scores(values, same)
    assert cllr(evidence)[0] == pytest.approx(slow_cllr(values, same))
    assert cllr_min(evidence)[0] == pytest.approx(slow_cllr_min(values, same), abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(pair_lists())
def test_calibration_costs_something_and_order_is_all_that_the_rest_depends_on(pairs):
    values, same = pairs
    evidence = Curves.from_scores(values, same)
    assert cllr_calibration(evidence)[0] >= -1e-9
    assert -1e-9 <= cllr_min(evidence)[0] <= 1 + 1e-9
    stretched = Curves.from_scores(3 * np.array(values) + 1, same)
    assert cllr_min(stretched)[0] == pytest.approx(cllr_min(evidence)[0])


def test_weights_are_copies_of_pairs_for_likelihoods():
    evidence, copies = make_evidence(seed=0)
    for measure in (cllr, cllr_min):
        for column, (values, same) in enumerate(copies):
            expected = measure(Curves.from_scores(values, same))[0]
            assert measure(evidence)[column] == pytest.approx(expected)


def test_scores_that_part_the_kinds_could_cost_nothing():
    evidence = read([100, 1000], [10, 1])
    assert cllr_min(evidence)[0] == pytest.approx(0)
    assert cllr_calibration(evidence)[0] == pytest.approx(cllr(evidence)[0])


def test_strong_evidence_does_not_overflow():
    assert cllr(Curves.from_scores([400.0, -400.0], [True, False]))[0] == pytest.approx(0)
    assert cllr(Curves.from_scores([-400.0, 400.0], [True, False]))[0] == pytest.approx(400 / math.log10(2))


def test_pairs_of_one_kind_have_no_cost():
    with pytest.raises(EvaluationError, match="pairs of works"):
        Curves.from_scores([0.1, 0.2], [True, True])
    nothing = Curves(np.array([[1.0, 1.0]]), np.array([[0.0, 1.0]]), np.array([0.0]))
    assert np.isnan(cllr(nothing)).tolist() == np.isnan(cllr_min(nothing)).tolist() == [True, False]
    assert repr(nothing) == "Curves(n_steps=1, n_weightings=2)"


def make_pairs(n_artists: int, n_each: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the artists of all pairs of some works of each artist."""
    artists = np.repeat(np.arange(n_artists), n_each)
    left, right = np.triu_indices(len(artists), k=1)
    return artists[left], artists[right]


def test_misleading_evidence_counted_by_hand() -> None:
    left, right = np.array([0, 0, 1, 2, 0, 1]), np.array([0, 1, 1, 2, 2, 2])
    ratios = np.log10([100.0, 20.0, 0.05, 3.0, 0.5, 9.99])
    for_one = measure_misleading(ratios, left, right, 10, for_one_hand=True)
    assert (for_one.n_pairs, for_one.n_misleading, for_one.share) == (3, 1, pytest.approx(1 / 3))
    assert for_one.wrong_when_even == pytest.approx(0.5)  # one of three each way
    for_two = measure_misleading(ratios, left, right, 10, for_one_hand=False)
    assert (for_two.n_pairs, for_two.n_misleading, for_two.share) == (3, 1, pytest.approx(1 / 3))
    assert for_two.wrong_when_even == 1.0
    assert np.isnan(measure_misleading(ratios, left, right, 1000, for_one_hand=True).wrong_when_even)


@pytest.mark.parametrize("n_artists", [4, 9, 20])
def test_the_limit_of_what_was_never_seen_is_that_of_the_rule_of_three(n_artists: int) -> None:
    left, right = make_pairs(n_artists, 3)
    ratios = np.zeros(len(left))
    for for_one_hand, n_trials in ((True, n_artists // 2), (False, n_artists)):
        found = measure_misleading(ratios, left, right, 2, for_one_hand=for_one_hand)
        assert found.share == 0
        assert found.high == pytest.approx(1 - 0.05 ** (1 / n_trials))


def test_the_limit_is_scipys() -> None:
    left, right = make_pairs(10, 2)
    is_same = left == right
    ratios = np.where(is_same & (left < 3), -2.0, 0.0)
    found = measure_misleading(ratios, left, right, 10, for_one_hand=False)
    assert (found.n_pairs, found.n_misleading) == (10, 3)
    twin = binomtest(3, 10, alternative="less").proportion_ci(0.95, "exact")
    assert found.high == pytest.approx(twin.high)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(0.5, 3))
def test_calibrated_ratios_mislead_at_most_once_in_k(seed: int, distance: float) -> None:
    """Scores of two normal distributions, whose log likelihood ratio is known."""
    rng = np.random.default_rng(seed)
    left, right = make_pairs(60, 4)
    same = left == right
    scores = rng.normal(np.where(same, distance / 2, -distance / 2))
    ratios = scores * distance / np.log(10)
    for at_least in (2, 10, 100):
        for for_one_hand in (True, False):
            found = measure_misleading(ratios, left, right, at_least, for_one_hand=for_one_hand)
            noise = 4 * np.sqrt(1 / at_least / found.n_pairs)
            assert found.share <= 1 / at_least + noise
            assert found.high >= found.share
