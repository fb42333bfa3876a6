"""Intervals over artists: against copied works, and against what must not move them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from morelli.errors import EvaluationError
from morelli.evaluate.metrics.intervals import (
    average_over_artists,
    average_over_triplets,
    enclose,
    resample_artists,
    weigh_evenly,
)
from morelli.evaluate.metrics.steps import replicate_ranking


def draw_pairs(seed: int, n_artists: int = 5, n_pairs: int = 80):
    rng = np.random.default_rng(seed)
    left, right = rng.integers(n_artists, size=(2, n_pairs))
    left[0], right[0], left[1], right[1] = 0, 0, 0, 1  # one pair of each kind at least
    return rng.integers(0, 12, size=n_pairs) / 10.0, left, right  # few distinct scores: many ties


def copy_pairs(left, right, weights):
    """Return each pair as often as the copies of its artists make it."""
    counts = [
        int(weights[a]) if a == b else int(weights[a] * weights[b]) for a, b in zip(left, right, strict=True)
    ]
    return np.repeat(np.arange(len(left)), counts)


@pytest.mark.parametrize("seed", range(5))
def test_a_resample_equals_artists_copied(seed):
    scores, left, right = draw_pairs(seed)
    weights = resample_artists(5, n_boot=20, rng=np.random.default_rng(seed))
    for row, own in zip(replicate_ranking(scores, left, right, weights), weights, strict=True):
        copies = copy_pairs(left, right, own)
        same = (left == right)[copies]
        if same.all() or not same.any():
            assert np.isnan(row).all()
        else:
            assert row[0] == pytest.approx(roc_auc_score(same, scores[copies]))
            assert row[1] == pytest.approx(average_precision_score(same, scores[copies]))


def test_a_resample_equals_scikit_learn_with_weights():
    scores, left, right = draw_pairs(3)
    weights = np.array([[0.5, 2.0, 1.25, 0.0, 3.0]])
    own = np.append(weights[0], 1.0)
    pair_weights = own[left] * own[np.where(left == right, 5, right)]
    row = replicate_ranking(scores, left, right, weights)[0]
    assert row[0] == pytest.approx(roc_auc_score(left == right, scores, sample_weight=pair_weights))
    assert row[1] == pytest.approx(average_precision_score(left == right, scores, sample_weight=pair_weights))


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_resamples_are_bounded_and_ignore_order_and_scale(seed):
    scores, left, right = draw_pairs(seed)
    weights = resample_artists(5, n_boot=8, rng=np.random.default_rng(seed))
    rows = replicate_ranking(scores, left, right, weights)
    finite = rows[np.isfinite(rows)]
    assert ((finite >= 0) & (finite <= 1)).all()
    order = np.random.default_rng(seed + 1).permutation(len(scores))
    moved = replicate_ranking(np.exp(3 * scores[order]) - 7, right[order], left[order], weights)
    np.testing.assert_allclose(rows, moved, atol=1e-12)


def test_blocks_do_not_change_the_numbers(monkeypatch):
    scores, left, right = draw_pairs(1)
    weights = resample_artists(5, n_boot=30, rng=np.random.default_rng(0))
    whole = replicate_ranking(scores, left, right, weights)
    monkeypatch.setattr("morelli.evaluate.metrics.steps.BLOCK_CELLS", 50)
    np.testing.assert_array_equal(whole, replicate_ranking(scores, left, right, weights))


def test_a_difference_is_narrower_under_the_same_resamples():
    """Two nearly equal scorings differ little, however much both move with the artists."""
    rng = np.random.default_rng(0)
    artists = np.repeat(np.arange(15), 6)
    x = np.repeat(rng.normal(size=(15, 3)) * rng.uniform(0.2, 2, size=(15, 1)), 6, axis=0)
    x += rng.normal(size=x.shape)
    a, b = np.triu_indices(len(x), k=1)
    scores = -np.linalg.norm(x[a] - x[b], axis=1)
    weights = resample_artists(15, n_boot=200, rng=rng)
    ours = replicate_ranking(scores, artists[a], artists[b], weights)[:, 0]
    theirs = replicate_ranking(scores + 0.1 * rng.normal(size=len(scores)), artists[a], artists[b], weights)[
        :, 0
    ]
    paired, alone = enclose(0, ours - theirs), enclose(0, ours)
    assert paired.high - paired.low < (alone.high - alone.low) / 3


def test_means_equal_a_slow_loop():
    rng = np.random.default_rng(0)
    codes, values = rng.integers(4, size=30), rng.random(30)
    anchors, negatives = rng.integers(4, size=(2, 30))
    weights = resample_artists(4, n_boot=6, rng=rng)
    for mean, triplet_mean, own in zip(
        average_over_artists(values, codes, weights),
        average_over_triplets(values, anchors, negatives, weights),
        weights,
        strict=True,
    ):
        assert mean == pytest.approx(np.average(values, weights=own[codes]))
        assert triplet_mean == pytest.approx(np.average(values, weights=own[anchors] * own[negatives]))


def test_even_weights_give_the_plain_mean():
    assert average_over_artists([1, 0, 0, 1], np.array([0, 0, 1, 2]), weigh_evenly(3)).tolist() == [0.5]


def test_an_interval_over_artists_is_wider_than_one_over_works():
    """All works of an artist alike: 10 artists carry the knowledge of 10, not of 200, values."""
    codes = np.repeat(np.arange(10), 20)
    values = codes % 2
    rng = np.random.default_rng(0)
    over_artists = enclose(
        0.5, average_over_artists(values, codes, resample_artists(10, n_boot=500, rng=rng))
    )
    over_works = enclose(0.5, rng.choice(values, size=(500, 200)).mean(axis=1))
    assert over_artists.high - over_artists.low > 3 * (over_works.high - over_works.low)


def test_resamples_without_the_number_are_left_out():
    interval = enclose(0.5, np.array([np.nan, 0.2, 0.2, np.nan]))
    assert interval.low == interval.high == pytest.approx(0.2)


def test_nothing_to_resample_is_an_error():
    rng = np.random.default_rng(0)
    for n_artists, n_boot in ((0, 10), (3, 0)):
        with pytest.raises(EvaluationError, match="at least one artist and one resample"):
            resample_artists(n_artists, n_boot=n_boot, rng=rng)
    with pytest.raises(EvaluationError, match="none among 2; evaluate more artists"):
        enclose(0.5, np.array([np.nan, np.nan]))
