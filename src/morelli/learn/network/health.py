"""Whether a network that learns is alive: features all alike, embeddings collapsed, gradients by block.

It is looked at in the first steps and after each epoch, and each look is a line of ``health.jsonl``. What a
network that answers at chance is told by is in `history`.
"""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from morelli.errors import TrainingError
from morelli.learn.network.learner import Learner, list_batch_norms

HEALTH_FILE = "health.jsonl"
FIRST_STEPS = 10
"""Steps after which a network is looked at for the first time."""

_DEAD = 0.95  # share of features that are the same for all works; of a living network's it is below a half
_COLLAPSED = 1e-5  # mean distance of unit embeddings from their mean: rounding in float32 reaches 1e-7
_SAME = 1e-6  # spread of a feature by its size, below which it is the same for all works
_MIN_WORKS = 4  # of which nothing can be said of their differences


@dataclass(frozen=True)
class Health:
    """What was seen of a network in one step."""

    epoch: int
    step: int
    zero_share: float  # of the numbers in the backbone's vectors, or in those that are learnt from
    constant_share: float  # of their dimensions, the same for all works of the batch
    spread: float  # mean of 1 minus the cosine of each embedding to the mean direction
    loss: float
    constant_loss: float  # had all works the mean embedding
    gradient_norms: Mapping[str, float]  # by block

    @property
    def is_dead(self) -> bool:
        """Whether next to no feature differs between works."""
        return self.constant_share >= _DEAD or self.zero_share >= _DEAD

    @property
    def is_collapsed(self) -> bool:
        """Whether all works have the same embedding."""
        return self.spread <= _COLLAPSED


class Watch:
    """Looks at a learner while it learns, and stops it, or warns, where it is dead or collapsed."""

    def __init__(self, learner: Learner, folder: Path) -> None:
        self._learner, self._path = learner, folder / HEALTH_FILE
        self._seen: tuple[Tensor, Tensor] | None = None
        learner.head.register_forward_hook(self._keep)

    def _keep(self, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        self._seen = inputs[0].detach(), output.detach()

    def look(self, epoch: int, step: int, targets: Mapping[str, Tensor], losses: Tensor) -> Health | None:
        """Return what is seen after the gradients of a step; None of a batch of less than four works."""
        if self._seen is None or len(self._seen[0]) < _MIN_WORKS:
            return None
        vectors, embeddings = (rows.float() for rows in self._seen)
        constant, _ = self._learner.compare_with_chance(embeddings, targets)
        spread = vectors.std(dim=0) <= _SAME * vectors.abs().mean(dim=0)
        units = nn.functional.normalize(embeddings, dim=1)
        seen = Health(
            epoch=epoch,
            step=step,
            zero_share=float((vectors == 0).float().mean()),
            constant_share=float(spread.float().mean()),
            spread=float(1 - units.mean(dim=0).norm()),
            loss=float(losses.mean()),
            constant_loss=float(constant.mean()),
            gradient_norms=_measure_gradients(self._learner),
        )
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(seen)) + "\n")
        return seen

    def describe_fault(self, seen: Health, inputs: Tensor) -> TrainingError | None:
        """Return why it is not worth going on: where the network is dead, the likely cause, what to set."""
        body = self._learner.body
        if seen.is_dead:
            share, what = max((seen.constant_share, "the same for all works"), (seen.zero_share, "zero"))
            where = None if body is None else _find_dead_layer(body, inputs)
            found = f"{share:.1%} of them {what}" + (f", first after {where}" if where else "")
        elif seen.is_collapsed:
            found = "the same embedding for all of them"
        else:
            return None
        has_norms = body is not None and bool(list_batch_norms(body))
        cause = (
            "the statistics of these pictures may not fit the weights: set backbone.batch_norm=frozen"
            if has_norms and self._learner.batch_norm != "frozen"
            else "lower optimiser.learning_rate, or optimiser.backbone_factor"
        )
        return TrainingError(
            f"epoch {seen.epoch}, step {seen.step}",
            expected="features that differ from work to work",
            found=found,
            remedy=f"{cause}; or add --keep-going",
        )


def _measure_gradients(learner: nn.Module) -> dict[str, float]:
    """Return the length of the gradient of each block: the first modules that hold parameters by number."""
    squares: dict[str, float] = defaultdict(float)
    for name, parameter in learner.named_parameters():
        if parameter.grad is not None:
            squares[_name_block(name)] += float(parameter.grad.double().square().sum())
    return {name: square**0.5 for name, square in squares.items()}


def _name_block(parameter: str) -> str:
    """Return "body.network.blocks.3" for "body.network.blocks.3.0.conv.weight"."""
    parts = parameter.split(".")
    number = next((place for place, part in enumerate(parts) if part.isdigit()), len(parts) - 2)
    return ".".join(parts[: number + 1])


@torch.no_grad()
def _find_dead_layer(body: nn.Module, inputs: Tensor) -> str | None:
    """Return the first module whose outputs hardly differ between works, in the mode that it is in."""
    found: list[str] = []
    twin = copy.deepcopy(body)  # whose running statistics may move

    def look(name: str, output: Any) -> None:
        if isinstance(output, Tensor) and output.ndim > 1 and not found:
            rows = output.float().flatten(2).mean(dim=2) if output.ndim > 2 else output.float()
            is_same = rows.std(dim=0) <= _SAME * rows.abs().mean(dim=0)
            if float(is_same.float().mean()) >= _DEAD or float((rows == 0).float().mean()) >= _DEAD:
                found.append(name)

    for name, module in twin.named_modules():
        if next(module.children(), None) is None:
            module.register_forward_hook(lambda _, __, output, name=name: look(name, output))
    with torch.random.fork_rng():
        twin(inputs)
    return found[0].removeprefix("network.") if found else None
