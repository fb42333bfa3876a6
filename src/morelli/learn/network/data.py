"""Which works of a split a recipe learns from: chosen after the split is drawn, repeated or copied last."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from morelli.collection.labels import class_of
from morelli.collection.splits import Split
from morelli.errors import SplitError, UsageError
from morelli.gallery.store import Gallery
from morelli.learn.heads.works import RoleRows, assign_roles
from morelli.learn.network.plans import IndexedWorks
from morelli.learn.recipe import Data, Recipe, Trainable
from morelli.settings import Progress, Settings, ignore_progress

_log = logging.getLogger(__name__)

_Classes = Mapping[str, Sequence[str]]


@dataclass(frozen=True, eq=False)
class Training:
    """A recipe with all that it learns from, and how it is run here."""

    gallery: Gallery  # holds the works, where their pictures are, and their vectors
    recipe: Recipe  # as `load_recipe` gives it; resolved once the training has begun
    split: Split  # its test part is never touched
    output: Path  # the model folder
    settings: Settings = field(default_factory=Settings)  # device, precision, workers, pixel cap
    weights: Sequence[Path] = ()  # files for the backbone; none: as the recipe says
    encoder: str | None = None  # learn on its stored vectors instead of the recipe's own backbone's
    trainable: Trainable | None = None  # as `resolve` takes it; with an encoder nothing of a backbone learns
    changes: Mapping[str, Any] | None = None  # fields of the recipe by section, as `resolve` takes them
    seed: int = 0
    devices: int = 1  # processes
    resume: bool = False  # a network goes on from the last checkpoint in the output folder
    log_tensorboard: bool = False
    keep_going: bool = False  # also where a network is dead
    progress: Progress = ignore_progress


def oversample(rows: pl.DataFrame, *, seed: int, by: str = "artist") -> pl.DataFrame:
    """Return the rows of train, repeated until each class is as large as the largest.

    The column copy (int64) is 0 for the work itself, 1, 2, … for its repetitions; sorted by id and copy.
    Within a class the numbers of copies differ by one at most. Rows of another part are refused.

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
    """Return the rows of train, each with so many copies to augment; columns as of `oversample`."""
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


@dataclass(frozen=True, eq=False)
class RecipeRows:
    """The rows of a split by what they do for a recipe; columns id, artist, group, part and the labels."""

    train: pl.DataFrame  # what the network learns from; the column copy says which copy is meant
    validation: pl.DataFrame  # what it is checked on after each epoch
    roles: RoleRows  # of the attribution head
    calibration: pl.DataFrame  # the val part: what comparisons are calibrated on
    classes: _Classes  # by label, the names of the classes among the training works, sorted

    @property
    def is_seen(self) -> bool:
        """Whether comparisons are calibrated on artists whom the network has learnt from."""
        return not set(self.calibration["artist"]).isdisjoint(self.train["artist"])


def divide_rows(
    parts: Mapping[str, pl.DataFrame], data: Data, labels: Sequence[str], *, names_artists: bool, seed: int
) -> RecipeRows:
    """Return which rows of the parts train, val and test do what; only train rows are dropped or copied.

    Classes are taken from `labels`, the first of which is balanced. A network that names artists is checked
    on other works of the same artists, any other on the val part. Where a split keeps artists apart, works of
    the train artists are held out as `assign_roles` says; those for later questions are learnt from here.
    """
    chosen = choose_works(parts["train"], data, labels[0], seed=seed)
    roles = assign_roles(chosen, parts["val"], parts["test"], seed=seed)
    if parts["val"].filter(pl.col("artist").is_in(chosen["artist"].unique().implode())).is_empty():
        together = pl.concat([roles.train, roles.held_out])
        roles = replace(roles, train=together, held_out=roles.held_out.clear())
    train, validation = roles.train, roles.validation if names_artists else parts["val"]
    classes = {
        label: train[label].drop_nulls().unique().sort().to_list()
        for label in dict.fromkeys(["artist", *labels])
    }
    _check_rows(train, validation, classes, labels)
    if data.oversample:
        train = oversample(train, seed=seed, by=labels[0])
    else:
        train = _copy_rows(train, n_copies=data.copies)
    return RecipeRows(train, validation, roles, parts["val"], classes)


def index_works(rows: pl.DataFrame, positions: Mapping[str, int], classes: _Classes) -> IndexedWorks:
    """Return rows, with or without copies, by the position of each work; -1 stands for no class."""
    codes = {}
    for label, names in classes.items():
        places = {name: place for place, name in enumerate(names)}
        codes[label] = np.array([places.get(value, -1) for value in rows[label].to_list()], dtype=np.intp)
    copies = rows["copy"].to_numpy() if "copy" in rows.columns else np.zeros(len(rows))
    return IndexedWorks(
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
    """Return the rows of one part that a recipe's limits leave; works without the label are left out."""
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


def _check_rows(
    train: pl.DataFrame, validation: pl.DataFrame, classes: _Classes, labels: Sequence[str]
) -> None:
    n_classes = max(len(classes[label]) for label in labels)
    if n_classes < 2 or train["artist"].n_unique() < 2 or validation.is_empty():
        raise SplitError(
            "train part",
            expected=f"works of two artists, two classes of {' or '.join(labels)}, and others to check on",
            found=f"{len(train)} works of {train['artist'].n_unique()} artists, {n_classes} classes, "
            f"{len(validation)} to check on",
            remedy="collect more works or artists, or a collection that says the style of a work",
        )
