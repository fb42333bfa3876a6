"""Trains recipes with several seeds on the same split, one cell after the other, and measures each.

A cell that is whole and was made with the same options is not made again, so a bench that was stopped goes on
where it was; a training that was stopped is resumed. A cell that cannot be made is listed with its error, and
the others go on. `board` sets the cells beside each other.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from morelli.collection.parts import Split
from morelli.errors import MorelliError, UsageError
from morelli.evaluate.board import Board, assemble_board
from morelli.evaluate.board_cells import (
    ERROR,
    MODEL,
    OPTIONS,
    Cell,
    Failure,
    begin_cell,
    is_made_with,
    measure_megabytes,
    name_cell,
    read_cell,
    write_cell,
)
from morelli.evaluate.board_measures import PARTS, measure_model
from morelli.evaluate.protocols import N_BOOT
from morelli.gallery.store import Gallery
from morelli.learn.recipe import Recipe, Trainable
from morelli.model.artefact import Model

_log = logging.getLogger(__name__)

CELLS = "cells"
"""The folder of the cells within that of a board."""

TROUBLES = (MorelliError, OSError, MemoryError, RuntimeError, ValueError, ArithmeticError)
"""What a training may end with without ending the bench: torch raises RuntimeError when memory is short."""

Progress = Callable[[str, int, int], None]


class Train(Protocol):
    """What trains a recipe: `learn.recipe_training.train_recipe`."""

    def __call__(
        self,
        gallery: Gallery,
        recipe: Recipe,
        split: Split,
        *,
        output: Path,
        weights: Path | None = None,
        encoder: str | None = None,
        trainable: Trainable | None = None,
        epochs: int | None = None,
        seed: int = 0,
        devices: int = 1,
        device: str | None = None,
        resume: bool = False,
    ) -> Model:
        """Write the model folder to `output` and return the model."""


@dataclass(frozen=True)
class BenchOptions:
    """How every recipe of a bench is trained and measured.

    Parameters
    ----------
    n_seeds
        Trainings of each recipe, with the seeds 0, 1, ...
    trainable, epochs
        In place of what the recipes say; None: as they say.
    weights
        Files by name of the backbone; a recipe whose backbone is not among them starts as it can.
    encoder
        Whose stored vectors a recipe of the kind "hand" learns from; None: the gallery's only one.
    device, devices
        Where, and on how many.
    seed
        Of pairs, triplets and resamples.
    n_boot
        How many resamples of artists.
    """

    n_seeds: int = 3
    trainable: Trainable | None = None
    epochs: int | None = None
    weights: Mapping[str, Path] = field(default_factory=dict)
    encoder: str | None = None
    device: str | None = None
    devices: int = 1
    seed: int = 0
    n_boot: int = N_BOOT


@dataclass(frozen=True, eq=False)
class _Task:
    """A cell to be made."""

    label: str
    recipe: Recipe
    split: str
    divided: Split
    seed: int


def run_bench(
    gallery: Gallery,
    recipes: Mapping[str, Recipe],
    splits: Mapping[str, Split],
    folder: Path,
    *,
    train: Train,
    options: BenchOptions | None = None,
    command: str = "",
    progress: Progress | None = None,
) -> Board:
    """Make the cells that are missing, and return the board of all of them.

    Parameters
    ----------
    gallery
        Holds the works.
    recipes
        By label, ``name`` or ``name:variant``.
    splits
        By the name that the board is to call them; a recipe is trained on each. No two may both test seen,
        or both unseen artists.
    folder
        Where the cells go.
    train
        Trains one.
    options
        For all of them.
    command
        What to type to get this again.
    progress
        Called before each cell with its name, cells done and cells in all.

    Raises
    ------
    UsageError
        When there is no recipe, fewer than one seed, or splits that test the same part.
    """
    asked = options or BenchOptions()
    _check(recipes, splits, asked)
    tasks = [
        _Task(label, recipe, split, divided, seed)
        for seed in range(asked.n_seeds)  # every recipe once, before any has its second seed
        for split, divided in splits.items()
        for label, recipe in recipes.items()
    ]
    cells: list[Cell] = []
    failures: list[Failure] = []
    for place, task in enumerate(tasks):
        if progress is not None:
            progress(f"{task.label}, {task.split}, seed {task.seed}", place, len(tasks))
        made = _make_cell(gallery, task, folder / CELLS, train, asked)
        (cells if isinstance(made, Cell) else failures).append(made)  # type: ignore[arg-type]
    if progress is not None:
        progress("board", len(tasks), len(tasks))
    return assemble_board(
        cells,
        failures,
        collection=gallery.name,
        splits={name: split.digest for name, split in splits.items()},
        seed=asked.seed,
        command=command,
    )


def list_parts(split: Split) -> list[str]:
    """Return which artists the test works of a split are by: "seen", "unseen", or both."""
    learnt = set(split.table.filter(split.table["part"] != "test")["artist"].to_list())
    tested = set(split.table.filter(split.table["part"] == "test")["artist"].to_list())
    return [part for part in PARTS if (tested & learnt if part == "seen" else tested - learnt)]


def _check(recipes: Mapping[str, Recipe], splits: Mapping[str, Split], options: BenchOptions) -> None:
    parts = [part for split in splits.values() for part in list_parts(split)]
    for is_wrong, thing, expected, found in (
        (not recipes, "--recipes", "at least one recipe", "none"),
        (options.n_seeds < 1, "--seeds", "at least one seed", str(options.n_seeds)),
        (not splits, "--split", "at least one split", "none"),
        (len(set(parts)) < len(parts), "--split", "splits that test different artists", " and ".join(parts)),
    ):
        if is_wrong:
            raise UsageError(thing, expected=expected, found=found, remedy="see 'morelli bench --help'")


def _make_cell(
    gallery: Gallery, task: _Task, folder: Path, train: Train, options: BenchOptions
) -> Cell | Failure:
    """Return the cell that is there, a new one, or why there is none."""
    own = folder / name_cell(task.label, task.split, task.seed)
    made_with = describe_cell(gallery, task.recipe, task.divided, task.seed, options)
    cell = read_cell(own, made_with)
    if cell is not None:
        return cell
    if (own / OPTIONS).exists() and not is_made_with(own, made_with):
        _log.warning("%s was made with other options and is made again", own.name)
    try:
        resume = begin_cell(own, made_with)
        cell = _train_cell(gallery, task, own, train, options, resume=resume)
        write_cell(cell, own)
    except TROUBLES as error:
        _log.warning("%s: %s", own.name, error)
        message = str(error) or type(error).__name__
        _note_error(own, message)
        return Failure(task.label, task.split, task.seed, message)
    return cell


def _train_cell(
    gallery: Gallery, task: _Task, own: Path, train: Train, options: BenchOptions, *, resume: bool
) -> Cell:
    model = train(
        gallery,
        task.recipe,
        task.divided,
        output=own / MODEL,
        weights=options.weights.get(task.recipe.backbone.model),
        encoder=options.encoder,
        trainable=options.trainable,
        epochs=options.epochs,
        seed=task.seed,
        devices=options.devices,
        device=options.device,
        resume=resume,
    )
    measured = measure_model(gallery, model, seed=options.seed, n_boot=options.n_boot)
    facts = {**model.facts.get("recipe", {}), "model_megabytes": measure_megabytes(own / MODEL)}
    return Cell(task.label, task.split, task.seed, facts, measured.rows, measured.replicates)


def describe_cell(
    gallery: Gallery, recipe: Recipe, split: Split, seed: int, options: BenchOptions
) -> dict[str, Any]:
    """Return everything that a cell's numbers follow from, as a JSON object."""
    weights = options.weights.get(recipe.backbone.model)
    return {
        "gallery": gallery.name,
        "recipe": digest_recipe(recipe),
        "split": split.digest,
        "seed": seed,
        "trainable": options.trainable,
        "epochs": options.epochs,
        "weights": digest_file(weights) if weights is not None else None,
        "encoder": options.encoder,
        "board_seed": options.seed,
        "n_boot": options.n_boot,
    }


def digest_recipe(recipe: Recipe) -> str:
    """Return SHA-256 over all fields of a recipe."""
    text = json.dumps(recipe.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


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


def _note_error(folder: Path, message: str) -> None:
    """Leave the message in the cell's folder, where that can be written at all."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ERROR).write_text(message + "\n", encoding="utf-8")
    except OSError as error:
        _log.warning("%s: %s", folder, error)


def list_weights(pairs: Sequence[str]) -> dict[str, Path]:
    """Return files by name of the backbone, from texts such as ``resnet18=weights/resnet18.safetensors``.

    Raises
    ------
    UsageError
        When a text is not of that form, the file is missing, or a backbone is named twice.
    """
    weights: dict[str, Path] = {}
    for pair in pairs:
        model, sign, path = pair.partition("=")
        found = (
            "no file there" if sign and not Path(path).is_file() else "it twice" if model in weights else ""
        )
        if not model or not path or found:
            raise UsageError(
                f"--weights {pair}",
                expected="MODEL=FILE, each model once, such as resnet18=resnet18.safetensors",
                found=found or repr(pair),
                remedy="name the backbone as its recipe does, and a file that is there",
            )
        weights[model] = Path(path)
    return weights
