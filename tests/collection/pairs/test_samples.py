"""Pairs and triplets: each stands for what it says, once, and is drawn fairly."""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import combinations, islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.collection.pairs import samples
from morelli.collection.pairs.samples import (
    sample_label_pairs,
    sample_pairs,
    sample_triplets,
    stream_triplets,
)
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


# Pairs of one label by two artists.

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


# Triplets of an epoch: fresh each time, the same when drawn again, wherever a run began.

TRIPLET_ARTISTS = ["A"] * 9 + ["B"] * 4 + ["C"] + ["D"] * 3
KNOWN = [(5, 3, 13), (5, 1, 12), (16, 14, 12), (9, 12, 8)]


def list_triplets(triplets) -> list[tuple[int, int, int]]:
    return list(
        zip(triplets.anchor.tolist(), triplets.positive.tolist(), triplets.negative.tolist(), strict=True)
    )


def test_epochs_differ_and_each_can_be_drawn_on_its_own():
    epochs = [
        list_triplets(epoch) for epoch in islice(stream_triplets(TRIPLET_ARTISTS, n_per_epoch=50, seed=5), 4)
    ]
    assert len({tuple(epoch) for epoch in epochs}) == 4
    later = stream_triplets(TRIPLET_ARTISTS, n_per_epoch=50, seed=5, first_epoch=2)
    assert [list_triplets(next(later)), list_triplets(next(later))] == epochs[2:]
    other = next(stream_triplets(TRIPLET_ARTISTS, n_per_epoch=50, seed=6))
    assert list_triplets(other) != epochs[0]


def test_an_epoch_has_30_000_triplets_and_a_fixed_set_6_000():
    assert len(next(stream_triplets(TRIPLET_ARTISTS))) == 30_000
    assert len(sample_triplets(TRIPLET_ARTISTS, rng=np.random.default_rng(0))) == 6_000


def test_streamed_triplets_hold_what_they_promise():
    names = np.array(TRIPLET_ARTISTS)
    triplets = next(stream_triplets(TRIPLET_ARTISTS, n_per_epoch=3000))
    assert (names[triplets.anchor] == names[triplets.positive]).all()
    assert (triplets.anchor != triplets.positive).all()
    assert (names[triplets.anchor] != names[triplets.negative]).all()


def test_fixed_triplets_are_fixed():
    first, again, other = (
        list_triplets(sample_triplets(TRIPLET_ARTISTS, rng=np.random.default_rng(seed))) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_a_known_draw_stays_as_it_was():
    # drawn before the streams were written: what training and evaluation use must not move
    drawn = sample_triplets(TRIPLET_ARTISTS, n_triplets=4, rng=np.random.default_rng(11))
    assert list_triplets(drawn) == KNOWN
    assert samples.sample_triplets is sample_triplets


@pytest.mark.parametrize("artists", [[], ["A"], ["A", "A"], ["A", "B", "C"]])
def test_without_two_artists_and_two_works_there_are_none(artists):
    for draw in (stream_triplets, partial(sample_triplets, rng=np.random.default_rng(0))):
        with pytest.raises(EvaluationError, match="two works by one of them"):
            draw(artists)
