"""Deals works, artists or sources out to train, val and test so that groups stay whole.

Pure arithmetic on numbered classes and groups; `kinds` calls it. The order of the items decides, so callers
sort works by id and number classes by name.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from morelli.collection.parts import PARTS

Codes = NDArray[np.int64]

MAX_DEALS = 100
"""Shuffles that are tried before sources are divided as evenly as any of them allows."""

TOLERANCE = 0.10
"""How far the share of a part may be off before sources are dealt again."""


def assign_works(
    classes: Codes, groups: Codes, fractions: Sequence[float], rng: np.random.Generator
) -> NDArray[np.object_]:
    """Return the part of each work: of each class the given shares, groups whole.

    Parameters
    ----------
    classes, groups
        (n,) numbers from 0 without gaps. A group belongs to the class with most works in it; to the lower
        number in a tie.
    fractions
        Shares of train, val and test.

    Returns
    -------
    parts
        (n,) names of parts.
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


def assign_artists(
    artists: Codes, groups: Codes, fractions: Sequence[float], rng: np.random.Generator
) -> NDArray[np.object_]:
    """Return the part of each work: the given shares of the artists, those who share a group together."""
    families = join_families(artists, groups)
    sizes = np.bincount(families)
    order = rng.permutation(len(sizes))
    part_of_family = np.empty(len(sizes), dtype=object)
    part_of_family[order] = _fill_parts(sizes[order], fractions)
    return part_of_family[families[artists]]


def assign_sources(
    sources: Codes, groups: Codes, fractions: Sequence[float], rng: np.random.Generator
) -> NDArray[np.object_]:
    """Return the part of each work: whole sources, the given shares of the works as nearly as they allow.

    Parameters
    ----------
    sources, groups
        (n,) numbers from 0 without gaps. Sources that share a group go together; there must be at least as
        many families of them as parts.
    fractions
        Shares of train, val and test. No part stays empty.

    Returns
    -------
    parts
        (n,) names of parts.

    Notes
    -----
    The families are shuffled and dealt out up to 100 times. The first deal in which no share is off by more
    than 0.10 is taken, so that another seed gives another split; else the one that is off least.
    """
    families = join_families(sources, groups)[sources]
    sizes = np.bincount(families)
    best, least = np.empty(0, dtype=object), np.inf
    for _ in range(MAX_DEALS):
        order = rng.permutation(len(sizes))
        dealt = np.empty(len(sizes), dtype=object)
        dealt[order] = _fill_every_part(sizes[order], fractions)
        error = _measure_error(dealt, sizes, fractions)
        if error < least:
            best, least = dealt, error
        if error <= TOLERANCE:
            break
    return best[families]


def join_families(codes: Codes, groups: Codes) -> Codes:
    """Return the family of each code: codes that share a group, directly or through others, share a family.

    Parameters
    ----------
    codes, groups
        (n,) numbers from 0 without gaps: the artist or source of each work, and its group.

    Returns
    -------
    families
        (c,) one number for each code.

    Examples
    --------
    >>> join_families(np.array([0, 1, 2]), np.array([5, 5, 6]) - 5)
    array([0, 0, 1])
    """
    n_codes = int(codes.max()) + 1
    n_nodes = n_codes + int(groups.max()) + 1
    links = coo_array((np.ones(len(codes), dtype=np.int8), (codes, groups + n_codes)), shape=(n_nodes,) * 2)
    _, labels = connected_components(links, directed=False)
    families: Codes = np.unique(labels[:n_codes], return_inverse=True)[1].astype(np.int64)
    return families


def number_densely(values: Codes) -> Codes:
    """Return numbers from 0 without gaps in the order of the values.

    Examples
    --------
    >>> number_densely(np.array([7, 3, 7]))
    array([1, 0, 1])
    """
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _find_owners(classes: Codes, groups: Codes) -> Codes:
    """Return for each group the class with most works in it; the lower number in a tie."""
    n_classes = int(classes.max()) + 1
    pairs, counts = np.unique(groups * n_classes + classes, return_counts=True)
    owned, owners = pairs // n_classes, pairs % n_classes
    order = np.lexsort((owners, -counts, owned))
    _, first = np.unique(owned[order], return_index=True)
    found: Codes = owners[order][first]
    return found


def _fill_parts(sizes: Codes, fractions: Sequence[float]) -> list[str]:
    """Give each item in turn to the part that lacks most of its share; the earlier part in a tie."""
    lacks = [fraction * float(sizes.sum()) for fraction in fractions]
    parts = []
    for size in sizes.tolist():
        fullest = lacks.index(max(lacks))
        lacks[fullest] -= size
        parts.append(PARTS[fullest])
    return parts


def _fill_every_part(sizes: Codes, fractions: Sequence[float]) -> list[str]:
    """Do the same, but give the last items to parts that would stay empty."""
    lacks = [fraction * float(sizes.sum()) for fraction in fractions]
    empty, parts = list(range(len(PARTS))), []
    for n_left, size in zip(range(len(sizes), 0, -1), sizes.tolist(), strict=True):
        open_parts = empty if n_left <= len(empty) else range(len(PARTS))
        fullest = max(open_parts, key=lacks.__getitem__)
        lacks[fullest] -= size
        parts.append(PARTS[fullest])
        if fullest in empty:
            empty.remove(fullest)
    return parts


def _measure_error(parts: NDArray[np.object_], sizes: Codes, fractions: Sequence[float]) -> float:
    shares = [sizes[parts == part].sum() / sizes.sum() for part in PARTS]
    return float(max(abs(share - fraction) for share, fraction in zip(shares, fractions, strict=True)))
