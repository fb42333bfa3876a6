"""What a work is an example of: its artist, or the first of its styles or genres."""

from __future__ import annotations

import polars as pl

from morelli.collection.work import LABEL_SEPARATOR
from morelli.errors import UsageError

CLASSES = ("artist", "style", "genre")
"""The labels by which works can be divided into classes."""


def class_of(by: str) -> pl.Expr:
    """Return the class of each work as a column expression named ``class``; null where there is none.

    Parameters
    ----------
    by
        "artist", "style" or "genre". A work of several styles or genres belongs to the first of them; since a
        gallery keeps them sorted, that is the first by name.

    Raises
    ------
    UsageError
        When there is no such label.

    Examples
    --------
    >>> pl.DataFrame({"style": ["Baroque|Rococo", None]}).select(class_of("style"))["class"].to_list()
    ['Baroque', None]
    """
    check_class(by)
    if by == "artist":
        return pl.col(by).alias("class")
    first = pl.col(by).str.split(LABEL_SEPARATOR).list.first().str.strip_chars()
    return pl.when(first != "").then(first).alias("class")


def check_class(by: str) -> None:
    """Refuse a label that works have no classes by.

    Raises
    ------
    UsageError
        When it is not one of `CLASSES`.
    """
    if by not in CLASSES:
        raise UsageError(
            "--by", expected=", ".join(CLASSES[:-1]) + f" or {CLASSES[-1]}", found=repr(by), remedy="name one"
        )
