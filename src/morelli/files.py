"""Files are written beside and take their place when they are whole: one, or all that belong together.

What is being written lies in the folder ``.morelli-part`` of the folder it is for. Each writer has a folder
of its own in it and holds that folder's lock as long as it lives; what a killed one left is cleared away by
the next. Files that belong together go through ``.morelli-part/done``: from the moment a folder has that name
they are the ones that count, and whoever comes next completes a move that was interrupted.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

_PARTS, _DONE, _REMOVED = ".morelli-part", "done", ".removed"


def write_file(path: Path, content: str | bytes) -> Path:
    """Write a file, text as UTF-8, whole or not at all; its folder is made. Returns the path."""
    with replace_file(path) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Yield a path to write to: the file takes the other one's place when nothing was raised."""
    with _stage(path.parent, path.parent) as stage:
        part = stage / path.name
        yield part
        part.replace(path)


@contextmanager
def replace_files(folder: Path, owned: Sequence[str]) -> Iterator[Path]:
    """Yield a folder to write files to that belong together: they take their places at once, at the end.

    `owned` are patterns of what the files may be called, as ``figures/*.csv``: what an earlier writer left
    under such names goes. Other files in the folder stay. Until the end, and when something was raised, what
    was there before is whole.
    """
    is_new = not folder.exists()
    with _stage(folder.parent if is_new else folder, folder) as stage:
        yield stage
        if is_new and not folder.exists():
            with suppress(OSError):  # another writer was faster
                stage.rename(folder)
                return
        with _locked(folder):
            _settle(folder)
            _commit(stage, folder, owned)
            _settle(folder)


@contextmanager
def whole_files(folder: Path) -> Iterator[None]:
    """See files that belong together as one writer left them, what was interrupted completed."""
    while folder.is_dir():
        if (folder / _PARTS / _DONE).is_dir():
            with _locked(folder):
                _settle(folder)
        with _locked(folder, is_shared=True):
            if (folder / _PARTS / _DONE).is_dir():
                continue
            yield
            return
    yield


@contextmanager
def _stage(folder: Path, target: Path) -> Iterator[Path]:
    """Yield a new folder inside a folder, and remove it with those whose writers are dead.

    An error that names a file in it, or none, names the one in the folder that it is for.
    """
    folder.mkdir(parents=True, exist_ok=True)
    own = folder / _PARTS / secrets.token_hex(8)
    stage = own / "files"
    with _locked(folder):
        _clear_dead(own.parent)
        stage.mkdir(parents=True)
        handle = _take_lock(own)
    try:
        yield stage
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(target)
        elif isinstance(error.filename, str) and Path(error.filename).is_relative_to(stage):
            error.filename = str(target / Path(error.filename).relative_to(stage))
        raise
    finally:
        _drop_lock(handle)
        shutil.rmtree(own, ignore_errors=True)
        with _locked(folder), suppress(OSError):
            own.parent.rmdir()


def _clear_dead(parts: Path) -> None:
    """Remove folders that nobody holds the lock of."""
    for left in parts.iterdir() if parts.is_dir() else ():
        if left.name == _DONE:
            continue
        try:
            handle = _take_lock(left, waits=False)
        except FileNotFoundError:  # its writer has just removed it
            continue
        if handle is not None:
            shutil.rmtree(left, ignore_errors=True)
            _drop_lock(handle)


def _commit(stage: Path, folder: Path, owned: Sequence[str]) -> None:
    """Make what lies in a stage what counts in a folder."""
    written = _list_files(stage)
    for name in written:
        if (folder / name).is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(folder / name))
    held = {path.relative_to(folder) for pattern in owned for path in folder.glob(pattern) if path.is_file()}
    removed = sorted(path.as_posix() for path in held - set(written))
    (stage / _REMOVED).write_text(json.dumps(removed), encoding="utf-8")
    (folder / _PARTS).mkdir(exist_ok=True)
    stage.rename(folder / _PARTS / _DONE)


def _settle(folder: Path) -> None:
    """Move what counts to its places; called again, it goes on where it was stopped."""
    done = folder / _PARTS / _DONE
    if not done.is_dir():
        return
    with suppress(FileNotFoundError):
        for name in json.loads((done / _REMOVED).read_text(encoding="utf-8")):
            (folder / name).unlink(missing_ok=True)
    for name in _list_files(done):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (done / name).replace(folder / name)
    shutil.rmtree(done)
    _clear_dead(done.parent)
    with suppress(OSError):
        (folder / _PARTS).rmdir()


def _list_files(folder: Path) -> list[Path]:
    """Return the files in a folder by their paths in it, sorted."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in paths if path.name != _REMOVED and _PARTS not in path.parts)


@contextmanager
def _locked(folder: Path, *, is_shared: bool = False) -> Iterator[None]:
    handle = _take_lock(folder, is_shared=is_shared)
    try:
        yield
    finally:
        _drop_lock(handle)


def _take_lock(folder: Path, *, is_shared: bool = False, waits: bool = True) -> int | None:
    """Return a handle that holds the lock of a folder; None where it is held, or the system has none."""
    if sys.platform == "win32":
        return None
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | (0 if waits else fcntl.LOCK_NB))
    except OSError:
        os.close(handle)
        return None
    return handle


def _drop_lock(handle: int | None) -> None:
    if handle is None or sys.platform == "win32":
        return
    import fcntl

    fcntl.flock(handle, fcntl.LOCK_UN)  # also what a forked child has inherited
    os.close(handle)
