"""Walking folders of pictures: sorted, once each, and nothing passed over in silence.

The folder layouts read through `walk_pictures`; what it leaves out comes as a `Skip` with its reason. Only
the litter of operating systems is not worth a word.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from morelli.collection.pictures import PICTURE_SUFFIXES
from morelli.collection.work import Skip

LITTER = frozenset({"thumbs.db", "desktop.ini", "icon\r", "__macosx", "@eadir", "$recycle.bin"})
"""Names, in lower case, that operating systems leave behind; like hidden files they are not worth a
`Skip`."""

SAMPLE_SIZE = 2000
"""How many pictures of a folder are looked at to recognise a layout."""


def is_picture(name: str) -> bool:
    """Tell by its ending whether a file counts as a picture before it is opened."""
    return os.path.splitext(name)[1].lower() in PICTURE_SUFFIXES


def is_litter(name: str) -> bool:
    """Tell whether a file or folder is hidden or left behind by an operating system."""
    return name.startswith(".") or name.lower() in LITTER


def list_folders(folder: Path) -> list[Path]:
    """Return the sub-folders worth looking into, sorted by name; none when the folder cannot be read."""
    return [Path(entry.path) for entry in _list_entries(folder) if _is_folder(entry)]


def sample_pictures(folder: Path, n_max: int = SAMPLE_SIZE) -> list[Path]:
    """Return the first pictures at any depth below a folder, in the order of `walk_pictures`."""
    pictures = (found for found in walk_pictures(folder) if isinstance(found, Path))
    return list(islice(pictures, n_max))


def walk_pictures(folder: Path) -> Iterator[Path | Skip]:
    """Yield the pictures at any depth below a folder, sorted by name, folders among files.

    Yields
    ------
    found
        A path that looks like a picture by its ending; or a `Skip` for any other file, for a folder that
        cannot be read, and for a folder that is reached a second time through a link.
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
