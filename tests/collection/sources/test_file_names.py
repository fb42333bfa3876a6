"""Titles, years and artists out of the names of files, in one folder or in those of artists."""

from __future__ import annotations

from pathlib import Path

import pytest

from morelli.collection.sources.file_names import describe_file
from morelli.collection.sources.folder_names import ArtistFolders, Pictures
from morelli.collection.sources.layouts import recognise
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError

from .conftest import Plant


def read_one(folder: Path) -> Work:
    (work,) = (work for work in recognise(folder).read() if isinstance(work, Work))
    return work


@pytest.mark.parametrize(
    ("stem", "artist", "title", "year"),
    [
        ("paula-modersohn-becker_old-woman-1905", "Paula Modersohn Becker", "Old woman", 1905),
        ("august-macke_promenade-1913(2)", "August Macke", "Promenade", 1913),
        ("Lovis Corinth - Walchensee in Winter (1923)", "Lovis Corinth", "Walchensee in Winter", 1923),
        ("Macke, August - Zoological Garden I (1912)", "August Macke", "Zoological Garden I", 1912),
        ("Lovis Corinth – Self-portrait [c. 1896-97]", "Lovis Corinth", "Self-portrait", 1896),
        ("Workshop of Giotto - Crucifix", "Giotto", "Crucifix", None),
        ("Max Liebermann - Two Riders, 1901", "Max Liebermann", "Two Riders", 1901),
    ],
)
def test_artist_title_and_year_in_one_folder(
    plant: Plant, stem: str, artist: str, title: str, year: int | None
) -> None:
    folder = plant(f"{stem}.jpg")
    assert recognise(folder).name == "pictures"
    work = read_one(folder)
    assert (work.artist, work.title, work.year) == (artist, title, year)


@pytest.mark.parametrize(
    ("stem", "title", "year"),
    [
        ("Winter Landscape (1811)", "Winter Landscape", 1811),
        ("winter-landscape-1811", "Winter landscape", 1811),
        ("winter_landscape_1811", "Winter landscape", 1811),
        ("Winter Landscape", "Winter Landscape", None),
        ("IMG_2041", None, None),
        ("DSC01234", None, None),
        ("0b3c9d1e77aa4f20", None, None),
        ("12", None, None),
    ],
)
def test_title_and_year_without_an_artist(
    plant: Plant, stem: str, title: str | None, year: int | None
) -> None:
    work = read_one(plant(f"{stem}.png"))
    assert (work.artist, work.title, work.year) == (None, title, year)


def test_a_century_in_brackets_is_a_range(plant: Plant) -> None:
    work = read_one(plant("Winter Landscape (1800s).jpg"))
    assert (work.title, work.year, work.year_from, work.year_to) == ("Winter Landscape", None, 1800, 1899)


def test_a_folder_of_pictures_is_a_collection_without_artists(plant: Plant) -> None:
    folder = plant("Harbour.jpg", "Mill.png", "notes.txt")
    layout = recognise(folder)
    assert (layout.name, layout.reason) == ("pictures", "2 pictures lie in it, without artists")
    harbour, mill, notes = layout.read()
    assert harbour == Work(folder / "Harbour.jpg", title="Harbour")
    assert mill == Work(folder / "Mill.png", title="Mill")
    assert isinstance(notes, Skip)


def test_words_of_titles_are_no_artists(plant: Plant) -> None:
    folder = plant("harbour_evening.jpg", "mill_morning.jpg", "church_noon.jpg")
    assert [work.artist for work in recognise(folder).read() if isinstance(work, Work)] == [None] * 3


def test_pictures_in_folders_below_are_of_artists_unless_it_is_said(plant: Plant) -> None:
    folder = plant("Corinth/a.jpg", "b.jpg")
    assert recognise(folder).name == "artist-folders"
    with pytest.raises(LayoutError, match="1 pictures there and 1 in folders below"):
        Pictures.fit(folder, is_forced=False)
    assert sum(isinstance(work, Work) for work in recognise(folder, "pictures").read()) == 2


@pytest.mark.parametrize(
    ("name", "title", "year"),
    [
        ("august-macke_promenade-1913", "Promenade", 1913),
        ("macke_promenade", "Promenade", None),
        ("August Macke - Promenade (1913)", "Promenade", 1913),
        ("Promenade (1913)", "Promenade", 1913),
        ("impression_sunrise", None, None),
        ("a", None, None),
    ],
)
def test_titles_in_the_folder_of_an_artist(
    plant: Plant, name: str, title: str | None, year: int | None
) -> None:
    folder = plant(f"August_Macke/{name}.jpg")
    (work,) = ArtistFolders.fit(folder, is_forced=False).read()
    assert isinstance(work, Work)
    assert (work.artist, work.title, work.year) == ("August Macke", title, year)


def test_fields_of_a_work() -> None:
    assert describe_file(Path("x/Mill (1850-60).jpg")) == {
        "title": "Mill", "year": 1850, "year_from": 1850, "year_to": 1860,
    }  # fmt: skip
