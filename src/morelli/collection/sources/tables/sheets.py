"""Sheets of Excel and its like: which sheet is the table, in which row its header is, what its rows hold.

All cells are read as text, dates as 1889-05-03. A sheet may begin with a title and empty rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import fastexcel

from morelli.collection.names.text import mend_text
from morelli.collection.sources.matching import fold_column
from morelli.collection.sources.tables.columns import find_columns
from morelli.collection.sources.tables.records import Row
from morelli.collection.work import Skip
from morelli.errors import SourceError

SHEET_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})

_N_HEAD = 30
"""Among how many rows the header is looked for."""
_MIDNIGHT = " 00:00:00"
_PLACES = frozenset({"path", "address"})

_Score = tuple[int, bool, int, bool]


@dataclass(frozen=True)
class Sheet:
    """The sheet of a workbook that is its table."""

    path: Path
    name: str
    header: int  # the number of its row, from 1
    columns: tuple[str, ...]
    others: tuple[str, ...] = ()  # further sheets with a column of pictures, which are not read
    is_only: bool = True  # the workbook has no other sheet

    @property
    def place(self) -> str:
        """Which sheet it is, where there are several, in words that follow "the column"."""
        return "" if self.is_only else f" of the sheet {self.name!r}"


def find_sheet(path: Path, named: Sequence[str] = ()) -> Sheet:
    """Return the sheet with all named columns, else with pictures, else with the most known columns.

    Of equal ones it is the first. Raises `SourceError` where the file is no workbook, or has no rows.
    """
    book = _open_book(path)
    ranked: list[tuple[_Score, Sheet]] = []
    for name in book.sheet_names:
        if (best := _find_header(path, name, _read_cells(path, book, name, _N_HEAD), named)) is not None:
            ranked.append(best)
    if not ranked:
        raise _refuse(path, "no rows")
    best_score, chosen = max(ranked, key=lambda entry: entry[0])  # the first of equal ones
    pictured = [sheet.name for score, sheet in ranked if sheet is not chosen and score[1] and best_score[1]]
    return replace(chosen, others=tuple(pictured), is_only=len(book.sheet_names) == 1)


def read_sheet(path: Path, named: Sequence[str] = ()) -> Iterator[Row | Skip]:
    """Yield the rows below the header that `find_sheet` finds, then a `Skip` for each other sheet of works.

    Rows are numbered as the spreadsheet numbers them; empty ones are passed over.
    """
    sheet = find_sheet(path, named)
    rows = _read_cells(path, _open_book(path), sheet.name)
    for number, cells in enumerate(rows[sheet.header :], start=sheet.header + 1):
        if any(cells):
            values = zip(_name_cells(rows[sheet.header - 1]), cells, strict=True)
            yield Row(number, {column: text for column, text in values if column})
    for other in sheet.others:
        yield Skip(
            f"{path}:sheet {other}", f"expected one sheet of works, found another beside {sheet.name!r}"
        )


def _open_book(path: Path) -> fastexcel.ExcelReader:
    try:
        return fastexcel.read_excel(path)
    except (fastexcel.FastExcelError, OSError, ValueError) as fault:
        raise _refuse(path, _describe(fault)) from fault


def _read_cells(
    path: Path, book: fastexcel.ExcelReader, name: str, n_rows: int | None = None
) -> list[tuple[str, ...]]:
    """Return the texts of a sheet's cells, row by row from its first row."""
    try:
        sheet = book.load_sheet(name, header_row=None, skip_rows=0, n_rows=n_rows, dtypes="string")
        rows = sheet.to_polars().rows()
    except (fastexcel.FastExcelError, OSError, ValueError) as fault:
        raise _refuse(path, f"in the sheet {name!r} {_describe(fault)}") from fault
    return [tuple(map(_read_cell, cells)) for cells in rows]


def _read_cell(text: str | None) -> str:
    return "" if text is None else text.strip().removesuffix(_MIDNIGHT)


def _name_cells(cells: Sequence[str]) -> list[str]:
    return [" ".join(mend_text(text).split()) for text in cells]


def _find_header(
    path: Path, name: str, rows: Sequence[Sequence[str]], named: Sequence[str]
) -> tuple[_Score, Sheet] | None:
    """Return the row that is most like a header, and how much: all named columns, pictures, known fields."""
    best: tuple[_Score, Sheet] | None = None
    for number, cells in enumerate(rows, start=1):
        columns = [column for column in _name_cells(cells) if column]
        if not columns:
            continue
        fields = find_columns(columns, is_given=True)
        n_named = len(set(map(fold_column, named)) & set(map(fold_column, columns)))
        score = (n_named, not _PLACES.isdisjoint(fields), len(fields), len(columns) > 1)
        if best is None or score > best[0]:
            best = score, Sheet(path, name, number, tuple(columns))
    return best


def _describe(fault: Exception) -> str:
    """Return the first line of what the reader says, without the names of its layers."""
    lines = str(fault).splitlines() or [type(fault).__name__]
    return lines[0].removeprefix("calamine error: ").strip()


def _refuse(path: Path, found: str) -> SourceError:
    return SourceError(
        path,
        expected="a workbook with a table",
        found=found,
        remedy="open it in the program that wrote it and save it again as .xlsx or CSV (UTF-8)",
    )
