"""What is known of each address: the file it led to, or why there is none.

SQLite rather than a log of lines: a row is there or not, whenever the process is killed; a million addresses
need no memory; and a failure that later succeeds is replaced. Write-ahead logging with synchronous=NORMAL
costs no flush per row and is whole again after a power cut, if perhaps without the last rows: those pictures
are then fetched again. The exclusive lock, which the system takes back when a process dies, keeps a second
process from the same folder.
"""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from morelli.collection.downloads.faults import Fault, Lasting
from morelli.errors import DownloadError

LEDGER_FILE = "ledger.sqlite"

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
class StoredFile:
    """A file that an address led to.

    Parameters
    ----------
    content_hash
        SHA-256 of the file, 64 hexadecimal digits.
    size_bytes
        Its size.
    file
        Its path below the folder, with forward slashes.
    """

    content_hash: str
    size_bytes: int
    file: str


@dataclass(frozen=True)
class Failure:
    """Why an address led nowhere, for good or under some limits."""

    step: str
    reason: str
    lasting: str
    terms: str

    def holds(self, terms: str) -> bool:
        """Return whether it would be the same under these limits."""
        return self.lasting == Lasting.PERMANENT or self.terms == terms


class Ledger:
    """The ledger of a folder, locked against other processes; for use from any thread.

    Raises
    ------
    DownloadError
        When another process has it, or it cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LEDGER_FILE
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

    def find_stored(self, address: str) -> StoredFile | None:
        """Return the file that an address led to."""
        row = self._execute(
            "SELECT content_hash, size_bytes, file FROM stored WHERE address = ?", _write_key(address)
        )
        return None if row is None else StoredFile(*row)

    def find_failure(self, address: str) -> Failure | None:
        """Return why an address led nowhere."""
        row = self._execute(
            "SELECT step, reason, lasting, terms FROM failed WHERE address = ?", _write_key(address)
        )
        return None if row is None else Failure(*row)

    def add_stored(self, address: str, stored: StoredFile) -> None:
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
