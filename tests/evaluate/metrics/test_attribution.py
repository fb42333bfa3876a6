"""Reading predictions: places, ties and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from morelli.errors import EvaluationError
from morelli.evaluate.metrics.attribution import (
    _accuracy,
    _balanced_accuracy,
    _f1_macro,
    _log_loss,
    _top_k_accuracy,
    read_predictions,
)
from morelli.evaluate.metrics.intervals import resample_artists, weigh_evenly


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


# Metrics of attribution: against scikit-learn, slow loops and properties.

CLASSES = ["A", "B", "C", "D", "E", "F"]


def draw(seed: int, n: int = 50, absent: str = ""):
    rng = np.random.default_rng(seed)
    truth = rng.choice([name for name in CLASSES if name not in absent], size=n)
    table = rng.dirichlet(np.ones(6), size=n) + 0.4 * (truth[:, None] == np.array(CLASSES))
    return table / table.sum(axis=1, keepdims=True), truth


@pytest.mark.parametrize("seed", range(4))
def test_even_weights_give_the_numbers_of_scikit_learn(seed):
    table, truth = draw(seed)
    predicted = np.array(CLASSES)[table.argmax(axis=1)]
    predictions, even = read_predictions(table, CLASSES, list(truth)), weigh_evenly(6)
    assert _accuracy(predictions, even)[0] == pytest.approx(metrics.accuracy_score(truth, predicted))
    assert _balanced_accuracy(predictions, even)[0] == pytest.approx(
        metrics.balanced_accuracy_score(truth, predicted)
    )
    assert _f1_macro(predictions, even)[0] == pytest.approx(
        metrics.f1_score(truth, predicted, average="macro")
    )
    assert _log_loss(predictions, even)[0] == pytest.approx(metrics.log_loss(truth, table, labels=CLASSES))
    assert _top_k_accuracy(predictions, even, k=3)[0] == pytest.approx(
        metrics.top_k_accuracy_score(truth, table, k=3, labels=CLASSES)
    )


def test_artists_without_works_take_no_part():
    table, truth = draw(1, absent="CF")
    predicted = np.array(CLASSES)[table.argmax(axis=1)]
    assert {"C", "F"} & set(predicted)  # they are predicted all the same
    predictions = read_predictions(table, CLASSES, list(truth))
    expected = metrics.f1_score(truth, predicted, average="macro", labels=np.unique(truth), zero_division=0)
    assert _f1_macro(predictions, weigh_evenly(6))[0] == pytest.approx(expected)
    recalls = [np.mean(predicted[truth == artist] == artist) for artist in np.unique(truth)]
    assert _balanced_accuracy(predictions, weigh_evenly(6))[0] == pytest.approx(np.mean(recalls))


def test_weights_equal_artists_copied():
    """Each copy of an artist is one artist more; works of others count once for each of their copies."""
    table, truth = draw(2)
    predicted = np.array(CLASSES)[table.argmax(axis=1)]
    predictions = read_predictions(table, CLASSES, list(truth))
    for own in resample_artists(6, n_boot=10, rng=np.random.default_rng(0)):
        weight = dict(zip(CLASSES, own, strict=True))
        recalls, scores = [], []
        for artist in CLASSES:
            mine, named = truth == artist, predicted == artist
            right = np.sum(mine & named)
            wrongly_given = sum(weight[other] for other in truth[~mine & named])
            for _ in range(int(weight[artist])):
                recalls.append(right / mine.sum())
                scores.append(2 * right / (mine.sum() + right + wrongly_given))
        works = [weight[artist] for artist in truth]
        assert _accuracy(predictions, own[None])[0] == pytest.approx(
            np.average(predicted == truth, weights=works)
        )
        assert _balanced_accuracy(predictions, own[None])[0] == pytest.approx(np.mean(recalls))
        assert _f1_macro(predictions, own[None])[0] == pytest.approx(np.mean(scores))


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_metrics_are_bounded_and_ignore_the_order_of_works(seed):
    table, truth = draw(seed, n=20)
    order = np.random.default_rng(seed).permutation(20)
    weights = resample_artists(6, n_boot=5, rng=np.random.default_rng(seed))
    first = read_predictions(table, CLASSES, list(truth))
    second = read_predictions(table[order], CLASSES, list(truth[order]))
    for measure in (_accuracy, _balanced_accuracy, _f1_macro, _log_loss):
        values = measure(first, weights)
        np.testing.assert_allclose(values, measure(second, weights))
        finite = values[np.isfinite(values)]
        assert (finite >= 0).all()
        assert measure is _log_loss or (finite <= 1).all()


def test_more_names_are_never_worse():
    table, truth = draw(5)
    predictions = read_predictions(table, CLASSES, list(truth))
    values = [_top_k_accuracy(predictions, weigh_evenly(6), k=k)[0] for k in range(1, 8)]
    assert values == sorted(values)
    assert values[5] == values[6] == 1.0


def test_a_single_artist_is_always_right():
    predictions = read_predictions([[1.0], [1.0]], ["A"], ["A", "A"])
    even = weigh_evenly(1)
    assert [measure(predictions, even)[0] for measure in (_accuracy, _balanced_accuracy, _f1_macro)] == [
        1,
        1,
        1,
    ]
    assert _log_loss(predictions, even)[0] == 0


def test_a_probability_of_zero_costs_36_nats():
    predictions = read_predictions([[1.0, 0.0]], ["A", "B"], ["B"])
    assert _log_loss(predictions, weigh_evenly(2))[0] == pytest.approx(-np.log(np.finfo(float).eps))
