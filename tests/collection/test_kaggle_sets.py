from __future__ import annotations

import sys
import types
import zipfile
from pathlib import Path
from typing import Any

import pytest

from morelli.collection import kaggle_sets
from morelli.collection.kaggle_sets import (
    KAGGLE_SETS,
    fetch_kaggle_set,
    has_credentials,
    open_kaggle_client,
)
from morelli.errors import DownloadError, UsageError

from .test_unpacking import pack, pack_bytes

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
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have no account; return the home folder."""
    for name in ("KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_API_TOKEN", "KAGGLE_CONFIG_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    home.mkdir()
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
@pytest.mark.parametrize("name", KAGGLE_SETS)
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
    client = open_kaggle_client(KAGGLE_SETS[BEST], tmp_path)
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
    assert has_credentials() is is_enough


def test_the_archive_stays(tmp_path: Path) -> None:
    fetch_kaggle_set(BEST, tmp_path, client=FakeClient({"a.jpg": b"1"}))
    assert zipfile.is_zipfile(tmp_path / "best-artworks-of-all-time.zip")
