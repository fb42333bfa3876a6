"""Divides a collection into train, val and test without letting a picture stand on two sides.

Both kinds of split keep near-duplicate groups whole. ``seen`` asks how well known artists are recognised in
works not seen before; ``unseen`` asks how well two works are compared whose artists were never trained on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from morelli.collection.duplicates import group_works
from morelli.errors import SplitError

PARTS = ("train", "val", "test")
FRACTIONS = {"seen": (0.70, 0.15, 0.15), "unseen": (0.60, 0.15, 0.25)}
"""Shares of the parts: of each artist's works in ``seen``, of the artists in ``unseen``."""


@dataclass(frozen=True, eq=False)
class Split:
    """Which work belongs to which part.

    Parameters
    ----------
    kind
        "seen", "unseen", or "file" for one that was read.
    seed
        The seed it was drawn with.
    table
        Columns id, artist, group (int64), part ("train", "val", "test"); one row per work, sorted by id.
    """

    kind: str
    seed: int
    table: pl.DataFrame

    @property
    def name(self) -> str:
        """The name in reports, such as ``unseen-0``."""
        return f"{self.kind}-{self.seed}"

    @property
    def digest(self) -> str:
        """SHA-256 over ids and parts: two splits with one digest divide the same works the same way."""
        lines = "\n".join(f"{row[0]},{row[1]}" for row in self.table.select("id", "part").iter_rows())
        return hashlib.sha256(lines.encode()).hexdigest()

    def part(self, name: str) -> pl.DataFrame:
        """Return the rows of one part.

        Raises
        ------
        SplitError
            When there is no such part, or it is empty.
        """
        rows = self.table.filter(pl.col("part") == name)
        if name not in PARTS or rows.is_empty():
            raise SplitError(
                f"part '{name}' of split {self.name}",
                expected=f"one of {', '.join(PARTS)} with works in it",
                found="no works",
                remedy="collect more works per artist, or more artists",
            )
        return rows

    def count(self, name: str) -> int:
        """Return the number of works in a part."""
        return int((self.table["part"] == name).sum())

    def write(self, path: Path) -> None:
        """Write the split as CSV (id, artist, group, part), which `read_split` reads back."""
        self.table.write_csv(path)


def draw_split(works: pl.DataFrame, kind: str, *, seed: int = 0) -> Split:
    """Draw a split of the works whose artist is known.

    Parameters
    ----------
    works
        Columns id, artist, phash, dhash; rows without artist belong to no part.
    kind
        "seen": 70/15/15 of each artist's works; "unseen": 60/15/25 of the artists.
    seed
        The same works, kind and seed give the same split, in whatever order the works come.

    Raises
    ------
    SplitError
        When the kind is unknown or there are too few artists.

    Notes
    -----
    In ``seen`` a group that spans artists goes where its largest share goes. In ``unseen`` artists that share
    a group are drawn together, so that no picture stands on two sides.
    """
    if kind not in FRACTIONS:
        raise SplitError("--split", expected="seen or unseen", found=repr(kind), remedy="name one of the two")
    known = works.filter(pl.col("artist").is_not_null()).sort("id")
    artists = known["artist"].to_list()
    _check_artists(artists, n_needed=4 if kind == "unseen" else 2)
    groups = group_works(known)
    rng = np.random.default_rng(seed)
    assign = _assign_works if kind == "seen" else _assign_artists
    parts = assign(artists, groups, FRACTIONS[kind], rng)
    table = known.select("id", "artist").with_columns(group=pl.Series(groups), part=pl.Series(parts))
    return Split(kind=kind, seed=seed, table=table)


def load_split(name: str, works: pl.DataFrame, *, seed: int = 0) -> Split:
    """Return the split of a name: drawn for "seen" and "unseen", read from a file otherwise.

    Raises
    ------
    SplitError
        When there is neither such a kind nor such a file.
    """
    if name in FRACTIONS:
        return draw_split(works, name, seed=seed)
    if not Path(name).is_file():
        raise SplitError(
            f"--split {name}",
            expected="seen, unseen, or a CSV file with a split",
            found="neither",
            remedy="write a file with 'morelli split'",
        )
    return read_split(Path(name))


def hold_out(
    rows: pl.DataFrame, *, fraction: float = 0.15, seed: int = 0
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
    groups = rows["group"].rank("dense").to_numpy().astype(np.int64) - 1
    rng = np.random.default_rng(seed)
    parts = _assign_works(rows["artist"].to_list(), groups, (1 - fraction, fraction, 0.0), rng)
    return rows.filter(pl.Series(parts == "train")), rows.filter(pl.Series(parts == "val"))


def read_split(path: Path) -> Split:
    """Read a split from a CSV with columns id, artist, part and optionally group.

    Raises
    ------
    SplitError
        When the file is missing, lacks a column or a value, names a work twice or has an unknown part.
    """
    try:
        table = pl.read_csv(path, schema_overrides={"id": pl.String, "artist": pl.String, "part": pl.String})
    except (OSError, pl.exceptions.PolarsError) as error:
        raise SplitError(
            path,
            expected="a CSV file with a split",
            found=str(error).splitlines()[0],
            remedy="write one with 'morelli split'",
        ) from error
    _check_table(table, path)
    if "group" not in table.columns:
        table = table.with_row_index("group").with_columns(pl.col("group").cast(pl.Int64))
    table = table.select("id", "artist", "group", "part").sort("id")
    return Split(kind="file", seed=0, table=table)


def _check_table(table: pl.DataFrame, path: Path) -> None:
    found = _find_fault(table)
    if found is not None:
        raise SplitError(
            path,
            expected="columns id, artist, part, all filled in; each id once; parts train, val, test",
            found=found,
            remedy="correct the file, or draw a split with 'morelli split'",
        )


def _find_fault(table: pl.DataFrame) -> str | None:
    if {"id", "artist", "part"} - set(table.columns):
        return f"columns {', '.join(table.columns)}"
    if unknown := set(table["part"].unique().to_list()) - set(PARTS):
        return f"parts {unknown}"
    if table["id"].null_count() or table["artist"].null_count():
        return "a row without id or artist"
    return "an id twice" if table["id"].is_duplicated().any() else None


def _check_artists(artists: Sequence[str], *, n_needed: int) -> None:
    n_artists = len(set(artists))
    if n_artists < n_needed:
        raise SplitError(
            "split",
            expected=f"at least {n_needed} artists",
            found=f"{n_artists}",
            remedy="collect works of more artists; works without an artist do not count",
        )


def _assign_works(
    artists: Sequence[str], groups: NDArray[np.int64], fractions: Sequence[float], rng: np.random.Generator
) -> NDArray[np.object_]:
    owners = _group_owners(artists, groups)
    sizes = np.bincount(groups)
    part_of_group = np.empty(len(sizes), dtype=object)
    by_owner = np.argsort(owners, kind="stable")
    starts = np.flatnonzero(np.diff(owners[by_owner])) + 1
    for own in np.split(by_owner, starts):
        order = rng.permutation(own)
        part_of_group[order] = _fill_parts(sizes[order], fractions)
    return part_of_group[groups]


def _group_owners(artists: Sequence[str], groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each group the number of the artist with most works in it; the first by name in a tie."""
    _, codes = np.unique(np.asarray(artists, dtype=object), return_inverse=True)
    pairs, counts = np.unique(np.stack([groups, codes]), axis=1, return_counts=True)
    order = np.lexsort((pairs[1], -counts, pairs[0]))
    _, first = np.unique(pairs[0][order], return_index=True)
    owners: NDArray[np.int64] = pairs[1][order][first]
    return owners


def _fill_parts(sizes: NDArray[np.int64], fractions: Sequence[float]) -> list[str]:
    """Give each item in turn to the part that lacks most of its share; the earlier part in a tie."""
    lacks = [fraction * float(sizes.sum()) for fraction in fractions]
    parts = []
    for size in sizes.tolist():
        fullest = lacks.index(max(lacks))
        lacks[fullest] -= size
        parts.append(PARTS[fullest])
    return parts


def _assign_artists(
    artists: Sequence[str], groups: NDArray[np.int64], fractions: Sequence[float], rng: np.random.Generator
) -> NDArray[np.object_]:
    family_of_artist, codes = _artist_families(artists, groups)
    sizes = np.bincount(family_of_artist)
    order = rng.permutation(len(sizes))
    part_of_family = np.empty(len(sizes), dtype=object)
    part_of_family[order] = _fill_parts(sizes[order], fractions)
    return part_of_family[family_of_artist[codes]]


def _artist_families(
    artists: Sequence[str], groups: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give artists numbers so that those who share a near-duplicate group share a number.

    The first array is the family of each artist in order of name, the second the place in that order of
    each work's artist.
    """
    names, codes = np.unique(np.asarray(artists, dtype=object), return_inverse=True)
    n_nodes = len(names) + int(groups.max()) + 1
    links = coo_array(
        (np.ones(len(codes), dtype=np.int8), (codes, groups + len(names))), shape=(n_nodes,) * 2
    )
    _, labels = connected_components(links, directed=False)
    _, families = np.unique(labels[: len(names)], return_inverse=True)
    return families, codes
