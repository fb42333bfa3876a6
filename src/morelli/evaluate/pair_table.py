"""The pairs of a pair file as rows of works: what is scored and counted.

A pair file names works by their ids. Here each id becomes the row of its vector once, 17 bytes a pair, so
that 22 million pairs take 370 MB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from morelli.collection.pair_files import PairBlock, find_rows
from morelli.collection.pair_tables import UNKNOWN
from morelli.collection.work import Skip

_TYPES: dict[str, type[np.integer]] = {
    "index": np.int64, "left": np.int32, "right": np.int32, "same": np.int8
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class PairTable:
    """Pairs of works that have a vector.

    Parameters
    ----------
    index
        (p,) int64 the numbers of the pairs.
    left, right
        (p,) int32 rows of the works.
    same
        (p,) int8: 1 the same hand, 0 different hands, -1 not known.
    """

    index: NDArray[np.int64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    same: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.index)

    def __repr__(self) -> str:
        return f"PairTable(n={len(self)}, n_known={int((self.same != UNKNOWN).sum())})"


def locate_pairs(
    blocks: Iterable[PairBlock],
    ids: Sequence[str],
    path: Path,
    *,
    lose: Callable[[Iterable[Skip]], None] | None = None,
) -> PairTable:
    """Return the pairs whose works are both among some ids.

    Parameters
    ----------
    blocks
        As `read_pairs` gives them.
    ids
        (n,) the works that have a vector.
    path
        The pair file, for the list of what is lost.
    lose
        Called with the pairs of each block that are left out, and why.
    """
    known = pa.array(ids, pa.string())
    columns: dict[str, list[NDArray[np.integer]]] = {name: [] for name in _TYPES}
    for block in blocks:
        left, right = find_rows(block.left, known), find_rows(block.right, known)
        kept = (left >= 0) & (right >= 0) & (left != right)
        if lose is not None and not kept.all():
            lose(_explain(path, block, left, right))
        found: tuple[NDArray[Any], ...] = (block.index, left, right, block.same)
        for (name, kind), values in zip(_TYPES.items(), found, strict=True):
            columns[name].append(values[kept].astype(kind))
    # column by column, so that only one of them is there twice at a time
    return PairTable(**{name: _join(columns.pop(name), kind) for name, kind in _TYPES.items()})


def _join(parts: list[NDArray[np.integer]], kind: type[np.integer]) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, kind), *parts])


def _explain(
    path: Path, block: PairBlock, left: NDArray[np.int64], right: NDArray[np.int64]
) -> Iterable[Skip]:
    for place in np.flatnonzero((left < 0) | (right < 0) | (left == right)).tolist():
        sides = ((block.left, left), (block.right, right))
        missing = [side[place].as_py() for side, rows in sides if rows[place] < 0]
        reason = (
            f"expected a vector for work {missing[0]}, found none"
            if missing
            else "expected two works, found the same one twice"
        )
        yield Skip(f"{path}:row {block.start + place + 2}", reason)
