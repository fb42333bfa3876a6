"""Divides the works that teach the attribution from those that choose, calibrate and are kept back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from morelli.collection.splits import Split, hold_out
from morelli.model.roles import Roles

KEPT_BACK = 0.10
"""The share of each artist's train works that an ``unseen`` split keeps back: without them nobody could ask a
model about new works by artists it knows, and its "none of these" could not be tried."""


@dataclass(frozen=True, eq=False)
class RoleRows:
    """The rows of a split's table by what they do; all have vectors.

    Parameters
    ----------
    taught, chose, calibrated
        Columns id, artist, group. The last may be empty.
    known
        By the same artists, used for nothing.
    """

    taught: pl.DataFrame
    chose: pl.DataFrame
    calibrated: pl.DataFrame
    known: pl.DataFrame

    def to_roles(self, split: Split) -> Roles:
        """Return the roles as the model keeps them."""
        return Roles.of_works(split, {role: rows["id"] for role, rows in vars(self).items()})


def assign_roles(train: pl.DataFrame, val: pl.DataFrame, test: pl.DataFrame, *, seed: int) -> RoleRows:
    """Return which work does what.

    Parameters
    ----------
    train, val, test
        Rows of a split's table, with vectors. Of the last only the artists are read.
    seed
        The same rows and seed give the same roles.

    Notes
    -----
    Where val holds works of the train artists, the train part teaches, and val chooses and calibrates, one
    half of it each, groups whole. Where a split keeps artists apart, 10 % of each train artist's works are
    kept back, 15 % of the others take the place of val, and the rest teach.
    """
    artists = train["artist"].unique().to_list()
    held = val.filter(pl.col("artist").is_in(artists))
    if held.is_empty():
        rest, known = hold_out(train, fraction=KEPT_BACK, seed=seed)
        taught, held = hold_out(rest, seed=seed)
    else:
        taught, known = train, test.filter(pl.col("artist").is_in(artists))
    return RoleRows(taught, *halve_works(held, seed=seed), known)


def halve_works(rows: pl.DataFrame, *, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return two halves of works, groups whole: of each artist's groups every other one.

    Parameters
    ----------
    rows
        Columns artist and group.
    seed
        Of the order of an artist's groups. An odd one out goes to the half whose turn it is.
    """
    order = np.random.default_rng(seed).permutation(len(rows))
    shuffled = rows[order].sort("artist", maintain_order=True)
    turn = shuffled["group"].unique(maintain_order=True)
    first = pl.col("group").is_in(turn.gather_every(2).implode())
    return rows.filter(first), rows.filter(~first)
