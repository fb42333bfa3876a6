"""Tables with one bad row, and with something before their header."""

from __future__ import annotations

from pathlib import Path

import pytest

from morelli.collection.sources.readers import read_columns, read_rows
from morelli.collection.sources.tables.records import Row
from morelli.collection.work import Skip
from morelli.errors import SourceError


def read(folder: Path, text: str, name: str = "t.csv") -> list[Row | Skip]:
    path = folder / name
    path.write_bytes(text.encode())
    return list(read_rows(path))


@pytest.mark.parametrize(
    "bad",
    [
        '1,"Untitled" (study)', '1,"Untitled', '"1" x,y', '1,"a""b" c', '"Untitled,2', '1,"a"b"c"',
        '1,"5" x 7""', '"a"b,"c"',
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_irregular_quote_skips_one_row(tmp_path: Path, bad: str, end: str) -> None:
    rows = ["a,b", "0,w", bad, "2,x", '"3","y, z"', "4,v"]
    first, skip, *others = read(tmp_path, "".join(row + end for row in rows))
    assert first == Row(2, {"a": "0", "b": "w"})
    assert isinstance(skip, Skip)
    assert skip.path == f"{tmp_path / 't.csv'}:row 3"
    assert "quotes that pair" in skip.reason
    expected = [("2", "x"), ("3", "y, z"), ("4", "v")]
    assert others == [Row(number, {"a": a, "b": b}) for number, (a, b) in enumerate(expected, start=4)]


def test_each_of_several_bad_rows_is_skipped(tmp_path: Path) -> None:
    found = read(tmp_path, 'a,b\n1,"x\n2,"y" z\n3,"w\n4,v\n')
    assert [entry.path.rpartition(" ")[2] for entry in found if isinstance(entry, Skip)] == ["2", "3", "4"]
    assert found[-1] == Row(5, {"a": "4", "b": "v"})


def test_a_cell_over_several_lines_is_one_row(tmp_path: Path) -> None:
    assert read(tmp_path, 'a,b\n1,"x\n""y"", z"\n2,w\n') == [
        Row(2, {"a": "1", "b": 'x\n"y", z'}),
        Row(3, {"a": "2", "b": "w"}),
    ]


@pytest.mark.parametrize("cell", ['"Quoted" start', '"Open', 'The "Mill"', '"a" and "b"', '5" high', '"a""'])
def test_between_tabs_quotes_may_be_letters(tmp_path: Path, cell: str) -> None:
    rows = read(tmp_path, f"a\tb\n1\t{cell}\n2\tx\n", "t.tsv")
    assert rows == [Row(2, {"a": "1", "b": cell}), Row(3, {"a": "2", "b": "x"})]


@pytest.mark.parametrize("n", [131_073, 140_000, 500_000])
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_very_long_cell_is_read(tmp_path: Path, n: int, quote: str) -> None:
    rows = read(tmp_path, f"a,b\n1,{quote}{'x' * n}{quote}\n2,y\n")
    assert rows == [Row(2, {"a": "1", "b": "x" * n}), Row(3, {"a": "2", "b": "y"})]


@pytest.mark.parametrize("head", ["sep=;\n", '"sep=;"\r\n', "SEP=;\n", "\ufeffsep=;\n", "\r\nsep=;\n"])
def test_a_line_may_state_the_separator(tmp_path: Path, head: str) -> None:
    rows = read(tmp_path, head + "a;b,c\n1;2\n")
    assert [row.values for row in rows if isinstance(row, Row)] == [{"a": "1", "b,c": "2"}]
    assert read_columns(tmp_path / "t.csv") == ["a", "b,c"]


def test_any_separator_may_be_stated(tmp_path: Path) -> None:
    assert read(tmp_path, "sep=|\na|b\n1|2\n") == [Row(2, {"a": "1", "b": "2"})]


@pytest.mark.parametrize(("head", "number"), [("\n", 3), ("\n\n", 4), ("\r\n\r\n\r\n", 5), ("\ufeff\n", 3)])
def test_empty_lines_before_the_header_count_as_rows(tmp_path: Path, head: str, number: int) -> None:
    assert read(tmp_path, head + "a,b\n1,2\n") == [Row(number, {"a": "1", "b": "2"})]
    assert read_columns(tmp_path / "t.csv") == ["a", "b"]


def test_a_quotation_to_the_end_of_the_last_row_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="unexpected end of data"):
        read(tmp_path, 'a,b\n1,2\n3,"cut of')
