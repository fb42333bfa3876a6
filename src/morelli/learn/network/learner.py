"""A recipe's network as the training loop sees it, and how its weights move: optimiser and learning rate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Self

import torch
from torch import nn, optim

from morelli.learn.network.losses import Standardise, build_criterion, build_layers
from morelli.learn.recipe import Optimiser, Recipe, Schedule
from morelli.model.standardisation import Standardisation

Groups = tuple[tuple[tuple[str, ...], float], ...]
"""The names of the parameters that learn, each list with the factor of its learning rate; a name means the
same in every process."""


class Learner(nn.Module):
    """Backbone, head and criterion; without a body, a module from normalised pictures, vectors go in."""

    def __init__(
        self,
        recipe: Recipe,
        n_inputs: int,
        sizes: Mapping[str, torch.Tensor],
        *,
        body: nn.Module | None = None,
        standardisation: Standardisation | None = None,
    ) -> None:
        super().__init__()
        self.body = body
        self.standardise = Standardise(standardisation) if standardisation is not None else None
        self.head, self.n_outputs = build_layers(recipe.head.layers, n_inputs)
        self.criterion = build_criterion(recipe, self.n_outputs, sizes)
        self.batch_norm = recipe.backbone.batch_norm

    def train(self, mode: bool = True) -> Self:
        """Set the mode; statistics of batch normalisation that the recipe keeps stay as they are."""
        super().train(mode)
        if self.batch_norm in ("frozen", "recalibrated") and self.body is not None:
            for module in list_batch_norms(self.body):
                module.eval()
        return self

    def embed(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return embeddings (n, p) of pictures (n, 3, h, w) or vectors (n, d)."""
        vectors = inputs if self.body is None else self.body(inputs)
        if self.standardise is not None:
            vectors = self.standardise(vectors)
        embeddings: torch.Tensor = self.head(vectors)
        return embeddings

    def forward(
        self, inputs: torch.Tensor, targets: Mapping[str, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the loss of each item and whether it was right, (m,) each."""
        losses, rights = self.criterion(self.embed(inputs), targets)
        return losses, rights

    @torch.no_grad()
    def compare_with_chance(
        self, embeddings: torch.Tensor, targets: Mapping[str, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the (m,) losses and rights of answers without a look at the pictures.

        The losses are those of a batch whose works all have its mean embedding; right is what is right when
        works exchange their embeddings.
        """
        mode = self.criterion.training
        self.criterion.eval()  # a dropout would draw numbers
        mean = embeddings.mean(dim=0, keepdim=True).expand_as(embeddings)
        order = torch.randperm(len(embeddings), generator=torch.Generator().manual_seed(0))
        losses, _ = self.criterion(mean.contiguous(), targets)
        _, rights = self.criterion(embeddings[order.to(embeddings.device)], targets)
        self.criterion.train(mode)
        return losses, rights

    def list_groups(self, backbone_factor: float) -> Groups:
        """Return the parameters that learn, with the factor of their learning rate."""
        learning = [name for name, parameter in self.named_parameters() if parameter.requires_grad]
        body = tuple(name for name in learning if name.startswith("body."))
        own = tuple(name for name in learning if not name.startswith("body."))
        return tuple(group for group in ((own, 1.0), (body, backbone_factor)) if group[0])

    def count_parameters(self) -> tuple[int, int]:
        """Return how many parameters there are in all, and how many of them learn."""
        each = list(self.parameters())
        return sum(p.numel() for p in each), sum(p.numel() for p in each if p.requires_grad)


def list_batch_norms(network: nn.Module) -> list[nn.modules.batchnorm._BatchNorm]:
    """Return the modules that normalise by the statistics of a batch, or by running ones."""
    return [part for part in network.modules() if isinstance(part, nn.modules.batchnorm._BatchNorm)]


def make_optimiser(learner: nn.Module, groups: Groups, optimiser: Optimiser) -> optim.Optimizer:
    """Return the optimiser of a recipe on the parameters that learn."""
    found = dict(learner.named_parameters())
    parameters = [{"params": [found[name] for name in names], "factor": f} for names, f in groups if names]
    rate, decay = optimiser.learning_rate, optimiser.weight_decay
    if optimiser.name == "sgd":
        return optim.SGD(parameters, lr=rate, weight_decay=decay, momentum=optimiser.momentum)
    make = optim.Adam if optimiser.name == "adam" else optim.AdamW
    return make(parameters, lr=rate, weight_decay=decay)


def set_rate(optimiser: optim.Optimizer, rate: float) -> None:
    """Set the learning rate of each group to a rate times the group's factor."""
    for group in optimiser.param_groups:
        group["lr"] = rate * group["factor"]


def find_rate(optimiser: Optimiser, schedule: Schedule, moment: float) -> float:
    """Return the learning rate at a moment: a rise along a line, then constant or falling along a cosine.

    Loshchilov & Hutter (2017), SGDR, arXiv 1608.03983, eq. 5, without restarts.

    >>> schedule = Schedule(epochs=12, warm_up_epochs=2, decay="cosine")
    >>> [round(find_rate(Optimiser(learning_rate=0.1), schedule, moment), 4) for moment in (0, 1, 2, 7, 12)]
    [0.0, 0.05, 0.1, 0.05, 0.0]
    """
    if moment < schedule.warm_up_epochs:
        return optimiser.learning_rate * moment / schedule.warm_up_epochs
    if schedule.decay == "constant":
        return optimiser.learning_rate
    done = (moment - schedule.warm_up_epochs) / (schedule.epochs - schedule.warm_up_epochs)
    return optimiser.learning_rate * 0.5 * (1 + math.cos(math.pi * done))
