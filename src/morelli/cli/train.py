"""``morelli train``: heads from stored vectors, or a whole network by a recipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from morelli.cli.console import err, out, print_json
from morelli.cli.details import DetailsOption, calibrate_details
from morelli.cli.options import (
    DeviceOption,
    EncoderOption,
    GalleryArgument,
    JsonFlag,
    PrecisionOption,
    QualifiedFlag,
    SeedOption,
    WeightsOption,
    WorkersOption,
)
from morelli.cli.recipe_options import (
    ChangeOption,
    DevicesOption,
    EpochsOption,
    RecipeOption,
    ResumeFlag,
    TensorboardFlag,
    TrainableOption,
    WatchFlag,
    parse_trainable,
)
from morelli.cli.split import say_steps

if TYPE_CHECKING:
    from morelli.learn.history import EpochRow
    from morelli.model import Model


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
    devices: DevicesOption = 1,
    with_qualified: QualifiedFlag = False,
    details: DetailsOption = None,
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
    from morelli.evaluate.model_card import write_cards
    from morelli.gallery import Gallery
    from morelli.learn.recipe_files import load_recipe, read_changes
    from morelli.model import write_model
    from morelli.settings import load_settings

    opened = Gallery(gallery)
    settings = load_settings(seed=seed, device=device, precision=precision, workers=workers)
    chosen = load_recipe(recipe)
    changes = read_changes([*(change or ()), *([] if epochs is None else [f"schedule.epochs={epochs}"])])
    drawn = load_split(split, opened.works(), seed=settings.seed, with_qualified=with_qualified)
    say_steps(drawn)
    from morelli.learn.recipe_training import train_recipe

    with _follow(watch) as (on_epoch, say_step):
        model = train_recipe(
            opened,
            chosen,
            drawn,
            output=output,
            settings=settings,
            weights=weights or (),
            encoder=encoder,
            trainable=parse_trainable(trainable),
            changes=changes,
            seed=settings.seed,
            devices=devices,
            resume=resume,
            log_tensorboard=tensorboard,
            on_epoch=on_epoch,
            progress=say_step,
        )
    if details is not None:
        model = calibrate_details(
            model, opened, details, weights=weights or (), device=device, seed=settings.seed
        )
        write_model(model, output)
    write_cards(model, output)
    _draw_curves(output)
    if json:
        print_json(model.to_card())
        return
    out.print(_describe(model, output))


@contextmanager
def _follow(watch: bool) -> Iterator[tuple[Callable[[EpochRow], None] | None, Callable[[str], None]]]:
    """Show curves in the terminal, or the step that is being done; yields what to call after each."""
    from morelli.cli.watch import watch_training

    if watch:
        with watch_training() as show:
            yield show, lambda _: None
    else:
        with err.status("train") as status:
            yield None, status.update


def _draw_curves(output: Path) -> None:
    """Draw the losses and accuracies of each epoch, where a network has learnt."""
    from morelli.evaluate.training_plots import write_curves
    from morelli.learn.history import HISTORY_FILE, History
    from morelli.model import TRAINING_FOLDER

    folder = output / TRAINING_FOLDER
    if (folder / HISTORY_FILE).is_file():
        write_curves(History.read(folder / HISTORY_FILE), folder)


def _describe(model: Model, output: Path) -> str:
    validation, recipe = model.facts["validation"], model.facts["recipe"]
    learnt = f"{recipe['epochs']} epochs, " if recipe["epochs"] else ""
    return (
        f"{output}: {recipe['name']}, {len(model.attribution.artists)} artists, "
        f"comparison {model.comparison.method}, split {model.split.name}, {learnt}"
        f"{model.facts['seconds']} s; "
        f"on validation works: top-1 {validation['accuracy']:.3f}, "
        f"pair AUC {max(validation['pair_roc_auc_by_method'].values()):.3f}"
    )
