"""From a network that has learnt to a model: plain arrays, calibrated on works that it has not seen."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from morelli.audit.run import read_warnings
from morelli.collection.pairs.samples import sample_pairs
from morelli.embeddings import Embeddings
from morelli.encode.spec import EncoderCard
from morelli.learn.hand import describe_recipe, describe_weights, train_hand
from morelli.learn.heads.calibration import fit_temperature
from morelli.learn.heads.candidates import divide_artists
from morelli.learn.heads.likelihood_ratio import ScoredPairs, fit_calibration, measure_calibration, score_sets
from morelli.learn.heads.open_set import fit_domain
from morelli.learn.heads.prediction_sets import fit_sets
from morelli.learn.heads.works import Works, describe_validation
from morelli.learn.network.data import RecipeRows, Training
from morelli.learn.network.history import History
from morelli.learn.network.learner import Learner, list_batch_norms
from morelli.learn.network.losses import Classes, SameOrNot, export_layers
from morelli.learn.recipe import Recipe
from morelli.model.artefact import Model
from morelli.model.attribution import AttributionHead
from morelli.model.comparison import ComparisonHead
from morelli.model.scoring import COSINE, Layers, Rule, Step
from morelli.model.standardisation import Standardisation

_PACKAGES = (
    "morelli", "numpy", "scikit-learn", "torch", "timm", "lightning-fabric", "pytorch-metric-learning",
)  # fmt: skip


def assemble_model(
    training: Training,
    learner: Learner,
    rows: RecipeRows,
    card: EncoderCard,
    embeddings: Embeddings,
    *,
    history: History,
    seconds: float,
) -> Model:
    """Return the model of a network that has learnt, given the vectors of its backbone as it is now.

    It has what an answer needs: both heads, sets of artists, the domain. What the comparison back-end of
    ``hand`` has beside, an ensemble, "none of these" and the other signals, it has not.
    """
    recipe, seed = training.recipe, training.seed
    described = _describe(training, learner, card, history, seconds)
    if recipe.back_end and recipe.trainable != "none":
        return train_hand(training, card, facts=described)
    train, validation, calibration, pairs = (
        Works.of_rows(part, embeddings)
        for part in (
            rows.train.filter(pl.col("copy") == 0),
            rows.roles.validation,
            rows.roles.calibration,
            rows.calibration,
        )
    )
    standardisation = (
        Standardisation.identity(card.dimension)
        if learner.standardise is None
        else learner.standardise.standardisation
    )
    plain = ComparisonHead(
        standardisation, layers=export_layers(learner.head), rule=_export_rule(learner, recipe)
    )
    comparison, compared = _calibrate_comparison(plain, pairs, seed=seed)
    attribution = _export_attribution(
        learner, recipe, standardisation, rows.classes["artist"], train, validation
    )
    return Model(
        encoder=card,
        attribution=attribution,
        comparison=comparison,
        split=training.split,
        facts={
            "collection": training.gallery.name,
            "seed": seed,
            "validation": {
                **compared,
                **describe_validation(attribution, validation + calibration, seed=seed),
            },
            "recipe": described,
            "seconds": round(seconds, 2),
            "warnings": [*read_warnings(training.gallery), *filter(None, [described["at_chance"]])],
            "n_works": {
                "train": int((rows.train["copy"] == 0).sum()),
                "val": len(rows.calibration),
                "test": training.split.count("test"),
            },
            "versions": {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}},
        },
        domain=fit_domain(train.vectors, pairs.vectors, seed=seed),
        prediction_sets=fit_sets(attribution, validation, calibration).sets,
        roles=rows.roles.to_roles(training.split),
    )


def _describe(
    training: Training, learner: Learner, card: EncoderCard, history: History, seconds: float
) -> dict[str, Any]:
    """Return what the card says of the recipe; weights were "pretrained", "partial" or "from scratch"."""
    n_parameters, n_trained = learner.count_parameters()
    had_weights = training.weights or training.encoder is not None or training.recipe.backbone.pretrained
    return {
        **describe_recipe(training.recipe),
        "weights": describe_weights(card) if had_weights else "from scratch",
        "backbone": card.name,
        "n_parameters": n_parameters,
        "n_trained": n_trained,
        "train_seconds": round(seconds, 2),
        "works_per_second": round(float(np.median([row.works_per_second for row in history.rows])), 1),
        "epochs": len(history.rows),
        "best_epoch": history.best.epoch,
        "batch_norm": _name_statistics(learner),
        "at_chance": history.describe_chance(),
        "note": "",
    }


def _name_statistics(learner: Learner) -> str:
    """Return which statistics batch normalisation had where the backbone learnt; "none" without any."""
    has_any = learner.body is not None and list_batch_norms(learner.body)
    return learner.batch_norm if has_any else "none"


def _calibrate_comparison(
    head: ComparisonHead, works: Works, *, seed: int
) -> tuple[ComparisonHead, dict[str, Any]]:
    """Return the head with a map from scores to likelihood ratios, and what the card says of it.

    Where the network has learnt from other works of these artists, there are no others to fit it on.
    """
    works = works.one_per_group()
    rows, names = head.read_rows(works.vectors), works.artists
    pairs = _score_pairs(head, rows, names, seed)
    groups = [_score_pairs(head, rows[held], names[held], seed) for held in divide_artists(names, seed=seed)]
    groups = [group for group in groups if group.is_same.any() and not group.is_same.all()]
    rng = np.random.default_rng(seed)
    calibration = fit_calibration(
        pairs, names, lambda size: score_sets(rows, names, size, rng=rng, rule=head.rule)
    )
    facts = {
        "pair_roc_auc_by_method": {head.method: float(roc_auc_score(pairs.is_same, pairs.scores))},
        "n_pairs": len(pairs),
        "cllr_by_calibration": measure_calibration(groups) if len(groups) > 1 else {},
    }
    return replace(head, calibration=calibration), facts


def _score_pairs(
    head: ComparisonHead, rows: NDArray[np.float32], artists: NDArray[np.object_], seed: int
) -> ScoredPairs:
    pairs = sample_pairs(list(artists), rng=np.random.default_rng(seed))
    scores = head.rule.score_at(rows, pairs.left, pairs.right)
    return ScoredPairs.of_artists(scores, artists[pairs.left], artists[pairs.right])


def _export_attribution(
    learner: Learner,
    recipe: Recipe,
    standardisation: Standardisation,
    artists: Sequence[str],
    train: Works,
    validation: Works,
) -> AttributionHead:
    """Return what names one of the (c,) sorted artists as the recipe decides, its temperature fitted."""
    names = np.asarray(artists, dtype=object)
    layers = export_layers(learner.head)
    if recipe.decision.artist == "classifier" and isinstance(learner.criterion, Classes):
        affine = export_layers([learner.criterion.layers["artist"]]).steps[0].to_arrays()
        head = AttributionHead(
            standardisation, tuple(artists), affine["weights"], affine["biases"], 1.0, layers=layers
        )
    else:  # the artist of the nearest training work, by the cosine of embeddings
        layers = Layers((*layers.steps, Step("unit")))
        rows = layers.transform(standardisation.transform(train.vectors))
        head = AttributionHead(
            standardisation,
            tuple(artists),
            np.ascontiguousarray(rows.T),
            np.zeros(len(rows), dtype=np.float32),
            1.0,
            layers=layers,
            owners=np.searchsorted(names, train.artists).astype(np.int32),
        )
    truth = np.searchsorted(names, validation.artists)
    return replace(head, temperature=fit_temperature(head.predict_logits(validation.vectors), truth))


def _export_rule(learner: Learner, recipe: Recipe) -> Rule:
    kind, criterion = recipe.decision.pair, learner.criterion
    if kind == "network":
        if not isinstance(criterion, SameOrNot):
            raise TypeError("the rule 'network' needs the loss 'same-or-not'")
        return Rule(kind, network=export_layers(criterion.network))
    steps: list[Step] = []
    if recipe.decision.of == "outputs":  # from an embedding to the probabilities of the first label's classes
        if not isinstance(criterion, Classes):
            raise TypeError("outputs to compare need a loss over classes")
        affine = export_layers([criterion.layers[criterion.labels[0]]]).steps
        steps = [*affine, Step("softmax" if criterion.loss.name == "cross-entropy" else "sigmoid")]
    if kind == "cosine":
        return Rule("dot", Layers((*steps, Step("unit")))) if steps else COSINE
    return Rule(kind, Layers(tuple(steps)))
