"""Which works are compared with which in a small test: pairs and triplets drawn by a given generator.

Artists differ a hundredfold in how many works are kept of them, and the number of pairs by one hand grows
with the square of it. At most ten works per artist therefore take part, so that no prolific painter is the
whole test. `streams` yields pairs of whole collections block by block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from morelli.errors import EvaluationError

WORKS_PER_ARTIST = 10
"""Ten works make 45 pairs by one hand."""

MAX_DIFFERENT = 200_000
"""Pairs by different hands beyond which they are drawn rather than listed."""

_OVERDRAW = 4
"""Drawn pairs per pair wanted: what is left of them without repeats and pairs by one hand is still enough."""

_N_DRAWN = 400_000
"""Pairs that are drawn before those of one artist and those that come twice are left out."""

_WORKS_PER_LABELLED_ARTIST = 20
"""Works of an artist that take part at most, so that no prolific one is the whole test."""

N_TRIPLETS = 6000
"""Triplets by default: the share that is right is then known to 0.006 for one fixed set of artists."""

TRIPLETS_PER_EPOCH = 30_000
"""Fresh triplets of one epoch of training."""


@dataclass(frozen=True, eq=False)
class ArtistIndex:
    """Works by artist."""

    codes: NDArray[np.intp]  # (n,) the artist of each work, 0 to n_artists - 1 in order of name
    counts: NDArray[np.intp]  # (n_artists,) works of each artist, at least 1
    by_artist: NDArray[np.intp]  # (n,) positions of the works, artist by artist, each artist's ascending
    starts: NDArray[np.intp]  # (n_artists,) where each artist's works begin in `by_artist`

    @classmethod
    def from_artists(cls, artists: Sequence[str]) -> ArtistIndex:
        """Sort works by artist.

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


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of works, (p,) positions, no pair twice, and whether they are by the same hand."""

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

    def take(self, rows: slice | NDArray[Any]) -> Pairs:
        """Return some of the pairs."""
        return Pairs(self.left[rows], self.right[rows], self.same[rows])


@dataclass(frozen=True, eq=False)
class Triplets:
    """Three works each, (t,) positions: the second is by the hand of the first, the third is not."""

    anchor: NDArray[np.intp]
    positive: NDArray[np.intp]
    negative: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.anchor)

    def __repr__(self) -> str:
        return f"Triplets(n={len(self)})"


def keep_one_of_each(groups: ArrayLike) -> NDArray[np.intp]:
    """Return the positions of the first work of each group of near-duplicates, ascending.

    A painting and its copy say nothing of a hand when they are held against each other, and twice the same
    when both are held against a third: in a measurement one work stands for its group.

    >>> keep_one_of_each(["b", "a", "b", "c"]).tolist()
    [0, 1, 3]
    """
    return np.sort(np.unique(np.asarray(groups, dtype=str), return_index=True)[1])


def sample_pairs(
    artists: Sequence[str],
    *,
    works_per_artist: int = WORKS_PER_ARTIST,
    max_different: int = MAX_DIFFERENT,
    rng: np.random.Generator,
) -> Pairs:
    """Return all pairs among at most ten works of each artist, left < right, pairs by the same hand first.

    All pairs by the same hand are kept; of more than `max_different` pairs by different hands so many are
    drawn. The average precision depends on the share of pairs by the same hand, and so on `works_per_artist`,
    the number of artists and `max_different`; the area under the ROC curve and the equal error rate do not.

    >>> pairs = sample_pairs(["A", "A", "B"], rng=np.random.default_rng(0))
    >>> pairs.left.tolist(), pairs.right.tolist(), pairs.same.tolist()
    ([0, 0, 1], [1, 2, 2], [True, False, False])
    """
    codes = ArtistIndex.from_artists(artists).codes
    works = _draw_works(codes, works_per_artist, rng)
    same = _pair_same(codes, works)
    different = works[_pair_all(len(works), _OVERDRAW * max_different, rng)]
    different = different[:, codes[different[0]] != codes[different[1]]]
    different = different[:, _choose(np.arange(different.shape[1]), max_different, rng)]
    if same.shape[1] == 0 or different.shape[1] == 0:
        raise _refuse_artists("pairs of works", len(works), len(np.unique(codes)))
    left, right = np.concatenate([same, different], axis=1)
    return Pairs(left, right, np.repeat([True, False], [same.shape[1], different.shape[1]]))


def sample_label_pairs(
    labels: Sequence[str | None],
    artists: Sequence[str],
    *,
    max_pairs: int,
    works_per_artist: int = _WORKS_PER_LABELLED_ARTIST,
    rng: np.random.Generator,
) -> Pairs:
    """Return pairs of works by two artists; `same`: their labels are equal; these come first.

    At most `max_pairs` of each kind, left < right; works without a label take no part.
    """
    names, hands = np.array(labels, dtype=object), np.array(artists, dtype=object)
    labelled = np.flatnonzero([label is not None for label in labels])
    codes = ArtistIndex.from_artists(hands[labelled].tolist()).codes
    works = labelled[_draw_works(codes, works_per_artist, rng)]
    left, right = works[_pair_all(len(works), _N_DRAWN, rng)]
    every = Pairs(left, right, (names[left] == names[right]).astype(bool)).take(hands[left] != hands[right])
    chosen = [_choose(np.flatnonzero(every.same == kind), max_pairs, rng) for kind in (True, False)]
    if min(map(len, chosen)) == 0:
        raise EvaluationError(
            "pairs of one label and of two",
            expected="two labels, and one of them in works by two artists",
            found=f"{len(set(names[works]))} labels of {len(set(hands[works]))} artists",
            remedy="collect more works with labels",
        )
    return every.take(np.concatenate(chosen))


def sample_triplets(
    artists: Sequence[str], *, n_triplets: int = N_TRIPLETS, rng: np.random.Generator
) -> Triplets:
    """Return triplets of anchor, positive and negative, with replacement.

    The anchor's artist is drawn among those with two works or more, each as likely as the other, then two of
    its works; the negative's artist among all others, then one of its works.
    """
    return _draw_triplets(_index_artists(artists), n_triplets, rng)


def stream_triplets(
    artists: Sequence[str],
    *,
    n_per_epoch: int = TRIPLETS_PER_EPOCH,
    seed: int = 0,
    first_epoch: int = 0,
) -> Iterator[Triplets]:
    """Return fresh triplets for every epoch, without end, as `sample_triplets` draws them.

    Epoch e is the same wherever a run began. The works are sorted by artist once; after that an epoch costs a
    few arrays of `n_per_epoch` numbers: 1 million works take 40 MB and no longer than 1,000.
    """
    index = _index_artists(artists)
    rngs = (np.random.default_rng([seed, epoch]) for epoch in count(first_epoch))
    return (_draw_triplets(index, n_per_epoch, rng) for rng in rngs)


def _index_artists(artists: Sequence[str]) -> ArtistIndex:
    """Return the works by artist; refused where they make no triplet."""
    index = ArtistIndex.from_artists(artists)
    if len(index.counts) < 2 or index.counts.max() < 2:
        raise _refuse_artists("triplets of works", len(index), len(index.counts))
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


def _draw_works(codes: NDArray[np.intp], n_each: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return the positions of at most so many works per artist, ascending."""
    shuffled = rng.permutation(len(codes))
    grouped = shuffled[np.argsort(codes[shuffled], kind="stable")]
    counts = np.bincount(codes)
    rank = np.arange(len(codes)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.sort(grouped[rank < n_each])


def _pair_same(codes: NDArray[np.intp], works: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the pairs of works by one artist, (2, p), artist by artist."""
    own = (works[codes[works] == code] for code in np.unique(codes))
    pairs = (group[np.stack(np.triu_indices(len(group), k=1))] for group in own)
    return np.concatenate([np.zeros((2, 0), dtype=np.intp), *pairs], axis=1)


def _pair_all(n: int, n_most: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return the pairs left < right below n, (2, p): all, or the different ones among so many drawn."""
    if n * (n - 1) // 2 <= n_most:
        return np.stack(np.triu_indices(n, k=1))
    left, right = rng.integers(n, size=(2, n_most))
    cells = np.unique((np.minimum(left, right) * n + np.maximum(left, right))[left != right])
    return np.stack(np.divmod(cells, n))


def _choose(rows: NDArray[np.intp], n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    return rows if len(rows) <= n else np.sort(rng.choice(rows, n, replace=False))


def _refuse_artists(what: str, n_works: int, n_artists: int) -> EvaluationError:
    return EvaluationError(
        what,
        expected="at least two artists, and two works by one of them",
        found=f"{n_works} works by {n_artists} artists",
        remedy="split the collection so that this part holds more artists and works",
    )
