from __future__ import annotations

import io
import os
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.collection import unpacking
from morelli.collection.unpacking import unpack_archive, unpack_nested
from morelli.errors import DownloadError

CAP = 1_000_000


def pack(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return path


def pack_bytes(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def list_files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "set"


FILES = {"artists.csv": b"id\n", "images/Dürer/1.jpg": b"one", "images/Dürer/2.jpg": b"", "images/b/": b""}
WHOLE = {name: data for name, data in FILES.items() if not name.endswith("/")}


def test_files_come_to_their_folders(tmp_path: Path, folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    archive = pack(tmp_path / "a.zip", FILES)
    size = unpack_archive(archive, folder, max_bytes=CAP, progress=lambda *counts: seen.append(counts))
    assert size == 6
    assert list_files(folder) == WHOLE
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert archive.exists()


def test_what_is_there_is_not_written_again(tmp_path: Path, folder: Path) -> None:
    archive = pack(tmp_path / "a.zip", FILES)
    unpack_archive(archive, folder, max_bytes=CAP)
    kept, cut = folder / "artists.csv", folder / "images/Dürer/1.jpg"
    os.utime(kept, ns=(1, 1))
    cut.write_bytes(b"o")
    unpack_archive(archive, folder, max_bytes=CAP)
    assert kept.stat().st_mtime_ns == 1
    assert list_files(folder) == WHOLE


def test_a_run_that_breaks_off_leaves_no_half_files(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = pack(tmp_path / "a.zip", FILES)

    def break_off(source: io.BufferedIOBase, target: io.BufferedIOBase, _: int) -> None:
        target.write(source.read(1))
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(unpacking.shutil, "copyfileobj", break_off)
        with pytest.raises(DownloadError, match="found no space left on device"):
            unpack_archive(archive, folder, max_bytes=CAP)
    assert list_files(folder) == {}
    unpack_archive(archive, folder, max_bytes=CAP)
    assert list_files(folder) == WHOLE


@pytest.mark.parametrize(
    "name",
    ["../evil.jpg", "a/../../evil.jpg", "/evil.jpg", "//evil.jpg", "..\\evil.jpg", "a\\..\\..\\evil.jpg",
     "C:/evil.jpg", "C:\\evil.jpg", "C:evil.jpg", "..", ".", "\0"],
)  # fmt: skip
def test_names_that_lead_out_are_refused_before_anything_is_written(
    tmp_path: Path, folder: Path, name: str
) -> None:
    archive = pack(tmp_path / "a.zip", {"good.jpg": b"good", name: b"evil"})
    with pytest.raises(DownloadError, match="files that stay in the folder"):
        unpack_archive(archive, folder, max_bytes=CAP)
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_links_are_refused(tmp_path: Path, folder: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc")
    with pytest.raises(DownloadError, match="found a link 'link'"):
        unpack_archive(tmp_path / "a.zip", folder, max_bytes=CAP)


def test_a_name_that_comes_twice_is_refused(tmp_path: Path, folder: Path) -> None:
    pack(tmp_path / "a.zip", {"a.jpg": b"1", "./a.jpg": b"2"})
    with pytest.raises(DownloadError, match="each name once"):
        unpack_archive(tmp_path / "a.zip", folder, max_bytes=CAP)


def test_an_archive_that_unfolds_too_far_is_refused(tmp_path: Path, folder: Path) -> None:
    archive = pack(tmp_path / "a.zip", {"a.jpg": bytes(CAP), "b.jpg": b"x"})
    assert archive.stat().st_size < 5_000
    with pytest.raises(DownloadError, match="at most 1,000,000 bytes when unpacked, found 1,000,001"):
        unpack_archive(archive, folder, max_bytes=CAP)
    assert not folder.exists()


def test_a_disk_without_room_is_told_before(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking.shutil, "disk_usage", lambda _: Free())
    with pytest.raises(DownloadError, match="room for 6 more bytes, found 5 free"):
        unpack_archive(pack(tmp_path / "a.zip", FILES), folder, max_bytes=CAP)
    assert list_files(folder) == {}


class Free:
    free = 5


@pytest.mark.parametrize("harm", ["cut", "flipped", "no zip", "encrypted"])
def test_damaged_archives_are_errors(tmp_path: Path, folder: Path, harm: str) -> None:
    archive = pack(tmp_path / "a.zip", {"a.jpg": bytes(range(256)) * 20})
    data = bytearray(archive.read_bytes())
    if harm == "cut":
        del data[-30:]
    elif harm == "flipped":
        data[60] ^= 0xFF
    elif harm == "no zip":
        data = bytearray(b"<html>")
    else:
        data[data.index(b"PK\1\2") + 8] |= 1
        data[6] |= 1
    archive.write_bytes(data)
    with pytest.raises(DownloadError, match="expected a whole zip archive"):
        unpack_archive(archive, folder, max_bytes=CAP)


def test_a_missing_archive_is_an_error(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(DownloadError, match="no such file"):
        unpack_archive(tmp_path / "absent.zip", folder, max_bytes=CAP)


def test_archives_within_are_unpacked_where_they_belong(folder: Path) -> None:
    folder.mkdir()
    nested = {
        "all_data_info.csv.zip": {"all_data_info.csv": b"artist\n"},
        "train.zip": {"train/1.jpg": b"1", "train/2.jpg": b"2"},
        "replacement_for_corrupted_files.zip": {"train/1.jpg": b"mended", "test/9.jpg": b"9"},
    }
    for name, files in nested.items():
        (folder / name).write_bytes(pack_bytes(files))
    unpack_nested(folder, max_bytes=CAP)
    assert list_files(folder) == {
        "all_data_info.csv": b"artist\n",
        "train/1.jpg": b"1",
        "train/2.jpg": b"2",
        "replacement_for_corrupted_files/train/1.jpg": b"mended",
        "replacement_for_corrupted_files/test/9.jpg": b"9",
    }


def test_archives_within_share_one_cap(folder: Path) -> None:
    folder.mkdir()
    for name in "ab":
        (folder / f"{name}.zip").write_bytes(pack_bytes({f"{name}.jpg": bytes(600)}))
    with pytest.raises(DownloadError, match="at most 400 bytes when unpacked, found 600"):
        unpack_nested(folder, max_bytes=1000)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@settings(max_examples=40, deadline=None)
@given(names=st.lists(st.text(alphabet="ab./\\:~ü \0", min_size=1, max_size=8), min_size=1, max_size=4))
def test_no_name_leads_out(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    room = tmp_path_factory.mktemp("room")
    archive = pack(room / "a.zip", dict.fromkeys(names, b"data"))
    try:
        unpack_archive(archive, room / "inner" / "set", max_bytes=CAP)
    except DownloadError as error:
        assert error.remedy  # noqa: PT017  an error of ours will do as well
    outside = {path.relative_to(room).as_posix() for path in room.rglob("*")}
    assert {name for name in outside if not name.startswith("inner/set")} <= {"a.zip", "inner"}
