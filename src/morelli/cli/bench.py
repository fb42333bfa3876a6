"""``morelli bench``: recipes beside each other on the same works."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from morelli.cli.console import out, print_json, print_table, progress_steps, say
from morelli.cli.options import DeviceOption, GalleryArgument, JsonFlag, SeedOption, WorkersOption
from morelli.cli.recipe_options import (
    ChangeOption,
    DevicesOption,
    EpochsOption,
    TrainableOption,
    parse_trainable,
)

if TYPE_CHECKING:
    import polars as pl

    from morelli.collection.parts import Split
    from morelli.evaluate.board import Board
    from morelli.learn.recipe import Recipe

_TEXTS = {"recipe", "measure", "note"}
"""Columns of a board's tables that hold no numbers."""

PairedWeightsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--weights",
        "-w",
        metavar="MODEL=FILE",
        help="Weights of a backbone, as resnet18=FILE, or an encoder .yaml that names some; repeatable.",
    ),
]
ScratchFlag = Annotated[
    bool,
    typer.Option("--from-scratch", help="Backbones without --weights start from drawn ones; fetch nothing."),
]
StoredOption = Annotated[
    str | None, typer.Option("--encoder", "-e", help="Whose stored vectors 'hand' learns from.")
]
SharedFlag = Annotated[
    bool,
    typer.Option("--shared", help="All recipes learn from those vectors, not from their own backbones'."),
]


def bench(
    gallery: GalleryArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the board and its cells.")],
    recipes: Annotated[
        str, typer.Option("--recipes", "-r", help="Names, NAME:VARIANT or files, with commas; or all.")
    ] = "all",
    split: Annotated[
        list[str] | None,
        typer.Option("--split", "-s", help="seen, unseen, source, official, or a CSV file; repeatable."),
    ] = None,
    seeds: Annotated[int, typer.Option(help="Trainings of each recipe.")] = 3,
    trainable: TrainableOption = None,
    weights: PairedWeightsOption = None,
    from_scratch: ScratchFlag = False,
    encoder: StoredOption = None,
    shared: SharedFlag = False,
    change: ChangeOption = None,
    epochs: EpochsOption = None,
    devices: DevicesOption = 1,
    device: DeviceOption = None,
    workers: WorkersOption = None,
    seed: SeedOption = None,
    json: JsonFlag = False,
) -> None:
    """Train recipes with several seeds on one split, and set them beside each other; run it again to go on.

    Example: morelli bench demo/gallery --recipes hand,artist-mobilenet --split unseen -o demo/board
    """
    from morelli.evaluate.bench import BenchOptions, run_bench
    from morelli.evaluate.bench_backbones import list_starts
    from morelli.evaluate.board_files import write_board
    from morelli.gallery import Gallery
    from morelli.learn.recipe_files import read_changes
    from morelli.learn.recipe_training import train_recipe
    from morelli.settings import load_settings

    settings = load_settings(seed=seed, device=device, workers=workers)
    opened = Gallery(gallery)
    options = BenchOptions(
        n_seeds=seeds,
        trainable=parse_trainable(trainable),
        epochs=epochs,
        starts=list_starts(weights or ()),
        from_scratch=from_scratch,
        encoder=encoder,
        is_shared=shared,
        changes=read_changes(change or ()),
        devices=devices,
        seed=settings.seed,
    )
    chosen = choose_recipes(recipes)
    names = split or ["unseen"]
    further = [*(f"-s {name}" for name in names), *(f"--set {text}" for text in change or ())]
    further += [f"--trainable {trainable}"] if trainable else []
    further += [f"-w {text}" for text in weights or ()]
    further += ["--from-scratch"] if from_scratch else []
    further += [f"-e {encoder}"] if encoder else []
    further += ["--shared"] if shared else []
    command = f"morelli bench {gallery} -r {recipes} {' '.join(further)} "
    with progress_steps() as progress:
        board = run_bench(
            opened,
            chosen,
            load_splits(names, opened.works(), seed=settings.seed),
            output,
            train=train_recipe,
            options=options,
            settings=settings,
            command=f"{command}--seeds {seeds} --seed {settings.seed} -o {output}",
            progress=progress,
        )
    page = write_board(board, output)
    print_board(board, is_json=json)
    say(f"board: {page}")
    raise typer.Exit(0 if board.lines else 1)


def print_board(board: Board, *, is_json: bool) -> None:
    """Print the table of a board, then its variants; what could not be made goes to stderr."""
    from morelli.evaluate.board_texts import LEGEND, tabulate_costs, tabulate_part, tabulate_variants

    if is_json:
        print_json(board.to_dict())
    else:
        parts = dict.fromkeys(measure.part for measure in board.measures)
        tables = [*(tabulate_part(board, part) for part in parts), tabulate_costs(board)]
        for table in filter(None, (*tables, tabulate_variants(board))):
            columns = [name if name in _TEXTS else f"#{name}" for name in table.columns]
            print_table(table.title, columns, [list(row) for row in table.rows])
            out.print()
        out.print(LEGEND)
    for failure in board.failures:
        say(f"not made: {failure.label}, {failure.split}, seed {failure.seed}: {failure.error}")


def choose_recipes(text: str) -> dict[str, Recipe]:
    """Return recipes by label from names with commas between; ``all`` stands for all with their variants.

    Raises
    ------
    UsageError
        When a recipe is named twice.
    """
    from morelli.errors import UsageError

    recipes: dict[str, Recipe] = {}
    for name in _list_all() if text == "all" else [part.strip() for part in text.split(",")]:
        label, recipe = _load(name)
        if label in recipes:
            raise UsageError(
                f"--recipes {text}",
                expected="each recipe once",
                found=f"{label} twice",
                remedy="leave one out",
            )
        recipes[label] = recipe
    return recipes


def _list_all() -> list[str]:
    """Return the names of all recipes that come with the package, each with its variants behind it."""
    from morelli.evaluate.board import ORIGINAL
    from morelli.learn.recipe_files import list_recipes

    return [
        name
        for recipe in list_recipes()
        for name in (
            recipe.name,
            *(f"{recipe.name}:{variant}" for variant in recipe.variants if variant != ORIGINAL),
        )
    ]


def _load(name: str) -> tuple[str, Recipe]:
    """Return a recipe and its label on a board: its own name, and the variant if it changes anything."""
    from morelli.evaluate.board import ORIGINAL
    from morelli.learn.recipe_files import load_recipe

    recipe = load_recipe(name)
    return recipe.name if recipe.variant == ORIGINAL else recipe.full_name, recipe


def load_splits(names: Sequence[str], works: pl.DataFrame, *, seed: int) -> dict[str, Split]:
    """Return splits by the name that a board calls them: the kind, or the file's name without its ending."""
    from morelli.collection.splits import load_split

    return {Path(name).stem: load_split(name, works, seed=seed) for name in names}
