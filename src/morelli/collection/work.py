"""One work, as a source describes it and as its picture is found: the noun that everything else is about.

A source yields `Work` records; reading their pictures turns each into a `CollectedWork`, which a gallery can
store, or into a `Skip` with its reason. Their table has the columns of `WORKS_SCHEMA`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

import polars as pl

from morelli.collection.names.text import fold_name
from morelli.errors import MorelliError, SourceError

LABEL_SEPARATOR = "|"
"""Joins several labels of one work in `style` and `genre`, as the Met's open data does in all its columns."""


@dataclass(frozen=True)
class Work:
    """One work as its source describes it, before its picture is opened; None: not known.

    Labels are text after mending; several styles, genres, schools or themes are joined by ``|``.
    """

    path: Path | None  # None while only the address is known
    artist: str | None = None
    title: str | None = None
    year: int | None = None  # CE, when it was made; of a span the first, of a century none
    year_from: int | None = None  # CE, the first year in which it may have been made
    year_to: int | None = None  # CE, the last such year
    style: str | None = None
    genre: str | None = None
    qualifier: str | None = None  # what stands between a name and an autograph work: "workshop of", "after"
    licence: str | None = None
    school: str | None = None
    theme: str | None = None
    medium: str | None = None
    classification: str | None = None
    artist_ids: str | None = None  # elsewhere, as ``ulan:500115588|wikidata:Q5598``
    artist_dates: str | None = None  # as the source has them, such as "1840-1926"
    address: str | None = None  # of the picture; what it leads to, the layout's `locate` knows
    source: str | None = None  # whose record this is, such as a museum; None: the source that is collected
    source_id: str | None = None  # the record's own number there
    part: str | None = None  # of the source's own split: "train", "val" or "test"

    def __post_init__(self) -> None:
        """Take one year for a range of one, where no range is given."""
        if self.year is not None and self.year_from is None and self.year_to is None:
            object.__setattr__(self, "year_from", self.year)
            object.__setattr__(self, "year_to", self.year)

    @property
    def place(self) -> str:
        """What to call it in a report: its file, else its address, else its number in the source."""
        return str(self.path or self.address or self.source_id)


@dataclass(frozen=True)
class Skip:
    """A file or row that was left out, and why."""

    path: str  # the file, or ``table.csv:row 12`` for a row without one
    reason: str  # a sentence a person can act on

    @classmethod
    def of_fault(cls, path: object, fault: MorelliError) -> Self:
        """Return what was left out because of an error, with what that says."""
        return cls(str(path), f"expected {fault.expected}, found {fault.found}")


@dataclass(frozen=True)
class CollectedWork:
    """A work whose picture was opened once and found whole."""

    work: Work
    id: str  # the first 16 digits of `content_hash`: the same bytes are the same work
    content_hash: str  # SHA-256 of the file, 64 hexadecimal digits
    phash: str  # perceptual hash, 64 bits as 16 hexadecimal digits; so is `dhash`
    dhash: str
    width: int  # pixels as a viewer shows it, after EXIF rotation; so is `height`
    height: int
    format: str  # Pillow's name of the file format, such as "JPEG"
    size_bytes: int  # with `mtime_ns` this recognises an unchanged file without reading it
    mtime_ns: int
    group_id: str | None = None  # by an audit: works that show the same painting share one
    flags: str | None = None  # by an audit: doubts about the picture, such as "blurred|frame"

    @property
    def path(self) -> Path:
        """Where the picture is."""
        assert self.work.path is not None  # noqa: S101  a picture that was opened has a file
        return self.work.path


_WORK_COLUMNS = tuple(field.name for field in fields(Work) if field.name != "path")
_FILE_COLUMNS = tuple(field.name for field in fields(CollectedWork) if field.name != "work")
_UNITED_COLUMNS = ("style", "genre", "school", "theme")
"""Labels of which one work may have several; of the others the first that is known stands."""

_NUMBERS = {
    **dict.fromkeys(("year", "year_from", "year_to", "width", "height"), pl.Int32()),
    **dict.fromkeys(("size_bytes", "mtime_ns"), pl.Int64()),
}
WORKS_SCHEMA = pl.Schema(
    {name: _NUMBERS.get(name, pl.String()) for name in ("id", "path", *_WORK_COLUMNS, *_FILE_COLUMNS[1:])}
)
"""Columns and types of a collection's table; what each means is told by `Work` and `CollectedWork`."""


def works_frame(works: Sequence[CollectedWork]) -> pl.DataFrame:
    """Return works as a table of `WORKS_SCHEMA`, one row each in the order given."""
    return pl.DataFrame([_flatten_work(work) for work in works], schema=WORKS_SCHEMA, orient="row")


def works_from_frame(frame: pl.DataFrame) -> list[CollectedWork]:
    """Return the works of a table, the inverse of `works_frame`; a missing column is refused."""
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
    """Return the first of two works with the same content, with what only the second knows and all labels.

    A `Skip` of the second when both name an artist, or a qualifier, and the two differ (accents, case and
    punctuation aside).
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

    >>> unite_labels("Rococo|Baroque", "Baroque")
    'Baroque|Rococo'
    """
    labels = {label for text in (first, second) if text for label in text.split(LABEL_SEPARATOR) if label}
    return LABEL_SEPARATOR.join(sorted(labels)) or None


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
