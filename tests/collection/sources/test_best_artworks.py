from __future__ import annotations

import logging
from pathlib import Path

import pytest

from morelli.collection.sources.best_artworks import BestArtworks
from morelli.collection.sources.layouts import recognise
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError

from .conftest import Plant

ARTISTS = (
    "id,name,years,genre,nationality,bio,wikipedia,paintings\n"
    '0,Albrecht Dürer,1471 - 1528,Northern Renaissance,German,"A ""bio"", with commas\nand lines",w,2\n'
    '1,Vasiliy Kandinskiy,1866 - 1944,"Expressionism, Abstractionism",Russian,b,w,1\n'
)
FLAT = "resized/resized/"
DEEP = "images/images/"


@pytest.fixture
def folder(plant: Plant) -> Path:
    return plant(
        FLAT + "Albrecht_Durer_1.jpg",
        FLAT + "Albrecht_Durer_10.jpg",
        FLAT + "Vasiliy_Kandinskiy_1.jpg",
        artists=ARTISTS,
    )


def test_names_and_styles_come_from_the_table(folder: Path) -> None:
    layout = recognise(folder)
    assert layout.name == "best-artworks"
    assert layout.reason == "artists.csv lists the artists of the pictures in 'resized/resized'"
    assert list(layout.read()) == [
        Work(folder / FLAT / "Albrecht_Durer_1.jpg", artist="Albrecht Dürer", style="Northern Renaissance"),
        Work(folder / FLAT / "Albrecht_Durer_10.jpg", artist="Albrecht Dürer", style="Northern Renaissance"),
        Work(
            folder / FLAT / "Vasiliy_Kandinskiy_1.jpg",
            artist="Vasiliy Kandinskiy",
            style="Expressionism|Abstractionism",
        ),
    ]


@pytest.mark.parametrize("below", ["resized", "resized/resized"])
def test_the_folder_of_pictures_may_be_given(folder: Path, below: str) -> None:
    assert list(recognise(folder / below).read()) == list(recognise(folder).read())


def test_spoiled_folders_are_one_artist(plant: Plant) -> None:
    names = ["Albrecht_DuΓòá├¬rer", "Albrecht_Du╠êrer", "Albrecht_Dürer"]
    folder = plant(*[f"{DEEP}{name}/{name}_1.jpg" for name in names], artists=ARTISTS)
    works = list(recognise(folder).read())
    assert [work.artist for work in works if isinstance(work, Work)] == ["Albrecht Dürer"] * 3


def test_the_full_pictures_are_preferred_to_the_smaller_copies(plant: Plant) -> None:
    name = "Vasiliy_Kandinskiy"
    folder = plant(f"{DEEP}{name}/{name}_1.jpg", f"{FLAT}{name}_1.jpg", artists=ARTISTS)
    (work,) = recognise(folder).read()
    assert isinstance(work, Work)
    assert work.path == folder / DEEP / name / f"{name}_1.jpg"


def test_an_artist_whom_the_table_lacks_keeps_the_name_of_the_file(plant: Plant) -> None:
    folder = plant(FLAT + "Albrecht_Durer_1.jpg", FLAT + "Paul_Klee_1.jpg", artists=ARTISTS)
    _, work = recognise(folder).read()
    assert work == Work(folder / FLAT / "Paul_Klee_1.jpg", artist="Paul Klee")


def test_other_files_are_skipped(plant: Plant) -> None:
    folder = plant(FLAT + "Albrecht_Durer_1.jpg", FLAT + "cover.jpg", FLAT + "notes.txt", artists=ARTISTS)
    _, cover, notes = recognise(folder).read()
    reason = "expected a file named like Artist_Name_12, found another name"
    assert cover == Skip(str(folder / FLAT / "cover.jpg"), reason)
    assert isinstance(notes, Skip)


def test_one_warning_tells_where_the_counts_disagree(plant: Plant, caplog: pytest.LogCaptureFixture) -> None:
    folder = plant(FLAT + "Albrecht_Durer_1.jpg", FLAT + "Vasiliy_Kandinskiy_1.jpg", artists=ARTISTS)
    with caplog.at_level(logging.WARNING):
        list(recognise(folder).read())
    assert [record.getMessage() for record in caplog.records] == [
        f"{folder / 'artists.csv'} disagrees on 1 artists: Albrecht Dürer 2 listed, 1 found"
    ]


def test_counts_that_agree_are_not_mentioned(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    list(recognise(folder).read())
    assert caplog.records == []


@pytest.mark.parametrize(
    ("names", "table", "found"),
    [
        ([FLAT + "Albrecht_Durer_1.jpg"], None, "no artists.csv with the columns name and genre"),
        ([FLAT + "Albrecht_Durer_1.jpg"], "a,b\n1,2\n", "no artists.csv with the columns name and genre"),
        ([], ARTISTS, "0 of 0 pictures by its artists"),
        ([FLAT + "Paul_Klee_1.jpg"], ARTISTS, "0 of 1 pictures by its artists"),
    ],
)
def test_what_does_not_fit_is_refused(plant: Plant, names: list[str], table: str | None, found: str) -> None:
    folder = plant(*names, **({} if table is None else {"artists": table}))
    with pytest.raises(LayoutError) as caught:
        BestArtworks.fit(folder, is_forced=False)
    assert caught.value.found == found


def test_artists_whom_the_table_lacks_may_be_forced(plant: Plant) -> None:
    (work,) = BestArtworks.fit(plant(FLAT + "Paul_Klee_1.jpg", artists=ARTISTS), is_forced=True).read()
    assert isinstance(work, Work)
    assert work.artist == "Paul Klee"


@pytest.mark.paintings
@pytest.mark.parametrize("below", ["", "resized/resized"])
def test_the_real_set(paintings: Path, below: str) -> None:
    layout = recognise(paintings / "best-artworks" / below)
    works = [work for work in layout.read() if isinstance(work, Work)]
    artists = {work.artist for work in works}
    assert (layout.name, len(works), len(artists)) == ("best-artworks", 3827, 42)
    assert "Albrecht Dürer" in artists
    assert all(work.style for work in works)
