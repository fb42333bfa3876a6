"""Works in threes: two by one hand and one by another, drawn once or afresh for every epoch.

Training wants other triplets in every epoch, validation and test always the same ones. An epoch's triplets
depend on the seed and its number alone, so that a run that was stopped goes on with what it would have drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morelli.collection.artist_index import ArtistIndex
from morelli.errors import EvaluationError

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
