"""The answers of museums' services: objects in lists, and lists within answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from morelli.collection.sources.layouts import recognise
from morelli.collection.sources.readers import read_columns, read_rows
from morelli.collection.sources.tables.makers import read_makers
from morelli.collection.sources.tables.records import Row
from morelli.collection.work import Work
from morelli.errors import SourceError

URL = "https://x.test/1.jpg"
RECORD = {"title": "Rain", "artist": "Paul Klee", "image_url": URL}


def write(folder: Path, value: Any, name: str = "works.json") -> Path:
    (folder / name).write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return folder / name


def read_one(path: Path, **columns: str) -> Work:
    (work,) = recognise(path, columns=columns).read()
    assert isinstance(work, Work)
    return work


@pytest.mark.parametrize(
    "answer",
    [
        {"data": [RECORD]}, {"count": 1, "items": [RECORD]}, {"info": {"pages": 3}, "records": [RECORD]},
        {"artObjects": [RECORD], "facets": [{"key": "x"}]}, {"results": [RECORD], "next": None},
        {"response": {"numFound": 1, "docs": [RECORD]}}, {"hits": {"hits": [{"_source": RECORD}]}},
        {"paintingsOfMay": [RECORD]}, {"features": [{"properties": RECORD}]}, {"data": {"items": [RECORD]}},
        {"results": {"bindings": [{key: {"type": "x", "value": text} for key, text in RECORD.items()}]}},
        {"pagination": {"total": 1}, "data": [{"attributes": RECORD}], "config": {"sites": [{"url": "x"}]}},
    ],
)  # fmt: skip
def test_an_answer_is_unwrapped(tmp_path: Path, answer: object) -> None:
    assert read_one(write(tmp_path, answer)) == Work(None, artist="Paul Klee", title="Rain", address=URL)


def test_lists_are_named_where_none_is_the_one(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"with the lists old\.oil, new"):
        read_columns(write(tmp_path, {"old": {"oil": [RECORD]}, "new": [RECORD], "n": [1]}))


@pytest.mark.parametrize("answer", [{}, {"a": [1]}, {"a": {"b": "c"}}, {"lists": []}, {"a": [[RECORD]]}])
def test_an_answer_without_records_is_refused(tmp_path: Path, answer: object) -> None:
    with pytest.raises(SourceError, match="without a list of objects"):
        read_columns(write(tmp_path, answer))


def test_an_answer_with_nothing_found_has_no_rows(tmp_path: Path) -> None:
    assert list(read_rows(write(tmp_path, {"total": 0, "records": []}))) == []


def test_json_lines_may_end_in_json(tmp_path: Path) -> None:
    path = tmp_path / "works.json"
    path.write_text(f"{json.dumps(RECORD)}\n{json.dumps(RECORD)}\n", encoding="utf-8")
    assert list(read_rows(path)) == [Row(1, RECORD), Row(2, RECORD)]


@pytest.mark.parametrize(
    ("creators", "artist", "qualifier"),
    [
        ([{"id": 7, "full_name": "Albrecht Dürer", "role": None}], "Albrecht Dürer", None),
        ([{"name": "Klee, Paul", "birth": 1879}], "Paul Klee", None),
        ([{"ID": "x", "label": "Juan Gris"}, {"ID": "y", "label": "Paul Klee"}], "Juan Gris|Paul Klee", None),
        ([{"description": "Claude Monet (French, 1840-1926)", "role": "artist"}], "Claude Monet", None),
        ([{"role": "Artist", "name": "Jan Steen"}, {"role": "Publisher", "name": "X"}], "Jan Steen", None),
        ([{"name": "Rembrandt", "qualifier": "workshop of"}], "Rembrandt", "workshop of"),
        ([{"prefix": "Attributed to", "name": "Jan Steen"}], "Jan Steen", "attributed to"),
        ([{"name": "Raphael", "role": "after"}, {"name": "X", "role": "printer"}], "Raphael", "after"),
        ({"fullName": "Frans Hals", "id": 3}, "Frans Hals", None),
        ([{"id": 1, "person": {"name": "Jan Both", "id": 2}}], "Jan Both", None),
        ([{"maker_name": "Jan Both", "code": "x"}], "Jan Both", None),
        ({"prefLabel": {"en": "Frans Hals"}}, "Frans Hals", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("column", ["creator", "artists"])
def test_creators_that_are_objects(
    tmp_path: Path, column: str, creators: object, artist: str, qualifier: str | None
) -> None:
    work = read_one(write(tmp_path, [{column: creators, "image_url": URL}]))
    assert (work.artist, work.qualifier) == (artist, qualifier)


@pytest.mark.parametrize(
    ("column", "value", "field", "text"),
    [
        ("tags", [{"term": "Venice", "AAT": "x"}, {"term": "rain"}], "theme", "Venice|rain"),
        ("titles", [{"title": "Regen", "type": "main"}], "title", "Regen"),
        ("movement", [{"id": 1, "name": "Cubism"}, {"id": 2, "name": "Fauvism"}], "style", "Cubism|Fauvism"),
        ("materials", [{"label": "oil"}, {"label": "canvas"}], "medium", "oil|canvas"),
        ("classification", {"id": "300", "prefLabel": "painting"}, "classification", "painting"),
        ("title", {"en": "Rain"}, "title", "Rain"),
    ],
)  # fmt: skip
def test_labels_that_are_objects(tmp_path: Path, column: str, value: object, field: str, text: str) -> None:
    columns = {"title": "title.en"} if value == {"en": "Rain"} else {}
    assert getattr(read_one(write(tmp_path, [{column: value, "image_url": URL}]), **columns), field) == text


@pytest.mark.parametrize(
    "record",
    [
        {"image": {"url": URL}}, {"images": [{"url": URL}]}, {"image": [{"id": "7", "href": URL}]},
        {"webImage": {"guid": "x", "url": URL}}, {"images": {"web": {"url": URL, "width": "9"}}},
        {"primary_image": {"url": URL}}, {"image_url": ["", URL]},
    ],
)  # fmt: skip
def test_pictures_that_are_objects(tmp_path: Path, record: dict[str, Any]) -> None:
    assert read_one(write(tmp_path, [record])).address == URL


def test_a_mapping_leads_into_lists(tmp_path: Path) -> None:
    record = {"a": [{"b": [{"who": "Klee, Paul"}], "c": 1}, {"c": 2}], "image_url": URL}
    path = write(tmp_path, [record])
    assert read_columns(path) == ["a", "a.b", "a.b.who", "a.c", "image_url"]
    assert read_one(path, artist="a.b.who").artist == "Paul Klee"


def test_lists_of_structs_in_parquet(tmp_path: Path) -> None:
    path = tmp_path / "works.parquet"
    pl.DataFrame([{"creators": [{"name": "Klee, Paul", "role": "artist"}], "image_url": URL}]).write_parquet(
        path
    )
    assert read_columns(path) == ["creators", "creators.name", "creators.role", "image_url"]
    assert read_one(path).artist == "Paul Klee"


def test_who_is_not_known_is_nobody() -> None:
    assert read_makers(None).name is None
    assert read_makers([{"name": "Goupil", "role": "Publisher"}, {"role": "artist"}, None]).name is None


def test_a_column_without_name_is_no_field(tmp_path: Path) -> None:
    (tmp_path / "works.csv").write_text(f",image_url\n7,{URL}\n", encoding="utf-8")
    assert read_one(tmp_path / "works.csv") == Work(None, address=URL)
