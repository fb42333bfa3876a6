"""The model of a recipe: its heads, calibrated, with a card that says how it was learnt."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
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
from morelli.learn.history import History
from morelli.learn.learner import Learner
from morelli.learn.recipe import Recipe
from morelli.learn.recipe_data import RecipeRows, choose_works, join_labels
from morelli.learn.recipe_heads import calibrate_comparison, export_attribution, export_comparison
from morelli.learn.training import train_model
from morelli.learn.validation import describe_validation
from morelli.model.artefact import Model
from morelli.model.attribution import AttributionHead
from morelli.model.comparison import ComparisonHead
from morelli.model.prediction_sets import PredictionSets
from morelli.model.sources import read_descriptors
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
        return _describe_weights(card)


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
    comparison, cllr = calibrate_comparison(
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
            "validation": _validate(
                attribution, comparison, calibrating, (chose, calibrated), cllr, seed=seed
            ),
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
        **_describe_recipe(recipe),
        "weights": _describe_weights(card),
        "backbone": card.name,
        "n_parameters": _count_numbers(model),
        "n_trained": _count_numbers(model),
        "train_seconds": model.facts["seconds"],
        "works_per_second": None,
        "epochs": None,
        "note": "",
    }
    return Model(**{**vars(model), "facts": {**model.facts, "recipe": own}})


def _describe(lineage: Lineage, learner: Learner, card: EncoderCard) -> dict[str, Any]:
    n_parameters, n_trained = learner.count_parameters()
    history = lineage.history.rows
    return {
        **_describe_recipe(lineage.recipe),
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


def _describe_weights(card: EncoderCard) -> str:
    """Return "partial" where layers of a network had no weights, and were not used; else "pretrained"."""
    if not any(part.weights for part in card.parts):
        return "none needed"
    return "partial" if any(part.note.startswith("weights without") for part in card.parts) else "pretrained"


def _describe_recipe(recipe: Recipe) -> dict[str, Any]:
    return {
        "name": recipe.name,
        "variant": recipe.variant,
        "digest": recipe.digest,
        "trainable": recipe.trainable,
        "summary": recipe.summary,
        "source": recipe.source,
    }


def _validate(
    attribution: AttributionHead,
    comparison: ComparisonHead,
    calibrating: Known,
    named: tuple[Known, Known],
    cllr: Mapping[str, float],
    *,
    seed: int,
) -> dict[str, Any]:
    from sklearn.metrics import roc_auc_score

    from morelli.collection.samples import sample_pairs

    pairs = sample_pairs(calibrating[1], rng=np.random.default_rng(seed))
    rows = comparison.read_rows(calibrating[0])
    scores = comparison.score_at(rows, pairs.left, pairs.right)
    vectors, artists = np.concatenate([part[0] for part in named]), [*named[0][1], *named[1][1]]
    return {
        "pair_roc_auc_by_method": {comparison.method: float(roc_auc_score(pairs.same, scores))},
        "n_pairs": len(pairs),
        "cllr_by_calibration": dict(cllr),
        **describe_validation(attribution, vectors, artists, seed=seed),
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


def _count_numbers(model: Model) -> int:
    return sum(
        int(np.asarray(values).size)
        for name in ("attribution", "comparison")
        for values in getattr(model, name).to_arrays().values()
    )
