"""Neighbours by vector: those of a slow loop, and only works that have a vector."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.collection.audit import similarity
from morelli.collection.audit.similarity import Neighbours, find_neighbours, find_similar
from morelli.embeddings import Embeddings


def make_embeddings(n: int, d: int = 6, seed: int = 0) -> tuple[Embeddings, list[str]]:
    ids = [f"{place:04d}" for place in range(n)]
    rows = np.random.default_rng(seed).normal(3, 1, (n, d)).astype(np.float32)
    return Embeddings(tuple(ids), rows, "f" * 64), ids


def find_slowly(rows: np.ndarray, k: int) -> dict[tuple[int, int], float]:
    centred = rows - rows.mean(axis=0)
    found = {}
    for left, row in enumerate(centred):
        others = [
            (float(row @ other / np.linalg.norm(row) / np.linalg.norm(other)), right)
            for right, other in enumerate(centred)
            if right != left
        ]
        for cosine, right in sorted(others, reverse=True)[:k]:
            found[min(left, right), max(left, right)] = cosine
    return found


@pytest.mark.parametrize("block", [4, 1024])
@pytest.mark.parametrize("k", [1, 3])
def test_neighbours_are_those_of_the_slow_loop(monkeypatch, block, k):
    monkeypatch.setattr(similarity, "_BLOCK_ROWS", block)
    embeddings, ids = make_embeddings(17)
    found = find_neighbours(embeddings, ids, k=k)
    expected = find_slowly(embeddings.vectors.astype(np.float64), k)
    assert {tuple(pair) for pair in found.pairs.tolist()} == set(expected)
    np.testing.assert_allclose(found.cosines, [expected[tuple(pair)] for pair in found.pairs], atol=1e-5)


def test_works_without_a_vector_have_no_neighbours_and_keep_their_places():
    embeddings, ids = make_embeddings(5)
    wider = ["none", *ids[:2], "neither", *ids[2:]]
    found = find_neighbours(embeddings, wider)
    assert 0 not in found.pairs
    assert 3 not in found.pairs
    straight = find_neighbours(embeddings, ids)
    moved = np.array([1, 2, 4, 5, 6])[straight.pairs]
    np.testing.assert_array_equal(found.pairs, moved)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_works_have_fewer_neighbours(n):
    found = find_neighbours(*make_embeddings(n), k=3)
    assert len(found.pairs) == len(found.cosines) == n * (n - 1) // 2


def test_no_vectors_no_neighbours():
    embeddings, _ = make_embeddings(4)
    assert len(find_neighbours(embeddings, ["a", "b"]).pairs) == 0


def test_the_most_alike_come_first_and_linked_ones_not_at_all(monkeypatch):
    monkeypatch.setattr(similarity, "N_SIMILAR", 2)
    pairs = np.array([[0, 1], [0, 2], [1, 3], [2, 3]])
    near = Neighbours(pairs, np.array([0.5, 0.9, 0.8, 0.7], dtype=np.float32))
    found = find_similar(near, {(0, 2)})
    assert [(link.left, link.right) for link in found] == [(1, 3), (2, 3)]
    assert {link.relation for link in found} == {"similar"}
    assert [link.correlation for link in found] == pytest.approx([0.8, 0.7])
    assert {link.inliers for link in found} == {0}
