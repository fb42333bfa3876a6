"""A table of works: CSV, Parquet or JSON with one row per picture.

Columns are found by their names, or are what the user says they are.
"""

from __future__ import annotations

import logging
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from morelli.collection.names.dates import year_from_text
from morelli.collection.sources.fields import (
    join_cell,
    read_ids,
    read_part,
    read_people,
    split_cell,
)
from morelli.collection.sources.folders import is_litter, walk_pictures
from morelli.collection.sources.layout import DirectAddresses
from morelli.collection.sources.readers import TABLE_SUFFIXES, read_columns, read_rows
from morelli.collection.sources.records import Row
from morelli.collection.sources.tables.columns import find_columns, map_columns, suggest_artist
from morelli.collection.sources.tables.makers import find_qualifier, join_people
from morelli.collection.sources.tables.sheets import SHEET_SUFFIXES, find_sheet
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError, SourceError, UsageError

_log = logging.getLogger(__name__)

_PLACE_KEYS = ("path", "url", "href", "src", "uri", "link", "baseimageurl", "@id", "id", "value", "full")
_SCHEME = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]+)://")
_PLACES = ("path", "address")
_LABELS = ("style", "genre", "school", "theme", "medium", "classification")
_TEXTS = ("title", "licence", "source", "source_id")
_MAX_JSON = 10  # in a folder; more of them are records beside pictures, not tables


@dataclass(frozen=True)
class Table(DirectAddresses):
    """A source that is a table with a column of paths or of addresses.

    Relative paths start at its folder. `columns` holds the table's own column name of each field, `unused`
    the other columns.
    """

    name: ClassVar[str] = "table"

    source: Path
    reason: str
    columns: dict[str, str] = field(default_factory=dict, hash=False)
    unused: tuple[str, ...] = ()

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool, columns: Mapping[str, str] | None = None) -> Table:
        """Fit a table file, or a folder that holds exactly one with a column of paths or addresses.

        Forced, an address may also stand in a column named "url". The user's own `columns` overrule those
        found by name; a field or column that does not exist raises `UsageError`.
        """
        if source.is_dir():
            return _choose_table(source, columns or {}, is_forced=is_forced)
        if source.suffix.lower() not in TABLE_SUFFIXES:
            raise _refuse(
                source, f"a file ending in {source.suffix!r}" if source.suffix else "a file without ending"
            )
        return _fit_file(source, columns or {}, is_given=True)

    def suggest_artist(self) -> list[str]:
        """Return the columns whose names are nearest to one of an artist, where none was taken as such."""
        return [] if "artist" in self.columns else suggest_artist(self.unused)

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works in the order of the rows, and a `Skip` for each without a picture or address."""
        unknown_parts: set[str] = set()
        pictures = _Pictures(self.source.parent)
        for row in read_rows(self.source, list(self.columns.values())):
            yield row if isinstance(row, Skip) else self._read_work(row, unknown_parts, pictures)
        if unknown_parts:
            _log.warning(
                "%s: parts that are none of train, val and test were passed over: %s",
                self.source,
                ", ".join(sorted(unknown_parts)),
            )

    def _read_work(self, row: Row, unknown_parts: set[str], pictures: _Pictures) -> Work | Skip:
        place = self._find_place(row, pictures)
        if isinstance(place, Skip):
            return place
        return describe_work(place, self.columns, row.values, unknown_parts)

    def _read_cell(self, row: Row, key: str) -> object:
        return row.values.get(self.columns[key]) if key in self.columns else None

    def _find_picture(self, location: str, folder: str, pictures: _Pictures) -> Path | int:
        """Return the file at a location, in its folder where there is one; else how many lie elsewhere."""
        places = [f"{folder}/{location}", location] if folder else [location]
        exact = filter(None, (_find_file(self.source.parent, place) for place in places))
        return next(exact, None) or pictures.find(location, folder)

    def _find_place(self, row: Row, pictures: _Pictures) -> Work | Skip:
        """Return a work with its file or address, else a `Skip`."""
        number = f"{self.source}:row {row.number}"
        path: Path | int = 0
        location, address = (_read_place(self._read_cell(row, key)) for key in _PLACES)
        if _SCHEME.match(location):
            location, address = "", location
        elif location:
            path = self._find_picture(location, _read_place(self._read_cell(row, "folder")), pictures)
            if isinstance(path, Path):
                return Work(path, address=address or None)
        if match := _SCHEME.match(address):
            if match["scheme"].lower() in {"http", "https"}:
                return Work(None, address=address)
            return Skip(number, f"expected a path or an address with http(s), found {address}")
        if location:
            found = f"{path} of that name" if path else f"none at {location}"
            return Skip(number, f"expected a file, found {found}")
        if address:
            return Skip(number, f"expected an address with http(s), found {address}")
        columns = " or ".join(repr(self.columns[key]) for key in _PLACES if key in self.columns)
        return Skip(number, f"expected a path in column {columns}, found none")


def describe_work(
    place: Work, columns: Mapping[str, str], values: Mapping[str, object], unknown_parts: set[str]
) -> Work:
    """Return a work with what the columns of a row say of it; words that are no part are added to a set."""
    texts = {key: join_cell(values.get(column)) for key, column in columns.items()}
    texts["artist"] = join_people(values.get(columns.get("artist", "")))
    person = read_people(texts.get("artist"))
    part = read_part(texts.get("part"))
    if texts.get("part") and part is None:
        unknown_parts.add(str(texts["part"]))
    labels: dict[str, Any] = {key: split_cell(texts.get(key), is_free=True) for key in _LABELS}
    if person.name is None and labels["school"] is None:
        labels["school"] = person.note  # "Flemish 17th Century" is a school, though no artist
    labels |= {key: texts.get(key) for key in _TEXTS}
    return replace(
        place,
        artist=person.name,
        qualifier=find_qualifier(texts, person),
        artist_dates=texts.get("artist_dates") or person.dates,
        artist_ids=read_ids(texts),
        year=year_from_text(texts.get("year")),
        part=part,
        **labels,
    )


class _Pictures:
    """The pictures in the folders under a table, by name, for paths of the table that lead nowhere."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _by_name(self) -> dict[str, list[Path]]:
        """Paths by file name, and by file name without its ending."""
        index: dict[str, list[Path]] = {}
        for path in walk_pictures(self._folder):
            if isinstance(path, Path):
                for name in {_fold_name(path.name), _fold_name(path.stem)}:
                    index.setdefault(name, []).append(path)
        return index

    def find(self, location: str, folder: str) -> Path | int:
        """Return the one picture of this name, if need be in a folder so named; else how many there are."""
        *parents, name = (_fold_name(part) for part in re.split(r"[\\/]+", location))
        found = self._by_name.get(name, [])
        for parent in filter(None, (*reversed(parents), _fold_name(Path(folder).name))):
            nearer = [path for path in found if parent in map(_fold_name, path.parts[:-1])]
            found = nearer or found
        return found[0] if len(found) == 1 else len(found)


def _fold_name(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _read_place(value: object) -> str:
    """Return the first path or address in a cell as it is written, else nothing."""
    if isinstance(value, (list, tuple)):
        return next(filter(None, map(_read_place, value)), "")
    if isinstance(value, Mapping):
        return next(filter(None, (_read_place(value.get(key)) for key in _PLACE_KEYS)), "")
    return str(value or "").strip()


def _fit_file(source: Path, wanted: Mapping[str, str], *, is_given: bool) -> Table:
    named = list(wanted.values())
    sheet = find_sheet(source, named) if source.suffix.lower() in SHEET_SUFFIXES else None
    found = list(sheet.columns) if sheet else read_columns(source)
    columns = find_columns(found, is_given=is_given) | map_columns(found, wanted)
    for key, noun in (("path", "paths"), ("address", "addresses")):
        if key in columns:
            reason = f"it is a table with its {noun} in the column {columns[key]!r}"
            reason += sheet.place if sheet else ""
            unused = tuple(column for column in found if column not in columns.values())
            return Table(source, reason, columns, unused)
    raise _refuse(source, "the columns " + (", ".join(found) or "(none)"))


def _choose_table(folder: Path, wanted: Mapping[str, str], *, is_forced: bool) -> Table:
    files = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in TABLE_SUFFIXES]
    files = [path for path in files if path.is_file() and not is_litter(path.name)]
    if sum(path.suffix.lower() == ".json" for path in files) > _MAX_JSON:
        files = [path for path in files if path.suffix.lower() != ".json"]
    if len(files) == 1 and wanted:
        return _fit_file(files[0], wanted, is_given=True)
    tables: list[Table] = []
    faults: list[SourceError] = []
    for path in files:
        try:
            tables.append(_fit_file(path, wanted, is_given=is_forced))
        except SourceError as fault:
            faults.append(fault)
        except UsageError as unfit:  # it lacks a column of the user's own
            _log.debug("not taken as a table of works: %s", unfit)
    if not tables and faults:
        raise _summarise(faults)
    if len(tables) != 1:
        names = f" ({', '.join(table.source.name for table in tables)})" if tables else ""
        thing = tables[0].source if tables else folder
        raise _refuse(thing, f"{len(tables)} such tables{names} among {len(files)}")
    for damage in faults:
        if not isinstance(damage, LayoutError):
            _log.warning("not read beside %s: %s", tables[0].source.name, damage)
    reason = tables[0].reason.removeprefix("it is a table with its ").replace(" in the ", " in its ", 1)
    return replace(tables[0], reason=f"{tables[0].source.name!r} has {reason}")


def _summarise(faults: Sequence[SourceError]) -> SourceError:
    """Return why none of several files is a table of works: damage first, the others by name."""
    first, *others = sorted(faults, key=lambda fault: isinstance(fault, LayoutError))
    if not others:
        return first
    beside = "; ".join(f"{Path(fault.thing).name}: {fault.found}" for fault in others)
    return type(first)(
        first.thing, expected=first.expected, found=f"{first.found} ({beside})", remedy=first.remedy
    )


def _refuse(source: Path, found: str) -> LayoutError:
    return LayoutError(
        source,
        expected="one table with a column of picture paths, such as 'path' or 'filename', or of addresses",
        found=found,
        remedy="name that column 'path', or say which it is with --map path=COLUMN",
    )


def _find_file(folder: Path, location: str) -> Path | None:
    """Find what a path means: as written, with Windows' separators, or with accents composed otherwise."""
    spellings = (location, location.replace("\\", "/"))
    forms = (*spellings, *(unicodedata.normalize(form, spellings[1]) for form in ("NFC", "NFD")))
    # os.path rather than Path: it answers False instead of raising on names no file can have.
    places = (os.path.join(folder, form) for form in forms)
    return next((Path(place) for place in places if os.path.exists(place)), None)
