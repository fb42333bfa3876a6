"""The noun that everything else is about: one work, as a source describes it.

A source yields `Work` records; reading their pictures turns each into a `CollectedWork`, which a gallery can
store, or into a `Skip` with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import polars as pl

from morelli.collection.names.text import fold_name
from morelli.errors import SourceError

LABEL_SEPARATOR = "|"
"""Joins several labels of one work in `style` and `genre`, as the Met's open data does in all its columns."""


@dataclass(frozen=True)
class Work:
    """One work as its source describes it, before its picture is opened.

    Parameters
    ----------
    path
        Where the picture is; None while only its address is known.
    artist
        The artist's name, or None when it is not known.
    title, style, genre, qualifier, licence
        Text as the source gives it after mending, or None. Several styles or genres are joined by ``|``.
        A qualifier is what stands between a name and an autograph work: "workshop of", "after".
    year
        The year it was made, CE, or None.
    school, theme, medium, classification
        Further labels: "Dutch", "still life", "oil on canvas", "Painting". Several are joined by ``|``.
    artist_ids
        Who the artist is elsewhere, as ``ulan:500115588|wikidata:Q5598``.
    artist_dates
        The artist's dates as the source has them, such as "1840-1926".
    address
        Where the picture can be fetched, or None. What it leads to, the layout's `locate` knows.
    source
        Whose record this is, such as a museum; None: the source that is collected.
    source_id
        The record's own number there.
    part
        The part of the source's own split it belongs to: "train", "val" or "test".
    """

    path: Path | None
    artist: str | None = None
    title: str | None = None
    year: int | None = None
    style: str | None = None
    genre: str | None = None
    qualifier: str | None = None
    licence: str | None = None
    school: str | None = None
    theme: str | None = None
    medium: str | None = None
    classification: str | None = None
    artist_ids: str | None = None
    artist_dates: str | None = None
    address: str | None = None
    source: str | None = None
    source_id: str | None = None
    part: str | None = None

    @property
    def place(self) -> str:
        """What to call it in a report: its file, else its address, else its number in the source."""
        return str(self.path or self.address or self.source_id)


@dataclass(frozen=True)
class Skip:
    """A file or row that was left out, and why.

    Parameters
    ----------
    path
        The file, or ``table.csv:row 12`` for a row without one.
    reason
        A sentence a person can act on.
    """

    path: str
    reason: str


@dataclass(frozen=True)
class CollectedWork:
    """A work whose picture was opened once and found whole.

    Parameters
    ----------
    work
        What the source says.
    id
        The first 16 hexadecimal digits of `content_hash`: the same bytes are the same work, wherever they
        lie.
    content_hash
        SHA-256 of the file, 64 hexadecimal digits.
    phash, dhash
        Perceptual hashes of the picture, 64 bits as 16 hexadecimal digits each.
    width, height
        Size in pixels as a viewer shows it (after EXIF rotation).
    format
        Pillow's name of the file format, such as "JPEG".
    size_bytes, mtime_ns
        The file's size and time of change, by which an unchanged file is recognised without reading it.
    group_id
        What an audit found: works that show the same painting share one. None: alone, or not audited.
    flags
        What an audit found: names of doubts about the picture, joined by ``|``, such as "blurred|frame".
    """

    work: Work
    id: str
    content_hash: str
    phash: str
    dhash: str
    width: int
    height: int
    format: str
    size_bytes: int
    mtime_ns: int
    group_id: str | None = None
    flags: str | None = None

    @property
    def path(self) -> Path:
        """Where the picture is."""
        assert self.work.path is not None  # noqa: S101  a picture that was opened has a file
        return self.work.path


# The table of a collection: one row per work in a fixed schema, and what happens when a work comes twice.

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


def _unite_works(works: Iterable[CollectedWork]) -> UnitedWorks:
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
