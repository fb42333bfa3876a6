"""From models and a gallery to a report: the test works of each model's split, seen and unseen artists apart.

A test work counts as seen when the model has learnt or chosen anything on works of its artist, else as
unseen; which of the two a split provides follows from the split itself, not from its name.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.audit.run import read_warnings
from morelli.collection.splits.episodes import draw_episodes
from morelli.errors import EvaluationError, UsageError
from morelli.evaluate.against import digest_works
from morelli.evaluate.breakdown import RetrievalExample, WorkLabels, draw_examples
from morelli.evaluate.k_shot import k_shot_rows
from morelli.evaluate.metrics.attribution import Confusion, read_predictions
from morelli.evaluate.metrics.neighbours import find_neighbours, hubness_rows
from morelli.evaluate.metrics.open_set import open_set_rows
from morelli.evaluate.metrics.prediction_sets import COVERAGE_LEVEL, coverage_rows, reliability_rows
from morelli.evaluate.protocols import (
    N_BOOT,
    Likelihood,
    attribution_rows,
    comparison_rows,
    measure_sets,
    retrieval_rows,
)
from morelli.evaluate.results import ComparisonResult, Part, Report, RetrievalResult
from morelli.evaluate.rows import ALL, KEPT_BACK, Absence, FigureTable, PartName, Row, Task
from morelli.evaluate.works import EvaluatedWorks, GalleryWorks, list_test_rows
from morelli.gallery.store import Gallery
from morelli.judge.qualified import QualifiedRow, qualified_rows
from morelli.model.artefact import Model
from morelli.settings import Progress

# What is asked beyond the three main questions, of one part at a time.

MAX_PROBABILITY_SUFFIX = "_max_probability"
"""Of rows that accept works by the probability of the first name, the usual baseline of an open set."""


@dataclass(frozen=True, eq=False)
class Study:
    """What was found beside the main questions.

    Parameters
    ----------
    rows
        The numbers.
    tables
        The numbers behind the figures.
    absences
        What was not measured, and why.
    """

    rows: tuple[Row, ...] = ()
    tables: tuple[FigureTable, ...] = ()
    absences: tuple[Absence, ...] = ()

    def __add__(self, other: Study) -> Study:
        """Return both together."""
        return Study(
            (*self.rows, *other.rows),
            (*self.tables, *other.tables),
            (*self.absences, *other.absences),
        )

    @classmethod
    def without(cls, task: Task, reason: str) -> Study:
        """Return a study in which a task could not be asked of unseen artists."""
        return cls(absences=(Absence(task, "unseen", ALL, reason),))


def _study_part(
    model: Model,
    part: PartName,
    works: EvaluatedWorks,
    stock: GalleryWorks,
    *,
    episodes: pl.DataFrame | None,
    seed: int,
    n_boot: int = N_BOOT,
) -> Study:
    """Return all studies of one part.

    Parameters
    ----------
    model
        The model.
    part
        Whether it has seen the artists.
    works
        The test works.
    stock
        All works of the gallery, to find further ones in.
    episodes
        Read from a file, or None to draw them from the test works.
    seed, n_boot
        Of the resamples of artists, and how many.
    """
    study = Study(
        tuple(hubness_rows(works.rows, works.raw, works.artists, part=part, seed=seed, n_boot=n_boot))
    )
    if part == "seen":
        return study + _study_certainty(model, works, seed, n_boot)
    known = _select_known(model, stock)
    study += _study_kept_back(model, known, seed, n_boot)
    study += _study_episodes(model, works, stock, episodes, seed=seed, n_boot=n_boot)
    return study + _study_strangers(model, works, known, seed, n_boot)


def _study_certainty(model: Model, works: EvaluatedWorks, seed: int, n_boot: int) -> Study:
    """Return what probabilities and sets of names are worth, of works by artists the model knows."""
    classes = np.array(model.attribution.artists, dtype=object)
    known = np.isin(np.array(works.artists, dtype=object), classes)
    if not known.any():
        return Study()
    truth = [artist for artist, is_known in zip(works.artists, known, strict=True) if is_known]
    return _study_probabilities(
        model, model.attribution.predict_proba(works.raw[known]), truth, seed=seed, n_boot=n_boot
    )


def _study_probabilities(
    model: Model, probabilities: NDArray[np.floating], truth: list[str], *, seed: int, n_boot: int
) -> Study:
    classes = model.attribution.artists
    rows, bins = reliability_rows(probabilities, classes, truth, seed=seed, n_boot=n_boot)
    study = Study(tuple(rows), (bins,))
    if model.prediction_sets is None:
        return study
    sets = model.prediction_sets.predict(probabilities, level=COVERAGE_LEVEL)
    covered, by_artist = coverage_rows(sets, classes, truth, seed=seed, n_boot=n_boot)
    return study + Study(tuple(covered), (by_artist,))


def _study_episodes(
    model: Model,
    works: EvaluatedWorks,
    stock: GalleryWorks,
    episodes: pl.DataFrame | None,
    *,
    seed: int,
    n_boot: int,
) -> Study:
    """Return how well new artists are named from a few works."""
    if episodes is not None:
        works = _select_shown(model, episodes, stock)
    else:
        try:
            episodes = draw_episodes(works.table, seed=seed)
        except EvaluationError as error:
            return Study.without("k_shot", f"it needs {error.expected}, and found {error.found}")
    rows = k_shot_rows(works.rows, works.raw, works.ids, episodes, part="unseen", seed=seed, n_boot=n_boot)
    return Study(tuple(rows))


def _select_shown(model: Model, episodes: pl.DataFrame, stock: GalleryWorks) -> EvaluatedWorks:
    """Return the works of episodes from a file, of artists that the model must not have met."""
    met = model.split.table.filter(pl.col("part") != "test")
    by_artist = episodes["artist"].is_in(met["artist"].unique().implode())
    by_work = episodes["id"].is_in(met["id"].implode())
    if (by_artist | by_work).any():
        known = episodes.filter(by_artist | by_work)["artist"].unique()
        raise EvaluationError(
            "--episodes",
            expected="artists that the model has not met",
            found=f"{len(known)} that it has learnt or chosen something on, such as {known.sort()[0]!r}",
            remedy="draw the episodes from the test part of the model's unseen split",
        )
    rows = episodes.unique("id", maintain_order=True).select("id", "artist")
    found = stock.select(model, rows)
    if found is None:
        raise EvaluationError(
            "--episodes",
            expected="works of the gallery that have a vector",
            found="none",
            remedy="take the gallery that the episodes were drawn from, and embed it",
        )
    return found


def _select_known(model: Model, stock: GalleryWorks) -> EvaluatedWorks | None:
    """Return the works by artists whom the model knows that it has not seen; None where there are none."""
    if model.roles is None:
        return None
    kept = model.roles.select(model.split, "known")
    return stock.select(model, kept) if len(kept) else None


def _study_kept_back(model: Model, known: EvaluatedWorks | None, seed: int, n_boot: int) -> Study:
    """Return how well known artists are named where none of their works are in the test part."""
    if known is None or not set(known.ids) <= set(model.split.part("train")["id"]):
        return Study()
    probabilities, truth = model.attribution.predict_proba(known.raw), known.artists
    named = attribution_rows(probabilities, model.attribution.artists, truth, seed=seed, n_boot=n_boot)
    certain = _study_probabilities(model, probabilities, truth, seed=seed, n_boot=n_boot)
    return Study(tuple(replace(row, subset=KEPT_BACK) for row in (*named, *certain.rows)))


def _study_strangers(
    model: Model, works: EvaluatedWorks, known: EvaluatedWorks | None, seed: int, n_boot: int
) -> Study:
    """Return whether works by unseen artists are told from works by known ones that were kept back."""
    if model.open_set is None or model.roles is None:
        return Study.without("open_set", "the model has no score for artists it does not know")
    if known is None:
        return Study.without("open_set", "no works of known artists were kept back")
    raw = np.concatenate([known.raw, works.raw])
    artists = known.artists + works.artists
    probabilities = model.attribution.predict_proba(raw)
    named = np.array(model.attribution.artists, dtype=object)[probabilities.argmax(axis=1)]
    rows, curve = open_set_rows(
        {"": -model.open_set.score(raw), MAX_PROBABILITY_SUFFIX: probabilities.max(axis=1)},
        named == np.array(artists, dtype=object),
        np.arange(len(artists)) < len(known),
        artists,
        seed=seed,
        n_boot=n_boot,
    )
    return Study(tuple(rows), (curve,))


# What one model says of one part of its split: every question that can be asked of these artists.

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


def _evaluate_part(
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
    study = _study_part(model, part, works, stock, episodes=episodes, seed=seed)
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


_log = logging.getLogger(__name__)

PARTS: tuple[PartName, ...] = ("seen", "unseen")


def evaluate_models(
    gallery: Gallery,
    models: Sequence[Model],
    *,
    seed: int = 0,
    episodes: pl.DataFrame | None = None,
    command: str = "",
    progress: Progress | None = None,
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
        Called before each step.

    Raises
    ------
    UsageError
        When the models do not go together.
    EvaluationError
        When no test work can be evaluated.
    """
    _check_models(models)
    stock = GalleryWorks.read(gallery, models[0].encoder.fingerprint)
    results: dict[PartName, PartResult] = {}
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
                progress(f"{part} artists: {len(works.table)} works", 0, 0)
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


def _assemble(
    gallery: Gallery,
    models: Sequence[Model],
    results: dict[PartName, PartResult],
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
