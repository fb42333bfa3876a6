"""Random partners for every work: a few others each, drawn without replacement, every pair listed once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

CHUNK_WORKS = 2048
"""Works whose pairs are looked at together: with 36 partners some 70,000 pairs. What a seed draws depends on
it."""

PairRows = tuple[NDArray[np.intp], NDArray[np.intp]]


def draw_partners(n: int, partners: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """Return for each work some of the others, every set of them as likely as any other.

    Parameters
    ----------
    n
        How many works there are.
    partners
        How many each is given; all others when there are no more.

    Returns
    -------
    drawn
        (n, min(partners, n - 1)) int32 positions, no work with itself, none twice in a row.

    References
    ----------
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


def list_pairs(drawn: NDArray[np.int32]) -> Iterator[PairRows]:
    """Yield the pairs of works and partners in chunks, those that drew each other once.

    Parameters
    ----------
    drawn
        (n, k) the partners of each work.

    Yields
    ------
    rows
        (p,) left and right, left < right; a pair stands where the first of the two drew it.
    """
    n, k = drawn.shape
    for start in range(0, n, CHUNK_WORKS):
        works = np.arange(start, min(start + CHUNK_WORKS, n))
        own = np.repeat(works, k)
        other = drawn[works].ravel().astype(np.intp)
        earlier = np.flatnonzero(other < own)
        is_repeat = np.zeros(len(own), dtype=np.bool_)
        is_repeat[earlier] = (drawn[other[earlier]] == own[earlier, None]).any(axis=1)
        own, other = own[~is_repeat], other[~is_repeat]
        yield np.minimum(own, other), np.maximum(own, other)
