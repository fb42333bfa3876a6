"""The columns of long tables of pairs, read block by block as Arrow text and NumPy numbers.

`pair_files` and `official_pairs` say which columns they want; here a column goes by its position, since a
header may be anything.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from morelli.collection.sources.rows import PARQUET_SUFFIXES
from morelli.errors import SourceError

UNKNOWN = -1
"""Stands for "not known" where 1 is the same hand and 0 another."""

ROWS_PER_BLOCK = 1 << 18
"""Rows of a Parquet file that are read at a time."""

CSV_BLOCK_BYTES = 1 << 23
"""What of a CSV file is parsed at a time: some 250,000 pairs."""

_NAMES = pa.dictionary(pa.int32(), pa.string())
_TYPES = {"index": pa.int64(), "left": _NAMES, "right": _NAMES, "same": pa.string()}
_TRUTHS = {"1": 1, "0": 0, "1.0": 1, "0.0": 0, "true": 1, "false": 0, "": UNKNOWN}


@dataclass(frozen=True, eq=False)
class PairColumns:
    """Some rows of a table of pairs.

    Parameters
    ----------
    start
        How many rows come before these.
    index
        (p,) int64; the number of the row from 0 where the table has none.
    left, right
        (p,) Arrow text as a dictionary; empty where the column was not asked for.
    same
        (p,) int8: 1, 0, or -1 for not known.
    """

    start: int
    index: NDArray[np.int64]
    left: pa.DictionaryArray
    right: pa.DictionaryArray
    same: NDArray[np.int8]


def list_columns(path: Path) -> list[str]:
    """Return the names of the columns of a CSV or Parquet file.

    Raises
    ------
    SourceError
        When it cannot be read.
    """
    with _blame(path):
        if _is_parquet(path):
            return list(pq.read_schema(path).names)
        header = _read_header(path)
        return next(csv.reader([header], delimiter=_find_separator(header)), [])


def count_rows(path: Path) -> int:
    """Return how many rows a file holds, as a progress bar needs it; of a CSV file its lines but the first.

    Raises
    ------
    SourceError
        When it cannot be read.
    """
    with _blame(path):
        if _is_parquet(path):
            return int(pq.read_metadata(path).num_rows)
        with path.open("rb") as file:
            return max(sum(part.count(b"\n") for part in iter(lambda: file.read(1 << 20), b"")) - 1, 0)


def read_blocks(
    path: Path, columns: Mapping[str, int], *, n_per_block: int = ROWS_PER_BLOCK
) -> Iterator[PairColumns]:
    """Yield the rows of a table of pairs in its order.

    Parameters
    ----------
    path
        CSV (comma, semicolon or tab; UTF-8) or Parquet.
    columns
        The position of the columns index, left, right and same, as many of them as are wanted.
    n_per_block
        Rows in a block of a Parquet file, at most.

    Raises
    ------
    SourceError
        When the file cannot be read, an index is no whole number, or a truth is neither 0, 1 nor empty.
    """
    n_done = 0
    batches = _read_parquet(path, columns, n_per_block) if _is_parquet(path) else _read_csv(path, columns)
    with _blame(path):
        for batch in batches:
            found = dict(zip(columns, batch, strict=True))
            n = len(batch[0])
            nothing = pa.array([], pa.string()).dictionary_encode()
            yield PairColumns(
                start=n_done,
                index=_read_index(path, found["index"])
                if "index" in found
                else np.arange(n_done, n_done + n),
                left=_encode(found["left"]) if "left" in found else nothing,
                right=_encode(found["right"]) if "right" in found else nothing,
                same=_read_truth(path, found["same"], n_done)
                if "same" in found
                else np.full(n, UNKNOWN, np.int8),
            )
            n_done += n


def refuse_columns(path: Path, found: Sequence[str], *, expected: str, remedy: str) -> SourceError:
    """Return the error for a table that lacks a column, with the columns it has."""
    listed = ", ".join(found) or "(none)"
    return SourceError(path, expected=expected, found=f"the columns {listed}", remedy=remedy)


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() in PARQUET_SUFFIXES


def _read_parquet(path: Path, columns: Mapping[str, int], n_per_block: int) -> Iterator[list[Any]]:
    with _blame(path):
        names = list_columns(path)
        texts = [names[columns[key]] for key in ("left", "right") if key in columns]
        with pq.ParquetFile(path, read_dictionary=texts) as file:
            wanted = [names[place] for place in columns.values()]
            for batch in file.iter_batches(batch_size=n_per_block, columns=wanted):
                yield [batch.column(name) for name in wanted]


def _read_csv(path: Path, columns: Mapping[str, int]) -> Iterator[list[Any]]:
    with _blame(path):
        # the header goes unread here, and columns are called f0, f1, ...: two of them may have one name
        wanted = {f"f{place}": _TYPES[key] for key, place in columns.items()}
        names = [f"f{place}" for place in range(len(list_columns(path)))]
        reader = pa_csv.open_csv(
            path,
            read_options=pa_csv.ReadOptions(block_size=CSV_BLOCK_BYTES, skip_rows=1, column_names=names),
            parse_options=pa_csv.ParseOptions(delimiter=_find_separator(_read_header(path))),
            convert_options=pa_csv.ConvertOptions(column_types=wanted, include_columns=list(wanted)),
        )
        with reader:
            for batch in reader:
                yield batch.columns


def _read_header(path: Path) -> str:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return file.readline().rstrip("\r\n")


def _find_separator(header: str) -> str:
    return max((",", ";", "\t"), key=header.count)


def _encode(names: pa.Array) -> pa.DictionaryArray:
    if not isinstance(names, pa.DictionaryArray):
        return names.cast(pa.string()).dictionary_encode()
    return names if names.type.value_type == pa.string() else names.cast(pa.string()).dictionary_encode()


def _read_index(path: Path, values: pa.Array) -> NDArray[np.int64]:
    if values.null_count:
        raise SourceError(
            path,
            expected="an index in every row",
            found=f"{values.null_count} rows without",
            remedy="fill them in, or leave the column out",
        )
    numbers: NDArray[np.int64] = values.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return numbers


def _read_truth(path: Path, values: pa.Array, n_before: int) -> NDArray[np.int8]:
    encoded = pc.utf8_lower(values.cast(pa.string()).fill_null("")).dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    meanings = np.array([_TRUTHS.get(text.strip(), -2) for text in texts], dtype=np.int8)
    truths: NDArray[np.int8] = meanings[encoded.indices.to_numpy(zero_copy_only=False)]
    if (truths == -2).any():
        place = int(np.argmax(truths == -2))
        raise SourceError(
            f"{path}:row {n_before + place + 2}",
            expected="1 for the same hand, 0 for another, or nothing",
            found=repr(values[place].as_py()),
            remedy="correct the column that says whether two works are by the same hand",
        )
    return truths


@contextmanager
def _blame(path: Path) -> Iterator[None]:
    """Say which file it is that cannot be read."""
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, csv.Error) as fault:
        raise SourceError(
            path,
            expected="a table of pairs in CSV or Parquet",
            found=str(fault).splitlines()[0] if str(fault) else type(fault).__name__,
            remedy="look at the file, or save it again as CSV (UTF-8)",
        ) from fault
