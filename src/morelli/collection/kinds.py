"""The kinds of split: what each divides, in which shares, and what it needs.

`splits` selects and groups the works, calls one of these, and keeps what comes out. All take the works sorted
by id, the group of each, the class to take shares of, and a generator.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.collection.assignment import (
    Codes,
    assign_artists,
    assign_sources,
    assign_works,
    join_families,
    number_densely,
)
from morelli.collection.classes import class_of
from morelli.collection.parts import PARTS
from morelli.errors import SplitError

FRACTIONS = {"seen": (0.70, 0.15, 0.15), "unseen": (0.60, 0.15, 0.25), "source": (0.60, 0.15, 0.25)}
"""Shares of the parts: of each class's works in ``seen``, of the artists in ``unseen``, of the works in
``source``."""

HELD_OUT = 0.15
"""The share of each artist's train works that becomes val where a split has no val."""

NEEDED_COLUMNS = {"source": "source", "official": "part"}
"""In which column each work of a kind must have something."""

Parts = NDArray[np.object_]


def number_names(names: pl.Series) -> Codes:
    """Return numbers from 0 without gaps in the order of the names.

    Examples
    --------
    >>> number_names(pl.Series(["Turner", "Monet", "Turner"]))
    array([1, 0, 1])
    """
    return names.rank("dense").to_numpy().astype(np.int64) - 1


def draw_seen(works: pl.DataFrame, groups: Codes, by: str, rng: np.random.Generator) -> Parts:
    """Return parts with 70/15/15 of each class's works."""
    classes = works.select(class_of(by)).to_series()
    _check_number(classes, n_needed=2, what=f"{by}s")
    return assign_works(number_names(classes), groups, FRACTIONS["seen"], rng)


def draw_unseen(
    works: pl.DataFrame,
    groups: Codes,
    by: str,
    rng: np.random.Generator,
    shares: tuple[float, float, float] = FRACTIONS["unseen"],
) -> Parts:
    """Return parts with 60/15/25 of the artists, or with other shares of them."""
    _check_number(works["artist"], n_needed=4, what="artists")
    return assign_artists(number_names(works["artist"]), groups, shares, rng)


def draw_source(works: pl.DataFrame, groups: Codes, by: str, rng: np.random.Generator) -> Parts:
    """Return parts with whole sources, 60/15/25 of the works; of two sources the smaller is test."""
    _check_number(works["source"], n_needed=2, what="sources")
    sources = number_names(works["source"])
    families = join_families(sources, groups)[sources]
    sizes = np.bincount(families)
    if len(sizes) >= len(PARTS):
        return assign_sources(sources, groups, FRACTIONS["source"], rng)
    if len(sizes) == 1:
        raise _describe_family(sources, groups)
    parts = np.array(["test", "train"], dtype=object)[(families == sizes.argmax()).astype(int)]
    return hold_out_val(parts, works, groups, rng)


def draw_official(works: pl.DataFrame, groups: Codes, by: str, rng: np.random.Generator) -> Parts:
    """Return the parts of the source's own split; without val, 15 % of each artist's train works are val."""
    found = set(works["part"].unique().to_list())
    if not {"train", "test"} <= found <= set(PARTS):
        raise SplitError(
            "official split",
            expected="works in the parts train and test, and perhaps val, of the source's own split",
            found=", ".join(sorted(found)) or "no work in any part",
            remedy="draw a split of another kind",
        )
    parts = works["part"].to_numpy().astype(object)
    return parts if "val" in found else hold_out_val(parts, works, groups, rng)


def hold_out_val(parts: Parts, works: pl.DataFrame, groups: Codes, rng: np.random.Generator) -> Parts:
    """Return parts in which 15 % of each artist's train works are val, groups whole within train."""
    rows = np.flatnonzero(parts == "train")
    artists = number_densely(number_names(works["artist"])[rows])
    divided = parts.copy()
    divided[rows] = assign_works(artists, number_densely(groups[rows]), (1 - HELD_OUT, HELD_OUT, 0.0), rng)
    return divided


DRAWERS: dict[str, Callable[[pl.DataFrame, Codes, str, np.random.Generator], Parts]] = {
    "seen": draw_seen,
    "unseen": draw_unseen,
    "source": draw_source,
    "official": draw_official,
}
"""The function of each kind."""


def _check_number(names: pl.Series, *, n_needed: int, what: str) -> None:
    if (n_names := names.n_unique()) < n_needed:
        raise SplitError(
            "split",
            expected=f"at least {n_needed} {what}",
            found=f"{n_names}",
            remedy=f"collect works of more {what}; those for which none is known do not count",
        )


def _describe_family(sources: Codes, groups: Codes) -> SplitError:
    pairs = np.unique(np.stack([groups, sources]), axis=1)
    n_shared = int((np.bincount(pairs[0]) > 1).sum())
    return SplitError(
        "split by source",
        expected="at least 2 sources, or families of sources, without a picture in common",
        found=f"{int(sources.max()) + 1} sources that {n_shared} groups of near-duplicates join",
        remedy="leave out the works that the sources have in common, or collect a further source",
    )
