"""Dealing out: shares beside exact values, groups whole, no part empty, families joined the slow way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.collection.assignment import (
    assign_artists,
    assign_sources,
    assign_works,
    join_families,
    number_densely,
)
from morelli.collection.parts import PARTS

SHARES = (0.6, 0.15, 0.25)

labels = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 30)), min_size=1, max_size=60).map(
    lambda pairs: tuple(number_densely(np.array(column)) for column in zip(*pairs, strict=True))
)
"""Classes and groups of some works, numbered without gaps."""


@given(drawn=labels)
@settings(max_examples=60, deadline=None)
def test_families_are_what_walking_from_group_to_group_finds(drawn) -> None:
    codes, groups = drawn
    families = {code: {code} for code in codes.tolist()}
    for _ in range(len(families)):
        for group in set(groups.tolist()):
            joined = set().union(*(families[code] for code in codes[groups == group].tolist()))
            for code in joined:
                families[code] = joined
    found = join_families(codes, groups)
    for one in families:
        for other in families:
            assert (found[one] == found[other]) == (other in families[one])


@given(drawn=labels, seed=st.integers(0, 20))
@settings(max_examples=60, deadline=None)
def test_no_assignment_tears_what_it_keeps_together(drawn, seed: int) -> None:
    codes, groups = drawn
    for assign in (assign_works, assign_artists):
        parts = assign(codes, groups, SHARES, np.random.default_rng(seed))
        assert set(parts.tolist()) <= set(PARTS)
        assert all(len(set(parts[groups == group].tolist())) == 1 for group in set(groups.tolist()))
        again = assign(codes, groups, SHARES, np.random.default_rng(seed))
        assert again.tolist() == parts.tolist()
    assert all(len(set(parts[codes == code].tolist())) == 1 for code in set(codes.tolist()))


@given(sizes=st.lists(st.integers(1, 400), min_size=3, max_size=9), seed=st.integers(0, 20))
@settings(max_examples=40, deadline=None)
def test_sources_fill_every_part_and_stay_whole(sizes: list[int], seed: int) -> None:
    sources = np.repeat(np.arange(len(sizes)), sizes)
    parts = assign_sources(sources, np.arange(len(sources)), SHARES, np.random.default_rng(seed))
    assert set(parts.tolist()) == set(PARTS)
    assert all(len(set(parts[sources == source].tolist())) == 1 for source in range(len(sizes)))


@pytest.mark.parametrize("n", [1, 2, 3, 7, 20])
def test_a_class_gives_each_part_its_share_but_for_one_work(n: int) -> None:
    parts = assign_works(np.zeros(n, dtype=np.int64), np.arange(n), SHARES, np.random.default_rng(0)).tolist()
    assert all(abs(parts.count(part) - share * n) < 1 for part, share in zip(PARTS, SHARES, strict=True))


def test_a_group_goes_with_the_class_that_has_most_of_it_or_the_first() -> None:
    # the group of three belongs to class 1, whose only other work then goes elsewhere
    classes, groups = np.array([0, 1, 1, 1, 0]), np.array([0, 0, 0, 1, 2])
    parts = assign_works(classes, groups, (0.5, 0.0, 0.5), np.random.default_rng(0))
    assert len(set(parts[:3].tolist())) == 1
    assert parts[3] != parts[0]
