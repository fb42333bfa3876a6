"""The works that are asked about: named by file or by work id, and read as vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from morelli.collection.reading import CHANGED, FILE_FACTS, ID_DIGITS, has_changed
from morelli.collection.sources.folders import walk_pictures
from morelli.collection.work import Skip
from morelli.errors import PictureError
from morelli.gallery import Gallery

Names = str | Path | Sequence[str | Path]
"""A work or several, each by its file or by its id in a gallery."""

_Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Queries:
    """Works that were asked about, as vectors."""

    names: tuple[str, ...]  # as they were given
    ids: tuple[str, ...]
    vectors: _Float  # (q, d)
    skips: tuple[Skip, ...]  # pictures that cannot be used
    doubts: tuple[tuple[str, ...], ...] = ()  # (q,) clauses on what stands against an answer about each


@dataclass(frozen=True, eq=False)
class SideWork:
    """One work of a side of a comparison."""

    vector: _Float  # (d,)
    crops: _Float | None  # (k, d); None without a file
    source: str | None
    doubts: tuple[str, ...]


def list_names(works: Names) -> list[str]:
    """Return the name of each work as a text.

    >>> list_names("a.jpg"), list_names(["a.jpg", Path("b.jpg")])
    (['a.jpg'], ['a.jpg', 'b.jpg'])
    """
    return [str(works)] if isinstance(works, str | Path) else [str(name) for name in works]


def open_folders(names: Sequence[str]) -> tuple[list[str], list[Skip]]:
    """Return works with each folder replaced by the pictures below it, sorted; and what of it is none.

    Raises `PictureError` where no picture is left.
    """
    found = list(_open_folders(names))
    pictures = [name for name in found if isinstance(name, str)]
    if not pictures:
        raise PictureError(
            names[0] if names else "pictures",
            expected="pictures",
            found="a folder without any" if names else "none",
            remedy="name pictures, or a folder of them",
        )
    return pictures, [skip for skip in found if isinstance(skip, Skip)]


def _open_folders(names: Sequence[str]) -> Iterator[str | Skip]:
    for name in names:
        if Path(name).is_dir():
            yield from (str(one) if isinstance(one, Path) else one for one in walk_pictures(Path(name)))
        else:
            yield name


def locate_work(name: str, row: Mapping[str, Any]) -> Path:
    """Return the file of a work's row; `PictureError` when it is no longer the one that was collected."""
    path = Path(row["path"])
    if has_changed(path, *(row[key] for key in FILE_FACTS)):
        raise PictureError(
            path,
            expected=f"the picture that was collected as {name}",
            found=CHANGED,
            remedy="run 'morelli collect' again",
        )
    return path


def is_work_id(name: str) -> bool:
    """Say whether a text is a work id and not a file."""
    is_hex = len(name) == ID_DIGITS and set(name) <= set("0123456789abcdef")
    return is_hex and not Path(name).exists()


def identify_work(name: str) -> str:
    """Return the id of a work, or the one that a picture has or would have."""
    return name if is_work_id(name) else _identify_picture(Path(name))


def _identify_picture(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:ID_DIGITS]


def read_labels(gallery: Gallery | None, names: Sequence[str]) -> list[tuple[int | None, str | None]]:
    """Return year and style of works by id or file, where a gallery has them."""
    if gallery is None:
        return [(None, None)] * len(names)
    found = []
    for name in names:
        rows = gallery.works(f"id = '{identify_work(name)}'").select("year", "style").rows()
        found.append(rows[0] if rows else (None, None))
    return found


def entitle_work(gallery: Gallery | None, name: str, path: Path) -> str:
    """Return what a work is called: artist and title where a gallery has them, else its file."""
    if gallery is None:
        return path.name
    works = gallery.works(f"id = '{identify_work(name)}'")
    row = works.row(0, named=True) if len(works) else {}
    return ", ".join(filter(None, (row.get("artist"), row.get("title")))) or path.name
