"""Which works a recipe learns from, and what is known of each: chosen after the split, copied last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from morelli.collection.labels import class_of
from morelli.errors import SplitError, UsageError
from morelli.learn.heads.works import RoleRows, assign_roles
from morelli.learn.network.plans import Lesson
from morelli.learn.recipe import Data

# Repeats works of the train part, so that every class is as large as the largest, or has copies to augment.


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
    _check_oversampled(rows, by)
    drawn = rows.sort("id").with_columns(_place=pl.Series(np.random.default_rng(seed).permutation(len(rows))))
    size = pl.len().over(by)
    place = (pl.col("_place").rank("ordinal").over(by) - 1).cast(pl.Int64)
    largest = int(rows[by].value_counts()["count"].max() or 0)  # type: ignore[arg-type]
    # three works that are to be seven: 3, 2 and 2
    times = (largest - place + size - 1) // size
    return _repeat_rows(drawn.with_columns(_times=times).drop("_place"))


def _copy_rows(rows: pl.DataFrame, *, n_copies: int) -> pl.DataFrame:
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
    >>> _copy_rows(rows, n_copies=1).select("id", "copy").rows()
    [('1', 0), ('1', 1), ('2', 0), ('2', 1)]
    """
    _check_oversampled(rows, "id")
    if n_copies < 0:
        raise UsageError("n_copies", expected="0 or more", found=str(n_copies), remedy="give another number")
    return _repeat_rows(rows.with_columns(_times=pl.lit(n_copies + 1)))


def _repeat_rows(rows: pl.DataFrame) -> pl.DataFrame:
    copies = rows.with_columns(copy=pl.int_ranges(0, pl.col("_times").cast(pl.Int64))).drop("_times")
    return copies.explode("copy").sort("id", "copy")


def _check_oversampled(rows: pl.DataFrame, by: str) -> None:
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


_Classes = Mapping[str, Sequence[str]]


@dataclass(frozen=True, eq=False)
class RecipeRows:
    """The rows of a split by what they do for a recipe; columns id, artist, group, part and the labels.

    Parameters
    ----------
    taught
        The network learns from them; the column copy says which copy is meant.
    checked
        It is checked on them after each epoch.
    roles
        Who chooses and who calibrates.
    calibrating
        Works of the val part: what comparisons are calibrated on.
    classes
        By label, the names of the classes among the taught works, sorted.
    """

    taught: pl.DataFrame
    checked: pl.DataFrame
    roles: RoleRows
    calibrating: pl.DataFrame
    classes: _Classes

    @property
    def is_seen(self) -> bool:
        """Whether comparisons are calibrated on artists whom the network has learnt from."""
        return not set(self.calibrating["artist"]).isdisjoint(self.taught["artist"])


def divide_rows(
    parts: Mapping[str, pl.DataFrame], data: Data, labels: Sequence[str], *, names_artists: bool, seed: int
) -> RecipeRows:
    """Return who does what.

    Parameters
    ----------
    parts
        "train", "val" and "test" rows with columns id, artist, group, part and the labels.
    data
        Of the recipe; only train rows are dropped or copied.
    labels
        What the classes are taken from, the first of them what is balanced.
    names_artists
        Whether the network learns classes, and so is checked on other works of the same artists; else it is
        checked on the val part.
    seed
        Of what is drawn.

    Raises
    ------
    SplitError
        When fewer than two artists or classes are left to learn from.

    Notes
    -----
    Where a split keeps artists apart, works of the train artists are held out to choose and to calibrate on,
    as `roles.assign_roles` says; what that keeps back for later questions is learnt from here.
    """
    train = choose_works(parts["train"], data, labels[0], seed=seed)
    roles = assign_roles(train, parts["val"], parts["test"], seed=seed)
    taught = roles.taught
    if parts["val"].filter(pl.col("artist").is_in(train["artist"].unique().implode())).is_empty():
        taught = pl.concat([taught, roles.known])
        roles = RoleRows(taught, roles.chose, roles.calibrated, roles.known.clear())
    checked = roles.chose if names_artists else parts["val"]
    classes = {label: _list_classes(taught, label) for label in dict.fromkeys(["artist", *labels])}
    _check_rows(taught, checked, classes, labels)
    return RecipeRows(_repeat(taught, data, labels[0], seed=seed), checked, roles, parts["val"], classes)


def make_lesson(rows: pl.DataFrame, positions: Mapping[str, int], classes: _Classes) -> Lesson:
    """Return rows as a lesson.

    Parameters
    ----------
    rows
        With the column copy or without.
    positions
        By work id, the row of the inputs.
    classes
        By label, the names of the classes; other works have the class -1.
    """
    codes = {}
    for label, names in classes.items():
        places = {name: place for place, name in enumerate(names)}
        codes[label] = np.array([places.get(value, -1) for value in rows[label].to_list()], dtype=np.intp)
    copies = rows["copy"].to_numpy() if "copy" in rows.columns else np.zeros(len(rows))
    return Lesson(
        rows=np.array([positions[work_id] for work_id in rows["id"].to_list()], dtype=np.intp),
        copies=copies.astype(np.intp),
        artists=rows["artist"].to_list(),
        classes=codes,
    )


def join_labels(rows: pl.DataFrame, works: pl.DataFrame, part: str) -> pl.DataFrame:
    """Return rows of a split with the style and genre of each work, and the part they are of."""
    labels = works.select("id", *(class_of(label).alias(label) for label in ("style", "genre")))
    return rows.drop("part", strict=False).join(labels, on="id", how="left").with_columns(part=pl.lit(part))


def choose_works(rows: pl.DataFrame, data: Data, label: str, *, seed: int) -> pl.DataFrame:
    """Return the rows that a recipe's limits leave.

    Parameters
    ----------
    rows
        Of one part, with the labels.
    data
        The limits.
    label
        Works without it are left out; at most so many works are drawn in proportion to its classes.
    seed
        Of what is drawn.
    """
    chosen = rows.filter(pl.col(label).is_not_null())
    if data.largest is not None:
        counts = chosen.group_by("artist").len().sort("len", "artist", descending=[True, False])
        chosen = chosen.filter(pl.col("artist").is_in(counts["artist"].head(data.largest).implode()))
    order = np.random.default_rng(seed).permutation(len(chosen))
    shuffled = chosen.sort("id").with_columns(_order=pl.Series(order))
    rank = pl.col("_order").rank("ordinal")
    if data.max_per_artist is not None:
        shuffled = shuffled.filter(rank.over("artist") <= data.max_per_artist)
    if data.max_works is not None and len(shuffled) > data.max_works:
        share = data.max_works / len(shuffled)
        size = (pl.len().over(label) * share).ceil()
        shuffled = shuffled.filter(rank.over(label) <= size)
    return shuffled.drop("_order")


def _repeat(rows: pl.DataFrame, data: Data, label: str, *, seed: int) -> pl.DataFrame:
    if data.oversample:
        return oversample(rows, seed=seed, by=label)
    return _copy_rows(rows, n_copies=data.copies)


def _list_classes(rows: pl.DataFrame, label: str) -> list[str]:
    return rows[label].drop_nulls().unique().sort().to_list()


def _check_rows(
    taught: pl.DataFrame, checked: pl.DataFrame, classes: _Classes, labels: Sequence[str]
) -> None:
    n_classes = max(len(classes[label]) for label in labels)
    if n_classes < 2 or taught["artist"].n_unique() < 2 or checked.is_empty():
        raise SplitError(
            "train part",
            expected=f"works of two artists, two classes of {' or '.join(labels)}, and others to check on",
            found=f"{len(taught)} works of {taught['artist'].n_unique()} artists, {n_classes} classes, "
            f"{len(checked)} to check on",
            remedy="collect more works or artists, or a collection that says the style of a work",
        )
