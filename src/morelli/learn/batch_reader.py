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
from torch.utils.data import DataLoader, Dataset, Sampler

from morelli.learn.plan import Batch, Inputs
from morelli.learn.random_states import draw_from

START: Literal["spawn", "fork"] = "spawn"
"""How those who read ahead begin: a forked copy of a process with torch's and LanceDB's threads can hang."""

Ready = tuple[Tensor, dict[str, Tensor]]
"""The inputs of a batch and its targets by name."""


class BatchReader:
    """What reads the batches of a training.

    Parameters
    ----------
    inputs
        Where the numbers come from.
    seed
        Of the training.
    n_workers
        Processes that read ahead, begun once and kept; 0 reads in this one.
    is_pinned
        Whether to read into memory that a GPU can fetch from by itself.
    """

    def __init__(self, inputs: Inputs, seed: int, *, n_workers: int = 0, is_pinned: bool = False) -> None:
        self._agenda = _Agenda()
        self._loader: DataLoader[Ready] = DataLoader(
            _Reading(inputs, seed),
            sampler=self._agenda,
            batch_size=None,
            num_workers=n_workers,
            persistent_workers=n_workers > 0,
            multiprocessing_context=START if n_workers else None,
            pin_memory=is_pinned,
            generator=torch.Generator(),  # its own: whoever goes through a loader draws a number
        )

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
        self._agenda.tasks = [
            _Task(batch, epoch, number, is_training) for number, batch in enumerate(batches)
        ]
        yield from self._loader


@dataclass(frozen=True, eq=False)
class _Task:
    batch: Batch
    epoch: int
    number: int
    is_training: bool


class _Agenda(Sampler[_Task]):
    """What is to be read next, sent to who reads it one by one."""

    def __init__(self) -> None:
        self.tasks: list[_Task] = []

    def __len__(self) -> int:
        return len(self.tasks)

    def __iter__(self) -> Iterator[_Task]:
        return iter(self.tasks)


@dataclass(frozen=True, eq=False)
class _Reading(Dataset[Ready]):
    inputs: Inputs
    seed: int

    def __getitem__(self, task: _Task) -> Ready:
        with draw_from(self.seed, task.epoch, task.number, int(task.is_training)):
            read = self.inputs.read(task.batch, epoch=task.epoch, is_training=task.is_training)
        return read, {name: _to_tensor(values) for name, values in task.batch.targets.items()}


def _to_tensor(values: np.ndarray) -> Tensor:
    """Return an array as a tensor; float64, which not every device has, as float32."""
    array = values.astype(np.float32) if values.dtype == np.float64 else values
    return torch.from_numpy(np.ascontiguousarray(array))
