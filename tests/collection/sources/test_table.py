from __future__ import annotations

import csv
import io
import unicodedata
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from morelli.collection.sources.layouts import recognise
from morelli.collection.sources.table import COLUMN_NAMES, Table
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError, MorelliError, SourceError

from .conftest import Plant


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
    work = read_one(plant("a.jpg", works=f"path,{spelled}\na.jpg,1890\n"))
    assert str(getattr(work, key)) == "1890"


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
    ("location", "reason"),
    [
        ("", "expected a path in column 'path', found none"),
        ("absent.jpg", "expected a file, found none at absent.jpg"),
        ("https://x.org/a.jpg", "expected the path of a file, found the address https://x.org/a.jpg"),
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
    assert len(found) <= len(rows)
