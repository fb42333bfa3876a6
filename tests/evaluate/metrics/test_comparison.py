"""Metrics of comparison: slow loops, values by hand, properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import auc, det_curve

from morelli.collection.pairs.samples import Triplets
from morelli.errors import EvaluationError
from morelli.evaluate.metrics.comparison import (
    _compare_triplets,
    _score_triplets,
    count_scores,
    score_works,
    trace_curve,
)
from morelli.evaluate.metrics.curves import Curves
from morelli.model import COSINE, Rule
from morelli.model import scoring as pair_rule


def roc_auc(scores, same):
    return Curves.from_scores(scores, same).roc_auc()[0]


def average_precision(scores, same):
    return Curves.from_scores(scores, same).average_precision()[0]


def equal_error_rate(scores, same):
    return Curves.from_scores(scores, same).equal_error_rate()[0]


METRICS = (roc_auc, average_precision, equal_error_rate)


def count_couples(scores, same):
    couples = [(a > b) + 0.5 * (a == b) for a in scores[same] for b in scores[~same]]
    return np.mean(couples)


def walk_down(scores, same):
    total = 0.0
    for threshold in sorted(set(scores[same]), reverse=True):
        passed = scores >= threshold
        total += same[passed].mean() * (same & (scores == threshold)).sum()
    return total / same.sum()


def draw(seed: int, n: int = 40):
    rng = np.random.default_rng(seed)
    same = rng.random(n) < 0.4
    same[:2] = True, False
    return (rng.integers(0, 10, size=n) + 2 * same) / 10, same


@pytest.mark.parametrize("seed", range(4))
def test_against_slow_loops(seed):
    scores, same = draw(seed)
    assert roc_auc(scores, same) == pytest.approx(count_couples(scores, same))
    assert average_precision(scores, same) == pytest.approx(walk_down(scores, same))


def test_by_hand():
    """Ranking 1 0 1 1 0: four of six couples are in order; precision is 1, 2/3 and 3/4 at the hits."""
    scores, same = [5, 4, 3, 2, 1], [True, False, True, True, False]
    assert roc_auc(scores, same) == pytest.approx(4 / 6)
    assert average_precision(scores, same) == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)
    assert equal_error_rate(scores, same) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [([3, 2, 1], (1, 1, 0)), ([1, 2, 3], (0, 1 / 3, 1)), ([1, 1, 1], (0.5, 1 / 3, 0.5))],
)
def test_perfect_reversed_and_tied(scores, expected):
    values = [measure(scores, [True, False, False]) for measure in METRICS]
    assert values == pytest.approx(expected)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_bounded_and_unmoved_by_order_and_rising_transforms(seed):
    scores, same = draw(seed)
    order = np.random.default_rng(seed).permutation(len(scores))
    for measure in METRICS:
        value = measure(scores, same)
        assert 0 <= value <= 1
        assert measure(scores[order], same[order]) == pytest.approx(value)
        assert measure(np.exp(5 * scores), same) == pytest.approx(value)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_swapping_the_kinds_mirrors(seed):
    scores, same = draw(seed)
    assert roc_auc(-scores, ~same) == pytest.approx(roc_auc(scores, same))
    assert equal_error_rate(-scores, ~same) == pytest.approx(equal_error_rate(scores, same))


def test_triplets():
    assert _compare_triplets([0.9, 0.5, 0.1], [0.1, 0.5, 0.9]).tolist() == [1, 0.5, 0]
    rng = np.random.default_rng(0)
    positive, negative = rng.random((2, 50))
    accuracy = _compare_triplets(positive, negative).mean()
    assert accuracy == pytest.approx(1 - _compare_triplets(negative, positive).mean())


@pytest.mark.parametrize("measure", METRICS)
def test_one_kind_only_is_an_error(measure):
    for same in ([True, True], [False, False]):
        with pytest.raises(
            EvaluationError, match=r"pairs of works: expected .*, found .*; evaluate at least two"
        ):
            measure([0.1, 0.2], same)
    with pytest.raises(EvaluationError, match="one score per pair"):
        measure([0.1, 0.2, 0.3], [True, False])
    with pytest.raises(EvaluationError, match="1 of them not finite"):
        measure([0.1, np.nan], [True, False])


def test_no_triplet_is_an_error():
    with pytest.raises(EvaluationError, match="at least one number"):
        _compare_triplets([], [])


# Curves and histograms: the same numbers as the metrics, in fewer points.


def draw_scores(n: int = 5000):
    rng = np.random.default_rng(0)
    same = rng.random(n) < 0.3
    return np.clip(0.3 * rng.normal(size=n) + 0.3 * same, -1.2, 1.2), same


def test_a_thinned_curve_keeps_its_ends_and_its_area():
    scores, same = draw_scores()
    curve = trace_curve(scores, same, max_points=200)
    assert len(curve) <= 200
    x, y = curve.false_positive_rates, curve.true_positive_rates
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert auc(x, y) == pytest.approx(roc_auc(scores, same), abs=1e-3)
    assert (np.diff(x) >= 0).all()
    assert (np.diff(y) >= 0).all()
    assert (np.diff(curve.thresholds) < 0).all()


def test_misses_equal_those_of_scikit_learn():
    scores, same = draw_scores(30)
    curve = trace_curve(scores, same)
    expected = {(round(x, 9), round(y, 9)) for x, y in zip(*det_curve(same, scores)[:2], strict=True)}
    found = {
        (round(x, 9), round(y, 9)) for x, y in zip(curve.false_positive_rates, curve.miss_rates, strict=True)
    }
    assert len(found & expected) > len(found) / 2  # scikit-learn drops points on straight lines differently
    assert curve.true_positive_rates[-1] == 1
    assert repr(curve).startswith("Curve(n_points=")


def test_every_pair_is_counted_once():
    scores, same = draw_scores()
    histogram = count_scores(scores, same)
    assert histogram.same.sum() == same.sum()
    assert histogram.different.sum() == (~same).sum()
    assert len(histogram.edges) == len(histogram.same) + 1 == 101


def test_scores_of_a_rule_are_counted_from_the_lowest_to_the_highest():
    histogram = count_scores([-7.0, -3.0, -5.0], [True, True, False], score="euclidean")
    assert (histogram.edges[0], histogram.edges[-1], histogram.score) == (-7, -3, "euclidean")
    assert (histogram.same.sum(), histogram.different.sum()) == (2, 1)
    level = count_scores([1.0, 1.0], [True, False], score="same-argmax")
    assert (level.same.sum(), level.different.sum()) == (1, 1)


@pytest.mark.parametrize("make", [trace_curve, count_scores])
def test_a_curve_of_one_kind_only_is_an_error(make):
    with pytest.raises(EvaluationError, match="by the same hand as well as by different hands"):
        make([0.1, 0.2], [True, True])


# Scores of pairs: dot products, block by block.


def test_triplets_are_compared_by_score():
    vectors = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [1.0, 0.0]])
    triplets = Triplets(np.array([0, 0, 0]), np.array([1, 2, 3]), np.array([2, 1, 3]))
    assert _score_triplets(vectors, triplets).tolist() == [1, 0, 0.5]


def test_triplets_are_compared_by_a_rule_where_there_is_one():
    """By the angle the second work is nearer to the first, by the distance the third is."""
    vectors = np.array([[1.0, 0.0], [5.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    triplets = Triplets(np.array([0]), np.array([1]), np.array([2]))
    assert _score_triplets(vectors, triplets).tolist() == [1]
    assert _score_triplets(vectors, triplets, rule=Rule("euclidean")).tolist() == [0]


@pytest.mark.parametrize("rule", [COSINE, Rule("dot"), Rule("euclidean"), Rule("same-argmax")])
def test_pairs_are_scored_block_by_block(rule, monkeypatch):
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(9, 3)).astype(np.float32)
    rows = vectors if rule is COSINE else rule.to_rows(vectors)
    left, right = rng.integers(9, size=(2, 50))
    monkeypatch.setattr(pair_rule, "_BLOCK_CELLS", 20)
    table = rule.score_all(rows, rows)
    np.testing.assert_allclose(score_works(rows, left, right, rule), table[left, right], atol=1e-5)
    assert score_works(rows, left[:0], right[:0], rule).shape == (0,)
