"""Files of pairs: which two works are compared, and whether they are known to be by the same hand.

A contest has 22 million pairs, so a file is read and written block by block; a name in it is looked up once
for each block, not once for each pair.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from morelli.collection.pairs.samples import Pairs
from morelli.collection.sources.readers import PARQUET_SUFFIXES
from morelli.collection.work import Skip
from morelli.errors import EvaluationError, SourceError, UsageError
from morelli.files import replace_file

UNKNOWN = -1
"""Stands for "not known" where 1 is the same hand and 0 another."""

_ROWS_PER_BLOCK = 1 << 18
"""Rows of a Parquet file that are read at a time."""

_CSV_BLOCK_BYTES = 1 << 23
"""What of a CSV file is parsed at a time: some 250,000 pairs."""

_NAMES = pa.dictionary(pa.int32(), pa.string())
_TYPES = {"index": pa.int64(), "left": _NAMES, "right": _NAMES, "same": pa.string()}
_TRUTHS = {"1": 1, "0": 0, "1.0": 1, "0.0": 0, "true": 1, "false": 0, "": UNKNOWN}

_PAIR_SCHEMA = pa.schema(
    [("index", pa.int64()), ("left", pa.string()), ("right", pa.string()), ("same", pa.int8())]
)
"""The columns of a written pair file."""


@dataclass(frozen=True, eq=False)
class PairBlock:
    """Some pairs of works, by their names."""

    index: NDArray[np.int64]  # (p,) the number of each pair; that of the row from 0 where the table has none
    left: pa.Array  # (p,) Arrow text, plain or as a dictionary: names of works; so is `right`
    right: pa.Array
    same: NDArray[np.int8]  # (p,) 1 the same hand, 0 different hands, -1 not known
    start: int = 0  # how many rows of the file come before these, where they were read from one
    skips: tuple[Skip, ...] = ()  # pairs among these that had to be left out

    def __len__(self) -> int:
        return len(self.index)

    def __repr__(self) -> str:
        return f"PairBlock(n={len(self)}, n_same={int((self.same == 1).sum())}, n_lost={len(self.skips)})"


@dataclass(frozen=True)
class PairCounts:
    """What a pair file holds."""

    pairs: int  # all that were written
    same: int
    different: int
    unknown: int  # of which it is not known whether they are by the same hand
    lost: int  # could not be written

    def to_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


def read_pairs(path: str | Path, *, n_per_block: int = _ROWS_PER_BLOCK) -> Iterator[PairBlock]:
    """Return the pairs of a pair file, block by block in its order.

    It has the columns left and right, and perhaps same and index; without index pairs are numbered from 0.
    """
    path = Path(path)
    found = list_columns(path)
    places = {name.strip().casefold(): place for place, name in reversed(list(enumerate(found)))}
    if {"left", "right"} - set(places):
        raise refuse_columns(
            path,
            found,
            expected="the columns left and right with work ids",
            remedy="rename them; an official file is converted by 'morelli pairs GALLERY --official'",
        )
    columns = {name: places[name] for name in _PAIR_SCHEMA.names if name in places}
    return read_blocks(path, columns, n_per_block=n_per_block)


def write_pairs(blocks: Iterable[PairBlock], path: str | Path) -> PairCounts:
    """Write a pair file, .csv or .parquet, and beside it ``NAME.lost.csv`` of what was lost, if any was."""
    path = Path(path)
    make = _choose_writer(path)
    counts = np.zeros(3, dtype=np.int64)  # unknown, different, same
    with replace_file(path) as part:
        with SkipList(path.with_suffix(".lost.csv")) as lost, make(part, _PAIR_SCHEMA) as writer:
            for block in blocks:
                lost.add(block.skips)
                writer.write_batch(_to_batch(block))
                counts += np.bincount(block.same - UNKNOWN, minlength=3)
        _require_pairs(path, int(counts.sum()), lost)
    unknown, different, same = counts.tolist()
    return PairCounts(
        pairs=unknown + different + same, same=same, different=different, unknown=unknown, lost=len(lost)
    )


def name_pairs(blocks: Iterable[Pairs], ids: Sequence[str]) -> Iterator[PairBlock]:
    """Yield pairs of positions in `ids` as pairs of work ids, numbered from 0."""
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

    >>> find_rows(pa.array(["b", "x", None]), pa.array(["a", "b"])).tolist()
    [1, -1, -1]
    """
    encoded = names if isinstance(names, pa.DictionaryArray) else names.dictionary_encode()
    found = pc.index_in(encoded.dictionary, value_set=ids).fill_null(-1)
    rows = np.append(found.to_numpy(zero_copy_only=False).astype(np.int64), -1)
    places = encoded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    located: NDArray[np.int64] = rows[places]
    return located


def read_blocks(
    path: Path, columns: Mapping[str, int], *, n_per_block: int = _ROWS_PER_BLOCK
) -> Iterator[PairBlock]:
    """Yield the rows of a table of pairs, CSV (comma, semicolon or tab) or Parquet, in its order.

    `columns` has the positions of the columns index, left, right and same, as many of them as are wanted. A
    truth that is neither 0, 1 nor empty is refused.
    """
    n_done = 0
    batches = _read_parquet(path, columns, n_per_block) if _is_parquet(path) else _read_csv(path, columns)
    with _blame(path):
        for batch in batches:
            found = dict(zip(columns, batch, strict=True))
            n = len(batch[0])
            left, right = (_encode(found.get(side, pa.array([], pa.string()))) for side in ("left", "right"))
            yield PairBlock(
                index=_read_index(path, found["index"]) if "index" in found else n_done + np.arange(n),
                left=left,
                right=right,
                same=_read_truth(path, found.get("same", pa.nulls(n)), n_done),
                start=n_done,
            )
            n_done += n


def list_columns(path: Path) -> list[str]:
    """Return the names of the columns of a CSV or Parquet file."""
    with _blame(path):
        if _is_parquet(path):
            return list(pq.read_schema(path).names)
        header = _read_header(path)
        return next(csv.reader([header], delimiter=_find_separator(header)), [])


def count_rows(path: Path) -> int:
    """Return how many rows a file holds, for a progress bar; of a CSV file its lines but the first."""
    with _blame(path):
        if _is_parquet(path):
            return int(pq.read_metadata(path).num_rows)
        with path.open("rb") as file:
            return max(sum(part.count(b"\n") for part in iter(lambda: file.read(1 << 20), b"")) - 1, 0)


def refuse_columns(path: Path, found: Sequence[str], *, expected: str, remedy: str) -> SourceError:
    """Return the error for a table that lacks a column, with the columns it has."""
    listed = ", ".join(found) or "(none)"
    return SourceError(path, expected=expected, found=f"the columns {listed}", remedy=remedy)


class SkipList:
    """A CSV file with the columns path and reason, there only when something was left out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._n = 0
        self._file: TextIO | None = None
        self._writer: Any = None

    def __enter__(self) -> SkipList:
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write out what was added so far."""
        if self._file is not None:
            self._file.close()

    def __len__(self) -> int:
        return self._n

    def add(self, skips: Iterable[Skip]) -> None:
        """Add to the list."""
        for skip in skips:
            if self._file is None:
                self._file = self.path.open("w", encoding="utf-8", newline="")
                self._writer = csv.writer(self._file)
                self._writer.writerow(["path", "reason"])
            self._writer.writerow([skip.path, skip.reason])
            self._n += 1


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
            read_options=pa_csv.ReadOptions(block_size=_CSV_BLOCK_BYTES, skip_rows=1, column_names=names),
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
            remedy="correct the column that tells whether two works are by the same hand",
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
    return pa.record_batch(columns, schema=_PAIR_SCHEMA)


def _require_pairs(path: Path, n_pairs: int, lost: SkipList) -> None:
    if n_pairs == 0:
        raise EvaluationError(
            path,
            expected="at least one pair to write",
            found=f"none, and {len(lost)} lost" + (f" ({lost.path.name})" if len(lost) else ""),
            remedy="take a part with several works by one artist, or the gallery that the pairs are of",
        )
