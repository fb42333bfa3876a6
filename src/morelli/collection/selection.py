"""Which works take part in a split at all: by a known artist, autograph, within the filters."""

from __future__ import annotations

import polars as pl

from morelli.collection.filters import Filters, Selection
from morelli.collection.parts import Step
from morelli.errors import SplitError


def select_works(
    works: pl.DataFrame,
    *,
    column: str = "artist",
    with_qualified: bool = False,
    filters: Filters | None = None,
    seed: int = 0,
) -> Selection:
    """Return the works that can take part in a split, and how many each rule has left.

    Parameters
    ----------
    works
        Columns id and artist; a table without the column qualifier holds autograph works only.
    column
        A column in which every work must have something.
    with_qualified
        Whether works with a qualifier ("workshop of") are kept too.
    filters
        Rules that the works must meet besides, applied before `column` is looked at.
    seed
        Of the filters.

    Raises
    ------
    SplitError
        When the column is missing, or a filter leaves nothing.
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
    return Selection(left, tuple(steps))


def _has_text(column: str) -> pl.Expr:
    return pl.col(column).fill_null("").str.strip_chars() != ""
