"""How a recipe becomes a model folder, whatever it is that learns: stored vectors or a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from morelli.collection.work import Skip
from morelli.encode.encoder import Encoder
from morelli.errors import needs_networks
from morelli.gallery.store import Gallery
from morelli.learn.network.data import Training
from morelli.learn.network.history import EpochRow
from morelli.learn.recipe_files import resolve
from morelli.model.artefact import BACKBONE_WEIGHTS, TRAINING_FOLDER, Model, write_model
from morelli.settings import Progress


def train_recipe(
    training: Training,
    *,
    on_epoch: Callable[[EpochRow], None] | None = None,
    pages: Callable[[Model], Mapping[str, str]] | None = None,
) -> Model:
    """Learn by a recipe and write the model folder; vectors that are needed and missing are made.

    `pages` makes further files of the folder, by name. Until all is written, a model that was there answers.
    The same seed, gallery and split give the same model on one device.

    Raises a `SplitError` for too few works or artists, a `TrainingError` when a loss is not a number.
    """
    trainable = "none" if training.encoder is not None else training.trainable
    training = replace(training, recipe=resolve(training.recipe, trainable, changes=training.changes))
    if training.recipe.learner == "hand":
        from morelli.learn.hand import train_hand

        model = train_hand(training, training.gallery.encoder(training.encoder))
    else:  # what networks need is slow to import
        with needs_networks(f"recipe {training.recipe.name}"):
            from morelli.learn.network.course import train_network

        model = train_network(training, on_epoch=on_epoch)
    learnt = (training.output / TRAINING_FOLDER / BACKBONE_WEIGHTS).absolute()
    kept = (training.output / BACKBONE_WEIGHTS).absolute()
    own = str(learnt) in {part.origin for part in model.encoder.parts}
    if own:
        model = replace(model, encoder=model.encoder.move_weights(learnt, kept))
    beside = dict(pages(model)) if pages is not None else {}
    write_model(model, training.output, {**beside, BACKBONE_WEIGHTS: learnt} if own else beside)
    if own:
        training.gallery.register_encoder(model.encoder)
        learnt.unlink()
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
