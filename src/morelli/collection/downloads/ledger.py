"""What is known of each address: the file it led to, or why there is none.

SQLite rather than a log of lines: a row is there or not, whenever the process is killed; a million addresses
need no memory; and a failure that later succeeds is replaced. Write-ahead logging with synchronous=NORMAL
costs no flush per row and is whole again after a power cut, if perhaps without the last rows: those pictures
are then fetched again. The exclusive lock, which the system takes back when a process dies, keeps a second
process from the same folder.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import uuid4

import httpx

from morelli.collection.downloads.faults import Fault, Lasting, Step, blame_disk
from morelli.collection.downloads.network import check_type, is_length_announced, save_body
from morelli.collection.downloads.politeness import Politeness
from morelli.collection.pictures import decode_picture, read_format
from morelli.errors import DownloadError, PictureError

_LEDGER_FILE = "ledger.sqlite"

_TABLES = """
CREATE TABLE IF NOT EXISTS stored (
    address TEXT PRIMARY KEY, content_hash TEXT NOT NULL, size_bytes INTEGER NOT NULL, file TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failed (
    address TEXT PRIMARY KEY, step TEXT NOT NULL, reason TEXT NOT NULL, lasting TEXT NOT NULL,
    terms TEXT NOT NULL
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class _StoredFile:
    """A file that an address led to."""

    content_hash: str  # SHA-256 of the file, 64 hexadecimal digits
    size_bytes: int
    file: str  # its path below the folder, with forward slashes


@dataclass(frozen=True)
class _Failure:
    """Why an address led nowhere, for good or under some limits."""

    step: str
    reason: str
    lasting: str
    terms: str

    def holds(self, terms: str) -> bool:
        """Return whether it would be the same under these limits."""
        return self.lasting == Lasting.PERMANENT or self.terms == terms


class Ledger:
    """The ledger of a folder, locked against other processes; for use from any thread."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _LEDGER_FILE
        self._lock = threading.Lock()
        try:
            self._base = sqlite3.connect(
                self._path, timeout=0.1, isolation_level=None, check_same_thread=False
            )
            try:
                self._base.execute("PRAGMA locking_mode = EXCLUSIVE")
                self._base.execute("PRAGMA journal_mode = WAL")
                self._base.execute("PRAGMA synchronous = NORMAL")
                self._base.executescript(_TABLES)
                self._base.execute("BEGIN IMMEDIATE")  # reading alone would not take the lock
                self._base.execute("COMMIT")
            except sqlite3.Error:
                self._base.close()
                raise
        except sqlite3.Error as fault:
            raise self._describe(fault) from fault

    def find_stored(self, address: str) -> _StoredFile | None:
        """Return the file that an address led to."""
        row = self._execute(
            "SELECT content_hash, size_bytes, file FROM stored WHERE address = ?", _write_key(address)
        )
        return None if row is None else _StoredFile(*row)

    def find_failure(self, address: str) -> _Failure | None:
        """Return why an address led nowhere."""
        row = self._execute(
            "SELECT step, reason, lasting, terms FROM failed WHERE address = ?", _write_key(address)
        )
        return None if row is None else _Failure(*row)

    def add_stored(self, address: str, stored: _StoredFile) -> None:
        """Remember the file that an address led to."""
        values = (_write_key(address), stored.content_hash, stored.size_bytes, stored.file)
        self._execute("INSERT OR REPLACE INTO stored VALUES (?, ?, ?, ?)", *values)

    def add_failure(self, address: str, fault: Fault, terms: str) -> None:
        """Remember why an address led nowhere."""
        values = (_write_key(address), fault.step, _write_key(fault.reason), fault.lasting, terms)
        self._execute("INSERT OR REPLACE INTO failed VALUES (?, ?, ?, ?, ?)", *values)

    def close(self) -> None:
        """Give the folder free for others."""
        with self._lock:
            self._base.close()

    def _execute(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        try:
            with self._lock:
                return self._base.execute(statement, values).fetchone()  # type: ignore[no-any-return]
        except sqlite3.Error as fault:
            raise self._describe(fault) from fault

    def _describe(self, fault: sqlite3.Error) -> DownloadError:
        is_taken = isinstance(fault, sqlite3.OperationalError) and "locked" in str(fault)
        return DownloadError(
            self._path,
            expected="a folder that no other process downloads into" if is_taken else "a ledger of downloads",
            found="one that does" if is_taken else str(fault),
            remedy="wait for it, or take another folder"
            if is_taken
            else "check the folder; if the file is damaged, delete it and the pictures are fetched again",
        )


def _write_key(text: str) -> str:
    """Return text that SQLite can store: what came from bytes that are no UTF-8 is spelled out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


# Files named by their content: written aside, looked at, and only then moved to their place.

_INCOMING = "incoming"
_SUFFIXES: Final = {
    "JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "GIF": ".gif", "WEBP": ".webp", "TIFF": ".tif",
    "BMP": ".bmp", "DIB": ".dib", "JPEG2000": ".jp2", "AVIF": ".avif", "PPM": ".ppm", "TGA": ".tga",
    "PCX": ".pcx", "PSD": ".psd",
}  # fmt: skip


class Store:
    """The pictures of a folder, under the caps of a `Politeness`; for use from any thread."""

    def __init__(self, folder: Path, politeness: Politeness) -> None:
        self._folder = folder
        self._politeness = politeness
        self._incoming = folder / _INCOMING
        with blame_disk(folder):
            self._incoming.mkdir(exist_ok=True)
            for left in self._incoming.iterdir():  # by a run that was killed
                left.unlink()

    def find_path(self, stored: _StoredFile) -> Path | None:
        """Return where a file is, or None when it is gone or has another size than it had."""
        path = self._folder / stored.file
        try:
            return path if path.stat().st_size == stored.size_bytes else None
        except OSError:
            return None

    def receive(self, response: httpx.Response) -> _StoredFile:
        """Store the picture in an answer; raise `Fault` when it is none, or over a cap."""
        check_type(response)
        part = self._incoming / f"{uuid4().hex}.part"
        try:
            with blame_disk(self._folder):
                with part.open("w+b") as file:
                    content_hash, size_bytes = save_body(response, file, self._politeness.max_bytes)
                suffix = self._identify(part, is_whole=is_length_announced(response))
                place = f"{content_hash[:2]}/{content_hash}{suffix}"
                return self._keep(part, _StoredFile(content_hash, size_bytes, place))
        finally:
            part.unlink(missing_ok=True)

    def _identify(self, part: Path, *, is_whole: bool) -> str:
        """Return the ending for a picture's format."""
        max_pixels = self._politeness.max_pixels
        try:
            with part.open("rb") as file:
                name = read_format(file, part, max_pixels=max_pixels)
                if not is_whole:
                    _check_end(file, part, max_pixels)
        except PictureError as fault:
            # Not for good: the cap on pixels may rise, and Pillow may learn.
            raise Fault(
                Step.PICTURE, expected=fault.expected, found=fault.found, lasting=Lasting.LIMITED
            ) from fault
        return _SUFFIXES.get(name, ".img")

    def _keep(self, part: Path, stored: _StoredFile) -> _StoredFile:
        path = self._folder / stored.file
        if self.find_path(stored) is None:
            path.parent.mkdir(exist_ok=True)
            os.replace(part, path)
        return stored


def _check_end(file: BinaryIO, part: Path, max_pixels: int) -> None:
    """Decode a picture whose end nobody announced: whether it broke off, only its pixels can tell."""
    file.seek(0)
    try:
        decode_picture(file, part, max_pixels=max_pixels)
    except PictureError as fault:
        raise Fault(
            Step.TRANSFER, expected=fault.expected, found=fault.found, lasting=Lasting.TEMPORARY
        ) from fault
