"""The kinds of split: what each divides, in which shares, and what it needs.

All take the works sorted by id, the group of each, the class to take shares of, and a generator.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.collection.duplicates.hashes import number_components
from morelli.collection.labels import class_of
from morelli.collection.splits.split import PARTS
from morelli.errors import SplitError

FRACTIONS = {"seen": (0.70, 0.15, 0.15), "unseen": (0.60, 0.15, 0.25), "source": (0.60, 0.15, 0.25)}
"""Shares of the parts: of each class's works in ``seen``, of the artists in ``unseen``, of the works in
``source``."""

HELD_OUT = 0.15
"""The share of each artist's train works that becomes val where a split has no val."""

NEEDED_COLUMNS = {"source": "source", "official": "part"}
"""In which column each work of a kind must have something."""

_Codes = NDArray[np.int64]
_Parts = NDArray[np.object_]

_MAX_DEALS = 100
"""Shuffles that are tried before sources are divided as evenly as any of them allows."""

_TOLERANCE = 0.10
"""How far the share of a part may be off before sources are dealt again."""


def _draw_seen(works: pl.DataFrame, groups: _Codes, by: str, rng: np.random.Generator) -> _Parts:
    """Return parts with 70/15/15 of each class's works."""
    classes = works.select(class_of(by)).to_series()
    _check_number(classes, n_needed=2, what=f"{by}s")
    return _assign_works(_number_densely(classes), groups, FRACTIONS["seen"], rng)


def draw_unseen(
    works: pl.DataFrame,
    groups: _Codes,
    by: str,
    rng: np.random.Generator,
    shares: tuple[float, float, float] = FRACTIONS["unseen"],
) -> _Parts:
    """Return parts with 60/15/25 of the artists, or with other shares of them."""
    _check_number(works["artist"], n_needed=4, what="artists")
    return _assign_artists(_number_densely(works["artist"]), groups, shares, rng)


def _draw_source(works: pl.DataFrame, groups: _Codes, by: str, rng: np.random.Generator) -> _Parts:
    """Return parts with whole sources, 60/15/25 of the works; of two sources the smaller is test."""
    _check_number(works["source"], n_needed=2, what="sources")
    sources = _number_densely(works["source"])
    families = _join_families(sources, groups)[sources]
    sizes = np.bincount(families)
    if len(sizes) >= len(PARTS):
        return _assign_sources(sources, groups, FRACTIONS["source"], rng)
    if len(sizes) == 1:
        raise _describe_family(sources, groups)
    parts = np.array(["test", "train"], dtype=object)[(families == sizes.argmax()).astype(int)]
    return _hold_out_val(parts, works, groups, rng)


def _draw_official(works: pl.DataFrame, groups: _Codes, by: str, rng: np.random.Generator) -> _Parts:
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
    return parts if "val" in found else _hold_out_val(parts, works, groups, rng)


def _hold_out_val(parts: _Parts, works: pl.DataFrame, groups: _Codes, rng: np.random.Generator) -> _Parts:
    """Return parts in which 15 % of each artist's train works are val, groups whole within train."""
    rows = np.flatnonzero(parts == "train")
    divided = parts.copy()
    divided[rows] = assign_held_out(works["artist"][rows], groups[rows], HELD_OUT, rng)
    return divided


def assign_held_out(artists: pl.Series, groups: _Codes, fraction: float, rng: np.random.Generator) -> _Parts:
    """Return the part of each work, train or val: val is that share of each artist's works, groups whole."""
    codes = _number_densely(artists), _number_densely(pl.Series(groups))
    return _assign_works(*codes, (1 - fraction, fraction, 0.0), rng)


DRAWERS: dict[str, Callable[[pl.DataFrame, _Codes, str, np.random.Generator], _Parts]] = {
    "seen": _draw_seen,
    "unseen": draw_unseen,
    "source": _draw_source,
    "official": _draw_official,
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


def _describe_family(sources: _Codes, groups: _Codes) -> SplitError:
    pairs = np.unique(np.stack([groups, sources]), axis=1)
    n_shared = int((np.bincount(pairs[0]) > 1).sum())
    return SplitError(
        "split by source",
        expected="at least 2 sources, or families of sources, without a picture in common",
        found=f"{int(sources.max()) + 1} sources that {n_shared} groups of near-duplicates join",
        remedy="leave out the works that the sources have in common, or collect a further source",
    )


# Deals works, artists or sources out to train, val and test so that groups stay whole.


def _assign_works(
    classes: _Codes, groups: _Codes, fractions: Sequence[float], rng: np.random.Generator
) -> _Parts:
    """Return the part of each work, (n,): the given shares of each class in train, val, test; groups whole.

    Classes and groups are numbers from 0 without gaps. A group belongs to the class with most works in it; to
    the lower number in a tie.
    """
    owners = _find_owners(classes, groups)
    sizes = np.bincount(groups)
    part_of_group = np.empty(len(sizes), dtype=object)
    by_owner = np.argsort(owners, kind="stable")
    starts = np.flatnonzero(np.diff(owners[by_owner])) + 1
    for own in np.split(by_owner, starts):
        order = rng.permutation(own)
        part_of_group[order] = _fill_parts(sizes[order], fractions)
    return part_of_group[groups]


def _assign_artists(
    artists: _Codes, groups: _Codes, fractions: Sequence[float], rng: np.random.Generator
) -> _Parts:
    """Return the part of each work: the given shares of the artists, those who share a group together."""
    families = _join_families(artists, groups)
    sizes = np.bincount(families)
    order = rng.permutation(len(sizes))
    part_of_family = np.empty(len(sizes), dtype=object)
    part_of_family[order] = _fill_parts(sizes[order], fractions)
    return part_of_family[families[artists]]


def _assign_sources(
    sources: _Codes, groups: _Codes, fractions: Sequence[float], rng: np.random.Generator
) -> _Parts:
    """Return the part of each work: whole sources, the given shares of the works as nearly as they allow.

    Sources that share a group go together; these families are shuffled and dealt out up to 100 times. The
    first deal in which no share is off by more than 0.10 is taken, so that another seed gives another split;
    else the one that is off least.
    """
    families = _join_families(sources, groups)[sources]
    sizes = np.bincount(families)
    best, least = np.empty(0, dtype=object), np.inf
    for _ in range(_MAX_DEALS):
        order = rng.permutation(len(sizes))
        dealt = np.empty(len(sizes), dtype=object)
        dealt[order] = _fill_parts(sizes[order], fractions, is_full=True)
        error = _measure_error(dealt, sizes, fractions)
        if error < least:
            best, least = dealt, error
        if error <= _TOLERANCE:
            break
    return best[families]


def _join_families(codes: _Codes, groups: _Codes) -> _Codes:
    """Return the family of each code, (c,): codes that share a group, also through others, share a family."""
    n_codes = int(codes.max()) + 1
    return number_components(codes, groups + n_codes, n=n_codes + int(groups.max()) + 1)[:n_codes]


def _number_densely(values: pl.Series) -> _Codes:
    """Return numbers from 0 without gaps in the order of the values."""
    return values.rank("dense").to_numpy().astype(np.int64) - 1


def _find_owners(classes: _Codes, groups: _Codes) -> _Codes:
    """Return for each group the class with most works in it; the lower number in a tie."""
    n_classes = int(classes.max()) + 1
    pairs, counts = np.unique(groups * n_classes + classes, return_counts=True)
    owned, owners = pairs // n_classes, pairs % n_classes
    order = np.lexsort((owners, -counts, owned))
    _, first = np.unique(owned[order], return_index=True)
    found: _Codes = owners[order][first]
    return found


def _fill_parts(sizes: _Codes, fractions: Sequence[float], *, is_full: bool = False) -> list[str]:
    """Give each item in turn to the part that lacks most of its share; the earlier part in a tie.

    With `is_full` the last items go to parts that would stay empty.
    """
    lacks = [fraction * float(sizes.sum()) for fraction in fractions]
    empty = list(range(len(PARTS))) if is_full else []
    parts = []
    for n_left, size in zip(range(len(sizes), 0, -1), sizes.tolist(), strict=True):
        open_parts = empty if n_left <= len(empty) else range(len(PARTS))
        fullest = max(open_parts, key=lacks.__getitem__)
        lacks[fullest] -= size
        parts.append(PARTS[fullest])
        if fullest in empty:
            empty.remove(fullest)
    return parts


def _measure_error(parts: NDArray[np.object_], sizes: _Codes, fractions: Sequence[float]) -> float:
    shares = [sizes[parts == part].sum() / sizes.sum() for part in PARTS]
    return float(max(abs(share - fraction) for share, fraction in zip(shares, fractions, strict=True)))
