from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.collection.sources.headers import match_columns, read_cell, require_columns, split_cell
from morelli.errors import LayoutError, SourceError

WANTED = {"file": ("filename", "path"), "artist": ("artist",)}


def test_the_best_name_of_several_is_taken() -> None:
    assert match_columns(["Path", "File-Name", "filename", "ARTIST"], WANTED) == {
        "file": "filename",
        "artist": "ARTIST",
    }


def test_a_missing_column_is_an_error_with_those_found(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("artist,x\n")
    with pytest.raises(LayoutError, match="a column named 'filename' or 'path', found the columns artist, x"):
        require_columns(tmp_path / "a.csv", WANTED, ("file", "artist"))


def test_a_table_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        require_columns(tmp_path / "a.csv", WANTED, ("file",))


@pytest.mark.parametrize("text", ["", " ", "-", "NaN", "None", "null", "N/A"])
def test_what_stands_for_nothing_is_none(text: str) -> None:
    assert read_cell(text) is None


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        (["a", None, "b"], "a|b"),
        ("a|b|a", "a|b"),
        ("['a, b', \"c\"]", "a, b|c"),
        ("[['a'], 1]", "['a']|1"),
        ("{'a': 1}", "{'a': 1}"),
        (None, None),
    ],
)
def test_labels_of_a_cell(cell: object, labels: str | None) -> None:
    assert split_cell(cell) == labels


@given(st.text(max_size=20) | st.text("[]()'\",ab", max_size=30))
def test_any_text_is_split(text: str) -> None:
    labels = split_cell(text)
    assert labels is None or labels.strip("|")
