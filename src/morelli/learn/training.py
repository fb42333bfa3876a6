"""How a recipe becomes a model folder, whatever it is that learns: stored vectors or a network."""

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
from morelli.settings import Progress, Settings

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
    progress: Progress | None = None,
) -> Model:
    """Learn by a recipe, as `load_recipe` gives it, and write the model folder; the test part is not touched.

    Vectors that the recipe needs and that are missing are made. Files with weights are the backbone's; with
    an encoder, its stored vectors are learnt from and nothing of a backbone learns. `trainable` and `changes`
    are those of `resolve`. With `resume` a network goes on from the last checkpoint in the output folder. The
    same seed, gallery and split give the same model on one device.

    Raises a `SplitError` for too few works or artists, a `TrainingError` when a loss is not a number.
    """
    chosen = resolve(recipe, "none" if encoder is not None else trainable, changes=changes)
    say = _log.info if progress is None else lambda step: progress(step, 0, 0)
    if chosen.learner == "hand":
        from morelli.learn.hand import train_hand

        model = train_hand(gallery, gallery.encoder(encoder), chosen, split, seed=seed, say=say)
    else:  # what networks need is slow to import
        from morelli.learn.network.course import train_network
        from morelli.learn.network.data import Course

        course = Course(chosen, gallery, split, settings or Settings(), seed, output, weights, encoder, say)
        model = train_network(
            course, devices=devices, resume=resume, log_tensorboard=log_tensorboard, on_epoch=on_epoch
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
    progress: Progress | None = None,
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
