"""Random partners: distinct, never oneself, each set as likely; pairs listed once, as a slow loop does."""

from __future__ import annotations

from collections import Counter
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.collection import partners as module
from morelli.collection.partners import draw_partners, list_pairs


@given(st.integers(0, 30), st.integers(1, 40), st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_partners_are_others_and_none_stands_twice(n, partners, seed):
    drawn = draw_partners(n, partners, np.random.default_rng(seed))
    assert drawn.shape == (n, max(min(partners, n - 1), 0))
    for work, row in enumerate(drawn.tolist()):
        assert work not in row
        assert len(set(row)) == len(row)
        assert all(0 <= other < n for other in row)


def test_every_set_of_partners_is_as_likely():
    rng = np.random.default_rng(0)
    sets = Counter(frozenset(draw_partners(6, 3, rng)[2].tolist()) for _ in range(5000))
    assert len(sets) == comb(5, 3)
    assert all(abs(count - 500) < 100 for count in sets.values())


@pytest.mark.parametrize("chunk", [1, 3, 2048])
def test_pairs_are_those_of_a_slow_loop_whatever_the_chunk(monkeypatch, chunk):
    monkeypatch.setattr(module, "CHUNK_WORKS", chunk)
    drawn = draw_partners(20, 6, np.random.default_rng(0))
    expected: list[tuple[int, int]] = []
    for work, row in enumerate(drawn.tolist()):
        for other in row:
            pair = (min(work, other), max(work, other))
            if pair not in expected:
                expected.append(pair)
    listed = [
        pair for left, right in list_pairs(drawn) for pair in zip(left.tolist(), right.tolist(), strict=True)
    ]
    assert listed == expected
    assert len(listed) < drawn.size  # some drew each other
