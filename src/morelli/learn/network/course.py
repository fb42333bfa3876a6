"""How a network learns by a recipe, from a gallery and a split to a model.

What learns is a head on stored vectors, or a backbone with its head on pictures; `loop` goes through the
epochs, and `export` calibrates what was learnt.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray

from morelli.embeddings import Embeddings
from morelli.encode.backbone import Backbone, choose_half, fit_to_weights, resolve_device
from morelli.encode.encoder import Encoder
from morelli.encode.spec import EncoderCard, EncoderSpec, PartSpec
from morelli.encode.weights import save_weights
from morelli.errors import SplitError
from morelli.gallery.embed import embed_gallery
from morelli.learn.network.data import RecipeRows, Training, divide_rows, index_works, join_labels
from morelli.learn.network.export import assemble_model
from morelli.learn.network.history import EpochRow
from morelli.learn.network.inputs import Augmenter, PictureInputs, VectorInputs
from morelli.learn.network.learner import Learner, list_batch_norms
from morelli.learn.network.loop import RunOptions, fit_network
from morelli.learn.network.plans import VALIDATION_BATCH, Batch, IndexedWorks, Inputs, cut, make_plan
from morelli.learn.network.processes import PrecisionName
from morelli.learn.recipe import Recipe, settle_batch_norm
from morelli.model.artefact import BACKBONE_WEIGHTS, TRAINING_FOLDER, Model
from morelli.model.standardisation import Standardisation
from morelli.settings import Progress, Settings

_Float = NDArray[np.float32]
_Stored = tuple[EncoderCard, Embeddings]

_FROZEN_SEED = 0  # of weights that are drawn and never learn: always the same, so that they are stored once
_RECALIBRATED = 64  # works of a batch whose statistics are measured
_N_STANDARDISED = 1000  # works on which a backbone is standardised: a deviation is known to 2 %


def train_network(training: Training, *, on_epoch: Callable[[EpochRow], None] | None = None) -> Model:
    """Return the model of a network that learns; checkpoints and tuned backbone lie in its training folder.

    What answered in its folder before is not touched.
    """
    started = time.perf_counter()
    recipe, tell = training.recipe, training.progress
    tell(f"opening {recipe.backbone.model}", 0, 0)
    stored, backbone = None, None
    if recipe.trainable == "none":
        stored = _read_vectors(training)
    else:
        backbone = open_backbone(recipe, training.weights, seed=training.seed)
    rows = _divide(training, None if stored is None else set(stored[1].ids))
    has_weights = bool(training.weights) or recipe.backbone.pretrained
    training = replace(training, recipe=settle_batch_norm(recipe, len(rows.train), has_weights=has_weights))
    recipe = training.recipe
    ids = pl.concat([rows.train["id"], rows.validation["id"]]).unique().sort().to_list()
    learner, inputs, works = _prepare(training, rows, ids, stored, backbone)
    tell(f"learning {recipe.name} from {len(rows.train)} works", 0, 0)
    options = RunOptions(
        optimiser=recipe.optimiser,
        schedule=recipe.schedule,
        groups=learner.list_groups(recipe.optimiser.backbone_factor),
        folder=training.output / TRAINING_FOLDER,
        seed=training.seed,
        identity=_identify(training, rows, stored, backbone),
        devices=training.devices,
        accelerator=training.settings.device,
        precision=_choose_precision(training.settings),
        resume=training.resume,
        n_workers=0 if backbone is None else training.settings.workers or 0,
        names=ids,
        log_tensorboard=training.log_tensorboard,
        keep_going=training.keep_going,
    )
    history = fit_network(
        learner,
        make_plan(recipe.batches, *works, seed=training.seed),
        inputs,
        options,
        on_epoch=on_epoch,
        progress=tell,
    )
    seconds = time.perf_counter() - started
    if backbone is not None:
        stored = _store_backbone(training, backbone)
    assert stored is not None  # noqa: S101 - one of the two branches above
    tell("calibrating", 0, 0)
    return assemble_model(training, learner, rows, *stored, history=history, seconds=seconds)


def open_backbone(recipe: Recipe, weights: Sequence[Path], *, seed: int) -> Backbone:
    """Return the backbone of a resolved recipe, the blocks that the recipe names ready to learn.

    Without weights they are those of timm's hub, or drawn with the seed where the recipe says so.
    """
    backbone = Backbone(
        _to_part(recipe, weights),
        device=torch.device("cpu"),  # the loop moves what learns to where it learns
        random_seed=None if weights or recipe.backbone.pretrained else seed,
    )
    backbone.features.freeze_all_but(recipe.trainable)
    return backbone


def _read_vectors(training: Training) -> _Stored:
    """Return the vectors that the head learns on, made now as far as they are not stored yet."""
    recipe, weights = training.recipe, training.weights
    if training.encoder is not None:
        card = training.gallery.encoder(training.encoder)
        return card, training.gallery.embeddings(card.fingerprint)
    if not weights and not recipe.backbone.pretrained:
        return _store_backbone(training, open_backbone(recipe, weights, seed=_FROZEN_SEED))
    return _embed(training, weights)


def _store_backbone(training: Training, backbone: Backbone) -> _Stored:
    """Write the weights of a backbone beside the checkpoints, and give the gallery its vectors."""
    path = (training.output / TRAINING_FOLDER / BACKBONE_WEIGHTS).absolute()
    save_weights(backbone.network, path, used_modules=backbone.features.used_modules)
    return _embed(training, [path])


def _embed(training: Training, weights: Sequence[Path]) -> _Stored:
    encoder = Encoder(EncoderSpec(parts=(_to_part(training.recipe, weights),)), training.settings)

    def tell(_: str, done: int, total: int) -> None:
        training.progress(f"vectors of {encoder.card.name}", done, total)

    embed_gallery(training.gallery, encoder, training.settings, progress=tell)
    return encoder.card, training.gallery.embeddings(encoder.card.fingerprint)


def _to_part(recipe: Recipe, weights: Sequence[Path]) -> PartSpec:
    part = PartSpec(**recipe.backbone.model_dump(exclude={"pretrained", "batch_norm"}))
    (spec,) = EncoderSpec(parts=(part,)).with_weights([path.absolute() for path in weights]).parts
    return fit_to_weights(spec) if weights else part


def _divide(training: Training, held: set[str] | None) -> RecipeRows:
    """Return the rows of works that have a vector, or else whose pictures could be read so far."""
    works = training.gallery.works()
    if held is None:
        unread = set(training.gallery.skips()["path"].to_list())
        held = set(works.filter(~pl.col("path").is_in(list(unread)))["id"].to_list())
    parts = {}
    for part in ("train", "val", "test"):
        rows = training.split.part(part).filter(pl.col("id").is_in(list(held)))
        if rows.is_empty() and part != "test":
            raise SplitError(
                f"part '{part}'", expected="works to learn from", found="none", remedy="draw another split"
            )
        parts[part] = join_labels(rows, works, part)
    recipe = training.recipe
    return divide_rows(
        parts,
        recipe.data,
        recipe.loss.labels,
        names_artists=recipe.batches.kind == "works" and "artist" in recipe.loss.labels,
        seed=training.seed,
    )


def _prepare(
    training: Training,
    rows: RecipeRows,
    ids: Sequence[str],
    stored: _Stored | None,
    backbone: Backbone | None,
) -> tuple[Learner, Inputs, tuple[IndexedWorks, IndexedWorks]]:
    """Return the network, its inputs in the order of the ids, and the training and validation works."""
    positions = {work_id: place for place, work_id in enumerate(ids)}
    train, validation = (index_works(part, positions, rows.classes) for part in (rows.train, rows.validation))
    inputs: Inputs
    if backbone is not None:
        inputs, n_inputs = _read_pictures(training, ids, backbone), backbone.card.dimension
        if training.recipe.backbone.batch_norm == "recalibrated":
            _recalibrate(inputs, backbone, train, training.progress)
        vectors = _look_ahead(inputs, backbone, train) if training.recipe.head.standardise else None
    else:
        assert stored is not None  # noqa: S101 - there are stored vectors where no backbone learns
        values = stored[1].select(ids)
        inputs, n_inputs = _add_noise(training, values), values.shape[1]
        vectors = values[np.unique(train.rows)] if training.recipe.head.standardise else None
    sizes = {
        label: torch.bincount(torch.from_numpy(codes[codes >= 0]), minlength=len(rows.classes[label]))
        for label, codes in train.classes.items()
    }
    with torch.random.fork_rng():
        torch.manual_seed(training.seed)
        learner = Learner(
            training.recipe,
            n_inputs,
            sizes,
            body=None if backbone is None else backbone.features,
            standardisation=None if vectors is None else Standardisation.fit(vectors),
        )
    return learner, inputs, (train, validation)


def _choose_precision(settings: Settings) -> PrecisionName:
    """Return what is asked for; where nothing is, bfloat16 on a GPU that multiplies it natively."""
    device = resolve_device(settings.device)
    if settings.precision == "auto" and device.type != "cuda":
        return "32-true"
    half = choose_half(device, settings.precision)
    return "32-true" if half is None else "bf16-mixed" if half is torch.bfloat16 else "16-mixed"


def _add_noise(training: Training, values: _Float) -> VectorInputs:
    return VectorInputs(
        values,
        training.recipe.augmentation.noise,
        changes_originals=training.recipe.data.copies == 0,
        seed=training.seed,
    )


def _read_pictures(training: Training, ids: Sequence[str], backbone: Backbone) -> PictureInputs:
    paths = dict(training.gallery.works().select("id", "path").rows())
    return PictureInputs(
        paths=[Path(paths[work_id]) for work_id in ids],
        ids=ids,
        transform=backbone.transform,
        augmenter=Augmenter(training.recipe.augmentation, backbone.transform, seed=training.seed),
        changes_originals=training.recipe.data.copies == 0,
        max_pixels=training.settings.max_pixels,
    )


def _recalibrate(inputs: PictureInputs, backbone: Backbone, train: IndexedWorks, progress: Progress) -> None:
    """Measure the statistics of batch normalisation anew on the training works, where a block learns."""
    backbone.features.train()
    norms = [norm for norm in list_batch_norms(backbone.features) if norm.training]
    momenta = [norm.momentum for norm in norms]
    backbone.features.eval()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the mean over all batches
        norm.train()
    rows = np.unique(train.rows)
    with torch.no_grad():
        for number, part in enumerate(
            parts := cut(np.random.default_rng(0).permutation(rows), _RECALIBRATED)
        ):
            batch = Batch(part[:, None], np.zeros_like(part[:, None]))
            backbone.trace(inputs.read(batch, epoch=0, is_training=False))
            progress("measuring the statistics of batch normalisation", number + 1, len(parts))
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    backbone.features.eval()


def _look_ahead(inputs: PictureInputs, backbone: Backbone, train: IndexedWorks) -> _Float:
    """Return the vectors of some works before anything has learnt, to standardise by."""
    rows = np.unique(train.rows)
    order = np.random.default_rng(0).permutation(len(rows))[:_N_STANDARDISED]
    batches = [
        Batch(part[:, None], np.zeros_like(part[:, None])) for part in cut(rows[order], VALIDATION_BATCH)
    ]
    with torch.inference_mode():
        read = (inputs.read(batch, epoch=0, is_training=False) for batch in batches)
        return np.concatenate([backbone.forward(batch).cpu().numpy() for batch in read])


def _identify(training: Training, rows: RecipeRows, stored: _Stored | None, backbone: Backbone | None) -> str:
    """Return what makes a training this one: recipe, split, seed, works and the weights it starts from."""
    start: Any = stored[0].fingerprint if stored is not None else backbone and backbone.card.identity()
    facts = [
        training.recipe.digest,
        training.split.digest,
        training.seed,
        rows.train.select("id", "copy").rows(),
        start,
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()
