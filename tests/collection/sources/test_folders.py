from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collection.sources.conftest import Plant
from morelli.collection.sources.folders import (
    Archive,
    list_folders,
    read_archives,
    sample_pictures,
    walk_pictures,
)
from morelli.collection.work import Skip


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


@pytest.mark.parametrize(
    "bin",
    ["$RECYCLE.BIN", ".Trashes", ".Trash-1000", "@eaDir", "#recycle", "System Volume Information",
     "lost+found", "RECYCLER", ".Spotlight-V100", "FOUND.000"],
)  # fmt: skip
def test_recycle_bins_and_folders_of_systems_are_litter(plant: Plant, bin: str) -> None:
    assert show(plant(f"{bin}/S-1-5/a.jpg", "b.jpg")) == ["b.jpg"]


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


def test_pictures_are_listed_without_unpacking(tmp_path: Path) -> None:
    path = tmp_path / "train.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("train/1.jpg", "train/2.JPG", "train/notes.txt", "__MACOSX/train/._1.jpg", "train/"):
            archive.writestr(name, b"")
    (tmp_path / "a.jpg").touch()
    assert read_archives(tmp_path) == [Archive(path, frozenset({"1.jpg", "2.jpg"}), is_whole=True)]


def test_an_unfinished_archive_is_told(tmp_path: Path) -> None:
    path = tmp_path / "test.ZIP"
    path.write_bytes(b"PK\3\4")
    assert read_archives(tmp_path) == [Archive(path, frozenset(), is_whole=False)]


def test_a_folder_that_is_missing_has_none(tmp_path: Path) -> None:
    assert read_archives(tmp_path / "absent") == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=60), place=st.integers(0, 200))
def test_any_bytes_are_an_archive_or_not(tmp_path: Path, data: bytes, place: int) -> None:
    path = tmp_path / "train.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.jpg", b"x")
    whole = path.read_bytes()
    path.write_bytes(whole[:place] + data + whole[place + len(data) :])
    (archive_found,) = read_archives(tmp_path)
    assert archive_found.path == path
