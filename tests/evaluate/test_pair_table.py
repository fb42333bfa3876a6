"""Pairs as rows: what is not among the works is told with its place, never dropped in silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from morelli.collection.pair_files import PairBlock
from morelli.evaluate.pair_table import locate_pairs

IDS = ["a", "b", "c"]


def make_block(left, right, *, start=0) -> PairBlock:
    n = len(left)
    return PairBlock(
        np.arange(start + 10, start + 10 + n),
        pa.array(left),
        pa.array(right),
        np.ones(n, np.int8),
        start=start,
    )


def test_ids_become_rows_and_losses_are_told():
    lost = []
    blocks = [
        make_block(["a", "x", "c"], ["b", "b", "a"]),
        make_block(["b", "a", "y"], ["b", None, "z"], start=3),
    ]
    table = locate_pairs(blocks, IDS, Path("pairs.csv"), lose=lost.extend)
    assert (table.index.tolist(), table.left.tolist(), table.right.tolist()) == ([10, 12], [0, 2], [1, 0])
    assert repr(table) == "PairTable(n=2, n_known=2)"
    assert [(skip.path, skip.reason) for skip in lost] == [
        ("pairs.csv:row 3", "expected a vector for work x, found none"),
        ("pairs.csv:row 5", "expected two works, found the same one twice"),
        ("pairs.csv:row 6", "expected a vector for work None, found none"),
        ("pairs.csv:row 7", "expected a vector for work y, found none"),
    ]


def test_no_block_makes_an_empty_table():
    assert len(locate_pairs([], IDS, Path("pairs.csv"))) == 0
