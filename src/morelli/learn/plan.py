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
