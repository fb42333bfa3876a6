"""What is found at a rate of false alarms: by hand, on the ROC polygon of scikit-learn, and within bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_curve

from morelli.evaluate.evidence import Evidence
from morelli.evaluate.operating_points import tar_at_far
from morelli.evaluate.ranking import WeightedCurves

from .conftest import make_evidence, pair_lists


@settings(max_examples=25, deadline=None)
@given(pair_lists(), st.floats(0.001, 0.999))
def test_it_lies_on_the_roc_polygon(pairs, rate):
    values, same = pairs
    alarms, hits, _ = roc_curve(same, values, drop_intermediate=False)
    assume(np.abs(alarms - rate).min() > 1e-6)  # where the curve is upright, its top counts; see below
    share = tar_at_far(Evidence.from_pairs(values, same).trace(), rate)[0]
    assert share == pytest.approx(np.interp(rate, alarms, hits), abs=1e-9)


def test_by_hand():
    """Of two pairs by one hand one stands above all others, the other above one of four."""
    curves = Evidence.from_pairs([5, 4, 3, 2, 1, 0], [True, False, False, False, True, False]).trace()
    assert [tar_at_far(curves, rate)[0] for rate in (0, 0.25, 0.75, 1)] == [0.5, 0.5, 1, 1]


def test_weights_are_copies_of_pairs():
    evidence, copies = make_evidence(seed=2)
    for column, (values, same) in enumerate(copies):
        expected = tar_at_far(Evidence.from_pairs(values, same).trace(), 0.1)[0]
        assert tar_at_far(evidence.trace(), 0.1)[column] == pytest.approx(expected)


def test_pairs_of_one_kind_have_none():
    curves = WeightedCurves(np.array([[1.0, 1.0]]), np.array([[0.0, 1.0]]))
    assert np.isnan(tar_at_far(curves, 0.01)).tolist() == [True, False]
