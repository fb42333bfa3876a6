"""Pairs of whole collections, block by block: all of them, random partners, or works of one style.

The number of pairs grows with the square of the number of works, so nothing here is ever as large as that. A
seed decides everything that is drawn; how the pairs are cut into blocks does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from morelli.collection.pairs.files import PairBlock, name_pairs
from morelli.collection.pairs.samples import ArtistIndex, Pairs
from morelli.collection.work import LABEL_SEPARATOR
from morelli.errors import UsageError
from morelli.settings import Progress, ignore_progress

_CHUNK_WORKS = 2048
"""Works whose pairs are looked at together: with 36 partners some 70,000 pairs. What a seed draws depends on
it."""

_PARTNERS = 36
"""Other works that each work is paired with."""

_RATIO = 1.75
"""Pairs by different hands kept for each pair by the same hand."""

_PAIRS_PER_BLOCK = 1 << 18
"""Pairs in a block: 4.5 MB as `Pairs`."""

_PairRows = tuple[NDArray[np.intp], NDArray[np.intp]]

_KINDS = ("partners", "hard", "all")
"""Random partners of each work; such within a style; every pair."""


def stream_kind(
    works: pl.DataFrame,
    kind: str,
    *,
    partners: int = _PARTNERS,
    ratio: float | None = _RATIO,
    seed: int = 0,
    progress: Progress = ignore_progress,
) -> Iterator[PairBlock]:
    """Return the pairs of a kind of `_KINDS` among works whose artist is known.

    The order of the works decides what a seed draws. `progress` is called with pairs done for "all", else
    works.
    """
    known = works.filter(pl.col("artist").is_not_null())
    artists = known["artist"].to_list()
    if kind == "all":
        blocks = _stream_all_pairs(artists, progress=progress)
    elif kind == "partners":
        blocks = stream_partner_pairs(artists, partners=partners, ratio=ratio, seed=seed, progress=progress)
    elif kind == "hard":
        blocks = stream_hard_pairs(
            artists, known["style"].to_list(), partners=partners, ratio=ratio, seed=seed, progress=progress
        )
    else:
        raise UsageError(
            "--kind", expected=f"one of {', '.join(_KINDS)}", found=repr(kind), remedy="name one of them"
        )
    return name_pairs(blocks, known["id"].to_list())


def _stream_all_pairs(
    artists: Sequence[str], *, n_per_block: int = _PAIRS_PER_BLOCK, progress: Progress = ignore_progress
) -> Iterator[Pairs]:
    """Return all n (n - 1) / 2 pairs, in the order of the left work, then of the right.

    The works of a pair follow from its number, so memory is a few numbers per work and per pair of one block.
    """
    _require_counts(n_per_block=n_per_block)
    return _number_pairs(ArtistIndex.from_artists(artists).codes, n_per_block, progress)


def stream_partner_pairs(
    artists: Sequence[str],
    *,
    partners: int = _PARTNERS,
    ratio: float | None = _RATIO,
    seed: int = 0,
    n_per_block: int = _PAIRS_PER_BLOCK,
    progress: Progress = ignore_progress,
) -> Iterator[Pairs]:
    """Return each work with random partners, pairs by different hands thinned to a ratio.

    Two works that drew each other are one pair. Pairs by the same hand are kept as they come; for each of
    them `ratio` pairs by different hands are drawn, or all where there are not enough (None: all). `progress`
    counts each work twice.

    The pairs are gone through twice: once to count both kinds, once to yield them; so the ratio is met
    exactly and no pair is kept. Memory is 8 bytes for each work and partner while they are drawn, and half of
    that afterwards: at 36 partners 288 MB for 1 million works. Time is linear in the works too.
    """
    _require_counts(partners=partners, n_per_block=n_per_block)
    _require_ratio(ratio)
    codes = ArtistIndex.from_artists(artists).codes
    advance = _count_works(2 * len(codes), progress)

    def draw() -> Iterator[_PairRows]:
        return _draw_chunks(np.arange(len(codes)), partners, np.random.default_rng([seed, 0]), advance)

    return _cut_blocks(_thin(draw, codes, ratio, np.random.default_rng([seed, 1])), n_per_block)


def stream_hard_pairs(
    artists: Sequence[str],
    styles: Sequence[str | None],
    *,
    partners: int = _PARTNERS,
    ratio: float | None = _RATIO,
    seed: int = 0,
    n_per_block: int = _PAIRS_PER_BLOCK,
    progress: Progress = ignore_progress,
) -> Iterator[Pairs]:
    """Return pairs within a style: each work with random partners that share a label of style with it.

    Pairs by different hands are hard here, since they look alike; those by the same hand come along as in
    `stream_partner_pairs`, so that there is something to tell them from. A pair with several labels in common
    counts for the first of them by name only. Works without a style take no part.
    """
    _require_counts(partners=partners, n_per_block=n_per_block)
    _require_ratio(ratio)
    _require_styles(artists, styles)
    codes = ArtistIndex.from_artists(artists).codes
    table = _StyleMembers.from_styles(styles)
    members = table.list_members()
    advance = _count_works(2 * sum(map(len, members)), progress)

    def draw() -> Iterator[_PairRows]:
        for style, works in enumerate(members):
            for left, right in _draw_chunks(
                works, partners, np.random.default_rng([seed, 0, style]), advance
            ):
                is_own = table.is_first_shared(style, left, right)
                yield left[is_own], right[is_own]

    return _cut_blocks(_thin(draw, codes, ratio, np.random.default_rng([seed, 1])), n_per_block)


def _draw_partners(n: int, partners: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """Return for each work some of the others, (n, k), every set of them as likely as any other.

    Floyd's algorithm, in Bentley and Floyd (1987), A sample of brilliance, doi:10.1145/30401.315746: a number
    that was drawn already stands for the highest that may be drawn.
    """
    k = max(min(partners, n - 1), 0)
    drawn = np.empty((k, n), dtype=np.int32)
    for place in range(k):
        highest = n - 1 - k + place
        number = rng.integers(highest + 1, size=n, dtype=np.int32)
        is_taken = (drawn[:place] == number).any(axis=0)
        drawn[place] = np.where(is_taken, highest, number)
    drawn += drawn >= np.arange(n, dtype=np.int32)  # skips the work itself
    return np.ascontiguousarray(drawn.T)


def _list_pairs(drawn: NDArray[np.int32]) -> Iterator[_PairRows]:
    """Yield the pairs of works and partners in chunks, left < right, none twice."""
    n, k = drawn.shape
    for start in range(0, n, _CHUNK_WORKS):
        works = np.arange(start, min(start + _CHUNK_WORKS, n))
        own = np.repeat(works, k)
        other = drawn[works].ravel().astype(np.intp)
        earlier = np.flatnonzero(other < own)
        is_repeat = np.zeros(len(own), dtype=np.bool_)
        is_repeat[earlier] = (drawn[other[earlier]] == own[earlier, None]).any(axis=1)
        own, other = own[~is_repeat], other[~is_repeat]
        yield np.minimum(own, other), np.maximum(own, other)


@dataclass(frozen=True, eq=False)
class _StyleMembers:
    """Works by style label."""

    labels: tuple[str, ...]  # sorted
    table: csr_array  # (n, n_labels) sparse, 1 where a work carries a label

    @classmethod
    def from_styles(cls, styles: Sequence[str | None]) -> _StyleMembers:
        """Read the labels of works; several are joined by ``|``."""
        own = [_split_labels(style) for style in styles]
        labels = tuple(sorted({label for one in own for label in one}))
        column = {label: place for place, label in enumerate(labels)}
        columns = np.array([column[label] for one in own for label in sorted(one)], dtype=np.int32)
        starts = np.concatenate([[0], np.cumsum([len(one) for one in own], dtype=np.int64)])
        ones = np.ones(len(columns), dtype=np.int8)
        return cls(labels, csr_array((ones, columns, starts), shape=(len(own), len(labels))))

    def list_members(self) -> list[NDArray[np.intp]]:
        """Return for each label the positions of its works, ascending."""
        by_label = self.table.tocsc()
        bounds = pairwise(by_label.indptr.tolist())
        return [by_label.indices[start:stop].astype(np.intp) for start, stop in bounds]

    def is_first_shared(
        self, style: int, left: NDArray[np.intp], right: NDArray[np.intp]
    ) -> NDArray[np.bool_]:
        """Return whether the label of that number is the first that the two works of each pair share."""
        is_first = np.ones(len(left), dtype=np.bool_)
        has_several = np.diff(self.table.indptr) > 1
        doubtful = np.flatnonzero(has_several[left] & has_several[right])
        shared = self.table[left[doubtful]].multiply(self.table[right[doubtful]]).tocsr()
        shared.sort_indices()
        is_first[doubtful] = shared.indices[shared.indptr[:-1]] == style
        return is_first


def _split_labels(style: str | None) -> set[str]:
    return {label.strip() for label in (style or "").split(LABEL_SEPARATOR)} - {""}


def _number_pairs(codes: NDArray[np.intp], n_per_block: int, progress: Progress) -> Iterator[Pairs]:
    works = np.arange(len(codes))
    firsts = works * (2 * len(codes) - works - 1) // 2  # the number of each work's first pair as the left one
    n_pairs = len(codes) * (len(codes) - 1) // 2
    for start in range(0, n_pairs, n_per_block):
        numbers = np.arange(start, min(start + n_per_block, n_pairs))
        left = np.searchsorted(firsts[:-1], numbers, side="right") - 1
        right = numbers - firsts[left] + left + 1
        yield Pairs(left, right, codes[left] == codes[right])
        progress("pairs", start + len(numbers), n_pairs)


def _draw_chunks(
    works: NDArray[np.intp], partners: int, rng: np.random.Generator, advance: Callable[[int], None]
) -> Iterator[_PairRows]:
    """Yield the works with partners among them, as positions in the collection."""
    drawn = _draw_partners(len(works), partners, rng)
    for left, right in _list_pairs(drawn):
        yield works[left], works[right]
        advance(_CHUNK_WORKS)


def _thin(
    draw: Callable[[], Iterator[_PairRows]],
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
        yield Pairs(left, right, same).take(is_kept)


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
                yield joined.take(slice(start, start + n_per_block))
            held, n_held = [joined.take(slice(n_cut, n_held))], n_held - n_cut
    if n_held:
        yield _join(held)


def _join(parts: Sequence[Pairs]) -> Pairs:
    return Pairs(
        np.concatenate([part.left for part in parts]),
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.same for part in parts]),
    )


def _count_works(n_works: int, progress: Progress) -> Callable[[int], None]:
    """Return what to call with the number of works that are done now."""
    n_done = 0

    def advance(n_more: int) -> None:
        nonlocal n_done
        n_done = min(n_done + n_more, n_works)
        progress("pairs", n_done, n_works)

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
