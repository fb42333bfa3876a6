"""Divides a collection into train, val and test without letting a picture stand on two sides.

All kinds that are drawn keep near-duplicate groups whole. ``seen`` asks how well known artists are recognised
in works not seen before; ``unseen`` how well two works are compared whose artists were never trained on;
``source`` whether either holds for pictures that somebody else has taken. ``official`` takes over what the
source itself says.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from morelli.collection.duplicates.hashes import group_works
from morelli.collection.labels import check_class
from morelli.collection.splits.filters import Filters, select_works
from morelli.collection.splits.kinds import (
    DRAWERS,
    FRACTIONS,
    HELD_OUT,
    NEEDED_COLUMNS,
    assign_works,
    draw_unseen,
    number_densely,
    number_names,
)
from morelli.collection.splits.split import PARTS, Split, Step, load_file, read_split
from morelli.errors import SplitError, UsageError

__all__ = [
    "FRACTIONS",
    "KINDS",
    "PARTS",
    "Split",
    "Step",
    "draw_split",
    "hold_out",
    "load_split",
    "read_split",
]

KINDS = tuple(DRAWERS)
"""The names of the kinds."""


def draw_split(
    works: pl.DataFrame,
    kind: str,
    *,
    seed: int = 0,
    by: str = "artist",
    with_qualified: bool = False,
    filters: Filters | None = None,
    shares: tuple[float, float, float] | None = None,
) -> Split:
    """Draw a split of the works whose artist is known.

    Parameters
    ----------
    works
        Columns id, artist, phash, dhash; source or part for the kinds that need them, style or genre for
        `by`. Rows without artist belong to no part.
    kind
        "seen": 70/15/15 of each class's works; "unseen": 60/15/25 of the artists; "source": whole sources,
        60/15/25 of the works; "official": the parts of the source's own split.
    seed
        The same works, kind and seed give the same split, in whatever order the works come.
    by
        What ``seen`` takes its shares of: "artist", or "style" or "genre", of which a work's first counts.
    with_qualified
        Whether works with a qualifier ("workshop of") take part; else only autograph works do.
    filters
        Rules that the works must meet.
    shares
        Of the artists in train, val and test instead of 60/15/25, for the kind ``unseen`` only: what a
        publication has divided.

    Raises
    ------
    SplitError
        When the kind is unknown, or there are too few artists, classes, sources or parts.
    UsageError
        When there is no such class, or the kind takes no shares of it.

    Notes
    -----
    In ``seen`` a group that spans classes goes where its largest share goes. In ``unseen`` and ``source``
    artists or sources that share a group are drawn together, so that no picture stands on two sides. With two
    such families of sources the smaller is test, and of each artist's works in the larger 15 % are val. In
    ``official`` nothing is moved: `Split.torn_groups` tells what stands on two sides.
    """
    _check_kind(kind, by)
    _check_shares(kind, shares)
    column = NEEDED_COLUMNS.get(kind, by)
    chosen = select_works(works, column=column, with_qualified=with_qualified, filters=filters, seed=seed)
    groups = group_works(chosen.works)
    drawer = DRAWERS[kind] if shares is None else partial(draw_unseen, shares=shares)
    parts = drawer(chosen.works, groups, by, np.random.default_rng(seed))
    table = chosen.works.select("id", "artist").with_columns(group=pl.Series(groups), part=pl.Series(parts))
    if "content_hash" in chosen.works.columns:
        table = table.with_columns(chosen.works["content_hash"])
    name = kind if by == "artist" else f"{kind}-{by}"
    return Split(kind=name, seed=seed, table=table, steps=chosen.steps)


def load_split(
    name: str, works: pl.DataFrame, *, seed: int = 0, by: str = "artist", with_qualified: bool = False
) -> Split:
    """Return the split of a name: drawn for a kind of `KINDS`, else read from a file and fitted to the works.

    Parameters
    ----------
    name
        A kind, or the path of a CSV file.
    works, seed, by, with_qualified
        As in `draw_split`; of a file, all works that it names take part.

    Raises
    ------
    SplitError
        When there is neither such a kind nor such a file, or it fits no work.
    """
    if name in KINDS:
        return draw_split(works, name, seed=seed, by=by, with_qualified=with_qualified)
    if not Path(name).is_file():
        raise SplitError(
            f"--split {name}",
            expected=", ".join(KINDS) + ", or a CSV file with a split",
            found="neither",
            remedy="write a file with 'morelli split'",
        )
    return load_file(Path(name), works)


def hold_out(
    rows: pl.DataFrame, *, fraction: float = HELD_OUT, seed: int = 0
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return works to learn from and works held out: a fraction of each artist's, groups whole.

    Parameters
    ----------
    rows
        Columns artist and group, as in `Split.table`.
    fraction
        Share held out, 0..1; an artist with too few works gives none.
    seed
        The same rows and seed give the same two parts.
    """
    groups = number_densely(rows["group"].to_numpy())
    rng = np.random.default_rng(seed)
    parts = assign_works(number_names(rows["artist"]), groups, (1 - fraction, fraction, 0.0), rng)
    return rows.filter(pl.Series(parts == "train")), rows.filter(pl.Series(parts == "val"))


def _check_shares(kind: str, shares: tuple[float, float, float] | None) -> None:
    if shares is not None and (kind != "unseen" or min(shares) < 0 or abs(sum(shares) - 1) > 1e-6):
        raise UsageError(
            "shares of a split",
            expected="three that add up to 1, for the kind unseen",
            found=f"{shares} for the kind {kind}",
            remedy="leave them out",
        )


def _check_kind(kind: str, by: str) -> None:
    if kind not in KINDS:
        kinds = ", ".join(KINDS[:-1]) + f" or {KINDS[-1]}"
        raise SplitError("--split", expected=kinds, found=repr(kind), remedy="name one of them")
    check_class(by)
    if by != "artist" and kind != "seen":
        raise UsageError(
            f"--by {by}",
            expected="the kind seen, whose shares are shares of a class",
            found=f"the kind {kind}",
            remedy="leave --by out",
        )
