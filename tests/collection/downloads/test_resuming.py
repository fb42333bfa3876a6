from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from morelli.collection.downloads import Downloader, Fetched, Loss
from morelli.collection.downloads.ledger import _LEDGER_FILE
from morelli.errors import DownloadError

from .clients import WORKERS, start_client
from .server import PictureServer, draw_numbered, send, status


def test_what_is_there_is_not_asked_for_again(server: PictureServer, open_downloader) -> None:
    address = server.put("/a.png", send(draw_numbered(1)))
    [first] = open_downloader().fetch([address])
    [second] = open_downloader().fetch([address])
    assert first.is_new
    assert second == Fetched(address, first.path, first.content_hash, first.size_bytes, is_new=False)
    assert len(server.requests) == 1


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"x")], ids=["gone", "cut"])
def test_a_file_that_is_gone_or_cut_is_fetched_again(server: PictureServer, open_downloader, harm) -> None:
    address, downloader = server.put("/a.png", send(draw_numbered(1))), open_downloader()
    [first] = downloader.fetch([address])
    harm(first.path)
    [second] = downloader.fetch([address])
    assert second == first
    assert second.path.read_bytes() == draw_numbered(1)


@pytest.mark.parametrize(
    "answer", [status(404), status(403), status(410), send(b"<html>", kind="text/html"), send(b"no picture")]
)
def test_what_failed_for_good_is_remembered_with_its_reason(
    server: PictureServer, open_downloader, answer
) -> None:
    address = server.put("/a.png", answer, send(draw_numbered(1)))
    [first] = open_downloader().fetch([address])
    [second] = open_downloader().fetch([address])
    assert isinstance(first, Loss)
    assert second == first
    assert len(server.requests) == 1
    [third] = open_downloader().fetch([address], retry_failed=True)
    assert isinstance(third, Fetched)
    [fourth] = open_downloader().fetch([address])
    assert isinstance(fourth, Fetched)
    assert len(server.requests) == 2


def test_what_failed_for_the_moment_is_tried_by_the_next_run(server: PictureServer, open_downloader) -> None:
    address = server.put("/a.png", *[status(500)] * 3, send(draw_numbered(1)))
    [first] = open_downloader().fetch([address])
    [second] = open_downloader().fetch([address])
    assert isinstance(first, Loss)
    assert isinstance(second, Fetched)


@pytest.mark.parametrize(
    ("strict", "name"),
    [
        ({"max_bytes": 20}, "max_bytes"),
        ({"max_pixels": 20}, "max_pixels"),
        ({"allow_private": False}, "private"),
    ],
)
def test_what_was_over_a_limit_is_tried_again_under_another(
    server: PictureServer, open_downloader, strict: dict[str, int], name: str
) -> None:
    address = server.put("/a.png", send(draw_numbered(1)))
    for _ in range(2):
        [loss] = open_downloader(**strict).fetch([address])
        assert isinstance(loss, Loss)
    assert len(server.requests) == (0 if name == "private" else 1)
    [found] = open_downloader().fetch([address])
    assert isinstance(found, Fetched)


def test_leftovers_of_a_killed_run_are_swept(open_downloader, tmp_path: Path) -> None:
    (tmp_path / "store" / "incoming").mkdir(parents=True)
    (tmp_path / "store" / "incoming" / "1.part").write_bytes(b"half a pic")
    open_downloader()
    assert list((tmp_path / "store" / "incoming").iterdir()) == []


def test_addresses_that_are_no_text_are_listed_too(open_downloader) -> None:
    [loss] = open_downloader().fetch(["http://museum.example/D\udcfcrer.jpg"])
    assert loss.step == "address"
    assert [loss] == list(open_downloader().fetch([loss.path]))


def test_a_second_user_of_a_folder_is_refused(tmp_path: Path) -> None:
    with Downloader(tmp_path):
        process, report = start_client(tmp_path, "http://127.0.0.1:1", 1)
        assert "expected a folder that no other process downloads into, found one that does" in report.recv()
        process.join(timeout=60)
        with pytest.raises(DownloadError, match="wait for it, or take another folder"):
            Downloader(tmp_path)
    Downloader(tmp_path).close()


def test_a_ledger_that_is_none_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / _LEDGER_FILE).write_bytes(b"This is not a ledger. " * 100)
    with pytest.raises(DownloadError, match="delete it and the pictures are fetched again"):
        Downloader(tmp_path)


def list_stored(folder: Path) -> set[str]:
    """Return the paths that the ledger knows, read as any other program would."""
    base = sqlite3.connect(folder / _LEDGER_FILE)
    try:
        rows = base.execute("SELECT address, file FROM stored").fetchall()
    finally:
        base.close()
    for _, file in rows:
        assert (folder / file).is_file()
    return {"/" + address.rpartition("/")[2] for address, _ in rows}


def kill_after(n_requests: int, server: PictureServer, process: BaseProcess) -> None:
    end = time.monotonic() + 120
    while len(server.requests) < n_requests:
        assert process.is_alive()
        assert time.monotonic() < end
        time.sleep(0.002)
    process.kill()
    process.join(timeout=60)
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_a_run_that_is_killed_twice_ends_complete_with_nothing_fetched_twice(
    server: PictureServer, tmp_path: Path
) -> None:
    """Nothing in a download depends on how many there are; ``benchmarks/downloads.py`` takes 10,000."""
    kill_twice(server, tmp_path, 600)


def kill_twice(server: PictureServer, tmp_path: Path, n: int) -> None:
    """Fetch n pictures in three runs, of which two are killed; look into ledger, requests and files."""
    server.fallback = lambda path: send(draw_numbered(int(path[1:-4])))
    stored: set[str] = set()
    for part in (0.23, 0.71):
        n_before = len(server.requests)
        process, _ = start_client(tmp_path, server.address(""), n)
        kill_after(int(part * n), server, process)
        assert not stored & set(server.requests[n_before:])
        stored = list_stored(tmp_path)
        assert 0 < len(stored) < n
    n_before = len(server.requests)
    process, report = start_client(tmp_path, server.address(""), n)
    assert report.recv() == (n, n, n - len(stored))
    process.join(timeout=60)
    assert not stored & set(server.requests[n_before:])
    assert len(list_stored(tmp_path)) == n
    assert set(server.requests) == {f"/{number}.png" for number in range(n)}
    assert len(server.requests) <= n + 2 * WORKERS
    files = list(tmp_path.rglob("*.png"))
    assert len(files) == n
    for path in files[:: n // 50]:
        assert path.stem == hashlib.sha256(path.read_bytes()).hexdigest()
    assert list((tmp_path / "incoming").iterdir()) == []
