"""Works as the heads learn from them: vectors with artists, divided by what they are used for.

An attribution head is fitted to training works, chosen on validation works and calibrated on others again,
all by the same artists; works that are held out serve later questions only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.collection.pairs.samples import keep_one_of_each
from morelli.collection.splits import Split, hold_out
from morelli.embeddings import Embeddings
from morelli.model.artefact import Roles
from morelli.model.attribution import AttributionHead

_HELD_OUT = 0.10
"""The share of each artist's train works that an ``unseen`` split holds out: without them nobody could ask a
model about new works by artists it knows, and its "none of these" could not be tried."""

_N_CONFUSIONS = 10
_N_RESAMPLES = 1_000
_LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class Works:
    """Works with their artists."""

    vectors: NDArray[np.float32]  # (n, d)
    artists: NDArray[np.object_]  # (n,) names
    given_groups: NDArray[np.object_] | None = None  # (n,) of near-duplicates; None: all works differ

    @classmethod
    def of(
        cls, vectors: NDArray[np.float32], artists: Sequence[str], groups: Sequence[object] | None = None
    ) -> Works:
        """Return works, given the names, and the groups of near-duplicates, as lists."""
        return cls(
            vectors,
            np.asarray(artists, dtype=object),
            None if groups is None else np.array([str(group) for group in groups], dtype=object),
        )

    @property
    def groups(self) -> NDArray[np.object_]:
        """The group of near-duplicates of each work, (n,): equal within one."""
        if self.given_groups is not None:
            return self.given_groups
        return np.array([f"work {place}" for place in range(len(self))], dtype=object)

    def one_per_group(self) -> Works:
        """Return the works of which each stands for its group of near-duplicates: the first one does."""
        return self[keep_one_of_each(self.groups)]

    @classmethod
    def of_rows(cls, rows: pl.DataFrame, embeddings: Embeddings) -> Works:
        """Return the works with a vector of rows with the columns id, artist and, where known, group."""
        held = rows.filter(pl.col("id").is_in(list(embeddings.ids)))
        groups = held["group"].to_list() if "group" in held.columns else None
        return cls.of(embeddings.select(held["id"].to_list()), held["artist"].to_list(), groups)

    def __len__(self) -> int:
        return len(self.vectors)

    def __add__(self, other: Works) -> Works:
        has_groups = self.given_groups is not None and other.given_groups is not None
        return Works(
            np.concatenate([self.vectors, other.vectors]),
            np.concatenate([self.artists, other.artists]),
            np.concatenate([self.groups, other.groups]) if has_groups else None,
        )

    def __getitem__(self, kept: NDArray[np.bool_] | NDArray[np.intp]) -> Works:
        groups = None if self.given_groups is None else self.given_groups[kept]
        return Works(self.vectors[kept], self.artists[kept], groups)

    def select(self, names: Sequence[str], *, is_among: bool = True) -> Works:
        """Return the works by some artists, or by all others."""
        return self[np.isin(self.artists, np.asarray(names, dtype=object)) == is_among]


@dataclass(frozen=True, eq=False)
class RoleRows:
    """The rows of a split's table by their role: columns id, artist, group; all have vectors."""

    train: pl.DataFrame
    validation: pl.DataFrame
    calibration: pl.DataFrame
    held_out: pl.DataFrame  # by the same artists, used for nothing; may be empty

    def to_roles(self, split: Split) -> Roles:
        """Return the roles as the model keeps them."""
        ids = {
            "taught": self.train["id"],
            "chose": self.validation["id"],
            "calibrated": self.calibration["id"],
            "known": self.held_out["id"],
        }
        return Roles.of_works(split, ids)


def assign_roles(train: pl.DataFrame, val: pl.DataFrame, test: pl.DataFrame, *, seed: int) -> RoleRows:
    """Return which embedded work of a split's parts has which role; of test only the artists are read.

    Where val holds works of the train artists, one half of these is for validation, the other for
    calibration, groups whole. Where a split keeps artists apart, 10 % of each train artist's works are held
    out, and 15 % of the others take the place of val.
    """
    artists = train["artist"].unique().to_list()
    held = val.filter(pl.col("artist").is_in(artists))
    if held.is_empty():
        rest, held_out = hold_out(train, fraction=_HELD_OUT, seed=seed)
        train, held = hold_out(rest, seed=seed)
    else:
        held_out = test.filter(pl.col("artist").is_in(artists))
    return RoleRows(train, *_halve_works(held, seed=seed), held_out)


def _halve_works(rows: pl.DataFrame, *, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return two halves of works, groups whole: of each artist's groups every other one."""
    order = np.random.default_rng(seed).permutation(len(rows))
    shuffled = rows[order].sort("artist", maintain_order=True)
    turn = shuffled["group"].unique(maintain_order=True)
    first = pl.col("group").is_in(turn.gather_every(2).implode())
    return rows.filter(first), rows.filter(~first)


def describe_validation(head: AttributionHead, works: Works, *, seed: int) -> dict[str, Any]:
    """Return the accuracy on validation works with its interval, and the commonest confusions, for the card.

    The head was chosen on them, so that the numbers flatter. For the interval of 95 % whole artists are
    resampled (Efron and Tibshirani 1993, chapter 8).
    """
    named = [head.artists[column] for column in head.predict_proba(works.vectors).argmax(axis=1)]
    is_right = np.asarray(named, dtype=object) == works.artists
    low, high = _resample_artists(is_right, works.artists, np.random.default_rng(seed))
    return {
        "accuracy": float(is_right.mean()),
        "accuracy_interval": [low, high],
        "n_works": len(works),
        "confusions": _list_confusions(works.artists.tolist(), named),
    }


def _list_confusions(artists: Sequence[str], named: Sequence[str]) -> list[dict[str, Any]]:
    """Return the commonest confusions: most works first, of as many the larger share, then by name."""
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
