"""The open data of the National Gallery of Art, Washington: tables that name artists, terms and images.

``objects.csv``, ``published_images.csv``, ``constituents.csv``, ``objects_constituents.csv`` and
``objects_terms.csv``, as the museum publishes them. The pictures are fetched from its image service, or lie
in a folder ``images``.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from morelli.collection.names import fold_name, year_from_text
from morelli.collection.people import Person, read_person
from morelli.collection.sources.addresses import DirectAddresses
from morelli.collection.sources.folders import walk_pictures
from morelli.collection.sources.git_lfs import is_pointer
from morelli.collection.sources.labels import clean_text, join_ids, read_credit, read_year
from morelli.collection.sources.national_gallery_tables import NEEDED, OBJECTS, check_columns, read_records
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError

_log = logging.getLogger(__name__)

SOURCE = "National Gallery of Art"

NO_PRIMARY_IMAGE = "expected a published primary image, found none"
"""The reason of every `Skip` for an object that the museum shows no primary view of."""

SIZE = "!600,600"
"""What is asked of the image service: the whole picture within 600 x 600 pixels."""

TABLES_BELOW = "data"
"""The folder of the museum's repository in which the tables lie."""

PICTURES_BELOW = "images"

_PERIOD = re.compile(r"\d(st|nd|rd|th)\b.*\bcentury\b", re.IGNORECASE)
"""Names such as "Italian 17th/18th century" name nobody, whatever type the museum gives them."""

_Record = Mapping[str, Any]


@dataclass(frozen=True)
class NationalGallery(DirectAddresses):
    """A source of the tables that the National Gallery of Art publishes.

    Parameters
    ----------
    source
        The folder that holds the tables.
    reason
        Why this layout was taken, a sentence without a full stop.
    pictures
        A folder of pictures named after objectid or uuid, or None.
    """

    name: ClassVar[str] = "national-gallery"

    source: Path
    reason: str
    pictures: Path | None = None

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> NationalGallery:
        """Return the layout when it fits a source.

        Parameters
        ----------
        source
            A folder with the four needed tables, or with them in its folder ``data``.
        is_forced
            Whether the user asked for it; this layout needs the same either way.

        Raises
        ------
        LayoutError
            When a table is missing.
        SourceError
            When a table lacks a column. Git LFS pointers pass; reading tells what to do about them.
        """
        tables = find_tables(source)
        for spec in NEEDED:
            if not is_pointer(tables / spec.file):
                check_columns(tables, spec)
        above = tables.parent if tables.name == TABLES_BELOW else tables
        folders = (folder / PICTURES_BELOW for folder in (source, tables, above))
        pictures = next((folder for folder in folders if folder.is_dir()), None)
        files = ", ".join(spec.file for spec in NEEDED)
        return cls(tables, f"it holds {files} with the columns of the museum's open data", pictures)

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works in the order of ``objects.csv``, and a `Skip` for each object without an image.

        Last comes a `Skip` for each file in the folder of pictures that belongs to no object.

        Raises
        ------
        SourceError
            When a table cannot be read, or is a Git LFS pointer.
        """
        records = read_records(self.source)
        files, skips = _list_pictures(self.pictures)
        n_left_out = 0
        for record in records.iter_rows(named=True):
            entry = self._read_record(record, files)
            if isinstance(entry, Work):
                n_left_out += max(0, (record["n_artists"] or 0) - 1)
            if entry is not None:
                yield entry
        yield from skips
        yield from (
            Skip(str(path), "expected a picture of an object, found another name") for path in files.values()
        )
        if n_left_out:
            _log.info("%s: %d further artists of works by several left out", self.source, n_left_out)

    def _read_record(self, record: _Record, files: dict[str, Path]) -> Work | Skip | None:
        place = f"{self.source / OBJECTS.file}:row {record['row']}"
        number = record["objectid"]
        if number is None:
            is_blank = all(record[field] is None for field in OBJECTS.useful)
            return None if is_blank else Skip(place, "expected an objectid, found none")
        if record["is_repeat"]:
            return Skip(place, f"expected each objectid once, found {number} again")
        names = (number, record["uuid"])
        path = next((files.pop(name) for name in names if name and name.casefold() in files), None)
        if path is None and record["base"] is None:
            return Skip(place, NO_PRIMARY_IMAGE)
        return _build_work(record, path)


def find_tables(source: Path) -> Path:
    """Return the folder with the museum's tables: the source or its folder ``data``.

    Raises
    ------
    LayoutError
        When neither has all that are needed.
    """
    folders = (source, source / TABLES_BELOW)
    missing = {
        folder: [spec.file for spec in NEEDED if not (folder / spec.file).is_file()] for folder in folders
    }
    complete = next((folder for folder, names in missing.items() if not names), None)
    if complete is not None:
        return complete
    nearest = min(missing.values(), key=len)
    raise LayoutError(
        source,
        expected="the tables " + ", ".join(spec.file for spec in NEEDED),
        found="no " + ", ".join(nearest),
        remedy="give the folder that holds the museum's tables",
    )


def _list_pictures(folder: Path | None) -> tuple[dict[str, Path], list[Skip]]:
    files: dict[str, Path] = {}
    skips = []
    for found in walk_pictures(folder) if folder else ():
        if isinstance(found, Skip):
            skips.append(found)
        elif files.setdefault(found.stem.casefold(), found) is not found:
            skips.append(Skip(str(found), "expected one picture of an object, found a second of that name"))
    return files, skips


def _build_work(record: _Record, path: Path | None) -> Work:
    person = _read_artist(record)
    return Work(
        path,
        artist=person.name,
        qualifier=person.qualifier,
        title=clean_text(record["title"]),
        year=read_year(record["beginyear"]) or year_from_text(record["displaydate"]),
        style=clean_text(record["style"]),
        school=clean_text(record["school"]),
        theme=clean_text(record["theme"]),
        medium=clean_text(record["medium"]),
        classification=clean_text(record["classification"]),
        artist_ids=join_ids({"ulan": record["ulan"], "wikidata": record["wikidata"]})
        if person.name
        else None,
        artist_dates=person.dates if person.name else None,
        address=f"{record['base']}/full/{SIZE}/0/default.jpg" if record["base"] else None,
        source=SOURCE,
        source_id=clean_text(record["objectid"]),
    )


def _read_artist(record: _Record) -> Person:
    person = read_credit(record["name"], prefix=record["prefix"], suffix=record["suffix"])
    qualifier = person.qualifier
    if record["prefix"] is None and record["suffix"] is None:
        qualifier = (
            qualifier or _read_role(record["role"]) or _read_attribution(record["attribution"], person)
        )
    is_anonymous = (record["kind"] or "").casefold() == "anonymous" or _PERIOD.search(record["name"] or "")
    dates = clean_text(record["artist_dates"]) or person.dates
    return Person(None if is_anonymous else person.name, qualifier, dates)


def _read_role(role: str | None) -> str | None:
    """Read what the role "artist after" adds to being an artist."""
    words = (role or "").casefold().removeprefix("artist").strip()
    return read_person(None, prefix=words).qualifier if words else None


def _read_attribution(attribution: str | None, artist: Person) -> str | None:
    """Read the qualifier of an attribution, unless that is about somebody else."""
    stated = read_person(attribution)
    words, known = (set(fold_name(name or "").split()) for name in (stated.name, artist.name))
    return stated.qualifier if words <= known else None
