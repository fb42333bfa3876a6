"""Numbers of scored pairs: each part on its own pairs, intervals as in memory, and what has no number."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from evaluate.reports import measure_by_scikit_learn
from morelli.errors import EvaluationError
from morelli.evaluate.metrics.curves import RANKING_METRICS
from morelli.evaluate.metrics.evidence import EVIDENCE_METRICS, evidence_rows
from morelli.evaluate.metrics.intervals import enclose, resample_artists
from morelli.evaluate.metrics.steps import replicate_ranking
from morelli.evaluate.pair_measures import ScoredPairs, measure_pairs


def make_pairs(seed: int = 0, n: int = 600, n_artists: int = 12) -> ScoredPairs:
    """Return pairs of which the model has seen the artists with even codes."""
    rng = np.random.default_rng(seed)
    left, right = rng.integers(n_artists, size=(2, n)).astype(np.int32)
    right[:150] = left[:150]
    same = left == right
    return ScoredPairs(
        scores=(0.3 * rng.normal(size=n) + 0.4 * same).astype(np.float32),
        same=same,
        left=left,
        right=right,
        n_seen=((left % 2 == 0).astype(np.int8) + (right % 2 == 0)).astype(np.int8),
        n_artists=n_artists,
    )


def list_rows(measures):
    """Return the rows of the table ``pairs``, which has more columns than the rows of the findings."""
    rows = [SimpleNamespace(**row) for row in measures.tables["pairs"].to_dicts()]
    assert [(row.part, row.metric, row.value, row.low, row.high, row.n) for row in rows] == [
        (row.part, row.metric, row.value, row.low, row.high, row.n) for row in measures.rows
    ]
    return rows


def list_reasons(measures):
    return {absence.part: absence.reason for absence in measures.absences}


@pytest.mark.parametrize(("part", "n_seen"), [("all", None), ("both", 2), ("none", 0)])
def test_values_and_intervals_are_those_in_memory(part, n_seen):
    pairs = make_pairs()
    own = np.ones(len(pairs), bool) if n_seen is None else pairs.n_seen == n_seen
    measures = measure_pairs(pairs, seed=7, n_boot=50)
    weights = resample_artists(12, n_boot=50, rng=np.random.default_rng(7))
    replicates = replicate_ranking(pairs.scores[own], pairs.left[own], pairs.right[own], weights)
    values = measure_by_scikit_learn(pairs.scores[own], pairs.same[own])
    for place, metric in enumerate(RANKING_METRICS):
        [row] = [row for row in list_rows(measures) if (row.part, row.metric) == (part, metric)]
        expected = enclose(values[place], replicates[:, place])
        assert [row.value, row.low, row.high] == pytest.approx(list(expected.to_dict().values()), abs=1e-12)
        assert (row.n, row.n_same) == (own.sum(), pairs.same[own].sum())
        assert row.share_same == pytest.approx(row.n_same / row.n)
        assert row.binning_error == pytest.approx(0, abs=1e-12)


def test_pairs_of_a_seen_and_an_unseen_artist_are_never_by_one_hand():
    measures = measure_pairs(make_pairs(), seed=0, n_boot=5)
    n_one = int((make_pairs().n_seen == 1).sum())
    assert list_reasons(measures) == {"one": f"all {n_one} pairs are by different hands"}
    assert {row.part for row in measures.rows} == {"all", "both", "none"}


def test_counting_at_few_scores_moves_intervals_little_and_values_not_at_all():
    pairs = make_pairs(n=20_000)
    exact = measure_pairs(pairs, seed=0, n_boot=60, n_anchors=10**6)
    binned = measure_pairs(pairs, seed=0, n_boot=60, n_anchors=100)
    for one, other in zip(list_rows(exact), list_rows(binned), strict=True):
        assert one.value == other.value
        assert one.binning_error == pytest.approx(0, abs=1e-9)
        assert abs(other.binning_error) < 0.01
        assert [one.low, one.high] == pytest.approx([other.low, other.high], abs=2e-3)


def test_pairs_of_unknown_artists_count_among_all_only():
    pairs = make_pairs()
    n_seen = pairs.n_seen.copy()
    n_seen[::3] = 3
    measures = measure_pairs(replace(pairs, n_seen=n_seen), seed=0, n_boot=5)
    counts = {row.part: row.n for row in measures.rows}
    assert counts == {"all": 600, "both": (n_seen == 2).sum(), "none": (n_seen == 0).sum()}


def test_curves_lead_from_the_first_hit_to_the_last():
    pairs = make_pairs()
    curve = measure_pairs(pairs, seed=0, n_boot=5).tables["curves"].filter(pl.col("part") == "all")
    assert curve["true_positive_rate"][-1] == 1
    for place in (0, 10, -1):
        passed = pairs.scores >= curve["threshold"][place]
        assert curve["true_positive_rate"][place] == pytest.approx(passed[pairs.same].mean())
        assert curve["false_positive_rate"][place] == pytest.approx(passed[~pairs.same].mean())


def test_without_pairs_of_both_kinds_there_are_reasons_only():
    pairs = make_pairs()
    measures = measure_pairs(replace(pairs, same=np.ones(len(pairs), bool)), seed=0, n_boot=5)
    assert measures.rows == ()
    assert list_reasons(measures)["all"] == "all 600 pairs are by the same hand"
    nothing = {name: getattr(pairs, name)[:0] for name in ("scores", "same", "left", "right", "n_seen")}
    empty = measure_pairs(replace(pairs, **nothing), seed=0, n_boot=5)
    assert set(list_reasons(empty).values()) == {"no pair whose truth is known"}


@pytest.mark.parametrize(("part", "n_seen"), [("all", None), ("none", 0)])
def test_likelihood_ratios_are_measured_as_in_memory(part, n_seen):
    pairs = make_pairs(seed=2, n=3000)
    own = np.ones(len(pairs), bool) if n_seen is None else pairs.n_seen == n_seen
    rows = measure_pairs(pairs, seed=7, n_boot=40, relate=relate).rows
    ratios, left, right = relate(pairs.scores[own]), pairs.left[own], pairs.right[own]
    weights = resample_artists(12, n_boot=40, rng=np.random.default_rng(7))
    expected = {row.metric: row for row in evidence_rows(ratios, left, right, weights, part="seen")}
    found = {row.metric: row for row in rows if row.part == part}
    assert list(found) == [*RANKING_METRICS, *EVIDENCE_METRICS]
    for metric, row in expected.items():
        is_binned = metric.startswith(("expected", "recalibration", "devpav"))
        loose = 5e-3 if is_binned else 1e-9  # other bins: they end at pairs by the same hand
        loose = 4e-2 if metric == "devpav" else loose  # its range ends at the mean of such a bin
        assert found[metric].value == pytest.approx(row.value, abs=loose)
        assert [found[metric].low, found[metric].high] == pytest.approx(
            [row.low, row.high], abs=max(1e-2, loose)
        )


def relate(scores):
    return 4 * (np.asarray(scores, dtype=np.float64) - 0.2)


def test_scores_that_are_not_finite_are_refused():
    pairs = make_pairs()
    scores = pairs.scores.copy()
    scores[3] = np.nan
    with pytest.raises(EvaluationError, match="expected finite numbers, found 1 others"):
        measure_pairs(replace(pairs, scores=scores), seed=0, n_boot=5)


def test_scored_pairs_print_shortly():
    assert repr(make_pairs()).startswith("ScoredPairs(n=600, n_same=")
