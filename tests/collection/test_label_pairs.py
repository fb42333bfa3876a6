"""Pairs of one label by two artists."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.collection.label_pairs import sample_label_pairs
from morelli.errors import EvaluationError

works = st.lists(st.tuples(st.sampled_from(["x", "y", None]), st.sampled_from("ABC")), max_size=12)


@given(works=works)
def test_the_pairs_are_those_of_a_loop(works):
    labels, artists = [label for label, _ in works], [artist for _, artist in works]
    wanted = {
        (one, other): labels[one] == labels[other]
        for one, other in combinations(range(len(works)), 2)
        if artists[one] != artists[other] and None not in (labels[one], labels[other])
    }
    draw: dict = {"max_pairs": 999, "rng": np.random.default_rng(0)}
    if len(set(wanted.values())) < 2:
        with pytest.raises(EvaluationError, match="one of them in works by two artists"):
            sample_label_pairs(labels, artists, **draw)
        return
    pairs = sample_label_pairs(labels, artists, **draw)
    left, right, same = (rows.tolist() for rows in (pairs.left, pairs.right, pairs.same))
    assert dict(zip(zip(left, right, strict=True), same, strict=True)) == wanted


def test_at_most_so_many_works_and_pairs_take_part():
    artists = ["A"] * 50 + ["B"] * 50
    labels = [*"xyz"] * 33 + ["x"]
    pairs = sample_label_pairs(labels, artists, max_pairs=7, works_per_artist=4, rng=np.random.default_rng(2))
    assert (pairs.n_same, len(pairs)) <= (7, 14)
    assert len(np.unique(np.concatenate([pairs.left, pairs.right]))) <= 8


def test_of_many_works_pairs_are_drawn_without_repeats():
    n = 1200
    pairs = sample_label_pairs(
        ["x", "y"] * (n // 2),
        [str(place) for place in range(n)],
        max_pairs=500,
        rng=np.random.default_rng(0),
    )
    assert pairs.n_same == 500
    assert len(pairs) == 1000
    assert (pairs.left < pairs.right).all()
    assert len(set(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))) == 1000
