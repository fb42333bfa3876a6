"""``morelli train``, ``recipes``, ``enrol``, ``recalibrate``, ``card``: a model, and what to know of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from morelli.cli.console import out, print_json, print_table, progress_bar, progress_course, say, say_skips
from morelli.cli.options import (
    ChangeOption,
    DeviceOption,
    DevicesOption,
    EncoderOption,
    EpochsOption,
    GalleryArgument,
    GalleryOption,
    JsonFlag,
    PrecisionOption,
    QualifiedFlag,
    RecipeOption,
    RequiredGallery,
    ResumeFlag,
    SeedOption,
    TensorboardFlag,
    TrainableOption,
    WatchFlag,
    WeightsOption,
    WhereOption,
    WorkersOption,
    parse_trainable,
)
from morelli.cli.split import say_steps

if TYPE_CHECKING:
    from morelli.encode.encoder import Encoder
    from morelli.gallery import Gallery
    from morelli.learn.network.history import EpochRow
    from morelli.learn.recipe import Recipe
    from morelli.model import Model
    from morelli.settings import Progress


_DetailsOption = Annotated[
    int | None,
    typer.Option(
        "--details", help="Calibrate the likeness of details on this many pictures of the val part."
    ),
]


def train(
    gallery: GalleryArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="Model folder to write.")],
    split: Annotated[
        str, typer.Option("--split", "-s", help="seen, unseen, source, official, or a CSV file with a split.")
    ] = "seen",
    recipe: RecipeOption = "hand",
    encoder: EncoderOption = None,
    trainable: TrainableOption = None,
    change: ChangeOption = None,
    epochs: EpochsOption = None,
    resume: ResumeFlag = False,
    watch: WatchFlag = False,
    tensorboard: TensorboardFlag = False,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Go on with a network that is dead or collapsed.")
    ] = False,
    devices: DevicesOption = 1,
    with_qualified: QualifiedFlag = False,
    details: _DetailsOption = None,
    weights: WeightsOption = None,
    device: DeviceOption = None,
    precision: PrecisionOption = None,
    workers: WorkersOption = None,
    seed: SeedOption = None,
    json: JsonFlag = False,
) -> None:
    """Learn to name artists and to compare works, from the vectors of a gallery or by a recipe.

    Example: morelli train demo/gallery --split seen -o demo/model-seen
    """
    from morelli.collection.splits import load_split
    from morelli.gallery import Gallery
    from morelli.judge import Session
    from morelli.learn.network.data import Training
    from morelli.learn.recipe_files import load_recipe, read_changes
    from morelli.learn.training import train_recipe
    from morelli.model import write_model
    from morelli.report.model_card import render_cards
    from morelli.settings import load_settings

    _refuse_ignored(
        load_recipe(recipe),
        {"--watch": watch, "--tensorboard": tensorboard, "--resume": resume, "--epochs": epochs is not None,
         "--devices": devices != 1, "--trainable": trainable not in (None, "none"),
         "--keep-going": keep_going},
    )  # fmt: skip
    opened = Gallery(gallery)
    settings = load_settings(seed=seed, device=device, precision=precision, workers=workers)
    changes = read_changes([*(change or ()), *([] if epochs is None else [f"schedule.epochs={epochs}"])])
    drawn = load_split(split, opened.works(), seed=settings.seed, with_qualified=with_qualified)
    say_steps(drawn)
    with _follow(watch) as (on_epoch, progress):
        training = Training(
            opened, load_recipe(recipe), drawn, output, settings=settings, weights=weights or (),
            encoder=encoder, trainable=parse_trainable(trainable), changes=changes, seed=settings.seed,
            devices=devices, resume=resume, log_tensorboard=tensorboard, keep_going=keep_going,
            progress=progress,
        )  # fmt: skip
        model = train_recipe(training, on_epoch=on_epoch, pages=render_cards)
    if details is not None:
        own = Session(model, weights=weights or (), device=device).encoder
        model = _calibrate_details(model, opened, own, n_pictures=details, seed=settings.seed)
        write_model(model, output, render_cards(model))
    _draw_curves(output)
    print_json(model.to_card()) if json else out.print(_describe(model, output))


def _refuse_ignored(recipe: Recipe, given: Mapping[str, bool]) -> None:
    """Refuse options for networks beside a recipe that trains none."""
    from morelli.errors import UsageError

    ignored = [name for name, is_given in given.items() if is_given]
    if recipe.learner == "hand" and ignored:
        raise UsageError(
            ", ".join(ignored),
            expected="a recipe that trains a network",
            found=f"{recipe.name}, which learns from stored vectors in one go",
            remedy="leave it out, or name another --recipe",
        )


@contextmanager
def _follow(watch: bool) -> Iterator[tuple[Callable[[EpochRow], None] | None, Progress]]:
    """Show curves, or the step under way with its time left; yields what to call after each."""
    from morelli.cli.console import watch_training
    from morelli.settings import ignore_progress

    if watch:
        with watch_training() as show:
            yield show, ignore_progress
    else:
        with progress_course() as progress:
            yield None, progress


def _calibrate_details(
    model: Model, gallery: Gallery, encoder: Encoder, *, n_pictures: int, seed: int
) -> Model:
    """Return a model that knows how alike details of two hands are; list pictures that are not at hand."""
    from morelli.learn.training import calibrate_details

    with progress_bar("details", "pictures") as progress:
        calibrated, skips = calibrate_details(
            model, gallery, encoder, n_pictures=n_pictures, seed=seed, progress=progress
        )
    say_skips(skips, hint="--details")
    return calibrated


def _draw_curves(output: Path) -> None:
    """Draw the losses and accuracies of each epoch, where a network has learnt."""
    from morelli.learn.network.history import HISTORY_FILE, History
    from morelli.model import TRAINING_FOLDER
    from morelli.report.training import write_curves

    folder = output / TRAINING_FOLDER
    if (folder / HISTORY_FILE).is_file():
        write_curves(History.read(folder / HISTORY_FILE), folder)


def _describe(model: Model, output: Path) -> str:
    validation, recipe = model.facts["validation"], model.facts["recipe"]
    learnt = f"{recipe['epochs']} epochs, " if recipe["epochs"] else ""
    at_chance = f"\nWARNING: {recipe['at_chance']}" if recipe.get("at_chance") else ""
    return (
        f"{output}: {recipe['name']}, {len(model.attribution.artists)} artists, "
        f"comparison {model.comparison.method}, split {model.split.name}, {learnt}"
        f"{model.facts['seconds']} s; "
        f"on validation works: top-1 {validation['accuracy']:.3f}, "
        f"pair AUC {max(validation['pair_roc_auc_by_method'].values()):.3f}{at_chance}"
    )


def recipes(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Recipe to print, or a .yaml file to check.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """List the recipes, or print one: what is learnt, on what, how, and where the approach comes from.

    Example: morelli recipes triplet-resnet18
    """
    from morelli.learn.recipe_files import (
        list_plugin_recipes,
        list_recipes,
        load_recipe,
        read_recipe_text,
    )

    if name is not None:
        recipe = load_recipe(name)
        if json:
            print_json(recipe.model_dump(mode="json"))
        else:
            out.print(read_recipe_text(name).rstrip("\n"))
        return
    listed = [*list_recipes(), *list_plugin_recipes()]
    if json:
        print_json([_summarise(recipe) for recipe in listed])
        return
    rows = [[recipe.name, ", ".join(recipe.variants), recipe.summary] for recipe in listed]
    print_table(f"{len(listed)} recipes", ["recipe", "variants", "sentence"], rows)


def _summarise(recipe: Any) -> dict[str, Any]:
    return {
        "name": recipe.name,
        "variants": list(recipe.variants),
        "summary": recipe.summary,
        "source": recipe.source,
        "backbone": recipe.backbone.model,
        "trainable": recipe.trainable,
        "loss": recipe.loss.name,
        "digest": recipe.digest,
    }


def enrol(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="Model folder.")],
    works: Annotated[
        list[str], typer.Argument(metavar="IMAGE|WORK_ID...", help="1 to 10 pictures, or ids with --gallery.")
    ],
    artist: Annotated[str, typer.Option("--artist", "-a", help="The artist's name.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Model folder to write.", show_default="MODEL itself"),
    ] = None,
    gallery: GalleryOption = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Drop the works enrolled for this artist before.")
    ] = False,
    known: Annotated[
        bool,
        typer.Option("--known", help="Enrol an artist whom the model has learnt, beside the learnt one."),
    ] = False,
    another: Annotated[
        bool,
        typer.Option("--another", help="Enrol an artist whose name is spelled nearly like a known one's."),
    ] = False,
    weights: WeightsOption = None,
    device: DeviceOption = None,
    json: JsonFlag = False,
) -> None:
    """Add an artist to a model from 1 to 10 works, without training.

    Example: morelli enrol demo/model-seen a.jpg b.jpg --artist "Anna Ancher" -o demo/model-more
    """
    from morelli.judge import Session
    from morelli.model import write_model
    from morelli.report.model_card import render_cards

    session = Session.open(model, gallery, weights=weights, device=device)
    queries = session.read(works)
    say_skips(queries.skips, hint="--json")
    for name, doubts in zip(queries.names, queries.doubts, strict=True):
        for doubt in doubts:
            say(f"{name}: {doubt}")
    larger = session.enrol(artist, queries, is_replacing=replace, may_be_known=known, is_another=another)
    write_model(larger, output or model, render_cards(larger))
    counts = larger.enrolled.counts if larger.enrolled is not None else {}
    if json:
        print_json({"enrolled": counts, "skips": [vars(skip) for skip in queries.skips]})
        return
    for name, n_works in counts.items():
        out.print(f"{name}: enrolled from {n_works} work{'s' if n_works != 1 else ''}")


def recalibrate(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="Model folder.")],
    gallery: RequiredGallery,
    output: Annotated[Path, typer.Option("--output", "-o", help="Model folder to write.")],
    where: WhereOption = None,
    artists: Annotated[
        int | None,
        typer.Option(help="Artists to draw; the others are left to measure on.", show_default="all"),
    ] = None,
    seed: SeedOption = None,
    json: JsonFlag = False,
) -> None:
    """Calibrate the likelihood ratios of a model on labelled works of another collection.

    Example: morelli recalibrate demo/model-unseen --gallery demo/gallery -o demo/model-here
    """
    from morelli.gallery import Gallery
    from morelli.learn.population import recalibrate as calibrate
    from morelli.model import read_model, write_model
    from morelli.report.model_card import render_cards
    from morelli.settings import load_settings

    number = load_settings(seed=seed).seed
    found = calibrate(read_model(model), Gallery(gallery), where=where, n_artists=artists, seed=number)
    write_model(found, output, render_cards(found))
    calibration = found.comparison.calibration
    population = calibration.population
    low, high = calibration.find_bounds()
    if json:
        told = None if population is None else vars(population)
        print_json({"population": told, "bounds": [low, high], "model": str(output)})
        return
    if population is not None:
        out.print(f"calibrated on {population.describe()}; log10 likelihood ratios {low:+.2f} to {high:+.2f}")


def card(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="Model folder, as 'morelli train' wrote it.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write, .html or .md.", show_default="print Markdown"),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Report of this model, for its numbers on test works.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Show what a model learnt from, how well it does, and what it must not be used for.

    Example: morelli card demo/model-unseen --report demo/report/report.json -o card.html
    """
    from morelli.files import write_file
    from morelli.model import read_model
    from morelli.report.folder import read_report
    from morelli.report.model_card import describe_model, render_card

    folder = report.parent if report is not None and report.is_file() else report
    described = describe_model(read_model(model), read_report(folder) if folder is not None else None)
    if output is not None:
        write_file(output, render_card(described, output.suffix))
        say(f"card: {output}")
    if json:
        print_json(described.to_dict())
    elif output is None:
        out.print(render_card(described, ".md"))
