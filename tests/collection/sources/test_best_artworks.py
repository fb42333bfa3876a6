from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from morelli.collection.sources.best_artworks import BestArtworks
from morelli.collection.sources.layouts import recognise
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError, MorelliError

from .conftest import Plant, write_csv

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
        Work(
            folder / FLAT / f"Albrecht_Durer_{number}.jpg",
            artist="Albrecht Dürer",
            style="Northern Renaissance",
            school="German",
            artist_dates="1471-1528",
        )
        for number in (1, 10)
    ] + [
        Work(
            folder / FLAT / "Vasiliy_Kandinskiy_1.jpg",
            artist="Vasiliy Kandinskiy",
            style="Expressionism|Abstractionism",
            school="Russian",
            artist_dates="1866-1944",
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


@pytest.mark.parametrize("spelled", ["D?rer", "D\ufffdrer", "D№rer", "DГјrer"])
def test_a_name_that_lost_letters_is_found_in_the_table(plant: Plant, spelled: str) -> None:
    folder = plant(f"{FLAT}Albrecht_{spelled}_1.jpg", f"{FLAT}Vasiliy_Kandinskiy_1.jpg", artists=ARTISTS)
    works = [work for work in recognise(folder).read() if isinstance(work, Work)]
    assert [work.artist for work in works] == ["Albrecht Dürer", "Vasiliy Kandinskiy"]


@pytest.mark.parametrize("below", [DEEP, FLAT])
def test_one_warning_tells_that_spoiled_names_were_merged(
    plant: Plant, caplog: pytest.LogCaptureFixture, below: str
) -> None:
    names = ["Albrecht_DuΓòá├¬rer", "Albrecht_Du╠êrer"]
    folders = ["" if below == FLAT else f"{name}/" for name in names]
    pictures = [f"{below}{folder}{name}_1.jpg" for folder, name in zip(folders, names, strict=True)]
    list(recognise(plant(*pictures, artists=ARTISTS)).read())
    merged = "Albrecht Dürer: read as one artist: Albrecht_DuΓòá├¬rer, Albrecht_Du╠êrer"
    assert merged in [record.getMessage() for record in caplog.records]


def test_a_work_in_both_spoiled_folders_counts_once(plant: Plant, caplog: pytest.LogCaptureFixture) -> None:
    names = ["Albrecht_DuΓòá├¬rer", "Albrecht_Du╠êrer"]
    pictures = [f"{DEEP}{name}/{name}_{n}.jpg" for name in names for n in (1, 2)]
    list(recognise(plant(*pictures, f"{DEEP}x/Vasiliy_Kandinskiy_1.jpg", artists=ARTISTS)).read())
    assert not [record for record in caplog.records if "disagrees" in record.getMessage()]


def test_several_styles_and_nationalities_are_labels_each(plant: Plant) -> None:
    table = 'name,genre,nationality\nEl Greco,"Mannerism,Art Nouveau","Spanish,Greek"\n'
    (work,) = recognise(plant(FLAT + "El_Greco_1.jpg", artists=table)).read()
    assert isinstance(work, Work)
    assert (work.style, work.school) == ("Mannerism|Art Nouveau", "Spanish|Greek")


@pytest.mark.parametrize(
    ("years", "dates"), [("1884 – 1920", "1884-1920"), ("c. 1500", "c. 1500"), ("", None), ("nan", None)]
)
def test_dates_of_artists(plant: Plant, years: str, dates: str | None) -> None:
    table = f"name,genre,years\nPaul Klee,Cubism,{years}\n"
    (work,) = recognise(plant(FLAT + "Paul_Klee_1.jpg", artists=table)).read()
    assert isinstance(work, Work)
    assert work.artist_dates == dates


def test_columns_may_have_other_names_and_order(plant: Plant) -> None:
    table = "Nationality,Style,Artist Name\nSwiss,Cubism,Paul Klee\n"
    (work,) = recognise(plant(FLAT + "Paul_Klee_1.jpg", artists=table), "best-artworks").read()
    assert work == Work(work.path, artist="Paul Klee", style="Cubism", school="Swiss")


def test_the_folder_names_the_artist_where_the_file_does_not(plant: Plant) -> None:
    folder = plant(
        f"{DEEP}Albrecht_Dürer/hare.jpg", f"{DEEP}Albrecht_Dürer/Albrecht_Dürer_1.jpg", artists=ARTISTS
    )
    works = [work for work in recognise(folder).read() if isinstance(work, Work)]
    assert [work.artist for work in works] == ["Albrecht Dürer"] * 2


def test_many_disagreements_are_counted(plant: Plant, caplog: pytest.LogCaptureFixture) -> None:
    table = "name,genre,paintings\n" + "".join(f"Klee {letter},Cubism,9\n" for letter in "ABCDE")
    list(recognise(plant(FLAT + "Klee_A_1.jpg", artists=table)).read())
    (record,) = caplog.records
    assert "disagrees on 5 artists: Klee A 9 listed, 1 found;" in record.getMessage()
    assert record.getMessage().endswith("; 2 more")


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
        ([FLAT + "Albrecht_Durer_1.jpg"], None, "no artists.csv"),
        ([FLAT + "Albrecht_Durer_1.jpg"], "a,b\n1,2\n", "artists.csv with the columns a, b"),
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


CELLS = st.one_of(
    st.sampled_from(["Dürer", "1471 - 1528", "Cubism, Fauvism", "['x'", "", "2"]), st.text(max_size=6)
)
COLUMNS = st.sampled_from(["name", "Genre", "nationality", "years", "paintings", "id", ""])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    header=st.lists(COLUMNS, min_size=1, max_size=6),
    rows=st.lists(st.lists(CELLS, max_size=7), max_size=4),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "cp437"]),
    noise=st.binary(max_size=6),
)
def test_any_table_of_artists_is_read_or_refused(
    plant: Plant, header: list[str], rows: list[list[str]], encoding: str, noise: bytes
) -> None:
    folder = plant(FLAT + "Albrecht_Durer_1.jpg", FLAT + "1.jpg")
    (folder / "artists.csv").write_bytes(write_csv([header, *rows], encoding) + noise)
    try:
        found = list(recognise(folder, "best-artworks").read())
    except MorelliError:
        return
    assert len(found) == 2
    assert all(isinstance(entry, Work | Skip) for entry in found)


@pytest.mark.paintings
@pytest.mark.parametrize("below", ["", "resized/resized"])
def test_the_real_set(paintings: Path, below: str) -> None:
    layout = recognise(paintings / "best-artworks" / below)
    works = [work for work in layout.read() if isinstance(work, Work)]
    artists = {work.artist for work in works}
    assert (layout.name, len(works), len(artists)) == ("best-artworks", 3827, 42)
    assert "Albrecht Dürer" in artists
    assert all(work.style and work.school and work.artist_dates for work in works)
