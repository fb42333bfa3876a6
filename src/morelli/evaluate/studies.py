"""What is asked beyond the three main questions, of one part at a time.

Of seen artists: are probabilities and sets of names worth what they promise? Of unseen ones: can they be
named from a few works, and are they told from those that the model knows? Of both: are there hubs, and what
would earlier projects have measured? Where something cannot be measured, the reason is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.collection.episodes import draw_episodes
from morelli.errors import EvaluationError
from morelli.evaluate.coverage import COVERAGE_LEVEL, coverage_rows
from morelli.evaluate.figure_tables import FigureTable
from morelli.evaluate.hubness import hubness_rows
from morelli.evaluate.k_shot import k_shot_rows
from morelli.evaluate.legacy import LEGACY_DEPTH, legacy_rows, measure_legacy
from morelli.evaluate.neighbours import encode_names, find_neighbours
from morelli.evaluate.open_set import open_set_rows
from morelli.evaluate.protocols import N_BOOT, attribution_rows
from morelli.evaluate.reliability import reliability_rows
from morelli.evaluate.rows import ALL, KEPT_BACK, Absence, PartName, Row, Task
from morelli.evaluate.works import EvaluatedWorks, GalleryWorks
from morelli.model.artefact import Model

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


def study_part(
    model: Model,
    part: PartName,
    works: EvaluatedWorks,
    searched: EvaluatedWorks,
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
    works, searched
        The test works, and those among which they are searched.
    stock
        All works of the gallery, to find further ones in.
    episodes
        Read from a file, or None to draw them from the test works.
    seed, n_boot
        Of the resamples of artists, and how many.
    """
    study = _study_space(part, works, searched, seed, n_boot)
    if part == "seen":
        return study + _study_certainty(model, works, seed, n_boot)
    known = _select_known(model, stock)
    study += _study_kept_back(model, known, seed, n_boot)
    study += _study_episodes(model, works, stock, episodes, seed=seed, n_boot=n_boot)
    return study + _study_strangers(model, works, known, seed, n_boot)


def _study_space(
    part: PartName, works: EvaluatedWorks, searched: EvaluatedWorks, seed: int, n_boot: int
) -> Study:
    """Return hubs of the space, and what earlier projects would have measured in it."""
    hubs = hubness_rows(works.rows, works.raw, works.artists, part=part, seed=seed, n_boot=n_boot)
    nearest = find_neighbours(
        works.rows, searched.rows, k=LEGACY_DEPTH, query_ids=works.ids, gallery_ids=searched.ids
    )
    scores = measure_legacy(
        nearest,
        works.artists,
        works.titles,
        searched.artists,
        searched.titles,
        _count_relevant(works, searched),
    )
    legacy = legacy_rows(scores, works.artists, part=part, seed=seed, n_boot=n_boot)
    return Study((*hubs, *legacy))


def _count_relevant(works: EvaluatedWorks, searched: EvaluatedWorks) -> NDArray[np.int64]:
    """Return how many other works by its artist each work could find."""
    wanted, offered = encode_names(works.artists, searched.artists)
    counts = np.bincount(offered, minlength=int(wanted.max()) + 1)
    is_itself_there = np.isin(np.array(works.ids, dtype=object), np.array(searched.ids, dtype=object))
    found: NDArray[np.int64] = counts[wanted] - is_itself_there
    return found


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
