"""A recipe's network as the training loop sees it: backbone, head and criterion in one module."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import torch
from torch import nn, optim

from morelli.learn.network.losses import Standardise, build_criterion, build_layers
from morelli.learn.recipe import Optimiser, Recipe, Schedule
from morelli.model.standardisation import Standardisation


class Learner(nn.Module):
    """Backbone, head and criterion.

    Parameters
    ----------
    recipe
        What to build.
    n_inputs
        Length of the backbone's vector.
    sizes
        By label, works of each class in the train part.
    body
        The backbone as a module from normalised pictures to vectors; None: what goes in are vectors.
    standardisation
        Of the backbone's vectors, where the recipe standardises them.
    """

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

    def list_groups(self, backbone_factor: float) -> list[tuple[list[nn.Parameter], float]]:
        """Return the parameters that learn, with the factor of their learning rate."""
        body = list(_learning(self.body.parameters())) if self.body is not None else []
        own = [
            parameter
            for module in (self.head, self.criterion)
            for parameter in _learning(module.parameters())
        ]
        groups = [(own, 1.0), (body, backbone_factor)]
        return [group for group in groups if group[0]]

    def count_parameters(self) -> tuple[int, int]:
        """Return how many parameters there are in all, and how many of them learn."""
        each: Sequence[nn.Parameter] = list(self.parameters())
        return sum(p.numel() for p in each), sum(p.numel() for p in each if p.requires_grad)


def _learning(parameters: Iterator[nn.Parameter]) -> Iterator[nn.Parameter]:
    return (parameter for parameter in parameters if parameter.requires_grad)


# How weights move: the optimiser of a recipe, and its learning rate at each moment of a training.

Groups = Sequence[tuple[Iterable[nn.Parameter], float]]
"""Parameters that learn, each list with the factor of its learning rate."""

NamedGroups = tuple[tuple[tuple[str, ...], float], ...]
"""The same by the parameters' names, which mean the same in every process."""


def name_groups(learner: nn.Module, groups: Groups) -> NamedGroups:
    """Return the groups with the names that the parameters have in the learner."""
    names = {id(parameter): name for name, parameter in learner.named_parameters()}
    return tuple((tuple(names[id(one)] for one in group), factor) for group, factor in groups)


def make_optimiser(learner: nn.Module, groups: NamedGroups, optimiser: Optimiser) -> optim.Optimizer:
    """Return the optimiser of a recipe on the parameters that learn.

    Parameters
    ----------
    learner
        Where the parameters are.
    groups
        Those that learn; each group keeps its ``factor``, which `set_rate` reads.
    optimiser
        What the recipe says of it.
    """
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

    Parameters
    ----------
    optimiser
        Its learning rate is the highest.
    schedule
        Epochs, warm-up and decay.
    moment
        Epochs since the beginning; the loop asks for the middle of each step, so that the first and the last
        one of them move something.

    References
    ----------
    Loshchilov & Hutter (2017), SGDR, arXiv 1608.03983, eq. 5, without restarts.

    Examples
    --------
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
