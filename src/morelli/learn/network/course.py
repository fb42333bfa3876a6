"""A network learns by a recipe, on stored vectors or on pictures, and its heads are calibrated."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray

from morelli.collection.splits import Split
from morelli.embeddings import Embeddings
from morelli.encode.backbone import Backbone, choose_half, fit_to_weights, resolve_device
from morelli.encode.encoder import Encoder
from morelli.encode.spec import EncoderCard, EncoderSpec, PartSpec
from morelli.encode.weights import save_weights
from morelli.errors import SplitError
from morelli.gallery.embed import embed_gallery
from morelli.gallery.store import Gallery
from morelli.learn.network.data import RecipeRows, divide_rows, join_labels, make_lesson
from morelli.learn.network.export import Lineage, assemble_model
from morelli.learn.network.history import EpochRow
from morelli.learn.network.inputs import Augmenter, PictureInputs, VectorInputs
from morelli.learn.network.learner import Learner
from morelli.learn.network.loop import fit_network
from morelli.learn.network.plans import CHECK_BATCH, Batch, Inputs, Lesson, cut, make_plan
from morelli.learn.network.processes import PrecisionName
from morelli.learn.recipe import Recipe
from morelli.model.artefact import BACKBONE_WEIGHTS, TRAINING_FOLDER, Model
from morelli.model.standardisation import Standardisation
from morelli.settings import Settings

# The vectors that a recipe's head learns on, and the backbone that learns with it.

_Progress = Callable[[str], None]

_FROZEN_SEED = 0
"""Of weights that are drawn and never learn: the same for every training, so that they are stored once."""


def open_backbone(recipe: Recipe, weights: Sequence[Path], *, seed: int) -> Backbone:
    """Return the backbone of a recipe, the blocks that the recipe names ready to learn.

    Parameters
    ----------
    recipe
        Resolved.
    weights
        A file for it; none: timm's hub, or weights drawn with the seed where the recipe says so.
    seed
        Of weights that are drawn.

    Raises
    ------
    EncoderError
        When it cannot be built, or has fewer blocks than are to learn.
    """
    backbone = Backbone(
        _to_part(recipe, weights),
        device=torch.device("cpu"),  # the loop moves what learns to where it learns
        random_seed=None if weights or recipe.backbone.pretrained else seed,
    )
    backbone.features.freeze_all_but(recipe.trainable)
    return backbone


def _read_vectors(
    gallery: Gallery,
    recipe: Recipe,
    settings: Settings,
    weights: Sequence[Path],
    encoder: str | None,
    *,
    output: Path,
    say: _Progress,
) -> tuple[EncoderCard, Embeddings]:
    """Return the vectors that the head learns on, made now as far as they are not stored yet.

    Parameters
    ----------
    gallery
        Gets the vectors.
    recipe, weights
        As for `open_backbone`.
    settings
        Device, precision, workers, pixel cap.
    encoder
        Name or fingerprint of vectors that are stored, to be taken instead.
    output
        The model folder, which keeps weights that were drawn, with `_FROZEN_SEED`.
    say
        Called with a sentence before what takes long.

    Raises
    ------
    GalleryError
        When the gallery holds no such vectors, or no works.
    """
    if encoder is not None:
        card = gallery.encoder(encoder)
        return card, gallery.embeddings(card.fingerprint)
    if not weights and not recipe.backbone.pretrained:
        return _store_backbone(
            open_backbone(recipe, weights, seed=_FROZEN_SEED),
            gallery,
            recipe,
            settings,
            output=output,
            say=say,
        )
    return _embed(EncoderSpec(parts=(_to_part(recipe, weights),)), gallery, settings, say)


def _store_backbone(
    backbone: Backbone, gallery: Gallery, recipe: Recipe, settings: Settings, *, output: Path, say: _Progress
) -> tuple[EncoderCard, Embeddings]:
    """Write the weights of a backbone into a model folder, and give the gallery its vectors.

    Parameters
    ----------
    backbone
        Has learnt, or was drawn.
    gallery, recipe, settings
        As for `_read_vectors`.
    output
        The model folder.
    say
        Called with a sentence before what takes long.
    """
    output.mkdir(parents=True, exist_ok=True)
    path = (output / BACKBONE_WEIGHTS).absolute()
    save_weights(backbone.network, path, used_modules=backbone.features.used_modules)
    return _embed(EncoderSpec(parts=(_to_part(recipe, [path]),)), gallery, settings, say)


def _embed(
    spec: EncoderSpec, gallery: Gallery, settings: Settings, say: _Progress
) -> tuple[EncoderCard, Embeddings]:
    encoder = Encoder(spec, settings)
    name = encoder.card.name

    def tell(done: int, total: int) -> None:
        say(f"{name}: {done} of {total} works have their vectors")

    embed_gallery(gallery, encoder, settings, progress=tell)
    return encoder.card, gallery.embeddings(encoder.card.fingerprint)


def _to_part(recipe: Recipe, weights: Sequence[Path]) -> PartSpec:
    part = PartSpec(**recipe.backbone.model_dump(exclude={"pretrained"}))
    (spec,) = EncoderSpec(parts=(part,)).with_weights([path.absolute() for path in weights]).parts
    return fit_to_weights(spec) if weights else part


_Float = NDArray[np.float32]

_N_STANDARDISED = 1000
"""Works on which a backbone that is to learn is standardised: a deviation is known to 2 %."""


@dataclass(frozen=True, eq=False)
class Course:
    """A recipe with all that its network learns from.

    Parameters
    ----------
    recipe
        Resolved.
    gallery
        Holds the works, where their pictures are, and their vectors.
    split
        Its test part is never touched.
    settings
        Device, precision, workers, pixel cap.
    seed
        Of everything random.
    """

    recipe: Recipe
    gallery: Gallery
    split: Split
    settings: Settings
    seed: int


def train_network(
    course: Course,
    *,
    output: Path,
    weights: Sequence[Path] = (),
    encoder: str | None = None,
    devices: int = 1,
    resume: bool = False,
    log_tensorboard: bool = False,
    on_epoch: Callable[[EpochRow], None] | None = None,
    say: Callable[[str], None],
) -> Model:
    """Return the model of a network that learns; checkpoints and the tuned backbone lie in its folder.

    Parameters
    ----------
    course
        What is learnt from what.
    output, weights, encoder, devices, resume, log_tensorboard, on_epoch
        As for `recipe_training.train_recipe`.
    say
        Called with a sentence before each step.

    Raises
    ------
    SplitError
        When there are too few works or artists.
    TrainingError
        When the loss is not a number, or a checkpoint is of another run.
    """
    started = time.perf_counter()
    say(f"opening {course.recipe.backbone.model}")
    stored, backbone = None, None
    if course.recipe.trainable == "none":
        stored = _read_vectors(
            course.gallery,
            course.recipe,
            course.settings,
            weights,
            encoder,
            output=output,
            say=say,
        )
    else:
        backbone = open_backbone(course.recipe, weights, seed=course.seed)
    rows = _divide(course, None if stored is None else set(stored[1].ids))
    ids = pl.concat([rows.taught["id"], rows.checked["id"]]).unique().sort().to_list()
    learner, inputs, lessons = _prepare(course, rows, ids, stored, backbone)
    say(f"learning {course.recipe.name} from {len(rows.taught)} works")
    history = fit_network(
        learner,
        make_plan(course.recipe.batches, *lessons, seed=course.seed),
        inputs,
        optimiser=course.recipe.optimiser,
        schedule=course.recipe.schedule,
        groups=learner.list_groups(course.recipe.optimiser.backbone_factor),
        folder=output / TRAINING_FOLDER,
        identity=_identify(course, rows, stored, backbone),
        seed=course.seed,
        devices=devices,
        accelerator=course.settings.device,
        precision=_choose_precision(course.settings),
        resume=resume,
        n_workers=0 if backbone is None else course.settings.workers or 0,
        names=ids,
        log_tensorboard=log_tensorboard,
        on_epoch=on_epoch,
        progress=lambda label, done, total: say(f"{label}: {done} of {total} batches"),
    )
    learnt_seconds = time.perf_counter() - started
    if backbone is not None:
        stored = _store_backbone(
            backbone, course.gallery, course.recipe, course.settings, output=output, say=say
        )
    assert stored is not None  # noqa: S101 - one of the two branches above
    say("calibrating")
    lineage = Lineage(
        course.gallery,
        course.recipe,
        course.split,
        course.seed,
        learnt_seconds,
        history,
        weights,
        is_stored=encoder is not None,
    )
    return assemble_model(lineage, learner, rows, *stored, say=say)


def _divide(course: Course, held: set[str] | None) -> RecipeRows:
    """Return who does what, of the works that have a vector, or whose pictures could be read so far."""
    works = course.gallery.works()
    if held is None:
        unread = set(course.gallery.skips()["path"].to_list())
        held = set(works.filter(~pl.col("path").is_in(list(unread)))["id"].to_list())
    parts = {}
    for part in ("train", "val", "test"):
        rows = course.split.part(part).filter(pl.col("id").is_in(list(held)))
        if rows.is_empty() and part != "test":
            raise SplitError(
                f"part '{part}'", expected="works to learn from", found="none", remedy="draw another split"
            )
        parts[part] = join_labels(rows, works, part)
    recipe = course.recipe
    return divide_rows(
        parts,
        recipe.data,
        recipe.loss.labels,
        names_artists=recipe.batches.kind == "works" and "artist" in recipe.loss.labels,
        seed=course.seed,
    )


def _prepare(
    course: Course,
    rows: RecipeRows,
    ids: Sequence[str],
    stored: tuple[EncoderCard, Embeddings] | None,
    backbone: Backbone | None,
) -> tuple[Learner, Inputs, tuple[Lesson, Lesson]]:
    """Return the network, what it reads of the works in the order of their ids, and what to do with them."""
    positions = {work_id: place for place, work_id in enumerate(ids)}
    taught, checked = (make_lesson(part, positions, rows.classes) for part in (rows.taught, rows.checked))
    inputs: Inputs
    if backbone is not None:
        inputs, n_inputs = _read_pictures(course, ids, backbone), backbone.card.dimension
        vectors = _look_ahead(inputs, backbone, taught) if course.recipe.head.standardise else None
    else:
        assert stored is not None  # noqa: S101 - there are stored vectors where no backbone learns
        values = stored[1].select(ids)
        inputs, n_inputs = _add_noise(course, values), values.shape[1]
        vectors = values[np.unique(taught.rows)] if course.recipe.head.standardise else None
    sizes = {
        label: torch.bincount(torch.from_numpy(codes[codes >= 0]), minlength=len(rows.classes[label]))
        for label, codes in taught.classes.items()
    }
    with torch.random.fork_rng():
        torch.manual_seed(course.seed)
        learner = Learner(
            course.recipe,
            n_inputs,
            sizes,
            body=None if backbone is None else backbone.features,
            standardisation=None if vectors is None else Standardisation.fit(vectors),
        )
    return learner, inputs, (taught, checked)


def _choose_precision(settings: Settings) -> PrecisionName:
    """Return what is asked for; where nothing is, bfloat16 on a GPU that multiplies it natively."""
    device = resolve_device(settings.device)
    if settings.precision == "auto" and device.type != "cuda":
        return "32-true"
    half = choose_half(device, settings.precision)
    return "32-true" if half is None else "bf16-mixed" if half is torch.bfloat16 else "16-mixed"


def _add_noise(course: Course, values: _Float) -> VectorInputs:
    return VectorInputs(
        values,
        course.recipe.augmentation.noise,
        changes_originals=course.recipe.data.copies == 0,
        seed=course.seed,
    )


def _read_pictures(course: Course, ids: Sequence[str], backbone: Backbone) -> PictureInputs:
    paths = dict(course.gallery.works().select("id", "path").rows())
    return PictureInputs(
        paths=[Path(paths[work_id]) for work_id in ids],
        ids=ids,
        transform=backbone.transform,
        augmenter=Augmenter(course.recipe.augmentation, backbone.transform, seed=course.seed),
        changes_originals=course.recipe.data.copies == 0,
        max_pixels=course.settings.max_pixels,
    )


def _look_ahead(inputs: PictureInputs, backbone: Backbone, taught: Lesson) -> _Float:
    """Return the vectors of some works before anything has learnt, to standardise by."""
    rows = np.unique(taught.rows)
    order = np.random.default_rng(0).permutation(len(rows))[:_N_STANDARDISED]
    batches = [Batch(part[:, None], np.zeros_like(part[:, None])) for part in cut(rows[order], CHECK_BATCH)]
    with torch.inference_mode():
        read = (inputs.read(batch, epoch=0, is_training=False) for batch in batches)
        return np.concatenate([backbone.forward(batch).cpu().numpy() for batch in read])


def _identify(
    course: Course,
    rows: RecipeRows,
    stored: tuple[EncoderCard, Embeddings] | None,
    backbone: Backbone | None,
) -> str:
    """Return what makes a training this one: recipe, split, seed, works and the weights it starts from."""
    start: Any = stored[0].fingerprint if stored is not None else backbone and backbone.card.identity()
    facts = [
        course.recipe.digest,
        course.split.digest,
        course.seed,
        rows.taught.select("id", "copy").rows(),
        start,
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()
