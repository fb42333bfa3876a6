"""Rows of the tables people keep: CSV in any encoding and separator, Parquet or JSON, by column name.

`table` and `best_artworks` read their tables here and never ask by position.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from polars._typing import PolarsDataType

from morelli.collection.names import mend_text
from morelli.collection.sources.json_rows import (
    JSON_SUFFIXES,
    flatten_record,
    list_columns,
    read_records,
)
from morelli.collection.work import Skip
from morelli.errors import SourceError

PARQUET_SUFFIXES = frozenset({".parquet", ".pq"})
TABLE_SUFFIXES = PARQUET_SUFFIXES | JSON_SUFFIXES | {".csv", ".tsv"}
"""Endings, in lower case, by which a file counts as a table."""

_SEPARATORS = (",", ";", "\t")
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HEADER_BYTES = 1 << 20
_PARQUET_FAULTS = (pl.exceptions.PolarsError, OSError, ValueError)


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Parameters
    ----------
    number
        Where a spreadsheet shows it: the header is row 1. In JSON, where there is no header, the line or
        element from 1.
    values
        The value of each column by its name in the table: text from a CSV, anything from Parquet or JSON.
    """

    number: int
    values: Mapping[str, object]


def read_columns(path: Path) -> list[str]:
    """Return the names of a table's columns, in its order.

    Raises
    ------
    SourceError
        When the file cannot be read as a table.
    """
    if path.suffix.lower() in PARQUET_SUFFIXES:
        try:
            return [
                name for column in pl.read_parquet_schema(path).items() for name in _name_columns(*column)
            ]
        except _PARQUET_FAULTS as fault:
            raise _describe_fault(path, fault) from fault
    if path.suffix.lower() in JSON_SUFFIXES:
        return list_columns(path)
    # The first megabyte holds the header; cutting a character in two there must not change the encoding.
    header = _decode_text(_read_bytes(path, _HEADER_BYTES), is_cut=True)
    return _parse_header(path, header)


def read_rows(path: Path) -> Iterator[Row | Skip]:
    """Yield the rows of a CSV, Parquet or JSON file.

    CSV is UTF-8 or UTF-16 (with or without a byte-order mark), else Windows-1252; its separator is whichever
    of comma, semicolon and tab the header has most. Short rows lack their last values. Nested records are
    columns of their own, named "artist.name".

    Yields
    ------
    row
        A `Row`, or a `Skip` for a row with more fields than the header, or for JSON that is no object. Empty
        lines are passed over.

    Raises
    ------
    SourceError
        When the file cannot be read as a table.
    """
    if path.suffix.lower() in PARQUET_SUFFIXES:
        yield from _read_parquet(path)
    elif path.suffix.lower() in JSON_SUFFIXES:
        yield from (record if isinstance(record, Skip) else Row(*record) for record in read_records(path))
    else:
        yield from _read_csv(path)


def _read_parquet(path: Path) -> Iterator[Row]:
    try:
        frame = pl.read_parquet(path)
    except _PARQUET_FAULTS as fault:
        raise _describe_fault(path, fault) from fault
    for number, values in enumerate(frame.iter_rows(named=True), start=2):
        yield Row(number, flatten_record(values))


def _name_columns(name: str, dtype: PolarsDataType) -> list[str]:
    if not isinstance(dtype, pl.Struct):
        return [name]
    return [column for part in dtype.fields for column in _name_columns(f"{name}.{part.name}", part.dtype)]


def _read_csv(path: Path) -> Iterator[Row | Skip]:
    text = _decode_text(_read_bytes(path))
    columns = _parse_header(path, text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_find_separator(text), strict=True)
    try:
        for number, fields in enumerate(lines, start=1):
            if number == 1 or not any(field.strip() for field in fields):
                continue
            if len(fields) > len(columns):
                found = f"expected {len(columns)} fields, found {len(fields)}"
                yield Skip(f"{path}:row {number}", found)
            else:
                yield Row(number, dict(zip(columns, fields, strict=False)))
    except csv.Error as fault:
        raise _describe_fault(path, fault) from fault


def _parse_header(path: Path, text: str) -> list[str]:
    try:
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=_find_separator(text)), [])
    except csv.Error as fault:
        raise _describe_fault(path, fault) from fault
    return [mend_text(column).strip() for column in header]


def _find_separator(text: str) -> str:
    header = text.lstrip("\r\n").splitlines()[:1] or [""]
    return max(_SEPARATORS, key=header[0].count)


def _read_bytes(path: Path, n_max: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(n_max)
    except (OSError, ValueError) as fault:
        raise _describe_fault(path, fault) from fault


def _decode_text(data: bytes, *, is_cut: bool = False) -> str:
    if data.startswith(_UTF_16_MARKS):
        return data.decode("utf-16", errors="replace")
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        return decoder.decode(data, final=not is_cut)
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _describe_fault(path: Path, fault: Exception) -> SourceError:
    return SourceError(
        path,
        expected="a table with a header in CSV or Parquet",
        found=str(fault).splitlines()[0] if str(fault) else type(fault).__name__,
        remedy="save it again as CSV (UTF-8)",
    )
