"""One process writes at a time; nothing is stored twice, and what was stored twice before is mended."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import lancedb
import numpy as np
import pyarrow as pa
import pytest
from filelock import FileLock

from morelli.collection.sources import recognise
from morelli.collection.work import works_frame
from morelli.errors import GalleryError
from morelli.gallery import Gallery, collect_source, embed_gallery
from morelli.gallery.tables import LOCK_FILE
from morelli.settings import Settings

from .sources import Thumbnails, write_source

FINGERPRINT = "f" * 64
SETTINGS = Settings(workers=0, commit_size=4)
SPAWN = multiprocessing.get_context("spawn")


def store_many(folder: str, gate, n_commits: int) -> None:
    gallery = Gallery(folder)
    for number in range(n_commits):
        ids = [f"{number * 16 + place:016x}" for place in range(16)]
        gate.wait()
        gallery.store_vectors(FINGERPRINT, ids, np.ones((16, 8), np.float32))


def hold_lock(folder: str, gate) -> None:
    with FileLock(Path(folder) / LOCK_FILE):
        gate.wait()
        time.sleep(600)


@pytest.fixture
def folder(tmp_path: Path) -> str:
    Gallery(tmp_path / "gallery", is_new=True).store_works(works_frame([]))
    return str(tmp_path / "gallery")


@contextmanager
def locked(folder: str) -> Iterator[multiprocessing.process.BaseProcess]:
    """Let another process hold the lock."""
    gate = SPAWN.Barrier(2)
    other = SPAWN.Process(target=hold_lock, args=(folder, gate))
    other.start()
    gate.wait(60)
    try:
        yield other
    finally:
        other.kill()
        other.join()


@pytest.mark.parametrize(
    "n_processes", [2, pytest.param(4, marks=pytest.mark.slow), pytest.param(8, marks=pytest.mark.slow)]
)
def test_processes_that_store_the_same_works_at_once_store_each_once(folder: str, n_processes: int) -> None:
    gate = SPAWN.Barrier(n_processes)
    writers = [SPAWN.Process(target=store_many, args=(folder, gate, 6)) for _ in range(n_processes)]
    for writer in writers:
        writer.start()
    n_read = 0
    while any(writer.is_alive() for writer in writers):
        ids = Gallery(folder).embedded_ids(FINGERPRINT)  # readers go on meanwhile
        n_read += len(ids) % 16 == 0
    assert [writer.exitcode for writer in writers] == [0] * n_processes
    assert n_read > 0
    ids = Gallery(folder).embeddings(FINGERPRINT).ids
    assert len(ids) == len(set(ids)) == 96


def test_a_writer_that_must_not_wait_is_refused(folder: str) -> None:
    with locked(folder):
        with pytest.raises(GalleryError, match="found another process that is; run the command again"):
            Gallery(folder, waits=False).store_works(works_frame([]))
        assert Gallery(folder).count_works() == 0  # reading needs no lock


def test_a_writer_waits_and_says_so_and_a_killed_process_locks_nothing(
    folder: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    with locked(folder) as other:
        os.kill(other.pid, signal.SIGSTOP)
        killer = SPAWN.Process(target=kill_soon, args=(other.pid,))
        killer.start()
        Gallery(folder).store_vectors(FINGERPRINT, ["a" * 16], np.ones((1, 8), np.float32))
        killer.join()
    assert "another process is writing to it; waiting until it is done" in caplog.text
    assert Gallery(folder).embedded_ids(FINGERPRINT) == {"a" * 16}


def kill_soon(pid: int) -> None:
    time.sleep(0.3)
    os.kill(pid, signal.SIGKILL)


def double(folder: str, name: str) -> int:
    """Store every row of a table a second time, as two writers at once could before."""
    table = lancedb.connect(folder).open_table(name)
    rows = table.to_arrow()
    table.add(pa.Table.from_batches(rows.to_batches(), rows.schema))
    return len(rows)


@pytest.mark.parametrize("heal", ["compact", "embed", "collect"])
def test_doubles_of_an_earlier_version_are_removed(tmp_path: Path, heal: str) -> None:
    source = recognise(write_source(tmp_path / "source"))
    gallery, encoder = Gallery(tmp_path / "gallery", is_new=True), Thumbnails()
    collect_source(gallery, source, SETTINGS)
    embed_gallery(gallery, encoder, SETTINGS)
    works, vectors = gallery.works(), gallery.embeddings(encoder.card.fingerprint)
    name = f"vectors_{encoder.card.fingerprint[:16]}"
    for table in ("works", name):
        assert double(gallery.address, table) == 12
    gallery = Gallery(gallery.address)
    assert len(gallery.embeddings(encoder.card.fingerprint)) == 24
    if heal == "compact":
        assert gallery.remove_doubles() == {"works": 12, name: 12}
        assert gallery.remove_doubles() == {}
    elif heal == "embed":
        embed_gallery(gallery, encoder, SETTINGS)
    else:
        collect_source(gallery, source, SETTINGS)
    assert gallery.works().equals(works)
    healed = gallery.embeddings(encoder.card.fingerprint)
    assert healed.ids == vectors.ids
    np.testing.assert_array_equal(healed.vectors, vectors.vectors)


def test_an_embed_that_stored_nothing_leaves_no_encoder(tmp_path: Path) -> None:
    folder = write_source(tmp_path / "source", 1, 2)
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    collect_source(gallery, recognise(folder), SETTINGS)
    for path in folder.rglob("*.png"):
        path.unlink()
    summary = embed_gallery(gallery, Thumbnails(), SETTINGS)
    assert (summary.embedded, summary.already, len(summary.skips)) == (0, 0, 2)
    assert gallery.encoders() == []


def test_nothing_to_do_needs_no_lock(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    collect_source(gallery, recognise(write_source(tmp_path / "source", 1, 2)), SETTINGS)
    embed_gallery(gallery, Thumbnails(), SETTINGS)
    with locked(gallery.address):
        summary = embed_gallery(Gallery(gallery.address, waits=False), Thumbnails(), SETTINGS)
    assert (summary.embedded, summary.already) == (0, 2)


def forbid_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the gallery be as on a disk that is mounted to be read only."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(FileLock, "acquire", refuse)
    for name in ("create_table", "drop_table"):
        monkeypatch.setattr(lancedb.db.LanceDBConnection, name, refuse)
    for name in ("add", "delete", "merge_insert", "optimize"):
        monkeypatch.setattr(lancedb.table.LanceTable, name, refuse)


def test_nothing_to_do_works_where_nothing_may_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_source(tmp_path / "source", 2, 2)
    (folder / "Artist_0" / "broken.png").write_bytes(b"no picture")
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    collect_source(gallery, recognise(folder), SETTINGS)
    embed_gallery(gallery, Thumbnails(), SETTINGS)
    forbid_writing(monkeypatch)
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    summary = collect_source(gallery, recognise(folder), SETTINGS)
    assert (summary.unchanged, summary.added, len(summary.skips)) == (4, 0, 1)
    assert embed_gallery(gallery, Thumbnails(), SETTINGS).already == 4
    write_source(folder, 2, 3)
    with pytest.raises(GalleryError, match="a folder that can be written to, found read-only file system"):
        collect_source(gallery, recognise(folder), SETTINGS)


def test_an_object_store_has_no_lock_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    gallery = Gallery("memory://gallery", is_new=True)
    gallery.store_works(works_frame([]))
    gallery.store_works(works_frame([]))
    assert caplog.text.count("two processes that write here at once are not kept apart") == 1
    with pytest.raises(GalleryError, match="found an address, where two writers are not kept apart"):
        Gallery("memory://gallery", is_new=True, waits=False).store_works(works_frame([]))
