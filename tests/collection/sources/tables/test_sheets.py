"""Tables in workbooks: the sheet and the header are found, rows keep the spreadsheet's numbers."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from collection.sources.conftest import Plant
from morelli.collection.names.twins import _Twin, read_mapping, write_twins
from morelli.collection.sources.layouts import recognise
from morelli.collection.sources.readers import read_columns, read_rows
from morelli.collection.work import Skip, Work
from morelli.errors import SourceError, UsageError

HEADER = ["Bilddatei", "Künstler", "Titel", "Datierung", "Inventarnummer"]
ROW = ["kollwitz.png", "Kollwitz, Käthe (1867–1945)", "Weberzug", "um 1897", 8123]


def write_book(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    """Write a workbook with these rows in each sheet; empty rows and cells stay empty."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells)
    book.close()
    return path


@pytest.fixture
def folder(plant: Plant) -> Path:
    return plant("kollwitz.png", "images/liebermann.jpg")


def read(source: Path, columns: Mapping[str, str] | None = None) -> list[Work | Skip]:
    layout = recognise(source, columns=columns)
    assert layout.name == "table"
    return list(layout.read())


def test_a_workbook_is_a_table(folder: Path) -> None:
    path = write_book(folder / "works.xlsx", {"Tabelle1": [HEADER, ROW]})
    (work,) = read(path)
    assert isinstance(work, Work)
    assert (work.path, work.artist, work.title) == (folder / "kollwitz.png", "Käthe Kollwitz", "Weberzug")
    assert (work.year, work.source_id, work.artist_dates) == (1897, "8123", "1867-1945")
    assert recognise(path).reason == "it is a table with its paths in the column 'Bilddatei'"
    assert read(folder)[0] == work


def test_rows_are_numbered_as_the_spreadsheet_shows_them(folder: Path) -> None:
    rows = [["Bestand der Graphik"], [], ["Stand: 2024"], [], HEADER, ROW, [], ["fehlt.png", "Niemand"]]
    path = write_book(folder / "works.xlsx", {"Bestand": rows})
    work, skip = read(path)
    assert isinstance(work, Work)
    assert skip == Skip(f"{path}:row 8", "expected a file, found none at fehlt.png")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (datetime.date(1903, 2, 1), "1903-02-01"),
        (1903, "1903"),
        (1903.5, "1903.5"),
        ("1903 ", "1903"),
        (True, "true"),
        ("007", "007"),
        ("=1+1", "0"),
    ],
)
def test_cells_are_read_as_they_are_shown(tmp_path: Path, cell: object, text: str) -> None:
    path = write_book(tmp_path / "works.xlsx", {"x": [["path", "value"], ["a.png", cell]]})
    assert [row.values for row in read_rows(path) if not isinstance(row, Skip)] == [
        {"path": "a.png", "value": text}
    ]


def test_the_sheet_with_pictures_is_read_and_named(folder: Path) -> None:
    notes = [["Künstler", "Titel", "Datierung", "Technik"], ["Kollwitz", "x", "1897", "Radierung"]]
    path = write_book(folder / "works.xlsx", {"Notizen": notes, "Blatt 2": [HEADER, ROW], "Leer": []})
    assert recognise(path).reason.endswith("in the column 'Bilddatei' of the sheet 'Blatt 2'")
    assert [isinstance(entry, Work) for entry in read(path)] == [True]


def test_a_second_sheet_of_works_is_listed_as_left_out(folder: Path) -> None:
    second = [["file", "artist"], ["images/liebermann.jpg", "Max Liebermann"]]
    path = write_book(folder / "works.xlsx", {"Prints": [HEADER, ROW], "Paintings": second})
    work, skip = read(path)
    assert isinstance(work, Work)
    assert work.artist == "Käthe Kollwitz"
    assert skip == Skip(
        f"{path}:sheet Paintings", "expected one sheet of works, found another beside 'Prints'"
    )


def test_mapped_columns_choose_the_sheet(folder: Path) -> None:
    other = [["wo", "wer"], ["images/liebermann.jpg", "Liebermann, Max"]]
    path = write_book(folder / "works.xlsx", {"Prints": [HEADER, ROW], "Weiteres": other})
    entries = read(path, {"path": "Wo", "artist": "wer"})
    assert [entry.artist for entry in entries if isinstance(entry, Work)] == ["Max Liebermann"]
    with pytest.raises(UsageError, match="no column 'was'"):
        recognise(path, columns={"artist": "was"})


def test_unknown_columns_are_a_header_too(tmp_path: Path) -> None:
    path = write_book(tmp_path / "works.xlsx", {"x": [["Title page of our list"], ["aa", "bb"], ["1", "2"]]})
    assert read_columns(path) == ["aa", "bb"]


@pytest.mark.parametrize("data", [b"", b"PK\3\4 cut off", b"path,artist\na.jpg,Gris\n"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "works.xlsx").write_bytes(data)
    with pytest.raises(SourceError, match=r"works\.xlsx: expected a workbook") as caught:
        recognise(tmp_path / "works.xlsx")
    assert "calamine" not in str(caught.value)


def test_a_workbook_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="found no rows"):
        recognise(write_book(tmp_path / "works.xlsx", {"a": [], "b": []}))


def test_the_lock_of_an_open_workbook_is_no_table(folder: Path) -> None:
    write_book(folder / "works.xlsx", {"Tabelle1": [HEADER, ROW]})
    (folder / "~$works.xlsx").write_bytes(b"\x05user")
    assert len(read(folder)) == 1


def test_twins_are_reviewed_in_a_workbook(tmp_path: Path) -> None:
    twin = _Twin("Libermann, M.", "Max Liebermann", 0.912, "spelling")
    write_twins(tmp_path / "twins.xlsx", [twin])
    (row,) = read_rows(tmp_path / "twins.xlsx")
    assert not isinstance(row, Skip)
    reviewed = [list(row.values), [*list(row.values.values())[:-1], "same"]]
    assert row.values["decision"] == ""
    write_book(tmp_path / "reviewed.xlsx", {"x": reviewed})
    assert read_mapping(tmp_path / "reviewed.xlsx") == {"Libermann, M.": "Max Liebermann"}
