from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from morelli.collection.sources.readers import read_columns, read_rows, require_columns
from morelli.collection.sources.tables.records import Row
from morelli.collection.work import Skip
from morelli.errors import LayoutError, MorelliError, SourceError

TEXT = "path,artist\na.jpg,Dürer\n"
WANTED = {"file": ("filename", "path"), "artist": ("artist",)}


def write(folder: Path, data: bytes, name: str = "works.csv") -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def read_values(path: Path) -> list[list[object]]:
    return [list(row.values.values()) for row in read_rows(path) if isinstance(row, Row)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, TEXT.encode(encoding))
    assert read_columns(path) == ["path", "artist"]
    assert read_values(path) == [["a.jpg", "Dürer"]]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators(tmp_path: Path, separator: str) -> None:
    path = write(tmp_path, TEXT.replace(",", separator).encode())
    assert read_values(path) == [["a.jpg", "Dürer"]]


def test_a_quoted_separator_in_another_table_is_text(tmp_path: Path) -> None:
    path = write(tmp_path, b'path;artist;title\na.jpg;"Orozco, Jose";"A ""B""\nC"\n')
    assert read_values(path) == [["a.jpg", "Orozco, Jose", 'A "B"\nC']]


def test_numbers_of_rows_are_those_of_a_spreadsheet(tmp_path: Path) -> None:
    rows = list(read_rows(write(tmp_path, b"path\na.jpg\n\nb.jpg\n")))
    assert [(row.number, row.values) for row in rows if isinstance(row, Row)] == [
        (2, {"path": "a.jpg"}),
        (4, {"path": "b.jpg"}),
    ]


def test_short_rows_lack_values_and_long_ones_are_skipped(tmp_path: Path) -> None:
    path = write(tmp_path, b"path,artist\na.jpg\nb.jpg,x,y\n")
    short, long = read_rows(path)
    assert short == Row(2, {"path": "a.jpg"})
    assert long == Skip(f"{path}:row 3", "expected 2 fields, found 3")


def test_an_open_quote_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="unexpected end of data"):
        list(read_rows(write(tmp_path, b'path\n"a.jpg\nb.jpg\n')))


def test_an_empty_file_has_no_columns(tmp_path: Path) -> None:
    path = write(tmp_path, b"")
    assert read_columns(path) == []
    assert list(read_rows(path)) == []


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "works.parquet"
    pl.DataFrame({"path": ["a.jpg"], "year": [1890.0], "style": [["x", "y"]]}).write_parquet(path)
    assert read_columns(path) == ["path", "year", "style"]
    assert list(read_rows(path)) == [Row(2, {"path": "a.jpg", "year": 1890.0, "style": ["x", "y"]})]


@pytest.mark.parametrize("name", ["works.parquet", "works.csv", "works.json", "works.jsonl"])
def test_what_cannot_be_read_is_an_error(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    for read in (read_columns, lambda path: list(read_rows(path))):
        with pytest.raises(SourceError):
            read(path)
    path.mkdir()
    with pytest.raises(SourceError):
        read_columns(path)


def test_rubbish_named_parquet_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, b"PAR1 rubbish PAR1", "works.parquet")
    for read in (read_columns, lambda path: list(read_rows(path))):
        with pytest.raises(SourceError):
            read(path)


RECORD = {"path": "a.jpg", "artist": {"name": "Dürer", "born": 1471}, "style": ["x", "y"]}
FLAT = {"path": "a.jpg", "artist.name": "Dürer", "artist.born": 1471, "style": ["x", "y"]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["works.jsonl", "works.ndjson", "works.json"])
def test_json(tmp_path: Path, name: str, encoding: str) -> None:
    text = json.dumps(RECORD, ensure_ascii=False)
    path = write(tmp_path, (f"[{text}]" if name.endswith(".json") else f"{text}\r\n").encode(encoding), name)
    assert read_columns(path) == list(FLAT)
    assert list(read_rows(path)) == [Row(1, FLAT)]


def test_structs_of_parquet_are_columns_too(tmp_path: Path) -> None:
    path = tmp_path / "works.parquet"
    pl.DataFrame([RECORD]).write_parquet(path)
    assert read_columns(path) == list(FLAT)
    assert list(read_rows(path)) == [Row(2, FLAT)]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("{", "Expecting property name"),
        ("3", "found int"),
        ('{"path": "\\ud800"}', "half a character"),
        ("[" * 100_000, "found"),
        ('{"path": ' + "9" * 5000 + "}", "found"),
    ],
)
def test_lines_that_are_no_objects_are_skipped(tmp_path: Path, line: str, found: str) -> None:
    path = write(tmp_path, f'{line}\n{{"path": "a.jpg"}}\n'.encode(), "works.jsonl")
    skip, row = read_rows(path)
    assert isinstance(skip, Skip)
    assert skip.path == f"{path}:row 1"
    assert found in skip.reason
    assert row == Row(2, {"path": "a.jpg"})


@pytest.mark.parametrize("text", ["", "{}", "[", "3", "\xff"])
def test_json_that_is_no_array_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError):
        read_columns(write(tmp_path, text.encode("latin-1"), "works.json"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.one_of(st.binary(), st.text('abc",;\t\n\r|', max_size=40).map(str.encode)))
@pytest.mark.parametrize("name", ["works.csv", "works.parquet", "works.jsonl", "works.json"])
def test_any_bytes_are_read_or_refused(tmp_path: Path, name: str, data: bytes) -> None:
    path = write(tmp_path, data, name)
    for read in (read_columns, lambda path: list(read_rows(path))):
        try:
            read(path)
        except MorelliError:
            continue


def test_a_byte_that_is_not_utf8_far_down_decides_for_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a\n" + b"x\n" * (1 << 16) + "é\n".encode("cp1252"))
    *_, last = read_rows(path)
    assert isinstance(last, Row)
    assert last.values == {"a": "é"}


def test_a_character_across_blocks_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n" + "x\n" * ((1 << 15) - 2) + "xé\n", encoding="utf-8")
    assert path.read_bytes()[(1 << 16) - 1 : (1 << 16) + 1] == "é".encode()
    *_, last = read_rows(path)
    assert isinstance(last, Row)
    assert last.values == {"a": "xé"}


def test_long_short_and_empty_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b\n1\n\n ,\n1,2,3\n"x\ny",2\n', encoding="utf-8")
    assert list(read_rows(path)) == [
        Row(2, {"a": "1"}),
        Skip(f"{path}:row 5", "expected 2 fields, found 3"),
        Row(6, {"a": "x\ny", "b": "2"}),
    ]


@pytest.mark.parametrize("text", ['a,b\n1,"cut of', 'a\n"' + "x" * 200_000])
def test_a_quotation_that_never_ends_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        list(read_rows(path))
    assert caught.value.thing == str(path)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        read_columns(tmp_path / "absent.csv")


def test_a_missing_column_is_an_error_with_those_found(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("artist,x\n")
    with pytest.raises(LayoutError, match="a column named 'filename' or 'path', found the columns artist, x"):
        require_columns(tmp_path / "a.csv", WANTED, ("file", "artist"))


def test_a_table_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        require_columns(tmp_path / "a.csv", WANTED, ("file",))
