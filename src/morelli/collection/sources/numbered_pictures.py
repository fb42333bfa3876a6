"""The pictures of "Painter by Numbers": ``12345.jpg`` in train, test, train_1 to train_9, or still packed.

Keeps book of which file stands for which name, so that every picture is read, replaced or explained.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from morelli.collection.sources.archives import Archive, read_archives
from morelli.collection.sources.folders import walk_pictures
from morelli.collection.work import Skip

_log = logging.getLogger(__name__)

COMPANIONS = frozenset({
    "all_data_info.csv", "train_info.csv", "submission_info.csv", "solution_painter.csv",
    "sample_submission.csv",
})  # fmt: skip
"""Files, in lower case, that belong to the set without being pictures; they are not worth a `Skip`."""

_PART_FOLDER = re.compile(r"(train|test)([_-]?\d+)?", re.IGNORECASE)
_REPLACEMENTS = re.compile(r"replacements?_for_corrupted_files", re.IGNORECASE)


def part_of_folder(relative: Path) -> str | None:
    """Return the part in whose folder a picture lies, by its path below the set's folder, or None.

    Examples
    --------
    >>> part_of_folder(Path("train_3/12.jpg")), part_of_folder(Path("12.jpg"))
    ('train', None)
    """
    matches = (_PART_FOLDER.fullmatch(folder) for folder in reversed(relative.parts[:-1]))
    return next((match[1].lower() for match in matches if match), None)


@dataclass
class NumberedPictures:
    """The pictures below a folder by name, and what has become of each.

    Parameters
    ----------
    root
        The set's folder.
    originals
        The files of each name in lower case.
    replacements
        The whole copy of each picture that was damaged when the set was published, by name in lower case.
    others
        What is not a picture.
    archives
        The zip archives in the folder, those of replacements last.
    """

    root: Path
    originals: Mapping[str, Sequence[Path]]
    replacements: Mapping[str, Path]
    others: Sequence[Skip]
    archives: Sequence[Archive]
    _taken: set[Path] = field(default_factory=set)
    _replaced: set[Path] = field(default_factory=set)
    _asked: set[str] = field(default_factory=set)
    _packed: set[str] = field(default_factory=set)

    @classmethod
    def find(cls, root: Path) -> NumberedPictures:
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
        """Return what `locate` does, and remember that it was asked for."""
        key, path = name.casefold(), self.locate(name, part)
        self._asked.add(key)
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
        """Yield a `Skip` for each file that no row asked for."""
        files = [path for paths in self.originals.values() for path in paths]
        for path in sorted([*files, *self.replacements.values()]):
            if path in self._taken or path in self._replaced:
                continue
            is_copy = path.name.casefold() in self._asked
            found = "a further file of a listed name" if is_copy else "no such row"
            yield Skip(str(path), f"expected a picture that {table} lists, found {found}")
        archives = {str(archive.path) for archive in self.archives}
        for other in self.others:
            if other.path not in archives and Path(other.path).name.lower() not in COMPANIONS:
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
        found = part_of_folder(path.relative_to(self.root))
        return (0 if found == part else 1 if found is None else 2), path


def _is_replacement(archive: Path) -> bool:
    return _REPLACEMENTS.fullmatch(archive.stem) is not None


def _join(names: set[str]) -> str:
    return ", ".join(sorted(names))
