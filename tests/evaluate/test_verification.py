"""Metrics of comparison: slow loops, values by hand, properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.errors import EvaluationError
from morelli.evaluate.verification import (
    average_precision,
    compare_triplets,
    equal_error_rate,
    roc_auc,
    triplet_accuracy,
)

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
    assert compare_triplets([0.9, 0.5, 0.1], [0.1, 0.5, 0.9]).tolist() == [1, 0.5, 0]
    assert triplet_accuracy([0.9, 0.5, 0.1], [0.1, 0.5, 0.9]) == 0.5
    rng = np.random.default_rng(0)
    positive, negative = rng.random((2, 50))
    assert triplet_accuracy(positive, negative) == pytest.approx(1 - triplet_accuracy(negative, positive))


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
        triplet_accuracy([], [])
