"""Exact neighbours in bounded memory: against sorting everything, with ties, and what is refused."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from morelli.errors import EvaluationError
from morelli.evaluate.neighbours import find_nearest, find_neighbours


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
    assert find_nearest(np.zeros(9), 4).tolist() == [0, 1, 2, 3]


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
