"""The recipe `hand`: no network learns, only the comparison back-end on stored vectors.

Nothing here needs what networks are trained with, so that the default of `morelli train` starts quickly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl

from morelli.collection.splits import Split
from morelli.embeddings import Embeddings
from morelli.encode.card import EncoderCard
from morelli.gallery.auditing import read_warnings
from morelli.gallery.store import Gallery
from morelli.learn.recipe import Recipe
from morelli.learn.recipe_data import choose_works, join_labels
from morelli.learn.training import train_model
from morelli.model.artefact import Model
from morelli.model.sources import read_descriptors


def train_hand(
    gallery: Gallery,
    card: EncoderCard,
    recipe: Recipe,
    split: Split,
    *,
    seed: int,
    say: Callable[[str], None],
    facts: Mapping[str, Any] | None = None,
) -> Model:
    """Return the model of the comparison back-end on stored vectors, as `train_model` learns it.

    Parameters
    ----------
    gallery
        Holds the vectors.
    card
        Of their encoder.
    recipe
        Its limits on works hold for the train and the val part: this back-end learns from both.
    split, seed, say
        As for `train_recipe`.
    facts
        What the card says of the recipe; None: that nothing of a backbone has learnt.
    """
    works = gallery.works()
    limited = pl.concat(
        choose_works(join_labels(split.part(part), works, part), recipe.data, "artist", seed=seed)["id"]
        for part in ("train", "val")
    )
    embeddings = gallery.embeddings(card.fingerprint)
    left_out = set(split.table.filter(pl.col("part").is_in(["train", "val"]))["id"]) - set(limited)
    kept = [work_id for work_id in embeddings.ids if work_id not in left_out]
    model = train_model(
        Embeddings(tuple(kept), embeddings.select(kept), card.fingerprint),
        card,
        split,
        collection=gallery.name,
        seed=seed,
        warnings=read_warnings(gallery),
        works=works,
        descriptors=read_descriptors(gallery),
        progress=say,
    )
    own = facts or {
        **describe_recipe(recipe),
        "weights": describe_weights(card),
        "backbone": card.name,
        "n_parameters": _count_numbers(model),
        "n_trained": _count_numbers(model),
        "train_seconds": model.facts["seconds"],
        "works_per_second": None,
        "epochs": None,
        "note": "",
    }
    return Model(**{**vars(model), "facts": {**model.facts, "recipe": own}})


def describe_weights(card: EncoderCard) -> str:
    """Return "partial" where layers of a network had no weights, and were not used; else "pretrained"."""
    if not any(part.weights for part in card.parts):
        return "none needed"
    return "partial" if any(part.note.startswith("weights without") for part in card.parts) else "pretrained"


def describe_recipe(recipe: Recipe) -> dict[str, Any]:
    """Return what the card of every model says of its recipe."""
    return {
        "name": recipe.name,
        "variant": recipe.variant,
        "digest": recipe.digest,
        "trainable": recipe.trainable,
        "summary": recipe.summary,
        "source": recipe.source,
    }


def _count_numbers(model: Model) -> int:
    return sum(
        int(np.asarray(values).size)
        for name in ("attribution", "comparison")
        for values in getattr(model, name).to_arrays().values()
    )
