from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from morelli.collection.sources.layouts import recognise
from morelli.collection.sources.tate import _NO_PICTURE, Tate
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError

from .museum_tables import read_without_surprise
from .random_json import mutated

COX = {
    "birthYear": 1783, "date": "1783–1859", "displayOrder": 1, "fc": "David Cox", "gender": "Male", "id": 117,
    "mda": "Cox, David", "role": "artist", "startLetter": "C",
}  # fmt: skip
RECORD: dict[str, Any] = {
    "acno": "A00170", "all_artists": "David Cox", "classification": "painting", "contributorCount": 1,
    "contributors": [COX], "dateRange": {"startYear": 1831, "endYear": 1832, "text": "1831-2"},
    "dateText": "1831–2", "id": 2839, "medium": "Oil paint on canvas",
    "movements": [{"era": {"id": 350, "name": "19th century"}, "id": 293, "name": "Romanticism"}],
    "subjects": {
        "id": 1, "name": "subject",
        "children": [
            {"name": "objects", "children": [{"name": "tools", "children": [{"name": "hoe"}]}]},
            {"id": 60, "name": "nature", "children": [{"name": "weather"}, {"name": "landscape"}]},
        ],
    },
    "thumbnailCopyright": None, "thumbnailUrl": "http://tate.test/A00170_8.jpg", "title": "A Heath",
    "url": "http://tate.test/artworks/cox-a-heath-a00170",
}  # fmt: skip
ARTISTS = 'id,name,dates\n117,"Cox, David",1783–1859\n5,"Nobody, Ann",born 1930\n'


def write_records(folder: Path, *records: object) -> Path:
    place = folder / "artworks" / "a" / "000"
    place.mkdir(parents=True, exist_ok=True)
    for number, record in enumerate(records):
        (place / f"a{number:05}.json").write_text(json.dumps(record), encoding="utf-8")
    return folder


def read_all(folder: Path) -> list[Work | Skip]:
    return list(Tate.fit(folder, is_forced=False).read())


def read_one(folder: Path, **values: object) -> Work:
    (work,) = read_all(write_records(folder, {**RECORD, **values}))
    assert isinstance(work, Work)
    return work


def test_a_record_becomes_a_work(tmp_path: Path) -> None:
    assert read_one(tmp_path) == Work(
        None,
        artist="David Cox",
        title="A Heath",
        year=1831,
        year_from=1831,
        year_to=1832,
        style="Romanticism",
        genre="objects|nature",
        theme="tools|weather|landscape",
        medium="Oil paint on canvas",
        classification="painting",
        artist_dates="1783–1859",
        address="http://tate.test/A00170_8.jpg",
        source="Tate",
        source_id="A00170",
    )


@pytest.mark.parametrize("below", ["", "artworks", "artworks/a"])
def test_the_folder_is_recognised_above_and_below(tmp_path: Path, below: str) -> None:
    layout = recognise(write_records(tmp_path, RECORD) / below)
    assert layout.name == "tate"
    assert len(list(layout.read())) == 1


@pytest.mark.parametrize(
    ("values", "qualifier"),
    [
        ({"role": "after"}, "after"),
        ({"role": "attributed to"}, "attributed to"),
        ({"role": "manner of"}, "manner of"),
        ({"role": "pupil of"}, "school of"),
        ({"role": "Artist"}, None),
        ({"role": None}, None),
        ({"prepositions": "circle of"}, "circle of"),
    ],
)
def test_roles_are_qualifiers(tmp_path: Path, values: dict[str, object], qualifier: str | None) -> None:
    work = read_one(tmp_path, contributors=[{**COX, **values}])
    assert (work.artist, work.qualifier) == ("David Cox", qualifier)


def test_the_first_by_display_order_is_the_artist(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    others = [{**COX, "fc": "Late", "displayOrder": 2}, {**COX, "fc": "Odd", "displayOrder": "x"}]
    with caplog.at_level(logging.INFO):
        assert read_one(tmp_path, contributors=[*others, COX]).artist == "David Cox"
    assert "2 further artists of works by several left out" in caplog.text


def test_the_inverted_name_stands_in(tmp_path: Path) -> None:
    work = read_one(tmp_path, contributors=[{**COX, "fc": None}])
    assert set((work.artist or "").replace(",", "").split()) == {"David", "Cox"}


def test_without_contributors_the_artist_is_not_known(tmp_path: Path) -> None:
    assert read_one(tmp_path, contributors=[]).artist is None


@pytest.mark.parametrize("name", ["British School 18th century", "British (?) School", "Italian School"])
def test_a_school_is_nobody(tmp_path: Path, name: str) -> None:
    work = read_one(tmp_path, contributors=[{**COX, "fc": name}])
    assert (work.artist, work.artist_dates, work.school) == (None, None, name)


@pytest.mark.parametrize("title", ["[title not known]", "[no title]", "", None])
def test_what_stands_for_a_missing_title_is_none(tmp_path: Path, title: str | None) -> None:
    assert read_one(tmp_path, title=title).title is None


@pytest.mark.parametrize(
    ("values", "year"),
    [
        ({"dateRange": None, "dateText": "c.1802–3"}, 1802),
        ({"dateRange": None, "dateText": "date not known"}, None),
        ({"dateRange": {"text": "1890"}, "dateText": ""}, 1890),
    ],
)
def test_years(tmp_path: Path, values: dict[str, object], year: int | None) -> None:
    assert read_one(tmp_path, **values).year == year


def test_a_record_without_picture_is_skipped_even_though_it_has_a_page(tmp_path: Path) -> None:
    folder = write_records(tmp_path, {**RECORD, "thumbnailUrl": None})
    assert read_all(folder) == [Skip(str(folder / "artworks/a/000/a00000.json"), _NO_PICTURE)]


def test_an_address_that_ends_like_a_picture_will_do(tmp_path: Path) -> None:
    assert (
        read_one(tmp_path, thumbnailUrl="", url="http://tate.test/a.jpg").address == "http://tate.test/a.jpg"
    )


def test_a_copyright_notice_is_kept(tmp_path: Path) -> None:
    assert read_one(tmp_path, thumbnailCopyright="© The estate").licence == "© The estate"


def test_without_a_number_the_museums_other_one_or_the_file_names_it(tmp_path: Path) -> None:
    assert read_one(tmp_path, acno=None).source_id == "2839"
    assert read_one(tmp_path, acno="", id=None).source_id == "a00000"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"acno": "A1", "contr', "none (Unterminated string"),
        (b"", "found 0 bytes that are none"),
        (b"\xff\xfe\x00", "that are none"),
        (b"[" * 100_000, "that are none"),
        (b"1" * 6000, "that are none"),
        (b"[1]", "expected a record of a work, found JSON of type list"),
        (b"{}", "expected a record of a work, found JSON without keys"),
        (b'{"fc": "x", "mda": "y"}', "expected a record of a work, found JSON with the keys fc, mda"),
    ],
)
def test_a_broken_file_is_skipped_with_the_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    broken = write_records(tmp_path, RECORD) / "artworks/a/000/b.json"
    broken.write_bytes(data)
    work, skip = read_all(tmp_path)
    assert isinstance(work, Work)
    assert isinstance(skip, Skip)
    assert skip.path == str(broken)
    assert reason in skip.reason


def test_other_files_among_the_records_are_skipped_but_not_the_table_of_artists(tmp_path: Path) -> None:
    folder = write_records(tmp_path, RECORD) / "artworks"
    (folder / "artist_data.csv").write_text(ARTISTS, encoding="utf-8")
    (folder / "notes.txt").write_text("", encoding="utf-8")
    assert [entry for entry in read_all(folder) if isinstance(entry, Skip)] == [
        Skip(str(folder / "notes.txt"), "expected a file of JSON, found a file with another ending")
    ]


def test_dates_come_from_the_table_where_the_record_has_none(tmp_path: Path) -> None:
    (tmp_path / "artist_data.csv").write_text(ARTISTS + "1,2,3,4\n", encoding="utf-8-sig")
    contributor = {"fc": "Ann Nobody", "id": 5, "role": "artist"}
    assert read_one(tmp_path, contributors=[contributor]).artist_dates == "born 1930"
    assert read_one(tmp_path, contributors=[{**contributor, "id": 6}]).artist_dates is None


@pytest.mark.parametrize("record", [{"fc": "x"}, [], 7])
def test_a_folder_of_other_json_is_refused(tmp_path: Path, record: object) -> None:
    with pytest.raises(LayoutError) as caught:
        Tate.fit(write_records(tmp_path, record), is_forced=True)
    assert caught.value.found == "0 such files among the first 1 of JSON"


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=mutated(RECORD))
def test_whatever_a_record_holds_only_known_errors_come(tmp_path: Path, record: object) -> None:
    write_records(tmp_path, record)
    assert read_without_surprise(lambda: read_all(tmp_path))


@pytest.mark.paintings
def test_the_real_records(paintings: Path) -> None:
    layout = recognise(paintings / "tate")
    entries = list(layout.read())
    works = [entry for entry in entries if isinstance(entry, Work)]
    skips = [entry for entry in entries if isinstance(entry, Skip)]
    assert (layout.name, len(works), len(skips)) == ("tate", 336, 64)
    assert {skip.reason for skip in skips} == {_NO_PICTURE}
    assert sum(work.qualifier == "after" for work in works) == 13
    assert sum(work.qualifier == "school of" for work in works) == 1
    nobody = {work.school for work in works if work.artist is None}
    assert nobody == {"British (?) School", "British School 18th century"}
    dateless = {work.artist for work in works if work.artist_dates is None}
    assert dateless == {None, "Guerrilla Girls"}
    assert all((work.address or "").endswith(".jpg") for work in works)
    turner = next(work for work in works if work.source_id == "T05091")
    assert (turner.artist, turner.qualifier, turner.year) == ("Joseph Mallord William Turner", "after", 1832)
    assert turner.genre == "places|architecture|nature|leisure and pastimes|objects|people"
