"""The vectors that a recipe's head learns on, and the backbone that learns with it.

Where nothing of the backbone learns, its vectors are made once and stored in the gallery. Where some of it
does, its weights are written into the model folder afterwards, and the gallery gets the vectors of what it
has become.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from morelli.embeddings import Embeddings
from morelli.encode.backbone import Backbone
from morelli.encode.card import EncoderCard
from morelli.encode.encoder import Encoder
from morelli.encode.partial import fit_to_weights
from morelli.encode.spec import EncoderSpec, PartSpec
from morelli.encode.weights import save_weights
from morelli.gallery.embedding import embed_gallery
from morelli.gallery.store import Gallery
from morelli.learn.recipe import Recipe
from morelli.model.artefact import BACKBONE_WEIGHTS
from morelli.settings import Settings

Progress = Callable[[str], None]

FROZEN_SEED = 0
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


def read_vectors(
    gallery: Gallery,
    recipe: Recipe,
    settings: Settings,
    weights: Sequence[Path],
    encoder: str | None,
    *,
    output: Path,
    say: Progress,
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
        The model folder, which keeps weights that were drawn, with `FROZEN_SEED`.
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
        return store_backbone(
            open_backbone(recipe, weights, seed=FROZEN_SEED),
            gallery,
            recipe,
            settings,
            output=output,
            say=say,
        )
    return _embed(EncoderSpec(parts=(_to_part(recipe, weights),)), gallery, settings, say)


def store_backbone(
    backbone: Backbone, gallery: Gallery, recipe: Recipe, settings: Settings, *, output: Path, say: Progress
) -> tuple[EncoderCard, Embeddings]:
    """Write the weights of a backbone into a model folder, and give the gallery its vectors.

    Parameters
    ----------
    backbone
        Has learnt, or was drawn.
    gallery, recipe, settings
        As for `read_vectors`.
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
    spec: EncoderSpec, gallery: Gallery, settings: Settings, say: Progress
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
