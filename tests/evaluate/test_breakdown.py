"""Subsets of pairs: by slow twins over the labels, and the reason why one is too small."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from morelli.collection.pairs.samples import Pairs, sample_pairs
from morelli.errors import EvaluationError
from morelli.evaluate.breakdown import (
    _MIN_PAIRS,
    WorkLabels,
    draw_examples,
    find_worst_pairs,
    list_subsets,
    rank_artists,
    tabulate_artists,
    tabulate_confusion,
)
from morelli.evaluate.metrics.attribution import Predictions, read_predictions
from morelli.evaluate.metrics.curves import Curves
from morelli.evaluate.metrics.evidence import cllr
from morelli.evaluate.metrics.neighbours import find_neighbours


def make_labels(seed: int, n: int) -> WorkLabels:
    rng = np.random.default_rng(seed)
    return WorkLabels(
        styles=rng.choice([None, "", "Rococo", "Baroque", "Baroque|Rococo", "Ukiyo-e"], n).tolist(),
        years=rng.choice([None, 1600, 1601, 1700, 1850], n).tolist(),
        sources=rng.choice([None, "here", "there"], n).tolist(),
        paths=[""] * n,
    )


def is_member(name: str, left: tuple, right: tuple) -> bool:
    """Say whether two works, each of style, year and source, belong to a subset."""
    if name == "within_style":
        return bool(set((left[0] or "-").split("|")) & set((right[0] or "+").split("|")))
    if name == "across_source":
        return None not in (left[2], right[2]) and left[2] != right[2]
    century = int(name.removeprefix("century_"))
    return all(
        work[1] is not None and 100 * century - 99 <= work[1] <= 100 * century for work in (left, right)
    )


def test_members_are_those_of_a_slow_twin():
    artists = [f"{place % 9}" for place in range(72)]
    labels = make_labels(0, 72)
    pairs = sample_pairs(artists, rng=np.random.default_rng(0))
    works = list(zip(labels.styles, labels.years, labels.sources, strict=True))
    codes = np.array([int(artist) for artist in artists])
    subsets = list_subsets(pairs, codes, labels)
    names = ["within_style", "across_source", "century_16", "century_17", "century_19"]
    assert [subset.name for subset in subsets] == names
    for subset in subsets:
        expected = [
            is_member(subset.name, works[left], works[right])
            for left, right in zip(pairs.left, pairs.right, strict=True)
        ]
        assert subset.members.tolist() == expected
        n_same = int((subset.members & pairs.same).sum())
        assert bool(subset.reason) == (n_same < _MIN_PAIRS)
        assert not subset.reason or subset.reason.startswith(f"{n_same} pairs by one hand (of ")


def test_labels_that_are_not_there_are_the_reason():
    artists = ["A", "A", "B", "B"]
    pairs = sample_pairs(artists, rng=np.random.default_rng(0))
    labels = WorkLabels([None] * 4, [None] * 4, ["one"] * 4, [""] * 4)
    found = list_subsets(pairs, np.array([0, 0, 1, 1]), labels)
    assert [subset.reason for subset in found] == ["no work has a style", "all works are from one source"]
    unknown = WorkLabels([None] * 4, [None] * 4, [None] * 4, [""] * 4)
    assert list_subsets(pairs, np.array([0, 0, 1, 1]), unknown)[1].reason == "no work has a source"


# Examples are drawn over artists, and tell right from wrong.


def draw(n_examples: int = 6, seed: int = 0):
    vectors = np.eye(4)[[0, 0, 0, 1, 1, 2]]
    ids = list("abcdef")
    works = [(f"{place}.jpg", artist) for place, artist in enumerate("AAABBC")]
    neighbours = find_neighbours(vectors, vectors, k=3, query_ids=ids, gallery_ids=ids)
    rng = np.random.default_rng(seed)
    return draw_examples(neighbours, works, works, part="seen", rng=rng, n_examples=n_examples, n_found=2)


def test_one_query_from_each_artist():
    examples = draw()
    assert sorted(set(examples["query_artist"])) == ["A", "B", "C"]
    assert draw(n_examples=2)["query"].n_unique() == 2
    assert draw(seed=4).equals(draw(seed=4))


def test_right_and_wrong():
    found = {artist: own for (artist,), own in draw().group_by("query_artist")}
    assert found["A"]["is_right"].to_list() == [1, 1]
    assert found["B"]["is_right"].to_list() == [1, 0]
    assert found["B"].row(0)[:4] == ("seen", found["B"]["query"][0], "B", 1)
    assert found["B"]["score"][0] == 1
    assert found["C"]["work"][0] == "0.jpg"  # nothing is near: the first of the gallery


def test_other_queries_than_searched_are_refused():
    neighbours = find_neighbours(np.eye(2), np.eye(2), k=1)
    with pytest.raises(EvaluationError, match=r"one path and artist per query \(2\), found 1"):
        draw_examples(neighbours, [("a", "A")], [("a", "A")], part="seen", rng=np.random.default_rng(0))


# Where a comparison fails: costs of artists by a slow twin, and pairs that point the wrong way.


def test_the_cost_of_an_artist_is_that_of_the_artist_s_pairs():
    rng = np.random.default_rng(0)
    artists = [f"Artist {place % 5}" for place in range(20)]
    pairs = sample_pairs(artists, rng=rng)
    ratios = rng.normal(size=len(pairs))
    found = rank_artists(ratios, pairs, artists, "seen")
    assert found["cllr"].to_list() == sorted(found["cllr"], reverse=True)
    names = np.array(artists)
    for one in (SimpleNamespace(**row) for row in found.to_dicts()):
        own = (names[pairs.left] == one.artist) | (names[pairs.right] == one.artist)
        assert one.cllr == pytest.approx(cllr(Curves.from_scores(ratios[own], pairs.same[own]))[0])
        assert one.missed == pytest.approx((ratios[own & pairs.same] < 0).mean())
        assert one.mistaken == pytest.approx((ratios[own & ~pairs.same] > 0).mean())
        assert (one.n_same, one.n_different) == (6, 4 * 16)
        costs = {}
        for other in set(artists) - {one.artist}:
            both = own & ((names[pairs.left] == other) | (names[pairs.right] == other))
            costs[other] = np.logaddexp(0, np.log(10) * ratios[both]).mean()
        assert one.taken_for == max(costs, key=costs.get)


def test_an_artist_with_one_work_has_no_cost():
    pairs = Pairs(np.array([0, 0]), np.array([1, 2]), np.array([True, False]))
    assert rank_artists(np.zeros(2), pairs, ["A", "A", "B"], "seen")["artist"].to_list() == ["A"]


def test_worst_pairs_point_the_wrong_way_and_show_a_work_once():
    works = [("a1", "A"), ("a2", "A"), ("b1", "B"), ("b2", "B")]
    pairs = Pairs(
        np.array([0, 2, 0, 1, 0]), np.array([1, 3, 2, 2, 3]), np.array([True, True, False, False, False])
    )
    worst = find_worst_pairs(np.array([-2.0, 1.0, 3.0, 2.0, -1.0]), pairs, works, "unseen")
    assert worst.rows() == [
        ("unseen", "a1", "A", "b1", "B", 0, 3.0),
        ("unseen", "a1", "A", "a2", "A", 1, -2.0),
    ]
    fewer = find_worst_pairs(np.full(5, 1.0), pairs, works, "unseen", n_pairs=1)
    assert fewer["is_same"].to_list() == [0]


# Who is taken for whom, and how often each artist is named rightly.


def make_predictions(counts) -> Predictions:
    """Return predictions of artists A, B, ... with these counts; the row is the true artist."""
    counts = np.array(counts)
    codes, predicted = (
        np.repeat(places, counts.ravel()) for places in np.indices(counts.shape).reshape(2, -1)
    )
    return Predictions(tuple("ABCDEFGH"[: len(counts)]), codes, predicted, codes, np.zeros(len(codes)))


def test_counts_equal_scikit_learn():
    rng = np.random.default_rng(0)
    truth, table = rng.choice(list("ABC"), size=40), rng.dirichlet(np.ones(3), size=40)
    confusion = tabulate_confusion(read_predictions(table, list("ABC"), list(truth)))
    counts = confusion_matrix(truth, np.array(list("ABC"))[table.argmax(axis=1)], labels=list("ABC"))
    assert confusion.rows() == [
        ("ABC"[row], "ABC"[column], counts[row, column]) for row, column in np.argwhere(counts > 0)
    ]


def test_the_least_often_recognised_come_first():
    measured = tabulate_artists(make_predictions([[2, 0, 0, 0], [0, 9, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]]))
    assert measured["artist"].to_list() == ["C", "A", "B"]  # A and B are always right, B with more works


def test_wilson_interval_by_hand():
    """For half of n works right: half width z / (1 + z²/n) · sqrt(1/(4n) + z²/(4n²)), with z = 1.96."""
    low, high = tabulate_artists(make_predictions([[1, 1], [0, 2]])).select("low", "high").row(0)
    z2, n = 1.959964**2, 2
    half = np.sqrt(z2) / (1 + z2 / n) * np.sqrt(0.25 / n + z2 / (4 * n**2))
    assert (low, high) == (pytest.approx(0.5 - half), pytest.approx(0.5 + half))
