"""From models and a gallery to a report: the test works of each model's split, seen and unseen artists apart.

A test work counts as seen when the model has learnt or chosen anything on works of its artist, else as
unseen; which of the two a split provides follows from the split itself, not from its name.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from morelli.errors import EvaluationError, UsageError
from morelli.evaluate.confusion import Confusion
from morelli.evaluate.evidence_protocol import Likelihood, measure_sets
from morelli.evaluate.examples import RetrievalExample, draw_examples
from morelli.evaluate.neighbours import find_neighbours
from morelli.evaluate.predictions import read_predictions
from morelli.evaluate.protocols import N_BOOT, attribution_rows, comparison_rows, retrieval_rows
from morelli.evaluate.qualified import QualifiedRow, qualified_rows
from morelli.evaluate.replicates import digest_works
from morelli.evaluate.results import ComparisonResult, Part, Report, RetrievalResult
from morelli.evaluate.rows import Absence, PartName, Row
from morelli.evaluate.studies import Study, study_part
from morelli.evaluate.subsets import WorkLabels
from morelli.evaluate.works import EvaluatedWorks, GalleryWorks, list_test_rows
from morelli.gallery.auditing import read_warnings
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model

_log = logging.getLogger(__name__)

PARTS: tuple[PartName, ...] = ("seen", "unseen")

_N_EXAMPLES, _N_FOUND = 5, 6


@dataclass(frozen=True, eq=False)
class _PartResult:
    """All that was measured on one part."""

    part: Part
    rows: tuple[Row, ...]
    absences: tuple[Absence, ...]
    comparison: ComparisonResult
    retrieval: RetrievalResult
    examples: tuple[RetrievalExample, ...]
    confusion: Confusion | None
    digest: str
    study: Study


def evaluate_models(
    gallery: Gallery,
    models: Sequence[Model],
    *,
    seed: int = 0,
    episodes: pl.DataFrame | None = None,
    command: str = "",
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Return the report of one or several models on the test works of their splits.

    Parameters
    ----------
    gallery
        Holds the works and their vectors.
    models
        Of one encoder; together they may measure each part once: a model of a ``seen`` and one of an
        ``unseen`` split make a report with both.
    seed
        Of pairs, triplets, episodes, examples and resamples.
    episodes
        To be answered instead of drawn ones, as `collection.episode_files.read_episodes` returns them; one of
        the models must then measure unseen artists.
    command
        What to type to get this report again.
    progress
        Called with a sentence before each step.

    Raises
    ------
    UsageError
        When the models do not go together.
    EvaluationError
        When no test work can be evaluated.
    """
    _check_models(models)
    stock = GalleryWorks.read(gallery, models[0].encoder.fingerprint)
    results: dict[PartName, _PartResult] = {}
    for model in models:
        for part in PARTS:
            works = stock.select(model, list_test_rows(model, part))
            if works is None:
                continue
            if not has_pairs(works.artists):
                _log.warning("%d test works of %s artists make no pairs", len(works.table), part)
                continue
            if part in results:
                raise UsageError(
                    "--model",
                    expected=f"one model that measures {part} artists",
                    found="two",
                    remedy="give one model of a seen and one of an unseen split",
                )
            if progress is not None:
                progress(f"{part} artists: {len(works.table)} works")
            results[part] = _evaluate_part(model, part, works, stock, episodes=episodes, seed=seed)
    if episodes is not None and "unseen" not in results:
        raise UsageError(
            "--episodes",
            expected="a model whose split keeps test works of unseen artists",
            found=" and ".join(model.split.name for model in models),
            remedy="train one with --split unseen",
        )
    qualified = next(filter(None, (qualified_rows(model, gallery) for model in models)), ())
    return _assemble(gallery, models, results, qualified, seed, command)


def _check_models(models: Sequence[Model]) -> None:
    fingerprints = {model.encoder.fingerprint for model in models}
    if len(fingerprints) != 1:
        raise UsageError(
            "--model",
            expected="at least one model, all of one encoder",
            found=f"{len(models)} models of {len(fingerprints)} encoders",
            remedy="evaluate models of different encoders one by one",
        )


def has_pairs(artists: Sequence[str]) -> bool:
    """Say whether there are pairs by one hand and by two; stray works of a split need not make any."""
    return len(artists) > len(set(artists)) > 1


def _evaluate_part(
    model: Model,
    part: PartName,
    works: EvaluatedWorks,
    stock: GalleryWorks,
    *,
    episodes: pl.DataFrame | None,
    seed: int,
) -> _PartResult:
    likelihood = _make_likelihood(model, works, part)
    comparison = comparison_rows(
        works.scored,
        works.raw,
        works.artists,
        part=part,
        seed=seed,
        likelihood=likelihood,
        rule=model.comparison.rule,
    )
    set_rows, absences = measure_sets(
        likelihood, works.scored, works.artists, part=part, seed=seed, n_boot=N_BOOT
    )
    if comparison.evidence is not None:
        absences = (*comparison.evidence.absences, *absences)
    retrieval, searched = search_part(model, part, works, stock, seed=seed)
    attribution, confusion = _evaluate_attribution(model, works, seed) if part == "seen" else ([], None)
    study = study_part(model, part, works, searched, stock, episodes=episodes, seed=seed)
    return _PartResult(
        part=Part(
            part,
            n_works=len(works),
            n_artists=len(set(works.artists)),
            digest=digest_works(works.ids, works.artists),
        ),
        rows=(*attribution, *comparison.rows, *set_rows, *retrieval.rows, *study.rows),
        absences=(*absences, *study.absences),
        comparison=comparison,
        retrieval=retrieval,
        examples=_draw_examples(works, searched, part, seed),
        confusion=confusion,
        digest=model.split.digest,
        study=study,
    )


def search_part(
    model: Model,
    part: PartName,
    works: EvaluatedWorks,
    stock: GalleryWorks,
    *,
    seed: int,
    n_boot: int = N_BOOT,
) -> tuple[RetrievalResult, EvaluatedWorks]:
    """Return how well works are found, and what was searched.

    Seen works are searched among the train works, unseen ones among the test works.

    Parameters
    ----------
    model
        Compares by its own rule.
    part, works
        What is asked about.
    stock
        Of the gallery.
    seed, n_boot
        Of the resamples, and how many.
    """
    learnt = model.split.table.filter(pl.col("part") == "train")
    searched = (stock.select(model, learnt) if part == "seen" else None) or works
    result = retrieval_rows(
        works.scored,
        works.artists,
        searched.scored,
        searched.artists,
        query_ids=works.ids,
        gallery_ids=searched.ids,
        part=part,
        seed=seed,
        n_boot=n_boot,
        rule=model.comparison.rule,
    )
    return result, searched


def _make_likelihood(model: Model, works: EvaluatedWorks, part: PartName) -> Likelihood:
    """Return what the model makes of scores, by the calibration for artists of this part."""
    head = model.comparison
    return Likelihood(
        relate=lambda scores, n_works: head.log10_likelihood_ratio(
            scores, n_works, n_works, seen=part == "seen"
        ),
        merge=head.merge_rows,
        rule=head.rule,
        labels=WorkLabels(
            styles=works.table["style"].to_list(),
            years=works.table["year"].to_list(),
            sources=works.table["source"].to_list(),
            paths=works.table["path"].to_list(),
        ),
    )


def _evaluate_attribution(
    model: Model, works: EvaluatedWorks, seed: int
) -> tuple[list[Row], Confusion | None]:
    classes = list(model.attribution.artists)
    known = [row for row, artist in enumerate(works.artists) if artist in set(classes)]
    if len(known) < len(works.artists):
        _log.warning("%d test works are by artists without a training work", len(works.artists) - len(known))
    if not known:
        return [], None
    truth = [works.artists[row] for row in known]
    probabilities = model.attribution.predict_proba(works.raw[known])
    return (
        attribution_rows(probabilities, classes, truth, seed=seed),
        Confusion.from_predictions(read_predictions(probabilities, classes, truth)),
    )


def _draw_examples(
    works: EvaluatedWorks, searched: EvaluatedWorks, part: PartName, seed: int
) -> tuple[RetrievalExample, ...]:
    neighbours = find_neighbours(
        works.rows, searched.rows, k=_N_FOUND, query_ids=works.ids, gallery_ids=searched.ids
    )
    return draw_examples(
        neighbours,
        works.pictures,
        searched.pictures,
        part=part,
        rng=np.random.default_rng(seed),
        n_examples=_N_EXAMPLES,
        n_found=_N_FOUND,
    )


def _assemble(
    gallery: Gallery,
    models: Sequence[Model],
    results: dict[PartName, _PartResult],
    qualified: tuple[QualifiedRow, ...],
    seed: int,
    command: str,
) -> Report:
    if not results:
        raise EvaluationError(
            gallery.address,
            expected="test works of the model's split, by two artists or more and two by one of them",
            found="none with a vector, or too few",
            remedy="evaluate on the gallery that the model was trained on, or collect more works",
        )
    missing = tuple(
        Part(name, reason=f"no model was given whose split keeps test works of {name} artists")
        for name in PARTS
        if name not in results
    )
    found = [results[name] for name in PARTS if name in results]
    return Report(
        collection=gallery.name
        if "collection" not in models[0].facts
        else str(models[0].facts["collection"]),
        split="+".join(model.split.kind for model in models),
        encoder=models[0].encoder.name,
        seed=seed,
        rows=tuple(row for result in found for row in result.rows),
        parts=(*(result.part for result in found), *missing),
        confusion=next((result.confusion for result in found if result.confusion is not None), None),
        comparisons=tuple(result.comparison for result in found),
        retrievals=tuple(result.retrieval for result in found),
        examples=tuple(example for result in found for example in result.examples),
        tables=tuple(table for result in found for table in result.study.tables),
        not_measured=tuple(absence for result in found for absence in result.absences),
        qualified=qualified,
        command=command,
        warnings=read_warnings(gallery),
        split_sha256={part: result.digest for part, result in results.items()},
    )
