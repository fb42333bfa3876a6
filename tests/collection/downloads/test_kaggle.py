from __future__ import annotations

import io
import os
import stat
import sys
import types
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.collection.downloads import kaggle as kaggle_sets
from morelli.collection.downloads import kaggle as unpacking
from morelli.collection.downloads.kaggle import (
    _KAGGLE_SETS,
    _has_credentials,
    _open_kaggle_client,
    _unpack_archive,
    _unpack_nested,
    fetch_kaggle_set,
)
from morelli.errors import DownloadError, UsageError

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
    archive = pack(tmp_path / "a.zip", FILES)
    assert _unpack_archive(archive, folder, max_bytes=CAP) == 6
    assert list_files(folder) == WHOLE
    assert archive.exists()


def test_what_is_there_is_not_written_again(tmp_path: Path, folder: Path) -> None:
    archive = pack(tmp_path / "a.zip", FILES)
    _unpack_archive(archive, folder, max_bytes=CAP)
    kept, cut = folder / "artists.csv", folder / "images/Dürer/1.jpg"
    os.utime(kept, ns=(1, 1))
    cut.write_bytes(b"o")
    _unpack_archive(archive, folder, max_bytes=CAP)
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
            _unpack_archive(archive, folder, max_bytes=CAP)
    assert list_files(folder) == {}
    _unpack_archive(archive, folder, max_bytes=CAP)
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
        _unpack_archive(archive, folder, max_bytes=CAP)
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_links_are_refused(tmp_path: Path, folder: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc")
    with pytest.raises(DownloadError, match="found a link 'link'"):
        _unpack_archive(tmp_path / "a.zip", folder, max_bytes=CAP)


def test_a_name_that_comes_twice_is_refused(tmp_path: Path, folder: Path) -> None:
    pack(tmp_path / "a.zip", {"a.jpg": b"1", "./a.jpg": b"2"})
    with pytest.raises(DownloadError, match="each name once"):
        _unpack_archive(tmp_path / "a.zip", folder, max_bytes=CAP)


def test_an_archive_that_unfolds_too_far_is_refused(tmp_path: Path, folder: Path) -> None:
    archive = pack(tmp_path / "a.zip", {"a.jpg": bytes(CAP), "b.jpg": b"x"})
    assert archive.stat().st_size < 5_000
    with pytest.raises(DownloadError, match="at most 1,000,000 bytes when unpacked, found 1,000,001"):
        _unpack_archive(archive, folder, max_bytes=CAP)
    assert not folder.exists()


def test_a_disk_without_room_is_told_before(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking.shutil, "disk_usage", lambda _: Free())
    with pytest.raises(DownloadError, match="room for 6 more bytes, found 5 free"):
        _unpack_archive(pack(tmp_path / "a.zip", FILES), folder, max_bytes=CAP)
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
        _unpack_archive(archive, folder, max_bytes=CAP)


def test_a_missing_archive_is_an_error(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(DownloadError, match="no such file"):
        _unpack_archive(tmp_path / "absent.zip", folder, max_bytes=CAP)


def test_archives_within_are_unpacked_where_they_belong(folder: Path) -> None:
    folder.mkdir()
    nested = {
        "all_data_info.csv.zip": {"all_data_info.csv": b"artist\n"},
        "train.zip": {"train/1.jpg": b"1", "train/2.jpg": b"2"},
        "replacement_for_corrupted_files.zip": {"train/1.jpg": b"mended", "test/9.jpg": b"9"},
    }
    for name, files in nested.items():
        (folder / name).write_bytes(pack_bytes(files))
    _unpack_nested(folder, max_bytes=CAP)
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
        _unpack_nested(folder, max_bytes=1000)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@settings(max_examples=40, deadline=None)
@given(names=st.lists(st.text(alphabet="ab./\\:~ü \0", min_size=1, max_size=8), min_size=1, max_size=4))
def test_no_name_leads_out(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    room = tmp_path_factory.mktemp("room")
    archive = pack(room / "a.zip", dict.fromkeys(names, b"data"))
    try:
        _unpack_archive(archive, room / "inner" / "set", max_bytes=CAP)
    except DownloadError as error:
        assert error.remedy  # noqa: PT017  an error of ours will do as well
    outside = {path.relative_to(room).as_posix() for path in room.rglob("*")}
    assert {name for name in outside if not name.startswith("inner/set")} <= {"a.zip", "inner"}


BEST = "ikarus777/best-artworks-of-all-time"


class FakeClient:
    """Writes what it was given as the zip of whatever is asked for, and chats as the real one does."""

    def __init__(self, files: dict[str, bytes] | None = None, fault: BaseException | None = None) -> None:
        self.files = files
        self.fault = fault
        self.asked: list[tuple[str, str]] = []

    def competition_download_files(self, competition: str, *, path: str, force: bool, quiet: bool) -> None:
        self._write("competition", competition, path, force)

    def dataset_download_files(
        self, dataset: str, *, path: str, force: bool, quiet: bool, unzip: bool
    ) -> None:
        assert not unzip
        self._write("dataset", dataset, path, force)

    def _write(self, kind: str, name: str, path: str, force: bool) -> None:
        assert not force  # else a part that is there would be thrown away
        sys.stdout.write("Dataset URL: https://www.kaggle.com/datasets/")
        self.asked.append((kind, name))
        if self.fault is not None:
            raise self.fault
        if self.files is not None:
            pack(Path(path) / f"{name.rpartition('/')[2]}.zip", self.files)


@pytest.fixture(autouse=True)
def stranger(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have no account; return the home folder."""
    for name in ("KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_API_TOKEN", "KAGGLE_CONFIG_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setattr(Path, "home", lambda: home)
    return home


@pytest.mark.parametrize("name", [BEST, "best-artworks-of-all-time", f" {BEST.upper()}/ "])
def test_a_set_is_fetched_unpacked_and_not_fetched_again(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    client = FakeClient({"artists.csv": b"id", "images/images/A/A_1.jpg": b"1"})
    folder = fetch_kaggle_set(name, tmp_path / "sets", client=client)
    assert folder == tmp_path / "sets" / "best-artworks-of-all-time"
    assert (folder / "images/images/A/A_1.jpg").read_bytes() == b"1"
    (tmp_path / "sets" / "best-artworks-of-all-time.zip").unlink()
    assert fetch_kaggle_set(name, tmp_path / "sets", client=client) == folder
    assert client.asked == [("dataset", BEST)]
    assert capsys.readouterr().out == ""


def test_a_competition_is_fetched_with_the_archives_in_it(tmp_path: Path) -> None:
    client = FakeClient(
        {
            "train_info.csv": b"filename\n",
            "train.zip": pack_bytes({"train/1.jpg": b"1", "train/2.jpg": b"2"}),
        }
    )
    folder = fetch_kaggle_set("painter-by-numbers", tmp_path, client=client)
    assert client.asked == [("competition", "painter-by-numbers")]
    assert sorted(path.name for path in folder.rglob("*.*")) == ["1.jpg", "2.jpg", "train_info.csv"]


def test_an_archive_that_was_put_there_by_hand_is_taken(tmp_path: Path) -> None:
    pack(tmp_path / "wikiart.zip", {"Cubism/juan-gris_a.jpg": b"1"})
    client = FakeClient(fault=AssertionError("not needed"))
    assert (fetch_kaggle_set("steubk/wikiart", tmp_path, client=client) / "Cubism").is_dir()
    assert client.asked == []


def test_a_part_that_broke_off_is_left_to_the_client(tmp_path: Path) -> None:
    whole = pack(tmp_path / "wikiart.zip", {"a.jpg": b"1"}).read_bytes()
    (tmp_path / "wikiart.zip").write_bytes(whole[:20])
    client = FakeClient({"a.jpg": b"1"})
    fetch_kaggle_set("steubk/wikiart", tmp_path, client=client)
    assert client.asked == [("dataset", "steubk/wikiart")]


def test_unpacking_that_broke_off_goes_on(tmp_path: Path) -> None:
    client = FakeClient({"a.jpg": b"1", "../b.jpg": b"2"})
    with pytest.raises(DownloadError, match="stay in the folder"):
        fetch_kaggle_set("steubk/wikiart", tmp_path, client=client)
    pack(tmp_path / "wikiart.zip", {"a.jpg": b"1", "b.jpg": b"2"})
    folder = fetch_kaggle_set("steubk/wikiart", tmp_path, client=client)
    assert sorted(path.name for path in folder.iterdir()) == ["a.jpg", "b.jpg"]
    assert len(client.asked) == 1


def test_the_cap_is_on_what_is_unpacked(tmp_path: Path) -> None:
    client = FakeClient({"a.jpg": bytes(2000)})
    with pytest.raises(DownloadError, match="at most 1,000 bytes"):
        fetch_kaggle_set("steubk/wikiart", tmp_path, client=client, max_bytes=1000)


@pytest.mark.parametrize("name", ["", "mnist", "owner/painter-by-numbers", "../wikiart"])
def test_other_sets_are_not_known(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="Kaggle set: expected one of painter-by-numbers"):
        fetch_kaggle_set(name, tmp_path, client=FakeClient())


@pytest.mark.parametrize(
    ("fault", "found"),
    [(RuntimeError("403 Client Error: Forbidden\nmore"), "found 403 Client Error: Forbidden;"),
     (SystemExit(1), "found SystemExit;"), (ValueError(), "found ValueError;"),
     (OSError(28, "No space left on device"), "No space left on device;")],
)  # fmt: skip
@pytest.mark.parametrize("name", _KAGGLE_SETS)
def test_a_refusal_says_what_to_click_and_where_to_put_the_file(
    tmp_path: Path, name: str, fault: BaseException, found: str
) -> None:
    with pytest.raises(DownloadError) as caught:
        fetch_kaggle_set(name, tmp_path, client=FakeClient(fault=fault))
    stem = name.rpartition("/")[2]
    message = str(caught.value)
    assert found in message
    assert f"/{name}" in message.partition("https://www.kaggle.com/")[2]
    assert ("accept the rules" in message) is (name == "painter-by-numbers")
    assert "click 'Download" in message
    assert f"save the file as {tmp_path / stem}.zip and run this again" in message
    assert f"run 'morelli collect {tmp_path / stem} --gallery GALLERY'" in message


def test_a_client_that_writes_nothing_is_found_out(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="found no such file"):
        fetch_kaggle_set("steubk/wikiart", tmp_path, client=FakeClient())


def test_without_the_package_it_says_how_to_have_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kaggle_sets, "find_spec", lambda _: None)
    with pytest.raises(DownloadError, match=r"pip install 'morelli\[kaggle\]'"):
        fetch_kaggle_set("steubk/wikiart", tmp_path)


def test_without_an_account_the_package_is_not_even_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kaggle_sets, "find_spec", lambda _: object())
    monkeypatch.setitem(sys.modules, "kaggle", None)
    with pytest.raises(DownloadError, match=r"~/\.kaggle/kaggle\.json, or in KAGGLE_USERNAME and KAGGLE_KEY"):
        fetch_kaggle_set("steubk/wikiart", tmp_path)


def pretend_package(monkeypatch: pytest.MonkeyPatch, authenticate: Any) -> None:
    module = types.ModuleType("kaggle.api.kaggle_api_extended")
    module.KaggleApi = type("KaggleApi", (FakeClient,), {"authenticate": authenticate})  # type: ignore[attr-defined]
    for name in ("kaggle", "kaggle.api"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(kaggle_sets, "find_spec", lambda _: object())
    monkeypatch.setenv("KAGGLE_USERNAME", "gris")
    monkeypatch.setenv("KAGGLE_KEY", "0123")


def test_with_an_account_the_package_signs_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in: list[object] = []
    pretend_package(monkeypatch, lambda client: signed_in.append(client))
    client = _open_kaggle_client(_KAGGLE_SETS[BEST], tmp_path)
    assert signed_in == [client]


@pytest.mark.parametrize(
    "fault", [SystemExit(1), OSError("Could not find kaggle.json"), ValueError("bad key")]
)
def test_an_account_that_is_not_accepted_does_not_end_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    def refuse(_: object) -> None:
        raise fault

    pretend_package(monkeypatch, refuse)
    with pytest.raises(DownloadError, match="expected credentials that Kaggle accepts"):
        fetch_kaggle_set(BEST, tmp_path)


@pytest.mark.parametrize(
    ("variables", "file", "is_enough"),
    [({}, None, False), ({"KAGGLE_USERNAME": "gris"}, None, False),
     ({"KAGGLE_USERNAME": "gris", "KAGGLE_KEY": "0"}, None, True), ({"KAGGLE_API_TOKEN": "0"}, None, True),
     ({}, ".kaggle/kaggle.json", True), ({}, ".config/kaggle/kaggle.json", True),
     ({}, ".kaggle/access_token", True), ({"KAGGLE_CONFIG_DIR": "/nowhere"}, ".kaggle/kaggle.json", False)],
)  # fmt: skip
def test_credentials_are_found_where_the_client_looks(
    stranger: Path,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    file: str | None,
    is_enough: bool,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if file is not None:
        (stranger / file).parent.mkdir(parents=True)
        (stranger / file).write_text("{}")
    assert _has_credentials() is is_enough


def test_the_archive_stays(tmp_path: Path) -> None:
    fetch_kaggle_set(BEST, tmp_path, client=FakeClient({"a.jpg": b"1"}))
    assert zipfile.is_zipfile(tmp_path / "best-artworks-of-all-time.zip")
