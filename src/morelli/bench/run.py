"""Trains recipes with several seeds on the same split, one cell after the other, and measures each.

A cell that is whole and was made with the same options is not made again, so a bench that was stopped goes on
where it was; a training that was stopped is resumed. A cell that cannot be made is listed with its error, and
the others go on. `board` sets the cells beside each other.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import polars as pl

from morelli.bench.board import ORIGINAL, Board, assemble_board
from morelli.bench.cells import (
    ERROR,
    MODEL,
    OPTIONS,
    Cell,
    Failure,
    begin_cell,
    is_made_with,
    measure_megabytes,
    measure_model,
    name_cell,
    read_cell,
    write_cell,
)
from morelli.collection.splits import Split, load_split
from morelli.encode.spec import read_encoder
from morelli.errors import GalleryError, MorelliError, UsageError
from morelli.evaluate.protocols import N_BOOT
from morelli.evaluate.rows import PARTS
from morelli.files import write_file
from morelli.gallery.store import Gallery
from morelli.learn.network.data import Training
from morelli.learn.recipe import Recipe, Trainable
from morelli.learn.recipe_files import list_recipes, load_recipe
from morelli.model.artefact import Model
from morelli.settings import Progress, Settings, ignore_progress

_log = logging.getLogger(__name__)

CELLS = "cells"
"""The folder of the cells within that of a board."""

_ENCODER = "encoder.txt"
"""The file beside them with the fingerprint of the encoder that "hand" learns from."""

_TROUBLES = (MorelliError, OSError, MemoryError, RuntimeError, ValueError, ArithmeticError)
"""What a training may end with without ending the bench: torch raises RuntimeError when memory is short."""

_BOUND_TO_WEIGHTS = {"mean", "std", "arguments", "linear"}
"""Fields of an encoder's part that follow from its weights; layers and size are for the recipe to say."""


@dataclass(frozen=True)
class Start:
    """What a backbone starts from: a weights file, and the fields that it asks for, such as mean and std."""

    weights: Path
    fields: Mapping[str, Any] = field(default_factory=dict)


def list_starts(texts: Sequence[str]) -> dict[str, Start]:
    """Return what backbones start from, by the name of the backbone.

    Each text is ``MODEL=FILE``, such as ``resnet18=resnet18.safetensors``; or an encoder file that ends in
    .yaml, each part of which names its weights.
    """
    starts: dict[str, Start] = {}
    for text in texts:
        found = _read_parts(text) if text.endswith((".yaml", ".yml")) else [_read_pair(text)]
        for model, start in found:
            _require(start.weights.is_file(), text, f"no file {start.weights}")
            _require(model not in starts, text, f"{model} twice")
            starts[model] = start
    return starts


Train = Callable[[Training], Model]
"""What trains a recipe and writes the model folder: `morelli.learn.training.train_recipe`."""


@dataclass(frozen=True)
class BenchOptions:
    """How every recipe of a bench is trained and measured."""

    n_seeds: int = 3  # trainings of each recipe, with the seeds 0, 1, ...
    trainable: Trainable | None = None  # None: as the recipes say
    epochs: int | None = None  # None: as the recipes say
    starts: Mapping[str, Start] = field(default_factory=dict)  # by the name of the backbone
    from_scratch: bool = False  # whether other backbones start from weights drawn with the seed
    encoder: str | None = None  # whose stored vectors "hand" learns from; None: the only one
    is_shared: bool = False  # whether networks take the vectors of that encoder too
    changes: Mapping[str, Any] = field(default_factory=dict)  # fields of every recipe by section
    devices: int = 1
    seed: int = 0  # of pairs, triplets and resamples
    n_boot: int = N_BOOT
    settings: Settings = field(default_factory=Settings)  # a cell that is there is kept with other ones
    command: str = ""  # what to type to get the board again

    def find_encoder(self, recipe: Recipe) -> str | None:
        """Return whose stored vectors a recipe learns from; None: those of its own backbone."""
        return self.encoder if recipe.learner == "hand" or self.is_shared else None


@dataclass(frozen=True, eq=False)
class _Task:
    """A cell to be made."""

    label: str
    recipe: Recipe
    split: str
    divided: Split
    seed: int
    progress: Progress = ignore_progress


def run_bench(
    gallery: Gallery,
    recipes: Mapping[str, Recipe],
    splits: Mapping[str, Split],
    folder: Path,
    *,
    train: Train,
    options: BenchOptions | None = None,
    progress: Progress | None = None,
) -> Board:
    """Make the cells that are missing in a folder, and return the board of all of them.

    recipes: by label, ``name`` or ``name:variant``; splits: by the name that the board is to call them, no
    two of which may both test seen, or both unseen artists; progress: called with the cell and its step,
    cells done and cells in all.
    """
    asked = options or BenchOptions()
    _check(recipes, splits, asked)
    if any(recipe.learner == "hand" for recipe in recipes.values()):
        asked = replace(asked, encoder=_settle_encoder(gallery, asked.encoder, folder))
    changed = {
        label: _change_recipe(recipe, asked.starts, epochs=asked.epochs, from_scratch=asked.from_scratch)
        for label, recipe in recipes.items()
    }
    tasks = [
        _Task(label, changed[label], split, divided, seed)
        for seed in range(asked.n_seeds)  # every recipe once, before any has its second seed
        for split, divided in splits.items()
        for label in recipes
    ]
    cells: list[Cell] = []
    failures: list[Failure] = []
    tell = progress or ignore_progress
    for place, task in enumerate(tasks):
        say = partial(_say_step, tell, task, place, len(tasks))
        say()
        made = _make_cell(gallery, replace(task, progress=say), folder / CELLS, train, asked)
        if isinstance(made, Failure):
            failures.append(made)
        else:
            cells.append(made)
    tell("board", len(tasks), len(tasks))
    return assemble_board(
        cells,
        failures,
        collection=gallery.name,
        splits={name: split.digest for name, split in splits.items()},
        seed=asked.seed,
        command=asked.command,
    )


def choose_recipes(text: str) -> dict[str, Recipe]:
    """Return recipes by label from names with commas between; ``all`` stands for all with their variants.

    The label is the recipe's name, with the variant if that changes anything.
    """
    names = [part.strip() for part in text.split(",")] if text != "all" else _list_all_recipes()
    recipes: dict[str, Recipe] = {}
    for recipe in map(load_recipe, names):
        label = recipe.name if recipe.variant == ORIGINAL else recipe.full_name
        if label in recipes:
            raise UsageError(
                f"--recipes {text}",
                expected="each recipe once",
                found=f"{label} twice",
                remedy="leave one out",
            )
        recipes[label] = recipe
    return recipes


def load_splits(names: Sequence[str], works: pl.DataFrame, *, seed: int) -> dict[str, Split]:
    """Return splits by the name that a board calls them: the kind, or the file's name without its ending."""
    return {Path(name).stem: load_split(name, works, seed=seed) for name in names}


def _list_all_recipes() -> list[str]:
    return [
        name
        for recipe in list_recipes()
        for name in (recipe.name, *(f"{recipe.name}:{one}" for one in recipe.variants if one != ORIGINAL))
    ]


def _settle_encoder(gallery: Gallery, wanted: str | None, folder: Path) -> str | None:
    """Return the fingerprint of the encoder whose vectors "hand" learns from; None where none is certain.

    Networks store vectors of their own in the gallery, so its only encoder is soon one of many. Which it was
    is kept beside the board, so that it is the same when a bench goes on.
    """
    path = folder / _ENCODER
    if wanted is None and path.exists():
        return path.read_text(encoding="utf-8").strip()
    try:
        fingerprint = gallery.encoder(wanted).fingerprint
    except GalleryError as error:
        _log.warning("%s", error)
        return wanted
    write_file(path, fingerprint + "\n")
    return fingerprint


def _say_step(
    tell: Progress, task: _Task, place: int, n_tasks: int, step: str = "", done: int = 0, total: int = 0
) -> None:
    """Tell the cell, and the step of its training with how far that is."""
    cell = f"{task.label}, {task.split}, seed {task.seed}"
    count = f"{done} of {total}" if total else ""
    tell(": ".join(filter(None, (cell, step, count))), place, n_tasks)


def _list_parts(split: Split) -> list[str]:
    """Return which artists the test works of a split are by: "seen", "unseen", or both."""
    learnt = set(split.table.filter(split.table["part"] != "test")["artist"].to_list())
    tested = set(split.table.filter(split.table["part"] == "test")["artist"].to_list())
    return [part for part in PARTS if (tested & learnt if part == "seen" else tested - learnt)]


def _check(recipes: Mapping[str, Recipe], splits: Mapping[str, Split], options: BenchOptions) -> None:
    parts = [part for split in splits.values() for part in _list_parts(split)]
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
    made_with = _describe_cell(gallery, task.recipe, task.divided, task.seed, options)
    cell = read_cell(own, made_with)
    if cell is not None:
        return cell
    if (own / OPTIONS).exists() and not is_made_with(own, made_with):
        _log.warning("%s was made with other options and is made again", own.name)
    try:
        resume = begin_cell(own, made_with)
        cell = _train_cell(gallery, task, own, train, options, resume=resume)
        write_cell(cell, own)
    except _TROUBLES as error:
        _log.warning("%s: %s", own.name, error)
        message = str(error) or type(error).__name__
        _note_error(own, message)
        return Failure(task.label, task.split, task.seed, message)
    return cell


def _train_cell(
    gallery: Gallery, task: _Task, own: Path, train: Train, options: BenchOptions, *, resume: bool
) -> Cell:
    training = Training(
        gallery,
        task.recipe,
        task.divided,
        own / MODEL,
        settings=options.settings,
        weights=_find_weights(task.recipe, options.starts),
        encoder=options.find_encoder(task.recipe),
        trainable=options.trainable,
        changes=options.changes,
        seed=task.seed,
        devices=options.devices,
        resume=resume,
        progress=task.progress,
    )
    model = train(training)
    measured = measure_model(gallery, model, seed=options.seed, n_boot=options.n_boot)
    facts = {**model.facts.get("recipe", {}), "model_megabytes": measure_megabytes(own / MODEL)}
    return Cell(task.label, task.split, task.seed, facts, measured)


def _describe_cell(
    gallery: Gallery, recipe: Recipe, split: Split, seed: int, options: BenchOptions
) -> dict[str, Any]:
    """Return everything that a cell's numbers follow from, as a JSON object."""
    return {
        "gallery": gallery.name,
        "recipe": recipe.digest,
        "split": split.digest,
        "seed": seed,
        "trainable": options.trainable,
        "epochs": options.epochs,
        "weights": [_digest_file(path) for path in _find_weights(recipe, options.starts)],
        "encoder": options.find_encoder(recipe),
        "changes": options.changes,
        "board_seed": options.seed,
        "n_boot": options.n_boot,
    }


def _note_error(folder: Path, message: str) -> None:
    """Leave the message in the cell's folder, where that can be written at all."""
    try:
        write_file(folder / ERROR, message + "\n")
    except OSError as error:
        _log.warning("%s: %s", folder, error)


def _change_recipe(
    recipe: Recipe, starts: Mapping[str, Start], *, epochs: int | None = None, from_scratch: bool = False
) -> Recipe:
    """Return the recipe as it is run here, with what the weights of its backbone ask for.

    from_scratch: a backbone without weights here starts from drawn ones.
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


def _find_weights(recipe: Recipe, starts: Mapping[str, Start]) -> tuple[Path, ...]:
    """Return the file of its backbone's weights: that given here, else that which the recipe names; or none.

    A recipe without a network that learns takes stored vectors and needs none.
    """
    if recipe.learner == "hand":
        return ()
    start = starts.get(recipe.backbone.model)
    path = recipe.backbone.weights if start is None else start.weights
    return () if path is None else (path,)


@cache
def _digest_file(path: Path) -> str:
    """Return SHA-256 over a weights file."""
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
