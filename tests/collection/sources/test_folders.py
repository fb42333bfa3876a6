from __future__ import annotations

from pathlib import Path

import pytest

from morelli.collection.sources.folders import list_folders, sample_pictures, walk_pictures
from morelli.collection.work import Skip

from .conftest import Plant


def show(folder: Path) -> list[str]:
    return [
        (
            str(Path(found.path).relative_to(folder)) + "!"
            if isinstance(found, Skip)
            else str(found.relative_to(folder))
        )
        for found in walk_pictures(folder)
    ]


def test_files_come_sorted_with_folders_among_them(plant: Plant) -> None:
    assert show(plant("b/2.jpg", "b/1.jpg", "c.jpg", "a.jpg", "b/d/3.png")) == [
        "a.jpg", "b/1.jpg", "b/2.jpg", "b/d/3.png", "c.jpg",
    ]  # fmt: skip


def test_endings_are_judged_without_case(plant: Plant) -> None:
    assert show(plant("a.JPG", "b.Jpeg", "c.TIFF", "d.webp")) == ["a.JPG", "b.Jpeg", "c.TIFF", "d.webp"]


def test_other_endings_are_skipped_with_a_reason(plant: Plant) -> None:
    folder = plant("a.txt", "b.pdf", "c.csv", "d")
    assert show(folder) == ["a.txt!", "b.pdf!", "c.csv!", "d!"]
    (skip, *_) = walk_pictures(folder)
    assert isinstance(skip, Skip)
    assert skip.reason == "expected a picture, found a file with another ending"


def test_litter_is_not_worth_a_word(plant: Plant) -> None:
    assert show(
        plant(".DS_Store", "Thumbs.db", "desktop.ini", "._a.jpg", ".git/x.jpg", "__MACOSX/a.jpg", "a.jpg")
    ) == ["a.jpg"]


def test_a_folder_linked_into_itself_does_not_hang(plant: Plant) -> None:
    folder = plant("a/1.jpg")
    (folder / "a" / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "self.jpg").symlink_to(folder / "self.jpg")
    assert show(folder) == ["a/1.jpg", "a/loop!", "self.jpg"]


def test_links_to_pictures_and_folders_are_followed(
    plant: Plant, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "1.jpg").write_bytes(b"")
    folder = plant("b.jpg")
    (folder / "a").symlink_to(elsewhere, target_is_directory=True)
    (folder / "c.jpg").symlink_to(folder / "b.jpg")
    assert show(folder) == ["a/1.jpg", "b.jpg", "c.jpg"]


def test_a_missing_folder_is_a_skip_and_lists_nothing(tmp_path: Path) -> None:
    (skip,) = walk_pictures(tmp_path / "absent")
    assert isinstance(skip, Skip)
    assert skip.reason == "expected a readable folder, found no such file or directory"
    assert list_folders(tmp_path / "absent") == []


def test_a_sample_is_the_beginning_of_the_walk(plant: Plant) -> None:
    folder = plant("a/1.jpg", "a/notes.txt", "b/2.jpg", "c/3.jpg")
    assert [path.name for path in sample_pictures(folder, n_max=2)] == ["1.jpg", "2.jpg"]
