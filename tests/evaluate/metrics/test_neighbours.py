"""Exact neighbours in bounded memory: against sorting everything, with ties, and what is refused."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import skew

from evaluate.reports import make_works
from morelli.errors import EvaluationError
from morelli.evaluate.metrics.neighbours import (
    _count_occurrences,
    _find_nearest,
    _hubness_skewness,
    _weigh_skewness,
    find_neighbours,
    hubness_rows,
)


def draw(n: int, d: int = 6, seed: int = 0):
    vectors = np.random.default_rng(seed).normal(size=(n, d))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("block_bytes", [1, 3000, 2**26])
def test_against_sorting_everything(block_bytes):
    queries, gallery = draw(30, seed=1), draw(50, seed=2)
    found = find_neighbours(queries, gallery, k=7, block_bytes=block_bytes)
    scores = queries @ gallery.T
    expected = np.argsort(-scores, axis=1, kind="stable")[:, :7]
    np.testing.assert_array_equal(found.places, expected)
    np.testing.assert_allclose(found.scores, np.take_along_axis(scores, expected, axis=1), atol=1e-6)


def test_ties_keep_the_order_of_the_gallery():
    gallery = np.eye(3)[[1, 0, 0, 2, 0, 0]]
    assert find_neighbours(np.eye(3)[:1], gallery, k=3).places.tolist() == [[1, 2, 4]]
    assert _find_nearest(np.zeros(9), 4).tolist() == [0, 1, 2, 3]


def test_works_with_the_same_id_are_never_found():
    vectors = draw(5)
    ids = ["a", "b", "c", "c", "d"]
    found = find_neighbours(vectors, vectors, k=5, query_ids=ids, gallery_ids=ids)
    for row, places in enumerate(found.places):
        assert not {ids[place] for place in places if place >= 0} & {ids[row]}
    assert (found.places[2] == -1).sum() == 2
    assert np.isnan(found.scores[2, -2:]).all()


def test_memory_stays_within_the_block():
    vectors = draw(3000).astype(np.float32)  # all scores would be 36 MB
    tracemalloc.start()
    find_neighbours(vectors, vectors, k=3, block_bytes=2**20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 * 2**20


def test_what_does_not_fit_is_refused():
    unit = draw(3)
    with pytest.raises(EvaluationError, match=r"rows of unit length.*lengths 2 to 2"):
        find_neighbours(2 * unit, unit)
    with pytest.raises(EvaluationError, match="rows of unit length"):
        find_neighbours(unit, np.full((3, 6), np.nan))
    with pytest.raises(EvaluationError, match="no row"):
        find_neighbours(unit, np.empty((0, 6)))
    with pytest.raises(EvaluationError, match="ids of one side"):
        find_neighbours(unit, unit, query_ids=["a", "b", "c"])
    with pytest.raises(EvaluationError, match="as many as artists and ids"):
        find_neighbours(unit, unit, query_ids=["a"], gallery_ids=["a", "b", "c"])


# Hubs: counts against a slow loop, skewness against scipy on copied works.


@pytest.mark.parametrize("block_bytes", [100, 2**26])
def test_counts_against_a_slow_loop(block_bytes):
    vectors, _, _ = make_works(4, 6, seed=2)
    counts = np.zeros(len(vectors), dtype=int)
    for row in range(len(vectors)):
        others = [place for place in range(len(vectors)) if place != row]
        for place in sorted(others, key=lambda place, row=row: -float(vectors[row] @ vectors[place]))[:5]:
            counts[place] += 1
    assert _count_occurrences(vectors, k=5, block_bytes=block_bytes).tolist() == counts.tolist()


def test_a_hub_by_hand():
    """Four works, one of which is near to the three others: deviations 3, -1, -1, -1."""
    assert _hubness_skewness(np.array([4, 0, 0, 0])) == pytest.approx((27 - 3) / 4 / 3**1.5)
    assert np.isnan(_hubness_skewness(np.array([1, 1, 1])))


@settings(max_examples=40, deadline=None)
@given(
    counts=st.lists(st.integers(0, 30), min_size=4, max_size=20),
    weights=st.lists(st.integers(0, 3), min_size=4, max_size=4),
)
def test_weights_are_copies(counts, weights):
    counts, codes = np.array(counts), np.arange(len(counts)) % 4
    copied = np.repeat(counts, np.array(weights)[codes])
    found = _weigh_skewness(counts, codes, np.array([weights], dtype=float))[0]
    if len(copied) == 0 or np.ptp(copied) == 0:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(skew(copied), abs=1e-6)


def test_rows():
    vectors, raw, artists = make_works(5, 6, seed=0)
    model, cosine, gain = hubness_rows(vectors, raw, artists, part="unseen", seed=0, n_boot=40)
    assert model.value == pytest.approx(skew(_count_occurrences(vectors)))
    assert gain.value == pytest.approx(model.value - cosine.value)
    assert {row.metric for row in (model, cosine, gain)} == {
        "hubness_skewness", "hubness_skewness_raw_cosine", "hubness_skewness_gain",
    }  # fmt: skip


def test_too_few_works_for_hubs_have_no_row():
    vectors, raw, artists = make_works(2, 4, seed=0)
    assert hubness_rows(vectors, raw, artists, part="seen", seed=0, n_boot=9) == []
