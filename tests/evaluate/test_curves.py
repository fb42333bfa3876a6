"""Curves and histograms: the same numbers as the metrics, in fewer points."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import auc, det_curve

from morelli.errors import EvaluationError
from morelli.evaluate.curves import count_scores, trace_curve
from morelli.evaluate.verification import roc_auc


def draw(n: int = 5000):
    rng = np.random.default_rng(0)
    same = rng.random(n) < 0.3
    return np.clip(0.3 * rng.normal(size=n) + 0.3 * same, -1.2, 1.2), same


def test_a_thinned_curve_keeps_its_ends_and_its_area():
    scores, same = draw()
    curve = trace_curve(scores, same, max_points=200)
    assert len(curve) <= 200
    x, y = curve.false_positive_rates, curve.true_positive_rates
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert auc(x, y) == pytest.approx(roc_auc(scores, same), abs=1e-3)
    assert (np.diff(x) >= 0).all()
    assert (np.diff(y) >= 0).all()
    assert (np.diff(curve.thresholds) < 0).all()


def test_misses_equal_those_of_scikit_learn():
    scores, same = draw(30)
    curve = trace_curve(scores, same)
    expected = {(round(x, 9), round(y, 9)) for x, y in zip(*det_curve(same, scores)[:2], strict=True)}
    found = {
        (round(x, 9), round(y, 9)) for x, y in zip(curve.false_positive_rates, curve.miss_rates, strict=True)
    }
    assert len(found & expected) > len(found) / 2  # scikit-learn drops points on straight lines differently
    assert curve.to_dict()["true_positive_rate"][-1] == 1
    assert repr(curve).startswith("Curve(n_points=")


def test_every_pair_is_counted_once():
    scores, same = draw()
    histogram = count_scores(scores, same)
    assert histogram.same.sum() == same.sum()
    assert histogram.different.sum() == (~same).sum()
    assert len(histogram.edges) == len(histogram.to_dict()["same"]) + 1 == 101


def test_scores_of_a_rule_are_counted_from_the_lowest_to_the_highest():
    histogram = count_scores([-7.0, -3.0, -5.0], [True, True, False], score="euclidean")
    assert (histogram.edges[0], histogram.edges[-1], histogram.score) == (-7, -3, "euclidean")
    assert (histogram.same.sum(), histogram.different.sum()) == (2, 1)
    level = count_scores([1.0, 1.0], [True, False], score="same-argmax")
    assert (level.same.sum(), level.different.sum()) == (1, 1)


@pytest.mark.parametrize("make", [trace_curve, count_scores])
def test_one_kind_only_is_an_error(make):
    with pytest.raises(EvaluationError, match="by the same hand as well as by different hands"):
        make([0.1, 0.2], [True, True])
