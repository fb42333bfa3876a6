"""The demo collection: a folder of pictures by invented painters, and the table that describes them.

The folder is what any other source would give: ``works.csv`` beside one folder of JPEG files per artist.
Drawing is resumable: whole pictures of the same seed are kept, everything else is drawn again.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from morelli.demo.commissions import Commission, commission_work
from morelli.demo.painting import paint
from morelli.demo.signatures import MAX_PAINTERS
from morelli.demo.stamps import has_stamp, stamp_jpeg
from morelli.errors import UsageError

TABLE = "works.csv"
"""The name of the table."""

COLUMNS = ("path", "artist", "title", "year", "style", "genre")
"""The columns of the table."""

_FEW = 32  # works that are drawn sooner than processes start
_MAX_PROCESSES = 61  # the most that Python's process pool can wait for on Windows
_MAX_WORKS = 1000  # three digits in the file names


def draw_collection(
    folder: Path,
    *,
    seed: int = 0,
    n_painters: int = 24,
    n_works: int = 40,
    progress: Callable[[int, int], None] | None = None,
    n_processes: int | None = None,
) -> Path:
    """Draw the demo collection into a folder.

    Parameters
    ----------
    folder
        Where to; made if it is not there. Whole pictures of the same seed are kept as they are.
    seed
        0 or more. The same seed gives the same files, byte for byte, with the same releases of NumPy and
        OpenCV.
    n_painters
        1 to 320; they are dealt out to five schools in turn.
    n_works
        Works of each painter, 1 to 1000.
    progress
        Called with the number of works done and of all works, in this process.
    n_processes
        How many processes draw; by default as many as there are processors, and this one alone for few works.

    Returns
    -------
    Path
        ``folder`` as given.

    Raises
    ------
    UsageError
        If a number is out of its range, or the folder is a file or holds a table of other works.

    Notes
    -----
    Processes are spawned, so a script that calls this needs the ``if __name__ == "__main__":`` guard, unless
    ``n_processes`` is 1. Pictures in the folder that do not belong to the collection are left alone and not
    listed.
    """
    _check_range("seed", seed, 0, 2**63 - 1)
    _check_range("n_painters", n_painters, 1, MAX_PAINTERS)
    _check_range("n_works", n_works, 1, _MAX_WORKS)
    if n_processes is not None:
        _check_range("n_processes", n_processes, 1, _MAX_PROCESSES)
    commissions = [
        commission_work(seed, painter, work) for painter in range(n_painters) for work in range(n_works)
    ]
    table = format_table(commissions)
    _check_folder(folder, table)
    for artist_folder in {(folder / commission.path).parent for commission in commissions}:
        artist_folder.mkdir(parents=True, exist_ok=True)
    for n_done in draw_works(folder, commissions, n_processes=n_processes):
        if progress is not None:
            progress(n_done, len(commissions))
    write_whole(folder / TABLE, table.encode())
    return folder


def draw_works(
    folder: Path, commissions: Sequence[Commission], *, n_processes: int | None = None, batch: int = 8
) -> Iterator[int]:
    """Draw the pictures that are not there yet, and count the works that are done.

    Parameters
    ----------
    folder
        The collection's folder, with the artists' folders in it.
    commissions
        The works.
    n_processes
        As in `draw_collection`.
    batch
        Works handed to a process at once: few enough that the count moves, enough to hide the handing over.

    Yields
    ------
    int
        The number of works done so far, rising to ``len(commissions)``.
    """
    batches = [commissions[start : start + batch] for start in range(0, len(commissions), batch)]
    if n_processes is None:
        n_processes = 1 if len(commissions) < _FEW else os.cpu_count() or 1
    n_done = 0
    if n_processes == 1:
        for works in batches:
            n_done += draw_batch(folder, works)
            yield n_done
        return
    n_processes = min(n_processes, len(batches), _MAX_PROCESSES)
    # one thread each: OpenCV would start as many as there are processors in every process
    with ProcessPoolExecutor(n_processes, get_context("spawn"), cv2.setNumThreads, (1,)) as pool:
        try:
            for future in as_completed([pool.submit(draw_batch, folder, works) for works in batches]):
                n_done += future.result()
                yield n_done
        finally:
            pool.shutdown(cancel_futures=True)  # who interrupts the drawing need not wait for all the rest


def draw_batch(folder: Path, commissions: Sequence[Commission]) -> int:
    """Draw the works of a batch that are not there, and return the number of all."""
    for commission in commissions:
        path = folder / commission.path
        if not has_stamp(path, commission.recipe):
            write_whole(path, stamp_jpeg(encode_picture(commission), commission.recipe))
    return len(commissions)


def encode_picture(commission: Commission) -> bytes:
    """Paint the work and encode it as a JPEG file."""
    rng = np.random.default_rng(commission.seeds)
    picture = paint(commission.manner, commission.genre, commission.size, rng)
    _, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, commission.quality])
    return jpeg.tobytes()


def format_table(commissions: Sequence[Commission]) -> str:
    """Return the table as CSV text: a header and one line per work, ending in line feeds."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([getattr(commission, column) for column in COLUMNS] for commission in commissions)
    return text.getvalue()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there as a whole or not at all."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _check_range(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise UsageError(
            name,
            expected=f"a whole number from {low} to {high}",
            found=str(value),
            remedy="choose one of these",
        )


def _check_folder(folder: Path, table: str) -> None:
    """Refuse what is no folder, and a folder whose table lists none of the works that are to be drawn."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(folder, expected="a folder", found="a file", remedy="choose another place")
    path = folder / TABLE
    if not path.exists():
        return
    rows = set(path.read_text(encoding="utf-8", errors="replace").splitlines()[1:])
    if rows and rows.isdisjoint(table.splitlines()):
        raise UsageError(
            path,
            expected="no table, or that of a demo collection with the same seed",
            found="a table of other works",
            remedy="choose another folder, or remove this one if it is an old demo collection",
        )
