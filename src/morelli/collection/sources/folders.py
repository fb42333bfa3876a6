"""Walking folders of pictures: sorted, once each, and nothing passed over in silence.

The folder layouts read through `walk_pictures`; what it leaves out comes as a `Skip` with its reason. Only
the litter of operating systems is not worth a word.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from morelli.collection.formats import PICTURE_SUFFIXES
from morelli.collection.work import Skip
from morelli.errors import SourceError

_LITTER = frozenset({
    "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx", "@eadir", "@tmp", "#recycle",
    "#snapshot", "@recycle", "@recently-snapshot", "$recycle.bin", "recycler", "recycled", "lost+found",
    "system volume information", "network trash folder", "temporary items", "found.000", "$windows.~bt",
    "__pycache__",
})  # fmt: skip
"""Names, in lower case, that operating systems leave behind; like hidden files they are not worth a
`Skip`."""

_N_SAMPLED = 2000
"""How many pictures of a folder are looked at to recognise a layout."""


def is_picture(name: str) -> bool:
    """Tell by its ending whether a file counts as a picture before it is opened."""
    return os.path.splitext(name)[1].lower() in PICTURE_SUFFIXES


def is_litter(name: str) -> bool:
    """Tell whether a file or folder is hidden or left behind by an operating system or an office program."""
    return name.startswith((".", "~$")) or name.lower() in _LITTER


def list_folders(folder: Path) -> list[Path]:
    """Return the sub-folders worth looking into, sorted by name; none when the folder cannot be read."""
    return [Path(entry.path) for entry in _list_entries(folder) if _is_folder(entry)]


def list_files(folder: Path) -> list[Path]:
    """Return the files directly in a folder, sorted by name; none when the folder cannot be read."""
    return [Path(entry.path) for entry in _list_entries(folder) if not _is_folder(entry)]


def sample_pictures(folder: Path, n_max: int = _N_SAMPLED) -> list[Path]:
    """Return the first pictures at any depth below a folder, in the order of `walk_pictures`."""
    pictures = (found for found in walk_pictures(folder) if isinstance(found, Path))
    return list(islice(pictures, n_max))


def walk_pictures(folder: Path) -> Iterator[Path | Skip]:
    """Yield the pictures at any depth below a folder, sorted by name, folders among files.

    A `Skip` stands for any other file, a folder that cannot be read, and one reached again through a link.
    """
    for found in walk_files(folder):
        if isinstance(found, Skip) or is_picture(found.name):
            yield found
        else:
            yield Skip(str(found), "expected a picture, found a file with another ending")


def walk_files(folder: Path) -> Iterator[Path | Skip]:
    """Yield the files at any depth below a folder, as `walk_pictures` does, whatever their ending."""
    seen: set[tuple[int, int]] = set()
    pending = [(folder, True)]  # a stack: folders nest deeper than calls may
    while pending:
        path, is_folder = pending.pop()
        if not is_folder:
            yield path
            continue
        entries = _open_folder(path, seen)
        if isinstance(entries, Skip):
            yield entries
        else:
            pending.extend((Path(entry.path), _is_folder(entry)) for entry in reversed(entries))


def _open_folder(folder: Path, seen: set[tuple[int, int]]) -> list[os.DirEntry[str]] | Skip:
    try:
        status = folder.stat()
        entries = _sort_entries(folder)
    except OSError as fault:
        return Skip(
            str(folder), f"expected a readable folder, found {(fault.strerror or str(fault)).lower()}"
        )
    if (status.st_dev, status.st_ino) in seen:
        return Skip(str(folder), "expected a new folder, found a link to one that was already read")
    seen.add((status.st_dev, status.st_ino))
    return entries


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself: opening it as a picture will say so
        return False


def _list_entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        return _sort_entries(folder)
    except OSError:
        return []


def _sort_entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted((entry for entry in entries if not is_litter(entry.name)), key=lambda entry: entry.name)


# Files of JSON, one record each: finding them below a folder and reading one.

JSON_SUFFIX = ".json"

_N_DOCUMENTS = 20


def walk_json(folder: Path) -> Iterator[Path | Skip]:
    """Yield the JSON files at any depth below a folder, sorted by name, and a `Skip` for whatever else."""
    for found in walk_files(folder):
        if isinstance(found, Skip) or found.suffix.lower() == JSON_SUFFIX:
            yield found
        else:
            yield Skip(str(found), "expected a file of JSON, found a file with another ending")


def sample_json(folder: Path, n_max: int = _N_DOCUMENTS) -> list[Any]:
    """Return what the first readable ones of a few JSON files below a folder hold."""
    paths = islice((found for found in walk_json(folder) if isinstance(found, Path)), n_max)
    return [found for path in paths if not isinstance(found := try_json(path), Skip)]


def try_json(path: Path) -> Any:
    """Return what a JSON file holds, or a `Skip` with the reason why it cannot be read."""
    try:
        return load_json(path)
    except SourceError as fault:
        return Skip.of_fault(path, fault)


def load_json(path: Path) -> Any:
    """Return what a JSON file holds: UTF-8, UTF-16 or UTF-32, with or without a byte-order mark."""
    try:
        # Numbers of thousands of digits and nesting by the thousand are refused by the parser itself.
        return json.loads(path.read_bytes())
    except OSError as fault:
        found = (fault.strerror or str(fault)).lower()
    except (ValueError, RecursionError) as fault:
        found = f"{path.stat().st_size} bytes that are none ({fault})"
    raise SourceError(path, expected="a file of JSON", found=found, remedy="save or fetch the file again")


# Pictures that still lie in zip archives: which archive holds which, without unpacking any.

_ZIP_FAULTS = (OSError, ValueError, NotImplementedError, zipfile.BadZipFile, zipfile.LargeZipFile)


@dataclass(frozen=True)
class Archive:
    """A zip archive beside the pictures."""

    path: Path
    names: frozenset[str]  # of the pictures in it, in lower case, without folders; none when it is damaged
    is_whole: bool  # its list of contents could be read; an unfinished download has none


def read_archives(folder: Path) -> list[Archive]:
    """Return the zip archives directly in a folder, sorted by name; none when it cannot be read."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".zip")
    except OSError:
        return []
    return [_read_archive(path) for path in paths if not is_litter(path.name) and path.is_file()]


def _read_archive(path: Path) -> Archive:
    try:
        with zipfile.ZipFile(path) as archive:
            places = [PurePosixPath(name) for name in archive.namelist()]
    except _ZIP_FAULTS:
        return Archive(path, frozenset(), is_whole=False)
    names = (place.name.casefold() for place in places if not any(map(is_litter, place.parts)))
    return Archive(path, frozenset(name for name in names if is_picture(name)), is_whole=True)


# Tables that were never fetched: Git LFS leaves a few lines of text in the place of a large file.

_FIRST_LINE = b"version https://git-lfs.github.com/spec/"


def is_pointer(path: Path) -> bool:
    """Tell whether a file is the Git LFS pointer to a file rather than the file."""
    try:
        with path.open("rb") as file:
            return file.read(len(_FIRST_LINE)) == _FIRST_LINE
    except OSError as fault:
        raise SourceError(
            path,
            expected="a readable table",
            found=(fault.strerror or str(fault)).lower(),
            remedy="check the path and its permissions",
        ) from fault


def refuse_pointer(path: Path) -> None:
    """Raise `SourceError` when a file is a Git LFS pointer, or cannot be opened."""
    if is_pointer(path):
        raise SourceError(
            path,
            expected="a table",
            found="a Git LFS pointer, which only names the table",
            remedy="run 'git lfs install' and 'git lfs pull' in that copy of the repository, or download the "
            "file by the button 'Download raw file' on its page",
        )
