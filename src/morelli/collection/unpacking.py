"""Zip archives of picture sets unpacked into a folder: nothing outside it, nothing twice, not without end.

`kaggle_sets` unpacks here what it fetched. An archive comes from elsewhere, so all its names are looked at
before the first file is written.
"""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from morelli.errors import DownloadError

_ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
"""All that `zipfile` raises on archives that are damaged, encrypted, or packed in a way it does not know."""
_PART = ".unpacking.part"


def unpack_archive(
    archive: Path,
    folder: Path,
    *,
    max_bytes: int,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Return how many bytes the files of an archive have, after unpacking those that are not there yet.

    A file is there when it has the size that the archive tells; each is written aside and then moved, so a
    run that was killed leaves no half ones.

    Parameters
    ----------
    archive
        A zip file.
    folder
        Where its files go; made when it is missing.
    max_bytes
        Refuse archives whose files are larger together.
    progress
        Called with how many files are done, and of how many.

    Raises
    ------
    DownloadError
        When the archive is damaged, encrypted or too large, holds links or names that lead out of the folder,
        or the disk has no room.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = _list_files(opened)
            targets = _choose_targets(archive, members, folder)
            _check_room(archive, members, folder, max_bytes)
            for n_done, (member, target) in enumerate(zip(members, targets, strict=True), start=1):
                _unpack_member(opened, member, target, folder)
                if progress is not None:
                    progress(n_done, len(members))
            return sum(member.file_size for member in members)
    except _ZIP_FAULTS as fault:
        raise DownloadError(
            archive,
            expected="a whole zip archive",
            found=str(fault) or type(fault).__name__,
            remedy="delete it and download it again",
        ) from fault
    except OSError as fault:
        raise DownloadError(
            fault.filename or folder,
            expected="a folder to unpack into",
            found=(fault.strerror or str(fault)).lower(),
            remedy="check its permissions and the room on the disk",
        ) from fault


def unpack_nested(folder: Path, *, max_bytes: int) -> None:
    """Unpack the archives that lie in a folder, each once, and delete them.

    One file comes to lie beside its archive, as does a folder of the archive's name; anything else goes into
    a folder of that name, so that the parts of a set do not mix.

    Parameters
    ----------
    folder
        A folder into which an archive was unpacked.
    max_bytes
        Refuse to unpack more than this from all of them together.

    Raises
    ------
    DownloadError
        As in `unpack_archive`.
    """
    for archive in sorted(path for path in folder.iterdir() if path.suffix.lower() == ".zip"):
        try:
            with zipfile.ZipFile(archive) as opened:
                names = [member.filename for member in _list_files(opened)]
        except (OSError, *_ZIP_FAULTS):
            names = []  # unpacking it will say what is wrong
        tops = {PurePosixPath(name).parts[:1] for name in names}
        is_flat = len(names) == 1 or tops == {(archive.stem,)}
        max_bytes -= unpack_archive(
            archive, folder if is_flat else folder / archive.stem, max_bytes=max_bytes
        )
        archive.unlink()


def _list_files(opened: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    # not is_dir(), which stumbles over a file without a name
    return [member for member in opened.infolist() if not member.filename.endswith("/")]


def _choose_targets(archive: Path, members: Sequence[zipfile.ZipInfo], folder: Path) -> list[Path]:
    names = [PurePosixPath(member.filename.replace("\\", "/")) for member in members]
    for member, name in zip(members, names, strict=True):
        is_link = stat.S_ISLNK(member.external_attr >> 16)
        is_strange = not name.parts or name.is_absolute() or ".." in name.parts or ":" in name.parts[0]
        if is_link or is_strange:
            raise DownloadError(
                archive,
                expected="files that stay in the folder they are unpacked into",
                found=f"{'a link' if is_link else 'the name'} {member.filename[:200]!r}",
                remedy="do not unpack it, and download it again from its own page",
            )
    if len(set(names)) < len(names):
        raise DownloadError(
            archive,
            expected="each name once",
            found=f"{len(names) - len(set(names))} names that come again",
            remedy="download it again from its own page",
        )
    return [folder / name for name in names]


def _check_room(archive: Path, members: Sequence[zipfile.ZipInfo], folder: Path, max_bytes: int) -> None:
    size_bytes = sum(member.file_size for member in members)
    if size_bytes > max_bytes:
        raise DownloadError(
            archive,
            expected=f"at most {max_bytes:,} bytes when unpacked",
            found=f"{size_bytes:,}",
            remedy="unpack it yourself if you trust it",
        )
    folder.mkdir(parents=True, exist_ok=True)
    there = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    free = shutil.disk_usage(folder).free
    if size_bytes - there > free:
        raise DownloadError(
            folder,
            expected=f"room for {size_bytes - there:,} more bytes",
            found=f"{free:,} free",
            remedy="make room, or take a folder on another disk",
        )


def _unpack_member(opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, folder: Path) -> None:
    if target.is_file() and target.stat().st_size == member.file_size:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = folder / _PART
    try:
        with opened.open(member) as packed, part.open("wb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
