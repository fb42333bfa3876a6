"""The three protocols: rows that say the same as the metrics, and the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, average_precision_score, roc_auc_score

from morelli.collection.pairs.samples import sample_pairs
from morelli.errors import EvaluationError
from morelli.evaluate.protocols import attribution_rows, compare_works, retrieval_rows
from morelli.model import COSINE, Rule

from .reports import N_BOOT, make_probabilities, make_works


@pytest.fixture(scope="module")
def works():
    return make_works(6, 5, seed=1)


def by_metric(rows):
    return {row.metric: row for row in rows}


def test_attribution(works):
    artists = works[2]
    probabilities, classes = make_probabilities(artists, seed=1)
    rows = by_metric(attribution_rows(probabilities, classes, artists, seed=0, n_boot=N_BOOT))
    assert list(rows) == ["accuracy", "top_5_accuracy", "balanced_accuracy", "f1_macro", "log_loss"]
    predicted = [classes[column] for column in probabilities.argmax(axis=1)]
    assert rows["accuracy"].value == pytest.approx(accuracy_score(artists, predicted))
    assert {(row.task, row.part, row.n, row.unit) for row in rows.values()} == {
        ("attribution", "seen", 30, "works")
    }
    assert all(row.low <= row.high for row in rows.values())


def test_attribution_when_some_classes_have_no_works(works):
    artists = works[2]
    probabilities, classes = make_probabilities(artists, seed=1)
    few = [row for row, artist in enumerate(artists) if artist in classes[:2]]
    rows = attribution_rows(probabilities[few], classes, [artists[row] for row in few], seed=0, n_boot=N_BOOT)
    assert all(np.isfinite([row.value, row.low, row.high]).all() for row in rows)


def test_comparison_equals_scikit_learn(works):
    vectors, raw, artists = works
    result = compare_works(vectors, raw, artists, part="unseen", seed=5, n_boot=N_BOOT, n_triplets=80)
    rows = by_metric(result.rows)
    pairs = sample_pairs(artists, rng=np.random.default_rng(5))
    unit = raw / np.linalg.norm(raw, axis=1, keepdims=True)
    for suffix, table in (("", vectors), ("_raw_cosine", unit)):
        scores = [table[left] @ table[right] for left, right in zip(pairs.left, pairs.right, strict=True)]
        assert rows["roc_auc" + suffix].value == pytest.approx(roc_auc_score(pairs.same, scores))
        assert rows["average_precision" + suffix].value == pytest.approx(
            average_precision_score(pairs.same, scores)
        )
    assert len(rows) == 12
    for metric in ("roc_auc", "average_precision", "equal_error_rate", "triplet_accuracy"):
        ours, theirs = rows[metric].value, rows[metric + "_raw_cosine"].value
        assert rows[metric + "_gain"].value == pytest.approx(ours - theirs)
    assert (rows["roc_auc"].n, rows["roc_auc"].unit) == (435, "pairs")
    assert (rows["triplet_accuracy_gain"].n, rows["triplet_accuracy_gain"].unit) == (80, "triplets")
    scores = result.tables["scores"]
    assert (scores["n_same"].sum(), scores["n_different"].sum()) == (60, 375)
    assert repr(result) == "Findings(n_rows=12, tables=['curves', 'scores'])"


def test_a_scoring_gains_nothing_over_itself(works):
    vectors, _, artists = works
    rows = by_metric(compare_works(vectors, 3 * vectors, artists, part="seen", seed=0, n_boot=N_BOOT).rows)
    for metric, row in rows.items():
        if metric.endswith("_gain"):
            assert (row.value, row.low, row.high) == pytest.approx((0, 0, 0))


def test_the_same_seed_gives_the_same_rows(works):
    vectors, raw, artists = works
    options = {"part": "seen", "seed": 3, "n_boot": N_BOOT, "n_triplets": 30}
    assert (
        compare_works(vectors, raw, artists, **options).rows
        == compare_works(vectors, raw, artists, **options).rows
    )


def test_vectors_without_the_artist_do_not_separate():
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(200, 8))
    vectors = noise / np.linalg.norm(noise, axis=1, keepdims=True)
    artists = [f"{row % 20}" for row in range(200)]
    row = compare_works(vectors, noise, artists, part="unseen", seed=0, n_boot=200).rows[0]
    assert row.low < 0.5 < row.high


def test_retrieval(works):
    vectors, _, artists = works
    ids = [str(place) for place in range(len(artists))]
    result = retrieval_rows(
        vectors,
        [*artists[:-1], "Nobody else"],
        vectors,
        artists,
        part="unseen",
        seed=0,
        query_ids=ids,
        gallery_ids=ids,
        n_boot=N_BOOT,
    )
    rows = by_metric(result)
    expected = ["recall_at_1", "recall_at_5", "recall_at_10", "map_at_10", "r_precision"]
    assert list(rows) == [*expected, "precision_at_10", "share_found_at_10", "mean_average_precision"]
    assert rows["recall_at_1"].value <= rows["recall_at_5"].value <= rows["recall_at_10"].value
    assert (rows["map_at_10"].n, rows["map_at_10"].unit) == (29, "queries")


def test_distances_of_unit_rows_say_what_cosines_say(works):
    vectors, raw, artists = works
    vectors = vectors.astype(np.float32)
    options = {"part": "unseen", "seed": 2, "n_boot": N_BOOT}
    ids = {"query_ids": range(len(artists)), "gallery_ids": range(len(artists))}
    by_rule = []
    for rule in (COSINE, Rule("euclidean")):
        compared = compare_works(vectors, raw, artists, n_triplets=80, rule=rule, **options)
        found = retrieval_rows(vectors, artists, vectors, artists, rule=rule, **options, **ids)
        by_rule.append([*compared.rows, *found])
        scores = compared.tables["scores"]
        assert scores["n_same"].sum() == 60
        assert scores["score_low"][0] == (-1 if rule is COSINE else pytest.approx(-2, abs=0.2))
    for one, other in zip(*by_rule, strict=True):
        assert (one.metric, one.n) == (other.metric, other.n)
        assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))


def test_rows_of_a_rule_need_not_be_of_unit_length(works):
    vectors, raw, artists = works
    vectors = 3 * vectors.astype(np.float32)
    result = compare_works(
        vectors, raw, artists, part="unseen", seed=5, n_boot=N_BOOT, n_triplets=80, rule=Rule("euclidean")
    )
    pairs = sample_pairs(artists, rng=np.random.default_rng(5))
    scores = -np.linalg.norm(vectors[pairs.left] - vectors[pairs.right], axis=1)
    assert by_metric(result.rows)["roc_auc"].value == pytest.approx(roc_auc_score(pairs.same, scores))
    vectors[0, 0] = np.nan
    with pytest.raises(EvaluationError, match="rows of finite numbers"):
        compare_works(vectors, raw, artists, part="seen", seed=0, rule=Rule("euclidean"))


def test_what_does_not_fit_is_refused(works):
    vectors, raw, artists = works
    with pytest.raises(EvaluationError, match="comparison vectors"):
        compare_works(2 * vectors, raw, artists, part="seen", seed=0)
    with pytest.raises(EvaluationError, match="stored vectors"):
        compare_works(vectors, raw[:3], artists, part="seen", seed=0)
    with pytest.raises(EvaluationError, match="at least two artists"):
        compare_works(vectors, raw, ["A"] * len(artists), part="seen", seed=0)
    with pytest.raises(EvaluationError, match="at least one artist and one resample"):
        retrieval_rows(vectors, artists, vectors, artists, part="seen", seed=0, n_boot=0)
