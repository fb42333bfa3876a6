"""The table of a collection: one row per work in a fixed schema, and what happens when a work comes twice.

`works_frame` is what the gallery stores. The same bytes are the same work: under one artist their labels are
united, under two they are a conflict that a person must settle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import polars as pl

from morelli.collection.names import fold_name
from morelli.collection.work import LABEL_SEPARATOR, CollectedWork, Skip, Work
from morelli.errors import SourceError

WORKS_SCHEMA = pl.Schema(
    {
        "id": pl.String(),
        "path": pl.String(),
        "artist": pl.String(),
        "title": pl.String(),
        "year": pl.Int32(),
        "style": pl.String(),
        "genre": pl.String(),
        "qualifier": pl.String(),
        "licence": pl.String(),
        "school": pl.String(),
        "theme": pl.String(),
        "medium": pl.String(),
        "classification": pl.String(),
        "artist_ids": pl.String(),
        "artist_dates": pl.String(),
        "address": pl.String(),
        "source": pl.String(),
        "source_id": pl.String(),
        "part": pl.String(),
        "content_hash": pl.String(),
        "phash": pl.String(),
        "dhash": pl.String(),
        "width": pl.Int32(),
        "height": pl.Int32(),
        "format": pl.String(),
        "size_bytes": pl.Int64(),
        "mtime_ns": pl.Int64(),
        "group_id": pl.String(),
        "flags": pl.String(),
    }
)
"""Columns and types of a collection's table; what each means is told by `Work` and `CollectedWork`."""

_WORK_COLUMNS = tuple(field.name for field in fields(Work) if field.name != "path")
_UNITED_COLUMNS = ("style", "genre", "school", "theme")
"""Labels of which one work may have several; of the others the first that is known stands."""
_FILE_COLUMNS = (
    "id", "content_hash", "phash", "dhash", "width", "height", "format", "size_bytes", "mtime_ns", "group_id",
    "flags",
)  # fmt: skip


@dataclass(frozen=True)
class UnitedWorks:
    """Works after those with the same content were united.

    Parameters
    ----------
    works
        Each content once, in the order of its first coming.
    conflicts
        A `Skip` for each work that repeats the content of another under another artist or qualifier.
    """

    works: tuple[CollectedWork, ...]
    conflicts: tuple[Skip, ...]


def works_frame(works: Sequence[CollectedWork]) -> pl.DataFrame:
    """Return works as a table, one row each in the order given.

    Returns
    -------
    frame
        n rows of `WORKS_SCHEMA`; what is not known is null.

    Examples
    --------
    >>> works_frame([]).shape
    (0, 29)
    """
    return pl.DataFrame([_flatten_work(work) for work in works], schema=WORKS_SCHEMA, orient="row")


def works_from_frame(frame: pl.DataFrame) -> list[CollectedWork]:
    """Return the works of a table, the inverse of `works_frame`.

    Parameters
    ----------
    frame
        Any table with at least the columns of `WORKS_SCHEMA`, in any order.

    Raises
    ------
    SourceError
        When a column is missing.
    """
    missing = [column for column in WORKS_SCHEMA if column not in frame.columns]
    if missing:
        raise SourceError(
            "table of works",
            expected="the columns " + ", ".join(WORKS_SCHEMA),
            found="none named " + ", ".join(missing),
            remedy="collect the source again",
        )
    return [_build_work(row) for row in frame.iter_rows(named=True)]


def merge_labels(known: CollectedWork, new: CollectedWork) -> CollectedWork | Skip:
    """Return one work for two with the same content, or the conflict between them.

    Parameters
    ----------
    known
        The work that came first. Its path stays, and its title, year and licence where it has them.
    new
        The work with the same `content_hash` that came later. It fills in what the other lacks, and its
        styles and genres are added: each label once, sorted, joined by ``|``.

    Returns
    -------
    merged
        A work; or a `Skip` of the new one when both name an artist, or a qualifier, and the two differ.
        Accents, case and punctuation make no difference.
    """
    for label in ("artist", "qualifier"):
        first, second = getattr(known.work, label), getattr(new.work, label)
        if first is not None and second is not None and fold_name(first) != fold_name(second):
            return _describe_conflict(known, new, label)
    return replace(known, work=keep_labels(known.work, new.work))


def keep_labels(first: Work, second: Work) -> Work:
    """Return the first work with what only the second knows, and the labels of both."""
    values = {name: getattr(first, name) for name in _WORK_COLUMNS}
    values |= {name: getattr(second, name) for name, value in values.items() if value is None}
    values |= {name: unite_labels(getattr(first, name), getattr(second, name)) for name in _UNITED_COLUMNS}
    return Work(first.path, **values)


def unite_labels(first: str | None, second: str | None) -> str | None:
    """Return the labels of two texts, each once, sorted and joined by ``|``; None when there are none.

    Examples
    --------
    >>> unite_labels("Rococo|Baroque", "Baroque")
    'Baroque|Rococo'
    """
    labels = {label for text in (first, second) if text for label in text.split(LABEL_SEPARATOR) if label}
    return LABEL_SEPARATOR.join(sorted(labels)) or None


def unite_works(works: Iterable[CollectedWork]) -> UnitedWorks:
    """Return works with each content once, labels united by `merge_labels`."""
    united: dict[str, CollectedWork] = {}
    conflicts: list[Skip] = []
    for work in works:
        known = united.get(work.content_hash)
        merged = work if known is None else merge_labels(known, work)
        if isinstance(merged, Skip):
            conflicts.append(merged)
        else:
            united[work.content_hash] = merged
    return UnitedWorks(tuple(united.values()), tuple(conflicts))


def _describe_conflict(known: CollectedWork, new: CollectedWork, label: str) -> Skip:
    first, second = getattr(known.work, label), getattr(new.work, label)
    return Skip(
        str(new.path),
        f"expected one {label} for one picture, found {second!r} here and {first!r} for the same file at "
        f"{known.path}, which was kept",
    )


def _flatten_work(work: CollectedWork) -> dict[str, object]:
    values = {column: getattr(work.work, column) for column in _WORK_COLUMNS}
    values |= {column: getattr(work, column) for column in _FILE_COLUMNS}
    return values | {"path": str(work.path)}


def _build_work(row: Mapping[str, Any]) -> CollectedWork:
    work = Work(Path(row["path"]), **{column: row[column] for column in _WORK_COLUMNS})
    return CollectedWork(work, **{column: row[column] for column in _FILE_COLUMNS})
