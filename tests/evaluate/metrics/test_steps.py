"""Counting at some scores: exact with all of them, within its bounds with few, right in every resample."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluate.reports import measure_by_scikit_learn
from morelli.evaluate.metrics import steps as metric_steps
from morelli.evaluate.metrics.curves import Curves
from morelli.evaluate.metrics.evidence import (
    _MEASURES,
    EVIDENCE_METRICS,
    evidence_rows,
    measure_evidence,
    replicate_evidence,
)
from morelli.evaluate.metrics.intervals import resample_artists
from morelli.evaluate.metrics.steps import (
    RankedPairs,
    choose_anchors,
    count_steps,
    find_steps,
    replicate_ranking,
)

SCORED = st.lists(st.tuples(st.integers(-9, 9), st.booleans()), min_size=2, max_size=60).filter(
    lambda pairs: len({same for _, same in pairs}) == 2
)


def split_columns(pairs) -> tuple[np.ndarray, np.ndarray]:
    scores, same = zip(*pairs, strict=True)
    return np.array(scores, np.float32) / 10, np.array(same)


def measure_binned(scores, same, n_anchors=None):
    anchors = choose_anchors(scores[same], n_anchors)
    return count_steps(find_steps(scores, anchors), same, 2 * len(anchors) + 1).measure()[0]


@given(SCORED)
@settings(max_examples=60, deadline=None)
def test_with_all_scores_the_numbers_are_those_of_scikit_learn(pairs):
    scores, same = split_columns(pairs)
    expected = measure_by_scikit_learn(scores, same)
    np.testing.assert_allclose(measure_binned(scores, same), expected, atol=1e-12)


@given(st.integers(0, 1000), st.integers(2, 12))
@settings(max_examples=60, deadline=None)
def test_with_few_scores_the_error_keeps_within_its_bounds(seed, n_anchors):
    rng = np.random.default_rng(seed)
    same = rng.random(400) < 0.3
    scores = (rng.normal(size=400) + same).astype(np.float32).round(1)
    error = np.abs(measure_binned(scores, same, n_anchors) - measure_binned(scores, same))
    assert error[0] <= 0.5 / (n_anchors - 1) + 1e-12
    assert error[2] <= 1 / (n_anchors - 1) + 1e-12


def test_with_500_scores_the_error_is_small():
    rng = np.random.default_rng(0)
    same = rng.random(300_000) < 0.02
    scores = (0.2 * rng.normal(size=300_000) + 0.3 * same).astype(np.float32)
    error = np.abs(measure_binned(scores, same, 500) - measure_binned(scores, same))
    assert error[0] < 1e-4
    assert error[1] < 2e-3
    assert error[2] < 1e-3


@pytest.mark.parametrize("seed", range(4))
def test_resamples_are_those_of_copied_pairs(seed, monkeypatch):
    monkeypatch.setattr(metric_steps, "_CELLS_AT_A_TIME", 20)
    monkeypatch.setattr(metric_steps, "PAIRS_AT_A_TIME", 7)
    rng = np.random.default_rng(seed)
    left, right = rng.integers(6, size=(2, 200)).astype(np.int32)
    scores = (rng.integers(0, 60, size=200) / 60).astype(np.float32)
    same = left == right
    weights = rng.integers(0, 4, size=(11, 6)).astype(float)
    anchors = choose_anchors(scores[same])
    counted: list[int] = []
    pairs = RankedPairs(find_steps(scores, anchors), same, left, right, 2 * len(anchors) + 1, 6)
    measured = pairs.weigh(weights, advance=counted.append).measure()
    np.testing.assert_array_equal(measured, replicate_ranking(scores, left, right, weights))
    for own, row in zip(weights.astype(int), measured, strict=True):
        copies = np.repeat(np.arange(200), np.where(same, own[left], own[left] * own[right]))
        if len(set(same[copies])) == 2:
            np.testing.assert_allclose(row, measure_by_scikit_learn(scores[copies], same[copies]), atol=1e-12)
    assert sum(counted) == (~same).sum()


def test_a_step_is_an_anchor_or_what_lies_between():
    anchors = np.array([0.2, 0.5], np.float32)
    scores = np.array([0.9, 0.5, 0.3, 0.2, 0.1], np.float32)
    assert find_steps(scores, anchors).tolist() == [0, 1, 2, 3, 4]


def test_anchors_keep_both_ends():
    scores = np.linspace(0, 1, 1001)
    np.testing.assert_allclose(choose_anchors(scores, 5), [0, 0.25, 0.5, 0.75, 1])
    assert len(choose_anchors(scores)) == 1001


# Rows of likelihood ratios: values as measured, and resamples as copies of artists give them.


def make_pairs(n: int, n_artists: int = 7):
    """Return log10 likelihood ratios and artists of pairs, a third of them by one hand."""
    rng = np.random.default_rng(5)
    left, right = rng.integers(n_artists, size=(2, n))
    right[: n // 3] = left[: n // 3]
    return rng.normal(size=n) + (left == right), left, right


def test_a_resample_is_measured_as_its_copies_are():
    ratios, left, right = make_pairs(200)
    weights = resample_artists(7, n_boot=6, rng=np.random.default_rng(0))
    replicates = replicate_evidence(ratios, left, right, weights, list(_MEASURES))
    for row, own in zip([np.ones(7, int), *weights.astype(int)], replicates.T, strict=True):
        counts = np.where(left == right, row[left], row[left] * row[right])
        copied = np.repeat(np.arange(200), counts)
        evidence = Curves.from_scores(ratios[copied], (left == right)[copied])
        assert own == pytest.approx(measure_evidence(evidence, list(_MEASURES))[:, 0], abs=1e-9)


def test_a_calibration_that_holds_its_value_ties_no_pairs():
    ratios, left, right = make_pairs(300)
    weights = resample_artists(7, n_boot=20, rng=np.random.default_rng(0))
    metrics = ["roc_auc", "equal_error_rate", "tar_at_far_0.01", "cllr_min"]
    plain = evidence_rows(ratios, left, right, weights, part="seen", metrics=metrics)
    held = evidence_rows(
        np.clip(ratios, -0.5, 0.5), left, right, weights, part="seen", metrics=metrics, scores=ratios
    )
    assert held == plain


def test_few_steps_move_values_not_at_all_and_intervals_little(monkeypatch):
    ratios, left, right = make_pairs(4000)
    weights = resample_artists(7, n_boot=50, rng=np.random.default_rng(1))
    exact = evidence_rows(ratios, left, right, weights, part="seen")
    monkeypatch.setattr(metric_steps, "_N_STEPS", 150)
    few = evidence_rows(ratios, left, right, weights, part="seen")
    assert [row.metric for row in few] == list(EVIDENCE_METRICS)
    for one, other in zip(exact, few, strict=True):
        assert one.value == other.value
        assert [one.low, one.high] == pytest.approx([other.low, other.high], abs=6e-3)
