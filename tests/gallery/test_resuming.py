"""A gallery whose process was killed while filling it: the next run completes it to the same content."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from morelli.collection.sources import recognise
from morelli.encode.encoder import Encoder
from morelli.encode.spec import parse_encoder
from morelli.gallery import Gallery, collect_source, embed_gallery
from morelli.settings import Settings

from .sources import Thumbnails, write_source

SETTINGS = Settings(workers=0, commit_size=4)

OFTEN = {"MORELLI_COMMIT_SIZE": "4", "MORELLI_BATCH_SIZE": "4"}

RUN = """
import sys
from morelli.cli import main
source, gallery = sys.argv[1:]
for arguments in (["collect", source, "--gallery", gallery],
                  ["embed", gallery, "--encoder", "descriptors", "--workers", "0"]):
    sys.argv = ["morelli", *arguments]
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise
"""


def write_flawed_source(folder: Path, n_artists: int, n_works: int) -> Path:
    """Write pictures with three broken ones among them."""
    write_source(folder, n_artists, n_works)
    for place, content in enumerate([b"", b"no picture", (folder / "Artist_0/0.png").read_bytes()[:500]]):
        (folder / f"Artist_{place}" / "broken.png").write_bytes(content)
    return folder


def fill(gallery: Gallery, source: Path, encoder: Thumbnails | Encoder | None = None) -> None:
    collect_source(gallery, recognise(source), SETTINGS)
    embed_gallery(gallery, encoder or Thumbnails(), SETTINGS)


def assert_same_content(gallery: Gallery, other: Gallery) -> None:
    assert gallery.works().equals(other.works())
    assert gallery.skips().equals(other.skips())
    assert gallery.works()["id"].is_unique().all()
    (card,), (other_card,) = gallery.encoders(), other.encoders()
    assert card == other_card
    ours, theirs = (one.embeddings(card.fingerprint) for one in (gallery, other))
    assert ours.ids == theirs.ids == tuple(gallery.works()["id"])
    np.testing.assert_array_equal(ours.vectors, theirs.vectors)


def start(source: Path, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", RUN, source, folder],
        env={**os.environ, **OFTEN},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def kill_when(process: subprocess.Popen[bytes], folder: Path, moment: tuple[str, int, float]) -> bool:
    """Kill a process and its children a moment after there are so many files; say whether it still ran."""
    pattern, n_there, delay_s = moment
    while len(list(folder.glob(pattern))) < n_there and process.poll() is None:
        time.sleep(0.005 if delay_s else 0.0005)  # looking takes the processor from who is looked at
    time.sleep(delay_s)
    was_running = process.poll() is None
    if was_running:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return was_running


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
def test_a_gallery_killed_at_any_moment_is_completed_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, folder = write_flawed_source(tmp_path / "source", 5, 12), tmp_path / "gallery"
    rng = random.Random(0)  # noqa: S311 - no secret
    moments = [
        ("works.lance", 1, 0.0),  # the folder of the table is there, its first commit is not
        ("works.lance/_versions/*", rng.randint(3, 6), rng.uniform(0, 0.01)),
        ("vectors_*.lance", 1, 0.0),
        ("vectors_*.lance/_versions/*", rng.randint(3, 6), rng.uniform(0, 0.1)),
    ]
    n_killed = [kill_when(start(source, folder), folder, moment) for moment in moments]
    assert all(n_killed), "a moment came too late to test anything"
    with monkeypatch.context() as patch:  # the last run in this process: imports are what takes long
        patch.setattr(sys, "argv", ["-c", str(source), str(folder)])
        for name, value in OFTEN.items():
            patch.setenv(name, value)
        exec(RUN, {})  # noqa: S102 - the same code as above
    undisturbed = Gallery(tmp_path / "undisturbed", is_new=True)
    fill(undisturbed, source, Encoder(parse_encoder("descriptors"), SETTINGS))
    assert_same_content(Gallery(folder), undisturbed)
    assert Gallery(folder).count_works() == 60
    assert len(Gallery(folder).skips()) == 3


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_flawed_source(tmp_path_factory.mktemp("source"), 3, 4)


@pytest.fixture(scope="module")
def undisturbed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Gallery:
    gallery = Gallery(tmp_path_factory.mktemp("undisturbed") / "gallery", is_new=True)
    fill(gallery, source)
    return gallery


class Killed(BaseException):
    """Stands for SIGKILL: nothing in the package may catch it."""


@contextmanager
def killed_at(n_writes: int, monkeypatch: pytest.MonkeyPatch, *, before: bool) -> Iterator[None]:
    """Stop at the n-th write to a gallery, before it or after."""
    n_done = 0
    write = Gallery._upsert

    def write_or_die(self: Gallery, *arguments: object, **options: object) -> None:
        nonlocal n_done
        n_done += 1
        if n_done == n_writes and before:
            raise Killed
        write(self, *arguments, **options)
        if n_done == n_writes:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Gallery, "_upsert", write_or_die)
        yield


@pytest.mark.parametrize("before", [True, False])
def test_stopping_at_any_write_loses_nothing(
    source: Path, undisturbed: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    for n_writes in count(1):
        gallery = Gallery(tmp_path / str(n_writes), is_new=True)
        try:
            with killed_at(n_writes, monkeypatch, before=before):
                fill(gallery, source)
        except Killed:
            fill(gallery, source)
            assert_same_content(gallery, undisturbed)
        else:
            break
    assert n_writes > 8


@pytest.mark.parametrize("inside", [(), ("_versions",), ("data", "_versions"), ("_transactions",)])
@pytest.mark.parametrize("table", ["works", "skips", "encoders", "vectors"])
def test_a_table_whose_creation_was_killed_does_not_block_the_next_run(
    source: Path, undisturbed: Gallery, tmp_path: Path, table: str, inside: tuple[str, ...]
) -> None:
    folder = Path(shutil.copytree(undisturbed.address, tmp_path / "gallery"))
    (emptied,) = folder.glob(f"{table}*.lance")
    shutil.rmtree(emptied)
    emptied.mkdir()
    for name in inside:
        (emptied / name).mkdir()
        (emptied / name / ".tmp-leftover").write_bytes(b"half a file")
    fill(Gallery(folder, is_new=True), source)
    assert_same_content(Gallery(folder), undisturbed)


def test_a_second_run_changes_nothing(source: Path, undisturbed: Gallery, tmp_path: Path) -> None:
    gallery = Gallery(shutil.copytree(undisturbed.address, tmp_path / "gallery"))
    summary = collect_source(gallery, recognise(source), SETTINGS)
    assert (summary.added, summary.updated, summary.repeated, summary.unchanged) == (0, 0, 0, 12)
    again = embed_gallery(gallery, Thumbnails(), SETTINGS)
    assert (again.embedded, again.already) == (0, 12)
    assert_same_content(gallery, undisturbed)


def test_pictures_lost_between_collect_and_embed_are_listed_until_they_are_back(tmp_path: Path) -> None:
    source = write_source(tmp_path / "source", n_artists=2, n_works=2)
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    collect_source(gallery, recognise(source), SETTINGS)
    lost = source / "Artist_0" / "0.png"
    lost.rename(tmp_path / "aside.png")
    first = embed_gallery(gallery, Thumbnails(), SETTINGS)
    assert (first.embedded, first.already, [skip.path for skip in first.skips]) == (3, 0, [str(lost)])
    expected = pl.DataFrame({"path": [str(lost)], "stage": ["embed"]})
    assert gallery.skips().select("path", "stage").equals(expected)
    (tmp_path / "aside.png").rename(lost)
    second = embed_gallery(gallery, Thumbnails(), SETTINGS)
    assert (second.embedded, second.already, second.skips) == (1, 3, ())
    assert gallery.skips().is_empty()


# A picture is what was collected, or it is skipped.


def test_a_file_that_was_replaced_gives_its_vector_to_no_other_work(tmp_path: Path) -> None:
    folder = write_source(tmp_path / "source", 1, 3)
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    collect_source(gallery, recognise(folder), SETTINGS)
    paths = sorted(folder.rglob("*.png"))
    before = paths[0].read_bytes()
    paths[0].write_bytes(paths[1].read_bytes())
    os.utime(paths[2])  # touched, and the same as before
    summary = embed_gallery(gallery, Thumbnails(), SETTINGS)
    assert (summary.embedded, [skip.path for skip in summary.skips]) == (2, [str(paths[0])])
    assert "no longer the file that was collected" in summary.skips[0].reason
    paths[0].write_bytes(before)
    summary = embed_gallery(gallery, Thumbnails(), SETTINGS)
    assert (summary.embedded, summary.already, summary.skips) == (1, 2, ())
    assert gallery.skips().is_empty()


def test_a_file_that_is_replaced_while_it_is_read_is_skipped(tmp_path: Path) -> None:
    folder = write_source(tmp_path / "source", 1, 2)
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    collect_source(gallery, recognise(folder), SETTINGS)

    class Late(Thumbnails):
        def encode(self, pictures, *, progress=None):
            for path in (path for _, path in pictures):
                shutil.copyfile(max(folder.rglob("*.png")), path.with_suffix(".new"))
                path.with_suffix(".new").replace(path)
            yield from super().encode(pictures)

    summary = embed_gallery(gallery, Late(), SETTINGS)
    assert (summary.embedded, len(summary.skips)) == (1, 1)
