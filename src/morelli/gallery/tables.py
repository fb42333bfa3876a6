"""Tables of one LanceDB database: read, merged by key and written, each write one atomic commit."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import lancedb
import polars as pl
import pyarrow as pa
from filelock import FileLock, Timeout

from morelli.errors import GalleryError, describe_fault

_log = logging.getLogger(__name__)

LOCK_FILE = ".morelli.lock"
"""Lies in the gallery's folder. The operating system lets go of it when the process that holds it ends."""


class LanceTables:
    """A LanceDB database, made where it is not there; its failures name the table and say what to do.

    One process writes at a time: every write holds the lock of the folder, and a second writer waits for it,
    or is refused where it must not wait. Readers need no lock. On an object store there is none: whoever
    writes is told so, and is refused where it must not wait.
    """

    def __init__(self, address: str, *, waits: bool = True) -> None:
        self.address = address
        self._waits = waits
        self._has_waited = False
        self.n_commits = 0  # rows were added or replaced so often
        self._lock = None if "://" in address else FileLock(Path(address) / LOCK_FILE)
        try:
            self._database = lancedb.connect(address)
        except (OSError, ValueError, RuntimeError) as error:
            raise GalleryError(
                address,
                expected="a folder or address that can be opened",
                found=describe_fault(error),
                remedy="check the address and its permissions",
            ) from error

    @contextmanager
    def writing(self, *, is_sure: bool = True) -> Iterator[None]:
        """Hold the lock for several writes; within it each write goes on as without.

        Where it is not sure that something will be written, a place that cannot be written is no fault yet.
        """
        if self._lock is None:
            self._tell_unlocked()
            yield
            return
        if not is_sure and not self._can_lock(self._lock):
            yield
            return
        self._acquire(self._lock)
        try:
            yield
        finally:
            self._lock.release()

    def _tell_unlocked(self) -> None:
        """Say that nothing keeps two writers apart here; refuse whoever asked to be kept apart."""
        if not self._waits:
            raise GalleryError(
                self.address,
                expected="a folder, whose lock can be asked for",
                found="an address, where two writers are not kept apart",
                remedy="see that nobody else is writing to it, and leave out --no-wait",
            )
        if not self._has_waited:
            _log.warning(
                "%s: two processes that write here at once are not kept apart; let one write at a time",
                self.address,
            )
        self._has_waited = True

    def _can_lock(self, lock: FileLock) -> bool:
        if not Path(self.address).exists():
            return True  # what is made now can be locked
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        except OSError:
            return False
        lock.release()
        return True

    def _acquire(self, lock: FileLock) -> None:
        try:
            Path(self.address).mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                if not self._waits:
                    raise
                if not self._has_waited:
                    _log.warning(
                        "%s: another process is writing to it; waiting until it is done", self.address
                    )
                self._has_waited = True
                lock.acquire()
        except Timeout as error:
            raise GalleryError(
                self.address,
                expected="a gallery that nobody else is writing to",
                found="another process that is",
                remedy="run the command again when it is done, or without --no-wait",
            ) from error
        except OSError as error:
            raise GalleryError(
                self.address,
                expected="a folder that can be written to",
                found=describe_fault(error),
                remedy="check its permissions and space",
            ) from error

    def read_table(self, name: str, schema: pa.Schema, *, columns: Sequence[str] | None = None) -> pa.Table:
        """Return a further table, or some of its columns; an empty one when it is not there."""
        table = self._open(name)
        if table is None:
            return schema.empty_table()
        with self._blame(name):
            rows = table.search().select(list(columns)) if columns else table.search()
            return rows.limit(None).to_arrow()

    def store_table(self, name: str, rows: pa.Table, *, on: str | None = None) -> None:
        """Add rows to a further table, replacing those alike in one column; without a column, replace it."""
        if on is not None:
            self._upsert(name, rows, on=on)
            return
        with self.writing(), self._blame(name):
            self._database.create_table(name, rows, mode="overwrite")

    def compact(self) -> None:
        """Join the small files that many commits leave behind, and drop versions older than a day."""
        with self.writing():
            for name in self._names():
                table = self._open(name)
                if table is not None:
                    with self._blame(name):
                        table.optimize(cleanup_older_than=timedelta(days=1))

    def _remove_doubles(self, name: str, on: Sequence[str]) -> int:
        """Keep of all rows of a table with the same key the one stored last; return how many went."""
        with self.writing(is_sure=False):
            table = self._open(name)
            if table is None:
                return 0
            with self._blame(name):
                keys = pl.DataFrame(table.search().select(list(on)).limit(None).to_arrow())
                if not keys.is_duplicated().any():
                    return 0
        with self.writing():
            table = self._open(name)
            with self._blame(name):
                rows = table.to_arrow()
                kept = pl.DataFrame(rows.select(list(on))).with_row_index()
                kept = kept.unique(list(on), keep="last").sort("index")
                self._database.create_table(name, rows.take(kept["index"].to_arrow()), mode="overwrite")
        return len(rows) - len(kept)

    def _drop(self, name: str) -> None:
        """Remove a table; emptied first, so that a killed run leaves none with some of its rows."""
        with self.writing():
            table = self._open(name)
            if table is not None:
                with self._blame(name):
                    table.delete("true")
                    self._database.drop_table(name)

    def _names(self) -> list[str]:
        page = self._database.list_tables(limit=100)
        names = list(page.tables)
        while page.page_token:
            page = self._database.list_tables(page_token=page.page_token, limit=100)
            names.extend(page.tables)
        return names

    def _open(self, name: str) -> Any:
        """Return a LanceDB table, or None when it does not exist or was never committed to."""
        with self._blame(name):
            try:
                return self._database.open_table(name)
            except (ValueError, OSError, RuntimeError) as error:
                if "not found" in str(error).lower():
                    return None
                raise

    @contextmanager
    def _blame(self, name: str) -> Iterator[None]:
        """Say which table it is that LanceDB cannot read or write."""
        try:
            yield
        except Exception as error:
            # On damaged files LanceDB panics; its class for that can be told by its name alone.
            is_panic = type(error).__name__ == "RustPanic"
            if not is_panic and not isinstance(error, (ValueError, OSError, RuntimeError)):
                raise
            raise GalleryError(
                f"{self.address}: table {name}",
                expected="a LanceDB table that can be read and written",
                found="a damaged one" if is_panic else describe_fault(error),
                remedy="check permissions and space, or restore the folder from a copy",
            ) from error

    def _upsert(self, name: str, rows: pa.Table, *, on: str | list[str]) -> None:
        """Add rows, or replace those of the same key: opened under the lock, so that no key comes twice."""
        with self.writing():
            table = self._open(name)
            with self._blame(name):
                self.n_commits += 1
                if table is None:
                    self._database.create_table(name, rows, mode="overwrite")
                    return
                merge = table.merge_insert(on).when_matched_update_all().when_not_matched_insert_all()
                merge.execute(rows)

    def _count_rows(self, name: str) -> int:
        table = self._open(name)
        if table is None:
            return 0
        with self._blame(name):
            return int(table.count_rows())

    def _read(
        self,
        name: str,
        *,
        where: str | None = None,
        schema: pa.Schema | None = None,
        columns: Sequence[str] | None = None,
    ) -> pl.DataFrame:
        table = self._open(name)
        if table is None:
            if schema is not None:
                return pl.DataFrame(pl.from_arrow(schema.empty_table()))
            raise GalleryError(
                self.address,
                expected=f"a {name} table",
                found="none",
                remedy="run 'morelli collect SOURCE --gallery " + self.address + "'",
            )
        if where is None:
            with self._blame(name):
                return pl.DataFrame(pl.from_arrow(table.to_arrow()))
        try:
            rows = table.search().where(where).limit(None)
            return pl.DataFrame(pl.from_arrow((rows.select(list(columns)) if columns else rows).to_arrow()))
        except (ValueError, RuntimeError, OSError) as error:
            raise GalleryError(
                f"--where {where!r}",
                expected=f"an SQL condition over {', '.join(table.schema.names)}",
                found=describe_fault(error)[:200],
                remedy="write text in single quotes, as in \"artist = 'Claude Monet' AND year < 1900\"",
            ) from error
