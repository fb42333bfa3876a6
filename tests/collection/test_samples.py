"""Pairs and triplets: each stands for what it says, once, and is drawn fairly."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from morelli.collection.samples import sample_pairs, sample_triplets, score_pairs
from morelli.errors import EvaluationError

ARTISTS = ["A"] * 25 + ["B"] * 4 + ["C"] * 1 + ["D"] * 12


def test_all_pairs_among_ten_works_of_each_artist():
    pairs = sample_pairs(ARTISTS, rng=np.random.default_rng(0))
    works = set(pairs.left) | set(pairs.right)
    assert Counter(ARTISTS[work] for work in works) == {"A": 10, "B": 4, "C": 1, "D": 10}
    assert len(pairs) == 25 * 24 // 2
    assert pairs.n_same == 45 + 6 + 0 + 45
    assert len(set(zip(pairs.left, pairs.right, strict=True))) == len(pairs)
    assert (pairs.left < pairs.right).all()
    names = np.array(ARTISTS)
    np.testing.assert_array_equal(pairs.same, names[pairs.left] == names[pairs.right])
    assert repr(pairs) == "Pairs(n=300, n_same=96)"


@pytest.mark.parametrize("max_different", [20, 60, 150])
def test_of_too_many_pairs_so_many_are_drawn(max_different):
    pairs = sample_pairs(ARTISTS, max_different=max_different, rng=np.random.default_rng(0))
    assert (~pairs.same).sum() == max_different
    assert pairs.n_same == 96
    assert len(set(zip(pairs.left, pairs.right, strict=True))) == len(pairs)


def test_the_same_seed_draws_the_same():
    first, second = (sample_pairs(ARTISTS, max_different=30, rng=np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first.right, second.right)
    first, second = (sample_triplets(ARTISTS, n_triplets=9, rng=np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first.negative, second.negative)


def test_triplets_hold_what_they_promise():
    triplets = sample_triplets(ARTISTS, n_triplets=4000, rng=np.random.default_rng(0))
    names = np.array(ARTISTS)
    assert (names[triplets.anchor] == names[triplets.positive]).all()
    assert (names[triplets.anchor] != names[triplets.negative]).all()
    assert (triplets.anchor != triplets.positive).all()
    assert "C" not in names[triplets.anchor]  # one work only
    assert repr(triplets) == "Triplets(n=4000)"


def test_artists_and_works_are_equally_likely_in_triplets():
    triplets = sample_triplets(ARTISTS, n_triplets=6000, rng=np.random.default_rng(1))
    names = np.array(ARTISTS)
    anchors, negatives = Counter(names[triplets.anchor]), Counter(names[triplets.negative])
    assert all(abs(anchors[name] - 2000) < 200 for name in "ABD")
    assert abs(negatives["C"] - 2000) < 200  # every anchor's artist leaves three others
    works = Counter(triplets.positive[names[triplets.positive] == "B"])
    assert all(abs(count - 500) < 100 for count in works.values())


@pytest.mark.parametrize("artists", [["A"], ["A", "A"], ["A", "B", "C"]])
def test_without_both_kinds_there_is_no_test(artists):
    for sample in (sample_pairs, sample_triplets):
        with pytest.raises(EvaluationError, match="at least two artists, and two works by one of them"):
            sample(artists, rng=np.random.default_rng(0))


def test_scores_are_dot_products_whatever_the_block(monkeypatch):
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(9, 4)).astype(np.float32)
    left, right = rng.integers(9, size=(2, 30))
    expected = [float(vectors[a] @ vectors[b]) for a, b in zip(left, right, strict=True)]
    np.testing.assert_allclose(score_pairs(vectors, left, right), expected, rtol=1e-5)
    monkeypatch.setattr("morelli.collection.samples.BLOCK_PAIRS", 7)
    np.testing.assert_allclose(score_pairs(vectors, left, right), expected, rtol=1e-5)
