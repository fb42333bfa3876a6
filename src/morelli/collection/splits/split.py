"""What a split is: the part that each work belongs to, and the steps by which its works were chosen.

It is drawn (`draw_split`), or read from a CSV file and fitted to the works of a gallery by id or content.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from morelli.errors import SplitError, describe_fault
from morelli.files import write_file

PARTS = ("train", "val", "test")

_log = logging.getLogger(__name__)

_TEXTS = dict.fromkeys(("id", "artist", "part", "content_hash"), pl.String)
_EXPECTED = "columns id, artist, part, all filled in; each id once; parts train, val, test; whole groups"


@dataclass(frozen=True)
class Step:
    """How many works one step of choosing them has left."""

    name: str  # the rule, as a claim about what is left: "with an artist"
    n_works: int
    n_artists: int

    @classmethod
    def count(cls, name: str, works: pl.DataFrame) -> Step:
        """Return the step that has left these works."""
        return cls(name, len(works), works["artist"].drop_nulls().n_unique())

    def to_dict(self) -> dict[str, Any]:
        """Return the step as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Split:
    """Which work belongs to which part.

    The table has the columns id, artist, group (int64), part ("train", "val", "test"), and content_hash where
    it is known; one row per work, sorted by id.
    """

    # one of `KINDS`, "seen-style" or "seen-genre" by such a class, or "file" when it was read
    kind: str
    seed: int
    table: pl.DataFrame
    steps: tuple[Step, ...] = ()  # from all works to those of the split; empty where that is not known

    @property
    def name(self) -> str:
        """The name in reports, such as ``unseen-0``."""
        return f"{self.kind}-{self.seed}"

    @property
    def digest(self) -> str:
        """SHA-256 over ids and parts: two splits with one digest divide the same works the same way."""
        lines = "\n".join(f"{row[0]},{row[1]}" for row in self.table.select("id", "part").iter_rows())
        return hashlib.sha256(lines.encode()).hexdigest()

    @property
    def torn_groups(self) -> tuple[int, ...]:
        """Groups with works in more than one part, ascending; only official splits and files have any."""
        spread = self.table.group_by("group").agg(pl.col("part").n_unique())
        return tuple(spread.filter(pl.col("part") > 1)["group"].sort().to_list())

    def part(self, name: str) -> pl.DataFrame:
        """Return the rows of one part; an empty one is refused."""
        rows = self.table.filter(pl.col("part") == name)
        if name not in PARTS or rows.is_empty():
            raise SplitError(
                f"part '{name}' of split {self.name}",
                expected=f"one of {', '.join(PARTS)} with works in it",
                found="no works",
                remedy="collect more works per artist, or more artists",
            )
        return rows

    def count(self, name: str) -> int:
        """Return the number of works in a part."""
        return int((self.table["part"] == name).sum())

    def write(self, path: str | Path) -> None:
        """Write the split as CSV (the columns of `table`), whole or not at all; `read_split` reads it."""
        write_file(Path(path), self.table.write_csv())


def read_split(path: str | Path) -> Split:
    """Read a split from a CSV with columns id, artist, part and optionally group and content_hash.

    Raises
    ------
    SplitError
        When the file is missing, lacks a column or a value, names a work twice or has an unknown part.
    """
    try:
        table = pl.read_csv(path, schema_overrides=_TEXTS)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise SplitError(
            path,
            expected="a CSV file with a split",
            found=describe_fault(error),
            remedy="write one with 'morelli split'",
        ) from error
    if (fault := _find_fault(table)) is not None:
        raise SplitError(
            path,
            expected=_EXPECTED,
            found=fault,
            remedy="correct the file, or draw a split with 'morelli split'",
        )
    if "group" not in table.columns:
        table = table.with_row_index("group")
    columns = ["id", "artist", "group", "part", *({"content_hash"} & set(table.columns))]
    table = table.with_columns(pl.col("group").cast(pl.Int64)).select(columns).sort("id")
    return Split(kind="file", seed=0, table=table)


@dataclass(frozen=True, eq=False)
class _Fit:
    """A split under the ids of a gallery's works, and how far it fits them."""

    split: Split
    n_rows: int  # of the file
    n_by_id: int
    n_by_content: int  # found only by their content hash
    n_unnamed: int  # works of the gallery that the file does not name

    @property
    def n_missing(self) -> int:
        """Rows that fit no work."""
        return self.n_rows - self.n_by_id - self.n_by_content


def fit_split(split: Split, works: pl.DataFrame) -> _Fit:
    """Return a split with the rows whose works are there, each under the id that the work has there.

    A row is found by its id, unless its content hash says that the work of this id is another picture; else
    by its content hash. Artist, group and part stay as the file has them. Refused when no row fits a work, or
    rows of two parts are the same work.
    """
    rows = split.table
    by_id = _find_by_id(rows, works)
    by_content = _find_by_content(rows.join(by_id, on="id", how="anti"), works)
    found = pl.concat([by_id, by_content]).select(rows.columns).sort("id")
    if found.is_empty():
        raise SplitError(
            f"split {split.name}",
            expected="rows whose id or content_hash is that of a work of the gallery",
            found=f"none among {len(rows)} rows and {len(works)} works",
            remedy="collect the pictures that it divides, or draw a split with 'morelli split'",
        )
    table = _join_repeated(found, split)
    steps = (Step.count("rows of the file", rows), Step.count("works of the gallery", table))
    return _Fit(
        split=replace(split, table=table, steps=steps),
        n_rows=len(rows),
        n_by_id=len(by_id),
        n_by_content=len(by_content),
        n_unnamed=len(works) - len(table),
    )


def load_file(path: Path, works: pl.DataFrame) -> Split:
    """Return the split in a file, fitted to works; a warning counts the rows that fit none."""
    fit = fit_split(read_split(path), works)
    if fit.n_missing:
        _log.warning("%s: %d of %d rows fit no work and are left out", path, fit.n_missing, fit.n_rows)
    return fit.split


def _find_fault(table: pl.DataFrame) -> str | None:
    if {"id", "artist", "part"} - set(table.columns):
        return f"columns {', '.join(table.columns)}"
    if unknown := set(table["part"].unique().to_list()) - set(PARTS):
        return f"parts {unknown}"
    if table["id"].null_count() or table["artist"].null_count():
        return "a row without id or artist"
    if table["id"].is_duplicated().any():
        return "an id twice"
    if "group" not in table.columns or table.is_empty():
        return None
    is_whole = table["group"].dtype.is_integer() and not table["group"].null_count()
    return None if is_whole else "a group that is no whole number"


def _find_by_id(rows: pl.DataFrame, works: pl.DataFrame) -> pl.DataFrame:
    if "content_hash" not in rows.columns or "content_hash" not in works.columns:
        return rows.join(works.select("id"), on="id", how="semi")
    joined = rows.join(works.select("id", _hash().alias("held")), on="id", how="inner")
    is_other = (pl.col("held") != _hash()).fill_null(False)  # a hash that is not known speaks against nothing
    return joined.filter(~is_other)


def _find_by_content(rows: pl.DataFrame, works: pl.DataFrame) -> pl.DataFrame:
    """Return rows with the ids that the works of their content have."""
    if "content_hash" not in rows.columns or "content_hash" not in works.columns:
        return rows.clear()
    known = works.select(pl.col("id").alias("held"), _hash()).drop_nulls()
    known = known.unique("content_hash", keep="first", maintain_order=True)
    joined = rows.with_columns(_hash()).join(known, on="content_hash", how="inner")
    return joined.with_columns(pl.col("held").alias("id"))


def _hash() -> pl.Expr:
    return pl.col("content_hash").str.strip_chars().str.to_lowercase()


def _join_repeated(found: pl.DataFrame, split: Split) -> pl.DataFrame:
    """Return each work once; refuse one that several rows put into two parts."""
    torn = found.group_by("id").agg(pl.col("part").n_unique()).filter(pl.col("part") > 1)
    repeated = torn["id"].sort().to_list()
    if repeated:
        raise SplitError(
            f"split {split.name}",
            expected="each work in one part",
            found=f"two for {len(repeated)} works, such as {repeated[0]}",
            remedy="remove the rows whose content_hash repeats that of another",
        )
    return found.unique("id", keep="first", maintain_order=True)
