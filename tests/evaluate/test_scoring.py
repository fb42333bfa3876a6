"""Scores of pairs: dot products, block by block."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.collection.samples import Triplets
from morelli.evaluate.scoring import score_triplets, score_works
from morelli.model import PairRule, pair_rule


def test_triplets_are_compared_by_score():
    vectors = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [1.0, 0.0]])
    triplets = Triplets(np.array([0, 0, 0]), np.array([1, 2, 3]), np.array([2, 1, 3]))
    assert score_triplets(vectors, triplets).tolist() == [1, 0, 0.5]


def test_triplets_are_compared_by_a_rule_where_there_is_one():
    """By the angle the second work is nearer to the first, by the distance the third is."""
    vectors = np.array([[1.0, 0.0], [5.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    triplets = Triplets(np.array([0]), np.array([1]), np.array([2]))
    assert score_triplets(vectors, triplets).tolist() == [1]
    assert score_triplets(vectors, triplets, rule=PairRule("euclidean")).tolist() == [0]


@pytest.mark.parametrize("rule", [None, PairRule("dot"), PairRule("euclidean"), PairRule("same-argmax")])
def test_pairs_are_scored_block_by_block(rule, monkeypatch):
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(9, 3)).astype(np.float32)
    rows = vectors if rule is None else rule.to_rows(vectors)
    left, right = rng.integers(9, size=(2, 50))
    monkeypatch.setattr(pair_rule, "BLOCK_CELLS", 20)
    table = rows @ rows.T if rule is None else rule.score_all(rows, rows)
    np.testing.assert_allclose(score_works(rows, left, right, rule), table[left, right], atol=1e-5)
    assert score_works(rows, left[:0], right[:0], rule).shape == (0,)
