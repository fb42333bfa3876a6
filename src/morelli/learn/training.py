"""From a gallery, a split and a recipe to a model folder, whatever it is that learns."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from morelli.collection.splits import Split
from morelli.collection.work import Skip
from morelli.encode.encoder import Encoder
from morelli.gallery.store import Gallery
from morelli.learn.network.history import EpochRow
from morelli.learn.recipe import Recipe, Trainable
from morelli.learn.recipe_files import resolve
from morelli.model.artefact import Model, write_model
from morelli.settings import Settings

_log = logging.getLogger(__name__)


def train_recipe(
    gallery: Gallery,
    recipe: Recipe,
    split: Split,
    *,
    output: Path,
    settings: Settings | None = None,
    weights: Sequence[Path] = (),
    encoder: str | None = None,
    trainable: Trainable | None = None,
    changes: Mapping[str, Any] | None = None,
    seed: int = 0,
    devices: int = 1,
    resume: bool = False,
    log_tensorboard: bool = False,
    on_epoch: Callable[[EpochRow], None] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Model:
    """Learn by a recipe and write the model folder.

    Parameters
    ----------
    gallery
        Of works with pictures. Vectors that the recipe needs and that are missing are made.
    recipe
        As `recipe_files.load_recipe` returns it.
    split
        Its test part is never touched.
    output
        The model folder. Checkpoints, ``history.csv`` and curves lie in its folder ``training``.
    settings
        Device, precision, workers and pixel cap; None: the defaults.
    weights
        Files with the backbone's weights; none: timm's hub, or weights drawn with the seed where the recipe
        says so.
    encoder
        Learn on the stored vectors of this encoder instead of the recipe's own backbone's; nothing of a
        backbone then learns.
    trainable
        Instead of the recipe's: "none", a number of last blocks, or "all".
    changes
        Fields of the recipe by section that are different here, as `recipe_files.resolve` takes them.
    seed
        The same seed, gallery and split give the same model on one device.
    devices
        Processes, each with a device of its own.
    resume
        Go on from the last checkpoint in `output`.
    log_tensorboard
        Write events for TensorBoard, too.
    on_epoch
        Called after each epoch.
    progress
        Called with a sentence before each step.

    Raises
    ------
    SplitError
        When there are too few works or artists.
    TrainingError
        When the loss is not a number, or a checkpoint is of another run.
    """
    chosen = resolve(recipe, "none" if encoder is not None else trainable, changes=changes)
    say = progress or _log.info
    if chosen.learner == "hand":
        from morelli.learn.hand import train_hand

        model = train_hand(gallery, gallery.encoder(encoder), chosen, split, seed=seed, say=say)
    else:  # what networks need is slow to import
        from morelli.learn.network.course import Course, train_network

        model = train_network(
            Course(chosen, gallery, split, settings or Settings(), seed),
            output=output,
            weights=weights,
            encoder=encoder,
            devices=devices,
            resume=resume,
            log_tensorboard=log_tensorboard,
            on_epoch=on_epoch,
            say=say,
        )
    write_model(model, output)
    return model


def calibrate_details(
    model: Model,
    gallery: Gallery,
    encoder: Encoder,
    *,
    n_pictures: int,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Model, tuple[Skip, ...]]:
    """Return a model that knows how alike details of two hands are, and the pictures that cannot be read.

    They are pictures of the split's val part, read with the model's encoder.
    """
    from morelli.learn.heads.details import fit_details  # as slow to import as a network

    works = model.split.part("val").join(gallery.works().select("id", "path"), on="id")
    fitted = fit_details(
        model.comparison, encoder, works, n_pictures=n_pictures, seed=seed, progress=progress
    )
    return replace(model, details=fitted.calibration), fitted.skips
