"""Which works are compared with which in a small test: pairs drawn by a given generator, and their scores.

Artists differ a hundredfold in how many works are kept of them, and the number of pairs by one hand grows
with the square of it. At most ten works per artist therefore take part, so that no prolific painter is the
whole test. `triplets` draws triplets, which have their names here too; `pair_streams` yields pairs of whole
collections block by block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morelli.errors import EvaluationError

# The works of each artist, side by side: what every draw of pairs and triplets looks up.


@dataclass(frozen=True, eq=False)
class ArtistIndex:
    """Works by artist.

    Parameters
    ----------
    codes
        (n,) the artist of each work, 0 to n_artists - 1 in order of name.
    counts
        (n_artists,) works of each artist, at least 1.
    by_artist
        (n,) positions of the works, artist by artist, each artist's ascending.
    starts
        (n_artists,) where each artist's works begin in `by_artist`.
    """

    codes: NDArray[np.intp]
    counts: NDArray[np.intp]
    by_artist: NDArray[np.intp]
    starts: NDArray[np.intp]

    @classmethod
    def from_artists(cls, artists: Sequence[str]) -> ArtistIndex:
        """Sort works by artist.

        Parameters
        ----------
        artists
            (n,) the artist of each work.

        Examples
        --------
        >>> index = ArtistIndex.from_artists(["B", "A", "B"])
        >>> index.codes.tolist(), index.by_artist.tolist(), index.starts.tolist()
        ([1, 0, 1], [1, 0, 2], [0, 1])
        """
        codes = np.unique(np.asarray(artists, dtype=object), return_inverse=True)[1].ravel()
        counts = np.bincount(codes)
        return cls(
            codes=codes,
            counts=counts,
            by_artist=np.argsort(codes, kind="stable"),
            starts=np.cumsum(counts) - counts,
        )

    def __len__(self) -> int:
        return len(self.codes)

    def __repr__(self) -> str:
        return f"ArtistIndex(n={len(self)}, n_artists={len(self.counts)})"


# Works in threes: two by one hand and one by another, drawn once or afresh for every epoch.

N_TRIPLETS = 6000
"""Triplets by default: the share that is right is then known to 0.006 for one fixed set of artists."""

TRIPLETS_PER_EPOCH = 30_000
"""Fresh triplets of one epoch of training."""


@dataclass(frozen=True, eq=False)
class Triplets:
    """Three works each: the second is by the hand of the first, the third is not.

    Parameters
    ----------
    anchor, positive, negative
        (t,) positions of the works; the three are different works.
    """

    anchor: NDArray[np.intp]
    positive: NDArray[np.intp]
    negative: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.anchor)

    def __repr__(self) -> str:
        return f"Triplets(n={len(self)})"


def sample_triplets(
    artists: Sequence[str], *, n_triplets: int = N_TRIPLETS, rng: np.random.Generator
) -> Triplets:
    """Return triplets of anchor, positive and negative, with replacement.

    The anchor's artist is drawn among those with two works or more, each as likely as the other, then two of
    its works; the negative's artist among all others, then one of its works.

    Parameters
    ----------
    artists
        (n,) the artist of each work.
    n_triplets
        How many to draw; in a small collection some stand more than once.

    Raises
    ------
    EvaluationError
        When no artist has two works, or there is only one artist.

    Examples
    --------
    >>> triplets = sample_triplets(["A", "A", "B"], n_triplets=1, rng=np.random.default_rng(0))
    >>> triplets.negative.tolist()
    [2]
    """
    return _draw_triplets(_index_artists(artists), n_triplets, rng)


def fix_triplets(artists: Sequence[str], *, n_triplets: int = N_TRIPLETS, seed: int = 0) -> Triplets:
    """Return the triplets of a validation or test part, which never change.

    Parameters
    ----------
    artists
        (n,) the artist of each work of the part.
    n_triplets
        How many to draw, as `sample_triplets` draws them.
    seed
        The same artists and seed give the same triplets.

    Raises
    ------
    EvaluationError
        When no artist has two works, or there is only one artist.
    """
    return sample_triplets(artists, n_triplets=n_triplets, rng=np.random.default_rng(seed))


def stream_triplets(
    artists: Sequence[str],
    *,
    n_per_epoch: int = TRIPLETS_PER_EPOCH,
    seed: int = 0,
    first_epoch: int = 0,
) -> Iterator[Triplets]:
    """Return fresh triplets for every epoch, without end.

    Parameters
    ----------
    artists
        (n,) the artist of each work.
    n_per_epoch
        How many to draw for an epoch, as `sample_triplets` draws them.
    seed
        With the number of the epoch it decides what is drawn; epoch e is the same wherever a run began.
    first_epoch
        The number of the epoch that comes first, from 0.

    Raises
    ------
    EvaluationError
        When no artist has two works, or there is only one artist.

    Notes
    -----
    The works are sorted by artist once. After that an epoch costs a few arrays of `n_per_epoch` numbers,
    however many works there are: 1 million works take 40 MB and no longer than 1,000.

    Examples
    --------
    >>> epochs = stream_triplets(["A", "A", "B"], n_per_epoch=2)
    >>> next(epochs).negative.tolist()
    [2, 2]
    """
    index = _index_artists(artists)
    return _draw_epochs(index, n_per_epoch, seed, first_epoch)


def _draw_epochs(index: ArtistIndex, n_per_epoch: int, seed: int, epoch: int) -> Iterator[Triplets]:
    while True:
        yield _draw_triplets(index, n_per_epoch, np.random.default_rng([seed, epoch]))
        epoch += 1


def _index_artists(artists: Sequence[str]) -> ArtistIndex:
    index = ArtistIndex.from_artists(artists)
    if len(index.counts) < 2 or index.counts.max() < 2:
        raise EvaluationError(
            "triplets of works",
            expected="at least two artists, and two works by one of them",
            found=f"{len(index)} works by {len(index.counts)} artists",
            remedy="split the collection so that this part holds more artists and works",
        )
    return index


def _draw_triplets(index: ArtistIndex, n_triplets: int, rng: np.random.Generator) -> Triplets:
    counts, starts, by_artist = index.counts, index.starts, index.by_artist
    hand = rng.choice(np.flatnonzero(counts >= 2), size=n_triplets)
    first = rng.integers(counts[hand])
    second = rng.integers(counts[hand] - 1)
    second += second >= first  # skips the anchor
    other = rng.integers(len(counts) - 1, size=n_triplets)
    other += other >= hand  # skips the anchor's artist
    return Triplets(
        anchor=by_artist[starts[hand] + first],
        positive=by_artist[starts[hand] + second],
        negative=by_artist[starts[other] + rng.integers(counts[other])],
    )


__all__ = ["N_TRIPLETS", "Pairs", "Triplets", "sample_pairs", "sample_triplets", "score_pairs"]

WORKS_PER_ARTIST = 10
"""Ten works make 45 pairs by one hand."""

MAX_DIFFERENT = 200_000
"""Pairs by different hands beyond which they are drawn rather than listed."""

_BLOCK_PAIRS = 128
"""Pairs whose vectors are copied at a time: 1 MiB at 1024 dimensions of float32, which a processor keeps at
hand; twice as fast as with 8,192."""

_OVERDRAW = 4
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
    if n_all <= _OVERDRAW * max_different:
        left, right = np.triu_indices(len(works), k=1)
    else:
        left, right = _draw_pairs(len(works), _OVERDRAW * max_different, rng)
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
    for start in range(0, len(left), _BLOCK_PAIRS):
        rows = slice(start, start + _BLOCK_PAIRS)
        scores[rows] = np.einsum("pd,pd->p", vectors[left[rows]], vectors[right[rows]])
    return scores


# Pairs of works by two artists, of one label or of two: what a signal other than the hand is measured on.

_N_DRAWN = 400_000
"""Pairs that are drawn before those of one artist and those that come twice are left out."""

_WORKS_PER_LABELLED_ARTIST = 20
"""Works of an artist that take part at most, so that no prolific one is the whole test."""


def sample_label_pairs(
    labels: Sequence[str | None],
    artists: Sequence[str],
    *,
    max_pairs: int,
    works_per_artist: int = _WORKS_PER_LABELLED_ARTIST,
    rng: np.random.Generator,
) -> Pairs:
    """Return pairs of works by two artists; `same` says whether their labels are equal.

    Parameters
    ----------
    labels, artists
        (n,) each; works without a label take no part.
    max_pairs
        The most pairs of each kind; of more, so many are drawn.
    works_per_artist
        How many works of an artist take part.
    rng
        Draws works and pairs.

    Returns
    -------
    pairs
        With ``left < right``, no pair twice; those of one label first.

    Raises
    ------
    EvaluationError
        When no label is shared by two artists, or there is only one.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> pairs = sample_label_pairs(["x", "x", "y"], ["A", "B", "C"], max_pairs=5, rng=rng)
    >>> pairs.left.tolist(), pairs.right.tolist(), pairs.same.tolist()
    ([0, 0, 1], [1, 2, 2], [True, False, False])
    """
    works = _draw_labelled_works(labels, artists, works_per_artist, rng)
    left, right = _pair_works(len(works), rng)
    left, right = works[left], works[right]
    names, hands = np.array(labels, dtype=object), np.array(artists, dtype=object)
    is_mixed = hands[left] != hands[right]
    left, right = left[is_mixed], right[is_mixed]
    is_same = (names[left] == names[right]).astype(bool)
    chosen = [_choose(np.flatnonzero(is_same == kind), max_pairs, rng) for kind in (True, False)]
    if min(map(len, chosen)) == 0:
        raise EvaluationError(
            "pairs of one label and of two",
            expected="two labels, and one of them in works by two artists",
            found=f"{len(set(names[works]))} labels of {len(set(hands[works]))} artists",
            remedy="collect more works with labels",
        )
    rows = np.concatenate(chosen)
    return Pairs(left[rows], right[rows], is_same[rows])


def _draw_labelled_works(
    labels: Sequence[str | None], artists: Sequence[str], n_each: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    labelled = np.array([place for place, label in enumerate(labels) if label is not None], dtype=np.intp)
    by_artist: dict[str, list[int]] = {}
    for place in rng.permutation(labelled).tolist():
        by_artist.setdefault(artists[place], []).append(place)
    return np.sort(np.array([place for own in by_artist.values() for place in own[:n_each]], dtype=np.intp))


def _pair_works(n: int, rng: np.random.Generator) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    if n * (n - 1) // 2 <= _N_DRAWN:
        return np.triu_indices(n, k=1)
    left, right = rng.integers(n, size=(2, _N_DRAWN))
    cells = np.unique((np.minimum(left, right) * n + np.maximum(left, right))[left != right])
    return cells // n, cells % n


def _choose(rows: NDArray[np.intp], n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    return rows if len(rows) <= n else np.sort(rng.choice(rows, n, replace=False))
