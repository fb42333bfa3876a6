"""Groups of works whose pictures are nearly the same, so that no split tears them apart.

Two pictures are near-duplicates when both of their perceptual hashes are close: one hash alone (the DCT hash
or the difference hash) also pairs plain pictures that merely share a layout.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

_PHASH_BITS = 6
_DHASH_BITS = 12
"""Largest Hamming distances, of 64 bits, at which two hashes call two pictures the same.

Chosen by looking at the pairs found among 11,429 real works, all of which were the same painting: see
docs/duplicates.md.
"""

_MAX_STEPS = 500


def group_near_duplicates(
    phashes: Sequence[str],
    dhashes: Sequence[str],
    *,
    phash_bits: int = _PHASH_BITS,
    dhash_bits: int = _DHASH_BITS,
) -> NDArray[np.int64]:
    """Return a number for each work's group of near-duplicates, (n,), from 0 in order of appearance.

    >>> group_near_duplicates(["00" * 8, "00" * 7 + "01", "ff" * 8], ["00" * 8, "00" * 8, "ff" * 8])
    array([0, 0, 1])
    """
    pairs = pair_near_duplicates(phashes, dhashes, phash_bits=phash_bits, dhash_bits=dhash_bits)
    return number_components(*pairs.T, n=len(phashes))


def pair_near_duplicates(
    phashes: Sequence[str],
    dhashes: Sequence[str],
    *,
    phash_bits: int = _PHASH_BITS,
    dhash_bits: int = _DHASH_BITS,
) -> NDArray[np.intp]:
    """Return the pairs of works both of whose hashes are close: (p, 2), left < right, sorted.

    By the pigeonhole principle two 64-bit words that differ in at most t bits agree in at least two of t + 2
    disjoint bands, so only works that share a pair of bands are compared: exact, and far from n x n. Where
    more than 500 works share a pair of bands (blank pictures), each is compared with the next 500 in order of
    the hash.
    """
    phash, dhash = _words(phashes), _words(dhashes)
    pairs = [np.zeros((0, 2), dtype=np.intp)]
    for left, right in _candidate_pairs(phash, n_bands=phash_bits + 2):
        is_close = np.bitwise_count(phash[left] ^ phash[right]) <= phash_bits
        is_close &= np.bitwise_count(dhash[left] ^ dhash[right]) <= dhash_bits
        pairs.append(np.sort(np.stack([left[is_close], right[is_close]], axis=1), axis=1))
    return np.unique(np.concatenate(pairs), axis=0)


def group_works(works: pl.DataFrame) -> NDArray[np.int64]:
    """Return a group number for each work, (n,), joined by near hashes and by an audit's `group_id`."""
    by_hash = group_near_duplicates(works["phash"].to_list(), works["dhash"].to_list())
    if "group_id" not in works.columns or works["group_id"].null_count() == len(works):
        return by_hash
    codes = works["group_id"].rank("dense").to_numpy()  # 1.. and NaN where there is none
    rows = np.flatnonzero(~np.isnan(codes))
    n_hash = int(by_hash.max()) + 1
    nodes = n_hash + codes[rows].astype(np.int64) - 1
    return number_components(by_hash[rows], nodes, n=int(nodes.max()) + 1)[by_hash]


def number_components(left: NDArray[np.integer], right: NDArray[np.integer], *, n: int) -> NDArray[np.int64]:
    """Return for each of n nodes its component when links join them, (n,), from 0 in order of appearance."""
    if n == 0:
        return np.zeros(0, dtype=np.int64)
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _words(hashes: Sequence[str]) -> NDArray[np.uint64]:
    return np.array([int(digits, 16) for digits in hashes], dtype=np.uint64)


def _candidate_pairs(
    words: NDArray[np.uint64], *, n_bands: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield (left, right) works whose words agree in some two of the bands and differ in few enough bits."""
    by_word = np.argsort(words, kind="stable")
    ascending = words[by_word]
    for bands in _pair_bands(n_bands):
        keys = _read_bands(ascending, bands)
        places = np.argsort(keys, kind="stable")  # so that works that agree stay in the order of the hash
        keys, ordered, order = keys[places], ascending[places], by_word[places]
        left = np.arange(len(words))
        for step in range(1, _MAX_STEPS + 1):
            left = left[: np.searchsorted(left, len(words) - step)]
            left = left[keys[left] == keys[left + step]]
            if len(left) == 0:
                break
            close = left[np.bitwise_count(ordered[left] ^ ordered[left + step]) <= n_bands - 2]
            yield order[close], order[close + step]


def _pair_bands(n_bands: int) -> Iterator[tuple[range, range]]:
    """Yield each two of the bands that 64 bits divide into, as ranges of bits."""
    edges = [round(64 * band / n_bands) for band in range(n_bands + 1)]
    yield from combinations([range(low, high) for low, high in pairwise(edges)], 2)


def _read_bands(words: NDArray[np.uint64], bands: Sequence[range]) -> NDArray[np.unsignedinteger[Any]]:
    """Return the bits of some bands side by side, in 16-bit numbers where they fit: those sort in no time."""
    keys = np.zeros(len(words), dtype=np.uint64)
    for band in bands:
        bits = words >> np.uint64(band.start) & np.uint64((1 << len(band)) - 1)
        keys = keys << np.uint64(len(band)) | bits
    return keys.astype(np.uint16) if sum(map(len, bands)) <= 16 else keys
