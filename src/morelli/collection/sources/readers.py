"""Rows of the tables people keep: CSV in any encoding and separator, Parquet or JSON, by column name.

`table` and `best_artworks` read their tables here and never ask by position.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import polars as pl
from polars._typing import PolarsDataType

from morelli.collection.names.text import mend_text
from morelli.collection.work import Skip
from morelli.errors import SourceError

# Rows out of JSON: one object per line, or one array of objects; nested objects become dotted columns.

_LINES_SUFFIXES = frozenset({".jsonl", ".ndjson"})
_JSON_SUFFIXES = _LINES_SUFFIXES | {".json"}
"""Endings, in lower case, by which a file counts as JSON."""

_FAULTS = (ValueError, RecursionError)  # of json.loads; too long a number is a ValueError too


def _read_records(path: Path) -> Iterator[tuple[int, dict[str, object]] | Skip]:
    """Yield number and values of each record.

    Yields
    ------
    record
        The number of the line in JSON Lines, of the element in an array, from 1; and its values by column,
        those of nested objects under names such as "artist.name". Or a `Skip` for what is no object.

    Raises
    ------
    SourceError
        When the file cannot be read, or is neither.
    """
    if path.suffix.lower() in _LINES_SUFFIXES:
        for number, line in enumerate(_read_text(path).split("\n"), start=1):
            if line.strip():
                yield _read_record(path, number, line)
    else:
        for number, value in enumerate(_read_array(path), start=1):
            yield _check_record(path, number, value)


def _list_columns(path: Path) -> list[str]:
    """Return the columns of all records, in the order of their first coming.

    Raises
    ------
    SourceError
        As `_read_records` does.
    """
    columns: dict[str, None] = {}
    for record in _read_records(path):
        if not isinstance(record, Skip):
            columns |= dict.fromkeys(record[1])
    return list(columns)


def _flatten_record(record: Mapping[str, object]) -> dict[str, object]:
    """Return a record whose nested objects are columns of their own.

    Examples
    --------
    >>> _flatten_record({"artist": {"name": "Gris", "born": 1887}, "style": ["Cubism"]})
    {'artist.name': 'Gris', 'artist.born': 1887, 'style': ['Cubism']}
    """
    flat: dict[str, object] = {}
    for key, value in record.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{inner}": deep for inner, deep in _flatten_record(value).items()}
        else:
            flat[key] = value
    return flat


def _read_record(path: Path, number: int, line: str) -> tuple[int, dict[str, object]] | Skip:
    try:
        value = json.loads(line)
    except _FAULTS as fault:
        return Skip(f"{path}:row {number}", f"expected a JSON object, found {_describe(fault)}")
    return _check_record(path, number, value)


def _check_record(path: Path, number: int, value: object) -> tuple[int, dict[str, object]] | Skip:
    place = f"{path}:row {number}"
    if not isinstance(value, dict):
        return Skip(place, f"expected a JSON object, found {type(value).__name__}")
    try:
        json.dumps(value, ensure_ascii=False).encode()
        return number, _flatten_record(value)
    except UnicodeEncodeError:
        return Skip(place, "expected text in Unicode, found half a character")
    except RecursionError:
        return Skip(place, "expected a JSON object, found one nested too deeply")


def _read_array(path: Path) -> list[Any]:
    try:
        value = json.loads(_read_text(path))
    except _FAULTS as fault:
        raise _refuse(path, _describe(fault)) from fault
    if not isinstance(value, list):
        raise _refuse(path, f"a JSON {type(value).__name__}")
    return value


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
        return data.decode(json.detect_encoding(data))
    except (OSError, ValueError) as fault:
        raise _refuse(path, _describe(fault)) from fault


def _describe(fault: Exception) -> str:
    return getattr(fault, "strerror", None) or str(fault).splitlines()[0]


def _refuse(path: Path, found: str) -> SourceError:
    return SourceError(
        path,
        expected="JSON Lines, or one JSON array of objects",
        found=found,
        remedy="write one JSON object per line (.jsonl), in UTF-8",
    )


PARQUET_SUFFIXES = frozenset({".parquet", ".pq"})
TABLE_SUFFIXES = PARQUET_SUFFIXES | _JSON_SUFFIXES | {".csv", ".tsv"}
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
    if path.suffix.lower() in _JSON_SUFFIXES:
        return _list_columns(path)
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
    elif path.suffix.lower() in _JSON_SUFFIXES:
        yield from (record if isinstance(record, Skip) else Row(*record) for record in _read_records(path))
    else:
        yield from _read_csv(path)


def _read_parquet(path: Path) -> Iterator[Row]:
    try:
        frame = pl.read_parquet(path)
    except _PARQUET_FAULTS as fault:
        raise _describe_fault(path, fault) from fault
    for number, values in enumerate(frame.iter_rows(named=True), start=2):
        yield Row(number, _flatten_record(values))


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


# Large CSV files, read row by row: a museum's table of hundreds of megabytes need not fit into memory.

_BLOCK_BYTES = 1 << 16


@dataclass(frozen=True)
class StreamRow:
    """One row of a large table.

    Parameters
    ----------
    number
        Where a spreadsheet shows it: the header is row 1.
    values
        The text of each column by its name in the table; a short row lacks the last ones.
    """

    number: int
    values: Mapping[str, str]


def stream_header(path: Path) -> list[str]:
    """Return the names of a table's columns, in its order.

    Raises
    ------
    SourceError
        When the file cannot be read as a table.
    """
    with _open_table(path, _guess_encoding(path, n_blocks=1)) as file:
        return [column.strip() for column in next(csv.reader(file, strict=True), [])]


def stream_rows(path: Path) -> Iterator[StreamRow | Skip]:
    """Yield the rows of a CSV file with a header, separated by commas.

    It is UTF-8 or UTF-16 (with or without a byte-order mark), else Windows-1252.

    Yields
    ------
    row
        A `StreamRow`, or a `Skip` for a row with more fields than the header. Empty lines are passed over.

    Raises
    ------
    SourceError
        When the file cannot be read as a table to its end.
    """
    with _open_table(path, _guess_encoding(path)) as file:
        lines = csv.reader(file, strict=True)
        columns = [column.strip() for column in next(lines, [])]
        for number, fields in enumerate(lines, start=2):
            if len(fields) > len(columns):
                yield Skip(f"{path}:row {number}", f"expected {len(columns)} fields, found {len(fields)}")
            elif any(text.strip() for text in fields):
                yield StreamRow(number, dict(zip(columns, fields, strict=False)))


@contextmanager
def _open_table(path: Path, encoding: str) -> Iterator[TextIO]:
    try:
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            yield file
    except (OSError, ValueError, csv.Error) as fault:
        raise SourceError(
            path,
            expected="a table with a header in CSV, separated by commas",
            found=(getattr(fault, "strerror", None) or str(fault)).lower(),
            remedy="fetch the file again",
        ) from fault


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
    except OSError:
        pass  # opening it for good will say what is wrong
    return "utf-8-sig"
