from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from morelli.collection.sources.folder_names import ArtistFolders, WikiArt
from morelli.collection.sources.layouts import recognise
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError

from .conftest import Plant


def read(folder: Path) -> list[Work | Skip]:
    return list(WikiArt.fit(folder, is_forced=False).read())


def test_everything_comes_from_the_names(plant: Plant) -> None:
    folder = plant("Cubism/juan-gris_still-life-1921.jpg", "Ukiyo_e/hokusai_the-wave.jpg")
    assert read(folder) == [
        Work(
            folder / "Cubism/juan-gris_still-life-1921.jpg",
            artist="Juan Gris",
            title="Still life",
            year=1921,
            style="Cubism",
        ),
        Work(folder / "Ukiyo_e/hokusai_the-wave.jpg", artist="Hokusai", title="The wave", style="Ukiyo e"),
    ]


@pytest.mark.parametrize(
    ("stem", "artist", "title", "year"),
    [
        ("gian-lorenzo-bernini_david-1624(4)", "Gian Lorenzo Bernini", "David", 1624),
        ("gian-lorenzo-bernini_st-longinus(1)", "Gian Lorenzo Bernini", "St longinus", None),
        ("vincent-van-gogh_sunflowers-1889-2", "Vincent van Gogh", "Sunflowers", 1889),
        ("t.-c.-steele_mysterious-1895", "T. C. Steele", "Mysterious", 1895),
        ("utagawa-kunisada_not_detected_240387", "Utagawa Kunisada", None, None),
        ("antoine-watteau_not_detected_229434-1715", "Antoine Watteau", None, 1715),
        ("katsushika-hokusai_not_detected_223503(1)", "Katsushika Hokusai", None, None),
        ("grã©goire-michonze_untitled", "Grégoire Michonze", "Untitled", None),
        ("joaquãn-sorolla_mending-the-sail-1896", "Joaquín Sorolla", "Mending the sail", 1896),
        ("jo\u00e3o-vaz_a-praia", "João Vaz", "A praia", None),
        ("unknown-artist_madonna", None, "Madonna", None),
    ],
)
def test_names_of_files(
    plant: Plant, stem: str, artist: str | None, title: str | None, year: int | None
) -> None:
    (work,) = read(plant(f"Baroque/{stem}.jpg"))
    assert isinstance(work, Work)
    assert (work.artist, work.title, work.year) == (artist, title, year)


def test_an_artist_may_return_in_several_styles(plant: Plant) -> None:
    works = read(plant("Cubism/franz-marc_foxes.jpg", "Expressionism/franz-marc_foxes.jpg"))
    assert [(work.artist, work.style) for work in works if isinstance(work, Work)] == [
        ("Franz Marc", "Cubism"),
        ("Franz Marc", "Expressionism"),
    ]


def test_files_that_are_not_works_are_skipped(plant: Plant) -> None:
    names = [f"Cubism/juan-gris_work-{n}.jpg" for n in range(8)]
    folder = plant(*names, "Cubism/Untitled.jpg", "classes.csv", "juan-gris_stray.jpg")
    assert [(Path(skip.path).name, skip.reason) for skip in read(folder) if isinstance(skip, Skip)] == [
        ("Untitled.jpg", "expected a file named artist-slug_title, found another name"),
        ("classes.csv", "expected a picture, found a file with another ending"),
        ("juan-gris_stray.jpg", "expected a picture in a style's folder, found one beside the folders"),
    ]


def test_unknown_styles_are_taken_when_artists_return(plant: Plant) -> None:
    folder = plant(
        "Kitsch/franz-marc_a.jpg", "Kitsch/juan-gris_b.jpg", "Camp/franz-marc_c.jpg", "Camp/paul-klee_d.jpg"
    )
    assert recognise(folder).name == "wikiart"
    assert (
        recognise(folder).reason == "files are named artist-slug_title and 1 artists are in several folders"
    )


@pytest.mark.parametrize(
    "names",
    [
        ["Monet/impression_sunrise.jpg", "Monet/water_lilies.jpg", "Degas/the_dancers.jpg"],
        ["Monet/claude-monet_a.jpg", "Degas/edgar-degas_b.jpg"],
        ["Monet/water-lilies_1.jpg", "Monet/water-lilies_2.jpg", "Degas/blue-dancers_1.jpg"],
        ["Monet/img_1.jpg", "Monet/img_2.jpg", "Degas/img_1.jpg", "Degas/dsc_1.jpg", "Degas/scan_1.jpg"],
    ],
)
def test_artists_folders_with_underscores_in_their_files_are_not_taken(
    plant: Plant, names: list[str]
) -> None:
    assert recognise(plant(*names)).name == "artist-folders"


@pytest.mark.parametrize(
    "names",
    [
        ["Cubism/Juan Gris - Still life.jpg"],
        ["Cubism/Juan-Gris_a.jpg"],
        ["juan-gris_a.jpg"],
        ["Cubism/12_34.jpg"],
    ],
)
def test_other_names_are_refused_even_when_forced(plant: Plant, names: list[str]) -> None:
    folder = plant(*names)
    for is_forced in (False, True):
        with pytest.raises(LayoutError, match="artist-slug_title"):
            WikiArt.fit(folder, is_forced=is_forced)


def test_folders_of_any_name_may_be_forced(plant: Plant) -> None:
    layout = recognise(plant("Monet/claude-monet_impression.jpg"), "wikiart")
    assert layout.reason == "it was asked for"
    (work,) = layout.read()
    assert isinstance(work, Work)
    assert work.style == "Monet"


@pytest.mark.paintings
def test_the_real_set(paintings: Path) -> None:
    layout = recognise(paintings / "wikiart")
    works = list(layout.read())
    assert layout.name == "wikiart"
    assert all(isinstance(work, Work) for work in works)
    assert len(works) == 7608
    assert len({work.artist for work in works if isinstance(work, Work)}) == 118


def test_folders_name_the_artists(plant: Plant) -> None:
    folder = plant("Vincent_van_Gogh/b.jpg", "Vincent_van_Gogh/a.png", "Claude Monet/x.JPG", "unknown/y.jpg")
    assert list(ArtistFolders.fit(folder, is_forced=False).read()) == [
        Work(folder / "Claude Monet/x.JPG", artist="Claude Monet"),
        Work(folder / "Vincent_van_Gogh/a.png", artist="Vincent van Gogh"),
        Work(folder / "Vincent_van_Gogh/b.jpg", artist="Vincent van Gogh"),
        Work(folder / "unknown/y.jpg", artist=None),
    ]


def test_folders_within_an_artists_folder_belong_to_the_artist(plant: Plant) -> None:
    folder = plant("Monet/1890/haystacks.jpg")
    (work,) = ArtistFolders.fit(folder, is_forced=False).read()
    assert work == Work(folder / "Monet/1890/haystacks.jpg", artist="Monet")


def test_pictures_beside_the_folders_are_skipped(plant: Plant) -> None:
    folder = plant("Monet/a.jpg", "stray.jpg", "notes.txt")
    _, text, stray = ArtistFolders.fit(folder, is_forced=False).read()
    assert stray == Skip(
        str(folder / "stray.jpg"), "expected a picture in an artist's folder, found one beside the folders"
    )
    assert isinstance(text, Skip)


def test_the_reason_counts_the_folders(plant: Plant) -> None:
    layout = ArtistFolders.fit(plant("Monet/a.jpg", "Degas/b.jpg", "empty/notes.txt"), is_forced=False)
    assert layout.reason == "pictures lie in 2 sub-folders, such as 'Degas'"


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["a.jpg"], "no sub-folders"),
        (["Monet/notes.txt"], "1 sub-folders without a picture"),
        (["Cubism/a.jpg", "Rococo/b.jpg"], "2 of 2 sub-folders named after styles"),
    ],
)
def test_what_are_no_artists_folders_is_refused(plant: Plant, names: list[str], found: str) -> None:
    with pytest.raises(LayoutError) as caught:
        ArtistFolders.fit(plant(*names), is_forced=False)
    assert caught.value.found == found


def test_folders_named_after_styles_may_be_forced(plant: Plant) -> None:
    (work,) = ArtistFolders.fit(plant("Cubism/a.jpg"), is_forced=True).read()
    assert isinstance(work, Work)
    assert work.artist == "Cubism"


# A folder's name is read as a name is.


def lay(folder: Path, *places: str) -> ArtistFolders:
    for number, place in enumerate(places):
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (number, 0, 0)).save(path)
    return ArtistFolders.fit(folder, is_forced=False)


@pytest.mark.parametrize(
    ("name", "artist", "qualifier", "dates"),
    [
        ("Workshop of Rembrandt", "Rembrandt", "workshop of", None),
        ("workshop_of_Peter_Paul_Rubens", "Peter Paul Rubens", "workshop of", None),
        ("After Titian", "Titian", "after", None),
        ("Monet, Claude", "Claude Monet", None, None),
        ("Claude Monet (1840-1926)", "Claude Monet", None, "1840-1926"),
        ("Atelier de Rubens", "Rubens", "workshop of", None),
        ("Umkreis von Lucas Cranach", "Lucas Cranach", "circle of", None),
        ("Claude_Monet", "Claude Monet", None, None),
        ("Unknown", None, None, None),
        ("Anonymous", None, None, None),
    ],
)
def test_the_name_of_a_folder_is_read_as_a_name(tmp_path, name, artist, qualifier, dates):
    (work,) = lay(tmp_path, f"{name}/1.png").read()
    assert (work.artist, work.qualifier, work.artist_dates) == (artist, qualifier, dates)


@pytest.mark.parametrize(
    "places",
    [
        ("museumA/Rembrandt/1.png", "museumB/Rembrandt/1.png"),
        ("Rijksmuseum/Rembrandt/1.png", "Louvre/Rembrandt/1.png", "Louvre/Titian/1.png"),
        ("one/Rembrandt/1.png", "two/Rembrandt/1.png", "two/Titian/a/1.png", "one/Rubens/1.png"),
    ],
)
def test_museums_above_the_artists_are_sources(tmp_path, places):
    works = list(lay(tmp_path, *places).read())
    expected = [tuple(place.split("/")[:2]) for place in sorted(places)]
    assert sorted((work.source, work.artist) for work in works) == sorted(expected)


@pytest.mark.parametrize(
    "places",
    [
        ("Rembrandt/drawings/1.png", "Rubens/drawings/1.png"),
        ("Rembrandt/1640s/1.png", "Rubens/1640s/1.png", "Rubens/early/1.png"),
        ("Rembrandt/1.png", "Rubens/Rembrandt/1.png"),
        ("Rembrandt/one/1.png", "Rubens/two/1.png"),
    ],
)
def test_kinds_of_works_below_the_artists_are_no_artists(tmp_path, places):
    works = list(lay(tmp_path, *places).read())
    assert sorted(work.artist for work in works) == sorted(place.split("/")[0] for place in places)
    assert {work.source for work in works} == {None}


def test_two_levels_that_may_be_either_are_asked_about(tmp_path):
    with pytest.raises(LayoutError, match=r"two levels with the same names.* add --layout"):
        lay(tmp_path, "one/Rembrandt/1.png", "two/Rembrandt/1.png")
    forced = ArtistFolders.fit(tmp_path, is_forced=True)
    assert {work.artist for work in forced.read()} == {"one", "two"}


def test_folders_that_lost_letters_are_read_by_others_and_said(
    plant: Plant, caplog: pytest.LogCaptureFixture
) -> None:
    folder = plant(
        "Käthe Kollwitz/1.jpg", "K├дthe Kollwitz/2.jpg", "Kathe_Kollwitz/3.jpg", "K?the Kollwitz/4.jpg",
        "Otto M\ufffdller/5.jpg", "Otto Dix/6.jpg",
    )  # fmt: skip
    works = [work for work in recognise(folder, "artist-folders").read() if isinstance(work, Work)]
    artists = {work.path.name: work.artist for work in works if work.path is not None}
    assert {artists[f"{number}.jpg"] for number in (1, 2, 3, 4)} == {"Käthe Kollwitz"}
    assert artists["5.jpg"] == "Otto M\ufffdller"
    assert artists["6.jpg"] == "Otto Dix"
    assert "'K?the Kollwitz' as 'Käthe Kollwitz', 'Kathe_Kollwitz' as 'Käthe Kollwitz'" in caplog.text
    assert "letters lost in folders' names: 'Otto M\ufffdller'; rename them" in caplog.text
