"""What the tables that go with WikiArt say of each picture: four kinds of table, one kind of listing.

``classes.csv`` and ``wclasses.csv`` come with the Kaggle copy, ``style_train.csv`` and its like with ArtGAN,
``wikiart.csv`` with CSD. `wikiart_tables` joins the listings to the pictures.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from morelli.collection.names.text import mend_text, name_artist, name_from_folder, name_from_slug
from morelli.collection.sources.fields import read_cell, read_code, split_cell
from morelli.collection.sources.folder_names import is_style, read_name
from morelli.collection.sources.folders import is_picture
from morelli.collection.sources.readers import read_columns, read_rows, require_columns
from morelli.collection.sources.tables.records import Row
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError, SourceError

_log = logging.getLogger(__name__)

_UNCERTAIN = "uncertain"
"""The qualifier of works whose artist the table calls uncertain: they do not count as autograph."""

_PARTS = {"train": "train", "val": "val", "test": "test", "database": "train", "query": "test"}
"""The part that a word in a table means; CSD searches its database for each query."""
_TASK_PARTS = {"train": "train", "val": "test", "test": "test"}
"""ArtGAN's publications measure on what its files call ``val``."""

_NO_PART = frozenset({"uncertain artist"})
_PATH = ("filename", "file_name", "file", "path", "name")
_TASK_FILE = re.compile(r"(?P<task>style|artist|genre)_(?P<part>train|val|test)(\.csv)?", re.IGNORECASE)

_CLASSES = {"path": _PATH, "artist": ("artist",), "style": ("genre", "style"), "part": ("subset",)}
"""The column ``genre`` of ``classes.csv`` really holds styles."""
_LABELLERS: Mapping[str, Callable[[str | None], Work]] = {
    "artist": lambda label: Work(None, artist=label),
    "genre": lambda label: Work(None, genre=label),
    "style": lambda label: Work(None, style=label),
}
_SEARCH = {"path": ("path", *_PATH), "artist": ("artist",), "part": ("split",)}
_CODES = {"path": ("file", *_PATH), "artist": ("artist",), "genre": ("genre",), "style": ("style",)}

_GENRES = (
    "abstract painting", "cityscape", "genre painting", "illustration", "landscape", "nude painting",
    "portrait", "religious painting", "sketch and study", "still life",
)  # fmt: skip
"""The genres in order of ArtGAN's ``genre_class.txt``; in ``wclasses.csv`` the first is `_FIRST_GENRE`."""

_FIRST_GENRE = 129
"""In ``wclasses.csv`` 0 to 128 are artists, 129 to 139 genres and 140 to 166 styles."""
_OTHER_GENRE = _FIRST_GENRE + len(_GENRES)
"""The code of works whose genre is none of `_GENRES`; like artist 0 it is no class."""

_LINE = re.compile(r"\s*(?P<code>\d{1,9})[\s,;:]+(?P<name>.*\S)\s*")


@dataclass(frozen=True)
class Listing:
    """What one row says of one picture."""

    place: str  # ``classes.csv:row 12``
    location: str  # the picture's path as the table has it
    labels: Work  # without a path: the labels of the row and no others
    is_unknown: bool = False  # the table says that the artist is not known


@dataclass(frozen=True)
class LabelTable:
    """A table of one of the four kinds."""

    path: Path
    rank: int  # which is believed first where two differ, 0 for the most readable
    _read: Callable[[Path], Iterator[Listing | Skip]]

    def read(self) -> Iterator[Listing | Skip]:
        """Yield what each row says, and a `Skip` for a row that says nothing."""
        return self._read(self.path)


def open_table(path: Path) -> LabelTable | None:
    """Return the table that a file is, by its name and columns, or None when it is none of the four kinds.

    Raises `LayoutError` when it has the name of such a table but not the columns.
    """
    name = path.name.lower()
    if name == "classes.csv":
        require_columns(path, {**_CLASSES, "mark": ("subset", "genre_count")}, ("path", "style", "mark"))
        return LabelTable(path, 0, _read_classes)
    if name == "wikiart.csv":
        require_columns(path, _SEARCH, ("path", "artist", "part"))
        return LabelTable(path, 1, _read_search)
    if _TASK_FILE.fullmatch(name):
        _check_task(path)
        return LabelTable(path, 2, _read_task)
    if name == "wclasses.csv":
        require_columns(path, _CODES, ("path", "artist"))
        return LabelTable(path, 3, _read_codes)
    return None


def is_task_table(path: Path) -> bool:
    """Tell whether a file is named like one of ArtGAN's, which come in pairs of train and val."""
    return _TASK_FILE.fullmatch(path.name) is not None


def _read_classes(path: Path) -> Iterator[Listing | Skip]:
    columns = require_columns(path, _CLASSES, ("path", "style"))
    strange: set[str] = set()

    def read(row: Row, place: str, location: str) -> Listing:
        subset = _read(row, columns, "part")
        labels = Work(
            None,
            artist=_name_person(_read(row, columns, "artist")),
            style=split_cell(row.values.get(columns["style"])),
            qualifier=_UNCERTAIN if (subset or "").casefold() in _NO_PART else None,
            part=_read_part(subset, strange),
        )
        return Listing(place, location, labels)

    yield from _read_listings(path, columns, read)
    _report_strange(path, strange)


def _read_search(path: Path) -> Iterator[Listing | Skip]:
    columns = require_columns(path, _SEARCH, ("path", "artist", "part"))
    strange: set[str] = set()

    def read(row: Row, place: str, location: str) -> Listing:
        named = _read(row, columns, "artist")
        artist = _name_person(named)
        labels = Work(None, artist=artist, part=_read_part(_read(row, columns, "part"), strange))
        return Listing(place, location, labels, is_unknown=named is not None and artist is None)

    yield from _read_listings(path, columns, read)
    _report_strange(path, strange)


def _read_codes(path: Path) -> Iterator[Listing | Skip]:
    columns = require_columns(path, _CODES, ("path", "artist"))
    names = {task: _ClassNames.find(path.parent, task) for task in ("artist", "genre", "style")}

    def read(row: Row, place: str, location: str) -> Listing:
        codes = {task: read_code(_read(row, columns, task)) for task in names}
        artist = names["artist"].name_shifted(codes["artist"])
        is_unknown = codes["artist"] == 0
        if codes["artist"] is not None and not is_unknown:
            artist = artist or _artist_of_file(location) or f"artist {codes['artist']}"
        labels = Work(
            None,
            artist=None if is_unknown else artist,
            genre=names["genre"].name_genre(codes["genre"]),
            style=_style_of_folder(location) or names["style"].name_class(codes["style"]),
        )
        return Listing(place, location, labels, is_unknown=is_unknown)

    yield from _read_listings(path, columns, read)


def _read_listings(
    path: Path, columns: Mapping[str, str], read: Callable[[Row, str, str], Listing]
) -> Iterator[Listing | Skip]:
    """Yield what is made of each row, its place and its path; a `Skip` for a row without a path."""
    for row in read_rows(path):
        if isinstance(row, Skip):
            yield row
            continue
        place = f"{path}:row {row.number}"
        location = str(row.values.get(columns["path"]) or "").strip()
        if location:
            yield read(row, place, location)
        else:
            yield Skip(place, f"expected a path in {columns['path']!r}, found none")


def _read_task(path: Path) -> Iterator[Listing | Skip]:
    match = _TASK_FILE.fullmatch(path.name)
    assert match is not None  # noqa: S101  `open_table` chose by the name
    task, part = match["task"].lower(), _TASK_PARTS[match["part"].lower()]
    names = _ClassNames.find(path.parent, task)
    for row in _list_headless(path):
        if isinstance(row, Skip):
            yield row
            continue
        place, fields = f"{path}:row {row.number}", _list_filled(row.values.values())
        code = read_code(fields[1]) if len(fields) == 2 else None
        if code is None:
            if row.number > 1 or is_picture(fields[0] if fields else ""):
                yield Skip(place, f"expected a path and a number, found {', '.join(fields)!r}")
            continue
        location = fields[0]
        label = names.name_class(code)
        if task == "style":
            label = _style_of_folder(location) or label
        elif task == "artist":
            label = name_from_folder(names.names.get(code, "")) or _artist_of_file(location) or label
        yield Listing(place, location, replace(_LABELLERS[task](label), part=part))


def _list_headless(path: Path) -> Iterator[Row | Skip]:
    """Yield all rows of a table without a header, also the one that was taken for the header."""
    yield Row(1, {str(number): text for number, text in enumerate(read_columns(path))})
    yield from read_rows(path)


def _list_filled(fields: Iterable[object]) -> list[str]:
    """Return the fields that hold anything: some of the published files part theirs by two commas."""
    return [text for field in fields if (text := str(field or "").strip())]


def _check_task(path: Path) -> None:
    first = _list_filled(read_columns(path))
    if len(first) != 2:
        raise LayoutError(
            path,
            expected="two columns without a header, a path and a number",
            found="the columns " + (", ".join(first) or "(none)"),
            remedy="give ArtGAN's file as it was published",
        )


def _read(row: Row, columns: Mapping[str, str], key: str) -> str | None:
    return read_cell(row.values.get(columns.get(key, "")))


def _read_part(text: str | None, strange: set[str]) -> str | None:
    word = (text or "").casefold()
    if word and word not in _PARTS and word not in _NO_PART:
        strange.add(word)
    return _PARTS.get(word)


def _report_strange(path: Path, strange: set[str]) -> None:
    if strange:
        words = ", ".join(map(repr, sorted(strange)[:3]))
        _log.warning("%s: words that are no part of a split, left out: %s", path, words)


def _name_person(text: str | None) -> str | None:
    """Name an artist written as a name, or in lower case with spaces or hyphens."""
    if text is None or text != text.lower():
        return name_artist((text or "").replace("_", " "))
    return name_from_slug(text.replace(" ", "-"))


def _artist_of_file(location: str) -> str | None:
    work = read_name(Path(PurePosixPath(location.replace("\\", "/")).name), style="")
    return work.artist if work else None


def _style_of_folder(location: str) -> str | None:
    folder = PurePosixPath(location.replace("\\", "/")).parent.name
    return mend_text(folder).replace("_", " ") if is_style(folder) else None


# The names behind the numbers in WikiArt's tables: from the files of class names where there are any.


@dataclass(frozen=True)
class _ClassNames:
    """The names of the classes of one task; none where there is no file of names."""

    task: str
    names: Mapping[int, str]

    @classmethod
    def find(cls, folder: Path, task: str) -> _ClassNames:
        """Return the names in a folder's ``artist_class.txt`` or its like, or none."""
        for name in (f"{task}_class.txt", f"{task}_classes.txt", f"{task}_class"):
            if (folder / name).is_file():
                return cls(task, _read_names(folder / name))
        return cls(task, {})

    def name_class(self, code: int | None) -> str | None:
        """Return the name of a number, else a label made of it, such as "style 17"."""
        if code is None:
            return None
        return self.names.get(code) or f"{self.task} {code}"

    def name_shifted(self, code: int | None) -> str | None:
        """Return the artist of a number of ``wclasses.csv``, or None when the file of names is another list.

        There 0 is the unknown artist. ArtGAN's list begins with Dürer instead and does not go with it.
        """
        is_its_list = 0 in self.names and name_artist(self.names[0]) is None
        return self.names.get(code) if is_its_list and code is not None else None

    def name_genre(self, code: int | None) -> str | None:
        """Return the genre of a number of ``wclasses.csv``; none for that of all other genres."""
        if code is not None and _FIRST_GENRE <= code < _OTHER_GENRE:
            return _GENRES[code - _FIRST_GENRE]
        return None if code == _OTHER_GENRE else self.name_class(code)


def _read_names(path: Path) -> dict[int, str]:
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise SourceError(
            path,
            expected="a readable file of class names",
            found=(fault.strerror or str(fault)).lower(),
            remedy="check its permissions, or take it away",
        ) from fault
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    matches = (_LINE.fullmatch(line) for line in text.splitlines())
    return {int(match["code"]): mend_text(match["name"]).replace("_", " ") for match in matches if match}
