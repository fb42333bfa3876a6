"""Scores of pairs: dot products, block by block."""

from __future__ import annotations

import numpy as np

from morelli.collection.samples import Triplets
from morelli.evaluate.scoring import score_pairs, score_triplets


def test_scores_are_dot_products_whatever_the_block(monkeypatch):
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(9, 4)).astype(np.float32)
    left, right = rng.integers(9, size=(2, 30))
    expected = [float(vectors[a] @ vectors[b]) for a, b in zip(left, right, strict=True)]
    np.testing.assert_allclose(score_pairs(vectors, left, right), expected, rtol=1e-5)
    monkeypatch.setattr("morelli.evaluate.scoring.BLOCK_PAIRS", 7)
    np.testing.assert_allclose(score_pairs(vectors, left, right), expected, rtol=1e-5)


def test_triplets_are_compared_by_score():
    vectors = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [1.0, 0.0]])
    triplets = Triplets(np.array([0, 0, 0]), np.array([1, 2, 3]), np.array([2, 1, 3]))
    assert score_triplets(vectors, triplets).tolist() == [1, 0, 0.5]
