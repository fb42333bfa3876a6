"""A table of works: CSV or Parquet with one row per picture.

The most explicit layout and the only one that can carry qualifiers and licences. Columns are found by name.
"""

from __future__ import annotations

import ast
import logging
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

from morelli.collection.names import mend_text, name_artist, year_from_text
from morelli.collection.sources.addresses import DirectAddresses
from morelli.collection.sources.folders import is_litter
from morelli.collection.sources.rows import TABLE_SUFFIXES, Row, read_columns, read_rows
from morelli.collection.work import LABEL_SEPARATOR, Skip, Work
from morelli.errors import LayoutError, SourceError

_log = logging.getLogger(__name__)

COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "path": (
        "path", "file", "filename", "file_name", "file_path", "filepath", "image", "image_path", "imagepath",
        "image_file", "image_filename", "picture", "picture_path", "img", "img_path", "new_filename",
    ),
    "artist": ("artist", "artist_name", "painter", "creator", "author", "maker", "artist_display_name"),
    "title": ("title", "work_title", "artwork_title", "object_title"),
    "year": ("year", "date", "year_created", "creation_year", "object_date", "display_date", "displaydate"),
    "style": ("style", "styles", "movement", "art_style"),
    "genre": ("genre", "genres", "subject"),
    "qualifier": ("qualifier", "attribution_qualifier", "artist_prefix", "artist_qualifier"),
    "licence": ("licence", "license", "rights", "rights_and_reproduction"),
}  # fmt: skip
"""The names under which each field is looked for, best first; case, spaces and hyphens do not matter."""

_MISSING = frozenset({"", "na", "n/a", "nan", "none", "null"})
_WEB_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+://")


@dataclass(frozen=True)
class Table(DirectAddresses):
    """A source that is a table with a column of paths.

    Parameters
    ----------
    source
        The table file; relative paths in it start at its folder.
    columns
        The table's own column name of each field it has, "path" among them.
    reason
        Why this layout was taken, a sentence without a full stop.
    """

    name: ClassVar[str] = "table"

    source: Path
    reason: str
    columns: dict[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> Table:
        """Return the layout when it fits a source.

        Parameters
        ----------
        source
            A table file, or a folder that holds exactly one with a path column.
        is_forced
            Whether the user asked for it; this layout needs the same either way.

        Raises
        ------
        LayoutError
            When there is no such table, or more than one.
        SourceError
            When the source is a table file that cannot be read.
        """
        if source.is_dir():
            return _choose_table(source)
        if source.suffix.lower() not in TABLE_SUFFIXES:
            raise _refuse(
                source, f"a file ending in {source.suffix!r}" if source.suffix else "a file without ending"
            )
        found = read_columns(source)
        columns = _match_columns(found)
        if "path" not in columns:
            raise _refuse(source, "the columns " + (", ".join(found) or "(none)"))
        return cls(source, f"it is a table with its paths in the column {columns['path']!r}", columns)

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works in the order of the rows, and a `Skip` for each row without a picture.

        Raises
        ------
        SourceError
            When the table turns out to be damaged.
        """
        for row in read_rows(self.source):
            yield row if isinstance(row, Skip) else self._read_work(row)

    def _read_work(self, row: Row) -> Work | Skip:
        place = f"{self.source}:row {row.number}"
        location = str(row.values.get(self.columns["path"]) or "").strip()
        if not location:
            return Skip(place, f"expected a path in column {self.columns['path']!r}, found none")
        if _WEB_ADDRESS.match(location):
            return Skip(place, f"expected the path of a file, found the address {location}")
        path = _find_file(self.source.parent, location)
        if path is None:
            return Skip(place, f"expected a file, found none at {location}")
        texts = {key: _read_text(row.values.get(column)) for key, column in self.columns.items()}
        return Work(
            path,
            artist=name_artist(texts.get("artist")),
            title=texts.get("title"),
            year=year_from_text(texts.get("year")),
            style=_split_labels(texts.get("style")),
            genre=_split_labels(texts.get("genre")),
            qualifier=texts.get("qualifier"),
            licence=texts.get("licence"),
        )


def _choose_table(folder: Path) -> Table:
    files = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in TABLE_SUFFIXES]
    files = [path for path in files if path.is_file() and not is_litter(path.name)]
    tables = [table for path in files if (table := _try_table(path)) is not None]
    if len(tables) != 1:
        names = f" ({', '.join(table.source.name for table in tables)})" if tables else ""
        raise _refuse(folder, f"{len(tables)} such tables{names} among {len(files)}")
    column = tables[0].columns["path"]
    return replace(tables[0], reason=f"{tables[0].source.name!r} has paths in its column {column!r}")


def _try_table(path: Path) -> Table | None:
    try:
        return Table.fit(path, is_forced=False)
    except SourceError as fault:
        _log.debug("not taken as a table of works: %s", fault)
        return None


def _match_columns(found: Sequence[str]) -> dict[str, str]:
    by_name = {re.sub(r"[^a-z0-9]+", "_", column.casefold()).strip("_"): column for column in reversed(found)}
    matches = {
        key: next((by_name[name] for name in names if name in by_name), None)
        for key, names in COLUMN_NAMES.items()
    }
    return {key: column for key, column in matches.items() if column is not None}


def _refuse(source: Path, found: str) -> LayoutError:
    return LayoutError(
        source,
        expected="one table with a column of picture paths, such as 'path' or 'filename'",
        found=found,
        remedy="name that column 'path', or give the table file itself",
    )


def _read_text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        return LABEL_SEPARATOR.join(text for item in value if (text := _read_text(item))) or None
    text = " ".join(mend_text(str(value)).split())
    return None if text.casefold() in _MISSING else text


def _split_labels(text: str | None) -> str | None:
    """Join several labels by the package's separator, also where a table holds a Python list as text."""
    if text is None:
        return None
    labels: list[str] = text.split(LABEL_SEPARATOR)
    if text.startswith("[") and text.endswith("]"):
        try:
            labels = [str(label) for label in ast.literal_eval(text)]
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            labels = [text]
    return LABEL_SEPARATOR.join(label.strip() for label in labels if label.strip()) or None


def _find_file(folder: Path, location: str) -> Path | None:
    """Find what a path means: as written, with Windows' separators, or with accents composed otherwise."""
    spellings = (location, location.replace("\\", "/"))
    forms = (*spellings, *(unicodedata.normalize(form, spellings[1]) for form in ("NFC", "NFD")))
    # os.path rather than Path: it answers False instead of raising on names no file can have.
    places = (os.path.join(folder, form) for form in forms)
    return next((Path(place) for place in places if os.path.exists(place)), None)
