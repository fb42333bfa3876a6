"""The works that are asked about: named by file or by work id, and read as vectors."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from morelli.collection.names.text import fold_name
from morelli.collection.reading import CHANGED, FILE_FACTS, ID_DIGITS, has_changed
from morelli.collection.sources.folders import walk_pictures
from morelli.collection.work import Skip
from morelli.errors import PictureError, UsageError
from morelli.gallery import Gallery

Names = str | Path | Sequence[str | Path]
"""A work or several, each by its file or by its id in a gallery."""

_Float = NDArray[np.float32]

_COMPARED = re.compile(r"(\w+)\s*(?:=+|i?like|in)\s*\(?\s*'((?:[^']|'')*)'", re.IGNORECASE)
"""A column and the text that it is compared with, in an SQL condition."""
_NEAR = 70  # of 100: how alike a value is that may have been meant


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


def check_query(gallery: Gallery, query: str, where: str | None) -> None:
    """Refuse a text that is neither a file nor an id, naming a work by an artist or with a title like it.

    Refuse a condition that no work fulfils, with the nearest values of the columns that it names.
    """
    _check_where(gallery, where)
    if is_work_id(query) or Path(query).exists() or Path(query).suffix or len(Path(query).parts) > 1:
        return
    works = gallery.works().select("id", "artist", "title")
    found = _find_likely(works, query)
    raise PictureError(
        query,
        expected="a picture, or the id of a work",
        found="neither",
        remedy="name a file or an id" + (f"; {found}" if found else ""),
    )


def _find_likely(works: pl.DataFrame, query: str) -> str:
    """Return a clause on a work whose artist or title holds a text, or whose artist is spelled nearly so."""
    wanted = fold_name(query)
    for field in ("artist", "title"):
        for work_id, text in works.select("id", field).drop_nulls().iter_rows():
            if wanted and wanted in fold_name(text):
                return f"a work whose {field} is {text!r} is {work_id}"
    near = _find_near(works["artist"], query)
    if not near:
        return ""
    return f"a work whose artist is {near[0]!r} is {works.filter(pl.col('artist') == near[0])['id'][0]}"


def _check_where(gallery: Gallery, where: str | None) -> None:
    if where is None or gallery.list_ids(where):
        return
    works, told = gallery.works(), []
    for column, text in _COMPARED.findall(where):
        if works.schema.get(column.lower()) == pl.String:
            near = _find_near(works[column.lower()], text.replace("''", "'").strip("%"))
            told += [f"{column.lower()} is {' or '.join(map(repr, near))} of some"] if near else []
    raise UsageError(
        f"--where {where}",
        expected="a condition that some works fulfil",
        found="one that none does",
        remedy=", ".join(told) or "look at the artists with 'morelli info GALLERY --artists'",
    )


def _find_near(values: pl.Series, text: str) -> list[str]:
    """Return up to three values that are spelled nearly like a text, the nearest first."""
    listed = values.drop_nulls().unique().sort().to_list()
    found = process.extract(text, listed, scorer=fuzz.ratio, processor=fold_name, limit=3, score_cutoff=_NEAR)
    return [value for value, _, _ in found]


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
