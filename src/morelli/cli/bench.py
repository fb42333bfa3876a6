"""Whole journeys in one command: ``morelli bench`` and ``reproduce`` beside others' figures, and ``demo``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from morelli.cli.console import out, print_json, print_table, progress_bar, progress_steps, say
from morelli.cli.options import (
    ChangeOption,
    DeviceOption,
    DevicesOption,
    EpochsOption,
    GalleryArgument,
    JsonFlag,
    SeedOption,
    TrainableOption,
    WeightsOption,
    WorkersOption,
    parse_trainable,
)
from morelli.errors import SplitError, UsageError

if TYPE_CHECKING:
    from morelli.bench.board import Board
    from morelli.bench.published import Reproduced, Reproduction

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
    from morelli.bench.run import BenchOptions, choose_recipes, list_starts, load_splits, run_bench
    from morelli.bench.tables import write_board
    from morelli.gallery import Gallery
    from morelli.learn.recipe_files import read_changes
    from morelli.learn.training import train_recipe
    from morelli.settings import load_settings

    settings = load_settings(seed=seed, device=device, workers=workers)
    opened, names = Gallery(gallery), split or ["unseen"]
    flags = _join_flags({
        "-s": names, "--set": change, "--trainable": trainable, "-w": weights, "--from-scratch": from_scratch,
        "-e": encoder, "--shared": shared, "--seeds": seeds, "--seed": settings.seed, "-o": output,
    })  # fmt: skip
    options = BenchOptions(
        n_seeds=seeds, trainable=parse_trainable(trainable), epochs=epochs, starts=list_starts(weights or ()),
        from_scratch=from_scratch, encoder=encoder, is_shared=shared, changes=read_changes(change or ()),
        devices=devices, seed=settings.seed, settings=settings,
        command=f"morelli bench {gallery} -r {recipes} {flags}",
    )  # fmt: skip
    with progress_steps() as progress:
        splits = load_splits(names, opened.works(), seed=settings.seed)
        board = run_bench(
            opened,
            choose_recipes(recipes),
            splits,
            output,
            train=train_recipe,
            options=options,
            progress=progress,
        )
    page = write_board(board, output)
    _print_board(board, is_json=json)
    say(f"board: {page}")
    raise typer.Exit(0 if board.lines else 1)


def _join_flags(values: Mapping[str, object]) -> str:
    """Return options as they are typed; none where there is no value.

    >>> _join_flags({"-s": ["seen", "unseen"], "--shared": True, "-e": None, "--seed": 0})
    '-s seen -s unseen --shared --seed 0'
    """
    words = []
    for flag, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            if one is True:
                words.append(flag)
            elif one is not None and one is not False:
                words.append(f"{flag} {one}")
    return " ".join(words)


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
    from morelli.bench.reproduction import Request, run_reproduction
    from morelli.bench.run import list_starts
    from morelli.learn.training import train_recipe
    from morelli.settings import load_settings

    if is_list:
        _print_list(is_json=json)
        return
    chosen = names or [name for name, one in list_reproductions().items() if one.kind == "board"]
    reproductions = {name: find_reproduction(name) for name in chosen}
    _require_pairs(reproductions, pairs)
    paths = _read_sources(source or (), [one.source for one in reproductions.values()])
    settings = load_settings(seed=seed, device=device, workers=workers)
    request = Request(
        output, f"morelli reproduce {{}} --source {{}} --seed {settings.seed} -o {output}", recipes, seeds,
        parse_trainable(trainable), epochs, list_starts(weights or ()), from_scratch, encoder, devices, pairs,
        solution, settings,
    )  # fmt: skip
    with progress_steps() as progress:
        found = [
            run_reproduction(
                name, one, paths[one.source], request, train=train_recipe, say=say, progress=progress
            )
            for name, one in reproductions.items()
        ]  # fmt: skip
    print_json([one.to_dict() for one in found]) if json else _print_found(found)
    if not all(one.board.lines for one in found):
        raise typer.Exit(1)


def _print_found(found: Sequence[Reproduced]) -> None:
    from morelli.bench.published import tabulate_beside

    for one in found:
        _print_board(one.board, is_json=False)
        if not one.figures.is_empty():
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
    """Return the path of each source that is needed, from texts such as ``wikiart=pictures/wikiart``."""
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


def _require_pairs(reproductions: Mapping[str, Reproduction], pairs: Path | None) -> None:
    for name, one in reproductions.items():
        if one.needs_pairs and pairs is None:
            raise UsageError(
                name,
                expected="--pairs",
                found="none",
                remedy="give the contest's submission_info.csv, or a pair file",
            )


def demo(
    source: Annotated[
        Path | None, typer.Argument(help="Folder or table of pictures; none: painters drawn by the package.")
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for everything that is made.")
    ] = Path("demo"),
    encoder: Annotated[str, typer.Option("--encoder", "-e", help="As for 'morelli embed'.")] = "descriptors",
    weights: WeightsOption = None,
    layers: Annotated[
        list[str] | None, typer.Option("--layers", "-l", help="As for 'morelli embed'.")
    ] = None,
    seed: SeedOption = None,
) -> None:
    """Collect, audit, embed, train and evaluate, as far as the labels allow; say what to type next.

    Example: morelli demo
    """
    from morelli.cli.collect import audit, collect
    from morelli.cli.embed import embed
    from morelli.cli.evaluate import evaluate
    from morelli.cli.train import train
    from morelli.settings import load_settings

    number = load_settings(seed=seed).seed
    gallery = str(output / "gallery")
    pictures = source or _draw_pictures(output / "painters", number)
    say(f"1/5 collect {pictures}")
    collect(str(pictures), gallery)
    kinds = _list_kinds(gallery, number)
    models = [output / f"model-{kind}" for kind in kinds]
    say("2/5 audit")
    audit(gallery, output / "audit", seed=number)
    say(f"3/5 embed with {encoder}")
    embed(gallery, encoder=encoder, weights=weights, layers=layers)
    say(f"4/5 train on {' and on '.join(kinds)} artists" if kinds else "4/5 train: left out")
    for kind, model in zip(kinds, models, strict=True):
        train(gallery, model, split=kind, seed=number)
    say("5/5 evaluate" if kinds else "5/5 evaluate: left out")
    if models:
        evaluate(gallery, models, output / "report", seed=number)
    _say_next(output, gallery, kinds)


def _list_kinds(gallery: str, seed: int) -> list[str]:
    """Return the kinds of split that the collection has works and artists for; say what the others lack."""
    from morelli.collection.splits import draw_split
    from morelli.gallery import Gallery
    from morelli.learn.hand import check_split

    works, kinds = Gallery(gallery).works(), []
    for kind in ("seen", "unseen"):
        try:
            check_split(draw_split(works, kind, seed=seed), seed=seed)
        except SplitError as error:
            say(f"No model for {kind} artists. {error}")
        else:
            kinds.append(kind)
    return kinds


def _draw_pictures(folder: Path, seed: int) -> Path:
    from morelli.demo.collection import draw_collection

    say("0/5 draw 24 painters")
    with progress_bar("draw", "pictures") as progress:
        return draw_collection(folder, seed=seed, progress=progress)


def _say_next(output: Path, gallery: str, kinds: Sequence[str]) -> None:
    from morelli.gallery import Gallery

    works = Gallery(gallery).works()
    first, last = works["path"][0], works["path"][-1]
    out.print(f"\nThe audit is {output / 'audit' / 'audit.html'}{',' if kinds else '. Next:'}")
    if kinds:
        out.print(f"the report {output / 'report' / 'report.html'}. Next:")
    out.print("")
    lines = [f"morelli search {works['id'][0]} -g {gallery} -k 5"]
    if "seen" in kinds:
        lines.insert(0, f"morelli attribute '{first}' -m {output}/model-seen -g {gallery}")
    if kinds:
        lines.insert(-1, f"morelli compare '{first}' '{last}' -m {output}/model-{kinds[-1]}")
    for line in (*lines, f"morelli demo PICTURES -o {output}-mine"):
        out.print(f"  {line}")
