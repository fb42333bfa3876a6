"""Which pictures share many local features: candidates for showing the same painting.

Features are put into words (Sivic and Zisserman 2003, doi:10.1109/ICCV.2003.1238663) of a vocabulary learnt
from the collection itself, and pictures compared by the words they share, rare ones counting more. So not all
pairs of features are compared; `looks` checks what comes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from sklearn.cluster import MiniBatchKMeans

from morelli.collection.duplicates.looks import MIRROR_ORDER, Look

_MAX_BRANCHES = 128
"""Branches of each of the two levels of the vocabulary: 16,384 words at most."""

_SAMPLE_SIZE = 60_000
"""Features from which the vocabulary is learnt."""

_FEATURES_PER_WORD = 8
"""Below so many features per word a smaller vocabulary serves better."""

_N_NEIGHBOURS = 10
"""Candidates per picture, and as many more for its mirror image."""

_MIN_SCORE = 0.05
"""Cosine of word counts below which no candidate is worth a look: of true pairs cut to 60 % of each side 95 %
lie above 0.10, of random pairs 99.9 % lie below 0.07."""

_PASSES = {"batch_size": 4096, "max_iter": 10}
_BLOCK_ROWS = 512
_BLOCK_FEATURES = 50_000


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pairs of pictures that may show the same, (p,) positions, left < right."""

    left: NDArray[np.intp]
    right: NDArray[np.intp]
    mirrored: NDArray[np.bool_]  # (p,) the right one by its mirror image; no pair twice for either

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True, eq=False)
class _Vocabulary:
    """Words for features: a coarse centre, then a fine one below it."""

    coarse: NDArray[np.float32]  # (b, 128)
    fine: tuple[NDArray[np.float32], ...]  # b arrays of (w_i, 128)

    @property
    def size(self) -> int:
        """The number of words."""
        return sum(map(len, self.fine))

    @classmethod
    def learn(cls, descriptors: NDArray[np.uint8], *, seed: int = 0) -> _Vocabulary:
        """Return a vocabulary of features, (m, 128) uint8; the same features and seed give the same."""
        rng = np.random.default_rng(seed)
        chosen = rng.choice(len(descriptors), min(len(descriptors), _SAMPLE_SIZE), replace=False)
        sample = _take_root(descriptors[np.sort(chosen)])
        n_branches = int(np.clip(np.sqrt(len(sample) / _FEATURES_PER_WORD), 1, _MAX_BRANCHES))
        coarse = _cluster(sample, n_branches, seed)
        branch = _find_nearest(sample, coarse)
        parts = (sample[branch == number] for number in range(len(coarse)))
        fine = tuple(_cluster(part, min(n_branches, len(part) // 3), seed) for part in parts)
        return cls(coarse, fine)

    def read(self, descriptors: NDArray[np.uint8]) -> NDArray[np.intp]:
        """Return the word of each feature, (m,)."""
        blocks = range(0, len(descriptors), _BLOCK_FEATURES)
        words = [
            self._read_block(_take_root(descriptors[start : start + _BLOCK_FEATURES])) for start in blocks
        ]
        return np.concatenate(words) if words else np.zeros(0, dtype=np.intp)

    def _read_block(self, rows: NDArray[np.float32]) -> NDArray[np.intp]:
        branch = _find_nearest(rows, self.coarse)
        first = np.cumsum([0, *map(len, self.fine)])
        words = np.empty(len(rows), dtype=np.intp)
        for number, centres in enumerate(self.fine):
            own = np.flatnonzero(branch == number)
            words[own] = first[number] + _find_nearest(rows[own], centres)
        return words


@dataclass(frozen=True, eq=False)
class _WordIndex:
    """Pictures by the words of their features, rare ones counting more."""

    vocabulary: _Vocabulary
    rarity: NDArray[np.float64]  # (w,)
    pictures: csr_array  # (n, w) unit rows

    @classmethod
    def build(cls, looks: Sequence[Look], seed: int) -> _WordIndex | None:
        """Return the index of n looks, or None when none of them has a feature."""
        descriptors = np.concatenate([np.zeros((0, 128), np.uint8), *(look.descriptors for look in looks)])
        if len(descriptors) == 0:
            return None
        vocabulary = _Vocabulary.learn(descriptors, seed=seed)
        counts = _count_words(
            vocabulary.read(descriptors), _list_owners(looks), (len(looks), vocabulary.size)
        )
        n_owners = np.maximum(np.bincount(counts.indices, minlength=vocabulary.size), 1)
        rarity = np.log((len(looks) + 1) / n_owners)  # one more: a word in all of few pictures counts too
        return cls(vocabulary, rarity, _weigh(counts, rarity))

    def read(self, looks: Sequence[Look], *, is_mirrored: bool) -> csr_array:
        """Return the rows of pictures, or of their mirror images, as those of `pictures`."""
        order = MIRROR_ORDER if is_mirrored else slice(None)
        words = self.vocabulary.read(np.concatenate([look.descriptors for look in looks])[:, order])
        shape = (len(looks), self.vocabulary.size)
        return _weigh(_count_words(words, _list_owners(looks), shape), self.rarity)


def find_candidates(looks: Sequence[Look], *, seed: int = 0) -> Candidates:
    """Return the pairs of pictures that share many features, mirror images included."""
    index = _WordIndex.build(looks, seed) if len(looks) > 1 else None
    if index is None:
        nothing = np.zeros(0, dtype=np.intp)
        return Candidates(nothing, nothing, nothing.astype(bool))
    found = [_order(pairs, False) for pairs in _rank(index.pictures, index.pictures)]
    found += [_order(pairs, True) for pairs in _rank(index.read(looks, is_mirrored=True), index.pictures)]
    rows = np.unique(np.concatenate(found), axis=0)
    return Candidates(rows[:, 0], rows[:, 1], rows[:, 2].astype(bool))


def rank_looks(query: Look, looks: Sequence[Look], *, k: int, seed: int = 0) -> NDArray[np.intp]:
    """Return the positions of the k pictures nearest to one in features, and of k to its mirror image.

    Those below `_MIN_SCORE` are left out; the vocabulary is learnt from the pictures searched.
    """
    index = _WordIndex.build(looks, seed) if len(query.descriptors) else None
    if index is None:
        return np.zeros(0, dtype=np.intp)
    found = []
    for is_mirrored in (False, True):
        scores = (index.pictures @ index.read([query], is_mirrored=is_mirrored).T).toarray().ravel()
        nearest = np.argsort(-scores, kind="stable")[:k]
        found.append(nearest[scores[nearest] >= _MIN_SCORE])
    return np.unique(np.concatenate(found))


def _list_owners(looks: Sequence[Look]) -> NDArray[np.intp]:
    """Return the picture of each feature, (m,)."""
    return np.repeat(np.arange(len(looks)), [len(look.descriptors) for look in looks])


def _take_root(descriptors: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return features as unit rows whose dot product is the Hellinger kernel of the histograms.

    Arandjelovic and Zisserman (2012, doi:10.1109/CVPR.2012.6248018).
    """
    rows = descriptors.astype(np.float32)
    roots: NDArray[np.float32] = np.sqrt(rows / np.maximum(rows.sum(axis=1, keepdims=True), 1))
    return roots


def _cluster(rows: NDArray[np.float32], n_clusters: int, seed: int) -> NDArray[np.float32]:
    if n_clusters < 2:
        return rows.mean(axis=0, keepdims=True) if len(rows) else np.zeros((1, 128), dtype=np.float32)
    means = MiniBatchKMeans(n_clusters, n_init=1, random_state=seed, **_PASSES)
    centres: NDArray[np.float32] = means.fit(rows).cluster_centers_.astype(np.float32)
    return centres


def _find_nearest(rows: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.intp]:
    return np.asarray((2 * rows @ centres.T - (centres**2).sum(axis=1)).argmax(axis=1))


def _count_words(words: NDArray[np.intp], owners: NDArray[np.intp], shape: tuple[int, int]) -> csr_array:
    counts = csr_array((np.ones(len(words), dtype=np.float32), (owners, words)), shape=shape)
    counts.sum_duplicates()
    return counts


def _weigh(counts: csr_array, rarity: NDArray[np.float64]) -> csr_array:
    """Return unit rows of root counts times rarity: one word many times over says little more than once."""
    rows = counts.copy()
    rows.data = np.sqrt(rows.data)
    rows = rows @ diags_array(rarity.astype(np.float32))
    lengths = np.sqrt(rows.multiply(rows).sum(axis=1))
    return csr_array(diags_array((1 / np.maximum(lengths, 1e-9)).astype(np.float32)) @ rows)


def _rank(queries: csr_array, pictures: csr_array) -> Iterator[NDArray[np.intp]]:
    """Yield (p, 2) pairs of each query's nearest pictures over the least score, itself left out."""
    n = pictures.shape[0]
    k = min(_N_NEIGHBOURS, n - 1)
    if k < 1:
        return
    for start in range(0, n, _BLOCK_ROWS):
        scores = (queries[start : start + _BLOCK_ROWS] @ pictures.T).toarray()
        rows = np.arange(len(scores))
        scores[rows, rows + start] = -1
        nearest = np.argpartition(-scores, k - 1, axis=1)[:, :k]
        is_near = np.take_along_axis(scores, nearest, axis=1) >= _MIN_SCORE
        yield np.stack([np.repeat(rows + start, k), nearest.ravel()], axis=1)[is_near.ravel()]


def _order(pairs: NDArray[np.intp], is_mirrored: bool) -> NDArray[np.intp]:
    marks = np.full((len(pairs), 1), is_mirrored, dtype=np.intp)
    return np.concatenate([np.sort(pairs, axis=1), marks], axis=1)
