"""A table of works: CSV, Parquet or JSON with one row per picture.

Columns are found by their names, or are what the user says they are.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from morelli.collection.names.dates import Dates, choose_dates, read_dates, year_from_text
from morelli.collection.sources.fields import (
    join_cell,
    read_date,
    read_ids,
    read_line_date,
    read_part,
    read_span,
    read_title,
    split_cell,
)
from morelli.collection.sources.folders import JSON_SUFFIX, is_litter, is_picture, walk_json
from morelli.collection.sources.iiif.images import locate_image
from morelli.collection.sources.iiif.manifests import find_version
from morelli.collection.sources.layout import ReadJson
from morelli.collection.sources.matching import count_fields, match_columns
from morelli.collection.sources.readers import PARQUET_SUFFIXES, TABLE_SUFFIXES, read_columns, read_rows
from morelli.collection.sources.tables.columns import (
    find_columns,
    map_columns,
    suggest_artist,
)
from morelli.collection.sources.tables.makers import find_qualifier, read_makers
from morelli.collection.sources.tables.places import Places, ask_service, list_addresses, read_place
from morelli.collection.sources.tables.records import Row, read_folder
from morelli.collection.sources.tables.sheets import SHEET_SUFFIXES, find_sheet
from morelli.collection.sources.vocabulary import ADDRESS_NAMES, COLUMN_NAMES
from morelli.collection.work import LABEL_SEPARATOR, Skip, Work
from morelli.errors import LayoutError, SourceError, UsageError

_log = logging.getLogger(__name__)

_BESIDE = ("qualifier", "role", "artist_numbers", "born", "died", "biography")
_LABELS = ("style", "genre", "school", "theme", "medium", "classification")
_LISTED = {"style": ",", "genre": ",", "theme": ",", "school": ""}
"""Labels of which one cell of text may hold several, and what parts them beside ``|`` and semicolons."""
_TEXTS = ("licence", "source", "source_id")
_MIN_FIELDS = 3  # that a record of a work names
_N_SAMPLED = 20
_N_LISTED = 1000
_MAX_JSON = 10  # in a folder; more of them are records beside pictures, not tables


@dataclass(frozen=True)
class Table:
    """A source that is a table with a column of paths or of addresses.

    Relative paths start at its folder. `columns` holds the table's own column name of each field, `unused`
    the other columns, `further` those of addresses that count where the first has none.
    """

    name: ClassVar[str] = "table"

    source: Path
    reason: str
    columns: dict[str, str] = field(default_factory=dict, hash=False)
    unused: tuple[str, ...] = ()
    further: tuple[str, ...] = ()

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

    def locate(self, address: str, read_json: ReadJson) -> str:
        """Return the address of the picture, which an image service has in a modest size."""
        return locate_image(address, read_json)

    def suggest_artist(self) -> list[str]:
        """Return the columns whose names are nearest to one of an artist, where none was taken as such."""
        return [] if "artist" in self.columns else suggest_artist(self.unused)

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works in the order of the rows, and a `Skip` for each without a picture or address."""
        unknown_parts: set[str] = set()
        places = Places(self.source, self.columns, self.further)
        for row in read_rows(self.source, list(self.columns.values())):
            if isinstance(row, Skip):
                yield row
                continue
            place = places.find(row)
            if isinstance(place, Work):
                yield describe_work(place, self.columns, row.values, unknown_parts)
            else:
                yield place
        if unknown_parts:
            _log.warning(
                "%s: parts that are none of train, val and test were passed over: %s",
                self.source,
                ", ".join(sorted(unknown_parts)),
            )


def describe_work(
    place: Work, columns: Mapping[str, str], values: Mapping[str, object], unknown_parts: set[str]
) -> Work:
    """Return a work with what the columns of a row say of it; words that are no part are added to a set."""
    cells = {key: _read_cell(values, column) for key, column in columns.items()}
    texts = {key: join_cell(cell) for key, cell in cells.items()}
    beside = {key: cells[key] for key in _BESIDE if key in cells}
    person = read_makers(cells.get("artist"), beside)
    date = read_date(cells.get("year"))
    if "year" not in cells:
        date = read_line_date(texts.get("long_title"), read_title(cells.get("title")), texts.get("artist"))
    part = read_part(texts.get("part"))
    if texts.get("part") and part is None:
        unknown_parts.add(str(texts["part"]))
    labels: dict[str, Any] = {key: _split_labels(key, cells.get(key), texts.get(key)) for key in _LABELS}
    if person.name is None and labels["school"] is None:
        labels["school"] = person.note  # "Flemish 17th Century" is a school, though no artist
    labels |= {key: texts.get(key) for key in _TEXTS}
    return replace(
        place,
        artist=person.name,
        qualifier=find_qualifier(cells, person),
        artist_dates=texts.get("artist_dates") or person.dates,
        artist_ids=read_ids(texts),
        title=read_title(cells.get("title")),
        **asdict(_read_dates(texts, cells.get("year"), date)),
        part=part,
        **labels,
    )


def _read_dates(texts: Mapping[str, str | None], cell: object, date: str | None) -> Dates:
    """Return when a work was made: the year as it is worded, from and to as they are counted.

    Another column of dates counts where this one has none, or tells the range of the same year.
    """
    other = read_dates(texts.get("other_date"))
    if year_from_text(date) in (None, other.year) and other != Dates():
        date = texts.get("other_date")
    first, last = read_span(cell)
    begins, ends = (_read_year(texts.get(key)) for key in ("year_from", "year_to"))
    dates = choose_dates(begins or first, ends or last, date)
    return replace(dates, year=year_from_text(date) or dates.year)


def _read_year(text: str | None) -> str | None:
    """Return the year of a whole day, such as "1511-01-01"; other text as it is."""
    return re.sub(r"^(\d{4})-\d\d-\d\d.*", r"\1", text) if text else None


def _read_cell(values: Mapping[str, object], column: str) -> object:
    """Return what stands in a column, of an object whose parts are columns of their own all of it."""
    if values.get(column) is not None:
        return values[column]
    parts = {name: value for name, value in values.items() if name.startswith(f"{column}.")}
    return {name.removeprefix(f"{column}."): value for name, value in parts.items()} or None


def _split_labels(key: str, cell: object, text: str | None) -> str | None:
    """Return the labels of a cell: parted by ``|``, else by semicolons, else by commas where lists are usual.

    A list, or one that Python wrote, is taken apart as it is; what stands in brackets stays whole.
    """
    if isinstance(cell, str) and text and key in _LISTED and LABEL_SEPARATOR not in text and text[0] != "[":
        sign = ";" if ";" in text else _LISTED[key]
        text = LABEL_SEPARATOR.join(re.split(rf"[{sign}](?![^(]*\))", text)) if sign else text
    return split_cell(text, is_free=True)


def _fit_file(source: Path, wanted: Mapping[str, str], *, is_given: bool) -> Table:
    named = list(wanted.values())
    sheet = find_sheet(source, named) if source.suffix.lower() in SHEET_SUFFIXES else None
    found = list(sheet.columns) if sheet else read_columns(source)
    columns = find_columns(found, is_given=is_given)
    columns.pop("address", None)
    addresses = _find_addresses(source, found, columns, named, is_given=is_given)
    if addresses:
        columns["address"] = addresses[0]
    columns |= map_columns(found, wanted)
    for key, noun in (("path", "paths"), ("address", "addresses")):
        if key in columns:
            reason = f"it is a table with its {noun} in the column {columns[key]!r}"
            reason += sheet.place if sheet else ""
            further = tuple(addresses[1:]) if "address" not in wanted else ()
            used = (*columns.values(), *further)
            parts = tuple(f"{column}." for column in used)
            unused = tuple(name for name in found if name not in used and not name.startswith(parts))
            return Table(source, reason, columns, unused, further)
    raise _refuse(source, "the columns " + (", ".join(found) or "(none)"))


def _find_addresses(
    source: Path, found: Sequence[str], columns: dict[str, str], named: Sequence[str], *, is_given: bool
) -> list[str]:
    """Return the columns of addresses, best first; in a table that merely lies in a folder only known names.

    A column of paths that hold none goes, where the museum's records name their pictures by a number.
    """
    if not is_given:
        return list(match_columns(found, {"address": COLUMN_NAMES["address"]}).values())
    rows = _sample_rows(source, named) if source.suffix.lower() not in PARQUET_SUFFIXES else []
    numbered = [column for column in found if any(ask_service(row.values, column) for row in rows)]
    if numbered and not any(is_picture(read_place(row.values.get(columns.get("path", "")))) for row in rows):
        columns.pop("path", None)
    pages = match_columns(found, {"address": ADDRESS_NAMES}).values()
    return [*numbered, *list_addresses(found, columns, rows)] or list(pages)


def _sample_rows(source: Path, named: Sequence[str] = ()) -> list[Row]:
    found = read_folder(source, _N_SAMPLED) if source.is_dir() else read_rows(source, named)
    return list(islice((row for row in found if isinstance(row, Row)), _N_SAMPLED))


def _choose_table(folder: Path, wanted: Mapping[str, str], *, is_forced: bool) -> Table:
    """Fit the one table in a folder, else all its files of JSON together, where they are records."""
    files = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in TABLE_SUFFIXES]
    files = [path for path in files if path.is_file() and not is_litter(path.name)]
    n_json = sum(path.suffix.lower() == JSON_SUFFIX for path in files)
    if n_json > _MAX_JSON:
        files = [path for path in files if path.suffix.lower() != JSON_SUFFIX]
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
    is_other = any(table.source.suffix.lower() != JSON_SUFFIX for table in tables)
    if not is_other and n_json != 1 and (records := _try_records(folder, wanted, is_forced=is_forced)):
        return records
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


def _try_records(folder: Path, wanted: Mapping[str, str], *, is_forced: bool) -> Table | None:
    """Fit a folder of JSON without pictures, most of whose files hold records of works and not manifests."""
    any_json = False
    for found in islice(walk_json(folder), _N_LISTED):
        if isinstance(found, Skip) and is_picture(found.path) and not is_forced:
            return None
        any_json |= isinstance(found, Path)
    rows = _sample_rows(folder) if any_json else []
    n_records = sum(count_fields(row.values) >= _MIN_FIELDS for row in rows)
    if 2 * n_records <= len(rows) or any(find_version(dict(row.values)) for row in rows):
        return None
    try:
        table = _fit_file(folder, wanted, is_given=True)
    except LayoutError as unfit:
        _log.debug("not taken as records of works: %s", unfit)
        return None
    if not {"artist", "title"} & table.columns.keys():
        return None
    return replace(table, reason=table.reason.replace("it is a table", "its files of JSON are records", 1))


def _refuse(source: Path, found: str) -> LayoutError:
    return LayoutError(
        source,
        expected="one table with a column of picture paths, such as 'path' or 'filename', or of addresses",
        found=found,
        remedy="name that column 'path', or say which it is with --map path=COLUMN",
    )
