"""The Kaggle set "Best Artworks of All Time": pictures named after their artists beside a table of artists.

``artists.csv`` with ``images/images/<Artist_Name>/<Artist_Name>_12.jpg``, or
``resized/resized/<Artist_Name>_12.jpg``. Names come from the table, because those of the files have lost
their accents or had them wrongly decoded.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from morelli.collection.names import fold_name, mend_text, name_artist, name_from_folder
from morelli.collection.sources.addresses import DirectAddresses
from morelli.collection.sources.folders import sample_pictures, walk_pictures
from morelli.collection.sources.rows import Row, read_columns, read_rows
from morelli.collection.work import LABEL_SEPARATOR, Skip, Work
from morelli.errors import LayoutError

_log = logging.getLogger(__name__)

TABLE_NAME = "artists.csv"
PICTURE_FOLDERS = ("images/images", "images", "resized/resized", "resized")
"""Where the pictures are looked for below the table, best first: ``resized`` holds smaller copies of
``images``."""

_COLUMNS = ("name", "genre")
_FILE_NAME = re.compile(r"(?P<artist>.+)_\d+")
_MIN_SHARE = 0.5
_N_EXAMPLES = 3


@dataclass(frozen=True)
class _Artist:
    name: str
    style: str | None
    n_paintings: int | None


@dataclass(frozen=True)
class BestArtworks(DirectAddresses):
    """A source of pictures named after artists whom a table lists.

    Parameters
    ----------
    source
        The folder of pictures.
    reason
        Why this layout was taken, a sentence without a full stop.
    table
        The table of artists.
    """

    name: ClassVar[str] = "best-artworks"

    source: Path
    reason: str
    table: Path
    artists: Mapping[str, _Artist] = field(repr=False, hash=False)

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> BestArtworks:
        """Return the layout when it fits a source.

        Parameters
        ----------
        source
            The folder with ``artists.csv``, or a folder of pictures up to two levels below it.
        is_forced
            Whether the user asked for it: then the pictures' artists need not be in the table.

        Raises
        ------
        LayoutError
            When there is no table of artists, no pictures, or most pictures are by artists it lacks.
        SourceError
            When the table cannot be read.
        """
        table = _find_table(source)
        folder = _find_pictures(source, table)
        artists = _read_artists(table)
        stems = [path.stem for path in sample_pictures(folder)]
        n_known = sum(_find_artist(stem, artists) is not None for stem in stems)
        if not stems or (n_known < _MIN_SHARE * len(stems) and not is_forced):
            raise _refuse(source, f"{n_known} of {len(stems)} pictures by its artists")
        where = folder.relative_to(table.parent).as_posix()
        return cls(folder, f"{TABLE_NAME} lists the artists of the pictures in {where!r}", table, artists)

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works sorted by file, and a `Skip` for whatever is not a work.

        When all are read, one warning is logged if the table counts other numbers of paintings.
        """
        n_found: Counter[str] = Counter()
        for found in walk_pictures(self.source):
            work = found if isinstance(found, Skip) else _read_name(found, self.artists)
            if isinstance(work, Work) and work.artist is not None:
                n_found[work.artist] += 1
            yield work
        self._compare_counts(n_found)

    def _compare_counts(self, n_found: Mapping[str, int]) -> None:
        differences = [
            f"{artist.name} {artist.n_paintings} listed, {n_found.get(artist.name, 0)} found"
            for artist in self.artists.values()
            if artist.n_paintings not in (None, n_found.get(artist.name, 0))
        ]
        if differences:
            examples = "; ".join(differences[:_N_EXAMPLES])
            _log.warning("%s disagrees on %d artists: %s", self.table, len(differences), examples)


def _find_table(source: Path) -> Path:
    for folder in (source, source.parent, source.parent.parent):
        table = folder / TABLE_NAME
        if table.is_file() and set(_COLUMNS) <= {column.casefold() for column in read_columns(table)}:
            return table
    raise _refuse(source, f"no {TABLE_NAME} with the columns {' and '.join(_COLUMNS)}")


def _find_pictures(source: Path, table: Path) -> Path:
    if source != table.parent:
        return source
    folders = (source / name for name in PICTURE_FOLDERS)
    return next((folder for folder in folders if sample_pictures(folder, n_max=1)), source)


def _read_artists(table: Path) -> dict[str, _Artist]:
    artists: dict[str, _Artist] = {}
    for row in read_rows(table):
        artist = None if isinstance(row, Skip) else _read_artist(row)
        if artist is None:
            _log.warning("%s: a row without a name left out", table)
        else:
            artists.setdefault(fold_name(artist.name), artist)
    return artists


def _read_artist(row: Row) -> _Artist | None:
    texts = {column.casefold(): str(value or "") for column, value in row.values.items()}
    name = name_artist(texts.get("name"))
    labels = [mend_text(label).strip() for label in texts.get("genre", "").split(",")]
    style = LABEL_SEPARATOR.join(label for label in labels if label) or None
    count = texts.get("paintings", "").strip()
    return None if name is None else _Artist(name, style, int(count) if count.isdecimal() else None)


def _find_artist(stem: str, artists: Mapping[str, _Artist]) -> _Artist | None:
    match = _FILE_NAME.fullmatch(stem)
    return artists.get(fold_name(match["artist"])) if match else None


def _read_name(path: Path, artists: Mapping[str, _Artist]) -> Work | Skip:
    match = _FILE_NAME.fullmatch(path.stem)
    if match is None:
        return Skip(str(path), "expected a file named like Artist_Name_12, found another name")
    artist = _find_artist(path.stem, artists)
    if artist is None:
        return Work(path, artist=name_from_folder(match["artist"]))
    return Work(path, artist=artist.name, style=artist.style)


def _refuse(source: Path, found: str) -> LayoutError:
    return LayoutError(
        source,
        expected=f"{TABLE_NAME} and pictures named like Artist_Name_12.jpg",
        found=found,
        remedy=f"give the folder that holds {TABLE_NAME}",
    )
