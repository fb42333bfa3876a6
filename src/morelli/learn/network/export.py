"""From a network that has learnt to the heads of a model, calibrated on works that it has not seen."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from morelli.audit.run import read_warnings
from morelli.collection.pairs.samples import sample_pairs
from morelli.collection.splits import Split
from morelli.embeddings import Embeddings
from morelli.encode.spec import EncoderCard
from morelli.gallery.store import Gallery
from morelli.learn.hand import describe_recipe, describe_weights, train_hand
from morelli.learn.heads.calibration import (
    fit_calibration,
    fit_temperature,
    measure_methods,
    prefer_simple,
    score_sets,
)
from morelli.learn.heads.candidates import divide_artists
from morelli.learn.heads.open_set import fit_domain
from morelli.learn.heads.prediction_sets import fit_sets
from morelli.learn.heads.works import describe_validation
from morelli.learn.network.data import RecipeRows
from morelli.learn.network.history import History
from morelli.learn.network.learner import Learner
from morelli.learn.network.losses import Classes, SameOrNot, export_layers
from morelli.learn.recipe import Recipe
from morelli.model.artefact import Model
from morelli.model.attribution import AttributionHead
from morelli.model.comparison import ComparisonHead
from morelli.model.prediction_sets import PredictionSets
from morelli.model.scoring import Layers, PairRule, Step
from morelli.model.standardisation import Standardisation

_Float = NDArray[np.float32]


def _export_comparison(learner: Learner, recipe: Recipe, standardisation: Standardisation) -> ComparisonHead:
    """Return what compares two works as the recipe decides, not calibrated.

    Parameters
    ----------
    learner
        Has learnt.
    recipe
        Names the rule.
    standardisation
        Of the vectors that go into the head; the identity where the recipe has none.
    """
    return ComparisonHead(
        standardisation, layers=export_layers(learner.head), rule=_export_rule(learner, recipe)
    )


def _calibrate_comparison(
    head: ComparisonHead, vectors: _Float, artists: Sequence[str], *, is_seen: bool, seed: int
) -> tuple[ComparisonHead, dict[str, Any]]:
    """Return the head with a map from its scores to likelihood ratios, and what the card says of it.

    Parameters
    ----------
    head
        Not calibrated.
    vectors, artists
        (n, d) float32 and (n,) of works that the network has not learnt from.
    is_seen
        Whether it has learnt from other works of their artists. There is then no better map for artists it
        has not seen, and the same serves for both.
    seed
        Of pairs and groups.

    Notes
    -----
    The way to fit is chosen on groups of artists that it was not fitted on.
    """
    rows, names = head.read_rows(vectors), np.asarray(artists, dtype=object)
    scores, is_same = _score_pairs(head, rows, names, seed)
    groups = [_score_pairs(head, rows[held], names[held], seed) for held in divide_artists(names, seed=seed)]
    groups = [group for group in groups if group[1].any() and not group[1].all()]
    cllr = measure_methods(*zip(*groups, strict=True)) if len(groups) > 1 else {}
    method = prefer_simple(cllr) if cllr else "logistic"
    rng = np.random.default_rng(seed)
    calibration = fit_calibration(
        scores, is_same, method, lambda size: score_sets(rows, names, size, rng=rng, rule=head.rule)
    )
    facts = {
        "pair_roc_auc_by_method": {head.method: float(roc_auc_score(is_same, scores))},
        "n_pairs": len(scores),
        "cllr_by_calibration": cllr,
    }
    return replace(head, calibration=calibration, seen_calibration=calibration if is_seen else None), facts


def _export_attribution(
    learner: Learner,
    recipe: Recipe,
    standardisation: Standardisation,
    artists: Sequence[str],
    references: tuple[_Float, Sequence[str]],
    choosing: tuple[_Float, Sequence[str]],
) -> AttributionHead:
    """Return what names the artist as the recipe decides, its temperature fitted.

    Parameters
    ----------
    learner, recipe, standardisation
        As for `_export_comparison`.
    artists
        (c,) names, sorted: the classes of the train part.
    references
        (m, d) vectors of train works and their artists, for recipes that name by the nearest works.
    choosing
        (q, d) vectors of other works by these artists, and their artists.
    """
    embedding = export_layers(learner.head)
    if recipe.decision.artist == "classifier" and isinstance(learner.criterion, Classes):
        affine = export_layers([learner.criterion.layers["artist"]]).steps[0].to_arrays()
        head = AttributionHead(
            standardisation, tuple(artists), affine["weights"], affine["biases"], 1.0, layers=embedding
        )
    else:
        head = _refer(embedding, standardisation, artists, references)
    truth = np.searchsorted(np.asarray(artists, dtype=object), np.asarray(choosing[1], dtype=object))
    return replace(head, temperature=fit_temperature(head.predict_logits(choosing[0]), truth))


def _refer(
    embedding: Layers,
    standardisation: Standardisation,
    artists: Sequence[str],
    references: tuple[_Float, Sequence[str]],
) -> AttributionHead:
    """Return the head that names the artist of the nearest reference, by the cosine of embeddings."""
    layers = Layers((*embedding.steps, Step("unit")))
    rows = layers.transform(standardisation.transform(references[0]))
    names = np.asarray(artists, dtype=object)
    return AttributionHead(
        standardisation,
        tuple(artists),
        np.ascontiguousarray(rows.T),
        np.zeros(len(rows), dtype=np.float32),
        1.0,
        layers=layers,
        owners=np.searchsorted(names, np.asarray(references[1], dtype=object)).astype(np.int32),
    )


def _export_rule(learner: Learner, recipe: Recipe) -> PairRule | None:
    kind = recipe.decision.pair
    if kind == "network":
        if not isinstance(learner.criterion, SameOrNot):
            raise TypeError("the rule 'network' needs the loss 'same-or-not'")
        return PairRule(kind, network=export_layers(learner.criterion.network))
    outputs = Layers(tuple(_export_outputs(learner)) if recipe.decision.of == "outputs" else ())
    if kind == "cosine":
        return PairRule("dot", Layers((*outputs.steps, Step("unit")))) if outputs.steps else None
    return PairRule(kind, outputs)


def _export_outputs(learner: Learner) -> list[Step]:
    """Return the steps from an embedding to the probabilities of the first label's classes."""
    criterion = learner.criterion
    if not isinstance(criterion, Classes):
        raise TypeError("outputs to compare need a loss over classes")
    affine = export_layers([criterion.layers[criterion.labels[0]]]).steps
    return [*affine, Step("softmax" if criterion.loss.name == "cross-entropy" else "sigmoid")]


def _score_pairs(
    head: ComparisonHead, rows: _Float, artists: NDArray[np.object_], seed: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    pairs = sample_pairs(list(artists), rng=np.random.default_rng(seed))
    return np.asarray(head.score_at(rows, pairs.left, pairs.right), dtype=np.float64), pairs.same


# The model of a recipe: its heads, calibrated, with a card that says how it was learnt.

_Known = tuple[_Float, list[str]]

_PACKAGES = (
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
    comparison, compared = _calibrate_comparison(
        _export_comparison(learner, recipe, standardisation), *calibrating, is_seen=rows.is_seen, seed=seed
    )
    references = _read(rows.taught.filter(pl.col("copy") == 0), embeddings)
    chose, calibrated = (_read(part, embeddings) for part in (rows.roles.chose, rows.roles.calibrated))
    attribution = _export_attribution(
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
            "versions": {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}},
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


def _fit_sets(head: AttributionHead, chose: _Known, calibrated: _Known) -> PredictionSets:
    (first, columns), (second, others) = (
        (head.predict_proba(vectors), np.searchsorted(head.artists, artists))
        for vectors, artists in (chose, calibrated)
    )
    return fit_sets(first, columns, second, others).sets


def _read(rows: pl.DataFrame, embeddings: Embeddings) -> _Known:
    held = set(embeddings.ids)
    kept = rows.filter(pl.col("id").is_in(list(held)))
    return embeddings.select(kept["id"].to_list()), kept["artist"].to_list()
