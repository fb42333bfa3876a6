"""Reads the inputs of batches ahead of the network, in this process or in others.

What is read does not depend on who reads it: whatever draws from torch's or NumPy's random state while a
batch is read finds it seeded with the seed, the epoch and the number of the batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from morelli.learn.plan import Batch, Inputs
from morelli.learn.random_states import draw_from

START: Literal["spawn", "fork"] = "spawn"
"""How those who read ahead begin: a forked copy of a process with torch's and LanceDB's threads can hang."""

Ready = tuple[Tensor, dict[str, Tensor]]
"""The inputs of a batch and its targets by name."""


@dataclass(frozen=True, eq=False)
class BatchReader:
    """What reads the batches of one epoch.

    Parameters
    ----------
    inputs
        Where the numbers come from.
    seed
        Of the training.
    n_workers
        Processes that read ahead; 0 reads in this one.
    is_pinned
        Whether to read into memory that a GPU can fetch from by itself.
    """

    inputs: Inputs
    seed: int
    n_workers: int = 0
    is_pinned: bool = False

    def read(self, batches: Sequence[Batch], *, epoch: int, is_training: bool) -> Iterator[Ready]:
        """Yield the batches in order.

        Parameters
        ----------
        batches
            Of one epoch, or those that are checked.
        epoch
            Counted from 0.
        is_training
            Whether works may be augmented.
        """
        loader: DataLoader[Ready] = DataLoader(
            _Epoch(self.inputs, batches, self.seed, epoch, is_training),
            batch_size=None,
            num_workers=min(self.n_workers, len(batches)),
            multiprocessing_context=START if self.n_workers and batches else None,
            pin_memory=self.is_pinned,
            generator=torch.Generator(),  # its own: asking for a loader draws a number
        )
        yield from loader


@dataclass(frozen=True, eq=False)
class _Epoch(Dataset[Ready]):
    inputs: Inputs
    batches: Sequence[Batch]
    seed: int
    epoch: int
    is_training: bool

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, number: int) -> Ready:
        batch = self.batches[number]
        with draw_from(self.seed, self.epoch, number, int(self.is_training)):
            read = self.inputs.read(batch, epoch=self.epoch, is_training=self.is_training)
        return read, {name: _to_tensor(values) for name, values in batch.targets.items()}


def _to_tensor(values: np.ndarray) -> Tensor:
    """Return an array as a tensor; float64, which not every device has, as float32."""
    array = values.astype(np.float32) if values.dtype == np.float64 else values
    return torch.from_numpy(np.ascontiguousarray(array))
