"""The three protocols: what is measured, on what, with which interval; one row per number.

Attribution names the artist of works by seen artists. Comparison asks of pairs of works whether one hand made
both, for seen and for unseen artists, beside the cosine of the stored vectors, which needs no learning at
all. Retrieval searches a gallery. All intervals resample artists; see `intervals`. `report` writes the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.preprocessing import normalize

from morelli.collection.pairs.samples import (
    MAX_DIFFERENT,
    N_TRIPLETS,
    WORKS_PER_ARTIST,
    Pairs,
    sample_pairs,
    sample_triplets,
)
from morelli.evaluate.breakdown import WorkLabels, find_worst_pairs, list_subsets, rank_artists
from morelli.evaluate.metrics.attribution import replicate_attribution
from morelli.evaluate.metrics.comparison import Scoring, count_scores, measure_scoring, trace_curve
from morelli.evaluate.metrics.curves import Curves
from morelli.evaluate.metrics.evidence import (
    CONTEST_PRIOR,
    EVEN_PRIOR,
    SUBSET_METRICS,
    evidence_rows,
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
from morelli.evaluate.results import ComparisonResult, EvidenceResult, RetrievalResult
from morelli.evaluate.rows import Absence, PartName, Row, Task
from morelli.evaluate.sets import SET_SIZES, Relate, set_rows
from morelli.model.scoring import COSINE, Rule

# The measures of forensic comparison, on the pairs and resamples of the comparison.


@dataclass(frozen=True)
class Likelihood:
    """What a model makes of scores, and what is known of the works.

    Parameters
    ----------
    relate
        Turns the scores of two sets of so many works each into log10 likelihood ratios.
    labels
        Of the works beside their artists.
    rule
        What scores two sets of rows.
    """

    relate: Relate
    labels: WorkLabels
    rule: Rule = COSINE


def _measure_likelihood(
    likelihood: Likelihood,
    scores: NDArray[np.float64],
    pairs: Pairs,
    artists: Sequence[str],
    weights: NDArray[np.float64],
    *,
    part: PartName,
) -> EvidenceResult:
    """Return what the likelihood ratios of pairs are worth.

    Parameters
    ----------
    likelihood
        The model's, of the n works.
    scores
        (p,) of the pairs.
    pairs
        Of n works.
    artists
        (n,) the artist of each work.
    weights
        (b, n_artists) how often each artist counts in each resample, in the order of their names.
    part
        Whether the model has seen these artists.

    Raises
    ------
    EvaluationError
        When a likelihood ratio is not finite.
    """
    codes = np.unique(np.asarray(artists, dtype=object), return_inverse=True)[1].ravel()
    ratios = likelihood.relate(scores, 1)
    curves = Curves.from_scores(ratios, pairs.same, scores)
    rows = evidence_rows(ratios, codes[pairs.left], codes[pairs.right], weights, part=part, scores=scores)
    subset_rows, absences = _measure_subsets(likelihood.labels, ratios, scores, pairs, codes, weights, part)
    works = list(zip(likelihood.labels.paths, artists, strict=True))
    return EvidenceResult(
        part=part,
        rows=(*rows, *subset_rows),
        absences=tuple(absences),
        tippett=trace_tippett(ratios, pairs.same),
        reliability=tuple(trace_reliability(curves, prior) for prior in (EVEN_PRIOR, CONTEST_PRIOR)),
        artists=tuple(rank_artists(ratios, pairs, artists, part)),
        worst_pairs=tuple(find_worst_pairs(ratios, pairs, works, part)),
    )


def measure_sets(
    likelihood: Likelihood,
    rows: NDArray[np.floating],
    artists: Sequence[str],
    *,
    part: PartName,
    seed: int,
    n_boot: int,
) -> tuple[tuple[Row, ...], tuple[Absence, ...]]:
    """Return rows of sets of works compared with sets, and the sizes without rows.

    Parameters
    ----------
    likelihood
        The model's.
    rows
        (n, p) unit rows in the model's comparison space, or the rows of its rule.
    artists
        (n,) the artist of each work.
    part, seed, n_boot
        As for `work_sets.set_rows`.
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
    absent = [f"sets_of_{size}" for size in SET_SIZES if f"sets_of_{size}" not in measured]
    return tuple(found), tuple(Absence("comparison", part, subset, reason) for subset in absent)


def _measure_subsets(
    labels: WorkLabels,
    ratios: NDArray[np.float64],
    scores: NDArray[np.float64],
    pairs: Pairs,
    codes: NDArray[np.intp],
    weights: NDArray[np.float64],
    part: PartName,
) -> tuple[list[Row], list[Absence]]:
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
    return rows, absences


N_BOOT = 1000
"""Resamples of artists: what Efron and Tibshirani (1993), section 14.3, ask for at 95 %."""


def attribution_rows(
    probabilities: ArrayLike, classes: Sequence[str], truth: Sequence[str], *, seed: int, n_boot: int = N_BOOT
) -> list[Row]:
    """Return how well the artists of works by seen artists are named.

    Parameters
    ----------
    probabilities
        (q, c) 0 to 1, rows adding up to at most 1.
    classes
        (c,) artist names, the columns.
    truth
        (q,) the true artist of each work, one of `classes`.
    seed
        Of the resamples.
    n_boot
        How many resamples of artists.

    Returns
    -------
    rows
        `accuracy`, `top_5_accuracy`, `balanced_accuracy`, `f1_macro` and `log_loss`, part "seen".

    Raises
    ------
    EvaluationError
        When the arrays do not fit each other, or a true artist is not among the classes.

    Examples
    --------
    >>> rows = attribution_rows([[0.9, 0.1], [0.2, 0.8]], ["A", "B"], ["A", "B"], seed=0)
    >>> rows[0].metric, rows[0].value, rows[0].n
    ('accuracy', 1.0, 2)
    """
    measured = replicate_attribution(probabilities, classes, truth, seed=seed, n_boot=n_boot)
    return [
        _make_row("attribution", "seen", metric, enclose(float(own[0]), own[1:]), n=len(truth), unit="works")
        for metric, own in measured.items()
    ]


def comparison_rows(
    vectors: NDArray[np.floating],
    raw_vectors: NDArray[np.floating],
    artists: Sequence[str],
    *,
    part: PartName,
    seed: int,
    n_boot: int = N_BOOT,
    works_per_artist: int = WORKS_PER_ARTIST,
    max_different: int = MAX_DIFFERENT,
    n_triplets: int = N_TRIPLETS,
    likelihood: Likelihood | None = None,
    rule: Rule = COSINE,
) -> ComparisonResult:
    """Return how well pairs by one hand are told from pairs by two.

    The model stands beside the cosine of the stored vectors, on the same pairs and resamples.

    Parameters
    ----------
    vectors
        (n, d) float, unit rows in the model's comparison space; a pair's score is their dot product. Of a
        model with a pair rule, the rows of that rule.
    raw_vectors
        (n, e) float, the stored vectors of the same works; a pair's score is their cosine, 0 for a zero row.
    artists
        (n,) the artist of each work.
    part
        Whether the model has seen these artists.
    seed
        Of pairs, triplets and resamples, which are the same for both scorings.
    n_boot
        How many resamples of artists.
    works_per_artist, max_different, n_triplets
        See `samples.sample_pairs` and `samples.sample_triplets`.
    likelihood
        What the model makes of scores; None: nothing is said of likelihood ratios.
    rule
        What scores two rows of `vectors`.

    Returns
    -------
    result
        Rows `roc_auc`, `average_precision`, `equal_error_rate` and `triplet_accuracy` of the model, with the
        suffix ``_raw_cosine`` those of the stored vectors, with ``_gain`` the model's minus the stored
        vectors'. A negative gain of the equal error rate is an improvement. With a likelihood also those of
        `evidence_protocol`.

    Raises
    ------
    EvaluationError
        When lengths differ, rows are not of unit length, or pairs of one kind are missing.
    """
    require_rows("comparison vectors", vectors, artists, None, rule)
    unit_raw = normalize(raw_vectors)
    require_rows("stored vectors", vectors, unit_raw, artists, rule)
    rng = np.random.default_rng(seed)
    pairs = sample_pairs(artists, works_per_artist=works_per_artist, max_different=max_different, rng=rng)
    triplets = sample_triplets(artists, n_triplets=n_triplets, rng=rng)
    names, codes = np.unique(np.array(artists, dtype=object), return_inverse=True)
    weights = resample_artists(len(names), n_boot=n_boot, rng=rng)
    model = measure_scoring(vectors, codes, pairs, triplets, weights, rule=rule)
    raw = measure_scoring(unit_raw, codes, pairs, triplets, weights)
    rows = _compare_scorings(model, raw, part, {"pairs": len(pairs), "triplets": len(triplets)})
    evidence = None
    if likelihood is not None:
        evidence = _measure_likelihood(likelihood, model.scores, pairs, artists, weights, part=part)
        rows = (*rows, *evidence.rows)
    return ComparisonResult(
        part=part,
        rows=rows,
        n_artists=len(names),
        n_pairs=len(pairs),
        n_same=pairs.n_same,
        curve=trace_curve(model.scores, pairs.same),
        raw_curve=trace_curve(raw.scores, pairs.same),
        histogram=count_scores(model.scores, pairs.same, score=rule.kind),
        evidence=evidence,
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
) -> RetrievalResult:
    """Return how often works by the same artist are found near a work.

    Parameters
    ----------
    query_vectors, gallery_vectors
        (q, d) and (g, d) float, unit rows, or the rows of the rule.
    query_artists, gallery_artists
        (q,) and (g,) artist names.
    part
        Whether the model has seen the artists of the queries.
    seed
        Of the resamples. The artists of the queries are resampled; the gallery stays as it is.
    query_ids, gallery_ids
        (q,) and (g,) work ids. When both are given, a query never finds works with its own id.
    n_boot
        How many resamples of artists.
    rule
        What scores two rows.

    Returns
    -------
    result
        Rows `recall_at_1`, `recall_at_5`, `recall_at_10`, `map_at_10`, `r_precision`, `precision_at_10`,
        `share_found_at_10` and `mean_average_precision`.

    Raises
    ------
    EvaluationError
        When lengths differ, rows are not of unit length, or no query has anything to find.
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
    rows = [
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
    return RetrievalResult(part=part, rows=tuple(rows), n_left_out=scores.n_left_out)


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
            ("_raw_cosine", enclose(theirs, their_replicates)),
            ("_gain", enclose(ours - theirs, our_replicates - their_replicates)),
        ):
            rows.append(_make_row("comparison", part, metric + suffix, interval, n=counts[unit], unit=unit))
    return tuple(rows)


def _make_row(task: Task, part: PartName, metric: str, interval: Interval, *, n: int, unit: str) -> Row:
    return Row(task, part, metric, **interval.to_row(), n=n, unit=unit)
