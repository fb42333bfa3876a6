"""How weights move: the optimiser of a recipe, and its learning rate at each moment of a training.

The rate follows from the moment alone, so that a checkpoint need not keep it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from torch import nn, optim

from morelli.learn.recipe import Optimiser, Schedule

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
