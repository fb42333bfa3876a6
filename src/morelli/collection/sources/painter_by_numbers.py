"""The Kaggle set "Painter by Numbers": numbered pictures in ``train/`` and ``test/`` beside a table of works.

``all_data_info.csv`` names the artists; ``train_info.csv`` has codes in their place and is read only when the
other is missing. Pictures are found by `numbered_pictures`, also while some of them are still packed.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import ClassVar

from morelli.collection.names import year_from_text
from morelli.collection.people import read_person
from morelli.collection.sources.addresses import DirectAddresses
from morelli.collection.sources.folders import list_folders, sample_pictures
from morelli.collection.sources.headers import read_cell, require_columns, split_cell
from morelli.collection.sources.numbered_pictures import NumberedPictures, part_of_folder
from morelli.collection.sources.rows import Row, read_rows
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError, SourceError

_log = logging.getLogger(__name__)

FULL_TABLE, CODED_TABLE = "all_data_info.csv", "train_info.csv"
"""The table with names of artists, and the one with codes in their place."""

COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "file": ("new_filename", "filename", "file_name", "file", "image"),
    "artist": ("artist", "artist_name", "painter"),
    "title": ("title", "name"),
    "style": ("style",),
    "genre": ("genre",),
    "date": ("date", "year"),
    "website": ("source",),
    "in_train": ("in_train",),
    "group": ("artist_group",),
}
"""The names under which each field is looked for, best first."""

GROUPS = ("train_only", "test_only", "train_and_test")
"""Where an artist's works are, in the words of the set."""

_TRUE, _FALSE = frozenset({"true", "t", "yes", "1", "1.0"}), frozenset({"false", "f", "no", "0", "0.0"})
_GROUP_PARTS = {"train_only": "train", "test_only": "test"}


def count_artist_groups(works: Iterable[Work]) -> dict[str, int]:
    """Return how many artists have works in train only, in test only, and in both.

    Parameters
    ----------
    works
        Any works that know their artist and official part; others do not count.

    Examples
    --------
    >>> works = [Work(None, "Gris", part="train"), Work(None, "Gris", part="test"), Work(None, "Klee")]
    >>> count_artist_groups(works)
    {'train_only': 0, 'test_only': 0, 'train_and_test': 1}
    """
    parts: defaultdict[str, set[str]] = defaultdict(set)
    for work in works:
        if work.artist is not None and work.part is not None:
            parts[work.artist].add(work.part)
    counts = Counter("train_and_test" if len(found) > 1 else f"{min(found)}_only" for found in parts.values())
    return {group: counts[group] for group in GROUPS}


@dataclass(frozen=True)
class PainterByNumbers(DirectAddresses):
    """A source with the tables and pictures of "Painter by Numbers".

    Parameters
    ----------
    source
        The folder that holds the table.
    reason
        Why this layout was taken, a sentence without a full stop.
    table
        The table that is read.
    columns
        The table's own column name of each field it has.
    """

    name: ClassVar[str] = "painter-by-numbers"

    source: Path
    reason: str
    table: Path
    columns: Mapping[str, str] = field(repr=False, hash=False)

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> PainterByNumbers:
        """Return the layout when it fits a source.

        Parameters
        ----------
        source
            The folder with ``all_data_info.csv`` or ``train_info.csv``, or one of these tables.
        is_forced
            Whether the user asked for it: then ``train_info.csv`` needs no folder ``train`` beside it.

        Raises
        ------
        LayoutError
            When there is no such table, or it lacks a column that is needed.
        SourceError
            When the table cannot be read.
        """
        table = _find_table(source)
        columns = require_columns(table, COLUMN_NAMES, ("file", "artist"))
        folder = table.parent
        if table.name.lower() == CODED_TABLE and not (is_forced or _has_parts(folder)):
            raise _refuse(source, f"{CODED_TABLE} without a folder or archive named train")
        reason = f"{table.name!r} lists pictures in its column {columns['file']!r}"
        return cls(folder, reason, table, columns)

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works in the order of the rows, a `Skip` for each without a picture, and further files.

        What concerns many works is logged as one warning each: pictures that are still packed, damaged
        pictures that were or could be replaced, artists that are codes, rows that contradict themselves.

        Raises
        ------
        SourceError
            When the table turns out to be damaged, or none of its pictures is there.
        """
        pictures = NumberedPictures.find(self.source)
        rows = list(read_rows(self.table))
        if not any(isinstance(row, Row) and pictures.locate(self._read_file(row), None) for row in rows):
            raise _describe_absence(self.source, pictures)
        contradictions = 0
        for row in rows:
            yield row if isinstance(row, Skip) else self._read_work(row, pictures)
            contradictions += isinstance(row, Row) and self._is_contradictory(row)
        yield from pictures.list_rest(self.table.name)
        if contradictions:
            _log.warning("%s: %d rows whose artist_group contradicts in_train", self.table, contradictions)
        if self.table.name.lower() == CODED_TABLE:
            _log.warning("%s names artists by codes; put %s beside it for names", self.table, FULL_TABLE)
        pictures.log_warnings()

    def _read_work(self, row: Row, pictures: NumberedPictures) -> Work | Skip:
        place = f"{self.table}:row {row.number}"
        name = self._read_file(row)
        if name is None:
            return Skip(place, f"expected a file name in column {self.columns['file']!r}, found none")
        part = self._read_part(row)
        path = pictures.take(name, part)
        if path is None:
            return Skip(place, pictures.explain(name))
        person = read_person(self._read(row, "artist"))
        return Work(
            path,
            artist=person.name,
            title=self._read(row, "title"),
            year=year_from_text(self._read(row, "date")),
            style=split_cell(self._read(row, "style")),
            genre=split_cell(self._read(row, "genre")),
            qualifier=person.qualifier,
            artist_dates=person.dates,
            source=self._read(row, "website"),
            source_id=PurePosixPath(name).stem,
            part=part or part_of_folder(path.relative_to(self.source)),
        )

    def _read(self, row: Row, key: str) -> str | None:
        return read_cell(row.values.get(self.columns.get(key, "")))

    def _read_file(self, row: Row) -> str | None:
        location = self._read(row, "file")
        return None if location is None else PurePosixPath(location.replace("\\", "/")).name or None

    def _read_part(self, row: Row) -> str | None:
        if self.table.name.lower() == CODED_TABLE:
            return "train"
        text = (self._read(row, "in_train") or "").casefold()
        return "train" if text in _TRUE else "test" if text in _FALSE else None

    def _is_contradictory(self, row: Row) -> bool:
        claimed, part = _GROUP_PARTS.get(self._read(row, "group") or ""), self._read_part(row)
        return claimed is not None and part is not None and claimed != part


def _find_table(source: Path) -> Path:
    names = (FULL_TABLE, CODED_TABLE)
    if source.is_file():
        if source.name.lower() in names:
            return source
        raise _refuse(source, f"a file named {source.name}")
    found = {path.name.lower(): path for path in sorted(source.iterdir()) if path.is_file()}
    table = next((found[name] for name in names if name in found), None)
    if table is None:
        packed = [found[f"{name}.zip"].name for name in names if f"{name}.zip" in found]
        raise _refuse(source, f"{' and '.join(packed)} still packed" if packed else "neither table")
    return table


def _has_parts(folder: Path) -> bool:
    if any(part_of_folder(found.relative_to(folder) / "x") for found in list_folders(folder)):
        return True
    return (folder / "train.zip").is_file() or bool(sample_pictures(folder, n_max=1))


def _describe_absence(folder: Path, pictures: NumberedPictures) -> SourceError:
    packed = " and ".join(pictures.list_packed())
    return SourceError(
        folder,
        expected="the pictures that the table lists, in the folders train and test",
        found=f"{packed} still packed" if packed else "none of them",
        remedy=f"unpack {packed} in this folder" if packed else "put the folders beside the table",
    )


def _refuse(source: Path, found: str) -> LayoutError:
    return LayoutError(
        source,
        expected=f"{FULL_TABLE}, or {CODED_TABLE} with the folder train beside it",
        found=found,
        remedy=f"give the folder that holds {FULL_TABLE}, unpacked",
    )
