"""Streams of pairs: each pair once, ratios met exactly, one seed one draw however it is cut into blocks."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from math import comb

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.collection.pairs import streams as module
from morelli.collection.pairs.streams import (
    _KINDS,
    _draw_partners,
    _list_pairs,
    _stream_all_pairs,
    _StyleMembers,
    stream_hard_pairs,
    stream_kind,
    stream_partner_pairs,
)
from morelli.errors import UsageError

ARTISTS = st.lists(st.sampled_from("ABCDE"), max_size=40)
STYLED = st.lists(
    st.tuples(st.sampled_from("ABC"), st.sampled_from(["x", "y", "x|y", "z | x", "y|z", None, ""])),
    max_size=30,
)
SIZES = st.integers(1, 50)
SEEDS = st.integers(0, 2**32)


def list_stream_pairs(blocks) -> list[tuple[int, int, bool]]:
    return [
        pair
        for block in blocks
        for pair in zip(block.left.tolist(), block.right.tolist(), block.same.tolist(), strict=True)
    ]


def require_sound(pairs: list[tuple[int, int, bool]], artists) -> None:
    assert all(left < right for left, right, _ in pairs)
    assert len({(left, right) for left, right, _ in pairs}) == len(pairs)
    assert all(same == (artists[left] == artists[right]) for left, right, same in pairs)


def split_labels(style: str | None) -> set[str]:
    return {label.strip() for label in (style or "").split("|") if label.strip()}


@given(ARTISTS, SIZES)
@settings(max_examples=60, deadline=None)
def test_all_pairs_are_those_of_two_loops(artists, size):
    blocks = list(_stream_all_pairs(artists, n_per_block=size))
    expected = [(a, b, artists[a] == artists[b]) for a, b in combinations(range(len(artists)), 2)]
    assert list_stream_pairs(blocks) == expected
    assert all(len(block) == size for block in blocks[:-1])
    assert all(0 < len(block) <= size for block in blocks)


@given(ARTISTS, st.integers(1, 8), st.floats(0, 5), SIZES, SEEDS)
@settings(max_examples=60, deadline=None)
def test_partner_pairs_meet_the_ratio_and_do_not_depend_on_the_blocks(artists, partners, ratio, size, seed):
    everything = list_stream_pairs(stream_partner_pairs(artists, partners=partners, ratio=None, seed=seed))
    blocks = list(stream_partner_pairs(artists, partners=partners, ratio=ratio, seed=seed, n_per_block=size))
    pairs = list_stream_pairs(blocks)
    require_sound(pairs, artists)
    assert set(pairs) <= set(everything)
    n_same, n_all_different = (sum(same is kind for *_, same in everything) for kind in (True, False))
    assert sum(same for *_, same in pairs) == n_same  # as they come
    assert len(pairs) - n_same == min(n_all_different, round(ratio * n_same))
    assert pairs == list_stream_pairs(
        stream_partner_pairs(artists, partners=partners, ratio=ratio, seed=seed)
    )
    assert all(len(block) == size for block in blocks[:-1])


@given(ARTISTS, st.integers(1, 8), SEEDS)
@settings(max_examples=40, deadline=None)
def test_every_work_has_at_least_so_many_partners(artists, partners, seed):
    pairs = list_stream_pairs(stream_partner_pairs(artists, partners=partners, ratio=None, seed=seed))
    require_sound(pairs, artists)
    degrees = np.bincount(
        [work for left, right, _ in pairs for work in (left, right)], minlength=len(artists)
    )
    assert (degrees >= min(partners, max(len(artists) - 1, 0))).all()
    assert len(pairs) <= partners * len(artists)


def test_with_as_many_partners_as_works_all_pairs_are_taken():
    artists = list("AABBCCDDEE")
    drawn = list_stream_pairs(stream_partner_pairs(artists, partners=36, ratio=None))
    assert sorted(drawn) == list_stream_pairs(_stream_all_pairs(artists))


def test_the_published_protocol_on_many_works_with_chunks_and_blocks(monkeypatch):
    rng = np.random.default_rng(0)
    artists = [f"Artist {code}" for code in rng.integers(5, size=700)]
    pairs = list_stream_pairs(stream_partner_pairs(artists, seed=3, n_per_block=1000))
    require_sound(pairs, artists)
    n_same = sum(same for *_, same in pairs)
    assert len(pairs) == n_same + round(1.75 * n_same)
    assert n_same == pytest.approx(700 * 36 * (1 - 36 / 699 / 2) / 5, rel=0.05)  # twice drawn counts once
    assert pairs != list_stream_pairs(stream_partner_pairs(artists, seed=4))


def test_thinning_takes_from_all_works_alike():
    # by chance alone: each of 3,000 works keeps its share, those of the first chunk no more than of the last
    artists = [f"Artist {code}" for code in np.random.default_rng(1).integers(20, size=3000)]
    left = np.concatenate([block.left[~block.same] for block in stream_partner_pairs(artists, ratio=1.0)])
    right = np.concatenate([block.right[~block.same] for block in stream_partner_pairs(artists, ratio=1.0)])
    share = np.bincount(np.concatenate([left, right]) // 1000) / (2 * len(left))
    np.testing.assert_allclose(share, 1 / 3, atol=0.02)


@given(STYLED, st.integers(1, 6), st.floats(0, 3), SIZES, SEEDS)
@settings(max_examples=60, deadline=None)
def test_hard_pairs_share_a_style_and_differ_in_artist(works, partners, ratio, size, seed):
    artists, styles = [artist for artist, _ in works], [style for _, style in works]
    drawn = {"partners": partners, "seed": seed}
    pairs = list_stream_pairs(stream_hard_pairs(artists, styles, ratio=ratio, n_per_block=size, **drawn))
    require_sound(pairs, artists)
    for left, right, same in pairs:
        assert split_labels(styles[left]) & split_labels(styles[right])
        assert same or artists[left] != artists[right]
    assert pairs == list_stream_pairs(stream_hard_pairs(artists, styles, ratio=ratio, **drawn))
    everything = list_stream_pairs(stream_hard_pairs(artists, styles, ratio=None, **drawn))
    n_same = sum(same for *_, same in everything)
    assert sum(same for *_, same in pairs) == n_same
    assert len(pairs) - n_same == min(len(everything) - n_same, round(ratio * n_same))


@given(STYLED)
@settings(max_examples=60, deadline=None)
def test_with_many_partners_all_pairs_within_a_style_are_taken(works):
    artists, styles = [artist for artist, _ in works], [style for _, style in works]
    pairs = list_stream_pairs(stream_hard_pairs(artists, styles, ratio=None))
    expected = [
        (a, b, artists[a] == artists[b])
        for a, b in combinations(range(len(works)), 2)
        if split_labels(styles[a]) & split_labels(styles[b])
    ]
    assert sorted(pairs) == expected


@pytest.mark.parametrize("n", [1, 3, 2500])
def test_progress_ends_with_all_works_done(n):
    artists = ["A", "B"] * n
    told: list[tuple[int, int]] = []
    list(stream_partner_pairs(artists, partners=2, progress=lambda _, *counts: told.append(counts)))
    assert told[-1] == (4 * n, 4 * n)
    assert told == sorted(told)
    list(_stream_all_pairs(["A"] * 5, n_per_block=4, progress=lambda _, *counts: told.append(counts)))
    assert told[-3:] == [(4, 10), (8, 10), (10, 10)]


def test_the_numbers_of_a_million_works_do_not_overflow():
    artists = np.zeros(1_000_000, dtype=np.int8)
    first = next(_stream_all_pairs(artists, n_per_block=3))  # type: ignore[arg-type]
    assert (first.left.tolist(), first.right.tolist()) == ([0, 0, 0], [1, 2, 3])


@pytest.mark.parametrize(
    "options", [{"partners": 0}, {"ratio": -1.0}, {"ratio": float("nan")}, {"n_per_block": 0}]
)
def test_numbers_that_make_no_sense_are_refused_at_once(options):
    with pytest.raises(UsageError, match=next(iter(options))):
        stream_partner_pairs(["A", "B"], **options)
    with pytest.raises(UsageError, match=next(iter(options))):
        stream_hard_pairs(["A", "B"], ["x", "x"], **options)


def test_styles_of_other_works_are_refused():
    with pytest.raises(UsageError, match="one for each of 2 works, found 1"):
        stream_hard_pairs(["A", "B"], ["x"])
    with pytest.raises(UsageError, match="n_per_block"):
        _stream_all_pairs(["A", "B"], n_per_block=0)


# Kinds of pairs by name: works without an artist stay out, and ids stand for positions.

WORKS = pl.DataFrame(
    {
        "id": ["i0", "i1", "i2", "i3", "i4"],
        "artist": ["A", None, "A", "B", "C"],
        "style": ["x", "x", "x|y", "y", None],
    }
)


def list_rows(blocks):
    return {
        (left, right, same)
        for block in blocks
        for left, right, same in zip(
            block.left.to_pylist(), block.right.to_pylist(), block.same.tolist(), strict=True
        )
    }


def test_all_and_partner_pairs():
    expected = {
        ("i0", "i2", 1), ("i0", "i3", 0), ("i0", "i4", 0), ("i2", "i3", 0), ("i2", "i4", 0), ("i3", "i4", 0)
    }  # fmt: skip
    assert list_rows(stream_kind(WORKS, "all")) == expected
    assert list_rows(stream_kind(WORKS, "partners", ratio=None)) == expected
    assert len(list_rows(stream_kind(WORKS, "partners", ratio=2.0))) == 3


def test_hard_pairs():
    assert list_rows(stream_kind(WORKS, "hard", ratio=None)) == {("i0", "i2", 1), ("i2", "i3", 0)}


def test_pairs_are_numbered_through_all_blocks():
    works = pl.DataFrame(
        {"id": [str(n) for n in range(800)], "artist": ["A", "B"] * 400, "style": ["x"] * 800}
    )
    blocks = list(stream_kind(works, "all"))
    assert len(blocks) == 2
    assert [block.index[0] for block in blocks] == [0, len(blocks[0])] == [block.start for block in blocks]


def test_an_unknown_kind_is_refused():
    with pytest.raises(UsageError, match=", ".join(_KINDS)):
        stream_kind(WORKS, "some")


# Random partners: distinct, never oneself, each set as likely; pairs listed once, as a slow loop does.


@given(st.integers(0, 30), st.integers(1, 40), st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_partners_are_others_and_none_stands_twice(n, partners, seed):
    drawn = _draw_partners(n, partners, np.random.default_rng(seed))
    assert drawn.shape == (n, max(min(partners, n - 1), 0))
    for work, row in enumerate(drawn.tolist()):
        assert work not in row
        assert len(set(row)) == len(row)
        assert all(0 <= other < n for other in row)


def test_every_set_of_partners_is_as_likely():
    rng = np.random.default_rng(0)
    sets = Counter(frozenset(_draw_partners(6, 3, rng)[2].tolist()) for _ in range(5000))
    assert len(sets) == comb(5, 3)
    assert all(abs(count - 500) < 100 for count in sets.values())


@pytest.mark.parametrize("chunk", [1, 3, 2048])
def test_pairs_are_those_of_a_slow_loop_whatever_the_chunk(monkeypatch, chunk):
    monkeypatch.setattr(module, "_CHUNK_WORKS", chunk)
    drawn = _draw_partners(20, 6, np.random.default_rng(0))
    expected: list[tuple[int, int]] = []
    for work, row in enumerate(drawn.tolist()):
        for other in row:
            pair = (min(work, other), max(work, other))
            if pair not in expected:
                expected.append(pair)
    listed = [
        pair for left, right in _list_pairs(drawn) for pair in zip(left.tolist(), right.tolist(), strict=True)
    ]
    assert listed == expected
    assert len(listed) < drawn.size  # some drew each other


# Labels of style: who carries which, and the one label that a pair counts for.

STYLES = ["Rococo|Baroque", "Baroque", None, "Rococo", "Baroque | Rococo|Rococo", " | "]


def test_each_label_has_its_works():
    members = _StyleMembers.from_styles(STYLES)
    assert members.labels == ("Baroque", "Rococo")
    assert [works.tolist() for works in members.list_members()] == [[0, 1, 4], [0, 3, 4]]


def test_without_labels_there_are_no_members():
    for styles in ([], [None, ""]):
        assert _StyleMembers.from_styles(styles).list_members() == []


@given(st.lists(st.sets(st.sampled_from("abcd"), min_size=1), min_size=2, max_size=12))
@settings(max_examples=40, deadline=None)
def test_a_pair_counts_for_the_first_label_it_shares(labels):
    members = _StyleMembers.from_styles(["|".join(sorted(own, reverse=True)) for own in labels])
    for style, works in enumerate(members.list_members()):
        left, right = (np.array(side) for side in np.meshgrid(works, works))
        found = members.is_first_shared(style, left.ravel(), right.ravel())
        for a, b, is_first in zip(left.ravel(), right.ravel(), found, strict=True):
            assert is_first == (members.labels[style] == min(labels[a] & labels[b]))
