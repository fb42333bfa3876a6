"""Kinds of pairs by name: works without an artist stay out, and ids stand for positions."""

from __future__ import annotations

import polars as pl
import pytest

from morelli.collection.pair_kinds import KINDS, stream_kind
from morelli.errors import UsageError

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
    with pytest.raises(UsageError, match=", ".join(KINDS)):
        stream_kind(WORKS, "some")
