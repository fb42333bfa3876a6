"""Costs of likelihood ratios: published values, slow twins, and what must hold of any evidence."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings

from morelli.errors import EvaluationError
from morelli.evaluate.evidence import Evidence
from morelli.evaluate.likelihood_metrics import cllr, cllr_calibration, cllr_min

from .conftest import make_evidence, pair_lists


def read(same: list[float], different: list[float]) -> Evidence:
    """Return the evidence of likelihood ratios of both kinds."""
    ratios = np.log10([*same, *different])
    return Evidence.from_pairs(ratios, [True] * len(same) + [False] * len(different))


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
    evidence = Evidence.from_pairs(values, same)
    assert cllr(evidence)[0] == pytest.approx(slow_cllr(values, same))
    assert cllr_min(evidence)[0] == pytest.approx(slow_cllr_min(values, same), abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(pair_lists())
def test_calibration_costs_something_and_order_is_all_that_the_rest_depends_on(pairs):
    values, same = pairs
    evidence = Evidence.from_pairs(values, same)
    assert cllr_calibration(evidence)[0] >= -1e-9
    assert -1e-9 <= cllr_min(evidence)[0] <= 1 + 1e-9
    stretched = Evidence.from_pairs(3 * np.array(values) + 1, same)
    assert cllr_min(stretched)[0] == pytest.approx(cllr_min(evidence)[0])


def test_weights_are_copies_of_pairs():
    evidence, copies = make_evidence(seed=0)
    for measure in (cllr, cllr_min):
        for column, (values, same) in enumerate(copies):
            expected = measure(Evidence.from_pairs(values, same))[0]
            assert measure(evidence)[column] == pytest.approx(expected)


def test_scores_that_part_the_kinds_could_cost_nothing():
    evidence = read([100, 1000], [10, 1])
    assert cllr_min(evidence)[0] == pytest.approx(0)
    assert cllr_calibration(evidence)[0] == pytest.approx(cllr(evidence)[0])


def test_strong_evidence_does_not_overflow():
    assert cllr(Evidence.from_pairs([400.0, -400.0], [True, False]))[0] == pytest.approx(0)
    assert cllr(Evidence.from_pairs([-400.0, 400.0], [True, False]))[0] == pytest.approx(400 / math.log10(2))


def test_pairs_of_one_kind_have_no_cost():
    with pytest.raises(EvaluationError, match="pairs of works"):
        Evidence.from_pairs([0.1, 0.2], [True, True])
    nothing = Evidence(np.array([0.0]), np.array([[1.0, 1.0]]), np.array([[0.0, 1.0]]))
    assert np.isnan(cllr(nothing)).tolist() == np.isnan(cllr_min(nothing)).tolist() == [True, False]
    assert repr(nothing) == "Evidence(n_steps=1, n_weightings=2)"
