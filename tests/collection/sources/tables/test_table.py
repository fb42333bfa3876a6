from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from collection.sources.conftest import Plant
from morelli.collection.sources.layouts import recognise
from morelli.collection.sources.matching import match_columns
from morelli.collection.sources.tables.columns import _FIELDS, map_columns, parse_map
from morelli.collection.sources.tables.table import Table
from morelli.collection.sources.vocabulary import COLUMN_NAMES
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError, MorelliError, SourceError, UsageError


def read(folder: Path) -> list[Work | Skip]:
    layout = recognise(folder)
    assert layout.name == "table"
    return list(layout.read())


def read_one(folder: Path) -> Work:
    (work,) = read(folder)
    assert isinstance(work, Work)
    return work


def test_all_fields(plant: Plant) -> None:
    folder = plant(
        "pictures/a.jpg",
        works="path,artist,title,year,style,genre,qualifier,licence\n"
        "pictures/a.jpg,Peter Paul Rubens,Samson,c.1609,Baroque,history painting,workshop of,CC0\n",
    )
    expected = Work(
        folder / "pictures/a.jpg",
        artist="Peter Paul Rubens",
        title="Samson",
        year=1609,
        style="Baroque",
        genre="history painting",
        qualifier="workshop of",
        licence="CC0",
    )
    assert read(folder) == [expected]
    assert read(folder / "works.csv") == [expected]


@pytest.mark.parametrize(
    ("key", "column"),
    [(key, column) for key, columns in COLUMN_NAMES.items() for column in columns if key != "path"],
)
def test_every_synonym_in_any_case(plant: Plant, key: str, column: str) -> None:
    spelled = column.upper().replace("_", " ")
    value = {"part": "test", "artist_ids": "ulan:1890"}.get(key, "1890")
    work = read_one(plant("a.jpg", works=f"path,{spelled}\na.jpg,{value}\n"))
    assert str(getattr(work, key)) == value


@pytest.mark.parametrize("column", COLUMN_NAMES["path"])
def test_every_synonym_of_path(plant: Plant, column: str) -> None:
    assert read_one(plant("a.jpg", works=f"{column.title()},x\na.jpg,1\n")).path.name == "a.jpg"


def test_the_best_name_of_several_is_taken(plant: Plant) -> None:
    work = read_one(plant("a.jpg", works="new_filename,path,artist,creator\nb.jpg,a.jpg,Gris,Klee\n"))
    assert (work.path.name, work.artist) == ("a.jpg", "Gris")


@pytest.mark.parametrize("missing", ["", "NA", "nan", "None", " "])
def test_missing_values_are_none(plant: Plant, missing: str) -> None:
    work = read_one(
        plant("a.jpg", works=f"path,artist,title,year,style\na.jpg,{missing},{missing},{missing},{missing}\n")
    )
    assert work == Work(work.path)


def test_spoiled_texts_are_mended(plant: Plant) -> None:
    work = read_one(plant("a.jpg", works="path,artist,title\na.jpg,Albrecht DÃ¼rer,  The  hare \n"))
    assert (work.artist, work.title) == ("Albrecht Dürer", "The hare")


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("Cubism|Fauvism", "Cubism|Fauvism"),
        ("\"['Cubism', 'Pop Art']\"", "Cubism|Pop Art"),
        ("[x", "[x"),
        ("[x]", "[x]"),
    ],
)
def test_several_labels(plant: Plant, text: str, style: str) -> None:
    assert read_one(plant("a.jpg", works=f"path,style\na.jpg,{text}\n")).style == style


@pytest.mark.parametrize(
    ("column", "text", "field", "labels"),
    [
        ("style", "Realism, Romanticism", "style", "Realism|Romanticism"),
        ("Styles", "Realism; Romanticism", "style", "Realism|Romanticism"),
        ("genre", "landscape,cityscape, landscape", "genre", "landscape|cityscape"),
        ("genres", "genre scene, interior; portrait", "genre", "genre scene, interior|portrait"),
        ("style", "Mannerism (late, Italian), Baroque", "style", "Mannerism (late, Italian)|Baroque"),
        ("tags", "boats, water, Étretat", "theme", "boats|water|Étretat"),
        ("tags", "boats, small|water", "theme", "boats, small|water"),
        ("tags", "boats,", "theme", "boats"),
        ("school", "Haarlem, Netherlands", "school", "Haarlem, Netherlands"),
        ("school", "Dutch; Flemish", "school", "Dutch|Flemish"),
        ("medium", "oil, canvas; framed", "medium", "oil, canvas; framed"),
    ],
)
def test_labels_in_one_cell(plant: Plant, column: str, text: str, field: str, labels: str) -> None:
    work = read_one(plant("a.jpg", works=f'path,{column}\na.jpg,"{text}"\n'))
    assert getattr(work, field) == labels


def test_labels_of_a_list_keep_their_commas(plant: Plant) -> None:
    folder = plant("a.jpg")
    (folder / "works.json").write_text('[{"path": "a.jpg", "genre": ["genre scene, interior", "portrait"]}]')
    assert read_one(folder).genre == "genre scene, interior|portrait"


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("", "expected a path in column 'path', found none"),
        ("absent.jpg", "expected a file, found none at absent.jpg"),
        ("s3://x/a.jpg", "expected a path or an address with http(s), found s3://x/a.jpg"),
        ("file:///a.jpg", "expected a path or an address with http(s), found file:///a.jpg"),
        ("x" * 5000, "expected a file, found none at " + "x" * 5000),
    ],
)
def test_rows_without_a_picture_are_skipped_by_number(plant: Plant, location: str, reason: str) -> None:
    folder = plant("a.jpg", works=f"path,artist\na.jpg,x\n{location},y\n")
    _, skip = read(folder)
    assert skip == Skip(f"{folder / 'works.csv'}:row 3", reason)


def test_paths_may_be_absolute_or_of_windows(plant: Plant) -> None:
    folder = plant("sub/a.jpg", "sub/b.jpg")
    plant(works=f"path\n{folder / 'sub/a.jpg'}\nsub\\b.jpg\n")
    assert [work.path for work in read(folder) if isinstance(work, Work)] == [
        folder / "sub/a.jpg",
        folder / "sub/b.jpg",
    ]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_of_file_names_may_be_composed_otherwise(plant: Plant, form: str) -> None:
    folder = plant(unicodedata.normalize(form, "Dürer.jpg"), works="path\nDürer.jpg\n")
    assert read_one(folder).path.exists()


def test_names_of_files_are_not_mended(plant: Plant) -> None:
    assert read_one(plant("Du╠êrer  1.jpg", works="path\nDu╠êrer  1.jpg\n")).path.exists()


def test_parquet(plant: Plant) -> None:
    folder = plant("a.jpg", "b.jpg")
    columns = {"image": ["a.jpg", None], "year": [1890.0, None], "styles": [["Cubism", "Rococo"], []]}
    pl.DataFrame(columns).write_parquet(folder / "works.parquet")
    work, skip = read(folder)
    assert work == Work(folder / "a.jpg", year=1890, style="Cubism|Rococo")
    assert isinstance(skip, Skip)


def test_tables_of_something_else_are_passed_over(plant: Plant) -> None:
    layout = recognise(plant("a.jpg", works="path\na.jpg\n", artists="name,born\nGris,1887\n"))
    assert layout.reason == "'works.csv' has paths in its column 'path'"


def test_two_tables_of_works_are_one_too_many(plant: Plant) -> None:
    with pytest.raises(LayoutError) as caught:
        Table.fit(plant("a.jpg", first="path\na.jpg\n", second="file\na.jpg\n"), is_forced=False)
    assert caught.value.found == "2 such tables (first.csv, second.csv) among 2"


def test_the_error_lists_the_columns_found(plant: Plant) -> None:
    folder = plant(works="name,born\nGris,1887\n")
    with pytest.raises(LayoutError, match="found the columns name, born"):
        recognise(folder / "works.csv")


def test_a_file_that_is_no_table_is_refused(plant: Plant) -> None:
    with pytest.raises(LayoutError, match=r"found a file ending in '\.jpg'"):
        recognise(plant("a.jpg") / "a.jpg")


def test_a_table_that_is_damaged_further_down_is_an_error(plant: Plant) -> None:
    layout = recognise(plant("a.jpg", works='path\na.jpg\n"b.jpg\n'))
    with pytest.raises(SourceError):
        list(layout.read())


def test_a_web_address_in_the_path_column_is_an_address(plant: Plant) -> None:
    folder = plant("a.jpg", works="path,artist\na.jpg,x\nhttps://x.org/b.jpg,y\n")
    assert read(folder)[1] == Work(None, artist="y", address="https://x.org/b.jpg")


def test_a_column_of_addresses_is_enough(plant: Plant) -> None:
    folder = plant(works="image_url,artist\nhttps://x.org/b.jpg,y\n,z\nb.jpg,z\n")
    assert recognise(folder).reason == "'works.csv' has addresses in its column 'image_url'"
    work, empty, bare = read(folder)
    assert work == Work(None, artist="y", address="https://x.org/b.jpg")
    assert empty == Skip(f"{folder / 'works.csv'}:row 3", "expected a path in column 'image_url', found none")
    assert bare == Skip(f"{folder / 'works.csv'}:row 4", "expected an address with http(s), found b.jpg")


def test_a_missing_file_with_an_address_can_be_fetched_and_a_file_keeps_its_address(plant: Plant) -> None:
    folder = plant("a.jpg", works="path,image_url\na.jpg,https://x.org/a.jpg\nb.jpg,https://x.org/b.jpg\n")
    assert read(folder) == [
        Work(folder / "a.jpg", address="https://x.org/a.jpg"),
        Work(None, address="https://x.org/b.jpg"),
    ]


def test_pages_count_as_addresses_only_in_a_table_that_was_given(plant: Plant) -> None:
    folder = plant(artists="name,url\nGris,https://x.org/gris\n")
    with pytest.raises(LayoutError):
        Table.fit(folder, is_forced=False)
    assert Table.fit(folder / "artists.csv", is_forced=False).columns["address"] == "url"
    assert Table.fit(folder, is_forced=True).columns["address"] == "url"


def test_further_fields(plant: Plant) -> None:
    header = (
        "path,School,Tags,Technique,Object Type,Artist ULAN URL,Artist Wikidata URL,Museum,objectid,split"
    )
    cells = (
        "a.jpg,Dutch,rain|wind,oil on canvas,Painting,http://vocab.getty.edu/page/ulan/500115588,"
        "https://www.wikidata.org/wiki/Q5598,Mauritshuis,12,validation"
    )
    work = read_one(plant("a.jpg", works=f"{header}\n{cells}\n"))
    assert work == Work(
        work.path,
        school="Dutch",
        theme="rain|wind",
        medium="oil on canvas",
        classification="Painting",
        artist_ids="ulan:500115588|wikidata:Q5598",
        source="Mauritshuis",
        source_id="12",
        part="val",
    )


def test_unknown_parts_are_said_once(plant: Plant, caplog: pytest.LogCaptureFixture) -> None:
    folder = plant("a.jpg", works="path,split\na.jpg,query\na.jpg,Train\na.jpg,query\n")
    assert [work.part for work in read(folder) if isinstance(work, Work)] == [None, "train", None]
    assert caplog.text.count("query") == 1


def test_artists_are_taken_apart(plant: Plant) -> None:
    rows = 'a.jpg,Workshop of Rembrandt (1606-1669)\na.jpg,"Gogh, Vincent van"\n'
    folder = plant("a.jpg", works="path,artist\n" + rows)
    path = folder / "a.jpg"
    first, second = read(folder)
    assert first == Work(path, artist="Rembrandt", qualifier="workshop of", artist_dates="1606-1669")
    assert second == Work(path, artist="Vincent van Gogh")


@pytest.mark.parametrize(
    ("cell", "qualifier"),
    [("", "workshop of"), ("Umkreis", "circle of"), ("autograph", None), ("remodelled by", "remodelled by")],
)
def test_a_column_of_qualifiers_stands_over_the_text(plant: Plant, cell: str, qualifier: str | None) -> None:
    work = read_one(plant("a.jpg", works=f"path,artist,qualifier\na.jpg,Workshop of Rembrandt,{cell}\n"))
    assert (work.artist, work.qualifier) == ("Rembrandt", qualifier)


def test_a_school_in_the_place_of_an_artist_is_a_school(plant: Plant) -> None:
    work = read_one(plant("a.jpg", works="path,artist\na.jpg,Flemish 17th Century\n"))
    assert (work.artist, work.school) == (None, "Flemish 17th Century")


def test_artists_by_number_stay(plant: Plant) -> None:
    assert read_one(plant("a.jpg", works="path,artist\na.jpg,1584\n")).artist == "1584"


def test_a_mapping_names_the_columns(plant: Plant) -> None:
    folder = plant("a.jpg", works="Datei,Maler,Titel,Name\na.jpg,Klee,Regen,x\n")
    layout = recognise(folder, columns={"path": "Datei", "artist": "maler", "title": "Titel"})
    assert list(layout.read()) == [Work(folder / "a.jpg", artist="Klee", title="Regen")]


def test_a_mapping_overrules_what_is_found_by_name(plant: Plant) -> None:
    folder = plant("a.jpg", works="path,artist,painter\na.jpg,Gris,Klee\n")
    assert list(recognise(folder, columns={"artist": "painter"}).read()) == [
        Work(folder / "a.jpg", artist="Klee")
    ]


def test_of_several_tables_the_one_with_the_mapped_columns_is_taken(plant: Plant) -> None:
    folder = plant("a.jpg", first="path\na.jpg\n", second="path,Maler\na.jpg,Klee\n")
    assert recognise(folder, columns={"artist": "Maler"}).source.name == "second.csv"


@pytest.mark.parametrize("place", ["", "works.csv"])
def test_a_mapped_column_that_is_not_there_is_refused_with_the_nearest(plant: Plant, place: str) -> None:
    folder = plant("a.jpg", works="path,Painter,Titel\na.jpg,Klee,Regen\n")
    with pytest.raises(UsageError) as caught:
        recognise(folder / place, columns={"artist": "Paintr"})
    assert caught.value.expected == "one of the columns path, Painter, Titel"
    assert "nearest are Painter" in caught.value.remedy


def test_a_mapping_is_for_tables_only(plant: Plant) -> None:
    folder = plant("a.jpg", works="path\na.jpg\n")
    with pytest.raises(UsageError, match="found --layout wikiart"):
        recognise(folder, "wikiart", {"path": "path"})
    with pytest.raises(UsageError, match="one of the fields"):
        recognise(folder, "table", {"painter": "path"})


def test_json_lines(plant: Plant) -> None:
    folder = plant("a.jpg")
    records = (
        '{"file": "a.jpg", "artist": {"name": "Klee, Paul"}, "style": ["Cubism", "Bauhaus"]}',
        "",
        "[1]",
        "{",
        '{"file": "a.jpg", "title": "Rain"}',
    )
    (folder / "works.jsonl").write_text("\n".join(records), encoding="utf-8")
    first, wrong, broken, last = read(folder)
    assert first == Work(folder / "a.jpg", artist="Paul Klee", style="Cubism|Bauhaus")
    assert wrong == Skip(f"{folder / 'works.jsonl'}:row 3", "expected a JSON object, found list")
    assert isinstance(broken, Skip)
    assert broken.path.endswith("row 4")
    assert last == Work(folder / "a.jpg", title="Rain")


def test_records_beside_pictures_are_no_tables(plant: Plant) -> None:
    folder = plant("a.jpg", works="path\na.jpg\n")
    for number in range(20):
        (folder / f"{number}.json").write_text('[{"path": "a.jpg"}]', encoding="utf-8")
    assert recognise(folder).source.name == "works.csv"


CELLS = st.one_of(
    st.sampled_from(["a.jpg", "", "Dürer", "1890", "['x']", "[(]", "a\0b"]), st.text(max_size=8)
)
COLUMNS = st.sampled_from(
    ["path", "File Name", "artist", "Painter", "year", "style", "genre", "licence", "x", ""]
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    header=st.lists(COLUMNS, min_size=1, max_size=5),
    rows=st.lists(st.lists(CELLS, max_size=6), max_size=4),
    separator=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
)
def test_any_table_gives_works_and_skips_or_one_of_our_errors(
    plant: Plant, header: list[str], rows: list[list[str]], separator: str, encoding: str
) -> None:
    folder = plant("a.jpg")
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=separator).writerows([header, *rows])
    (folder / "works.csv").write_bytes(buffer.getvalue().encode(encoding, errors="replace"))
    try:
        found = list(recognise(folder / "works.csv").read())
    except MorelliError:
        return
    assert all(isinstance(entry, Work | Skip) for entry in found)
    # a header without a separator makes quotes of the cells below it text, and their breaks those of rows
    assert len(found) <= len(re.split(r"\r\n|\r|\n", buffer.getvalue()))


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), CELLS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(CELLS, inner, max_size=3)),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    records=st.lists(st.one_of(VALUES, st.dictionaries(COLUMNS, VALUES, max_size=4)), max_size=4),
    suffix=st.sampled_from([".jsonl", ".json"]),
    columns=st.dictionaries(st.sampled_from(["artist", "path", "title", "x"]), COLUMNS, max_size=2),
)
def test_any_json_gives_works_and_skips_or_one_of_our_errors(
    plant: Plant, records: list[object], suffix: str, columns: dict[str, str]
) -> None:
    path = plant("a.jpg") / f"works{suffix}"
    lines = "\n".join(map(json.dumps, records)) if suffix == ".jsonl" else json.dumps(records)
    path.write_text(lines, encoding="utf-8")
    try:
        found = list(recognise(path, columns=columns).read())
    except MorelliError:
        return
    assert all(isinstance(entry, Work | Skip) for entry in found)
    assert len(found) == len(records)


@pytest.mark.parametrize(
    ("text", "mapping"),
    [
        ("artist=Painter,title=Titel", {"artist": "Painter", "title": "Titel"}),
        (" artist = Painter , title=Titel", {"artist": "Painter", "title": "Titel"}),
        ('"artist=Name, first",title=Titel', {"artist": "Name, first", "title": "Titel"}),
        ("title=a=b", {"title": "a=b"}),
        ("artist=x,artist=x", {"artist": "x"}),
    ],
)
def test_mappings_are_read(text: str, mapping: dict[str, str]) -> None:
    assert parse_map(text) == mapping


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "nothing"),
        ("artist", "'artist'"),
        ("artist=", "'artist='"),
        ("=x", "'=x'"),
        ("artist=x,artist=y", "artist twice"),
        ('"artist=x', "unexpected end of data"),
    ],
)
def test_mappings_without_sense_are_refused(text: str, found: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_map(text)
    assert caught.value.found == found


def test_an_unknown_field_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        parse_map("artst=Painter")
    assert "nearest are artist" in caught.value.remedy
    assert "artist_dates" in caught.value.expected


def test_the_very_name_of_a_column_goes_before_one_that_is_like_it() -> None:
    assert map_columns(["PAINTER", "painter"], {"artist": "painter"}) == {"artist": "painter"}
    assert map_columns(["The Painter"], {"artist": "the_painter"}) == {"artist": "The Painter"}


def test_columns_in_other_scripts_can_be_mapped() -> None:
    assert map_columns(["художник", "файл"], {"artist": "Художник"}) == {"artist": "художник"}


def test_a_table_without_columns_is_said_to_have_none() -> None:
    with pytest.raises(UsageError, match=r"\(none\)"):
        map_columns([], {"artist": "x"})


@given(st.text())
def test_any_mapping_is_read_or_refused(text: str) -> None:
    try:
        mapping = parse_map(text)
    except MorelliError:
        return
    assert set(mapping) <= set(_FIELDS)
    assert all(mapping.values())


@given(
    st.lists(st.text(), max_size=5),
    st.dictionaries(st.sampled_from(_FIELDS), st.text(max_size=5), max_size=2),
)
def test_any_columns_are_mapped_or_refused(found: list[str], wanted: dict[str, str]) -> None:
    try:
        mapped = map_columns(found, wanted)
    except MorelliError:
        return
    assert set(mapped.values()) <= set(found)
    assert set(match_columns(found, COLUMN_NAMES).values()) <= set(found)


# Pictures that lie elsewhere than their table says.


def lay_pictures(folder: Path, *places: str) -> None:
    for number, place in enumerate(places):
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (number, 0, 0)).save(path)


def read_table(folder: Path, text: str) -> list[Work | Skip]:
    (folder / "works.csv").write_text(text, encoding="utf-8")
    return list(Table.fit(folder, is_forced=False).read())


@pytest.mark.parametrize(
    ("written", "lies"),
    [
        ("a.jpg", "Images/a.jpg"),
        ("a.JPG", "deep/down/A.jpg"),
        ("a", "a.jpg"),
        ("a", "pictures/a.png"),
        ("/data/scans/a.jpg", "scans/a.jpg"),
        ("C:\\scans\\a.jpg", "a.jpg"),
        ("1234", "1234.tif"),
        ("caf\u00e9.jpg", "x/cafe\u0301.jpg"),
    ],
)
def test_a_picture_in_a_folder_below_or_without_its_ending_is_found(tmp_path, written, lies):
    lay_pictures(tmp_path, lies)
    (work,) = read_table(tmp_path, f"filename,artist\n{written},Anna Ancher\n")
    assert work.path == tmp_path / lies
    assert work.artist == "Anna Ancher"


@pytest.mark.parametrize("column", ["folder", "Subfolder", "Ordner", "image_directory"])
def test_folder_and_file_stand_in_two_columns(tmp_path, column):
    lay_pictures(tmp_path, "one/1.jpg", "two/1.jpg", "deep/three/1.jpg")
    works = read_table(tmp_path, f"{column},file\none,1.jpg\ntwo,1.jpg\nthree,1\n")
    assert [work.path.relative_to(tmp_path).as_posix() for work in works] == [
        "one/1.jpg",
        "two/1.jpg",
        "deep/three/1.jpg",
    ]


def test_two_pictures_of_one_name_are_not_guessed_between(tmp_path):
    lay_pictures(tmp_path, "one/1.jpg", "two/1.jpg")
    (skip,) = read_table(tmp_path, "file,artist\n1.jpg,Anna Ancher\n")
    assert skip.reason == "expected a file, found 2 of that name"
    (work,) = read_table(tmp_path, "file,artist\nelsewhere/two/1.jpg,Anna Ancher\n")
    assert work.path == tmp_path / "two" / "1.jpg"


def test_a_picture_where_the_table_says_goes_before_others_of_its_name(tmp_path):
    lay_pictures(tmp_path, "1.jpg", "other/1.jpg")
    (work,) = read_table(tmp_path, "file,artist\n1.jpg,Anna Ancher\n")
    assert work.path == tmp_path / "1.jpg"
