"""Tables of one LanceDB database: read, merged by key and written, each write one atomic commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import lancedb
import polars as pl
import pyarrow as pa

from morelli.errors import GalleryError


class LanceTables:
    """A LanceDB database, made where it is not there; its failures name the table and say what to do."""

    def __init__(self, address: str) -> None:
        self.address = address
        try:
            self._database = lancedb.connect(address)
        except (OSError, ValueError, RuntimeError) as error:
            raise GalleryError(
                address,
                expected="a folder or address that can be opened",
                found=str(error).splitlines()[0],
                remedy="check the address and its permissions",
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
        with self._blame(name):
            self._database.create_table(name, rows, mode="overwrite")

    def compact(self) -> None:
        """Join the small files that many commits leave behind, and drop versions older than a day."""
        for name in self._names():
            table = self._open(name)
            if table is not None:
                with self._blame(name):
                    table.optimize(cleanup_older_than=timedelta(days=1))

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
                found="a damaged one" if is_panic else str(error).splitlines()[0],
                remedy="check permissions and space, or restore the folder from a copy",
            ) from error

    def _upsert(self, name: str, rows: pa.Table, *, on: str | list[str]) -> None:
        table = self._open(name)
        with self._blame(name):
            if table is None:
                self._database.create_table(name, rows, mode="overwrite")
                return
            merge = table.merge_insert(on).when_matched_update_all().when_not_matched_insert_all()
            merge.execute(rows)

    def _read(self, name: str, *, where: str | None = None, schema: pa.Schema | None = None) -> pl.DataFrame:
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
            return pl.DataFrame(pl.from_arrow(table.search().where(where).limit(None).to_arrow()))
        except (ValueError, RuntimeError, OSError) as error:
            raise GalleryError(
                f"--where {where!r}",
                expected=f"an SQL condition over {', '.join(table.schema.names)}",
                found=str(error).splitlines()[0][:200],
                remedy="write text in single quotes, as in \"artist = 'Claude Monet' AND year < 1900\"",
            ) from error
