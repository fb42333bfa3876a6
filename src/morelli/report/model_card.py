"""The card of a model: what it learnt from, how well it does, what it is for and what it is not for.

`card.json` holds everything for programs; this is what a person should read before trusting an answer. After
Mitchell et al. 2019, Model Cards for Model Reporting, doi 10.1145/3287560.3287596.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from morelli.errors import EvaluationError, UsageError
from morelli.evaluate.metrics.words import GAIN_SUFFIX, RAW_SUFFIX, find_metric
from morelli.evaluate.results import Report
from morelli.evaluate.rows import ALL
from morelli.model.artefact import Model

_FORMS = (".html", ".md")


@dataclass(frozen=True)
class CardScore:
    """One number of a card.

    Parameters
    ----------
    on
        "validation", where choices were made and the number flatters, or "test".
    task, part, metric
        As in a report.
    value
        The number.
    low, high
        Its 95 % interval over artists, or None where none was measured.
    n, unit
        How many were counted, and what.
    """

    on: str
    task: str
    part: str
    metric: str
    value: float
    low: float | None
    high: float | None
    n: int
    unit: str

    @property
    def name(self) -> str:
        """The metric in words."""
        return find_metric(self.metric).name


@dataclass(frozen=True)
class ModelCard:
    """What a reader should know of a model.

    Parameters
    ----------
    collection, split, split_sha256, seed
        What it learnt from; the digest is over ids and parts.
    n_works
        By part of the split.
    encoder, fingerprint, dimension, parts
        What it sees pictures through; of each part its name, origin and note.
    comparison
        What takes part in the comparison head.
    artists
        Who can be named, with the number of works in train and val.
    scores
        On validation works, and on test works where a report was given.
    confusions
        Of validation works: artist, taken_for, n_confused, n.
    warnings
        Of the collection's audit.
    domain
        Distance above which a picture is refused and the share of validation works within, or None.
    versions
        Of Python and of the packages that matter.
    recipe
        What `train --recipe` says of how it learnt, by name; empty for a model without a recipe.
    """

    collection: str
    split: str
    split_sha256: str
    seed: int
    n_works: Mapping[str, int]
    encoder: str
    fingerprint: str
    dimension: int
    parts: tuple[Mapping[str, str], ...]
    comparison: str
    artists: Mapping[str, int]
    scores: tuple[CardScore, ...]
    confusions: tuple[Mapping[str, Any], ...]
    warnings: tuple[str, ...]
    domain: Mapping[str, float] | None
    versions: Mapping[str, str]
    recipe: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the card as a JSON object."""
        return asdict(self)


def describe_model(model: Model, report: Report | None = None) -> ModelCard:
    """Return the card of a model.

    Parameters
    ----------
    model
        As it was trained.
    report
        Of an evaluation of this model; its numbers on test works are taken over.

    Raises
    ------
    EvaluationError
        When the report is on other splits.
    """
    facts, validation = model.facts, model.facts.get("validation", {})
    return ModelCard(
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
        scores=(*_list_validation(validation), *(_list_test(model, report) if report else ())),
        confusions=tuple(validation.get("confusions", ())),
        warnings=tuple(facts.get("warnings", ())),
        domain=_describe_domain(model),
        versions=dict(facts.get("versions", {})),
        recipe=dict(facts.get("recipe", {})),
    )


def render_card(card: ModelCard, form: str) -> str:
    """Return a card as a page, complete in itself.

    Parameters
    ----------
    card
        What to show.
    form
        ".html" or ".md".

    Raises
    ------
    UsageError
        When it is neither.
    """
    if form not in _FORMS:
        raise UsageError("-o", expected="a name in .html or .md", found=repr(form), remedy="give it one")
    environment = Environment(
        loader=PackageLoader("morelli.report"),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cell"] = _escape_cell
    return environment.get_template(f"card{form}.j2").render(
        card=card, number=_write_score, recipe=_list_recipe(card.recipe)
    )


def write_cards(model: Model, folder: Path) -> None:
    """Write `card.html` and `card.md` beside the model's `card.json`."""
    card = describe_model(model)
    for form in _FORMS:
        (folder / f"card{form}").write_text(render_card(card, form), encoding="utf-8")


def _list_recipe(recipe: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a recipe says in words and numbers as they are printed, without what is empty.

    Examples
    --------
    >>> _list_recipe({"name": "siamese-triplet", "n_parameters": 23500, "train_seconds": 61.26, "note": ""})
    [('name', 'siamese-triplet'), ('parameters', '23,500'), ('train seconds', '61.3')]
    """
    return [
        (name.removeprefix("n_").replace("_", " "), _write_value(value))
        for name, value in recipe.items()
        if isinstance(value, str | int | float) and value != ""
    ]


def _write_score(score: CardScore) -> str:
    """Return a score as it is printed, with its interval where it has one.

    Examples
    --------
    >>> _write_score(CardScore("test", "comparison", "unseen", "roc_auc", 0.8171, 0.79, 0.84, 900, "pairs"))
    '0.817 (0.790 to 0.840)'
    """
    interval = "" if score.low is None else f" ({score.low:.3f} to {score.high:.3f})"
    return f"{score.value:.3f}{interval}"


def _write_value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _count_works(model: Model) -> dict[str, int]:
    learnt = model.split.table.filter(pl.col("part") != "test")
    counts = dict(learnt.group_by("artist").len().iter_rows())
    return {artist: counts.get(artist, 0) for artist in model.attribution.artists}


def _describe_domain(model: Model) -> dict[str, float] | None:
    if model.domain is None:
        return None
    return {"threshold": model.domain.threshold, "quantile": model.domain.quantile}


def _list_validation(validation: Mapping[str, Any]) -> list[CardScore]:
    scores = []
    if "accuracy" in validation:
        low, high = validation["accuracy_interval"]
        numbers = ("accuracy", validation["accuracy"], low, high, validation["n_works"], "works")
        scores.append(CardScore("validation", "attribution", "seen", *numbers))
    if "pair_roc_auc_by_method" in validation:
        best = max(validation["pair_roc_auc_by_method"].values())
        numbers = ("roc_auc", best, None, None, validation["n_pairs"], "pairs")
        scores.append(CardScore("validation", "comparison", "", *numbers))
    return scores


def _list_test(model: Model, report: Report) -> list[CardScore]:
    parts = [part for part, digest in report.split_sha256.items() if digest == model.split.digest]
    if not parts:
        raise EvaluationError(
            "--report",
            expected=f"a report on the split {model.split.digest[:12]}",
            found=", ".join(digest[:12] for digest in report.split_sha256.values()) or "none named",
            remedy="run 'morelli evaluate' with this model",
        )
    told = [
        row
        for row in report.rows
        if row.part in parts and row.subset == ALL and not row.metric.endswith((RAW_SUFFIX, GAIN_SUFFIX))
    ]
    return [
        CardScore("test", row.task, row.part, row.metric, row.value, row.low, row.high, row.n, row.unit)
        for row in told
    ]


def _escape_cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")
