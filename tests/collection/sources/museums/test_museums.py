"""Records in the shapes that museums publish: each field of a work is right without a mapping."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from collection.sources.museums import records_of_america
from morelli.collection.sources.layouts import recognise
from morelli.collection.work import Work

CASES = records_of_america.CASES
FIELDS = ("artist", "qualifier", "artist_dates", "title", "year", "medium", "licence", "address")


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder if len(files) > 1 else folder / next(iter(files))


@pytest.mark.parametrize("name", CASES)
def test_the_records_of_a_museum_are_read(tmp_path: Path, name: str) -> None:
    files, expected = CASES[name]
    found: list[Any] = []
    for work in recognise(write(tmp_path, files)).read():
        assert isinstance(work, Work)
        found.append(tuple(getattr(work, field) for field in FIELDS))
    assert found == expected
