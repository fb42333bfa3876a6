"""The catalogue of the Web Gallery of Art, ``catalog.csv``: pages there, pictures a step aside.

``https://www.wga.hu/html/a/aachen/adonis.html`` shows ``https://www.wga.hu/art/a/aachen/adonis.jpg``. Names
are filed by surname, in capitals; those without a comma are in the order in which they are spoken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import ClassVar

from morelli.collection.names.catalogue import lower_capitals
from morelli.collection.names.dates import read_dates
from morelli.collection.names.nobody import is_people
from morelli.collection.names.people import Person, read_person
from morelli.collection.names.text import mend_text
from morelli.collection.sources.fields import read_cell, split_cell
from morelli.collection.sources.layout import DirectAddresses
from morelli.collection.sources.readers import read_rows, require_columns
from morelli.collection.sources.tables.records import Row
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError

_TABLES = ("catalog.csv", "catalog.xlsx", "catalog.xls")
_COLUMNS = {
    "artist": ("author",), "dates": ("born_died",), "title": ("title",), "year": ("date",),
    "medium": ("technique",), "url": ("url",), "form": ("form",), "type": ("type",), "school": ("school",),
    "time": ("timeframe", "timeline", "time_frame", "time_line"),
}  # fmt: skip
_NEEDED = ("artist", "dates", "url", "form", "type")

_PAGE = re.compile(r"(?P<host>https?://[^/]+)/html(?:_\w+)?/(?P<place>.+?)\.html?(?:[?#].*)?", re.IGNORECASE)
_PICTURE = re.compile(r"https?://[^/]+/(?:art|detail)/(?P<place>.+)\.jpe?g", re.IGNORECASE)
_YEAR = r"((?:ca?\.\s*|about\s+|before\s+|after\s+|early\s+|late\s+)?\d{3,4}(?:s|/\d+)?)"
_BORN, _DIED = (re.compile(rf"\b{sign}\.\s*{_YEAR}", re.IGNORECASE) for sign in "bd")
_INITIALS = re.compile(r"(?:[A-Z]\.){1,3}|[A-Z]{1,2}|[IVX]+")


@dataclass(frozen=True)
class WebGalleryOfArt(DirectAddresses):
    """The gallery's table, and its pictures where they lie beside it in ``art/``."""

    name: ClassVar[str] = "web-gallery-of-art"

    source: Path
    reason: str
    columns: dict[str, str] = field(repr=False, hash=False)

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> WebGalleryOfArt:
        """Fit the table under any name, or a folder that holds it under the gallery's."""
        table = source
        if source.is_dir():
            tables = (path for path in sorted(source.iterdir()) if path.name.lower() in _TABLES)
            table = next(tables, source)
        if not table.is_file():
            raise LayoutError(
                source,
                expected="the catalogue of the Web Gallery of Art, " + " or ".join(_TABLES),
                found="none of that name",
                remedy="download it from www.wga.hu and unpack it there",
            )
        columns = require_columns(table, _COLUMNS, _NEEDED)
        return cls(table, f"{table.name!r} has the columns of the Web Gallery of Art", columns)

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works in the order of the rows, and a `Skip` for each without the address of a page."""
        for row in read_rows(self.source, list(self.columns.values())):
            yield row if isinstance(row, Skip) else self._read_work(row)

    def _read_work(self, row: Row) -> Work | Skip:
        texts = {key: read_cell(row.values.get(column)) for key, column in self.columns.items()}
        url = texts.get("url") or ""
        match = _PAGE.fullmatch(url) or _PICTURE.fullmatch(url)
        if match is None:
            place = f"{self.source}:row {row.number}"
            return Skip(place, f"expected the address of a page of the gallery, found {url or 'none'}")
        beside = self.source.parent / "art" / f"{match['place']}.jpg"
        host = match.groupdict().get("host")
        person = _read_author(texts.get("artist"))
        return Work(
            beside if beside.is_file() else None,
            artist=person.name,
            qualifier=person.qualifier,
            artist_dates=_read_life(texts.get("dates")) or person.dates,
            title=texts.get("title"),
            **asdict(read_dates(texts.get("year"))),
            medium=texts.get("medium"),
            classification=texts.get("form"),
            genre=split_cell(texts.get("type"), is_free=True),
            school=texts.get("school"),
            address=f"{host}/art/{match['place']}.jpg" if host else url,
            source_id=match["place"],
        )


def _read_author(text: str | None) -> Person:
    """Return who is filed under a heading: "AACHEN, Hans von", "LEONARDO da Vinci".

    >>> _read_author("REMBRANDT Harmenszoon van Rijn").name
    'Rembrandt Harmenszoon van Rijn'
    """
    text = mend_text(text or "")
    if "," not in text:
        return read_person(_lower(text), is_forward=True)
    if is_people(given := text.partition(",")[2].strip(), is_filed=True):
        return Person(None, note=given)  # "TAPESTRY WEAVER, Flemish"
    person = read_person(text)
    if person.name is None or "," not in person.name:
        return person
    family, _, given = person.name.partition(",")
    return Person(f"{given.strip()} {_lower(family)}", person.qualifier, person.dates, person.note)


def _lower(text: str) -> str:
    """Return a heading's capitals as names are written; initials and Roman numbers stay."""
    words = [_lower_word(word) if word.isupper() else word for word in text.split()]
    name = " ".join(words)
    return name[:1].upper() + name[1:]


def _lower_word(word: str) -> str:
    lowered = lower_capitals(word)
    return word if _INITIALS.fullmatch(word) and not lowered.islower() else lowered


def _read_life(text: str | None) -> str | None:
    """Return the years in "(b. 1552, Köln, d. 1615, Praha)", or what stands there in their place."""
    told = (text or "").strip().removeprefix("(").removesuffix(")").strip()
    born, died = (match[1] if (match := form.search(told)) else None for form in (_BORN, _DIED))
    if born and died:
        return f"{born}-{died}"
    if born or died:
        return f"born {born}" if born else f"died {died}"
    return told or None
