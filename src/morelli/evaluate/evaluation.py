"""From models and a gallery to a report: the test works of each model's split, seen and unseen artists apart.

A test work counts as seen when the model has learnt or chosen anything on works of its artist, else as
unseen; which of the two a split provides follows from the split itself, not from its name.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import astuple, replace
from functools import reduce
from operator import add

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.audit.run import read_warnings
from morelli.collection.splits.episodes import draw_episodes
from morelli.errors import EvaluationError, UsageError
from morelli.evaluate.against import digest_works
from morelli.evaluate.breakdown import WorkLabels, draw_examples, tabulate_artists, tabulate_confusion
from morelli.evaluate.k_shot import enrolment_rows, k_shot_rows
from morelli.evaluate.metrics.attribution import read_predictions
from morelli.evaluate.metrics.neighbours import find_neighbours, hubness_rows
from morelli.evaluate.metrics.open_set import open_set_rows
from morelli.evaluate.metrics.prediction_sets import COVERAGE_LEVEL, coverage_rows, reliability_rows
from morelli.evaluate.populations import is_foreign, list_foreign_rows, measure_population
from morelli.evaluate.protocols import (
    N_BOOT,
    Likelihood,
    attribution_rows,
    compare_works,
    measure_sets,
    retrieval_rows,
)
from morelli.evaluate.results import Part, Report
from morelli.evaluate.rows import ALL, KEPT_BACK, PARTS, Absence, Findings, PartName, Row, Task, make_table
from morelli.evaluate.works import (
    EvaluatedWorks,
    GalleryWorks,
    has_pairs,
    list_test_rows,
    select_known,
    select_shown,
)
from morelli.gallery.store import Gallery
from morelli.judge.qualified import qualified_rows
from morelli.model.artefact import Model
from morelli.settings import Progress, ignore_progress, one_thread

_log = logging.getLogger(__name__)

MAX_PROBABILITY_SUFFIX = "_max_probability"
"""Of rows that accept works by the probability of the first name, the usual baseline of an open set."""

OTHER = ", on another collection"
"""Of the split of a report on works that no model was trained with."""

_N_EXAMPLES, _N_FOUND = 5, 6


@one_thread()
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
    models
        Of one encoder; together they may measure each part once: a model of a ``seen`` and one of an
        ``unseen`` split make a report with both.
    episodes
        To be answered instead of drawn ones, as `read_episodes` returns them; one of the models must then
        measure unseen artists.
    command
        What to type to get this report again.
    progress
        Called before each step.
    """
    _check_models(models)
    held = GalleryWorks.read(gallery, models[0].encoder.fingerprint)
    parts: dict[PartName, Part] = {}
    findings: dict[PartName, Findings] = {}
    digests: dict[str, str] = {}
    for model, name, works in _select_parts(held, models, gallery):
        (progress or ignore_progress)(f"{name} artists: {len(works)} works", 0, 0)
        parts[name] = _describe_part(model, name, works)
        findings[name] = _measure_part(model, name, works, held, episodes, seed)
        if name == "unseen":
            findings[name] += measure_population(model, gallery, works, part=name, seed=seed, n_boot=N_BOOT)
        digests[name] = model.split.digest
    _require_parts(gallery, models, parts, episodes)
    ordered = [name for name in PARTS if name in parts]
    is_other = all(is_foreign(model, held) for model in models)
    missing = tuple(
        Part(name, reason=f"no model was given whose split keeps test works of {name} artists")
        for name in PARTS
        if name not in parts
    )
    return Report(
        collection=gallery.name if is_other else str(models[0].facts.get("collection", gallery.name)),
        split="+".join(model.split.kind for model in models) + (OTHER if is_other else ""),
        encoder=models[0].encoder.name,
        seed=seed,
        findings=reduce(add, [*(findings[name] for name in ordered), _list_qualified(gallery, models)]),
        parts=(*(parts[name] for name in ordered), *missing),
        command=command,
        warnings=read_warnings(gallery),
        split_sha256=digests,
    )


def _check_models(models: Sequence[Model]) -> None:
    fingerprints = {model.encoder.fingerprint for model in models}
    if len(fingerprints) != 1:
        raise UsageError(
            "--model",
            expected="at least one model, all of one encoder",
            found=f"{len(models)} models of {len(fingerprints)} encoders",
            remedy="evaluate models of different encoders one by one",
        )


def _select_parts(
    gallery: GalleryWorks, models: Sequence[Model], source: Gallery
) -> Iterator[tuple[Model, PartName, EvaluatedWorks]]:
    """Yield each part that a model measures, with its test works; refuse two models of one part.

    In a gallery without any of these, the source, all works that it has not met are.
    """
    measured = set()
    for model in models:
        for name in PARTS:
            is_other = is_foreign(model, gallery)
            rows = list_foreign_rows(model, source, name) if is_other else list_test_rows(model, name)
            works = gallery.select(model, rows)
            if works is None:
                continue
            if not has_pairs(works.one_per_group().artists):
                _log.warning("%d test works of %s artists make no pairs", len(works), name)
                continue
            if name in measured:
                raise UsageError(
                    "--model",
                    expected=f"one model that measures {name} artists",
                    found="two",
                    remedy="give one model of a seen and one of an unseen split",
                )
            measured.add(name)
            yield model, name, works


def _require_parts(
    gallery: Gallery, models: Sequence[Model], parts: dict[PartName, Part], episodes: pl.DataFrame | None
) -> None:
    if episodes is not None and "unseen" not in parts:
        raise UsageError(
            "--episodes",
            expected="a model whose split keeps test works of unseen artists",
            found=" and ".join(model.split.name for model in models),
            remedy="train one with --split unseen",
        )
    if not parts:
        raise EvaluationError(
            gallery.address,
            expected="test works of the model's split, or others that it has not met, by two artists or more "
            "and two by one of them",
            found="none with a vector, or too few",
            remedy="evaluate on the gallery that the model was trained on, or collect more works",
        )


def _list_qualified(gallery: Gallery, models: Sequence[Model]) -> Findings:
    """Return how near works of workshops, circles and followers come to their masters, by the first model."""
    rows = next(filter(None, (qualified_rows(model, gallery) for model in models)), ())
    return Findings(tables={"qualified": make_table("qualified", map(astuple, rows))})


def _describe_part(model: Model, name: PartName, works: EvaluatedWorks) -> Part:
    return Part(
        name,
        n_works=len(works),
        n_artists=len(set(works.artists)),
        digest=digest_works(works.ids, works.artists),
        score=model.comparison.rule.kind,
    )


def _measure_part(
    model: Model,
    part: PartName,
    works: EvaluatedWorks,
    gallery: GalleryWorks,
    episodes: pl.DataFrame | None,
    seed: int,
) -> Findings:
    """Return all that can be asked of a model about its test works by seen, or by unseen artists.

    In pairs, triplets and sets one work stands for its near-duplicates; a search finds none of these.
    The seed is that of pairs, triplets, episodes, examples and resamples.
    """
    alone = works.one_per_group()
    likelihood = _make_likelihood(model, alone)
    found = _name_works(model, works, seed) if part == "seen" else Findings()
    found += compare_works(
        alone.scored,
        alone.raw,
        alone.artists,
        part=part,
        seed=seed,
        likelihood=likelihood,
        rule=model.comparison.rule,
    )
    found += measure_sets(likelihood, alone.scored, alone.artists, part=part, seed=seed, n_boot=N_BOOT)
    rows, searched = search_part(model, part, works, gallery, seed=seed)
    found += Findings(tuple(rows), {"examples": _draw_examples(works, searched, part, seed)})
    return found + _measure_beside(model, part, works, gallery, episodes=episodes, seed=seed)


def search_part(
    model: Model,
    part: PartName,
    works: EvaluatedWorks,
    gallery: GalleryWorks,
    *,
    seed: int,
    n_boot: int = N_BOOT,
) -> tuple[list[Row], EvaluatedWorks]:
    """Return how well works are found by the model's own rule, and what was searched.

    Seen works are searched among the train works, unseen ones among the test works; a query finds neither
    itself nor its near-duplicates.
    """
    learnt = model.split.table.filter(pl.col("part") == "train")
    searched = (gallery.select(model, learnt) if part == "seen" else None) or works
    rows = retrieval_rows(
        works.scored,
        works.artists,
        searched.scored,
        searched.artists,
        query_ids=works.groups,
        gallery_ids=searched.groups,
        part=part,
        seed=seed,
        n_boot=n_boot,
        rule=model.comparison.rule,
    )
    return rows, searched


def _make_likelihood(model: Model, works: EvaluatedWorks) -> Likelihood:
    """Return what the model makes of scores, by the very map that answers come from."""
    head = model.comparison

    def relate(scores: NDArray[np.floating], n_works: int) -> NDArray[np.float64] | None:
        is_missing = head.calibration.find_missing(n_works, n_works) is not None
        return None if is_missing else head.log10_likelihood_ratio(scores, n_works, n_works)

    return Likelihood(
        relate=relate,
        rule=head.rule,
        labels=WorkLabels(
            styles=works.table["style"].to_list(),
            years=works.table["year"].to_list(),
            sources=works.table["source"].to_list(),
            paths=works.table["path"].to_list(),
        ),
    )


def _name_works(model: Model, works: EvaluatedWorks, seed: int) -> Findings:
    """Return how well the artists of works are named, of works by artists with a training work."""
    raw, truth = _find_known(model, works)
    if len(truth) < len(works):
        _log.warning("%d test works are by artists without a training work", len(works) - len(truth))
    if not truth:
        return Findings()
    probabilities, classes = model.attribution.predict_proba(raw), list(model.attribution.artists)
    predictions = read_predictions(probabilities, classes, truth)
    return Findings(
        tuple(attribution_rows(probabilities, classes, truth, seed=seed)),
        {"confusion": tabulate_confusion(predictions), "artists": tabulate_artists(predictions)},
    )


def _find_known(model: Model, works: EvaluatedWorks) -> tuple[NDArray[np.float32], list[str]]:
    """Return stored vectors and artists of the works whose artist the model can name."""
    classes = set(model.attribution.artists)
    known = [row for row, artist in enumerate(works.artists) if artist in classes]
    return works.raw[known], [works.artists[row] for row in known]


def _draw_examples(
    works: EvaluatedWorks, searched: EvaluatedWorks, part: PartName, seed: int
) -> pl.DataFrame:
    neighbours = find_neighbours(
        works.rows, searched.rows, k=_N_FOUND, query_ids=works.groups, gallery_ids=searched.groups
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


def _measure_beside(
    model: Model,
    part: PartName,
    works: EvaluatedWorks,
    gallery: GalleryWorks,
    *,
    episodes: pl.DataFrame | None,
    seed: int,
    n_boot: int = N_BOOT,
) -> Findings:
    """Return what is asked of one part beyond the three main questions."""
    hubs = hubness_rows(works.rows, works.raw, works.artists, part=part, seed=seed, n_boot=n_boot)
    found = Findings(tuple(hubs))
    if part == "seen":
        raw, truth = _find_known(model, works)
        if not truth:
            return found
        probabilities = model.attribution.predict_proba(raw)
        return found + _measure_certainty(model, probabilities, truth, seed=seed, n_boot=n_boot)
    known = select_known(model, gallery)
    found += _measure_kept_back(model, known, seed, n_boot)
    found += _measure_episodes(model, works, known, gallery, episodes, seed=seed, n_boot=n_boot)
    return found + _measure_unknown(model, works, known, seed, n_boot)


def _measure_certainty(
    model: Model, probabilities: NDArray[np.floating], truth: list[str], *, seed: int, n_boot: int
) -> Findings:
    """Return what probabilities and sets of names are worth, of works by artists the model knows."""
    classes = model.attribution.artists
    rows, bins = reliability_rows(probabilities, classes, truth, seed=seed, n_boot=n_boot)
    found = Findings(tuple(rows), {"attribution_reliability": bins})
    if model.prediction_sets is None:
        return found
    sets = model.prediction_sets.predict(probabilities, level=COVERAGE_LEVEL)
    covered, by_artist = coverage_rows(sets, classes, truth, seed=seed, n_boot=n_boot)
    return found + Findings(tuple(covered), {"coverage": by_artist})


def _measure_kept_back(model: Model, known: EvaluatedWorks | None, seed: int, n_boot: int) -> Findings:
    """Return how well known artists are named where none of their works are in the test part."""
    if known is None or not set(known.ids) <= set(model.split.part("train")["id"]):
        return Findings()
    probabilities, truth = model.attribution.predict_proba(known.raw), known.artists
    named = attribution_rows(probabilities, model.attribution.artists, truth, seed=seed, n_boot=n_boot)
    certain = _measure_certainty(model, probabilities, truth, seed=seed, n_boot=n_boot)
    return Findings(tuple(replace(row, subset=KEPT_BACK) for row in (*named, *certain.rows)))


def _measure_episodes(
    model: Model,
    works: EvaluatedWorks,
    known: EvaluatedWorks | None,
    gallery: GalleryWorks,
    episodes: pl.DataFrame | None,
    *,
    seed: int,
    n_boot: int,
) -> Findings:
    """Return how well new artists are named from a few works, among themselves and beside known ones."""
    if episodes is not None:
        works = select_shown(model, episodes, gallery)
    else:
        try:
            episodes = draw_episodes(works.table, seed=seed)
        except EvaluationError as error:
            return _leave_out("k_shot", f"it needs {error.expected}, and found {error.found}")
    rows = k_shot_rows(works.rows, works.raw, works.ids, episodes, part="unseen", seed=seed, n_boot=n_boot)
    rows += enrolment_rows(model, works, known, episodes, part="unseen", seed=seed, n_boot=n_boot)
    return Findings(tuple(rows))


def _measure_unknown(
    model: Model, works: EvaluatedWorks, known: EvaluatedWorks | None, seed: int, n_boot: int
) -> Findings:
    """Return whether works by unseen artists are told from works by known ones that were held out."""
    if model.open_set is None or model.roles is None:
        return _leave_out("open_set", "the model has no score for artists it does not know")
    if known is None:
        return _leave_out("open_set", "no works of known artists were kept back")
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
    return Findings(tuple(rows), {"oscr": curve})


def _leave_out(task: Task, reason: str) -> Findings:
    """Return findings in which a task could not be asked of unseen artists."""
    return Findings(absences=(Absence(task, "unseen", ALL, reason),))
