"""Rows of the tables people keep: CSV in any encoding and separator, Excel, Parquet or JSON, by column name.

`_FORMATS` says by the ending of a file how its columns and rows are read; a new kind of table is a line
there.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import polars as pl
from polars._typing import PolarsDataType

from morelli.collection.names.text import mend_text
from morelli.collection.sources.matching import match_columns
from morelli.collection.sources.tables.records import (
    Row,
    describe_fault,
    flatten_record,
    read_array,
    read_folder,
    read_lines,
)
from morelli.collection.sources.tables.sheets import SHEET_SUFFIXES, find_sheet, read_sheet
from morelli.collection.work import Skip
from morelli.errors import LayoutError, SourceError

_SEPARATORS = (",", ";", "\t")
_STATED = re.compile(r'"?sep=([^"\r\n])"?[\r\n]*', re.IGNORECASE)
"""A first line with which a spreadsheet says its separator."""

_MAX_CELL = 1 << 24
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BLOCK_BYTES = 1 << 16
_HEADER_BLOCKS = 16
"""How much of a CSV file is looked at for the encoding of its header."""

_N_SAMPLED = 200
"""Of how many files of a folder of records the columns are listed."""

_PARQUET_FAULTS = (pl.exceptions.PolarsError, OSError, ValueError)


def read_columns(path: str | Path, named: Sequence[str] = ()) -> list[str]:
    """Return the names of a table's columns, in its order; raise `SourceError` when it is no table.

    Of several sheets it is the one with the named columns, or else with the most known ones.
    """
    path = Path(path)
    if path.suffix.lower() in SHEET_SUFFIXES:
        return list(find_sheet(path, named).columns)
    return _find_format(path).columns(path)


def require_columns(
    table: Path,
    wanted: Mapping[str, Sequence[str]],
    needed: Iterable[str],
    *,
    found: Sequence[str] | None = None,
) -> dict[str, str]:
    """Return what `match_columns` finds in a table, with all that is needed; else raise `LayoutError`."""
    found = read_columns(table) if found is None else found
    columns = match_columns(found, wanted)
    missing = [" or ".join(repr(name) for name in wanted[key]) for key in needed if key not in columns]
    if missing:
        raise LayoutError(
            table,
            expected="a column named " + " and one named ".join(missing),
            found="the columns " + (", ".join(found) or "(none)"),
            remedy="rename the columns, or give another table",
        )
    return columns


def read_rows(path: str | Path, named: Sequence[str] = ()) -> Iterator[Row | Skip]:
    """Yield the rows of a table, one at a time; raise `SourceError` when it cannot be read to its end.

    CSV is UTF-8 or UTF-16 (with or without a byte-order mark), else Windows-1252; its separator is whichever
    of comma, semicolon and tab the header has most. Short rows lack their last values, empty lines are passed
    over; a row with more fields than the header or with quotes that do not pair is a `Skip`, as is JSON
    that is no object. Nested records are columns of their own, named "artist.name". Of
    several sheets one is read, as in `read_columns`.
    """
    path = Path(path)
    if path.suffix.lower() in SHEET_SUFFIXES:
        return read_sheet(path, named)
    return _find_format(path).rows(path)


def _find_format(path: Path) -> _Format:
    return _RECORDS if path.is_dir() else _FORMATS.get(path.suffix.lower(), _CSV)


def _refuse_table(path: Path, fault: Exception) -> SourceError:
    return SourceError(
        path,
        expected="a table with a header in CSV or Parquet",
        found=describe_fault(fault),
        remedy="save it again as CSV (UTF-8)",
    )


# CSV, read row by row: a museum's table of hundreds of megabytes need not fit into memory.


def _list_csv_columns(path: Path) -> list[str]:
    with _open_text(path, _guess_encoding(path, _HEADER_BLOCKS)) as file:
        separator, _ = _find_separator(file)
        return _read_header(csv.reader(file, delimiter=separator))


def _read_csv(path: Path) -> Iterator[Row | Skip]:
    with _open_text(path, _guess_encoding(path)) as file:
        separator, n_before = _find_separator(file)
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=separator, strict=True)
        columns = _read_header(reader)
        number = n_before + 1
        while True:
            number += 1
            lines.taken.clear()
            try:
                fields = _read_fields(reader, lines, separator, len(columns))
            except csv.Error as fault:
                if not lines.can_go_on(fault, separator, len(columns)):
                    raise
                yield Skip(f"{path}:row {number}", f"expected quotes that pair, found {fault}")
                continue
            if fields is None:
                return
            if len(fields) > len(columns) and any(map(str.strip, fields)):
                yield Skip(f"{path}:row {number}", f"expected {len(columns)} fields, found {len(fields)}")
            elif any(map(str.strip, fields)):
                yield Row(number, dict(zip(columns, fields, strict=False)))


class _Lines:
    """The lines of a file, and those taken for one row, which can be given back."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._given_back: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._given_back.popleft() if self._given_back else next(self._file)
        self.taken.append(line)
        return line

    def give_back(self, n_kept: int) -> None:
        """Give back the lines of this row after the first few."""
        self._given_back.extendleft(reversed(self.taken[n_kept:]))
        del self.taken[n_kept:]

    def can_go_on(self, fault: csv.Error, separator: str, n_fields: int) -> bool:
        """Tell whether the next line is a row again; a quotation open to the end may be all the rest."""
        self.give_back(1)
        if not str(fault).startswith("unexpected end"):
            return True
        if n_fields < 2 or not self._given_back:
            return False
        try:
            return [
                len(row) for row in csv.reader([self._given_back[0]], delimiter=separator, strict=True)
            ] == [n_fields]
        except csv.Error:
            return True  # the next line has a quote of its own that does not pair


def _read_fields(
    reader: Iterator[list[str]], lines: _Lines, separator: str, n_fields: int
) -> list[str] | None:
    """Return the fields of the next row, also with a very long cell; between tabs, quotes may be letters."""
    try:
        return next(reader, None)
    except csv.Error:
        first = lines.taken[0] if lines.taken else ""
        if separator == "\t" and len(fields := first.rstrip("\r\n").split(separator)) == n_fields:
            lines.give_back(1)
            return fields
    lines.give_back(0)
    limit = csv.field_size_limit(_MAX_CELL)
    try:
        return next(csv.reader(lines, delimiter=separator, strict=True), None)
    finally:
        csv.field_size_limit(limit)


def _read_header(lines: Iterator[list[str]]) -> list[str]:
    return [mend_text(column).strip() for column in next(lines, [])]


def _find_separator(file: TextIO) -> tuple[str, int]:
    """Return the separator that the header has most or "sep=;" states, and the empty lines before it.

    The file stands at its header then.
    """
    n_before, place, stated = 0, file.tell(), None
    while (line := file.readline()) and (not line.strip("\r\n") or (_STATED.fullmatch(line) and not stated)):
        stated = stated or _STATED.fullmatch(line)
        n_before += not line.strip("\r\n")
        place = file.tell()
    file.seek(place)
    return stated[1] if stated else max(_SEPARATORS, key=line.count), n_before


@contextmanager
def _open_text(path: Path, encoding: str) -> Iterator[TextIO]:
    try:
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            yield file
    except (OSError, ValueError, csv.Error) as fault:
        raise _refuse_table(path, fault) from fault


def _guess_encoding(path: Path, n_blocks: int | None = None) -> str:
    """Return UTF-8 where the file, or its first blocks, are that to the last byte."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    n_read = 0
    try:
        with path.open("rb") as file:
            while (block := file.read(_BLOCK_BYTES)) and n_read != n_blocks:
                if n_read == 0 and block.startswith(_UTF_16_MARKS):
                    return "utf-16"
                decoder.decode(block)
                n_read += 1
    except UnicodeDecodeError:
        return "cp1252"
    except (OSError, ValueError):
        pass  # opening it for good will say what is wrong
    return "utf-8-sig"


# Parquet.


def _list_parquet_columns(path: Path) -> list[str]:
    try:
        schema = pl.read_parquet_schema(path)
    except _PARQUET_FAULTS as fault:
        raise _refuse_table(path, fault) from fault
    return [name for column in schema.items() for name in _name_columns(*column)]


def _name_columns(name: str, dtype: PolarsDataType) -> list[str]:
    if isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.Struct):
        return [name, *_name_columns(name, dtype.inner)]
    if not isinstance(dtype, pl.Struct):
        return [name]
    return [column for part in dtype.fields for column in _name_columns(f"{name}.{part.name}", part.dtype)]


def _read_parquet(path: Path) -> Iterator[Row]:
    try:
        frame = pl.read_parquet(path)
    except _PARQUET_FAULTS as fault:
        raise _refuse_table(path, fault) from fault
    for number, values in enumerate(frame.iter_rows(named=True), start=2):
        yield Row(number, flatten_record(values))


def _list_json_columns(path: Path) -> list[str]:
    """Return the columns of all records, in the order of their first coming; of a folder, of a sample."""
    found = read_folder(path, _N_SAMPLED) if path.is_dir() else read_rows(path)
    rows = (row for row in found if isinstance(row, Row))
    return list(dict.fromkeys(column for row in rows for column in row.values))


@dataclass(frozen=True)
class _Format:
    columns: Callable[[Path], list[str]]
    rows: Callable[[Path], Iterator[Row | Skip]]


_CSV = _Format(_list_csv_columns, _read_csv)
_PARQUET = _Format(_list_parquet_columns, _read_parquet)
_RECORDS = _Format(_list_json_columns, read_folder)
_LINES = _Format(_list_json_columns, read_lines)
_FORMATS = {
    ".csv": _CSV,
    ".tsv": _CSV,
    ".parquet": _PARQUET,
    ".pq": _PARQUET,
    ".json": _Format(_list_json_columns, read_array),
    ".jsonl": _LINES,
    ".ndjson": _LINES,
}
"""How a table is read, by its ending in lower case; any other ending is read as CSV."""

TABLE_SUFFIXES = frozenset(_FORMATS) | SHEET_SUFFIXES
PARQUET_SUFFIXES = frozenset(suffix for suffix, form in _FORMATS.items() if form is _PARQUET)
