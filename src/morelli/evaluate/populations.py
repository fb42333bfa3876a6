"""Other populations than the whole: works of another collection, and pairs of one style.

On a collection that a model was not trained with, its test works are all that it has not met: of artists whom
it knows by name, and of all others, apart. The artists that it was calibrated on there take no part.

Of pairs of one style it is asked what ratios are worth that were calibrated on such pairs. The same pairs
stand under ``within_style`` with the ratios of the whole. What is calibrated on are works whose artists one
head of the model's ensemble has not met; test works take no part in it.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from morelli.collection.duplicates.hashes import group_works
from morelli.collection.names.text import fold_name
from morelli.collection.pairs.samples import sample_pairs
from morelli.errors import ModelError
from morelli.evaluate.breakdown import WorkLabels, list_subsets
from morelli.evaluate.metrics.evidence import SUBSET_METRICS, evidence_rows
from morelli.evaluate.metrics.intervals import resample_artists
from morelli.evaluate.rows import Absence, Findings, PartName
from morelli.evaluate.works import EvaluatedWorks, GalleryWorks
from morelli.gallery.store import Gallery
from morelli.learn.population import list_autographs, recalibrate_within_style
from morelli.model.artefact import Model

AMONG_STYLE = "within_style_calibrated"
"""The subset of pairs of one style whose ratios were calibrated on such pairs."""


def list_foreign_rows(model: Model, gallery: Gallery, part: PartName) -> pl.DataFrame:
    """Return id, artist and group of the works of another collection whose artists a model knows, or not.

    Names are compared without case and accents. Pictures that stand in the model's split are left out, and
    new artists on whom it was calibrated.
    """
    works = list_autographs(gallery)
    works = works.filter(~pl.col("id").is_in(model.split.table["id"].implode()))
    population = model.comparison.calibration.population
    known = {fold_name(name) for name in model.split.table["artist"]}
    met = {fold_name(name) for name in (population.artists if population is not None else ())}
    names = [fold_name(name) for name in works["artist"]]
    is_kept = [name in known if part == "seen" else name not in known | met for name in names]
    groups = pl.Series("group", group_works(works) if len(works) else [], dtype=pl.Int64)
    return works.select("id", "artist", groups).filter(pl.Series(is_kept, dtype=pl.Boolean))


def is_foreign(model: Model, gallery: GalleryWorks) -> bool:
    """Say whether a gallery holds no test work of a model's split."""
    tested = model.split.table.filter(pl.col("part") == "test")["id"]
    return not set(tested) & set(gallery.facts["id"])


def measure_population(
    model: Model, gallery: Gallery, works: EvaluatedWorks, *, part: PartName, seed: int, n_boot: int
) -> Findings:
    """Return the rows of pairs of one style, by ratios that were calibrated on pairs of one style."""
    works = works.one_per_group()
    rng = np.random.default_rng(seed)
    pairs = sample_pairs(works.artists, rng=rng)
    names, codes = np.unique(np.array(works.artists, dtype=object), return_inverse=True)
    nothing: list[None] = [None] * len(works)
    labels = WorkLabels(works.table["style"].to_list(), nothing, nothing, [""] * len(works))
    subset = list_subsets(pairs, codes, labels)[0]
    if subset.reason:
        return _leave_out(part, subset.reason)
    try:
        like = recalibrate_within_style(model, gallery, seed=seed).comparison
    except ModelError as error:
        return _leave_out(part, f"a calibration needs {error.expected}, and found {error.found}")
    own = np.flatnonzero(subset.members)
    left, right = pairs.left[own], pairs.right[own]
    scores = like.rule.score_at(works.scored, left, right)
    rows = evidence_rows(
        like.log10_likelihood_ratio(scores),
        codes[left],
        codes[right],
        resample_artists(len(names), n_boot=n_boot, rng=rng),
        part=part,
        scores=scores,
        metrics=SUBSET_METRICS,
        subset=AMONG_STYLE,
    )
    return Findings(tuple(rows))


def _leave_out(part: PartName, reason: str) -> Findings:
    return Findings(absences=(Absence("comparison", part, AMONG_STYLE, reason),))
