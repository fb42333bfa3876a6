"""The means of an epoch: losses and right answers, counted as they come."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    from lightning_fabric import Fabric


@dataclass
class Tally:
    """Sums so far.

    Parameters
    ----------
    loss, n_losses
        Sum of the losses, and how many there are.
    right, n_rights
        Sum of the right answers, and how many questions were asked.
    """

    loss: float = 0.0
    n_losses: float = 0.0
    right: float = 0.0
    n_rights: float = 0.0

    def add(self, losses: Tensor, rights: Tensor) -> None:
        """Count (m,) losses and (m,) answers from 0 to 1, both on the CPU; NaN is a question not asked."""
        answers = rights.double()
        self.loss += float(losses.double().sum())
        self.n_losses += len(losses)
        self.right += float(answers.nansum())
        self.n_rights += int((~answers.isnan()).sum())

    def gather(self, fabric: Fabric) -> Tally:
        """Return the sums over all processes, the same in each of them."""
        if fabric.world_size == 1:
            return self
        sums = torch.tensor([self.loss, self.n_losses, self.right, self.n_rights], dtype=torch.float64)
        gathered: Any = fabric.all_reduce(sums.to(fabric.device), reduce_op="sum")
        return Tally(*gathered.tolist())

    @property
    def mean_loss(self) -> float:
        """Mean of the losses; NaN where there are none."""
        return self.loss / self.n_losses if self.n_losses else math.nan

    @property
    def accuracy(self) -> float:
        """Share of right answers; NaN where no question was asked."""
        return self.right / self.n_rights if self.n_rights else math.nan
