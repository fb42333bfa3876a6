"""Pairs of whole collections, block by block: all of them, random partners, or works of one style.

The number of pairs grows with the square of the number of works, so nothing here is ever as large as that. A
seed decides everything that is drawn; how the pairs are cut into blocks does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from morelli.collection.artist_index import ArtistIndex
from morelli.collection.partners import CHUNK_WORKS, PairRows, draw_partners, list_pairs
from morelli.collection.samples import Pairs
from morelli.collection.style_members import StyleMembers
from morelli.errors import UsageError

PARTNERS = 36
"""Other works that each work is paired with."""

RATIO = 1.75
"""Pairs by different hands kept for each pair by the same hand."""

PAIRS_PER_BLOCK = 1 << 18
"""Pairs in a block: 4.5 MB as `Pairs`."""

Progress = Callable[[int, int], None]


def stream_all_pairs(
    artists: Sequence[str], *, n_per_block: int = PAIRS_PER_BLOCK, progress: Progress | None = None
) -> Iterator[Pairs]:
    """Return all n (n - 1) / 2 pairs, in the order of the left work, then of the right.

    Parameters
    ----------
    artists
        (n,) the artist of each work.
    n_per_block
        Pairs in each block but the last, at least 1.
    progress
        Called with pairs done and pairs in all.

    Raises
    ------
    UsageError
        When a block should hold no pair.

    Notes
    -----
    The works of a pair follow from its number, so that memory is a few numbers per work and per pair of one
    block. The 5e11 pairs of 1 million works take time and disk, but no more memory than those of 1,000.

    Examples
    --------
    >>> [pairs] = stream_all_pairs(["A", "A", "B"])
    >>> pairs.left.tolist(), pairs.right.tolist(), pairs.same.tolist()
    ([0, 0, 1], [1, 2, 2], [True, False, False])
    """
    _require_counts(n_per_block=n_per_block)
    return _number_pairs(ArtistIndex.from_artists(artists).codes, n_per_block, progress)


def stream_partner_pairs(
    artists: Sequence[str],
    *,
    partners: int = PARTNERS,
    ratio: float | None = RATIO,
    seed: int = 0,
    n_per_block: int = PAIRS_PER_BLOCK,
    progress: Progress | None = None,
) -> Iterator[Pairs]:
    """Return each work with random partners, pairs by different hands thinned to a ratio.

    Parameters
    ----------
    artists
        (n,) the artist of each work.
    partners
        How many others each work is paired with, at least 1. Two works that drew each other are one pair.
    ratio
        Pairs by different hands for each pair by the same hand, at least 0. Pairs by the same hand are kept
        as they come; of the others so many are drawn, or all where there are not enough. None: all are kept.
    seed
        The same artists and seed give the same pairs.
    n_per_block
        Pairs in each block but the last, at least 1.
    progress
        Called with works done and works in all; each work counts twice.

    Raises
    ------
    UsageError
        When a work should have no partner, a block no pair, or the ratio is below 0.

    Notes
    -----
    The pairs are gone through twice: once to count both kinds, once to yield them; so the ratio is met
    exactly and no pair is kept. Memory is 8 bytes for each work and partner while they are drawn, and half of
    that afterwards: at 36 partners 288 MB for 1 million works. Time is linear in the works too.

    Examples
    --------
    >>> [pairs] = stream_partner_pairs(["A", "A", "B", "C"], partners=3, ratio=2.0)
    >>> len(pairs), pairs.n_same
    (3, 1)
    """
    _require_counts(partners=partners, n_per_block=n_per_block)
    _require_ratio(ratio)
    codes = ArtistIndex.from_artists(artists).codes
    advance = _count_works(2 * len(codes), progress)

    def draw() -> Iterator[PairRows]:
        return _draw_chunks(np.arange(len(codes)), partners, np.random.default_rng([seed, 0]), advance)

    return _cut_blocks(_thin(draw, codes, ratio, np.random.default_rng([seed, 1])), n_per_block)


def stream_hard_pairs(
    artists: Sequence[str],
    styles: Sequence[str | None],
    *,
    partners: int = PARTNERS,
    ratio: float | None = RATIO,
    seed: int = 0,
    n_per_block: int = PAIRS_PER_BLOCK,
    progress: Progress | None = None,
) -> Iterator[Pairs]:
    """Return pairs within a style: each work with random partners that share a label of style with it.

    Pairs by different hands are hard here, since they look alike; those by the same hand come along as in
    `stream_partner_pairs`, so that there is something to tell them from.

    Parameters
    ----------
    artists
        (n,) the artist of each work.
    styles
        (n,) the style of each work, several labels joined by ``|``; a work without takes no part.
    partners
        How many others of each of its styles a work is paired with, at least 1. A pair with several labels in
        common counts for the first of them by name only, so that it cannot stand twice.
    ratio, seed, n_per_block, progress
        As in `stream_partner_pairs`; progress counts a work once more for each further label.

    Raises
    ------
    UsageError
        When a work should have no partner, a block no pair, the ratio is below 0, or the lengths differ.

    Notes
    -----
    Memory and time are those of `stream_partner_pairs` for the style with most works, and for all labels.

    Examples
    --------
    >>> [pairs] = stream_hard_pairs(["A", "A", "B", "C"], ["x", "x", "x|y", "y"], ratio=None)
    >>> sorted(zip(pairs.left.tolist(), pairs.right.tolist()))
    [(0, 1), (0, 2), (1, 2), (2, 3)]
    """
    _require_counts(partners=partners, n_per_block=n_per_block)
    _require_ratio(ratio)
    _require_styles(artists, styles)
    codes = ArtistIndex.from_artists(artists).codes
    table = StyleMembers.from_styles(styles)
    members = table.list_members()
    advance = _count_works(2 * sum(map(len, members)), progress)

    def draw() -> Iterator[PairRows]:
        for style, works in enumerate(members):
            for left, right in _draw_chunks(
                works, partners, np.random.default_rng([seed, 0, style]), advance
            ):
                is_own = table.is_first_shared(style, left, right)
                yield left[is_own], right[is_own]

    return _cut_blocks(_thin(draw, codes, ratio, np.random.default_rng([seed, 1])), n_per_block)


def _number_pairs(codes: NDArray[np.intp], n_per_block: int, progress: Progress | None) -> Iterator[Pairs]:
    works = np.arange(len(codes))
    firsts = works * (2 * len(codes) - works - 1) // 2  # the number of each work's first pair as the left one
    n_pairs = len(codes) * (len(codes) - 1) // 2
    for start in range(0, n_pairs, n_per_block):
        numbers = np.arange(start, min(start + n_per_block, n_pairs))
        left = np.searchsorted(firsts[:-1], numbers, side="right") - 1
        right = numbers - firsts[left] + left + 1
        yield Pairs(left, right, codes[left] == codes[right])
        if progress is not None:
            progress(start + len(numbers), n_pairs)


def _draw_chunks(
    works: NDArray[np.intp], partners: int, rng: np.random.Generator, advance: Callable[[int], None]
) -> Iterator[PairRows]:
    """Yield the works with partners among them, as positions in the collection."""
    drawn = draw_partners(len(works), partners, rng)
    for left, right in list_pairs(drawn):
        yield works[left], works[right]
        advance(CHUNK_WORKS)


def _thin(
    draw: Callable[[], Iterator[PairRows]],
    codes: NDArray[np.intp],
    ratio: float | None,
    rng: np.random.Generator,
) -> Iterator[Pairs]:
    """Yield what is drawn, of the pairs by different hands only so many as the ratio asks for."""
    n_same = n_different = 0
    for left, right in draw():
        n_here = int((codes[left] == codes[right]).sum())
        n_same, n_different = n_same + n_here, n_different + len(left) - n_here
    n_kept = n_different if ratio is None else min(n_different, round(ratio * n_same))
    n_dropped = n_different - n_kept
    for left, right in draw():
        same = codes[left] == codes[right]
        different = np.flatnonzero(~same)
        # as many as would fall here if all that are kept were drawn from all of them at once
        n_here = int(rng.hypergeometric(n_kept, n_dropped, len(different)))
        n_kept, n_dropped = n_kept - n_here, n_dropped - (len(different) - n_here)
        is_kept = same.copy()
        is_kept[rng.choice(different, size=n_here, replace=False)] = True
        yield Pairs(left[is_kept], right[is_kept], same[is_kept])


def _cut_blocks(chunks: Iterable[Pairs], n_per_block: int) -> Iterator[Pairs]:
    """Yield the same pairs in blocks of one size; the last may be smaller, none is empty."""
    held: list[Pairs] = []
    n_held = 0
    for chunk in chunks:
        held.append(chunk)
        n_held += len(chunk)
        if n_held >= n_per_block:
            joined = _join(held)
            n_cut = n_held - n_held % n_per_block
            for start in range(0, n_cut, n_per_block):
                yield _slice(joined, start, start + n_per_block)
            held, n_held = [_slice(joined, n_cut, n_held)], n_held - n_cut
    if n_held:
        yield _join(held)


def _join(parts: Sequence[Pairs]) -> Pairs:
    return Pairs(
        np.concatenate([part.left for part in parts]),
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.same for part in parts]),
    )


def _slice(pairs: Pairs, start: int, stop: int) -> Pairs:
    return Pairs(pairs.left[start:stop], pairs.right[start:stop], pairs.same[start:stop])


def _count_works(n_works: int, progress: Progress | None) -> Callable[[int], None]:
    """Return what tells the progress by how many works it went on."""
    n_done = 0

    def advance(n_more: int) -> None:
        nonlocal n_done
        n_done = min(n_done + n_more, n_works)
        if progress is not None:
            progress(n_done, n_works)

    return advance


def _require_counts(**counts: int) -> None:
    for name, count in counts.items():
        if count < 1:
            raise UsageError(name, expected="at least 1", found=str(count), remedy="give a larger number")


def _require_ratio(ratio: float | None) -> None:
    if ratio is not None and not 0 <= ratio < np.inf:
        raise UsageError(
            "ratio",
            expected="a number from 0 up",
            found=str(ratio),
            remedy="give 1.75, or none to keep all pairs",
        )


def _require_styles(artists: Sequence[str], styles: Sequence[str | None]) -> None:
    if len(artists) != len(styles):
        raise UsageError(
            "styles",
            expected=f"one for each of {len(artists)} works",
            found=str(len(styles)),
            remedy="take artists and styles from the same rows",
        )
