"""``morelli reproduce``: the documented boards, and published protocols with their figures beside ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from morelli.cli.bench import (
    PairedWeightsOption,
    ScratchFlag,
    StoredOption,
    choose_recipes,
    print_board,
)
from morelli.cli.console import err, out, print_json, print_table, progress_steps, say
from morelli.cli.options import DeviceOption, JsonFlag, SeedOption, WorkersOption
from morelli.cli.recipe_options import DevicesOption, EpochsOption, TrainableOption, parse_trainable

if TYPE_CHECKING:
    from morelli.collection.parts import Split
    from morelli.evaluate.bench import BenchOptions
    from morelli.evaluate.published import Reproduced
    from morelli.evaluate.reproductions import Reproduction
    from morelli.gallery import Gallery
    from morelli.learn.recipe import Trainable
    from morelli.settings import Settings


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
    weights: PairedWeightsOption = None,
    from_scratch: ScratchFlag = False,
    encoder: StoredOption = None,
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
    from morelli.evaluate.reproductions import find_reproduction, list_reproductions
    from morelli.settings import load_settings

    if is_list:
        _print_list(is_json=json)
        return
    chosen = names or [name for name, one in list_reproductions().items() if one.kind == "board"]
    asked = {name: find_reproduction(name) for name in chosen}
    _require_pairs(asked, pairs)
    paths = read_sources(source or (), [one.source for one in asked.values()])
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
    from morelli.evaluate.published_files import tabulate_beside

    for one in found:
        print_board(one.board, is_json=False)
        if one.lines:
            table = tabulate_beside(one)
            columns = [name if place in (0, 1, 6) else f"#{name}" for place, name in enumerate(table.columns)]
            out.print()
            print_table(table.title, columns, [list(row) for row in table.rows])
        if one.differs:
            out.print(f"where ours differs: {one.differs}")


def _print_list(*, is_json: bool) -> None:
    from morelli.evaluate.reproductions import list_reproductions

    known = list_reproductions()
    if is_json:
        print_json({name: one.model_dump(mode="json") for name, one in known.items()})
        return
    rows = [
        [name, one.kind, one.source, " ".join(f"{figure.value:.4f}" for figure in one.published), one.summary]
        for name, one in known.items()
    ]
    print_table("what can be run again", ["name", "kind", "source", "published", "what"], rows)


def read_sources(pairs: Sequence[str], needed: Sequence[str]) -> dict[str, str]:
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
    from morelli.evaluate.bench import run_bench
    from morelli.evaluate.board_files import write_board
    from morelli.evaluate.published import Reproduced, measure_further, set_beside
    from morelli.evaluate.published_files import write_reproduced
    from morelli.learn.recipe_training import train_recipe

    gallery = open_or_collect(path, request.output / f"gallery-{one.source}", settings)
    folder = request.output / name
    splits: dict[str, Split] = {one.split.kind: one.split.draw(gallery.works(), seed=settings.seed)}
    names = request.recipes or (one.recipes if isinstance(one.recipes, str) else ",".join(one.recipes))
    with progress_steps() as progress:
        board = run_bench(
            gallery,
            choose_recipes(names),
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
    from morelli.evaluate.bench import BenchOptions
    from morelli.evaluate.bench_backbones import list_starts

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


def open_or_collect(path: str, folder: Path, settings: Settings) -> Gallery:
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
    from morelli.collection.official_pairs import convert_official_pairs
    from morelli.collection.pair_files import write_pairs
    from morelli.collection.pair_tables import list_columns

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
