"""The Kaggle set "Painter by Numbers": numbered pictures in ``train/`` and ``test/`` beside a table of works.

``all_data_info.csv`` names the artists; ``train_info.csv`` has codes in their place and is read only when the
other is missing. Pictures that are still packed are listed with their archive.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import ClassVar

from morelli.collection.names.dates import read_dates
from morelli.collection.names.people import read_person
from morelli.collection.sources.fields import read_cell, split_cell
from morelli.collection.sources.folders import (
    Archive,
    list_folders,
    read_archives,
    sample_pictures,
    walk_pictures,
)
from morelli.collection.sources.layout import DirectAddresses
from morelli.collection.sources.readers import read_rows, require_columns
from morelli.collection.sources.tables.records import Row
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError, SourceError

_log = logging.getLogger(__name__)

_FULL_TABLE, _CODED_TABLE = "all_data_info.csv", "train_info.csv"
"""The table with names of artists, and the one with codes in their place."""

_COLUMN_NAMES: dict[str, tuple[str, ...]] = {
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

_TRUE, _FALSE = frozenset({"true", "t", "yes", "1", "1.0"}), frozenset({"false", "f", "no", "0", "0.0"})
_GROUP_PARTS = {"train_only": "train", "test_only": "test"}

_COMPANIONS = frozenset({
    "all_data_info.csv", "train_info.csv", "submission_info.csv", "solution_painter.csv",
    "sample_submission.csv",
})  # fmt: skip
"""Files, in lower case, that belong to the set without being pictures; they are not worth a `Skip`."""

_PART_FOLDER = re.compile(r"(train|test)([_-]?\d+)?", re.IGNORECASE)
_REPLACEMENTS = re.compile(r"replacements?_for_corrupted_files", re.IGNORECASE)


@dataclass(frozen=True)
class PainterByNumbers(DirectAddresses):
    """A source with the tables and pictures of "Painter by Numbers"; `source` holds the table."""

    name: ClassVar[str] = "painter-by-numbers"

    source: Path
    reason: str
    table: Path
    columns: Mapping[str, str] = field(repr=False, hash=False)  # by field

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> PainterByNumbers:
        """Fit ``all_data_info.csv`` or ``train_info.csv``, or the folder that holds one.

        Unless forced, ``train_info.csv`` needs a folder ``train`` beside it.
        """
        table = _find_table(source)
        columns = require_columns(table, _COLUMN_NAMES, ("file", "artist"))
        folder = table.parent
        if table.name.lower() == _CODED_TABLE and not (is_forced or _has_parts(folder)):
            raise _refuse(source, f"{_CODED_TABLE} without a folder or archive named train")
        reason = f"{table.name!r} lists pictures in its column {columns['file']!r}"
        return cls(folder, reason, table, columns)

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works in the order of the rows, a `Skip` for each without a picture, and further files.

        One warning each tells of pictures still packed, damaged ones that were or could be replaced, artists
        that are codes, and rows that contradict themselves. Raises `SourceError` when no picture is there.
        """
        pictures = _NumberedPictures.find(self.source)
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
        if self.table.name.lower() == _CODED_TABLE:
            _log.warning("%s names artists by codes; put %s beside it for names", self.table, _FULL_TABLE)
        pictures.log_warnings()

    def _read_work(self, row: Row, pictures: _NumberedPictures) -> Work | Skip:
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
            **asdict(read_dates(self._read(row, "date"))),
            style=split_cell(self._read(row, "style")),
            genre=split_cell(self._read(row, "genre")),
            qualifier=person.qualifier,
            artist_dates=person.dates,
            source=self._read(row, "website"),
            source_id=PurePosixPath(name).stem,
            part=part or _part_of_folder(path.relative_to(self.source)),
        )

    def _read(self, row: Row, key: str) -> str | None:
        return read_cell(row.values.get(self.columns.get(key, "")))

    def _read_file(self, row: Row) -> str | None:
        location = self._read(row, "file")
        return None if location is None else PurePosixPath(location.replace("\\", "/")).name or None

    def _read_part(self, row: Row) -> str | None:
        if self.table.name.lower() == _CODED_TABLE:
            return "train"
        text = (self._read(row, "in_train") or "").casefold()
        return "train" if text in _TRUE else "test" if text in _FALSE else None

    def _is_contradictory(self, row: Row) -> bool:
        claimed, part = _GROUP_PARTS.get(self._read(row, "group") or ""), self._read_part(row)
        return claimed is not None and part is not None and claimed != part


def _find_table(source: Path) -> Path:
    names = (_FULL_TABLE, _CODED_TABLE)
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
    if any(_part_of_folder(found.relative_to(folder) / "x") for found in list_folders(folder)):
        return True
    return (folder / "train.zip").is_file() or bool(sample_pictures(folder, n_max=1))


def _describe_absence(folder: Path, pictures: _NumberedPictures) -> SourceError:
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
        expected=f"{_FULL_TABLE}, or {_CODED_TABLE} with the folder train beside it",
        found=found,
        remedy=f"give the folder that holds {_FULL_TABLE}, unpacked",
    )


# The pictures: ``12345.jpg`` in train, test, train_1 to train_9, or still packed.


def _part_of_folder(relative: Path) -> str | None:
    """Return the part in whose folder a picture lies, by its path below the set's folder, or None."""
    matches = (_PART_FOLDER.fullmatch(folder) for folder in reversed(relative.parts[:-1]))
    return next((match[1].lower() for match in matches if match), None)


@dataclass
class _NumberedPictures:
    """The pictures below a folder by name in lower case, and what has become of each."""

    root: Path
    originals: Mapping[str, Sequence[Path]]
    replacements: Mapping[str, Path]  # whole copies of pictures that were damaged when the set was published
    others: Sequence[Skip]
    archives: Sequence[Archive]  # those of replacements last
    _taken: set[Path] = field(default_factory=set)
    _replaced: set[Path] = field(default_factory=set)
    _listed: set[str] = field(default_factory=set)
    _packed: set[str] = field(default_factory=set)

    @classmethod
    def find(cls, root: Path) -> _NumberedPictures:
        """Return the pictures at any depth below a folder."""
        originals: defaultdict[str, list[Path]] = defaultdict(list)
        replacements: dict[str, Path] = {}
        others = []
        for found in walk_pictures(root):
            if isinstance(found, Skip):
                others.append(found)
            elif any(map(_REPLACEMENTS.fullmatch, found.relative_to(root).parts[:-1])):
                replacements.setdefault(found.name.casefold(), found)
            else:
                originals[found.name.casefold()].append(found)
        archives = sorted(read_archives(root), key=lambda archive: _is_replacement(archive.path))
        return cls(root, originals, replacements, others, archives)

    def locate(self, name: str | None, part: str | None) -> Path | None:
        """Return the file to read for a name: its replacement, else the one in the folder of its part."""
        if name is None:
            return None
        key = name.casefold()
        if key in self.replacements:
            return self.replacements[key]
        files = self.originals.get(key, ())
        return min(files, key=lambda path: self._rank_folder(path, part), default=None)

    def take(self, name: str, part: str | None) -> Path | None:
        """Return what `locate` does, and remember that a row lists it."""
        key, path = name.casefold(), self.locate(name, part)
        self._listed.add(key)
        if path is not None:
            self._taken.add(path)
        if key in self.replacements:
            self._replaced.update(self.originals.get(key, ()))
        return path

    def explain(self, name: str) -> str:
        """Return why there is no file of a name."""
        for archive in self.archives:
            if name.casefold() in archive.names:
                self._packed.add(archive.path.name)
                return f"expected the picture {name}, found it still packed in {archive.path.name}"
        return f"expected a picture named {name}, found none"

    def list_rest(self, table: str) -> Iterator[Skip]:
        """Yield a `Skip` for each file that no row lists."""
        files = [path for paths in self.originals.values() for path in paths]
        for path in sorted([*files, *self.replacements.values()]):
            if path in self._taken or path in self._replaced:
                continue
            is_copy = path.name.casefold() in self._listed
            found = "a further file of a listed name" if is_copy else "no such row"
            yield Skip(str(path), f"expected a picture that {table} lists, found {found}")
        archives = {str(archive.path) for archive in self.archives}
        for other in self.others:
            if other.path not in archives and Path(other.path).name.lower() not in _COMPANIONS:
                yield other

    def list_packed(self) -> list[str]:
        """Return the names of the archives that hold pictures or cannot be read."""
        return [archive.path.name for archive in self.archives if archive.names or not archive.is_whole]

    def log_warnings(self) -> None:
        """Log what concerns many pictures: those still packed, and those replaced or to be replaced."""
        if self._packed:
            _log.warning("%s: still packed: %s; unpack and collect again", self.root, _join(self._packed))
        broken = {archive.path.name for archive in self.archives if not archive.is_whole}
        if broken:
            _log.warning("%s: damaged archives: %s; fetch them again", self.root, _join(broken))
        if self._replaced:
            _log.warning("%s: %d pictures are read from their replacements", self.root, len(self._replaced))
        elif not self.replacements:
            self._log_packed_replacements()

    def _log_packed_replacements(self) -> None:
        for archive in self.archives:
            if _is_replacement(archive.path) and archive.names & self.originals.keys():
                _log.warning(
                    "%s: still packed, so its pictures are read as they were; unpack it beside the table for "
                    "whole ones",
                    archive.path,
                )

    def _rank_folder(self, path: Path, part: str | None) -> tuple[int, Path]:
        found = _part_of_folder(path.relative_to(self.root))
        return (0 if found == part else 1 if found is None else 2), path


def _is_replacement(archive: Path) -> bool:
    return _REPLACEMENTS.fullmatch(archive.stem) is not None


def _join(names: set[str]) -> str:
    return ", ".join(sorted(names))
