"""Metrics of retrieval: against a slow loop, by hand, and as properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from morelli.errors import EvaluationError
from morelli.evaluate.metrics.retrieval import (
    _locate_right,
    average_precision_at,
    measure_retrieval,
    precision_at,
    r_precision,
    recall_at,
    share_found_at,
)
from morelli.model import Rule


def draw(n: int, seed: int, n_artists: int = 6):
    rng = np.random.default_rng(seed)
    codes = rng.integers(n_artists, size=n)
    vectors = np.eye(n_artists)[codes] + rng.normal(size=(n, n_artists))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), [f"Artist {code}" for code in codes]


def measure_slowly(queries, query_artists, gallery, gallery_artists, query_ids, gallery_ids):
    """Return recall at 1, 5, 10, average precision at 10 and R-precision of each query, one by one."""
    rows = []
    for vector, artist, own in zip(queries, query_artists, query_ids, strict=True):
        others = [place for place, other in enumerate(gallery_ids) if other != own]
        ranked = sorted(others, key=lambda place, vector=vector: (-float(vector @ gallery[place]), place))
        hits = [gallery_artists[place] == artist for place in ranked]
        n_right = sum(hits)
        if n_right:
            right = [place for place in range(min(10, len(hits))) if hits[place]]
            precision = sum(sum(hits[: place + 1]) / (place + 1) for place in right) / min(10, n_right)
            recalls = [any(hits[:k]) for k in (1, 5, 10)]
            rows.append([*recalls, precision, sum(hits[:n_right]) / n_right])
    return np.array(rows, dtype=float)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("block_bytes", [500, 2**26])
def test_against_a_slow_loop(seed, block_bytes):
    queries, query_artists = draw(25, seed)
    gallery, gallery_artists = draw(40, seed + 100)
    query_artists[0] = "Nobody else"
    query_ids, gallery_ids = [f"{row}" for row in range(25)], [f"{row}" for row in range(40)]
    scores = measure_retrieval(
        queries,
        query_artists,
        gallery,
        gallery_artists,
        query_ids=query_ids,
        gallery_ids=gallery_ids,
        block_bytes=block_bytes,
    )
    expected = measure_slowly(queries, query_artists, gallery, gallery_artists, query_ids, gallery_ids)
    names = ("recall_at_1", "recall_at_5", "recall_at_10", "map_at_10", "r_precision")
    found = np.column_stack([scores.values[name] for name in names])
    np.testing.assert_allclose(found, expected)
    assert scores.n_left_out == 1
    assert len(scores) == 24
    assert repr(scores) == "RetrievalScores(n=24, n_left_out=1)"


def test_one_ranking_by_hand():
    places = [2, 3, 5]
    assert [recall_at(places, k) for k in (1, 2, 5)] == [0, 1, 1]
    assert average_precision_at(places, 10) == pytest.approx((1 / 2 + 2 / 3 + 3 / 5) / 3)
    assert average_precision_at(places, k=2) == pytest.approx((1 / 2) / 2)
    assert r_precision(places) == pytest.approx(2 / 3)


@given(hits=st.lists(st.booleans(), min_size=1, max_size=10))
def test_bounds_and_scikit_learn(hits):
    if any(hits):
        value = average_precision_at(1 + np.flatnonzero(hits), 10)
        assert value == pytest.approx(average_precision_score(hits, np.arange(len(hits), 0, -1)))
        assert 0 < value <= 1
        first = np.arange(1, sum(hits) + 1)
        assert average_precision_at(first, 10) == r_precision(first) == 1


@given(seed=st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_rotating_the_space_and_shuffling_the_gallery_changes_nothing(seed):
    queries, query_artists = draw(12, seed)
    gallery, gallery_artists = draw(20, seed + 1)
    rng = np.random.default_rng(seed)
    rotation, order = np.linalg.qr(rng.normal(size=(6, 6)))[0], rng.permutation(20)
    first = measure_retrieval(queries, query_artists, gallery, gallery_artists)
    second = measure_retrieval(
        queries @ rotation,
        query_artists,
        (gallery @ rotation)[order],
        [gallery_artists[row] for row in order],
    )
    for name, values in first.values.items():
        np.testing.assert_allclose(values, second.values[name])


def test_nothing_to_find_is_an_error():
    vectors, artists = draw(4, 0)
    with pytest.raises(EvaluationError, match="none among 4 queries; search a gallery"):
        measure_retrieval(vectors, artists, vectors, ["Somebody"] * 4)
    with pytest.raises(EvaluationError, match="unit length, as many as artists"):
        measure_retrieval(vectors, artists[:2], vectors, artists)


@pytest.mark.parametrize("kind", ["euclidean", "pearson", "same-argmax"])
@pytest.mark.parametrize("block_bytes", [500, 2**26])
def test_a_rule_ranks_the_gallery(kind, block_bytes):
    """Against the dot product with the one row whose products are the scores of the rule."""
    rule, (queries, query_artists), (gallery, gallery_artists) = Rule(kind), draw(12, 3), draw(30, 4)
    query_rows, gallery_rows = (
        rule.to_rows(5 * vectors.astype(np.float32)) for vectors in (queries, gallery)
    )
    ids = [f"q{row}" for row in range(12)], [f"g{row}" for row in range(30)]
    scores = measure_retrieval(
        query_rows, query_artists, gallery_rows, gallery_artists,
        query_ids=ids[0], gallery_ids=ids[1], block_bytes=block_bytes, rule=rule,
    )  # fmt: skip
    table = rule.score_all(query_rows, gallery_rows)
    expected = measure_slowly(table, query_artists, np.eye(30), gallery_artists, *ids)
    names = ("recall_at_1", "recall_at_5", "recall_at_10", "map_at_10", "r_precision")
    found = [scores.values[name] for name in names]
    np.testing.assert_allclose(np.column_stack(found), expected)


# Places of right works and what follows from them: against sorting everything, and scikit-learn.


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=30))
def test_places_against_sorting_everything(works):
    scores = np.array([value for value, _ in works], dtype=np.float32)
    right = np.array([is_right for _, is_right in works])
    order = sorted(range(len(works)), key=lambda place: (-scores[place], place))
    assert _locate_right(scores, right).tolist() == [
        rank for rank, place in enumerate(order, 1) if right[place]
    ]


def test_works_that_must_not_be_found_stand_last():
    scores = np.array([-np.inf, 0.1, 0.9])
    assert _locate_right(scores, np.array([False, True, False])).tolist() == [2]


def test_average_precision_is_that_of_scikit_learn_without_ties():
    rng = np.random.default_rng(0)
    scores, right = rng.permutation(40).astype(float), rng.random(40) < 0.3
    found = average_precision_at(_locate_right(scores, right))
    assert found == pytest.approx(average_precision_score(right, scores))


def test_precision_and_share_by_hand():
    places = [1, 2, 9, 40]
    assert (precision_at(places, 10), share_found_at(places, 10)) == (0.3, 0.75)
    assert average_precision_at([1, 2, 3]) == 1.0
