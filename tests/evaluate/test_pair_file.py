"""A pair file from end to end: the numbers are those in memory, what is written is what was measured."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from evaluate.reports import measure_by_scikit_learn
from morelli.collection.pairs.files import PairBlock, read_pairs, write_pairs
from morelli.collection.pairs.streams import stream_kind
from morelli.errors import EvaluationError, GalleryError
from morelli.evaluate import pair_file as module
from morelli.evaluate import pair_file as pair_report
from morelli.evaluate import pair_file as pair_vectors
from morelli.evaluate.metrics.curves import RANKING_METRICS
from morelli.evaluate.pair_file import _locate_pairs, _PairTable, _PairWorks, evaluate_pairs
from morelli.model import Layers, Rule, Standardisation, Step


def find_row(report, part, metric):
    [row] = [row for row in report.findings.rows if (row.part, row.metric) == (part, metric)]
    return row


@pytest.fixture
def pair_file(gallery, tmp_path):
    write_pairs(stream_kind(gallery.works(), "all"), tmp_path / "pairs.parquet")
    return tmp_path / "pairs.parquet"


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(pair_report, "_ROWS_PER_BLOCK", 1000)
    monkeypatch.setattr(module, "_PAIRS_AT_A_TIME", 999)
    monkeypatch.setattr(pair_vectors, "_WORKS_AT_A_TIME", 50)


def score_in_memory(gallery, model, frame):
    vectors = gallery.embeddings(model.encoder.fingerprint)
    rows = model.comparison.transform(vectors.select(vectors.ids))
    place = {work_id: row for row, work_id in enumerate(vectors.ids)}
    left, right = ([place[work_id] for work_id in frame[side]] for side in ("left", "right"))
    return np.einsum("pd,pd->p", rows[left], rows[right])


@pytest.mark.usefixtures("small_blocks")
def test_numbers_are_those_of_the_same_scores_in_memory(gallery, unseen_model, pair_file, tmp_path):
    told = []
    report = evaluate_pairs(
        gallery, unseen_model, pair_file, tmp_path / "report", seed=3, n_boot=20,
        command="morelli evaluate", progress=lambda *counts: told.append(counts),
    )  # fmt: skip
    scores = pl.read_parquet(tmp_path / "report" / "scores.parquet")
    assert scores.columns == ["index", "left", "right", "score", "log10_likelihood_ratio"]
    frame = pl.read_parquet(pair_file)
    assert scores.select("index", "left", "right").equals(frame.select("index", "left", "right"))
    np.testing.assert_allclose(scores["score"], score_in_memory(gallery, unseen_model, frame), atol=1e-5)
    evidence = unseen_model.comparison.log10_likelihood_ratio(scores["score"].to_numpy())
    np.testing.assert_allclose(scores["log10_likelihood_ratio"], evidence, rtol=1e-6)

    table = unseen_model.split.table
    learnt = table.filter(pl.col("part") != "test")
    artist = dict(gallery.works().select("id", "artist").iter_rows())
    seen = {work: name in set(learnt["artist"]) for work, name in artist.items()}
    n_seen = np.array([seen[left] + seen[right] for left, right in frame.select("left", "right").iter_rows()])
    same = frame["same"].to_numpy() == 1
    numbers = {(row["part"], row["metric"]): row for row in report.findings.tables["pairs"].to_dicts()}
    for part, own in (("all", n_seen >= 0), ("both", n_seen == 2), ("none", n_seen == 0)):
        expected = measure_by_scikit_learn(scores["score"].to_numpy()[own], same[own])
        for metric, value in zip(RANKING_METRICS, expected, strict=True):
            row = numbers[part, metric]
            assert row["value"] == pytest.approx(value, abs=1e-12)
            assert (row["n"], row["n_same"]) == (own.sum(), same[own].sum())
            assert row["low"] <= row["high"]
    assert report.to_dict()["reasons"] == {"one": f"all {(n_seen == 1).sum()} pairs are by different hands"}
    n_test = len(table) - len(learnt)
    assert report.n_learnt == len(frame) - n_test * (n_test - 1) // 2
    assert (report.n_pairs, report.n_unknown, report.n_lost, report.n_conflicts) == (len(frame), 0, 0, 0)
    assert told[-1][1] <= told[-1][2] == 2 * len(frame)
    assert not (tmp_path / "report" / "submission.csv").exists()
    assert not (tmp_path / "report" / "lost.csv").exists()


@pytest.mark.usefixtures("small_blocks")
def test_a_pair_rule_scores_the_pairs(gallery, unseen_model, pair_file, tmp_path):
    rng, d = np.random.default_rng(0), unseen_model.encoder.dimension
    first, second = rng.normal(size=(d, 4)).astype(np.float32), rng.normal(size=(8, 1)).astype(np.float32)
    rule = Rule(
        "network",
        Layers((Step("affine", first, np.zeros(4, np.float32)), Step("unit"))),
        Layers((Step("affine", second, np.zeros(1, np.float32)),)),
    )
    embeddings = gallery.embeddings(unseen_model.encoder.fingerprint)
    head = replace(
        unseen_model.comparison, standardisation=Standardisation.fit(embeddings.vectors), rule=rule
    )
    model = replace(unseen_model, comparison=head)
    report = evaluate_pairs(gallery, model, pair_file, tmp_path / "report", n_boot=2)
    rows, place = head.read_rows(embeddings.vectors), {name: row for row, name in enumerate(embeddings.ids)}
    scores = pl.read_parquet(tmp_path / "report" / "scores.parquet")
    table = head.rule.score_all(rows, rows)
    left, right = ([place[name] for name in scores[side]] for side in ("left", "right"))
    np.testing.assert_allclose(scores["score"], table[left, right], atol=1e-5)
    assert report.method == "network"


def test_what_is_written_is_what_was_measured(gallery, unseen_model, pair_file, tmp_path):
    report = evaluate_pairs(gallery, unseen_model, pair_file, tmp_path / "report", n_boot=5)
    told = json.loads((tmp_path / "report" / "pairs.json").read_text(encoding="utf-8"))
    assert told == json.loads(json.dumps(report.to_dict()))
    assert told["schema"] == 1
    rows = list(csv.DictReader((tmp_path / "report" / "pairs.csv").open(encoding="utf-8")))
    assert [float(row["value"]) for row in rows] == [row["value"] for row in told["rows"]]
    assert list(rows[0]) == list(told["rows"][0])
    curves = pl.read_csv(tmp_path / "report" / "curves.csv")
    assert curves.columns == ["part", "threshold", "false_positive_rate", "true_positive_rate", "miss_rate"]
    assert set(curves["part"]) == {row["part"] for row in told["rows"]}
    again = evaluate_pairs(gallery, unseen_model, pair_file, tmp_path / "again", n_boot=5)
    assert again.to_dict() == report.to_dict()


def test_without_truth_there_is_a_submission(gallery, unseen_model, pair_file, tmp_path):
    frame = pl.read_parquet(pair_file).select(pl.col("index") + 100, "left", "right").head(40)
    frame.write_csv(tmp_path / "blind.csv")
    report = evaluate_pairs(gallery, unseen_model, tmp_path / "blind.csv", tmp_path / "report")
    assert report.findings.rows == ()
    assert report.n_unknown == report.n_pairs == 40
    submission = pl.read_csv(tmp_path / "report" / "submission.csv")
    assert submission.columns == ["index", "sameArtist"]
    assert submission["index"].to_list() == frame["index"].to_list()
    scores = pl.read_parquet(tmp_path / "report" / "scores.parquet")["score"]
    np.testing.assert_allclose(submission["sameArtist"], scores, rtol=1e-6)
    evaluate_pairs(gallery, unseen_model, pair_file, tmp_path / "report", n_boot=2)
    assert not (tmp_path / "report" / "submission.csv").exists()  # that of the earlier pairs


def test_pairs_without_a_vector_are_listed(gallery, unseen_model, pair_file, tmp_path):
    frame = pl.read_parquet(pair_file).head(30)
    strange = pl.when(pl.col("index") == 4).then(pl.lit("0123")).otherwise("left").alias("left")
    frame.with_columns(strange).write_csv(tmp_path / "pairs.csv")
    report = evaluate_pairs(gallery, unseen_model, tmp_path / "pairs.csv", tmp_path / "report", n_boot=2)
    assert (report.n_pairs, report.n_lost) == (29, 1)
    [row] = csv.DictReader((tmp_path / "report" / "lost.csv").open(encoding="utf-8"))
    assert row["path"].endswith("pairs.csv:row 6")
    assert row["reason"] == "expected a vector for work 0123, found none"


def test_truth_that_contradicts_the_artists_is_counted(gallery, unseen_model, pair_file, tmp_path):
    frame = pl.read_parquet(pair_file).with_columns(
        same=pl.when(pl.col("index") < 3)
        .then(1 - pl.col("same"))
        .when(pl.col("index") < 5)
        .then(None)
        .otherwise("same")
    )
    frame.write_parquet(tmp_path / "pairs.parquet")
    report = evaluate_pairs(gallery, unseen_model, tmp_path / "pairs.parquet", tmp_path / "report", n_boot=2)
    assert (report.n_conflicts, report.n_unknown) == (3, 2)
    assert find_row(report, "all", "roc_auc").n == len(frame) - 2


def test_works_without_an_artist_are_measured_among_all_pairs(
    gallery, unseen_model, pair_file, tmp_path, monkeypatch
):
    works = gallery.works()
    nameless = works.with_columns(artist=pl.when(pl.int_range(pl.len()) < 20).then(None).otherwise("artist"))
    monkeypatch.setattr(gallery, "works", lambda: nameless)
    report = evaluate_pairs(gallery, unseen_model, pair_file, tmp_path / "report", n_boot=2)
    n_named = len(works) - 20
    counts = {part: find_row(report, part, "roc_auc").n for part in ("all", "both", "none")}
    assert counts["all"] == len(works) * (len(works) - 1) // 2
    n_between = int(report.to_dict()["reasons"]["one"].split()[1])
    assert counts["both"] + counts["none"] + n_between == n_named * (n_named - 1) // 2


def test_pairs_of_another_gallery_are_refused(gallery, unseen_model, tmp_path):
    (tmp_path / "pairs.csv").write_text("left,right\n00,01\n")
    with pytest.raises(
        EvaluationError, match="at least one pair whose works both have a vector, found none, and 1 lost"
    ):
        evaluate_pairs(gallery, unseen_model, tmp_path / "pairs.csv", tmp_path / "report")
    assert "work 00" in (tmp_path / "report" / "lost.csv").read_text(encoding="utf-8")


def test_a_gallery_without_vectors_of_the_models_encoder_is_refused(
    gallery, unseen_model, pair_file, tmp_path
):
    parts = tuple(replace(part, weights="other") for part in unseen_model.encoder.parts)
    other = replace(unseen_model, encoder=replace(unseen_model.encoder, parts=parts))
    with pytest.raises(GalleryError, match="vectors of encoder"):
        evaluate_pairs(gallery, other, pair_file, tmp_path / "report")


def test_projection_is_that_of_all_vectors_at_once(gallery, unseen_model, monkeypatch):
    embeddings = gallery.embeddings(unseen_model.encoder.fingerprint)
    ids = [embeddings.ids[place] for place in (70, 3, 143, 8)]
    monkeypatch.setattr(pair_vectors, "_WORKS_AT_A_TIME", 10)
    rows = pair_vectors._project_works(gallery, unseen_model, ids)
    expected = unseen_model.comparison.transform(embeddings.select(ids))
    np.testing.assert_allclose(rows, expected, atol=1e-6)


def test_a_pair_file_is_read_as_it_was_written(gallery, pair_file):
    assert sum(len(block) for block in read_pairs(pair_file)) == 144 * 143 // 2


# Pairs as rows: what is not among the works is told with its place, never dropped in silence.

IDS = ["a", "b", "c"]


def make_block(left, right, *, start=0) -> PairBlock:
    n = len(left)
    return PairBlock(
        np.arange(start + 10, start + 10 + n),
        pa.array(left),
        pa.array(right),
        np.ones(n, np.int8),
        start=start,
    )


def test_ids_become_rows_and_losses_are_told():
    lost = []
    blocks = [
        make_block(["a", "x", "c"], ["b", "b", "a"]),
        make_block(["b", "a", "y"], ["b", None, "z"], start=3),
    ]
    table = _locate_pairs(blocks, IDS, Path("pairs.csv"), lose=lost.extend)
    assert (table.index.tolist(), table.left.tolist(), table.right.tolist()) == ([10, 12], [0, 2], [1, 0])
    assert repr(table) == "PairTable(n=2, n_known=2)"
    assert [(skip.path, skip.reason) for skip in lost] == [
        ("pairs.csv:row 3", "expected a vector for work x, found none"),
        ("pairs.csv:row 5", "expected two works, found the same one twice"),
        ("pairs.csv:row 6", "expected a vector for work None, found none"),
        ("pairs.csv:row 7", "expected a vector for work y, found none"),
    ]


def test_no_block_makes_an_empty_table():
    assert len(_locate_pairs([], IDS, Path("pairs.csv"))) == 0


# What is known of works: artists, seen and learnt, each against a loop over the tables.

WORKS = pl.DataFrame({"id": list("abcde"), "artist": ["Monet", "Manet", None, "Monet", None]})
SPLIT = pl.DataFrame({"id": ["a", "z"], "artist": ["Monet", "Degas"], "part": ["train", "test"]})


def make_works(ids="ecdab") -> _PairWorks:
    gallery = SimpleNamespace(works=lambda: WORKS)
    model = SimpleNamespace(split=SimpleNamespace(table=SPLIT))
    return _PairWorks.from_gallery(gallery, model, list(ids))  # type: ignore[arg-type]


def test_works_are_looked_up_by_id_in_the_order_asked_for():
    works = make_works()
    assert works.is_known.tolist() == [False, False, True, True, True]
    assert works.is_seen.tolist() == [False, False, True, True, False]
    assert works.is_learnt.tolist() == [False, False, False, True, False]
    assert works.codes.tolist() == [2, 3, 1, 1, 0]  # each work without an artist is one of its own
    assert works.n_artists == 4


def test_artists_the_model_has_seen_are_counted():
    left, right = np.array([2, 2, 4, 0]), np.array([3, 4, 4, 2])
    assert make_works().count_seen(left, right).tolist() == [2, 1, 0, 3]


def test_pairs_to_be_taken_with_care_are_counted():
    pairs = [(2, 3, 1), (2, 3, 0), (2, 4, 1), (2, 4, 0), (3, 4, -1), (0, 1, 1), (0, 3, 0)]
    left, right, same = (np.array(column) for column in zip(*pairs, strict=True))
    table = _PairTable(np.arange(7), left.astype(np.int32), right.astype(np.int32), same.astype(np.int8))
    assert make_works().count_pairs(table) == {"n_pairs": 7, "n_unknown": 1, "n_learnt": 4, "n_conflicts": 2}
