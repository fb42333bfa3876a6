"""The open data of Tate: a file of JSON per work, and a table of artists.

``artworks/a/000/a00001-1035.json`` as the museum published them, with or without ``artist_data.csv`` above.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from morelli.collection.names.dates import Dates, choose_dates
from morelli.collection.names.people import Person
from morelli.collection.sources.fields import join_labels, read_cell, read_credit
from morelli.collection.sources.folders import is_picture, sample_json, try_json, walk_json
from morelli.collection.sources.layout import DirectAddresses
from morelli.collection.sources.readers import read_rows
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError

_log = logging.getLogger(__name__)

_SOURCE = "Tate"
_RECORDS_BELOW = "artworks"
_ARTISTS_TABLE = "artist_data.csv"

_NO_PICTURE = "expected the address of a picture, found none"

_KEYS = frozenset({"acno", "contributors"})
_UNTITLED = frozenset({"[title not known]", "[no title]"})
_SCHOOL = re.compile(r"[^,]+ School( .*century)?")
"""Names such as "British School 18th century" are a school and nobody's."""

_AUTOGRAPH = frozenset({"", "artist"})
_N_KEYS_SHOWN = 8

_Record = Mapping[str, Any]


@dataclass(frozen=True)
class Tate(DirectAddresses):
    """A source of the records that Tate publishes; `source` holds them."""

    name: ClassVar[str] = "tate"

    source: Path
    reason: str
    # of artists, by their number in the museum's table
    dates: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> Tate:
        """Fit a folder of records, or one with them in its folder ``artworks``."""
        below = source / _RECORDS_BELOW
        folder = below if below.is_dir() else source
        sample = sample_json(folder) if folder.is_dir() else []
        n_records = sum(_is_record(found) for found in sample)
        if n_records == 0:
            raise LayoutError(
                source,
                expected="a folder of JSON with the keys " + " and ".join(sorted(_KEYS)),
                found=f"{n_records} such files among the first {len(sample)} of JSON",
                remedy=f"give the folder that holds the folder {_RECORDS_BELOW!r}",
            )
        reason = f"files of JSON have the keys {' and '.join(sorted(_KEYS))} of the museum's records"
        return cls(folder, reason, _read_dates(folder))

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works sorted by file, and a `Skip` for each file that is no record of a picture."""
        n_left_out = 0
        for found in walk_json(self.source):
            if isinstance(found, Skip):
                # The table of artists has been read already.
                if Path(found.path).name != _ARTISTS_TABLE:
                    yield found
                continue
            record = try_json(found)
            entry = record if isinstance(record, Skip) else self._read_record(found, record)
            if isinstance(entry, Work):
                n_left_out += max(0, len(_list_contributors(record)) - 1)
            yield entry
        if n_left_out:
            _log.info("%s: %d further artists of works by several left out", self.source, n_left_out)

    def _read_record(self, path: Path, record: Any) -> Work | Skip:
        if not _is_record(record):
            return Skip(str(path), f"expected a record of a work, found {_describe_json(record)}")
        address = _find_address(record)
        if address is None:
            return Skip(str(path), _NO_PICTURE)
        person = self._read_artist(record)
        school = _find_school(record)
        artist = None if school else person.name
        title = read_cell(record.get("title"))
        subjects = _list_children(record.get("subjects"))
        return Work(
            None,
            artist=artist,
            qualifier=person.qualifier,
            title=None if title in _UNTITLED else title,
            **asdict(_read_made(record)),
            style=join_labels(_list_names(record.get("movements"))),
            genre=join_labels(_list_names(subjects)),
            theme=join_labels(name for group in subjects for name in _list_names(_list_children(group))),
            school=school,
            licence=read_cell(record.get("thumbnailCopyright")),
            medium=read_cell(record.get("medium")),
            classification=read_cell(record.get("classification")),
            artist_dates=person.dates if artist else None,
            address=address,
            source=_SOURCE,
            source_id=read_cell(record.get("acno")) or read_cell(record.get("id")) or path.stem,
        )

    def _read_artist(self, record: _Record) -> Person:
        first = next(iter(_list_contributors(record)), {})
        role = read_cell(first.get("role")) or ""
        before = read_cell(first.get("prepositions"))
        if before is None and role.casefold() not in _AUTOGRAPH:
            before = role
        forward = read_cell(first.get("fc"))
        person = read_credit(forward or first.get("mda"), prefix=before, is_forward=forward is not None)
        known = self.dates.get(read_cell(first.get("id")) or "")
        return Person(person.name, person.qualifier, read_cell(first.get("date")) or person.dates or known)


def _is_record(found: Any) -> bool:
    return isinstance(found, dict) and found.keys() >= _KEYS


def _describe_json(found: Any) -> str:
    if not isinstance(found, dict):
        return f"JSON of type {type(found).__name__}"
    keys = [read_cell(key) or "" for key in list(found)[:_N_KEYS_SHOWN]]
    return f"JSON with the keys {', '.join(keys)}" if keys else "JSON without keys"


def _list_contributors(record: _Record) -> list[_Record]:
    """Return those who share a work, in the order in which the museum shows them."""
    found = record.get("contributors")
    people = [person for person in found if isinstance(person, dict)] if isinstance(found, list) else []

    def rank(person: _Record) -> float:
        order = person.get("displayOrder")
        if isinstance(order, (int, float)) and abs(order) < len(people) + 1e6:
            return float(order)
        return float("inf")

    return sorted(people, key=rank)


def _find_school(record: _Record) -> str | None:
    first = next(iter(_list_contributors(record)), {})
    name = read_cell(first.get("fc"))
    return name if name and _SCHOOL.fullmatch(name) else None


def _find_address(record: _Record) -> str | None:
    """Return where the picture is; ``url`` is a page about the work, unless it ends like a picture."""
    thumbnail, page = (read_cell(record.get(key)) for key in ("thumbnailUrl", "url"))
    return thumbnail or (page if page and is_picture(page) else None)


def _read_made(record: _Record) -> Dates:
    dates = record.get("dateRange")
    dates = dates if isinstance(dates, dict) else {}
    texts = filter(None, (read_cell(dates.get("text")), read_cell(record.get("dateText"))))
    return choose_dates(dates.get("startYear"), dates.get("endYear"), next(texts, None))


def _list_children(group: Any) -> list[Any]:
    children = group.get("children") if isinstance(group, dict) else None
    return children if isinstance(children, list) else []


def _list_names(groups: Any) -> list[Any]:
    return (
        [group.get("name") for group in groups if isinstance(group, dict)] if isinstance(groups, list) else []
    )


def _read_dates(folder: Path) -> dict[str, str]:
    tables = (place / _ARTISTS_TABLE for place in (folder, folder.parent))
    table = next((path for path in tables if path.is_file()), None)
    dates = {}
    for row in read_rows(table) if table else ():
        if isinstance(row, Skip):
            _log.warning("%s: %s", row.path, row.reason)
            continue
        number, text = (read_cell(row.values.get(column)) for column in ("id", "dates"))
        if number and text:
            dates[number] = text
    return dates
