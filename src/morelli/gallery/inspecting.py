"""Inspections of a gallery's works: made once, stored as they are made, and read back for an audit.

So an audit that was stopped goes on where it was, and the next one reads only new pictures.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from morelli.collection.audit.inspection import Inspection, inspect_picture
from morelli.collection.audit.looks import THUMBNAIL_PX, Look
from morelli.collection.audit.measures import MEASURES
from morelli.collection.reading import count_processors
from morelli.collection.work import Skip
from morelli.errors import GalleryError, PictureError
from morelli.gallery.store import Gallery
from morelli.settings import Settings

Progress = Callable[[str, int, int], None]
"""Called with the name of a step, what is done of it, and its whole."""

_INSPECTIONS = "inspections"
_NUMBERS = (*MEASURES, "luma_table", "chroma_table")
_INSPECTION_SCHEMA = pa.schema(
    [("id", pa.string()), *((name, pa.float64()) for name in _NUMBERS), ("aspect", pa.float64())]
    + [(name, pa.binary()) for name in ("points", "descriptors", "thumbnail")]
)
_LOOK_AHEAD = 4


def inspect_works(gallery: Gallery, settings: Settings, progress: Progress) -> None:
    """Inspect the works that were not yet, and store what they told, and which could not be read.

    Parameters
    ----------
    gallery
        Which works, and where to.
    settings
        Pixel cap, workers, and how many inspections go into one commit.
    progress
        Called with "inspect" and (done, total) works that were not inspected yet.
    """
    held = list_inspected(gallery)
    works = gallery.works().select("id", "path").filter(~pl.col("id").is_in(held))
    paths = dict(works.rows())
    rows: list[dict[str, object]] = []
    skips: list[Skip] = []
    for number, (work_id, found) in enumerate(_inspect_all(works.rows(), settings), start=1):
        if isinstance(found, Skip):
            skips.append(found)
        else:
            rows.append(_pack(work_id, found))
        if len(rows) >= settings.commit_size:
            _store_inspections(gallery, rows, paths)
            rows = []
        progress("inspect", number, len(works))
    _store_inspections(gallery, rows, paths)
    gallery.store_skips(skips, stage="inspect")


def list_inspected(gallery: Gallery) -> set[str]:
    """Return the ids of the works that were inspected."""
    return set(gallery.read_table(_INSPECTIONS, _INSPECTION_SCHEMA, columns=["id"])["id"].to_pylist())


def read_measures(gallery: Gallery) -> pl.DataFrame:
    """Return the works that were inspected, with their measures, sorted by id.

    Raises
    ------
    GalleryError
        When there are none.
    """
    numbers = gallery.read_table(_INSPECTIONS, _INSPECTION_SCHEMA, columns=["id", *_NUMBERS])
    measured = gallery.works().join(pl.DataFrame(pl.from_arrow(numbers)), on="id").sort("id")
    if measured.is_empty():
        raise GalleryError(
            gallery.address,
            expected="works to audit",
            found="none that can be read",
            remedy="run 'morelli collect SOURCE --gallery " + gallery.address + "'",
        )
    return measured


def read_looks(gallery: Gallery, ids: Sequence[str]) -> list[Look]:
    """Return the looks of works that were inspected, in the order of their ids."""
    columns = ["id", "aspect", "points", "descriptors", "thumbnail"]
    stored = gallery.read_table(_INSPECTIONS, _INSPECTION_SCHEMA, columns=columns)
    by_id = {row["id"]: _unpack(row) for batch in stored.to_batches() for row in batch.to_pylist()}
    return [by_id[work_id] for work_id in ids]


def _inspect_all(
    works: Iterable[tuple[str, str]], settings: Settings
) -> Iterator[tuple[str, Inspection | Skip]]:
    workers = settings.workers or count_processors()
    pending: deque[tuple[str, Future[Inspection | Skip]]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="morelli-inspect")
    try:
        for work_id, path in works:
            pending.append((work_id, pool.submit(_inspect, path, settings.max_pixels)))
            if len(pending) > _LOOK_AHEAD * workers:
                first, told = pending.popleft()
                yield first, told.result()
        while pending:
            first, told = pending.popleft()
            yield first, told.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _inspect(path: str, max_pixels: int) -> Inspection | Skip:
    try:
        return inspect_picture(Path(path), max_pixels=max_pixels)
    except PictureError as fault:
        return Skip(path, f"expected {fault.expected}, found {fault.found}")


def _pack(work_id: str, found: Inspection) -> dict[str, object]:
    return {
        "id": work_id,
        **found.to_row(),
        "aspect": found.look.aspect,
        "points": found.look.points.tobytes(),
        "descriptors": found.look.descriptors.tobytes(),
        "thumbnail": found.look.thumbnail.tobytes(),
    }


def _unpack(row: dict[str, object]) -> Look:
    points, descriptors, thumbnail = (
        np.frombuffer(row[name], dtype)  # type: ignore[call-overload]
        for name, dtype in (("points", np.float32), ("descriptors", np.uint8), ("thumbnail", np.uint8))
    )
    return Look(
        points.reshape(-1, 2),
        descriptors.reshape(-1, 128),
        float(row["aspect"]),  # type: ignore[arg-type]
        thumbnail.reshape(THUMBNAIL_PX, THUMBNAIL_PX),
    )


def _store_inspections(gallery: Gallery, rows: list[dict[str, object]], paths: dict[str, str]) -> None:
    if rows:
        gallery.forget_skips(paths[str(row["id"])] for row in rows)  # they could not be read before
        gallery.store_table(_INSPECTIONS, pa.Table.from_pylist(rows, _INSPECTION_SCHEMA), on="id")
