"""Files of pairs: which two works are compared, and whether they are known to be by the same hand.

A contest has 22 million pairs, so a file is read and written block by block; a name in it is looked up once
for each block, not once for each pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from morelli.collection.pair_tables import ROWS_PER_BLOCK, UNKNOWN, list_columns, read_blocks, refuse_columns
from morelli.collection.samples import Pairs
from morelli.collection.skip_lists import SkipList
from morelli.collection.sources.rows import PARQUET_SUFFIXES
from morelli.collection.work import Skip
from morelli.errors import EvaluationError, UsageError

PAIR_SCHEMA = pa.schema(
    [("index", pa.int64()), ("left", pa.string()), ("right", pa.string()), ("same", pa.int8())]
)
"""The columns of a written pair file."""


@dataclass(frozen=True, eq=False)
class PairBlock:
    """Some pairs of works, by their names.

    Parameters
    ----------
    index
        (p,) int64 the number of each pair.
    left, right
        (p,) Arrow text, plain or as a dictionary: work ids.
    same
        (p,) int8: 1 the same hand, 0 different hands, -1 not known.
    start
        How many rows of the file come before these, where they were read from one.
    skips
        Pairs among these that had to be left out, with reasons.
    """

    index: NDArray[np.int64]
    left: pa.Array
    right: pa.Array
    same: NDArray[np.int8]
    start: int = 0
    skips: tuple[Skip, ...] = ()

    def __len__(self) -> int:
        return len(self.index)

    def __repr__(self) -> str:
        return f"PairBlock(n={len(self)}, n_same={int((self.same == 1).sum())}, n_lost={len(self.skips)})"


@dataclass(frozen=True)
class PairCounts:
    """What a pair file holds.

    Parameters
    ----------
    pairs
        All that were written.
    same, different, unknown
        Those by the same hand, by different hands, and of which it is not known.
    lost
        Pairs that could not be written, listed with their reasons.
    """

    pairs: int
    same: int
    different: int
    unknown: int
    lost: int

    def to_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


def name_pairs(blocks: Iterable[Pairs], ids: Sequence[str]) -> Iterator[PairBlock]:
    """Yield pairs of positions as pairs of work ids, numbered from 0.

    Parameters
    ----------
    blocks
        Positions in `ids`.
    ids
        (n,) the id of each work.
    """
    names = pa.array(ids, pa.string())
    n_done = 0
    for block in blocks:
        yield PairBlock(
            index=np.arange(n_done, n_done + len(block)),
            left=names.take(pa.array(block.left)),
            right=names.take(pa.array(block.right)),
            same=block.same.astype(np.int8),
            start=n_done,
        )
        n_done += len(block)


def find_rows(names: pa.Array, ids: pa.Array) -> NDArray[np.int64]:
    """Return where each name stands among the ids; -1 where it does not, or is missing.

    Parameters
    ----------
    names
        (p,) Arrow text, plain or as a dictionary.
    ids
        (n,) Arrow text, each once.

    Examples
    --------
    >>> find_rows(pa.array(["b", "x", None]), pa.array(["a", "b"])).tolist()
    [1, -1, -1]
    """
    encoded = names if isinstance(names, pa.DictionaryArray) else names.dictionary_encode()
    found = pc.index_in(encoded.dictionary, value_set=ids).fill_null(-1)
    rows = np.append(found.to_numpy(zero_copy_only=False).astype(np.int64), -1)
    places = encoded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    located: NDArray[np.int64] = rows[places]
    return located


def read_pairs(path: Path, *, n_per_block: int = ROWS_PER_BLOCK) -> Iterator[PairBlock]:
    """Return the pairs of a pair file, block by block in its order.

    Parameters
    ----------
    path
        CSV or Parquet with the columns left and right, and where it has them same and index; others are not
        read. Without index the pairs are numbered from 0.
    n_per_block
        Pairs in a block of a Parquet file, at most.

    Raises
    ------
    SourceError
        When the file cannot be read, lacks a column, or has a value of `same` that is neither 0, 1 nor empty.
    """
    found = list_columns(path)
    places = {name.strip().casefold(): place for place, name in reversed(list(enumerate(found)))}
    if {"left", "right"} - set(places):
        raise refuse_columns(
            path,
            found,
            expected="the columns left and right with work ids",
            remedy="rename them; an official file is converted by 'morelli pairs GALLERY --official'",
        )
    columns = {name: places[name] for name in PAIR_SCHEMA.names if name in places}
    return (
        PairBlock(rows.index, rows.left, rows.right, rows.same, start=rows.start)
        for rows in read_blocks(path, columns, n_per_block=n_per_block)
    )


def write_pairs(blocks: Iterable[PairBlock], path: Path) -> PairCounts:
    """Write a pair file, and beside it the list of what was lost on the way.

    Parameters
    ----------
    blocks
        Pairs of work ids.
    path
        Ends in .csv or .parquet. It is there only when it is whole. ``NAME.lost.csv`` lists the pairs that
        were left out, if any were.

    Returns
    -------
    counts
        What was written, and what was lost.

    Raises
    ------
    UsageError
        When the ending is another.
    EvaluationError
        When no pair is left to write.
    """
    make = _choose_writer(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.part")
    counts = np.zeros(3, dtype=np.int64)  # unknown, different, same
    try:
        with SkipList(path.with_suffix(".lost.csv")) as lost, make(partial, PAIR_SCHEMA) as writer:
            for block in blocks:
                lost.add(block.skips)
                writer.write_batch(_to_batch(block))
                counts += np.bincount(block.same - UNKNOWN, minlength=3)
        _require_pairs(path, int(counts.sum()), lost)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    unknown, different, same = counts.tolist()
    return PairCounts(
        pairs=unknown + different + same, same=same, different=different, unknown=unknown, lost=len(lost)
    )


def _choose_writer(path: Path) -> Any:
    if path.suffix.lower() in PARQUET_SUFFIXES:
        return pq.ParquetWriter
    if path.suffix.lower() == ".csv":
        return pa_csv.CSVWriter
    raise UsageError(
        path,
        expected="a file name ending in .parquet or .csv",
        found=repr(path.suffix) if path.suffix else "no ending",
        remedy="write -o pairs.parquet",
    )


def _to_batch(block: PairBlock) -> pa.RecordBatch:
    columns = [
        pa.array(block.index, pa.int64()),
        block.left.cast(pa.string()),
        block.right.cast(pa.string()),
        pa.array(block.same, pa.int8(), mask=block.same == UNKNOWN),
    ]
    return pa.record_batch(columns, schema=PAIR_SCHEMA)


def _require_pairs(path: Path, n_pairs: int, lost: SkipList) -> None:
    if n_pairs == 0:
        raise EvaluationError(
            path,
            expected="at least one pair to write",
            found=f"none, and {len(lost)} lost" + (f" ({lost.path.name})" if len(lost) else ""),
            remedy="take a part with several works by one artist, or the gallery that the pairs are of",
        )
