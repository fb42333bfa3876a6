"""The model of a recipe: its heads, calibrated, with a card that says how it was learnt."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.collection.splits import Split
from morelli.embeddings import Embeddings
from morelli.encode.card import EncoderCard
from morelli.gallery.auditing import read_warnings
from morelli.gallery.store import Gallery
from morelli.learn.conformal import fit_sets
from morelli.learn.domain import fit_domain
from morelli.learn.hand import describe_recipe, describe_weights, train_hand
from morelli.learn.history import History
from morelli.learn.learner import Learner
from morelli.learn.recipe import Recipe
from morelli.learn.recipe_data import RecipeRows
from morelli.learn.recipe_heads import calibrate_comparison, export_attribution, export_comparison
from morelli.learn.validation import describe_validation
from morelli.model.artefact import Model
from morelli.model.attribution import AttributionHead
from morelli.model.prediction_sets import PredictionSets
from morelli.model.standardisation import Standardisation

Float = NDArray[np.float32]
Known = tuple[Float, list[str]]

PACKAGES = (
    "morelli",
    "numpy",
    "scikit-learn",
    "torch",
    "timm",
    "lightning-fabric",
    "pytorch-metric-learning",
)


@dataclass(frozen=True, eq=False)
class Lineage:
    """Where a model comes from.

    Parameters
    ----------
    gallery, recipe, split, seed
        As `train_recipe` was given them, the recipe resolved.
    seconds
        Until the network had learnt, vectors included.
    history
        Its epochs.
    weights
        Files that were given for the backbone.
    is_stored
        Whether it learnt on stored vectors of another encoder than the recipe's own.
    """

    gallery: Gallery
    recipe: Recipe
    split: Split
    seed: int
    seconds: float
    history: History
    weights: Sequence[Path]
    is_stored: bool

    def describe_start(self, card: EncoderCard) -> str:
        """Return what the backbone's weights were before: "pretrained", "partial" or "from scratch"."""
        if not (self.weights or self.is_stored or self.recipe.backbone.pretrained):
            return "from scratch"
        return describe_weights(card)


def assemble_model(
    lineage: Lineage,
    learner: Learner,
    rows: RecipeRows,
    card: EncoderCard,
    embeddings: Embeddings,
    *,
    say: Callable[[str], None],
) -> Model:
    """Return the model of a network that has learnt.

    Parameters
    ----------
    lineage
        For the card.
    learner
        The network, with the weights to keep.
    rows
        Who chooses and who calibrates.
    card, embeddings
        The encoder and its vectors, those of the backbone as it is now.
    say
        Called with a sentence before each step.

    Notes
    -----
    It has what an answer needs: both heads, sets of artists, the domain. What the comparison back-end of
    ``hand`` has beside, an ensemble, "none of these" and the other signals, it has not.
    """
    recipe, seed = lineage.recipe, lineage.seed
    if recipe.back_end and recipe.trainable != "none":
        return train_hand(
            lineage.gallery,
            card,
            recipe,
            lineage.split,
            seed=seed,
            say=say,
            facts=_describe(lineage, learner, card),
        )
    standardisation = (
        Standardisation.identity(card.dimension)
        if learner.standardise is None
        else learner.standardise.standardisation
    )
    calibrating = _read(rows.calibrating, embeddings)
    comparison, compared = calibrate_comparison(
        export_comparison(learner, recipe, standardisation), *calibrating, is_seen=rows.is_seen, seed=seed
    )
    references = _read(rows.taught.filter(pl.col("copy") == 0), embeddings)
    chose, calibrated = (_read(part, embeddings) for part in (rows.roles.chose, rows.roles.calibrated))
    attribution = export_attribution(
        learner, recipe, standardisation, rows.classes["artist"], references, chose
    )
    return Model(
        encoder=card,
        attribution=attribution,
        comparison=comparison,
        split=lineage.split,
        facts={
            "collection": lineage.gallery.name,
            "seed": seed,
            "validation": {
                **compared,
                **describe_validation(
                    attribution,
                    np.concatenate([chose[0], calibrated[0]]),
                    [*chose[1], *calibrated[1]],
                    seed=seed,
                ),
            },
            "recipe": _describe(lineage, learner, card),
            "seconds": round(lineage.seconds, 2),
            "warnings": list(read_warnings(lineage.gallery)),
            "n_works": {
                "train": int((rows.taught["copy"] == 0).sum()),
                "val": len(rows.calibrating),
                "test": lineage.split.count("test"),
            },
            "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        },
        domain=fit_domain(references[0], calibrating[0], seed=seed),
        prediction_sets=_fit_sets(attribution, chose, calibrated),
        roles=rows.roles.to_roles(lineage.split),
    )


def _describe(lineage: Lineage, learner: Learner, card: EncoderCard) -> dict[str, Any]:
    n_parameters, n_trained = learner.count_parameters()
    history = lineage.history.rows
    return {
        **describe_recipe(lineage.recipe),
        "weights": lineage.describe_start(card),
        "backbone": card.name,
        "n_parameters": n_parameters,
        "n_trained": n_trained,
        "train_seconds": round(lineage.seconds, 2),
        "works_per_second": round(float(np.median([row.works_per_second for row in history])), 1),
        "epochs": len(history),
        "best_epoch": lineage.history.best.epoch,
        "note": "",
    }


def _fit_sets(head: AttributionHead, chose: Known, calibrated: Known) -> PredictionSets:
    (first, columns), (second, others) = (
        (head.predict_proba(vectors), np.searchsorted(head.artists, artists))
        for vectors, artists in (chose, calibrated)
    )
    return fit_sets(first, columns, second, others).sets


def _read(rows: pl.DataFrame, embeddings: Embeddings) -> Known:
    held = set(embeddings.ids)
    kept = rows.filter(pl.col("id").is_in(list(held)))
    return embeddings.select(kept["id"].to_list()), kept["artist"].to_list()
