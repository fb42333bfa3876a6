"""What a calibration on the relevant population is worth: pairs of one style, by ratios for such pairs.

The same pairs stand under ``within_style`` with the ratios of the whole. What is calibrated on are works
whose artists one head of the model's ensemble has not met; test works take no part in it.
"""

from __future__ import annotations

import numpy as np

from morelli.collection.pairs.samples import sample_pairs
from morelli.errors import ModelError
from morelli.evaluate.breakdown import WorkLabels, list_subsets
from morelli.evaluate.metrics.evidence import SUBSET_METRICS, evidence_rows
from morelli.evaluate.metrics.intervals import resample_artists
from morelli.evaluate.rows import Absence, Findings, PartName
from morelli.evaluate.works import EvaluatedWorks
from morelli.gallery.store import Gallery
from morelli.learn.population import recalibrate_within_style
from morelli.model.artefact import Model

AMONG_STYLE = "within_style_calibrated"
"""The subset of pairs of one style whose ratios were calibrated on such pairs."""


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
