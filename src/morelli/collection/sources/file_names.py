"""What a picture's own file name tells: title and year, and the artist where the name begins with one.

`Pictures` is a folder of pictures without folders of artists: a collection to search, audit and rid of
duplicates, of which artists are known only where the files are named after them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

from morelli.collection.names.dates import read_dates
from morelli.collection.names.people import read_person
from morelli.collection.names.text import fold_name, mend_text, name_from_folder, title_from_slug
from morelli.collection.sources.folders import sample_pictures, walk_pictures
from morelli.collection.sources.layout import DirectAddresses
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError

_SPACED = re.compile(r"(?P<artist>\D+?)\s+[-–—]\s+(?P<title>\S.*)")
"""An artist and a title parted by a hyphen between spaces: "Franz Marc - Blue Horse"."""
_SLUGGED = re.compile(r"(?P<artist>[^_\s]*[^\W\d][^_\s]*)_(?P<title>.+?)(?:\(\d+\))?")
"""The same as slugs, with the number of a further copy in brackets: "franz-marc_blue-horse-1911(1)"."""
_BRACKETED = re.compile(r"(?P<title>\S.*?)[\s_]*[(\[](?P<date>[^()\[\]]*\d{4}[^()\[\]]*)[)\]]")
_BEHIND = re.compile(
    r"(?P<title>\S.*?)(?:,\s*|\s+[-–—]\s+|\s+|_|-)(?P<date>(?:ca?\.\s*)?\d{4}(?:[-–]\d{2,4})?)"
)
_CAMERA = re.compile(
    r"(?:img|dsc[nf]?|pict?|scan|image|photo|picture|file|untitled|screen|page|p|wa|mvi|pxl|dji|whatsapp)?"
    r"[\W_]*(?:[a-z]{0,2}\d|[0-9a-f]{8})[\W\d_a-f]*",
    re.IGNORECASE,
)
"""What cameras and scanners call their files: no title."""
_MIN_LETTERS = 3  # of a title
_MIN_SHARE = 0.8


@dataclass(frozen=True)
class _FileName:
    artist: str | None = None  # as it stands there; whether it is one is for the folder to say
    title: str | None = None
    dates: dict[str, Any] | None = None


def describe_file(path: Path, *, artist: str | None = None) -> dict[str, Any]:
    """Return title and years that a file's name tells, as fields of `Work`.

    In the folder of an artist, what stands before the title must be words of that artist's name, and a title
    alone must end with a year: such files are often called anything.

    >>> describe_file(Path("franz-marc_blue-horse-1911.jpg"), artist="Franz Marc")["title"]
    'Blue horse'
    """
    found = _part_name(path.stem)
    if artist is not None:
        if found.artist is None:
            found = found if found.dates else _FileName()
        elif not set(_split_words(found.artist)) <= set(fold_name(artist).split()):
            whole = _part_title(path.stem)
            found = whole if whole.dates else _FileName()
    return {"title": found.title, **(found.dates or {})}


def _part_name(stem: str) -> _FileName:
    """Return artist, title and dates of a file name; an artist only where a title stands behind."""
    stem = mend_text(stem)
    for form in (_SPACED, _SLUGGED):
        match = form.fullmatch(stem)
        if match and (form is _SPACED or match["artist"] == match["artist"].lower()):
            behind = _part_title(match["title"])
            if behind.title or behind.dates:
                return _FileName(match["artist"], behind.title, behind.dates)
    return _part_title(stem)


def _part_title(text: str) -> _FileName:
    text = mend_text(text)
    if _CAMERA.fullmatch(text):
        return _FileName()
    dates: dict[str, Any] | None = None
    for form in (_BRACKETED, _BEHIND):
        match = form.fullmatch(text)
        read = asdict(read_dates(match["date"])) if match else {}
        if match and any(read.values()):
            text, dates = match["title"], read
            break
    if _CAMERA.fullmatch(text) or sum(map(str.isalpha, text)) < _MIN_LETTERS:
        return _FileName()
    is_slug = " " not in text and (text == text.lower() or "_" in text)
    title, year = title_from_slug(text) if is_slug else (" ".join(text.split()), None)
    if dates is None and year is not None:
        dates = asdict(read_dates(str(year)))
    return _FileName(None, title, dates)


def _split_words(text: str) -> list[str]:
    return fold_name(text.replace("-", " ").replace("_", " ")).split()


@dataclass(frozen=True)
class Pictures(DirectAddresses):
    """A folder of pictures: a collection without artists, unless its files are named after them."""

    name: ClassVar[str] = "pictures"

    source: Path
    reason: str
    names_artists: bool = False

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> Pictures:
        """Fit a folder in which pictures lie and, unless forced, none lie in folders below."""
        pictures = sample_pictures(source) if source.is_dir() else []
        n_beside = sum(path.parent == source for path in pictures)
        if not pictures or (n_beside < len(pictures) and not is_forced):
            raise LayoutError(
                source,
                expected="a folder of pictures, and none in folders below",
                found=f"{n_beside} pictures there and {len(pictures) - n_beside} in folders below",
                remedy="give the folder of the pictures, or add --layout pictures",
            )
        found = [artist for path in pictures if (artist := _part_name(path.stem).artist)]
        n_full = sum(len(_split_words(artist)) > 1 for artist in found)
        returns = len({fold_name(artist) for artist in found}) < len(found)
        is_named = len(found) >= _MIN_SHARE * len(pictures) and (2 * n_full > len(found) or returns)
        reason = f"{len(pictures)} pictures lie in it"
        reason += ", named artist and title" if is_named else ", without artists"
        return cls(source, reason, is_named)

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works sorted by file, and a `Skip` for whatever is no picture."""
        for found in walk_pictures(self.source):
            yield found if isinstance(found, Skip) else self._describe(found)

    def _describe(self, path: Path) -> Work:
        artist = _part_name(path.stem).artist if self.names_artists else None
        if artist is None:
            whole = _part_title(path.stem)
            return Work(path, title=whole.title, **(whole.dates or {}))
        person = read_person(name_from_folder(artist.strip()))
        return Work(
            path,
            artist=person.name,
            qualifier=person.qualifier,
            artist_dates=person.dates,
            school=None if person.name else person.note,
            **describe_file(path),
        )
