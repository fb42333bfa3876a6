"""Which works are compared with which in a small test: pairs drawn by a given generator, and their scores.

Artists differ a hundredfold in how many works are kept of them, and the number of pairs by one hand grows
with the square of it. At most ten works per artist therefore take part, so that no prolific painter is the
whole test. `triplets` draws triplets, which have their names here too; `pair_streams` yields pairs of whole
collections block by block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morelli.collection.triplets import N_TRIPLETS, Triplets, sample_triplets
from morelli.errors import EvaluationError

__all__ = ["N_TRIPLETS", "Pairs", "Triplets", "sample_pairs", "sample_triplets", "score_pairs"]

WORKS_PER_ARTIST = 10
"""Ten works make 45 pairs by one hand."""

MAX_DIFFERENT = 200_000
"""Pairs by different hands beyond which they are drawn rather than listed."""

BLOCK_PAIRS = 128
"""Pairs whose vectors are copied at a time: 1 MiB at 1024 dimensions of float32, which a processor keeps at
hand; twice as fast as with 8,192."""

OVERDRAW = 4
"""Drawn pairs per pair wanted: what is left of them without repeats and pairs by one hand is still enough."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of works, and whether they are by the same hand.

    Parameters
    ----------
    left, right
        (p,) positions of the works; no work is paired with itself, no pair stands twice.
    same
        (p,) bool.
    """

    left: NDArray[np.intp]
    right: NDArray[np.intp]
    same: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.same)

    def __repr__(self) -> str:
        return f"Pairs(n={len(self)}, n_same={self.n_same})"

    @property
    def n_same(self) -> int:
        """The number of pairs by the same hand."""
        return int(self.same.sum())


def sample_pairs(
    artists: Sequence[str],
    *,
    works_per_artist: int = WORKS_PER_ARTIST,
    max_different: int = MAX_DIFFERENT,
    rng: np.random.Generator,
) -> Pairs:
    """Return all pairs among at most ten works of each artist.

    Parameters
    ----------
    artists
        (n,) the artist of each work.
    works_per_artist
        How many works of an artist take part; of more, so many are drawn.
    max_different
        All pairs by the same hand are kept. When there are more pairs by different hands than this, so many
        of them are drawn, each as likely as the other, and they are never all listed.

    Returns
    -------
    pairs
        With ``left < right`` throughout; pairs by the same hand first.

    Raises
    ------
    EvaluationError
        When there is no pair by the same hand, or none by different hands.

    Notes
    -----
    The average precision depends on the share of pairs by the same hand, and so on `works_per_artist`, the
    number of artists and `max_different`; the area under the ROC curve and the equal error rate do not.

    Examples
    --------
    >>> pairs = sample_pairs(["A", "A", "B"], rng=np.random.default_rng(0))
    >>> pairs.left.tolist(), pairs.right.tolist(), pairs.same.tolist()
    ([0, 0, 1], [1, 2, 2], [True, False, False])
    """
    codes = np.unique(np.asarray(artists, dtype=object), return_inverse=True)[1].ravel()
    works = _draw_works(codes, works_per_artist, rng)
    same_left, same_right = _pair_same(codes, works)
    different_left, different_right = _pair_different(codes, works, max_different, rng)
    if len(same_left) == 0 or len(different_left) == 0:
        raise EvaluationError(
            "pairs of works",
            expected="at least two artists, and two works by one of them",
            found=f"{len(works)} works by {len(np.unique(codes))} artists",
            remedy="split the collection so that this part holds more artists and works",
        )
    same = np.repeat([True, False], [len(same_left), len(different_left)])
    return Pairs(
        left=np.concatenate([same_left, different_left]),
        right=np.concatenate([same_right, different_right]),
        same=same,
    )


def _draw_works(codes: NDArray[np.intp], works_per_artist: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return the positions of at most so many works per artist, ascending."""
    shuffled = rng.permutation(len(codes))
    grouped = shuffled[np.argsort(codes[shuffled], kind="stable")]
    counts = np.bincount(codes)
    rank = np.arange(len(codes)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.sort(grouped[rank < works_per_artist])


def _pair_same(codes: NDArray[np.intp], works: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    lefts, rights = [works[:0]], [works[:0]]
    for code in np.unique(codes):
        own = works[codes[works] == code]
        left, right = np.triu_indices(len(own), k=1)
        lefts.append(own[left])
        rights.append(own[right])
    return np.concatenate(lefts), np.concatenate(rights)


def _pair_different(
    codes: NDArray[np.intp], works: NDArray[np.intp], max_different: int, rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    n_all = len(works) * (len(works) - 1) // 2
    if n_all <= OVERDRAW * max_different:
        left, right = np.triu_indices(len(works), k=1)
    else:
        left, right = _draw_pairs(len(works), OVERDRAW * max_different, rng)
    different = np.flatnonzero(codes[works[left]] != codes[works[right]])
    if len(different) > max_different:
        different = np.sort(rng.choice(different, size=max_different, replace=False))
    return works[left[different]], works[right[different]]


def _draw_pairs(n: int, n_pairs: int, rng: np.random.Generator) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return distinct pairs left < right below n, each as likely as the other."""
    left, right = rng.integers(n, size=(2, n_pairs))
    cells = np.unique((np.minimum(left, right) * n + np.maximum(left, right))[left != right])
    return cells // n, cells % n


def score_pairs(
    vectors: NDArray[np.floating], left: NDArray[np.intp], right: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return the dot product of each pair of rows; of unit rows, their cosine.

    Parameters
    ----------
    vectors
        (n, d) float.
    left, right
        (p,) row numbers.

    Returns
    -------
    scores
        (p,) float64.
    """
    scores = np.empty(len(left))
    for start in range(0, len(left), BLOCK_PAIRS):
        rows = slice(start, start + BLOCK_PAIRS)
        scores[rows] = np.einsum("pd,pd->p", vectors[left[rows]], vectors[right[rows]])
    return scores
