from __future__ import annotations

from pathlib import Path

import pytest

from morelli.collection.sources.streams import StreamRow, stream_header, stream_rows
from morelli.collection.work import Skip
from morelli.errors import SourceError


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("name,é\nDürer,1\n".encode(encoding))
    assert stream_header(path) == ["name", "é"]
    assert list(stream_rows(path)) == [StreamRow(2, {"name": "Dürer", "é": "1"})]


def test_a_byte_that_is_not_utf8_far_down_decides_for_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a\n" + b"x\n" * (1 << 16) + "é\n".encode("cp1252"))
    *_, last = stream_rows(path)
    assert isinstance(last, StreamRow)
    assert last.values == {"a": "é"}


def test_a_character_across_blocks_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n" + "x\n" * ((1 << 15) - 2) + "xé\n", encoding="utf-8")
    assert path.read_bytes()[(1 << 16) - 1 : (1 << 16) + 1] == "é".encode()
    *_, last = stream_rows(path)
    assert isinstance(last, StreamRow)
    assert last.values == {"a": "xé"}


def test_long_short_and_empty_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b\n1\n\n ,\n1,2,3\n"x\ny",2\n', encoding="utf-8")
    assert list(stream_rows(path)) == [
        StreamRow(2, {"a": "1"}),
        Skip(f"{path}:row 5", "expected 2 fields, found 3"),
        StreamRow(6, {"a": "x\ny", "b": "2"}),
    ]


@pytest.mark.parametrize("text", ['a,b\n1,"cut of', 'a\n"' + "x" * 200_000])
def test_a_quotation_that_never_ends_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        list(stream_rows(path))
    assert caught.value.thing == str(path)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        stream_header(tmp_path / "absent.csv")
