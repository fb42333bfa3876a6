"""Reading predictions: places, ties and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.errors import EvaluationError
from morelli.evaluate.predictions import read_predictions


def test_ties_go_to_the_column_further_left():
    predictions = read_predictions([[0.4, 0.4, 0.2], [0.4, 0.4, 0.2]], ["A", "B", "C"], ["A", "B"])
    assert predictions.places.tolist() == [1, 2]
    assert predictions.predicted.tolist() == [0, 0]


def test_places_equal_a_stable_sort():
    rng = np.random.default_rng(0)
    table = rng.integers(1, 5, size=(60, 7)) / 35
    truth = [f"{code}" for code in rng.integers(7, size=60)]
    predictions = read_predictions(table, [f"{code}" for code in range(7)], truth)
    order = np.argsort(-table, axis=1, kind="stable")
    assert predictions.places.tolist() == [
        row.tolist().index(int(own)) + 1 for row, own in zip(order, truth, strict=True)
    ]


def test_repr_tells_the_size():
    assert repr(read_predictions([[1.0]], ["A"], ["A"])) == "Predictions(n=1, artists=1)"


@pytest.mark.parametrize(
    ("table", "classes", "truth", "message"),
    [
        ([[0.5, 0.5]], ["A", "B"], ["A", "B"], "one row per query"),
        (np.empty((0, 2)), ["A", "B"], [], "at least one of each"),
        ([[0.5, 0.6]], ["A", "B"], ["A"], "add up to at most 1"),
        ([[-0.1, 0.6]], ["A", "B"], ["A"], "numbers from 0 to 1"),
        ([[np.nan, 0.6]], ["A", "B"], ["A"], "numbers from 0 to 1"),
        ([[0.5, 0.5]], ["A", "A"], ["A"], "each artist once"),
        ([[0.5, 0.5]], ["A", "B"], ["C"], "artist 'C'.*1 works by artists it does not know; measure"),
    ],
)
def test_what_does_not_fit_is_refused(table, classes, truth, message):
    with pytest.raises(EvaluationError, match=message):
        read_predictions(table, classes, truth)
