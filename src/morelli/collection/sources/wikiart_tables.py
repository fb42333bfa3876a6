"""WikiArt with its tables: labels and official splits from the tables, pictures from the folders of styles.

`wikiart_labels` reads the tables; here their rows are joined to the pictures, one work per picture however
many tables list it.
"""

from __future__ import annotations

import filecmp
import logging
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import ClassVar

from morelli.collection.names.text import fold_name, mend_slug
from morelli.collection.sources.folder_names import is_style, read_name
from morelli.collection.sources.folders import list_folders, sample_pictures, walk_pictures
from morelli.collection.sources.layout import DirectAddresses
from morelli.collection.sources.wikiart_labels import LabelTable, Listing, is_task_table, open_table
from morelli.collection.work import Skip, Work, keep_labels
from morelli.errors import LayoutError, SourceError

_log = logging.getLogger(__name__)

_TABLE_FOLDERS = frozenset({"wikiart_csv", "style", "artist", "genre"})
"""Folders, in lower case, in which tables are looked for beside the source itself."""

_CLASS_FILES = frozenset({"style_class", "artist_class", "genre_class"})
_STRICTEST_FIRST = ("test", "val", "train")
_SAMPLE_SIZE = 200
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


@dataclass(frozen=True)
class WikiArtTables(DirectAddresses):
    """A source with pictures of WikiArt, below `root`, and tables about them."""

    name: ClassVar[str] = "wikiart-tables"

    source: Path
    reason: str
    root: Path
    tables: tuple[LabelTable, ...] = field(repr=False)  # the most readable first
    unread: tuple[Skip, ...] = field(default=(), repr=False)  # tables beside them that cannot be read

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> WikiArtTables:
        """Fit a folder with tables and pictures they list, or one of the tables.

        With one of ArtGAN's two files of a task the other is read too.
        """
        tables, faults = _find_tables(source)
        if not tables:
            raise faults[0] if faults else _refuse(source, "none of these")
        folder = tables[0].path.parent if source.is_file() else source
        root = folder if sample_pictures(folder, n_max=1) else folder.parent
        first = [listing for table in tables for listing in islice(table.read(), _SAMPLE_SIZE)]
        index = _PictureIndex.read(root)
        if not any(isinstance(entry, Listing) and index.find(entry.location) for entry in first):
            raise _refuse(tables[0].path, f"{_join(tables)}, and none of the pictures listed first")
        for fault in faults:
            _log.warning("%s", fault)
        reason = f"{_join(tables)} list{'s' * (len(tables) == 1)} its pictures"
        unread = tuple(Skip.of_fault(fault.thing, fault) for fault in faults)
        return cls(source, reason, root, tables, unread)

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works in the order of the tables, then a `Skip` for whatever is not a work.

        One warning each tells where the tables contradict each other about artists and parts.
        """
        index = _PictureIndex.read(self.root)
        joined = _Joined(index)
        for table in self.tables:
            for entry in table.read():
                joined.add(entry, table.path.name)
        parts = joined.settle_parts()
        for path, labels in joined.labels.items():
            yield _complete(path, labels, parts.get(path), is_unknown=path in joined.unknown)
        yield from joined.skips
        yield from self.unread
        yield from self._list_rest(index, joined)
        joined.log_warnings()

    def _list_rest(self, index: _PictureIndex, joined: _Joined) -> Iterator[Skip]:
        names = {path.name: path for path in reversed(joined.labels)}
        for path in index.pictures:
            if path not in joined.labels:
                twin = names.get(path.name)
                found = f"one of the same name as {twin}" if twin else "one that none of them lists"
                yield Skip(str(path), f"expected a picture listed in {_join(self.tables)}, found {found}")
        unread = {entry.path for entry in self.unread}
        for other in index.others:
            path = Path(other.path)
            is_class_file = path.stem.lower().removesuffix("es") in _CLASS_FILES
            if not is_class_file and other.path not in unread and _open_quietly(path) is None:
                yield other


@dataclass
class _Joined:
    """What the tables say, by picture."""

    index: _PictureIndex
    labels: dict[Path, Work] = field(default_factory=dict)
    unknown: set[Path] = field(default_factory=set)
    parts: defaultdict[Path, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    skips: list[Skip] = field(default_factory=list)
    _missing: set[str] = field(default_factory=set)
    _artists: list[str] = field(default_factory=list)
    _conflicts: dict[str, str] = field(default_factory=dict)

    def add(self, entry: Listing | Skip, table: str) -> None:
        if isinstance(entry, Skip):
            self.skips.append(entry)
            return
        path = self.index.find(entry.location)
        if path is None:
            if entry.location not in self._missing:
                self._missing.add(entry.location)
                self.skips.append(Skip(entry.place, f"expected a file, found none at {entry.location}"))
            return
        known = self.labels.get(path)
        if known is not None and _is_other_artist(known, entry.labels):
            self._artists.append(f"{path.name} by {known.artist}, in {table} by {entry.labels.artist}")
        if entry.is_unknown:
            self.unknown.add(path)
        if entry.labels.part is not None:
            self.parts[path].setdefault(entry.labels.part, table)
        self.labels[path] = entry.labels if known is None else keep_labels(known, entry.labels)

    def settle_parts(self) -> dict[Path, str]:
        """Return the part of each picture: of several the one that is measured on, so that none is learnt."""
        by_name: defaultdict[str, list[Path]] = defaultdict(list)
        for path in self.parts:
            by_name[path.name].append(path)
        settled: dict[Path, str] = {}
        for path, parts in self.parts.items():
            claims = dict(parts)
            for twin in by_name[path.name]:
                if self.parts[twin].keys() - claims.keys() and _are_same(path, twin):
                    claims = self.parts[twin] | claims
            settled[path] = next(part for part in _STRICTEST_FIRST if part in claims)
            if len(claims) > 1:
                claimed = ", ".join(f"{part} in {table}" for part, table in sorted(claims.items()))
                self._conflicts.setdefault(path.name, f"{path.name} ({claimed})")
        return settled

    def log_warnings(self) -> None:
        if self._artists:
            text = "%d works with another artist in another table, the first kept, such as %s"
            _log.warning(text, len(self._artists), self._artists[0])
        if self._conflicts:
            text = (
                "%d works in several official parts, counted as test where that is one of them, such as %s; "
                "give a single table to keep its split"
            )
            _log.warning(text, len(self._conflicts), next(iter(self._conflicts.values())))


def _complete(path: Path, labels: Work, part: str | None, *, is_unknown: bool) -> Work:
    """Fill in from the file's name what the tables leave open."""
    named = read_name(path, path.parent.name) or Work(path)
    if labels.style is not None:
        named = replace(named, style=None)
    if is_unknown and labels.artist is None:
        named = replace(named, artist=None)
    return replace(keep_labels(replace(labels, path=path), named), part=part)


def _find_tables(source: Path) -> tuple[tuple[LabelTable, ...], list[SourceError]]:
    """Return the tables at a source, and why others of such names cannot be read."""
    if source.is_file():
        given = open_table(source)
        beside = sorted(source.parent.glob(source.name.rpartition("_")[0] + "_*"))
        paths = [path for path in beside if path != source] if is_task_table(source) else []
        return _sort_tables([given, *map(_open_quietly, paths)]), []
    folders = [folder for folder in list_folders(source) if folder.name.lower() in _TABLE_FOLDERS]
    found = [path for folder in (source, *folders) for path in sorted(folder.iterdir()) if path.is_file()]
    tables, faults = [], []
    for path in found:
        try:
            tables.append(open_table(path))
        except SourceError as fault:
            faults.append(fault)
    return _sort_tables(tables), faults


def _sort_tables(found: list[LabelTable | None]) -> tuple[LabelTable, ...]:
    return tuple(sorted((table for table in found if table is not None), key=lambda table: table.rank))


def _open_quietly(path: Path) -> LabelTable | None:
    try:
        return open_table(path)
    except SourceError as fault:
        _log.debug("not taken as a table of WikiArt: %s", fault)
        return None


def _is_other_artist(known: Work, new: Work) -> bool:
    if known.artist is None or new.artist is None:
        return False
    return fold_name(known.artist) != fold_name(new.artist)


def _are_same(first: Path, second: Path) -> bool:
    try:
        return filecmp.cmp(first, second, shallow=False)
    except OSError:
        return False


def _join(tables: tuple[LabelTable, ...]) -> str:
    return ", ".join(repr(table.path.name) for table in tables)


def _refuse(source: Path, found: str) -> LayoutError:
    return LayoutError(
        source,
        expected="classes.csv, wclasses.csv, wikiart.csv or style_train.csv and the like, and their pictures",
        found=found,
        remedy="give the folder that holds both the table and the styles' folders",
    )


# Pictures on disk by the paths that a table gives: found also where letters were spoilt on either side.


@dataclass
class _PictureIndex:
    """The pictures below a folder, to be looked up by path, and what else lies there."""

    root: Path
    pictures: Sequence[Path]
    others: Sequence[Skip]
    _keys: list[dict[str, list[Path]]] = field(default_factory=list, repr=False)

    @classmethod
    def read(cls, root: Path) -> _PictureIndex:
        """Return the index of the pictures at any depth below a folder."""
        found = list(walk_pictures(root))
        pictures = [entry for entry in found if isinstance(entry, Path)]
        return cls(root, pictures, [entry for entry in found if isinstance(entry, Skip)])

    def find(self, location: str) -> Path | None:
        """Return the picture that a path means, or None when there is none or it could be several.

        The path is ``Style/artist_title.jpg`` with anything in front, or the name of the file alone. The
        folder may be missing on disk, but it may not be another style.
        """
        parts = PurePosixPath(location.replace("\\", "/")).parts[-2:]
        for level, spell in enumerate(_SPELLINGS):
            keys = self._keys_of(level)
            files = keys.get("/".join(map(spell, parts)), [])
            if not files and len(parts) > 1:
                files = [path for path in keys.get(spell(parts[-1]), []) if not is_style(path.parent.name)]
            if files:
                # Of several of the very same name the first: which is meant, the table does not say.
                return files[0] if level == 0 or len(files) == 1 else None
        return None

    def _keys_of(self, level: int) -> dict[str, list[Path]]:
        while len(self._keys) <= level:
            spell = _SPELLINGS[len(self._keys)]
            keys: defaultdict[str, list[Path]] = defaultdict(list)
            for path in self.pictures:
                parts = path.relative_to(self.root).parts[-2:]
                for key in {"/".join(map(spell, parts)), spell(parts[-1])}:
                    keys[key].append(path)
            self._keys.append(keys)
        return self._keys[level]


def _keep(part: str) -> str:
    return part


def _fold(part: str) -> str:
    """Mend, and leave out accents and case; punctuation stays, because ``a(1).jpg`` is not ``a-1.jpg``."""
    letters = unicodedata.normalize("NFKD", mend_slug(part.lower()).lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _blank(part: str) -> str:
    """Put one question mark for whatever is not ASCII, which is all that spoiling can change."""
    return _NOT_ASCII.sub("?", unicodedata.normalize("NFC", part)).lower()


_SPELLINGS: tuple[Callable[[str], str], ...] = (_keep, _fold, _blank)
"""How paths are compared, strictest first; later ones are only tried when the earlier find nothing."""
