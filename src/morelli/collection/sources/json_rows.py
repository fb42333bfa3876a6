"""Rows out of JSON: one object per line, or one array of objects; nested objects become dotted columns.

`rows` calls this for ``.jsonl``, ``.ndjson`` and ``.json``, so that no source needs to know what a table is
written in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from morelli.collection.work import Skip
from morelli.errors import SourceError

LINES_SUFFIXES = frozenset({".jsonl", ".ndjson"})
JSON_SUFFIXES = LINES_SUFFIXES | {".json"}
"""Endings, in lower case, by which a file counts as JSON."""

_FAULTS = (ValueError, RecursionError)  # of json.loads; too long a number is a ValueError too


def read_records(path: Path) -> Iterator[tuple[int, dict[str, object]] | Skip]:
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
    if path.suffix.lower() in LINES_SUFFIXES:
        for number, line in enumerate(_read_text(path).split("\n"), start=1):
            if line.strip():
                yield _read_record(path, number, line)
    else:
        for number, value in enumerate(_read_array(path), start=1):
            yield _check_record(path, number, value)


def list_columns(path: Path) -> list[str]:
    """Return the columns of all records, in the order of their first coming.

    Raises
    ------
    SourceError
        As `read_records` does.
    """
    columns: dict[str, None] = {}
    for record in read_records(path):
        if not isinstance(record, Skip):
            columns |= dict.fromkeys(record[1])
    return list(columns)


def flatten_record(record: Mapping[str, object]) -> dict[str, object]:
    """Return a record whose nested objects are columns of their own.

    Examples
    --------
    >>> flatten_record({"artist": {"name": "Gris", "born": 1887}, "style": ["Cubism"]})
    {'artist.name': 'Gris', 'artist.born': 1887, 'style': ['Cubism']}
    """
    flat: dict[str, object] = {}
    for key, value in record.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{inner}": deep for inner, deep in flatten_record(value).items()}
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
        return number, flatten_record(value)
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
