"""The least that the training loop can train: points on two sides of a line.

The classes stand at the top, where other processes can find them.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from morelli.learn.network.history import History
from morelli.learn.network.loop import RunOptions, fit_network
from morelli.learn.network.plans import Batch
from morelli.learn.recipe import Optimiser, Schedule

N, D, SIZE = 40, 6, 8
ADAM = Optimiser(name="adam", learning_rate=0.01)


class Learner(nn.Module):
    """Says on which side a point lies."""

    def __init__(self, *, dropout: float = 0.0, has_batch_norm: bool = False) -> None:
        super().__init__()
        norm = nn.BatchNorm1d(5) if has_batch_norm else nn.Identity()
        self.body = nn.Sequential(nn.Linear(D, 5), norm, nn.ReLU(), nn.Dropout(dropout))
        self.head = nn.Linear(5, 1)

    def forward(self, inputs: Tensor, targets: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        logits = self.head(self.body(inputs))[:, 0]
        losses = nn.functional.binary_cross_entropy_with_logits(logits, targets["side"], reduction="none")
        return losses, ((logits > 0) == (targets["side"] > 0.5)).float()


def draw_points() -> tuple[np.ndarray, np.ndarray]:
    points = np.random.default_rng(0).normal(size=(N, D)).astype(np.float32)
    return points, (points.sum(axis=1) > 0).astype(np.float64)


def make_batch(rows: np.ndarray) -> Batch:
    return Batch(rows[:, None], np.zeros_like(rows)[:, None], {"side": draw_points()[1][rows]})


@dataclass(frozen=True)
class Plan:
    """Three quarters to learn from, in an order of each epoch's own; the rest to check."""

    seed: int = 0
    size: int = SIZE

    def list_batches(self, epoch: int) -> Sequence[Batch]:
        order = np.random.default_rng([self.seed, epoch]).permutation(30)
        return [make_batch(order[start : start + self.size]) for start in range(0, 30, self.size)]

    def list_validation_batches(self) -> Sequence[Batch]:
        return [make_batch(np.arange(start, min(start + 4, N))) for start in range(30, N, 4)]


@dataclass
class Inputs:
    """Points, some noise from torch's own state on those that are learnt from; may do harm on the way."""

    noise: float = 0.0
    nan_row: int | None = None
    kill_at: tuple[int, int] | None = None
    n_read: int = 0

    def read(self, batch: Batch, *, epoch: int, is_training: bool) -> Tensor:
        self.n_read = self.n_read + 1 if is_training else 0
        if self.kill_at == (epoch, self.n_read):
            os.kill(os.getpid(), signal.SIGKILL)
        points = torch.from_numpy(draw_points()[0][batch.rows[:, 0]])
        if epoch >= 1 and self.nan_row is not None:
            points[torch.from_numpy(batch.rows[:, 0] == self.nan_row)] = torch.nan
        return points + self.noise * torch.randn(points.shape) if is_training else points


def make_learner(**options: Any) -> Learner:
    torch.manual_seed(3)
    return Learner(**options)


def fit(
    folder: Path,
    *,
    learner: Learner | None = None,
    plan: Plan | None = None,
    inputs: Inputs | None = None,
    optimiser: Optimiser = ADAM,
    schedule: Schedule | None = None,
    **options: Any,
) -> tuple[Learner, History]:
    learner = learner or make_learner()
    groups = tuple(
        (tuple(name for name, _ in learner.named_parameters() if name.startswith(part)), factor)
        for part, factor in (("body.", 0.5), ("head.", 1.0))
    )
    listeners = {name: options.pop(name) for name in ("on_epoch", "progress") if name in options}
    told: dict[str, Any] = {"seed": 5, "identity": "tiny", "accelerator": "cpu", **options}
    run = RunOptions(optimiser, schedule or Schedule(epochs=4, keep="last"), groups, folder, **told)
    return learner, fit_network(learner, plan or Plan(), inputs or Inputs(), run, **listeners)


def read_weights(learner: nn.Module) -> list[np.ndarray]:
    return [value.numpy() for value in learner.state_dict().values()]


def are_equal(left: nn.Module, right: nn.Module) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(read_weights(left), read_weights(right), strict=True))
