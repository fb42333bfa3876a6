"""The three protocols: what is measured, on what, with which interval; one row per number.

Attribution names the artist of works by seen artists. Comparison asks of pairs of works whether one hand made
both, for seen and for unseen artists, beside the cosine of the stored vectors, which needs no learning at
all. Retrieval searches a gallery. All intervals resample artists; see `metrics.intervals`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from sklearn.preprocessing import normalize

from morelli.collection.pairs.samples import N_TRIPLETS, Pairs, sample_pairs, sample_triplets
from morelli.evaluate.breakdown import WorkLabels, find_worst_pairs, list_subsets, rank_artists
from morelli.evaluate.metrics.attribution import replicate_attribution
from morelli.evaluate.metrics.calibration import trace_cross_entropy
from morelli.evaluate.metrics.comparison import Scoring, count_scores, measure_scoring, trace_curve
from morelli.evaluate.metrics.curves import Curves
from morelli.evaluate.metrics.evidence import (
    CONTEST_PRIOR,
    EVEN_PRIOR,
    SUBSET_METRICS,
    evidence_rows,
    measure_misleading,
    trace_reliability,
    trace_tippett,
)
from morelli.evaluate.metrics.intervals import (
    Interval,
    average_over_artists,
    enclose,
    resample_artists,
)
from morelli.evaluate.metrics.neighbours import require_rows
from morelli.evaluate.metrics.retrieval import measure_retrieval
from morelli.evaluate.metrics.words import GAIN_SUFFIX, RAW_SUFFIX
from morelli.evaluate.rows import Absence, Cell, Findings, PartName, Row, Task, make_table
from morelli.evaluate.sets import SET_SIZES, Relate, set_rows
from morelli.judge.words import SCALE
from morelli.model.scoring import COSINE, Rule

N_BOOT = 1000
"""Resamples of artists: what Efron and Tibshirani (1993), section 14.3, ask for at 95 %."""


@dataclass(frozen=True)
class Likelihood:
    """What a model makes of scores, and what is known of the works beside their artists."""

    relate: Relate  # from the scores of two sets of so many works each to log10 likelihood ratios
    labels: WorkLabels
    rule: Rule = COSINE  # what scores two sets of rows


def attribution_rows(
    probabilities: ArrayLike, classes: Sequence[str], truth: Sequence[str], *, seed: int, n_boot: int = N_BOOT
) -> list[Row]:
    """Return how well the artists of works by seen artists are named: five metrics.

    `probabilities` are (q, c), 0 to 1, rows adding up to at most 1; `classes` names their columns and `truth`
    the artist of each work, one of the classes.

    >>> rows = attribution_rows([[0.9, 0.1], [0.2, 0.8]], ["A", "B"], ["A", "B"], seed=0)
    >>> rows[0].metric, rows[0].value, rows[0].n
    ('accuracy', 1.0, 2)
    """
    measured = replicate_attribution(probabilities, classes, truth, seed=seed, n_boot=n_boot)
    return [
        _make_row("attribution", "seen", metric, enclose(float(own[0]), own[1:]), n=len(truth), unit="works")
        for metric, own in measured.items()
    ]


def compare_works(
    vectors: NDArray[np.floating],
    raw_vectors: NDArray[np.floating],
    artists: Sequence[str],
    *,
    part: PartName,
    seed: int,
    n_boot: int = N_BOOT,
    n_triplets: int = N_TRIPLETS,
    likelihood: Likelihood | None = None,
    rule: Rule = COSINE,
) -> Findings:
    """Return how well pairs by one hand are told from pairs by two, with the tables behind the pictures.

    `vectors`, (n, d), are unit rows in the model's comparison space, whose dot product is the score of a
    pair, or the rows of `rule`; `raw_vectors`, (n, e), the stored vectors of the same works, compared by
    their cosine on the same pairs, triplets and resamples. Rows with the suffix ``_raw_cosine`` are those of
    the stored vectors, with ``_gain`` the model's minus these; a negative gain of the equal error rate is an
    improvement. With a likelihood there are also its own measures, of all pairs and of subsets.
    """
    require_rows("comparison vectors", vectors, artists, None, rule)
    unit_raw = normalize(raw_vectors)
    require_rows("stored vectors", vectors, unit_raw, artists, rule)
    rng = np.random.default_rng(seed)
    pairs = sample_pairs(artists, rng=rng)
    triplets = sample_triplets(artists, n_triplets=n_triplets, rng=rng)
    names, codes = np.unique(np.array(artists, dtype=object), return_inverse=True)
    weights = resample_artists(len(names), n_boot=n_boot, rng=rng)
    model = measure_scoring(vectors, codes, pairs, triplets, weights, rule=rule)
    raw = measure_scoring(unit_raw, codes, pairs, triplets, weights)
    found = Findings(
        _compare_scorings(model, raw, part, {"pairs": len(pairs), "triplets": len(triplets)}),
        {
            "curves": _tabulate_curves(part, pairs, model=model.scores, raw_cosine=raw.scores),
            "scores": _tabulate_scores(part, pairs, model.scores, rule.kind),
        },
    )
    if likelihood is None:
        return found
    return found + _measure_likelihood(likelihood, model.scores, pairs, artists, weights, part=part)


def _compare_scorings(
    model: Scoring, raw: Scoring, part: PartName, counts: dict[str, int]
) -> tuple[Row, ...]:
    rows = []
    for place, metric in enumerate(model.metrics):
        unit = "triplets" if metric == "triplet_accuracy" else "pairs"
        ours, theirs = model.values[place], raw.values[place]
        our_replicates, their_replicates = model.replicates[:, place], raw.replicates[:, place]
        for suffix, interval in (
            ("", enclose(ours, our_replicates)),
            (RAW_SUFFIX, enclose(theirs, their_replicates)),
            (GAIN_SUFFIX, enclose(ours - theirs, our_replicates - their_replicates)),
        ):
            rows.append(_make_row("comparison", part, metric + suffix, interval, n=counts[unit], unit=unit))
    return tuple(rows)


def _tabulate_curves(part: PartName, pairs: Pairs, **scores: NDArray[np.float64]) -> pl.DataFrame:
    """Return the points of the ROC and DET curves, by the name of each scoring."""
    records: list[tuple[Cell, ...]] = []
    for scoring, own in scores.items():
        curve = trace_curve(own, pairs.same)
        columns = (curve.thresholds, curve.false_positive_rates, curve.true_positive_rates, curve.miss_rates)
        records += [(part, scoring, *point) for point in np.column_stack(columns).tolist()]
    return make_table("curves", records)


def _tabulate_scores(part: PartName, pairs: Pairs, scores: NDArray[np.float64], kind: str) -> pl.DataFrame:
    """Return how many pairs of each kind have which score."""
    counted = count_scores(scores, pairs.same, score=kind)
    edges = [round(edge, 6) for edge in counted.edges.tolist()]
    bars = zip(edges[:-1], edges[1:], counted.same.tolist(), counted.different.tolist(), strict=True)
    return make_table("scores", ((part, *bar) for bar in bars))


def _measure_likelihood(
    likelihood: Likelihood,
    scores: NDArray[np.float64],
    pairs: Pairs,
    artists: Sequence[str],
    weights: NDArray[np.float64],
    *,
    part: PartName,
) -> Findings:
    """Return what the likelihood ratios of pairs are worth; weights are (b, n_artists), by name."""
    codes = np.unique(np.asarray(artists, dtype=object), return_inverse=True)[1].ravel()
    ratios = cast("NDArray[np.float64]", likelihood.relate(scores, 1))  # single works always have a map
    rows = evidence_rows(ratios, codes[pairs.left], codes[pairs.right], weights, part=part, scores=scores)
    works = list(zip(likelihood.labels.paths, artists, strict=True))
    tippett = trace_tippett(ratios, pairs.same)
    curves = Curves.from_scores(ratios, pairs.same, scores)
    entropies = trace_cross_entropy(curves).tolist()
    strengths = np.column_stack([tippett.thresholds, tippett.same, tippett.different]).tolist()
    tables = {
        "tippett": make_table("tippett", ((part, *strength) for strength in strengths)),
        "misleading": _tabulate_misleading(part, ratios, codes[pairs.left], codes[pairs.right]),
        "cross_entropy": make_table("cross_entropy", ((part, *own) for own in entropies)),
        "reliability": _tabulate_reliability(part, curves),
        "compared_artists": rank_artists(ratios, pairs, artists, part),
        "worst_pairs": find_worst_pairs(ratios, pairs, works, part),
    }
    found = Findings(tuple(rows), tables)
    return found + _measure_subsets(likelihood.labels, ratios, scores, pairs, codes, weights, part)


def _tabulate_misleading(
    part: PartName, ratios: NDArray[np.float64], left: NDArray[np.intp], right: NDArray[np.intp]
) -> pl.DataFrame:
    """Return how often each word of the verbal scale, or a stronger one, is said of the wrong pairs."""
    records: list[tuple[Cell, ...]] = []
    words = [(limit, word) for (limit, _), (_, word) in itertools.pairwise(SCALE)]
    for hypothesis in ("one hand", "two hands"):
        for at_least, word in words:
            found = measure_misleading(ratios, left, right, at_least, for_one_hand=hypothesis == "one hand")
            if np.isnan(found.wrong_when_even):
                continue  # nothing so strong was said
            numbers = (found.n_pairs, found.n_misleading, found.share, found.high, 1 / at_least)
            records.append((part, hypothesis, word, at_least, *numbers, found.wrong_when_even))
    return make_table("misleading", records)


def _tabulate_reliability(part: PartName, curves: Curves) -> pl.DataFrame:
    """Return predicted probabilities and observed shares, bin by bin, at both priors."""
    records: list[tuple[Cell, ...]] = []
    for prior in (EVEN_PRIOR, CONTEST_PRIOR):
        curve = trace_reliability(curves, prior)
        bins = np.column_stack([curve.shares, curve.predicted, curve.observed]).tolist()
        records += [(part, prior, *own) for own in bins]
    return make_table("reliability", records)


def _measure_subsets(
    labels: WorkLabels,
    ratios: NDArray[np.float64],
    scores: NDArray[np.float64],
    pairs: Pairs,
    codes: NDArray[np.intp],
    weights: NDArray[np.float64],
    part: PartName,
) -> Findings:
    rows: list[Row] = []
    absences = []
    for subset in list_subsets(pairs, codes, labels):
        if subset.reason:
            absences.append(Absence("comparison", part, subset.name, subset.reason))
            continue
        own = np.flatnonzero(subset.members)
        rows += evidence_rows(
            ratios[own],
            codes[pairs.left[own]],
            codes[pairs.right[own]],
            weights,
            part=part,
            scores=scores[own],
            metrics=SUBSET_METRICS,
            subset=subset.name,
        )
    return Findings(tuple(rows), absences=tuple(absences))


def measure_sets(
    likelihood: Likelihood,
    rows: NDArray[np.floating],
    artists: Sequence[str],
    *,
    part: PartName,
    seed: int,
    n_boot: int,
) -> Findings:
    """Return how well sets of works are compared with sets, and the sizes that could not be measured.

    `rows` are (n, p), in the model's comparison space or of its rule.
    """
    found, reason = set_rows(
        rows,
        artists,
        part=part,
        seed=seed,
        n_boot=n_boot,
        relate=likelihood.relate,
        rule=likelihood.rule,
    )
    measured = {row.subset for row in found}
    absent = [name for name in (f"sets_of_{size}" for size in SET_SIZES) if name not in measured]
    return Findings(
        tuple(found), absences=tuple(Absence("comparison", part, name, reason) for name in absent)
    )


def retrieval_rows(
    query_vectors: NDArray[np.floating],
    query_artists: Sequence[str],
    gallery_vectors: NDArray[np.floating],
    gallery_artists: Sequence[str],
    *,
    part: PartName,
    seed: int,
    query_ids: Sequence[str] | None = None,
    gallery_ids: Sequence[str] | None = None,
    n_boot: int = N_BOOT,
    rule: Rule = COSINE,
) -> list[Row]:
    """Return how often works by the same artist are found near a work: eight metrics.

    Vectors are unit rows, (q, d) and (g, d), or the rows of the rule. With ids of both sides a query never
    finds works with its own id; queries without another work by their artist are not counted. The artists of
    the queries are resampled, the gallery stays as it is.
    """
    scores = measure_retrieval(
        query_vectors,
        query_artists,
        gallery_vectors,
        gallery_artists,
        query_ids=query_ids,
        gallery_ids=gallery_ids,
        rule=rule,
    )
    names, codes = np.unique(np.array(scores.artists, dtype=object), return_inverse=True)
    weights = resample_artists(len(names), n_boot=n_boot, rng=np.random.default_rng(seed))
    return [
        _make_row(
            "retrieval",
            part,
            metric,
            enclose(float(values.mean()), average_over_artists(values, codes, weights)),
            n=len(scores),
            unit="queries",
        )
        for metric, values in scores.values.items()
    ]


def _make_row(task: Task, part: PartName, metric: str, interval: Interval, *, n: int, unit: str) -> Row:
    return Row(task, part, metric, **interval.to_row(), n=n, unit=unit)
