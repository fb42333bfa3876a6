"""Recipes, a training that needs no network, and cells with numbers that are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from morelli.bench.cells import MEASURES, Cell
from morelli.bench.published import Reproduction, _PublishedFigure, _SplitRule
from morelli.errors import EncoderError
from morelli.evaluate.results import Part, Report
from morelli.evaluate.rows import Findings, Row
from morelli.learn.network.data import Training
from morelli.learn.recipe import Recipe, _Backbone
from morelli.model import Model, write_model

FIGURES = (
    _PublishedFigure(recipe="a", measure="unseen_pair_auc", value=0.85, source="somebody", note="once"),
    _PublishedFigure(recipe="a", measure="pair_auc_all", value=0.9, source="somebody else"),
)


def make_reproduction(**fields) -> Reproduction:
    kept = {"published": FIGURES, "recipes": ("a", "b"), "differs": "it is smaller", **fields}
    return Reproduction(
        kind="protocol", summary="a protocol", source="pictures", split=_SplitRule(kind="unseen"), **kept
    )


def make_recipe(name: str, **fields: Any) -> Recipe:
    backbone = _Backbone(model=fields.pop("model", "test_resnet"))
    return Recipe(name=name, summary="one way to learn", source="nobody", backbone=backbone, **fields)


class FakeTraining:
    """Returns models that are there already; the recipe `broken` fails, `raw` compares by raw cosine.

    Parameters
    ----------
    models
        By digest of their split.
    """

    def __init__(self, *models: Model) -> None:
        self.models = {model.split.digest: model for model in models}
        self.calls: list[dict[str, Any]] = []
        self.mends: set[str] = set()

    def __call__(self, training: Training) -> Model:
        recipe, output, seed = training.recipe, training.output, training.seed
        epochs = (recipe.schedule.epochs, recipe.frozen.get("schedule", {}).get("epochs"))
        self.calls.append({**vars(training), "recipe": recipe.name, "epochs": epochs})
        if recipe.name == "broken" and recipe.name not in self.mends:
            output.mkdir(parents=True)
            raise EncoderError("network", expected="weights", found="none", remedy="give --weights")
        training.progress("learning", 3, 10)
        model = self.models[training.split.digest]
        if recipe.name == "raw":
            model = replace(
                model, comparison=replace(model.comparison, projections={}, artists=None, cohort=None)
            )
        facts = {
            "name": recipe.name, "weights": "pretrained", "trainable": "none", "n_parameters": 1000,
            "train_seconds": 2.0 + seed, "images_per_second": 5.0, "note": "",
        }  # fmt: skip
        model = replace(model, facts={**model.facts, "recipe": facts})
        write_model(model, output)
        return model


def make_cell(
    label: str,
    seed: int,
    values: Mapping[str, float],
    *,
    split: str = "unseen",
    digest: str = "d",
    n_boot: int = 400,
    facts: Mapping[str, Any] = MappingProxyType({}),
) -> Cell:
    """Return a cell whose resamples are the same artists' for every recipe, with some noise of its own."""
    artists = 0.02 * np.random.default_rng(0).normal(size=n_boot)
    own = 0.002 * np.random.default_rng([seed, len(label)]).normal(size=n_boot)
    rows = []
    for name, value in values.items():
        (measure,) = (measure for measure in MEASURES if measure.name == name)
        rows.append(
            Row(
                measure.task,
                measure.part,
                measure.metric,
                value,
                value - 0.04,
                value + 0.04,
                100,
                "pairs",
                replicates=value + artists + own,
            )
        )
    report = Report(
        collection="c", split=split, encoder="e", seed=0, findings=Findings(tuple(rows)),
        parts=(Part("seen", digest=digest), Part("unseen", digest=digest)),
    )  # fmt: skip
    told = {"weights": "from scratch", "trainable": 1, "train_seconds": 10.0 + seed, **facts}
    return Cell(label, split, seed, told, report)
