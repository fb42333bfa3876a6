"""The Kaggle set "Best Artworks of All Time": pictures named after their artists beside a table of artists.

``artists.csv`` with ``images/images/<Artist_Name>/<Artist_Name>_12.jpg``, or
``resized/resized/<Artist_Name>_12.jpg``. Names come from the table, because those of the files have lost
their accents or had them wrongly decoded.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from morelli.collection.names.spoiled import is_spoiled, match_spoiled
from morelli.collection.names.text import fold_name, mend_text, name_artist, name_from_folder
from morelli.collection.sources.fields import read_cell, read_code, split_cell
from morelli.collection.sources.folders import sample_pictures, walk_pictures
from morelli.collection.sources.layout import DirectAddresses
from morelli.collection.sources.matching import match_columns
from morelli.collection.sources.readers import read_columns, read_rows
from morelli.collection.sources.tables.records import Row
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError

_log = logging.getLogger(__name__)

_TABLE_NAME = "artists.csv"
_PICTURE_FOLDERS = ("images/images", "images", "resized/resized", "resized")
"""Where the pictures are looked for below the table, best first: ``resized`` holds smaller copies of
``images``."""

_COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "name": ("name", "artist", "artist_name"),
    "style": ("genre", "genres", "style"),
    "school": ("nationality", "nationalities"),
    "dates": ("years", "dates"),
    "paintings": ("paintings", "n_paintings"),
}
"""The names under which each field is looked for, best first. The column ``genre`` really holds styles."""

_NEEDED = ("name", "style")
_FILE_NAME = re.compile(r"(?P<artist>.+)_(?P<number>\d+)")
_DASH = re.compile(r"(?<=\d)\s*[-–—]\s*(?=\d)")
_MIN_SHARE = 0.5
_N_EXAMPLES = 3


@dataclass(frozen=True)
class _Artist:
    name: str
    style: str | None
    school: str | None
    dates: str | None
    n_paintings: int | None


@dataclass(frozen=True)
class BestArtworks(DirectAddresses):
    """A source of pictures, in `source`, named after artists whom a table lists."""

    name: ClassVar[str] = "best-artworks"

    source: Path
    reason: str
    table: Path
    artists: Mapping[str, _Artist] = field(repr=False, hash=False)  # by folded name

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> BestArtworks:
        """Fit the folder with ``artists.csv``, or a folder of pictures up to two levels below it.

        Unless forced, half of the pictures' artists must be in the table.
        """
        table = _find_table(source)
        folder = _find_pictures(source, table)
        artists = _read_artists(table)
        paths = sample_pictures(folder)
        n_known = sum(_find_artist(path, artists) is not None for path in paths)
        if not paths or (n_known < _MIN_SHARE * len(paths) and not is_forced):
            raise _refuse(source, f"{n_known} of {len(paths)} pictures by its artists")
        where = folder.relative_to(table.parent).as_posix()
        return cls(folder, f"{_TABLE_NAME} lists the artists of the pictures in {where!r}", table, artists)

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works sorted by file; log artists of another count than listed, or of two spellings."""
        numbers: defaultdict[str, set[str]] = defaultdict(set)
        spellings: defaultdict[str, set[str]] = defaultdict(set)
        for found in walk_pictures(self.source):
            work = found if isinstance(found, Skip) else _read_name(found, self.artists)
            if isinstance(work, Work) and work.artist is not None and work.path is not None:
                match = _FILE_NAME.fullmatch(work.path.stem)
                numbers[work.artist].add(match["number"] if match else str(work.path))
                spellings[work.artist].add(match["artist"] if match else work.path.parent.name)
            yield work
        self._compare_counts({artist: len(found) for artist, found in numbers.items()})
        for artist, names in spellings.items():
            if len(names) > 1:
                _log.warning("%s: read as one artist: %s", artist, ", ".join(sorted(names)))

    def _compare_counts(self, n_found: Mapping[str, int]) -> None:
        differences = [
            f"{artist.name} {artist.n_paintings} listed, {n_found.get(artist.name, 0)} found"
            for artist in self.artists.values()
            if artist.n_paintings not in (None, n_found.get(artist.name, 0))
        ]
        if differences:
            n_more = len(differences) - _N_EXAMPLES
            examples = "; ".join([*differences[:_N_EXAMPLES], *([f"{n_more} more"] if n_more > 0 else [])])
            _log.warning("%s disagrees on %d artists: %s", self.table, len(differences), examples)


def _find_table(source: Path) -> Path:
    found = f"no {_TABLE_NAME}"
    for folder in (source, source.parent, source.parent.parent):
        table = folder / _TABLE_NAME
        if table.is_file():
            columns = read_columns(table)
            if set(_NEEDED) <= match_columns(columns, _COLUMN_NAMES).keys():
                return table
            found = f"{_TABLE_NAME} with the columns {', '.join(columns) or '(none)'}"
    raise _refuse(source, found)


def _find_pictures(source: Path, table: Path) -> Path:
    if source != table.parent:
        return source
    folders = (source / name for name in _PICTURE_FOLDERS)
    return next((folder for folder in folders if sample_pictures(folder, n_max=1)), source)


def _read_artists(table: Path) -> dict[str, _Artist]:
    artists: dict[str, _Artist] = {}
    columns = match_columns(read_columns(table), _COLUMN_NAMES)
    for row in read_rows(table):
        artist = None if isinstance(row, Skip) else _read_artist(row, columns)
        if artist is None:
            _log.warning("%s: a row without a name left out", table)
        else:
            artists.setdefault(fold_name(artist.name), artist)
    return artists


def _read_artist(row: Row, columns: Mapping[str, str]) -> _Artist | None:
    values = {key: row.values.get(column) for key, column in columns.items()}
    name, dates = name_artist(str(values.get("name") or "")), read_cell(values.get("dates"))
    if name is None:
        return None
    return _Artist(
        name=name,
        style=split_cell(values.get("style"), ","),
        school=split_cell(values.get("school"), ","),
        dates=_DASH.sub("-", dates) if dates else None,
        n_paintings=read_code(read_cell(values.get("paintings"))),
    )


def _find_artist(path: Path, artists: Mapping[str, _Artist]) -> _Artist | None:
    """Find the artist of a file by its name, else by its folder's."""
    match = _FILE_NAME.fullmatch(path.stem)
    names = (match["artist"] if match else "", path.parent.name)
    known = next((artists[key] for name in names if (key := fold_name(name)) in artists), None)
    if known is None and (lost := next(filter(is_spoiled, map(mend_text, names)), None)):
        spelled = match_spoiled([lost, *(artist.name for artist in artists.values())])
        known = artists.get(fold_name(spelled.get(lost, "")))
    return known


def _read_name(path: Path, artists: Mapping[str, _Artist]) -> Work | Skip:
    match, artist = _FILE_NAME.fullmatch(path.stem), _find_artist(path, artists)
    if artist is not None:
        return Work(
            path,
            artist=artist.name,
            style=artist.style,
            school=artist.school,
            artist_dates=artist.dates,
        )
    if match is None:
        return Skip(str(path), "expected a file named like Artist_Name_12, found another name")
    return Work(path, artist=name_from_folder(mend_text(match["artist"])))


def _refuse(source: Path, found: str) -> LayoutError:
    return LayoutError(
        source,
        expected=f"{_TABLE_NAME} and pictures named like Artist_Name_12.jpg",
        found=found,
        remedy=f"give the folder that holds {_TABLE_NAME}",
    )
