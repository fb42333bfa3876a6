"""Pictures with a record of JSON beside each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from morelli.collection.sources import recognise
from morelli.collection.sources.tables.sidecars import Sidecars
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError

RECORD = {"title": "Irises", "author": {"name": "Circle of Ruysch, Rachel"}, "date": "1700-1710",
          "url": "https://a.test/7.jpg", "keywords": "flowers, insects"}  # fmt: skip


def plant(folder: Path, **files: Any) -> Path:
    """Write pictures and records; ``sub__a_jpg`` is ``sub/a.jpg``."""
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("" if content is None else json.dumps(content), encoding="utf-8")
    return folder


def read(folder: Path) -> list[Work | Skip]:
    layout = recognise(folder)
    assert layout.name == "json-beside-pictures"
    return list(layout.read())


@pytest.mark.parametrize("name", ["x__a_json", "x__a_jpg_json", "x__A_JSON"])
def test_a_record_beside_a_picture(tmp_path: Path, name: str) -> None:
    folder = plant(tmp_path, x__a_jpg=None, **{name: RECORD})
    assert read(folder) == [
        Work(
            folder / "x/a.jpg",
            artist="Rachel Ruysch",
            qualifier="circle of",
            title="Irises",
            year=1700,
            year_from=1700,
            year_to=1710,
            theme="flowers|insects",
            address="https://a.test/7.jpg",
        )
    ]


def test_what_has_no_partner_is_listed(tmp_path: Path) -> None:
    files: dict[str, Any] = {
        f"{letter}_{end}": RECORD if end == "json" else None for letter in "abcde" for end in ("png", "json")
    }
    folder = plant(tmp_path, **files, f_png=None, g_json=RECORD, h_txt=None)
    (folder / "a.json").write_text("{")
    (folder / "b.json").write_text("[]")
    found = read(folder)
    assert sum(isinstance(entry, Work) for entry in found) == 3
    assert {
        Path(entry.path).name: entry.reason.partition(", found")[0]
        for entry in found
        if isinstance(entry, Skip)
    } == {
        "a.json": "expected a file of JSON",
        "b.json": "expected a JSON object",
        "f.png": "expected a file of JSON beside the picture",
        "g.json": "expected a picture beside the record",
        "h.txt": "expected a picture or a file of JSON",
    }


@pytest.mark.parametrize("record", [{"width": 3, "camera": "x"}, {"title": "Irises"}, [1], {}])
def test_records_without_artists_leave_the_folders_names(tmp_path: Path, record: Any) -> None:
    folder = plant(tmp_path, Monet__a_jpg=None, Monet__a_json=record, Degas__b_jpg=None, Degas__b_json=record)
    assert recognise(folder).name == "artist-folders"


def test_few_records_leave_the_folders_names(tmp_path: Path) -> None:
    folder = plant(tmp_path, Monet__a_jpg=None, Monet__b_jpg=None, Monet__c_jpg=None, Monet__a_json=RECORD)
    assert recognise(folder).name == "artist-folders"
    with pytest.raises(LayoutError, match="1 of 3 pictures"):
        Sidecars.fit(folder, is_forced=False)
