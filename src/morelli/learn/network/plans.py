"""What the training loop asks for: batches of works by position, and what a network sees of them.

A plan is a function of the seed and the number of the epoch alone, so that a run that was stopped goes on
with what it would have drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from morelli.collection.pairs.samples import (
    TRIPLETS_PER_EPOCH,
    ArtistIndex,
    Pairs,
    sample_pairs,
    sample_triplets,
    stream_triplets,
)
from morelli.collection.pairs.streams import stream_partner_pairs
from morelli.learn.recipe import Batches

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class Batch:
    """Works, pairs or triplets that are looked at together.

    Parameters
    ----------
    rows
        (b, arity) positions of works: arity 1 for works, 2 for pairs, 3 for triplets.
    copies
        (b, arity) which copy of the work: 0 the work itself, 1 and more those that are augmented.
    targets
        By name, arrays of b rows.
    """

    rows: NDArray[np.intp]
    copies: NDArray[np.intp]
    targets: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    def take_share(self, place: int, n_shares: int) -> Batch:
        """Return every n-th item from a place on, as one of several processes takes them."""
        cut = slice(place, None, n_shares)
        targets = {name: values[cut] for name, values in self.targets.items()}
        return Batch(self.rows[cut], self.copies[cut], targets)


class Plan(Protocol):
    """What a network goes through."""

    def list_batches(self, epoch: int) -> Sequence[Batch]:
        """Return the training batches of an epoch, counted from 0; the same whenever it is asked."""

    def list_checks(self) -> Sequence[Batch]:
        """Return the batches that the network is checked on after each epoch, always the same."""


class Inputs(Protocol):
    """Where the numbers come from: stored vectors, or pictures."""

    def read(self, batch: Batch, *, epoch: int, is_training: bool) -> Tensor:
        """Return (b * arity, ...) float32, item by item; how a copy is augmented follows from the epoch."""


# What an epoch goes through: works, pairs, triplets, or some works each of some artists.

_N_CHECK_PAIRS = 4000
"""Pairs by two hands that a network is checked on, beside all pairs among ten works of each artist."""

_N_CHECK_TRIPLETS = 2000
"""Triplets that a network is checked on: the share that is right is known to 0.01."""

CHECK_BATCH = 256
"""Items of a batch that is only looked at."""

_Codes = Mapping[str, NDArray[np.intp]]


@dataclass(frozen=True, eq=False)
class Lesson:
    """The works that a network learns from, or is checked on.

    Parameters
    ----------
    rows, copies
        (n,) positions of works in the inputs, and which copy of each is meant.
    artists
        (n,) names.
    classes
        By label, (n,) the class of each, -1 where it has none.
    """

    rows: NDArray[np.intp]
    copies: NDArray[np.intp]
    artists: Sequence[str]
    classes: _Codes

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, places: NDArray[np.intp], **targets: NDArray[Any]) -> Batch:
        """Return (b, arity) places among the works as a batch; places of arity 1 bring their classes."""
        if places.shape[1] == 1:
            targets |= {label: codes[places[:, 0]] for label, codes in self.classes.items()}
        return Batch(self.rows[places], self.copies[places], targets)


@dataclass(frozen=True, eq=False)
class WorkPlan:
    """Every work once an epoch, in a new order."""

    taught: Lesson
    checked: Lesson
    size: int
    seed: int

    def list_batches(self, epoch: int) -> list[Batch]:
        """Return the works of an epoch, shuffled; a last batch of one work joins the one before it."""
        order = np.random.default_rng([self.seed, epoch]).permutation(len(self.taught))
        return [self.taught.batch(places[:, None]) for places in cut(order, self.size)]

    def list_checks(self) -> list[Batch]:
        """Return the works to check on, in their order."""
        return [
            self.checked.batch(places[:, None]) for places in cut(np.arange(len(self.checked)), CHECK_BATCH)
        ]


@dataclass(frozen=True, eq=False)
class PairPlan:
    """Each work with random partners, pairs by two hands thinned to a ratio; drawn afresh in every epoch."""

    taught: Lesson
    checked: Lesson
    batches: Batches
    seed: int

    def list_batches(self, epoch: int) -> list[Batch]:
        """Return the pairs of an epoch, shuffled."""
        rng = np.random.default_rng([self.seed, epoch])
        drawn = stream_partner_pairs(
            self.taught.artists,
            partners=min(self.batches.partners, len(self.taught) - 1),
            ratio=self.batches.ratio,
            seed=int(rng.integers(2**31)),
        )
        blocks = list(drawn)
        left, right, same = (
            np.concatenate([getattr(block, name) for block in blocks]) for name in ("left", "right", "same")
        )
        others = np.flatnonzero(self.taught.rows[left] != self.taught.rows[right])  # no work with its copy
        order = rng.permutation(others)[: self.batches.per_epoch]
        swapped = rng.random(len(order)) < 0.5  # a pair has no first and second
        first, second = (
            np.where(swapped, *sides) for sides in ((right[order], left[order]), (left[order], right[order]))
        )
        return [
            self.taught.batch(np.column_stack([first[some], second[some]]), same=same[order][some])
            for some in cut(np.arange(len(order)), self.batches.size)
        ]

    def list_checks(self) -> list[Batch]:
        """Return the pairs to check on."""
        pairs = sample_pairs(
            self.checked.artists, max_different=_N_CHECK_PAIRS, rng=np.random.default_rng(self.seed)
        )
        return [_pair_batch(self.checked, pairs, some) for some in cut(np.arange(len(pairs)), CHECK_BATCH)]


@dataclass(frozen=True, eq=False)
class TripletPlan:
    """Triplets drawn afresh in every epoch."""

    taught: Lesson
    checked: Lesson
    batches: Batches
    seed: int

    def list_batches(self, epoch: int) -> list[Batch]:
        """Return the triplets of an epoch."""
        drawn = stream_triplets(
            self.taught.artists,
            n_per_epoch=self.batches.per_epoch or TRIPLETS_PER_EPOCH,
            seed=self.seed,
            first_epoch=epoch,
        )
        return self._list_triplets(self.taught, next(drawn), self.batches.size)

    def list_checks(self) -> list[Batch]:
        """Return the triplets to check on."""
        rng = np.random.default_rng(self.seed)
        drawn = sample_triplets(self.checked.artists, n_triplets=_N_CHECK_TRIPLETS, rng=rng)
        return self._list_triplets(self.checked, drawn, CHECK_BATCH)

    @staticmethod
    def _list_triplets(lesson: Lesson, drawn: Any, size: int) -> list[Batch]:
        places = np.column_stack([drawn.anchor, drawn.positive, drawn.negative])
        return [lesson.batch(places[some]) for some in cut(np.arange(len(places)), size)]


@dataclass(frozen=True, eq=False)
class ArtistPlan:
    """Some works each of some artists in every batch, so that there is something to draw together.

    pytorch-metric-learning's own sampler of this kind draws from a global state, which would make a batch
    depend on what else was drawn before it.
    """

    taught: Lesson
    checked: Lesson
    batches: Batches
    seed: int

    def list_batches(self, epoch: int) -> list[Batch]:
        """Return the batches of an epoch: as many works in all as there are, or as the recipe says."""
        return self._draw(self.taught, self.batches.per_epoch or len(self.taught), [self.seed, epoch])

    def list_checks(self) -> list[Batch]:
        """Return batches of the same kind from the works to check on."""
        return self._draw(self.checked, len(self.checked), [self.seed])

    def _draw(self, lesson: Lesson, n_works: int, seed: list[int]) -> list[Batch]:
        rng = np.random.default_rng(seed)
        index = ArtistIndex.from_artists(lesson.artists)
        n_each = self.batches.works_per_artist
        n_artists = min(max(2, self.batches.size // n_each), len(index.counts))
        n_batches = max(1, round(n_works / (n_artists * n_each)))
        return [
            lesson.batch(
                _draw_works(index, rng.permutation(len(index.counts))[:n_artists], n_each, rng)[:, None]
            )
            for _ in range(n_batches)
        ]


def make_plan(batches: Batches, taught: Lesson, checked: Lesson, *, seed: int) -> Plan:
    """Return the plan of a recipe's batches.

    Parameters
    ----------
    batches
        Of the recipe.
    taught, checked
        Works to learn from and to check on.
    seed
        Of everything drawn.

    Raises
    ------
    EvaluationError
        When pairs or triplets are asked for and there are none.
    """
    match batches.kind:
        case "works":
            return WorkPlan(taught, checked, batches.size, seed)
        case "pairs":
            return PairPlan(taught, checked, batches, seed)
        case "triplets":
            return TripletPlan(taught, checked, batches, seed)
        case "artists":
            return ArtistPlan(taught, checked, batches, seed)


def _pair_batch(lesson: Lesson, pairs: Pairs, places: NDArray[np.intp]) -> Batch:
    rows = np.column_stack([pairs.left[places], pairs.right[places]])
    return lesson.batch(rows, same=pairs.same[places])


def _draw_works(
    index: ArtistIndex, artists: NDArray[np.intp], n_each: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Return places of works of each artist, without replacement where there are enough."""
    drawn = []
    for artist in artists:
        count = index.counts[artist]
        own = index.by_artist[index.starts[artist] : index.starts[artist] + count]
        drawn.append(rng.choice(own, n_each, replace=count < n_each))
    return np.concatenate(drawn)


def cut(values: NDArray[np.intp], size: int) -> list[NDArray[np.intp]]:
    """Return portions of a size; a last one of a single value joins the one before, which a norm needs."""
    portions = [values[start : start + size] for start in range(0, len(values), size)]
    if len(portions) > 1 and len(portions[-1]) == 1:
        portions[-2:] = [np.concatenate(portions[-2:])]
    return portions
