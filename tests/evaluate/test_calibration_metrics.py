"""Calibration at a prior: hand-worked values, slow twins, and copies of pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from morelli.evaluate.calibration_metrics import CONTEST_PRIOR, N_BINS, bin_evidence, brier, ece
from morelli.evaluate.evidence import Evidence
from morelli.model.likelihood_ratio import posterior_probability

from .conftest import make_evidence, pair_lists


def weigh(same, prior: float):
    """Return the weight of each pair at a prior."""
    same = np.asarray(same)
    return np.where(same, prior / same.sum(), (1 - prior) / (~same).sum())


def slow_ece(values, same, prior: float) -> float:
    """Fill the bins pair by pair from the lowest value up, tied pairs together."""
    weights = weigh(same, prior)
    passed, said, so = 0.0, [0.0] * N_BINS, [0.0] * N_BINS
    for value in sorted(set(values)):
        tied = [place for place, other in enumerate(values) if other == value]
        weight = sum(weights[tied])
        place = min(int(N_BINS * (passed + weight / 2) + 1e-12), N_BINS - 1)
        said[place] += weight * float(posterior_probability(value, prior))
        so[place] += sum(weights[pair] for pair in tied if same[pair])
        passed += weight
    return sum(abs(one - other) for one, other in zip(said, so, strict=True))


@settings(max_examples=25, deadline=None)
@given(pair_lists(), st.sampled_from([0.5, CONTEST_PRIOR, 0.37]))
def test_brier_is_that_of_scikit_learn_under_weights(pairs, prior):
    values, same = pairs
    expected = brier_score_loss(same, posterior_probability(values, prior), sample_weight=weigh(same, prior))
    assert brier(Evidence.from_pairs(values, same), prior)[0] == pytest.approx(expected)


@pytest.mark.parametrize("prior", [0.5, CONTEST_PRIOR])
def test_the_calibration_error_is_that_of_a_slow_twin(prior):
    rng = np.random.default_rng(3)
    for _ in range(5):
        same = rng.random(157) < 0.3
        values = (rng.normal(size=157) + same).round(1)
        evidence = Evidence.from_pairs(values, same)
        assert ece(evidence, prior)[0] == pytest.approx(slow_ece(values.tolist(), same.tolist(), prior))


def test_by_hand_at_the_prior_of_the_contest():
    """Every pair is given a likelihood ratio of 10: 0.1164 is said of each, and 0.013 is so."""
    evidence = Evidence.from_pairs([1.0, 1.0, 1.0, 1.0], [True, True, False, False])
    said = 10 * 0.013 / (10 * 0.013 + 0.987)
    assert said == pytest.approx(0.1164, abs=1e-4)
    assert ece(evidence, CONTEST_PRIOR)[0] == pytest.approx(said - 0.013)
    expected = 0.013 * (1 - said) ** 2 + 0.987 * said**2
    assert brier(evidence, CONTEST_PRIOR)[0] == pytest.approx(expected)


@settings(max_examples=25, deadline=None)
@given(pair_lists())
def test_errors_keep_to_their_range_and_bins_to_their_weight(pairs):
    evidence = Evidence.from_pairs(*pairs)
    for prior in (0.5, CONTEST_PRIOR):
        assert 0 <= ece(evidence, prior)[0] <= 1
        assert 0 <= brier(evidence, prior)[0] <= 1
        bins = bin_evidence(evidence, prior)
        assert bins.shares.sum() == pytest.approx(1)
        assert bins.observed.sum() == pytest.approx(prior)


def test_weights_are_copies_of_pairs():
    evidence, copies = make_evidence(seed=1)
    for measure in (ece, brier):
        for prior in (0.5, CONTEST_PRIOR):
            for column, (values, same) in enumerate(copies):
                expected = measure(Evidence.from_pairs(values, same), prior)[0]
                assert measure(evidence, prior)[column] == pytest.approx(expected)


def test_true_likelihood_ratios_are_calibrated_and_doubled_ones_are_not():
    """Scores of unit variance around -1 and 1 have the natural log likelihood ratio 2 x."""
    rng = np.random.default_rng(0)
    same = rng.random(20_000) < 0.5
    natural = 2 * (rng.normal(size=20_000) + np.where(same, 1, -1))
    honest, loud = (Evidence.from_pairs(factor * natural / np.log(10), same) for factor in (1, 3))
    for prior in (0.5, CONTEST_PRIOR):
        assert ece(honest, prior)[0] < 0.012
        assert ece(loud, prior)[0] > ece(honest, prior)[0]
    assert ece(loud)[0] > 0.05


def test_pairs_of_one_kind_have_no_error():
    nothing = Evidence(np.array([0.0]), np.array([[1.0, 1.0]]), np.array([[0.0, 1.0]]))
    assert np.isnan(ece(nothing)).tolist() == np.isnan(brier(nothing)).tolist() == [True, False]
