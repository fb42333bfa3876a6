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
        "table",
        "iiif",
        "best-artworks",
        "wikiart",
        "artist-folders",
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
    with pytest.raises(UsageError, match="tate, table, iiif, best-artworks, wikiart, artist-folders"):
        recognise(plant("Monet/a.jpg"), "folders")


def test_nothing_fits(plant: Plant) -> None:
    with pytest.raises(LayoutError) as caught:
        recognise(plant("a.jpg", "b.jpg"))
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
