"""Pictures that still lie in zip archives: which archive holds which, without unpacking any.

For sources that are handed out as zip files, so that a missing picture can be explained by what to unpack.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from morelli.collection.sources.folders import is_litter, is_picture

_ZIP_FAULTS = (OSError, ValueError, NotImplementedError, zipfile.BadZipFile, zipfile.LargeZipFile)


@dataclass(frozen=True)
class Archive:
    """A zip archive beside the pictures.

    Parameters
    ----------
    path
        The archive.
    names
        The names of the pictures in it, in lower case, without their folders; none when it is damaged.
    is_whole
        Whether its list of contents could be read; an unfinished download has none.
    """

    path: Path
    names: frozenset[str]
    is_whole: bool


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
