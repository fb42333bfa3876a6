from __future__ import annotations

import pytest

from morelli.collection.sources.artist_folders import ArtistFolders
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError

from .conftest import Plant


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
def test_what_does_not_fit_is_refused(plant: Plant, names: list[str], found: str) -> None:
    with pytest.raises(LayoutError) as caught:
        ArtistFolders.fit(plant(*names), is_forced=False)
    assert caught.value.found == found


def test_folders_named_after_styles_may_be_forced(plant: Plant) -> None:
    (work,) = ArtistFolders.fit(plant("Cubism/a.jpg"), is_forced=True).read()
    assert isinstance(work, Work)
    assert work.artist == "Cubism"
