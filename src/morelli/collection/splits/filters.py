"""Which works of a collection take part, by rules that published work has used, with what each leaves.

Applied to the table of works before a split is drawn, so that the shares of its parts are shares of what is
left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl

from morelli.collection.labels import class_of
from morelli.collection.splits.split import Step
from morelli.errors import SplitError, UsageError

_STREAM = 1
"""Keeps the draw of `max_works` apart from that of the split, which has the same seed."""


@dataclass(frozen=True, eq=False)
class _Selection:
    """The works that are left, sorted by id, and what each rule has left."""

    works: pl.DataFrame
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Filters:
    """Rules that works must meet, applied in this order; None and False leave a rule out.

    Published work has used `styles` of 2,000 to 5,000 works, divided 70/15/15 (retrieval by genre similarity
    on WikiArt, after Masclef et al. 2023, doi 10.1007/978-3-031-51026-7_24); `both_parts`, 52 artists, and
    `max_works` 10 (pairs and triplets on Painter by Numbers); `min_works` 10, 966 artists (WikiArt, learning
    from few works); `largest` 20 (Best Artworks of All Time).
    """

    styles: tuple[int, int] | None = None  # smallest and largest number of works of a work's first style
    both_parts: bool = False  # artists with works in train and test of the source's own split
    min_works: int | None = None  # of an artist
    largest: int | None = None  # so many artists with most works; the first by name in a tie
    max_works: int | None = None  # of each artist, drawn by the seed

    def __post_init__(self) -> None:
        for name in ("min_works", "largest", "max_works"):
            if (value := getattr(self, name)) is not None and value < 1:
                raise UsageError(name, expected="at least 1", found=str(value), remedy="give a larger number")
        if self.styles is not None and not 1 <= self.styles[0] <= self.styles[1]:
            raise UsageError(
                "styles",
                expected="the smallest and the largest number of works, such as 2000 and 5000",
                found=" and ".join(map(str, self.styles)),
                remedy="give the smaller number first",
            )

    def apply(self, works: pl.DataFrame, *, seed: int = 0) -> _Selection:
        """Return the works that meet every rule, whatever their order; a rule that leaves none is refused."""
        left, steps = works.sort("id"), []
        for name, keep in self._rules(seed):
            left = keep(left)
            if left.is_empty():
                raise SplitError(
                    f"filter: {name}", expected="works that meet it", found="none", remedy="widen the filter"
                )
            steps.append(Step.count(name, left))
        return _Selection(left, tuple(steps))

    def _rules(self, seed: int) -> Iterator[tuple[str, Callable[[pl.DataFrame], pl.DataFrame]]]:
        if self.styles is not None:
            low, high = self.styles
            yield f"styles with {low} to {high} works", partial(_keep_styles, low=low, high=high)
        if self.both_parts:
            yield "artists with works in train and test", _keep_both_parts
        if self.min_works is not None:
            yield f"artists with at least {self.min_works} works", partial(_keep_frequent, n=self.min_works)
        if self.largest is not None:
            yield f"the {self.largest} largest artists", partial(_keep_largest, n=self.largest)
        if self.max_works is not None:
            yield (
                f"at most {self.max_works} works per artist",
                partial(_keep_some, n=self.max_works, seed=seed),
            )


def select_works(
    works: pl.DataFrame,
    *,
    column: str = "artist",
    with_qualified: bool = False,
    filters: Filters | None = None,
    seed: int = 0,
) -> _Selection:
    """Return the works that can take part in a split, and how many each rule has left.

    Those with an artist and something in `column`; autograph ones unless `with_qualified`.
    """
    if column not in works.columns:
        raise SplitError(
            "works",
            expected=f"a column {column}",
            found="the columns " + ", ".join(works.columns),
            remedy="collect a source that has it",
        )
    left = works.filter(pl.col("artist").is_not_null()).sort("id")
    steps = [Step.count("all works", works), Step.count("with an artist", left)]
    if not with_qualified and "qualifier" in left.columns:
        left = left.filter(~_has_text("qualifier"))
        steps.append(Step.count("autograph", left))
    if filters is not None:
        filtered = filters.apply(left, seed=seed)
        left = filtered.works
        steps += filtered.steps
    if column != "artist":
        left = left.filter(_has_text(column))
        steps.append(Step.count(f"with a {column}", left))
    return _Selection(left, tuple(steps))


def _keep_styles(works: pl.DataFrame, low: int, high: int) -> pl.DataFrame:
    _require_column(works, "style")
    classed = works.with_columns(class_of("style"))
    sizes = classed.drop_nulls("class").group_by("class").len()
    fitting = sizes.filter(pl.col("len").is_between(low, high))["class"]
    return classed.filter(pl.col("class").is_in(fitting.implode())).drop("class")


def _keep_both_parts(works: pl.DataFrame) -> pl.DataFrame:
    _require_column(works, "part")
    artists = [set(works.filter(pl.col("part") == part)["artist"].drop_nulls()) for part in ("train", "test")]
    return works.filter(pl.col("artist").is_in(sorted(artists[0] & artists[1])))


def _keep_frequent(works: pl.DataFrame, n: int) -> pl.DataFrame:
    sizes = _count_works(works)
    return works.filter(pl.col("artist").is_in(sizes.filter(pl.col("len") >= n)["artist"].implode()))


def _keep_largest(works: pl.DataFrame, n: int) -> pl.DataFrame:
    return works.filter(pl.col("artist").is_in(_count_works(works)["artist"].head(n).implode()))


def _keep_some(works: pl.DataFrame, n: int, seed: int) -> pl.DataFrame:
    known = works.filter(pl.col("artist").is_not_null())
    order = np.random.default_rng([seed, _STREAM]).permutation(len(known))
    shuffled = known.with_columns(place=pl.Series(order))
    return shuffled.filter(pl.col("place").rank("ordinal").over("artist") <= n).drop("place")


def _count_works(works: pl.DataFrame) -> pl.DataFrame:
    """Return artists and their numbers of works, most first, then by name."""
    sizes = works.drop_nulls("artist").group_by("artist").len()
    return sizes.sort("len", "artist", descending=[True, False])


def _require_column(works: pl.DataFrame, name: str) -> None:
    if name not in works.columns:
        raise SplitError(
            "filter",
            expected=f"works with the column {name}",
            found="the columns " + ", ".join(works.columns),
            remedy="leave the filter out, or collect a source that has it",
        )


def _has_text(column: str) -> pl.Expr:
    return pl.col(column).fill_null("").str.strip_chars() != ""
