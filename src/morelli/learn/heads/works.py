"""Works with their artists, as everything that learns to name artists takes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.collection.splits import Split, hold_out
from morelli.model.artefact import Roles
from morelli.model.attribution import AttributionHead

_Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Works:
    """Works with their artists.

    Parameters
    ----------
    vectors, artists
        (n, d) float32 and (n,) names.
    """

    vectors: _Float
    artists: NDArray[np.object_]

    @classmethod
    def of(cls, vectors: _Float, artists: Sequence[str]) -> Works:
        """Return works, given the names as a list."""
        return cls(vectors, np.asarray(artists, dtype=object))

    def __len__(self) -> int:
        """Return how many works there are."""
        return len(self.vectors)

    def __add__(self, other: Works) -> Works:
        """Return both together."""
        return Works(
            np.concatenate([self.vectors, other.vectors]), np.concatenate([self.artists, other.artists])
        )

    def select(self, names: Sequence[str], *, is_among: bool = True) -> Works:
        """Return the works by some artists, or by all others."""
        kept = np.isin(self.artists, np.asarray(names, dtype=object)) == is_among
        return Works(self.vectors[kept], self.artists[kept])


# Divides the works that teach the attribution from those that choose, calibrate and are kept back.

_KEPT_BACK = 0.10
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
        rest, known = hold_out(train, fraction=_KEPT_BACK, seed=seed)
        taught, held = hold_out(rest, seed=seed)
    else:
        taught, known = train, test.filter(pl.col("artist").is_in(artists))
    return RoleRows(taught, *_halve_works(held, seed=seed), known)


def _halve_works(rows: pl.DataFrame, *, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
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


# What the attribution head gets wrong on validation works, for the model's card.

_N_CONFUSIONS = 10
_N_RESAMPLES = 1_000
_LEVEL = 0.95


def describe_validation(
    head: AttributionHead, vectors: NDArray[np.float32], artists: Sequence[str], *, seed: int
) -> dict[str, Any]:
    """Return the accuracy on validation works with its interval over artists, and the commonest confusions.

    Parameters
    ----------
    head
        As it was chosen; on the same works, so that the numbers flatter.
    vectors, artists
        (m, d) float32 and (m,) true names, at least one.
    seed
        Of the resamples.

    Returns
    -------
    facts
        "accuracy", "accuracy_interval" (95 %, whole artists resampled: Efron and Tibshirani 1993, chapter 8),
        "n_works", and "confusions": artist, taken_for, n_confused and n works by the artist, most first.
    """
    named = [head.artists[column] for column in head.predict_proba(vectors).argmax(axis=1)]
    truth = np.asarray(artists, dtype=object)
    is_right = np.asarray(named, dtype=object) == truth
    low, high = _resample_artists(is_right, truth, np.random.default_rng(seed))
    return {
        "accuracy": float(is_right.mean()),
        "accuracy_interval": [low, high],
        "n_works": len(artists),
        "confusions": _list_confusions(artists, named),
    }


def _list_confusions(artists: Sequence[str], named: Sequence[str]) -> list[dict[str, Any]]:
    """Return the commonest confusions: most works first, of as many the larger share, then by name.

    Examples
    --------
    >>> _list_confusions(["Hals", "Hals", "Steen"], ["Leyster", "Hals", "Steen"])
    [{'artist': 'Hals', 'taken_for': 'Leyster', 'n_confused': 1, 'n': 2}]
    """
    n_works = Counter(artists)
    pairs = Counter(pair for pair in zip(artists, named, strict=True) if pair[0] != pair[1])
    order = sorted(pairs.items(), key=lambda entry: (-entry[1], n_works[entry[0][0]], entry[0]))
    return [
        {"artist": artist, "taken_for": other, "n_confused": count, "n": n_works[artist]}
        for (artist, other), count in order[:_N_CONFUSIONS]
    ]


def _resample_artists(
    is_right: NDArray[np.bool_], artists: NDArray[np.object_], rng: np.random.Generator
) -> tuple[float, float]:
    _, codes = np.unique(artists.astype(str), return_inverse=True)
    n_works, n_right = np.bincount(codes), np.bincount(codes, weights=is_right)
    drawn = rng.multinomial(len(n_works), np.full(len(n_works), 1 / len(n_works)), size=_N_RESAMPLES)
    shares = (drawn @ n_right) / (drawn @ n_works)
    low, high = np.quantile(shares, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(low), float(high)
