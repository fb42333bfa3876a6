"""Large CSV files, read row by row: a museum's table of hundreds of megabytes need not fit into memory.

`met` reads its table here; smaller tables of any kind are read by `rows`.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from morelli.collection.work import Skip
from morelli.errors import SourceError

_BLOCK_BYTES = 1 << 16
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


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
