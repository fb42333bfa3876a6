"""Near-duplicate groups: the same as comparing all pairs, exact at the threshold, numbered by appearance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.collection.duplicates import hashes as duplicates
from morelli.collection.duplicates.hashes import (
    _DHASH_BITS,
    _PHASH_BITS,
    group_near_duplicates,
    pair_near_duplicates,
)


def slow_groups(phashes: list[str], dhashes: list[str], phash_bits: int, dhash_bits: int) -> list[int]:
    """Compare all pairs, and spread the lower number until nothing changes."""
    n = len(phashes)
    labels = list(range(n))
    close = [
        (i, j)
        for i in range(n)
        for j in range(i)
        if (int(phashes[i], 16) ^ int(phashes[j], 16)).bit_count() <= phash_bits
        and (int(dhashes[i], 16) ^ int(dhashes[j], 16)).bit_count() <= dhash_bits
    ]
    while True:
        before = labels.copy()
        for i, j in close:
            labels[i] = labels[j] = min(labels[i], labels[j])
        if labels == before:
            break
    numbers: dict[int, int] = {}
    return [numbers.setdefault(label, len(numbers)) for label in labels]


def spell(word: int) -> str:
    return f"{word:016x}"


def flip(word: int, bits: list[int]) -> int:
    for bit in bits:
        word ^= 1 << bit
    return word


words = st.integers(0, 2**64 - 1)
clusters = st.lists(
    st.tuples(
        st.integers(0, 3), st.lists(st.integers(0, 63), max_size=9), st.lists(st.integers(0, 63), max_size=15)
    ),
    max_size=25,
)


@given(centres=st.lists(st.tuples(words, words), min_size=4, max_size=4), members=clusters)
@settings(max_examples=150, deadline=None)
def test_clusters_equal_comparing_all_pairs(centres, members) -> None:
    phashes = [spell(flip(centres[which][0], bits)) for which, bits, _ in members]
    dhashes = [spell(flip(centres[which][1], bits)) for which, _, bits in members]
    groups = group_near_duplicates(phashes, dhashes)
    assert groups.tolist() == slow_groups(phashes, dhashes, _PHASH_BITS, _DHASH_BITS)


@given(
    hashes=st.lists(st.tuples(words, words), max_size=20),
    phash_bits=st.integers(0, 40),
    dhash_bits=st.integers(0, 63),
)
@settings(max_examples=80, deadline=None)
def test_random_hashes_under_any_threshold_equal_comparing_all_pairs(hashes, phash_bits, dhash_bits) -> None:
    phashes, dhashes = ([spell(pair[side]) for pair in hashes] for side in (0, 1))
    groups = group_near_duplicates(phashes, dhashes, phash_bits=phash_bits, dhash_bits=dhash_bits)
    assert groups.tolist() == slow_groups(phashes, dhashes, phash_bits, dhash_bits)


@given(word=words, bits=st.lists(st.integers(0, 63), min_size=64, max_size=64, unique=True), data=st.data())
@settings(max_examples=150, deadline=None)
def test_the_threshold_itself_is_near_and_one_bit_more_is_not(word, bits, data) -> None:
    name = data.draw(st.sampled_from(["phash", "dhash"]))
    limit = {"phash": _PHASH_BITS, "dhash": _DHASH_BITS}[name]
    for n_bits, expected in ((limit, [0, 0]), (limit + 1, [0, 1])):
        changed = [spell(word), spell(flip(word, bits[:n_bits]))]
        same = [spell(word)] * 2
        pair = (changed, same) if name == "phash" else (same, changed)
        assert group_near_duplicates(*pair).tolist() == expected


def test_six_bits_that_fall_into_six_bands_are_found() -> None:
    bands = [round(64 * band / (_PHASH_BITS + 2)) for band in range(_PHASH_BITS + 2)]
    for left_out in range(len(bands)):
        for also in range(left_out):
            spread = [bit for place, bit in enumerate(bands) if place not in (left_out, also)]
            pair = [spell(0), spell(flip(0, spread))]
            assert group_near_duplicates(pair, [spell(0)] * 2).tolist() == [0, 0]


def test_neighbours_of_neighbours_are_one_group_by_hand() -> None:
    chain = [spell(0), spell(flip(0, list(range(5)))), spell(flip(0, list(range(10))))]
    assert group_near_duplicates(chain, [spell(0)] * 3).tolist() == [0, 0, 0]
    assert group_near_duplicates([chain[0], chain[2]], [spell(0)] * 2).tolist() == [0, 1]


def test_one_close_hash_alone_is_not_enough() -> None:
    far = [spell(0), spell(2**64 - 1)]
    assert group_near_duplicates([spell(5)] * 2, far).tolist() == [0, 1]
    assert group_near_duplicates(far, [spell(5)] * 2).tolist() == [0, 1]


def test_groups_are_numbered_in_order_of_appearance() -> None:
    hashes = [
        spell(word) for word in (7, 2**63 + 2**62 + 2**61 + 2**60 + 2**59 + 2**58 + 2**57, 7, 2**40 - 1)
    ]
    assert group_near_duplicates(hashes, hashes).tolist() == [0, 1, 0, 2]


@given(st.permutations(range(12)))
@settings(max_examples=30, deadline=None)
def test_the_order_of_the_works_does_not_matter(order) -> None:
    rng = np.random.default_rng(0)
    hashes = [spell(flip(int(word), rng.integers(0, 64, 3).tolist())) for word in [11, 2**50, 2**64 - 9] * 4]
    groups = group_near_duplicates(hashes, hashes)
    shuffled = group_near_duplicates([hashes[at] for at in order], [hashes[at] for at in order])
    for i in range(12):
        for j in range(12):
            assert (groups[order[i]] == groups[order[j]]) == (shuffled[i] == shuffled[j])


@pytest.mark.parametrize("n", [0, 1])
def test_few_works(n: int) -> None:
    groups = group_near_duplicates([spell(3)] * n, [spell(3)] * n)
    assert groups.tolist() == [0] * n
    assert groups.dtype == np.int64


def test_many_blank_pictures_are_one_group_and_soon_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Far more pictures alike than each is compared with; the true limit of 500 would show no more."""
    n, n_steps = 600, 20
    monkeypatch.setattr(duplicates, "_MAX_STEPS", n_steps)
    hashes = [spell(0)] * n + [spell(2**64 - 1)]
    assert group_near_duplicates(hashes, hashes).tolist() == [0] * n + [1]
    assert len(pair_near_duplicates(hashes, hashes)) < n * n_steps
