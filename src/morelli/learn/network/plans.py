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
    """Works, pairs or triplets that are looked at together."""

    rows: NDArray[np.intp]  # (b, arity) positions of works: arity 1 for works, 2 for pairs, 3 for triplets
    copies: NDArray[np.intp]  # (b, arity) 0 the work itself, 1 and more copies that are augmented
    targets: Mapping[str, NDArray[Any]] = field(default_factory=dict)  # by name, arrays of b rows

    def __len__(self) -> int:
        return len(self.rows)

    def take_share(self, place: int, n_shares: int) -> Batch:
        """Return every n-th item from a place on, as one of several processes takes them."""
        cut = slice(place, None, n_shares)
        targets = {name: values[cut] for name, values in self.targets.items()}
        return Batch(self.rows[cut], self.copies[cut], targets)


class Plan(Protocol):
    """The batches of a training, epoch by epoch."""

    def list_batches(self, epoch: int) -> Sequence[Batch]:
        """Return the training batches of an epoch, counted from 0; the same whenever it is asked."""

    def list_validation_batches(self) -> Sequence[Batch]:
        """Return the batches that the network is checked on after each epoch, always the same."""


class Inputs(Protocol):
    """Where the numbers come from: stored vectors, or pictures."""

    def read(self, batch: Batch, *, epoch: int, is_training: bool) -> Tensor:
        """Return (b * arity, ...) float32, item by item; how a copy is augmented follows from the epoch."""


_N_VALIDATION_PAIRS = 4000  # by two hands, beside all pairs among ten works of each artist
_N_VALIDATION_TRIPLETS = 2000  # the share that is right is known to 0.01
VALIDATION_BATCH = 256  # items of a batch that is only looked at


@dataclass(frozen=True, eq=False)
class IndexedWorks:
    """Works by their position in the inputs, with what is known of each: (n,) each."""

    rows: NDArray[np.intp]
    copies: NDArray[np.intp]  # which copy of the work is meant
    artists: Sequence[str]
    classes: Mapping[str, NDArray[np.intp]]  # by label; -1 where a work has none

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, places: NDArray[np.intp], **targets: NDArray[Any]) -> Batch:
        """Return (b, arity) places among the works as a batch; places of arity 1 bring their classes."""
        if places.shape[1] == 1:
            targets |= {label: codes[places[:, 0]] for label, codes in self.classes.items()}
        return Batch(self.rows[places], self.copies[places], targets)


@dataclass(frozen=True, eq=False)
class _WorkPlan:
    """Every work once an epoch, in a new order; a last batch of one work joins the one before it."""

    train: IndexedWorks
    validation: IndexedWorks
    size: int
    seed: int

    def list_batches(self, epoch: int) -> list[Batch]:
        order = np.random.default_rng([self.seed, epoch]).permutation(len(self.train))
        return [self.train.batch(places[:, None]) for places in cut(order, self.size)]

    def list_validation_batches(self) -> list[Batch]:
        return [
            self.validation.batch(places[:, None])
            for places in cut(np.arange(len(self.validation)), VALIDATION_BATCH)
        ]


@dataclass(frozen=True, eq=False)
class _PairPlan:
    """Each work with random partners, pairs by two hands thinned to a ratio; drawn afresh in every epoch."""

    train: IndexedWorks
    validation: IndexedWorks
    batches: Batches
    seed: int

    def list_batches(self, epoch: int) -> list[Batch]:
        rng = np.random.default_rng([self.seed, epoch])
        drawn = stream_partner_pairs(
            self.train.artists,
            partners=min(self.batches.partners, len(self.train) - 1),
            ratio=self.batches.ratio,
            seed=int(rng.integers(2**31)),
        )
        blocks = list(drawn)
        left, right, same = (
            np.concatenate([getattr(block, name) for block in blocks]) for name in ("left", "right", "same")
        )
        others = np.flatnonzero(self.train.rows[left] != self.train.rows[right])  # no work with its copy
        order = rng.permutation(others)[: self.batches.per_epoch]
        swapped = rng.random(len(order)) < 0.5  # a pair has no first and second
        first, second = (
            np.where(swapped, *sides) for sides in ((right[order], left[order]), (left[order], right[order]))
        )
        return [
            self.train.batch(np.column_stack([first[some], second[some]]), same=same[order][some])
            for some in cut(np.arange(len(order)), self.batches.size)
        ]

    def list_validation_batches(self) -> list[Batch]:
        pairs = sample_pairs(
            self.validation.artists, max_different=_N_VALIDATION_PAIRS, rng=np.random.default_rng(self.seed)
        )
        return [
            _pair_batch(self.validation, pairs, some) for some in cut(np.arange(len(pairs)), VALIDATION_BATCH)
        ]


@dataclass(frozen=True, eq=False)
class _TripletPlan:
    """Triplets drawn afresh in every epoch."""

    train: IndexedWorks
    validation: IndexedWorks
    batches: Batches
    seed: int

    def list_batches(self, epoch: int) -> list[Batch]:
        drawn = stream_triplets(
            self.train.artists,
            n_per_epoch=self.batches.per_epoch or TRIPLETS_PER_EPOCH,
            seed=self.seed,
            first_epoch=epoch,
        )
        return self._list_triplets(self.train, next(drawn), self.batches.size)

    def list_validation_batches(self) -> list[Batch]:
        rng = np.random.default_rng(self.seed)
        drawn = sample_triplets(self.validation.artists, n_triplets=_N_VALIDATION_TRIPLETS, rng=rng)
        return self._list_triplets(self.validation, drawn, VALIDATION_BATCH)

    @staticmethod
    def _list_triplets(works: IndexedWorks, drawn: Any, size: int) -> list[Batch]:
        places = np.column_stack([drawn.anchor, drawn.positive, drawn.negative])
        return [works.batch(places[some]) for some in cut(np.arange(len(places)), size)]


@dataclass(frozen=True, eq=False)
class _ArtistPlan:
    """Some works each of some artists in every batch: as many in all as there are, or as the recipe says.

    pytorch-metric-learning's own sampler of this kind draws from a global state, which would make a batch
    depend on what else was drawn before it.
    """

    train: IndexedWorks
    validation: IndexedWorks
    batches: Batches
    seed: int

    def list_batches(self, epoch: int) -> list[Batch]:
        return self._draw(self.train, self.batches.per_epoch or len(self.train), [self.seed, epoch])

    def list_validation_batches(self) -> list[Batch]:
        return self._draw(self.validation, len(self.validation), [self.seed])

    def _draw(self, works: IndexedWorks, n_works: int, seed: list[int]) -> list[Batch]:
        rng = np.random.default_rng(seed)
        index = ArtistIndex.from_artists(works.artists)
        n_each = self.batches.works_per_artist
        n_artists = min(max(2, self.batches.size // n_each), len(index.counts))
        n_batches = max(1, round(n_works / (n_artists * n_each)))
        return [
            works.batch(
                _draw_works(index, rng.permutation(len(index.counts))[:n_artists], n_each, rng)[:, None]
            )
            for _ in range(n_batches)
        ]


def make_plan(batches: Batches, train: IndexedWorks, validation: IndexedWorks, *, seed: int) -> Plan:
    """Return the plan of a recipe's batches; pairs or triplets must exist where they are asked for."""
    match batches.kind:
        case "works":
            return _WorkPlan(train, validation, batches.size, seed)
        case "pairs":
            return _PairPlan(train, validation, batches, seed)
        case "triplets":
            return _TripletPlan(train, validation, batches, seed)
        case "artists":
            return _ArtistPlan(train, validation, batches, seed)


def _pair_batch(works: IndexedWorks, pairs: Pairs, places: NDArray[np.intp]) -> Batch:
    rows = np.column_stack([pairs.left[places], pairs.right[places]])
    return works.batch(rows, same=pairs.same[places])


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


@dataclass(frozen=True, eq=False)
class Turn:
    """One batch of an epoch as one process goes through it."""

    number: int  # counted from 1
    share: Batch  # what this process sees of it; never empty
    does_count: (
        bool  # False where the batch is too small for all, and another process counts what this one sees
    )
    weight: float  # share of the batch in the step that it belongs to; the weights of a step sum to 1
    moves: bool  # whether the weights move after it
    moment: float  # middle of its step, in epochs since the beginning
    where: str  # epoch and batch, for messages


def list_turns(
    batches: Sequence[Batch], epoch: int, *, accumulate: int, place: int, n_shares: int
) -> list[Turn]:
    """Return the turns of an epoch, counted from 0, in the process at one place of several."""
    n, n_steps = len(batches), -(-len(batches) // accumulate)
    turns = []
    for at, batch in enumerate(batches):
        step = at // accumulate
        n_items = sum(len(one) for one in batches[step * accumulate : (step + 1) * accumulate])
        turns.append(
            Turn(
                number=at + 1,
                share=batch.take_share(place % len(batch), n_shares),
                does_count=place < len(batch),
                weight=len(batch) / n_items,
                moves=(at + 1) % accumulate == 0 or at + 1 == n,
                moment=epoch + (step + 0.5) / n_steps,
                where=f"epoch {epoch + 1}, batch {at + 1} of {n}",
            )
        )
    return turns
