"""Repeats works of the train part, so that every class is as large as the largest, or has copies to augment.

It comes after the split and takes train rows only: a copy that was made before would stand on two sides. What
is done to a copy is up to the caller, who is told by the column `copy` which one it is.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from morelli.errors import SplitError, UsageError


def oversample(rows: pl.DataFrame, *, seed: int, by: str = "artist") -> pl.DataFrame:
    """Return the rows of train, repeated until each class is as large as the largest.

    Parameters
    ----------
    rows
        Columns id and part, all "train", as `Split.part` returns them, and the column of the class.
    seed
        Draws which works get one copy more than the others of their class; the order of the rows makes no
        difference.
    by
        The column of the class.

    Returns
    -------
    repeated
        The columns of `rows` and copy (int64): 0 for the work itself, 1, 2, … for its repetitions. Sorted by
        id and copy.

    Raises
    ------
    SplitError
        When rows of another part are among them, or a column is missing or has gaps.

    Notes
    -----
    Within a class the numbers of copies differ by one at most. To change each copy in its own way, and in the
    same way whenever it is asked for, seed the change with the work and the copy:
    ``np.random.default_rng([seed, int(row["id"], 16), row["copy"]])``. Copy 0 stays as it is.

    Examples
    --------
    >>> rows = pl.DataFrame({"id": ["1", "2", "3"], "artist": ["A", "A", "B"], "part": ["train"] * 3})
    >>> oversample(rows, seed=0).select("id", "copy").rows()
    [('1', 0), ('2', 0), ('3', 0), ('3', 1)]
    """
    _check_rows(rows, by)
    drawn = rows.sort("id").with_columns(_place=pl.Series(np.random.default_rng(seed).permutation(len(rows))))
    size = pl.len().over(by)
    place = (pl.col("_place").rank("ordinal").over(by) - 1).cast(pl.Int64)
    largest = int(rows[by].value_counts()["count"].max() or 0)  # type: ignore[arg-type]
    # three works that are to be seven: 3, 2 and 2
    times = (largest - place + size - 1) // size
    return _repeat(drawn.with_columns(_times=times).drop("_place"))


def copy_rows(rows: pl.DataFrame, *, n_copies: int) -> pl.DataFrame:
    """Return the rows of train, each with so many copies to augment.

    Parameters
    ----------
    rows
        Columns id and part, all "train".
    n_copies
        Copies of each work beside the work itself, 0 or more.

    Returns
    -------
    repeated
        As of `oversample`.

    Raises
    ------
    SplitError
        When rows of another part are among them, or a column is missing.
    UsageError
        When `n_copies` is below 0.

    Examples
    --------
    >>> rows = pl.DataFrame({"id": ["1", "2"], "part": ["train"] * 2})
    >>> copy_rows(rows, n_copies=1).select("id", "copy").rows()
    [('1', 0), ('1', 1), ('2', 0), ('2', 1)]
    """
    _check_rows(rows, "id")
    if n_copies < 0:
        raise UsageError("n_copies", expected="0 or more", found=str(n_copies), remedy="give another number")
    return _repeat(rows.with_columns(_times=pl.lit(n_copies + 1)))


def _repeat(rows: pl.DataFrame) -> pl.DataFrame:
    copies = rows.with_columns(copy=pl.int_ranges(0, pl.col("_times").cast(pl.Int64))).drop("_times")
    return copies.explode("copy").sort("id", "copy")


def _check_rows(rows: pl.DataFrame, by: str) -> None:
    if missing := [name for name in ("id", "part", by) if name not in rows.columns]:
        found = f"no column {missing[0]} among {', '.join(rows.columns)}"
    elif others := sorted(set(rows["part"].fill_null("none").unique().to_list()) - {"train"}):
        found = f"rows of the part {', '.join(others)}"
    elif rows[by].null_count():
        found = f"a row without {by}"
    else:
        return
    raise SplitError(
        "rows to repeat",
        expected=f"rows of the part train with id and {by}",
        found=found,
        remedy="take Split.part('train'), after the split is drawn",
    )
