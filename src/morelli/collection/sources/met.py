"""The open data of the Metropolitan Museum of Art: one large table, and records that name pictures.

``MetObjects.csv`` as the museum publishes it. The address of a work leads to its record, which names the
picture. Artists who share a work stand in one cell, separated by ``|``, in step in all columns about them.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import ClassVar

from morelli.collection.names.dates import choose_dates
from morelli.collection.sources.fields import (
    join_ids,
    join_labels,
    read_cell,
    read_credit,
)
from morelli.collection.sources.folders import is_pointer, refuse_pointer
from morelli.collection.sources.layout import ReadJson
from morelli.collection.sources.readers import read_rows, require_columns
from morelli.collection.sources.tables.records import Row
from morelli.collection.work import LABEL_SEPARATOR, Skip, Work
from morelli.errors import DownloadError, LayoutError

_log = logging.getLogger(__name__)

_SOURCE = "The Metropolitan Museum of Art"

_TABLE_NAME = "MetObjects.csv"

_RECORD_ADDRESS = "https://collectionapi.metmuseum.org/public/collection/v1/objects/{}"
"""Where the museum answers with the record of an object, by its number."""

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("object_id", "objectid"), "is_public": ("is_public_domain", "ispublicdomain"),
    "name": ("artist_display_name", "artistdisplayname"), "role": ("artist_role",),
    "prefix": ("artist_prefix",), "suffix": ("artist_suffix",), "born": ("artist_begin_date",),
    "died": ("artist_end_date",), "ulan": ("artist_ulan_url",), "wikidata": ("artist_wikidata_url",),
    "title": ("title",), "date": ("object_date",), "year": ("object_begin_date",),
    "year_to": ("object_end_date",), "medium": ("medium",),
    "classification": ("classification",), "culture": ("culture",), "tags": ("tags",),
    "rights": ("rights_and_reproduction",),
}  # fmt: skip
"""The names under which each column is looked for, best first."""

_NEEDED = ("number", "is_public", "name")
_NOT_PUBLIC = "expected a work in the public domain, found one that is not, so the museum gives no picture"

_PAINTER = re.compile(r"\b(artist|painter)\b", re.IGNORECASE)
_ULAN = re.compile(r"ulan/(\d+)")
_WIKIDATA = re.compile(r"\b(Q\d+)\b")
_LIVING = "9999"
_IMAGES = ("primaryImageSmall", "primaryImage")

_Texts = Mapping[str, str]


@dataclass(frozen=True)
class Met:
    """A source that is the table of the Metropolitan Museum's open data."""

    name: ClassVar[str] = "met"

    source: Path
    reason: str

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> Met:
        """Fit the table under any name, or a folder that holds it under the museum's.

        A Git LFS pointer passes; reading tells what to do about it.
        """
        table = source / _TABLE_NAME if source.is_dir() else source
        if not table.is_file() or table.suffix.lower() != ".csv":
            raise _refuse(source, f"no {_TABLE_NAME}" if source.is_dir() else f"the file {source.name}")
        if not (table.name == _TABLE_NAME and is_pointer(table)):
            require_columns(table, _COLUMNS, _NEEDED)
        return cls(table, f"{table.name!r} has the columns of the museum's open data")

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works in the order of the rows, and a `Skip` for each row without a picture.

        No more than a row is held in memory.
        """
        refuse_pointer(self.source)
        reader = _Reader(self.source, require_columns(self.source, _COLUMNS, _NEEDED))
        for row in read_rows(self.source):
            yield row if isinstance(row, Skip) else reader.read(row)
        if reader.n_out_of_step:
            _log.warning(
                "%s: in %d rows the columns of artists hold different numbers of them; what cannot be told "
                "apart is left out, qualifiers are kept",
                self.source,
                reader.n_out_of_step,
            )

    def locate(self, address: str, read_json: ReadJson) -> str:
        """Return the address of the picture that a record names: the smaller one, where there is one."""
        record = read_json(address)
        texts = (record.get(name) for name in _IMAGES) if isinstance(record, dict) else ()
        found = next((text.strip() for text in texts if isinstance(text, str) and text.strip()), None)
        if found is None:
            raise DownloadError(
                address,
                expected="a record with " + " or ".join(_IMAGES),
                found="neither of them"
                if isinstance(record, dict)
                else f"JSON of type {type(record).__name__}",
                remedy="leave the work out; the museum shows no picture of it",
            )
        return found


@dataclass
class _Reader:
    """Makes works of rows; remembers which numbers it saw, and how often artists were out of step."""

    table: Path
    columns: Mapping[str, str]
    numbers: set[int] = field(default_factory=set)
    n_out_of_step: int = 0

    def read(self, row: Row) -> Work | Skip:
        place = f"{self.table}:row {row.number}"
        texts = {name: str(row.values.get(column, "")) for name, column in self.columns.items()}
        number = texts["number"].strip()
        if not (number.isascii() and number.isdecimal() and len(number) < 20):
            return Skip(place, f"expected a number in {self.columns['number']!r}, found {number[:40]!r}")
        if int(number) in self.numbers:
            return Skip(place, f"expected each {self.columns['number']!r} once, found {number} again")
        self.numbers.add(int(number))
        is_public = texts["is_public"].strip().casefold()
        if is_public == "false":
            return Skip(place, _NOT_PUBLIC)
        if is_public != "true":
            column = self.columns["is_public"]
            return Skip(place, f"expected True or False in {column!r}, found {texts['is_public'][:40]!r}")
        return self._build_work(texts, number)

    def _build_work(self, texts: _Texts, number: str) -> Work:
        artist = self._choose_artist(texts)
        person = read_credit(
            artist["name"], prefix=artist["prefix"], suffix=artist["suffix"], is_forward=True
        )
        return Work(
            None,
            artist=person.name,
            qualifier=person.qualifier,
            title=read_cell(texts.get("title")),
            **asdict(choose_dates(texts.get("year"), texts.get("year_to"), read_cell(texts.get("date")))),
            licence=read_cell(texts.get("rights")),
            school=join_labels(texts.get("culture", "").split(LABEL_SEPARATOR)),
            theme=join_labels(texts.get("tags", "").split(LABEL_SEPARATOR)),
            medium=read_cell(texts.get("medium")),
            classification=join_labels(texts.get("classification", "").split(LABEL_SEPARATOR)),
            artist_ids=_read_ids(artist) if person.name else None,
            artist_dates=(_read_dates(artist) or person.dates) if person.name else None,
            address=_RECORD_ADDRESS.format(number),
            source=_SOURCE,
            source_id=number,
        )

    def _choose_artist(self, texts: _Texts) -> dict[str, str]:
        """Return what the columns hold about the first artist or painter, else about the first of all."""
        names = texts["name"].split(LABEL_SEPARATOR)
        parts = {field: texts.get(field, "").split(LABEL_SEPARATOR) for field in ("name", *_ARTIST_FIELDS)}
        is_step = {field: len(values) == len(names) or values == [""] for field, values in parts.items()}
        self.n_out_of_step += not all(is_step.values())
        roles = parts["role"] if is_step["role"] else []
        position = next((index for index, role in enumerate(roles) if _PAINTER.search(role)), 0)
        # A qualifier that cannot be told whose it is still says that somebody's hand is in doubt.
        doubts = {field: next(filter(str.strip, parts[field]), "") for field in ("prefix", "suffix")}
        return {
            field: values[min(position, len(values) - 1)].strip() if is_step[field] else doubts.get(field, "")
            for field, values in parts.items()
        }


_ARTIST_FIELDS = ("role", "prefix", "suffix", "born", "died", "ulan", "wikidata")


def _read_ids(artist: _Texts) -> str | None:
    ulan, wikidata = _ULAN.search(artist["ulan"]), _WIKIDATA.search(artist["wikidata"])
    return join_ids({"ulan": ulan and ulan[1], "wikidata": wikidata and wikidata[1]})


def _read_dates(artist: _Texts) -> str | None:
    born, died = (read_cell(artist[field]) or "" for field in ("born", "died"))
    return f"{born}-{'' if died == _LIVING else died}" if born or died else None


def _refuse(source: Path, found: str) -> LayoutError:
    return LayoutError(
        source,
        expected=f"{_TABLE_NAME} of the museum's open data",
        found=found,
        remedy=f"give the folder that holds {_TABLE_NAME}, or the table itself",
    )
