"""Scores of pairs: dot products, block by block."""

from __future__ import annotations

import numpy as np

from morelli.collection.samples import Triplets
from morelli.evaluate.scoring import score_triplets


def test_triplets_are_compared_by_score():
    vectors = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [1.0, 0.0]])
    triplets = Triplets(np.array([0, 0, 0]), np.array([1, 2, 3]), np.array([2, 1, 3]))
    assert score_triplets(vectors, triplets).tolist() == [1, 0, 0.5]
