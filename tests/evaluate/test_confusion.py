"""Who is taken for whom: counts, lists and the order of the picture."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from morelli.evaluate.confusion import Confusion
from morelli.evaluate.predictions import read_predictions


def make(counts) -> Confusion:
    counts = np.array(counts)
    return Confusion(tuple("ABCDEFGH"[: len(counts)]), counts)


def test_counts_equal_scikit_learn():
    rng = np.random.default_rng(0)
    truth, table = rng.choice(list("ABC"), size=40), rng.dirichlet(np.ones(3), size=40)
    confusion = Confusion.from_predictions(read_predictions(table, list("ABC"), list(truth)))
    predicted = np.array(list("ABC"))[table.argmax(axis=1)]
    np.testing.assert_array_equal(confusion.counts, confusion_matrix(truth, predicted, labels=list("ABC")))
    assert confusion.n == 40
    assert confusion.to_dict()["artists"] == ["A", "B", "C"]
    assert repr(confusion) == "Confusion(artists=3, n=40)"


def test_the_least_often_recognised_come_first():
    measured = make([[2, 0, 0, 0], [0, 9, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]]).list_accuracies()
    assert [one.artist for one in measured] == ["C", "A", "B"]  # A and B are always right, B with more works


def test_wilson_interval_by_hand():
    """For half of n works right: half width z / (1 + z²/n) · sqrt(1/(4n) + z²/(4n²)), with z = 1.96."""
    one = make([[1, 1], [0, 2]]).list_accuracies()[0]
    z2, n = 1.959964**2, 2
    half = np.sqrt(z2) / (1 + z2 / n) * np.sqrt(0.25 / n + z2 / (4 * n**2))
    assert (one.low, one.high) == (pytest.approx(0.5 - half), pytest.approx(0.5 + half))


def test_confused_pairs_by_number_of_works():
    pairs = make([[5, 2, 0], [0, 1, 3], [1, 0, 4]]).list_confused(2)
    assert [(pair.artist, pair.taken_for, pair.n_confused, pair.n) for pair in pairs] == [
        ("B", "C", 3, 4),
        ("A", "B", 2, 7),
    ]


def test_confused_artists_stand_side_by_side():
    counts = np.diag([9, 9, 9, 9, 9, 9])
    counts[0, 5] = counts[5, 0] = counts[1, 4] = counts[4, 1] = 6
    order = "".join(make(counts).arrange().artists)
    assert "AF" in order or "FA" in order
    assert "BE" in order or "EB" in order


def test_arranging_moves_rows_and_columns_together_and_keeps_the_weakest():
    counts = np.array([[1, 3, 0, 0], [0, 4, 0, 0], [0, 2, 2, 0], [0, 0, 0, 0]])
    shown = make(counts).arrange(max_artists=2)
    assert set(shown.artists) == {"A", "C"}
    assert {shown.counts[row, row] for row in range(2)} == {1, 2}
