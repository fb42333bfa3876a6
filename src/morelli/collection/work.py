"""The noun that everything else is about: one work, as a source describes it.

A source yields `Work` records; reading their pictures turns each into a `CollectedWork`, which a gallery can
store, or into a `Skip` with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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
