"""``morelli bench``: recipes beside each other on the same works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from morelli.cli.console import err, out, print_json, print_table, progress_steps, say
from morelli.cli.options import (
    ChangeOption,
    DeviceOption,
    DevicesOption,
    EpochsOption,
    GalleryArgument,
    JsonFlag,
    SeedOption,
    TrainableOption,
    WorkersOption,
    parse_trainable,
)

if TYPE_CHECKING:
    import polars as pl

    from morelli.bench.board import Board
    from morelli.bench.published import Reproduced, Reproduction
    from morelli.bench.run import BenchOptions
    from morelli.collection.splits.split import Split
    from morelli.gallery import Gallery
    from morelli.learn.recipe import Recipe, Trainable
    from morelli.settings import Settings


_TEXTS = {"recipe", "measure", "note"}
"""Columns of a board's tables that hold no numbers."""

_PairedWeightsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--weights",
        "-w",
        metavar="MODEL=FILE",
        help="Weights of a backbone, as resnet18=FILE, or an encoder .yaml that names some; repeatable.",
    ),
]
_ScratchFlag = Annotated[
    bool,
    typer.Option("--from-scratch", help="Backbones without --weights start from drawn ones; fetch nothing."),
]
_StoredOption = Annotated[
    str | None, typer.Option("--encoder", "-e", help="Whose stored vectors 'hand' learns from.")
]
_SharedFlag = Annotated[
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
    weights: _PairedWeightsOption = None,
    from_scratch: _ScratchFlag = False,
    encoder: _StoredOption = None,
    shared: _SharedFlag = False,
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
    from morelli.bench.run import BenchOptions, list_starts, run_bench
    from morelli.bench.tables import write_board
    from morelli.gallery import Gallery
    from morelli.learn.recipe_files import read_changes
    from morelli.learn.training import train_recipe
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
    chosen = _choose_recipes(recipes)
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
            _load_splits(names, opened.works(), seed=settings.seed),
            output,
            train=train_recipe,
            options=options,
            settings=settings,
            command=f"{command}--seeds {seeds} --seed {settings.seed} -o {output}",
            progress=progress,
        )
    page = write_board(board, output)
    _print_board(board, is_json=json)
    say(f"board: {page}")
    raise typer.Exit(0 if board.lines else 1)


def _print_board(board: Board, *, is_json: bool) -> None:
    """Print the table of a board, then its variants; what could not be made goes to stderr."""
    from morelli.bench.tables import LEGEND, tabulate_costs, tabulate_part, tabulate_variants

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


def _choose_recipes(text: str) -> dict[str, Recipe]:
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
    from morelli.bench.board import ORIGINAL
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
    from morelli.bench.board import ORIGINAL
    from morelli.learn.recipe_files import load_recipe

    recipe = load_recipe(name)
    return recipe.name if recipe.variant == ORIGINAL else recipe.full_name, recipe


def _load_splits(names: Sequence[str], works: pl.DataFrame, *, seed: int) -> dict[str, Split]:
    """Return splits by the name that a board calls them: the kind, or the file's name without its ending."""
    from morelli.collection.splits import load_split

    return {Path(name).stem: load_split(name, works, seed=seed) for name in names}


# ``morelli reproduce``: the documented boards, and published protocols with their figures beside ours.


@dataclass(frozen=True)
class Request:
    """What the command line says of all reproductions alike."""

    output: Path
    recipes: str | None
    seeds: int | None
    trainable: Trainable | None
    epochs: int | None
    weights: Sequence[str]
    from_scratch: bool
    encoder: str | None
    devices: int
    pairs: Path | None
    solution: Path | None
    command: str


def reproduce(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="What to run; none: the boards of the documentation.", metavar="NAME"),
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option("--source", metavar="NAME=PATH", help="Pictures or a gallery, by name; repeatable."),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for everything that is made.")
    ] = Path("reproduced"),
    is_list: Annotated[bool, typer.Option("--list", help="List what there is, and run nothing.")] = False,
    recipes: Annotated[
        str | None, typer.Option("--recipes", "-r", help="Only these.", show_default="as listed")
    ] = None,
    seeds: Annotated[int | None, typer.Option(help="Trainings of each.", show_default="as listed")] = None,
    trainable: TrainableOption = None,
    weights: _PairedWeightsOption = None,
    from_scratch: _ScratchFlag = False,
    encoder: _StoredOption = None,
    epochs: EpochsOption = None,
    pairs: Annotated[
        Path | None, typer.Option(help="Pair file, or the contest's submission_info.csv.")
    ] = None,
    solution: Annotated[Path | None, typer.Option(help="The truth of submission_info.csv.")] = None,
    devices: DevicesOption = 1,
    device: DeviceOption = None,
    workers: WorkersOption = None,
    seed: SeedOption = None,
    json: JsonFlag = False,
) -> None:
    """Run the boards of the documentation, or a published protocol with its figures beside ours.

    Example: morelli reproduce best-artworks-seen --source best-artworks=demo/gallery -r hand -o demo/again
    """
    from morelli.bench.published import find_reproduction, list_reproductions
    from morelli.settings import load_settings

    if is_list:
        _print_list(is_json=json)
        return
    chosen = names or [name for name, one in list_reproductions().items() if one.kind == "board"]
    asked = {name: find_reproduction(name) for name in chosen}
    _require_pairs(asked, pairs)
    paths = _read_sources(source or (), [one.source for one in asked.values()])
    settings = load_settings(seed=seed, device=device, workers=workers)
    request = Request(
        output=output,
        recipes=recipes,
        seeds=seeds,
        trainable=parse_trainable(trainable),
        epochs=epochs,
        weights=weights or (),
        from_scratch=from_scratch,
        encoder=encoder,
        devices=devices,
        pairs=pairs,
        solution=solution,
        command=f"morelli reproduce {{}} --source {{}} --seed {settings.seed} -o {output}",
    )
    found = [_run(name, one, paths[one.source], request, settings) for name, one in asked.items()]
    if json:
        print_json([one.to_dict() for one in found])
    else:
        _print_found(found)
    if not all(one.board.lines for one in found):
        raise typer.Exit(1)


def _print_found(found: Sequence[Reproduced]) -> None:
    from morelli.bench.published import tabulate_beside

    for one in found:
        _print_board(one.board, is_json=False)
        if one.lines:
            table = tabulate_beside(one)
            columns = [name if place in (0, 1, 6) else f"#{name}" for place, name in enumerate(table.columns)]
            out.print()
            print_table(table.title, columns, [list(row) for row in table.rows])
        if one.differs:
            out.print(f"where ours differs: {one.differs}")


def _print_list(*, is_json: bool) -> None:
    from morelli.bench.published import list_reproductions

    known = list_reproductions()
    if is_json:
        print_json({name: one.model_dump(mode="json") for name, one in known.items()})
        return
    rows = [
        [name, one.kind, one.source, " ".join(f"{figure.value:.4f}" for figure in one.published), one.summary]
        for name, one in known.items()
    ]
    print_table("what can be run again", ["name", "kind", "source", "published", "what"], rows)


def _read_sources(pairs: Sequence[str], needed: Sequence[str]) -> dict[str, str]:
    """Return the path of each source that is needed, from texts such as ``wikiart=pictures/wikiart``.

    Raises
    ------
    UsageError
        When a text is not of that form, or a source is missing.
    """
    from morelli.errors import UsageError

    given = {name: path for name, sign, path in (pair.partition("=") for pair in pairs) if sign and path}
    for name in needed:
        if name not in given or len(given) < len(pairs):
            raise UsageError(
                "--source",
                expected=" and ".join(f"--source {name}=PATH" for name in dict.fromkeys(needed)),
                found=" ".join(pairs) or "none",
                remedy="give the path of the pictures, or of a gallery, under each name",
            )
    return given


def _require_pairs(asked: Mapping[str, Reproduction], pairs: Path | None) -> None:
    from morelli.errors import UsageError

    for name, one in asked.items():
        if one.needs_pairs and pairs is None:
            raise UsageError(
                name,
                expected="--pairs",
                found="none",
                remedy="give the contest's submission_info.csv, or a pair file",
            )


def _run(name: str, one: Reproduction, path: str, request: Request, settings: Settings) -> Reproduced:
    from morelli.bench.published import Reproduced, measure_further, set_beside, write_reproduced
    from morelli.bench.run import run_bench
    from morelli.bench.tables import write_board
    from morelli.learn.training import train_recipe

    gallery = _open_or_collect(path, request.output / f"gallery-{one.source}", settings)
    folder = request.output / name
    splits: dict[str, Split] = {one.split.kind: one.split.draw(gallery.works(), seed=settings.seed)}
    names = request.recipes or (one.recipes if isinstance(one.recipes, str) else ",".join(one.recipes))
    with progress_steps() as progress:
        board = run_bench(
            gallery,
            _choose_recipes(names),
            splits,
            folder,
            train=train_recipe,
            options=_list_options(one, request, settings.seed),
            settings=settings,
            command=request.command.format(name, f"{one.source}={path}"),
            progress=progress,
        )
    say(f"board: {write_board(board, folder)}")
    pairs = _convert_pairs(gallery, request, folder)
    with err.status(f"{name}: published figures") as status:
        further = measure_further(
            gallery, one, board, folder, pairs=pairs, seed=settings.seed, progress=status.update
        )
    found = Reproduced(name, board, set_beside(one, board, further), one.differs)
    if found.lines:
        say(f"published figures: {write_reproduced(found, folder)}")
    return found


def _list_options(one: Reproduction, request: Request, seed: int) -> BenchOptions:
    from morelli.bench.run import BenchOptions, list_starts

    return BenchOptions(
        n_seeds=request.seeds or one.seeds,
        trainable=one.trainable if request.trainable is None else request.trainable,
        epochs=request.epochs or one.epochs,
        starts=list_starts(request.weights),
        from_scratch=request.from_scratch,
        encoder=request.encoder,
        is_shared=one.is_shared,
        changes=one.changes,
        devices=request.devices,
        seed=seed,
    )


def _open_or_collect(path: str, folder: Path, settings: Settings) -> Gallery:
    """Return the gallery at a path, or one with the pictures that lie there."""
    from morelli.collection.sources import recognise
    from morelli.errors import GalleryError
    from morelli.gallery import Gallery, collect_source

    try:
        return Gallery(path)
    except GalleryError:
        gallery = Gallery(folder, is_new=True)
    with progress_steps() as progress:
        summary = collect_source(gallery, recognise(Path(path)), settings, progress=progress)
    say(f"{summary.works} works in {folder}, {len(summary.skips)} skipped")
    return gallery


def _convert_pairs(gallery: Gallery, request: Request, folder: Path) -> Path | None:
    """Return a pair file of work ids; the contest's file is converted once."""
    from morelli.collection.pairs.files import list_columns, write_pairs
    from morelli.collection.pairs.official import convert_official_pairs

    if request.pairs is None or {"left", "right"} <= set(list_columns(request.pairs)):
        return request.pairs
    converted = folder / "pairs.parquet"
    if not converted.exists():
        blocks = convert_official_pairs(request.pairs, gallery.works(), solution=request.solution)
        unfinished = folder / "unfinished.parquet"
        with err.status("converting the official pairs"):
            write_pairs(blocks, unfinished)
        unfinished.replace(converted)
    return converted
