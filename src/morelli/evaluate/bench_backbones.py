"""Which weights the backbones of a bench start from, and what these weights need: input scale, padding."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from morelli.encode.spec import read_encoder
from morelli.errors import UsageError
from morelli.learn.recipe import Recipe

_BOUND_TO_WEIGHTS = {"mean", "std", "arguments", "linear"}
"""Fields of an encoder's part that follow from its weights; layers and size are for the recipe to say."""


@dataclass(frozen=True)
class Start:
    """What a backbone starts from.

    Parameters
    ----------
    weights
        Their file.
    fields
        Fields of the backbone that these weights ask for, such as mean and std.
    """

    weights: Path
    fields: Mapping[str, Any] = field(default_factory=dict)


def list_starts(texts: Sequence[str]) -> dict[str, Start]:
    """Return what backbones start from, by the name of the backbone.

    Parameters
    ----------
    texts
        Each ``MODEL=FILE``, such as ``resnet18=resnet18.safetensors``; or an encoder file that ends in .yaml,
        each part of which names its weights.

    Raises
    ------
    UsageError
        When a text is of neither form, a file is missing, or a backbone is named twice.
    EncoderError
        When an encoder file has a bad value.
    """
    starts: dict[str, Start] = {}
    for text in texts:
        found = _read_parts(text) if text.endswith((".yaml", ".yml")) else [_read_pair(text)]
        for model, start in found:
            _require(start.weights.is_file(), text, f"no file {start.weights}")
            _require(model not in starts, text, f"{model} twice")
            starts[model] = start
    return starts


def change_recipe(
    recipe: Recipe, starts: Mapping[str, Start], *, epochs: int | None = None, from_scratch: bool = False
) -> Recipe:
    """Return the recipe as it is run here.

    Parameters
    ----------
    recipe
        As its file has it.
    starts
        What the weights of its backbone ask for is set.
    epochs
        Instead of the recipe's, where given.
    from_scratch
        Whether a backbone without weights here starts from drawn ones.
    """
    changes: dict[str, Any] = {}
    if epochs is not None:
        changes["schedule"] = recipe.schedule.model_copy(update={"epochs": epochs})
        frozen = {**recipe.frozen.get("schedule", {}), "epochs": epochs}
        changes["frozen"] = {**recipe.frozen, "schedule": frozen}
    if recipe.learner == "network":
        start = starts.get(recipe.backbone.model)
        asked = {} if start is None else dict(start.fields)
        if from_scratch and start is None and recipe.backbone.weights is None:
            asked = {"pretrained": False}
        changes["backbone"] = recipe.backbone.model_copy(update=asked)
    return recipe.model_copy(update=changes)


def find_weights(recipe: Recipe, starts: Mapping[str, Start]) -> tuple[Path, ...]:
    """Return the file of its backbone's weights: that given here, else that which the recipe names; or none.

    A recipe without a network that learns takes stored vectors and needs none.
    """
    if recipe.learner == "hand":
        return ()
    start = starts.get(recipe.backbone.model)
    path = recipe.backbone.weights if start is None else start.weights
    return () if path is None else (path,)


@cache
def digest_file(path: Path) -> str:
    """Return SHA-256 over a file.

    Raises
    ------
    UsageError
        When it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(
            f"--weights {path}", expected="a weights file", found=str(error), remedy="correct the path"
        ) from error


def _read_pair(text: str) -> tuple[str, Start]:
    model, _, path = text.partition("=")
    _require(bool(model and path), text, repr(text))
    return model, Start(Path(path))


def _read_parts(text: str) -> list[tuple[str, Start]]:
    named = [part for part in read_encoder(Path(text)).parts if part.weights is not None]
    _require(bool(named), text, "no part that names its weights")
    return [
        (part.model, Start(part.weights, part.model_dump(include=_BOUND_TO_WEIGHTS, exclude_unset=True)))
        for part in named
        if part.weights is not None
    ]


def _require(is_right: bool, text: str, found: str) -> None:
    if not is_right:
        raise UsageError(
            f"--weights {text}",
            expected="MODEL=FILE, such as resnet18=resnet18.safetensors, or an encoder file that ends in "
            ".yaml; each model once",
            found=found,
            remedy="name the backbone as its recipe does, and a file that is there",
        )
