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
    assign_held_out,
    draw_unseen,
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
        Columns id, artist, phash, dhash; source or part for the kinds that need them; that of `by`.
    kind
        "seen": 70/15/15 of each class's works; "unseen": 60/15/25 of the artists; "source": whole sources,
        60/15/25 of the works; "official": the parts of the source's own split, in which nothing is moved.
    by
        The class that ``seen`` takes its shares of: "artist", or a work's first "style" or "genre".
    with_qualified
        Whether works with a qualifier ("workshop of") take part; else only autograph works do.
    shares
        Of the artists in train, val and test for the kind ``unseen`` only: what a publication has divided.

    Raises
    ------
    SplitError
        When the kind is unknown, or there are too few artists, classes, sources or parts.
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
    name: str | Path, works: pl.DataFrame, *, seed: int = 0, by: str = "artist", with_qualified: bool = False
) -> Split:
    """Return the split of a name: drawn for a kind of `KINDS`, else read from a CSV file and fitted.

    Options are those of `draw_split`; of a file, all works that it names take part. `SplitError` when there
    is neither such a kind nor such a file, or it fits no work.
    """
    if isinstance(name, str) and name in KINDS:
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
    """Return the works to train on and the works held out: a fraction of each artist's, groups whole.

    `rows` has the columns artist and group, as `Split.table`. An artist with too few works gives none.
    """
    rng = np.random.default_rng(seed)
    parts = assign_held_out(rows["artist"], rows["group"].to_numpy(), fraction, rng)
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
