from __future__ import annotations

import zipfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from morelli.collection.sources.archives import Archive, read_archives


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
