"""Turns files and work ids into the sides of a comparison: vectors, crops, sources and doubts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from morelli.cli.session import Session, identify_picture, is_work_id
from morelli.collection.audit.suitability import list_doubts
from morelli.encode.crops import cut_crops
from morelli.judge import Side, find_unsuitable

Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class _Work:
    """One work of a side: (d,) vector, (k, d) crops or None without a file, source, and doubts."""

    vector: Float
    crops: Float | None
    source: str | None
    doubts: tuple[str, ...]


def read_side(session: Session, names: Sequence[str], *, n_crops: int) -> Side:
    """Return a side of a comparison.

    Parameters
    ----------
    session
        Model, encoder and gallery.
    names
        Files, or ids of works of the gallery.
    n_crops
        How many crops of each picture to encode; where one of the pictures is no longer there, none count.

    Raises
    ------
    UsageError
        When an id is given without a gallery, or there are no such crops.
    PictureError
        When a file cannot be used.
    """
    works = [_read_work(session, name, n_crops) for name in names]
    vectors = np.stack([work.vector for work in works])
    crops = [work.crops for work in works if work.crops is not None]
    return Side(
        names=tuple(names),
        vectors=vectors,
        crops=np.stack(crops) if n_crops and len(crops) == len(works) else None,
        sources=tuple(work.source for work in works),
        unsuitable=find_unsuitable(
            session.model,
            vectors,
            names,
            {name: work.doubts for name, work in zip(names, works, strict=True)},
        ),
    )


def _read_work(session: Session, name: str, n_crops: int) -> _Work:
    if not is_work_id(name):
        vectors, doubts = _read_picture(session, Path(name), n_crops)
        return _Work(vectors[0], vectors[1:], _find_row(session, name).get("source"), doubts)
    vector = session.read_works([name])[0]
    row = _find_row(session, name)
    path = Path(row.get("path") or "")
    if not path.is_file():
        return _Work(vector, None, row.get("source"), ())
    vectors, doubts = _read_picture(session, path, n_crops)
    return _Work(vector, vectors[1:], row.get("source"), doubts)


def _read_picture(session: Session, path: Path, n_crops: int) -> tuple[Float, tuple[str, ...]]:
    """Return (1 + k, d) vectors of a picture and its crops, and what stands against judging it."""
    picture = session.encoder.open_picture(path)
    images = [picture.image, *cut_crops(picture.image, n_crops)]
    return session.encoder.encode_images(images), list_doubts(picture)


def _find_row(session: Session, name: str) -> dict[str, str | None]:
    """Return source and path of a work of the gallery, by id or by the content of its file; empty without."""
    if session.gallery is None:
        return {}
    work_id = name if is_work_id(name) else identify_picture(Path(name))
    rows = session.gallery.works(f"id = '{work_id}'").select("source", "path").to_dicts()
    return rows[0] if rows else {}
