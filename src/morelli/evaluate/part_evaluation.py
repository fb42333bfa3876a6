"""What one model says of one part of its split: every question that can be asked of these artists."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
import polars as pl

from morelli.evaluate.confusion import Confusion
from morelli.evaluate.evidence_protocol import Likelihood, measure_sets
from morelli.evaluate.examples import RetrievalExample, draw_examples
from morelli.evaluate.neighbours import find_neighbours
from morelli.evaluate.predictions import read_predictions
from morelli.evaluate.protocols import N_BOOT, attribution_rows, comparison_rows, retrieval_rows
from morelli.evaluate.replicates import digest_works
from morelli.evaluate.results import ComparisonResult, Part, RetrievalResult
from morelli.evaluate.rows import Absence, PartName, Row
from morelli.evaluate.studies import Study, study_part
from morelli.evaluate.subsets import WorkLabels
from morelli.evaluate.works import EvaluatedWorks, GalleryWorks
from morelli.model.artefact import Model

_log = logging.getLogger(__name__)

_N_EXAMPLES, _N_FOUND = 5, 6


@dataclass(frozen=True, eq=False)
class PartResult:
    """All that was measured on one part.

    Parameters
    ----------
    part
        Which, and how many works and artists it has.
    rows, absences
        The numbers, and what has none.
    comparison, retrieval, examples, confusion
        What the report draws; no confusion of unseen artists.
    digest
        Of the split.
    study
        What was asked beyond the three main questions; its rows are among the rows.
    """

    part: Part
    rows: tuple[Row, ...]
    absences: tuple[Absence, ...]
    comparison: ComparisonResult
    retrieval: RetrievalResult
    examples: tuple[RetrievalExample, ...]
    confusion: Confusion | None
    digest: str
    study: Study


def evaluate_part(
    model: Model,
    part: PartName,
    works: EvaluatedWorks,
    stock: GalleryWorks,
    *,
    episodes: pl.DataFrame | None,
    seed: int,
) -> PartResult:
    """Return all that can be asked of a model about its test works by seen, or by unseen artists.

    Parameters
    ----------
    model
        The model.
    part, works
        What is asked about.
    stock
        Of the gallery.
    episodes
        Read from a file, or None to draw them from the works.
    seed
        Of pairs, triplets, episodes, examples and resamples.
    """
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
    return PartResult(
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
