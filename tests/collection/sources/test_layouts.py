from __future__ import annotations

from pathlib import Path

import pytest

from morelli.collection.sources.layouts import LAYOUTS, recognise
from morelli.errors import LayoutError, SourceError, UsageError

from .conftest import Plant


def test_the_layouts_in_the_order_of_trying() -> None:
    assert list(LAYOUTS) == [
        "painter-by-numbers",
        "wikiart-tables",
        "national-gallery",
        "met",
        "tate",
        "lido",
        "linked-art",
        "web-gallery-of-art",
        "hugging-face",
        "table",
        "json-beside-pictures",
        "iiif",
        "best-artworks",
        "wikiart",
        "artist-folders",
        "pictures",
    ]


def test_a_table_goes_before_the_folders(plant: Plant) -> None:
    assert recognise(plant("Monet/a.jpg", works="path\nMonet/a.jpg\n")).name == "table"


def test_a_layout_may_be_forced(plant: Plant) -> None:
    folder = plant("Monet/a.jpg", works="path\nMonet/a.jpg\n")
    assert recognise(folder, "artist-folders").name == "artist-folders"


@pytest.mark.parametrize(
    "layout", ["painter-by-numbers", "wikiart-tables", "table", "best-artworks", "wikiart"]
)
def test_a_forced_layout_must_fit(plant: Plant, layout: str) -> None:
    with pytest.raises(LayoutError):
        recognise(plant("Monet/a.jpg"), layout)


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_a_file_is_no_folder_layout(plant: Plant, layout: str) -> None:
    with pytest.raises(SourceError):
        recognise(plant("a.jpg") / "a.jpg", layout)


def test_an_unknown_layout_is_a_usage_error(plant: Plant) -> None:
    with pytest.raises(
        UsageError,
        match="tate, lido, linked-art, web-gallery-of-art, hugging-face, table",
    ):
        recognise(plant("Monet/a.jpg"), "folders")


def test_nothing_fits(plant: Plant) -> None:
    with pytest.raises(LayoutError) as caught:
        recognise(plant("a.txt", "b.doc"))
    message = str(caught.value)
    assert "--layout" in message
    assert all(name in message for name in LAYOUTS)


@pytest.mark.parametrize("names", [[], [".DS_Store"]])
def test_an_empty_folder(plant: Plant, tmp_path: Path, names: list[str]) -> None:
    with pytest.raises(SourceError, match="found an empty folder"):
        recognise(plant(*names))


@pytest.mark.parametrize("name", ["absent", "a\0b", "x" * 5000])
def test_a_missing_source(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError):
        recognise(tmp_path / name)


def test_paths_are_absolute_even_when_the_source_is_not(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = plant("Monet/a.jpg")
    monkeypatch.chdir(folder.parent)
    (work,) = recognise(Path(folder.name)).read()
    assert work.path == folder / "Monet/a.jpg"


def test_every_layout_reads_the_same_twice(plant: Plant) -> None:
    layout = recognise(plant("Monet/b.jpg", "Monet/a.jpg", "Degas/c.jpg"))
    assert list(layout.read()) == list(layout.read())


@pytest.mark.parametrize(
    ("name", "table", "said"),
    [
        ("works.csv", b"who,what\nClaude Monet,Haystacks\n", "the columns who, what"),
        ("works.parquet", b"PAR1 cut off", "works.parquet"),
        ("works.xlsx", b"PK cut off", "works.xlsx"),
        ("works.json", b'[{"who": "Claude Monet"}', "works.json"),
        ("artists.csv", b"who,what\nClaude Monet,Haystacks\n", "artists.csv"),
        ("classes.csv", b"who,what\nClaude Monet,Haystacks\n", "classes.csv"),
        ("style_val.csv", b"a.jpg,1\n", "none of the pictures"),
        ("style_val.csv", b"a.jpg,style,1\n", "two columns without a header"),
        ("all_data_info.csv", b"who,what\nClaude Monet,Haystacks\n", "all_data_info.csv"),
    ],
)
def test_a_table_that_is_passed_over_for_the_pictures_names_is_said(
    plant: Plant, caplog: pytest.LogCaptureFixture, name: str, table: bytes, said: str
) -> None:
    folder = plant("Rococo/jean-watteau_a.jpg", "Cubism/juan-gris_b.jpg")
    (folder / name).write_bytes(table)
    assert recognise(folder).name == "wikiart"
    assert [said in record.message and name in record.message for record in caplog.records] == [True]


def test_of_several_tables_each_is_named(plant: Plant, caplog: pytest.LogCaptureFixture) -> None:
    recognise(plant("Monet/a.jpg", one="who\nMonet\n", two="whose\nMonet\n"))
    (record,) = caplog.records
    assert all(text in record.message for text in ("one.csv", "two.csv", "the columns whose"))


def test_of_two_tables_of_works_neither_is_read_and_that_is_said(
    plant: Plant, caplog: pytest.LogCaptureFixture
) -> None:
    folder = plant("Monet/a.jpg", one="path\nMonet/a.jpg\n", two="path\nMonet/a.jpg\n")
    assert recognise(folder).name == "artist-folders"
    assert "2 such tables (one.csv, two.csv)" in caplog.text


def test_a_damaged_table_beside_one_of_works_is_said(plant: Plant, caplog: pytest.LogCaptureFixture) -> None:
    folder = plant("Monet/a.jpg", works="path\nMonet/a.jpg\n")
    (folder / "more.parquet").write_bytes(b"PAR1 cut off")
    assert recognise(folder).name == "table"
    assert "more.parquet" in caplog.text


def test_of_a_table_that_is_read_nothing_is_said(plant: Plant, caplog: pytest.LogCaptureFixture) -> None:
    recognise(plant("Monet/a.jpg", works="path\nMonet/a.jpg\n", notes="day\nMonday\n"))
    assert not caplog.records


def test_a_source_may_be_text(plant: Plant) -> None:
    folder = plant("Monet/a.jpg")
    assert list(recognise(str(folder)).read()) == list(recognise(folder).read())
