"""From a network that has learnt to the heads of a model, calibrated on works that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from morelli.collection.samples import sample_pairs
from morelli.learn.calibration import fit_temperature
from morelli.learn.cross_fitting import divide_artists
from morelli.learn.evidence import fit_calibration, measure_methods, prefer_simple
from morelli.learn.heads import export_layers
from morelli.learn.learner import Learner
from morelli.learn.losses import Classes, SameOrNot
from morelli.learn.recipe import Recipe
from morelli.learn.set_scores import score_sets
from morelli.model.attribution import AttributionHead
from morelli.model.comparison import ComparisonHead
from morelli.model.layers import Layers, Step
from morelli.model.pair_rule import PairRule
from morelli.model.standardisation import Standardisation

Float = NDArray[np.float32]


def export_comparison(learner: Learner, recipe: Recipe, standardisation: Standardisation) -> ComparisonHead:
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


def calibrate_comparison(
    head: ComparisonHead, vectors: Float, artists: Sequence[str], *, is_seen: bool, seed: int
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


def export_attribution(
    learner: Learner,
    recipe: Recipe,
    standardisation: Standardisation,
    artists: Sequence[str],
    references: tuple[Float, Sequence[str]],
    choosing: tuple[Float, Sequence[str]],
) -> AttributionHead:
    """Return what names the artist as the recipe decides, its temperature fitted.

    Parameters
    ----------
    learner, recipe, standardisation
        As for `export_comparison`.
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
    references: tuple[Float, Sequence[str]],
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
    head: ComparisonHead, rows: Float, artists: NDArray[np.object_], seed: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    pairs = sample_pairs(list(artists), rng=np.random.default_rng(seed))
    return np.asarray(head.score_at(rows, pairs.left, pairs.right), dtype=np.float64), pairs.same
