"""Calibration error and Brier score: by hand, against scikit-learn and copied works, and as properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from evaluate.reports import make_probabilities, make_works
from morelli.errors import EvaluationError
from morelli.evaluate.metrics.prediction_sets import (
    _multiclass_brier_scores,
    _ReliabilityBins,
    _top_label_calibration_error,
    coverage_rows,
    reliability_rows,
)


def test_the_error_by_hand():
    """Two bins of two works: |0.5 - 0.65| and |1 - 0.85| of half the works each."""
    bins = _ReliabilityBins.count(
        [0.9, 0.6, 0.7, 0.8], [True, False, True, True], np.array([0, 0, 1, 1]), 2, n_bins=2
    )
    assert bins.n_works.sum(axis=1).tolist() == [2, 2]
    assert (bins.lowest.tolist(), bins.highest.tolist()) == ([0.6, 0.8], [0.7, 0.9])
    assert _top_label_calibration_error(bins, np.ones((1, 2)))[0] == pytest.approx(0.15)


def measure_slowly(confidences, right, bins):
    """Return the error of works that stand in given bins."""
    confidences, right = np.asarray(confidences), np.asarray(right, dtype=float)
    places = np.searchsorted(bins.highest, confidences)
    gaps = [abs((right - confidences)[places == place].sum()) for place in range(len(bins))]
    return sum(gaps) / len(confidences)


@settings(max_examples=40, deadline=None)
@given(
    works=st.lists(st.tuples(st.integers(1, 20), st.booleans(), st.integers(0, 2)), min_size=1, max_size=40),
    weights=st.lists(st.integers(1, 3), min_size=3, max_size=3),
)
def test_weights_are_copies_and_ties_share_a_bin(works, weights):
    confidences = np.array([value / 20 for value, _, _ in works])
    right = np.array([is_right for _, is_right, _ in works])
    codes = np.array([code for _, _, code in works])
    bins = _ReliabilityBins.count(confidences, right, codes, 3, n_bins=4)
    assert (bins.lowest[1:] > bins.highest[:-1]).all()
    copies = np.repeat(np.arange(len(works)), np.array(weights)[codes])
    expected = measure_slowly(confidences[copies], right[copies], bins)
    found = _top_label_calibration_error(bins, np.array([weights], dtype=float))[0]
    assert found == pytest.approx(expected)
    assert 0 <= found <= 1


def test_the_brier_score_of_two_names_is_twice_that_of_scikit_learn():
    probabilities = np.random.default_rng(0).uniform(size=20)
    codes = np.arange(20) % 2
    table = np.column_stack([1 - probabilities, probabilities])
    assert _multiclass_brier_scores(table, codes).mean() == pytest.approx(
        2 * brier_score_loss(codes, probabilities)
    )


def test_rows_and_bins_fit_each_other():
    _, _, artists = make_works(4, 8, seed=0)
    probabilities, classes = make_probabilities(artists, seed=1)
    rows, table = reliability_rows(probabilities, classes, artists, seed=0, n_boot=30)
    error, brier = rows
    assert (error.metric, brier.metric) == ("top_label_calibration_error", "multiclass_brier_score")
    counts, said, right = (table[name].to_numpy() for name in ("n_works", "confidence_mean", "share_right"))
    assert counts.sum() == len(artists) == error.n
    assert error.value == pytest.approx((counts * np.abs(said - right)).sum() / counts.sum())
    codes = np.array([classes.index(artist) for artist in artists])
    truth = np.eye(len(classes))[codes]
    assert brier.value == pytest.approx(((probabilities - truth) ** 2).sum(axis=1).mean())
    assert brier.low <= brier.value <= brier.high


# Sets of names: coverage and size by hand, for all works and for each artist.

CLASSES, TRUTH = ["A", "B", "C"], ["A", "A", "B", "B"]
SETS = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 0], [1, 1, 1]], dtype=bool)


def test_by_hand():
    (coverage, size), table = coverage_rows(SETS, CLASSES, TRUTH, seed=0, n_boot=50)
    assert (coverage.metric, coverage.value, size.metric, size.value) == (
        "set_coverage",
        0.75,
        "set_size",
        1.75,
    )
    assert coverage.low == 0.5
    assert coverage.high == 1.0
    assert [record[:3] for record in table.iter_rows()] == [("B", 2, 0.5), ("A", 2, 1.0)]
    assert table["set_size"].to_list() == [2.0, 1.5]


def test_everybody_in_every_set():
    (coverage, size), _ = coverage_rows(np.ones((4, 3), dtype=bool), CLASSES, TRUTH, seed=0, n_boot=9)
    assert (coverage.value, coverage.low, size.value) == (1.0, 1.0, 3.0)


@pytest.mark.parametrize(
    ("sets", "truth"),
    [(SETS[:3], TRUTH), (SETS[:, :2], TRUTH), (SETS[:0], []), (SETS, ["A", "A", "B", "Z"])],
)
def test_what_does_not_fit_is_refused(sets, truth):
    with pytest.raises(EvaluationError, match="sets of artists"):
        coverage_rows(sets, CLASSES, truth, seed=0, n_boot=9)
