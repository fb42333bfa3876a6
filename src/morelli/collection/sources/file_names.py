"""What a picture's own file name tells: title and year, and the artist where the name begins with one.

Of a folder without folders of artists (`folder_names.Pictures`) and of the files in an artist's folder.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from morelli.collection.names.dates import read_dates
from morelli.collection.names.text import fold_name, mend_text, title_from_slug

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


@dataclass(frozen=True)
class FileName:
    """What a file's name seems to say."""

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
    found = part_name(path.stem)
    if artist is not None:
        if found.artist is None:
            found = found if found.dates else FileName()
        elif not set(split_words(found.artist)) <= set(fold_name(artist).split()):
            whole = part_title(path.stem)
            found = whole if whole.dates else FileName()
    return {"title": found.title, **(found.dates or {})}


def part_name(stem: str) -> FileName:
    """Return artist, title and dates of a file name; an artist only where a title stands behind."""
    stem = mend_text(stem)
    for form in (_SPACED, _SLUGGED):
        match = form.fullmatch(stem)
        if match and (form is _SPACED or match["artist"] == match["artist"].lower()):
            behind = part_title(match["title"])
            if behind.title or behind.dates:
                return FileName(match["artist"], behind.title, behind.dates)
    return part_title(stem)


def part_title(text: str) -> FileName:
    """Return title and dates of a file name; none of what cameras and scanners call their files."""
    text = mend_text(text)
    if _CAMERA.fullmatch(text):
        return FileName()
    dates: dict[str, Any] | None = None
    for form in (_BRACKETED, _BEHIND):
        match = form.fullmatch(text)
        read = asdict(read_dates(match["date"])) if match else {}
        if match and any(read.values()):
            text, dates = match["title"], read
            break
    if _CAMERA.fullmatch(text) or sum(map(str.isalpha, text)) < _MIN_LETTERS:
        return FileName()
    is_slug = " " not in text and (text == text.lower() or "_" in text)
    title, year = title_from_slug(text) if is_slug else (" ".join(text.split()), None)
    if dates is None and year is not None:
        dates = asdict(read_dates(str(year)))
    return FileName(None, title, dates)


def split_words(text: str) -> list[str]:
    """Return the words of a name or slug, without case and accents."""
    return fold_name(text.replace("-", " ").replace("_", " ")).split()
