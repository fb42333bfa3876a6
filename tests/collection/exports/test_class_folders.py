"""Names of folders: every file system takes them, and two classes never share one."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.collection.exports.class_folders import clean_name, name_folders

TRICKY = st.sampled_from(
    ["CON", "con.", "a/b", "A_b", "a_b", ".", "..", "", " ", "e\u0301", "é", "É", "x" * 300, "ß", "ss"]
)


@given(classes=st.lists(st.one_of(TRICKY, st.text(max_size=12)), max_size=15))
@settings(max_examples=60, deadline=None)
def test_no_two_classes_share_a_folder(classes: list[str]) -> None:
    names = name_folders(classes)
    assert list(names) == sorted(set(classes))
    assert name_folders(reversed(classes)) == names
    folded = {unicodedata.normalize("NFC", folder).casefold() for folder in names.values()}
    assert len(folded) == len(names)
    for folder in names.values():
        assert folder
        assert len(folder.encode()) < 255
        assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', folder)
        assert folder.strip(". ") == folder.rstrip(". ") == folder
        assert folder.partition(".")[0].casefold() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Claude Monet", "Claude Monet"),
        ("葛飾 北斎", "葛飾 北斎"),
        ("M/F: a?", "M_F_ a_"),
        ("", "_"),
        ("...", "_"),
        (".hidden", "_hidden"),
        ("St. Luke Master.", "St. Luke Master"),
        ("nul.tar", "nul_.tar"),
        ("Mu\u0308ller", "Müller"),
        ("x" * 300, "x" * 120),
        ("é" * 100, "é" * 60),
    ],
)
def test_names_by_hand(name: str, expected: str) -> None:
    assert clean_name(name) == expected


def test_a_number_that_is_taken_is_not_given() -> None:
    names = name_folders(["a", "A", "a (2)"])
    assert names == {"A": "A", "a": "a (2)", "a (2)": "a (2) (2)"}
