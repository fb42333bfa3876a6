"""The card of a model: what it learnt from, how well it does, what it is for and what it is not for.

`card.json` holds everything for programs; this is what a person should read before trusting an answer. After
Mitchell et al. 2019, Model Cards for Model Reporting, doi 10.1145/3287560.3287596.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from morelli.errors import EvaluationError, UsageError
from morelli.evaluate.metrics.words import GAIN_SUFFIX, RAW_SUFFIX, find_metric
from morelli.evaluate.results import Report
from morelli.evaluate.rows import ALL, Row
from morelli.model.artefact import Model
from morelli.report.render import render_template

_FORMS = (".html", ".md")


@dataclass(frozen=True)
class _ModelCard:
    """What a reader should know of a model."""

    collection: str
    split: str
    split_sha256: str  # over ids and parts
    seed: int
    n_works: Mapping[str, int]  # by part of the split
    encoder: str
    fingerprint: str
    dimension: int
    parts: tuple[Mapping[str, str], ...]  # of the encoder: model, origin and note of each
    comparison: str  # what takes part in the comparison head
    artists: Mapping[str, int]  # who can be named, with the number of works in train and val
    enrolled: Mapping[str, int]  # who was added later without training, with the number of works
    scores: tuple[tuple[str, Row], ...]  # on "validation", where choices were made, and on "test" works
    confusions: tuple[Mapping[str, Any], ...]  # of validation works: artist, taken_for, n_confused, n
    warnings: tuple[str, ...]  # of the collection's audit
    domain: Mapping[str, float] | None  # distance above which a picture is refused, and its quantile
    versions: Mapping[str, str]
    recipe: Mapping[str, Any] = field(default_factory=dict)  # what the recipe says of how it learnt
    calibrated_on: str = ""  # whose works the likelihood ratios were calibrated on

    def to_dict(self) -> dict[str, Any]:
        """Return the card as a JSON object."""
        return {**vars(self), "scores": [_list_score(on, row) for on, row in self.scores]}


def _list_score(on: str, row: Row) -> dict[str, Any]:
    """Return a score as it stands in JSON, where an interval that was not measured is null."""
    numbers = {name: value for name, value in row.to_dict().items() if name != "subset"}
    return {"on": on, **numbers, "low": _drop_nan(row.low), "high": _drop_nan(row.high)}


def _drop_nan(value: float) -> float | None:
    return None if math.isnan(value) else value


def describe_model(model: Model, report: Report | None = None) -> _ModelCard:
    """Return the card of a model, with the numbers on test works of a report of an evaluation of it.

    Raises `EvaluationError` when the report is on other splits.
    """
    facts, validation = model.facts, model.facts.get("validation", {})
    return _ModelCard(
        collection=str(facts.get("collection", "unknown")),
        split=model.split.name,
        split_sha256=model.split.digest,
        seed=int(facts.get("seed", 0)),
        n_works=dict(facts.get("n_works", {})),
        encoder=model.encoder.name,
        fingerprint=model.encoder.fingerprint,
        dimension=model.encoder.dimension,
        parts=tuple(
            {"model": part.model, "origin": part.origin, "note": part.note} for part in model.encoder.parts
        ),
        comparison=model.comparison.method,
        artists=_count_works(model),
        enrolled={} if model.enrolled is None else model.enrolled.counts,
        scores=(*_list_validation(validation), *(_list_test(model, report) if report else ())),
        confusions=tuple(validation.get("confusions", ())),
        warnings=tuple(facts.get("warnings", ())),
        domain=_describe_domain(model),
        versions=dict(facts.get("versions", {})),
        recipe=dict(facts.get("recipe", {})),
        calibrated_on=_describe_population(model),
    )


def render_card(card: _ModelCard, form: str) -> str:
    """Return a card as a page, complete in itself, in the form ".html" or ".md"."""
    if form not in _FORMS:
        raise UsageError("-o", expected="a name in .html or .md", found=repr(form), remedy="give it one")
    scores = [
        {**_list_score(on, row), "name": find_metric(row.metric).name, "value": _write_score(row)}
        for on, row in card.scores
    ]
    return render_template(f"card{form}.j2", card=card, scores=scores, recipe=_list_recipe(card.recipe))


def render_cards(model: Model) -> dict[str, str]:
    """Return the pages that lie beside the model's `card.json`: `card.html` and `card.md`."""
    card = describe_model(model)
    return {f"card{form}": render_card(card, form) for form in _FORMS}


def _list_recipe(recipe: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a recipe says in words and numbers as they are printed, without what is empty.

    >>> _list_recipe({"name": "siamese-triplet", "n_parameters": 23500, "train_seconds": 61.26, "note": ""})
    [('name', 'siamese-triplet'), ('parameters', '23,500'), ('train seconds', '61.3')]
    """
    return [
        (name.removeprefix("n_").replace("_", " "), _write_value(value))
        for name, value in recipe.items()
        if isinstance(value, str | int | float) and value != ""
    ]


def _write_score(row: Row) -> str:
    """Return a score as it is printed, with its interval where it has one.

    >>> _write_score(Row("comparison", "unseen", "roc_auc", 0.8171, 0.79, 0.84, 900, "pairs"))
    '0.817 (0.790 to 0.840)'
    """
    interval = "" if math.isnan(row.low) else f" ({row.low:.3f} to {row.high:.3f})"
    return f"{row.value:.3f}{interval}"


def _write_value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _count_works(model: Model) -> dict[str, int]:
    learnt = model.split.table.filter(pl.col("part") != "test")
    counts = dict(learnt.group_by("artist").len().iter_rows())
    return {artist: counts.get(artist, 0) for artist in model.attribution.artists}


def _describe_population(model: Model) -> str:
    population = model.comparison.calibration.population
    if population is None:
        return ""
    years = f", of {population.years[0]} to {population.years[1]}" if population.years else ""
    n_styles = len(population.styles)
    return population.describe() + years + (f", in {n_styles} styles" if n_styles else "")


def _describe_domain(model: Model) -> dict[str, float] | None:
    if model.domain is None:
        return None
    return {"threshold": model.domain.threshold, "quantile": model.domain.quantile}


def _list_validation(validation: Mapping[str, Any]) -> list[tuple[str, Row]]:
    rows = []
    if "accuracy" in validation:
        value, (low, high), n = (validation[name] for name in ("accuracy", "accuracy_interval", "n_works"))
        rows.append(Row("attribution", "seen", "accuracy", value, low, high, n, "works"))
    if "pair_roc_auc_by_method" in validation:
        best = max(validation["pair_roc_auc_by_method"].values())
        rows.append(
            Row("comparison", "", "roc_auc", best, math.nan, math.nan, validation["n_pairs"], "pairs")
        )
    return [("validation", row) for row in rows]


def _list_test(model: Model, report: Report) -> list[tuple[str, Row]]:
    parts = [part for part, digest in report.split_sha256.items() if digest == model.split.digest]
    if not parts:
        raise EvaluationError(
            "--report",
            expected=f"a report on the split {model.split.digest[:12]}",
            found=", ".join(digest[:12] for digest in report.split_sha256.values()) or "none named",
            remedy="run 'morelli evaluate' with this model",
        )
    return [
        ("test", row)
        for row in report.rows
        if row.part in parts and row.subset == ALL and not row.metric.endswith((RAW_SUFFIX, GAIN_SUFFIX))
    ]
