"""From models and a gallery to a report: which part a split provides, what is refused, what is written."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import accuracy_score, roc_auc_score

from morelli.collection.pairs.samples import sample_pairs
from morelli.collection.splits.episodes import _EPISODE_SCHEMA, draw_episodes
from morelli.errors import EvaluationError, UsageError
from morelli.evaluate import evaluate_models, protocols
from morelli.evaluate.evaluation import _measure_beside
from morelli.evaluate.k_shot import enrolment_rows
from morelli.evaluate.metrics.evidence import EVIDENCE_METRICS
from morelli.evaluate.metrics.words import METRICS, _strip_suffix, find_metric
from morelli.evaluate.populations import list_foreign_rows
from morelli.evaluate.results import Part, Report
from morelli.evaluate.rows import ALL, KEPT_BACK, Findings
from morelli.evaluate.works import GalleryWorks, list_test_rows, select_known
from morelli.gallery.store import quote_values
from morelli.judge import attribute_vectors, enrol_artist
from morelli.learn.population import recalibrate
from morelli.model import Calibration, LikelihoodRatioMap, Rule
from morelli.report import read_report, write_report
from morelli.report.page import _ONLY_UNSEEN, render_page

EXPECTED_METRICS = {
    "attribution": ["accuracy", "top_5_accuracy", "balanced_accuracy", "f1_macro", "log_loss"],
    "comparison": [
        name + suffix
        for name in ("roc_auc", "average_precision", "equal_error_rate", "triplet_accuracy")
        for suffix in ("", "_raw_cosine", "_gain")
    ]
    + list(EVIDENCE_METRICS),
    "retrieval": [
        "recall_at_1", "recall_at_5", "recall_at_10", "map_at_10", "r_precision",
        "precision_at_10", "share_found_at_10", "mean_average_precision",
        "hubness_skewness", "hubness_skewness_raw_cosine", "hubness_skewness_gain",
    ],
    "k_shot": ["k_shot_top_1", "k_shot_top_1_raw_cosine", "k_shot_top_1_gain"],
    "open_set": ["open_set_roc_auc", "oscr"],
}  # fmt: skip
"""What stands first among the rows of each task."""


@pytest.fixture(scope="module")
def report(gallery, seen_model, unseen_model):
    return evaluate_models(gallery, [seen_model, unseen_model], seed=0, command="morelli evaluate ...")


def with_parts(model, **parts: object):
    """Return the model with another split: an expression for the part of each work."""
    return replace(model, split=replace(model.split, table=model.split.table.with_columns(**parts)))


def test_report_json_is_as_documented(report, tmp_path, gallery):
    page = write_report(report, tmp_path)
    told = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    head, tail = ["schema", "collection", "split", "encoder", "seed", "rows"], ["parts", "tables"]
    assert list(told) == [
        *head,
        "not_measured",
        "command",
        "warnings",
        "versions",
        "split_sha256",
        "against",
        *tail,
    ]
    assert told["schema"] == 1
    assert told["collection"] == gallery.name
    assert (told["split"], told["encoder"], told["seed"]) == ("seen+unseen", "descriptors", 0)
    for row in told["rows"]:
        assert list(row) == ["task", "part", "metric", "value", "low", "high", "n", "unit", "subset"]
        assert np.isfinite([row["value"], row["low"], row["high"]]).all()
        assert row["low"] <= row["high"]
        assert isinstance(row["n"], int)
        assert row["n"] > 0
    found = {(row["task"], row["part"]): [] for row in told["rows"]}
    for row in told["rows"]:
        if row["task"] != "comparison" or row["subset"] == "all":
            found[row["task"], row["part"]].append(row["metric"])
    assert set(found) == {
        ("attribution", "seen"), ("k_shot", "unseen"), ("open_set", "unseen"),
        *((task, part) for task in ("comparison", "retrieval") for part in ("seen", "unseen")),
    }  # fmt: skip
    for (task, _), metrics in found.items():
        assert metrics[: len(EXPECTED_METRICS[task])] == EXPECTED_METRICS[task]
    assert "across_source" in {absence["subset"] for absence in told["not_measured"]}
    assert read_report(tmp_path).to_dict() == report.to_dict()
    assert page.stat().st_size > 10_000


def test_the_numbers_are_those_of_the_test_works(report, gallery, seen_model, unseen_model):
    embeddings = gallery.embeddings(gallery.encoder().fingerprint)
    test = seen_model.split.part("test").sort("id")
    probabilities = seen_model.attribution.predict_proba(embeddings.select(test["id"].to_list()))
    named = [seen_model.attribution.artists[column] for column in probabilities.argmax(axis=1)]
    row = report.find_row("attribution", "seen", "accuracy")
    assert row.value == pytest.approx(accuracy_score(test["artist"], named))
    assert row.n == len(test)
    for part, model in (("seen", seen_model), ("unseen", unseen_model)):
        test = model.split.part("test").sort("id")
        raw = embeddings.select(test["id"].to_list())
        pairs = sample_pairs(test["artist"].to_list(), rng=np.random.default_rng(0))
        unit = raw / np.linalg.norm(raw, axis=1, keepdims=True)
        for metric, rows in (("roc_auc", model.comparison.transform(raw)), ("roc_auc_raw_cosine", unit)):
            scores = [float(rows[i] @ rows[j]) for i, j in zip(pairs.left, pairs.right, strict=True)]
            value = report.find_row("comparison", part, metric).value
            assert value == pytest.approx(roc_auc_score(pairs.same, scores), abs=1e-3)


def test_the_curve_of_enrolment_is_that_of_enrol_and_attribute(gallery, unseen_model):
    held = GalleryWorks.read(gallery, unseen_model.encoder.fingerprint)
    works = held.select(unseen_model, list_test_rows(unseen_model, "unseen"))
    known = select_known(unseen_model, held)
    episodes = draw_episodes(works.table, shots=(1, 3), n_episodes=3, seed=0)
    options = {"part": "unseen", "seed": 0, "n_boot": 20}
    rows = enrolment_rows(unseen_model, works, known, episodes, **options)
    for k in (1, 3):
        right, mistaken = [], []
        for (_, number), asked in episodes.filter(k=k).group_by("k", "episode", maintain_order=True):
            model, of_new = unseen_model, asked["artist"].unique().to_list()
            for (artist,), shown in asked.filter(role="support").group_by("artist", maintain_order=True):
                ids = shown["id"].to_list()
                model = enrol_artist(model, artist, held.embeddings.select(ids), ids)
            queries = asked.filter(role="query")
            answers = attribute_vectors(
                model, held.embeddings.select(queries["id"].to_list()), queries["id"].to_list(), k=1
            )
            first = [answer.candidates[0].artist for answer in answers]
            right += [name == artist for name, artist in zip(first, queries["artist"], strict=True)]
            rng = np.random.default_rng(0)
            drawn = [rng.permutation(len(known))[:20] for _ in range(3)][number]
            named = attribute_vectors(model, known.raw[drawn], [""] * len(drawn), k=1)
            mistaken += [answer.candidates[0].artist in of_new for answer in named]
        found = {row.metric: row for row in rows if row.subset == f"k_{k}"}
        assert found["enrolled_top_1"].value == pytest.approx(np.mean(right))
        assert found["enrolled_mistaken"].value == pytest.approx(np.mean(mistaken))
        assert (found["enrolled_top_1"].n, found["enrolled_mistaken"].n) == (len(right), len(mistaken))
    assert enrolment_rows(replace(unseen_model, enrolled=None), works, known, episodes, **options) == []
    alone = enrolment_rows(unseen_model, works, None, episodes, **options)
    assert [row.metric for row in alone] == ["enrolled_top_1"] * 2


def test_near_duplicates_are_no_evidence_of_a_hand(gallery, unseen_model, monkeypatch):
    """One work of a group stands for it in pairs and sets, and a search finds none of the query's group."""
    monkeypatch.setattr(protocols, "N_BOOT", 20)
    test = unseen_model.split.part("test").sort("id")
    copied = {artist: rows["id"][:2].to_list() for (artist,), rows in test.group_by("artist")}
    of_copies = {work: ids[0] for ids in copied.values() for work in ids}
    group = pl.col("id").replace_strict(of_copies, default=pl.col("id"))
    model = with_parts(unseen_model, group=group)
    found = evaluate_models(gallery, [model], seed=0)
    artists, groups = test["artist"].to_numpy(), test.select(group.alias("group"))["group"].to_numpy()
    alone = np.sort(np.unique(groups, return_index=True)[1])
    assert len(alone) == len(test) - len(copied)
    pairs = sample_pairs(artists[alone].tolist(), rng=np.random.default_rng(0))
    assert found.find_row("comparison", "unseen", "roc_auc").n == len(pairs)
    rows = model.comparison.transform(
        gallery.embeddings(model.encoder.fingerprint).select(test["id"].to_list())
    )
    scores = rows @ rows.T
    scores[groups[:, None] == groups] = -np.inf
    recall = np.mean(artists[scores.argmax(axis=1)] == artists)
    assert found.find_row("retrieval", "unseen", "recall_at_1").value == pytest.approx(recall)


def test_a_pair_rule_is_followed_where_pairs_are_scored(report, gallery, unseen_model, monkeypatch):
    monkeypatch.setattr(protocols, "N_BOOT", 20)
    calibration = Calibration({1: LikelihoodRatioMap.linear(0.1, 3.0, bounds=(-90.0, 0.0))})
    head = replace(unseen_model.comparison, rule=Rule("euclidean"), calibration=calibration)
    found = evaluate_models(gallery, [replace(unseen_model, comparison=head)], seed=0)
    test = unseen_model.split.part("test").sort("id")
    artists = test["artist"].to_numpy()
    raw = gallery.embeddings(unseen_model.encoder.fingerprint).select(test["id"].to_list())
    rows = head.standardisation.transform(raw)
    pairs = sample_pairs(artists.tolist(), rng=np.random.default_rng(0))
    scores = -np.linalg.norm(rows[pairs.left] - rows[pairs.right], axis=1)
    value = found.find_row("comparison", "unseen", "roc_auc").value
    assert value == pytest.approx(roc_auc_score(pairs.same, scores), abs=1e-6)
    nearest = [np.argsort(np.linalg.norm(rows - row, axis=1), kind="stable")[1] for row in rows]
    recall = np.mean([artists[near] == own for near, own in zip(nearest, artists, strict=True)])
    assert found.find_row("retrieval", "unseen", "recall_at_1").value == pytest.approx(recall)
    told, same = (  # where one row stands for a work, all is as without a rule
        [row.value for row in one.rows if (row.task, row.part) == ("k_shot", "unseen")]
        for one in (found, report)
    )
    assert told == pytest.approx(same)


def test_the_order_of_the_models_does_not_matter(report, gallery, seen_model, unseen_model):
    again = evaluate_models(gallery, [unseen_model, seen_model], seed=0)
    assert again.rows == report.rows


@pytest.mark.parametrize(("kind", "measured"), [("seen", "seen"), ("unseen", "unseen")])
def test_the_part_follows_from_the_split_and_not_from_its_name(
    gallery, seen_model, unseen_model, kind, measured, monkeypatch
):
    monkeypatch.setattr(protocols, "N_BOOT", 20)
    model = {"seen": seen_model, "unseen": unseen_model}[kind]
    renamed = replace(model, split=replace(model.split, kind="file"))
    report = evaluate_models(gallery, [renamed])
    assert {row.part for row in report.rows if row.subset != KEPT_BACK} == {measured}
    (missing,) = [part for part in report.parts if part.name != measured]
    assert "no model was given whose split keeps test works of" in missing.reason
    assert report.find_part(measured).n_works == model.split.count("test")


def test_a_split_may_provide_both_parts(gallery, unseen_model):
    """Half of the train works of an unseen split become test works: their artists are seen."""
    is_moved = (pl.col("part") == "train") & (pl.int_range(pl.len()) % 2 == 0)
    both = with_parts(unseen_model, part=pl.when(is_moved).then(pl.lit("test")).otherwise(pl.col("part")))
    report = evaluate_models(gallery, [both])
    assert {row.part for row in report.rows} == {"seen", "unseen"}


def test_artists_of_the_val_part_count_as_seen(gallery, seen_model):
    artist = seen_model.attribution.artists[0]
    is_moved = (pl.col("artist") == artist) & (pl.col("part") == "train")
    moved = with_parts(seen_model, part=pl.when(is_moved).then(pl.lit("val")).otherwise(pl.col("part")))
    report = evaluate_models(gallery, [moved])
    assert {row.part for row in report.rows} == {"seen"}
    assert report.find_part("seen").n_artists == 12


def test_stray_works_of_an_unseen_artist_do_not_stop_a_seen_evaluation(
    gallery, seen_model, unseen_model, caplog
):
    """A work that went to test with its near-duplicate may be the only one of its artist."""
    first = seen_model.split.part("test")["id"][0]
    stray = with_parts(
        seen_model,
        artist=pl.when(pl.col("id") == first).then(pl.lit("A copyist")).otherwise(pl.col("artist")),
    )
    with caplog.at_level(logging.WARNING):
        report = evaluate_models(gallery, [stray, unseen_model])
    assert "1 test works of unseen artists make no pairs" in caplog.text
    assert report.find_part("unseen").n_works == unseen_model.split.count("test")


def test_two_models_of_one_part_are_refused(gallery, seen_model):
    with pytest.raises(UsageError, match="one model that measures seen artists, found two"):
        evaluate_models(gallery, [seen_model, seen_model])


def test_models_of_different_encoders_are_refused(gallery, seen_model, unseen_model):
    part = replace(seen_model.encoder.parts[0], version="another")
    other = replace(seen_model, encoder=replace(seen_model.encoder, parts=(part,)))
    with pytest.raises(UsageError, match="2 models of 2 encoders"):
        evaluate_models(gallery, [other, unseen_model])
    with pytest.raises(UsageError, match="0 models of 0 encoders"):
        evaluate_models(gallery, [])


def test_a_gallery_without_a_work_that_the_model_has_not_met_is_refused(gallery, seen_model):
    learnt = with_parts(seen_model, part=pl.lit("train").cast(seen_model.split.table.schema["part"]))
    with pytest.raises(EvaluationError, match="test works of the model's split"):
        evaluate_models(gallery, [learnt])


def test_works_that_are_gone_are_left_out_with_a_warning(gallery, seen_model, caplog):
    gone = seen_model.split.part("test")["id"][0]
    changed = with_parts(
        seen_model, id=pl.when(pl.col("id") == gone).then(pl.lit("gone")).otherwise(pl.col("id"))
    )
    with caplog.at_level(logging.WARNING):
        report = evaluate_models(gallery, [changed])
    assert "1 test works are not in the gallery" in caplog.text
    assert report.find_part("seen").n_works == seen_model.split.count("test") - 1


def test_a_query_never_finds_itself_or_a_work_outside_its_protocol(report, seen_model, unseen_model):
    seen_train = set(seen_model.split.part("train")["artist"])
    examples = report.tables["examples"]
    assert (examples["query"] != examples["work"]).all()
    assert set(examples["part"]) == {"seen", "unseen"}
    assert seen_train >= set(seen_model.attribution.artists)
    assert not set(unseen_model.split.part("test")["artist"]) & set(unseen_model.attribution.artists)


# Questions beside the three main ones, of real models: their numbers, sections of the page, and words.

N_BOOT = 30


@pytest.fixture(scope="module")
def measure(gallery, seen_model, unseen_model):
    """Return a function that measures a part with one of the models."""
    held = GalleryWorks.read(gallery, seen_model.encoder.fingerprint)

    def run(part, model=None, episodes=None):
        own = model or (seen_model if part == "seen" else unseen_model)
        works = held.select(own, list_test_rows(own, part))
        return _measure_beside(own, part, works, held, episodes=episodes, seed=0, n_boot=N_BOOT)

    return run


@pytest.fixture(scope="module")
def seen(measure):
    return measure("seen")


@pytest.fixture(scope="module")
def unseen(measure):
    return measure("unseen")


def test_what_is_asked_of_which_part(seen, unseen):
    assert {(row.task, row.part) for row in seen.rows} == {
        ("retrieval", "seen"), ("attribution", "seen"),
    }  # fmt: skip
    assert {(row.task, row.part) for row in unseen.rows if row.subset != KEPT_BACK} == {
        (task, "unseen") for task in ("retrieval", "k_shot", "open_set")
    }
    kept_back = [row for row in unseen.rows if row.subset == KEPT_BACK]
    assert {(row.task, row.part) for row in kept_back} == {("attribution", "seen")}
    assert {"accuracy", "set_coverage", "set_size"} <= {row.metric for row in kept_back}
    assert set(seen.tables) == {"attribution_reliability", "coverage"}
    assert set(unseen.tables) == {"oscr"}
    assert {row.subset for row in unseen.rows if row.task == "k_shot"} == {"k_1", "k_2", "k_3", "k_5", "k_10"}
    assert not seen.absences
    assert not unseen.absences


def test_every_number_has_its_words(seen, unseen):
    metrics = {_strip_suffix(row.metric) for row in (*seen.rows, *unseen.rows)}
    assert metrics <= set(METRICS)
    assert {metric for metric in METRICS if metric.startswith(("oscr", "k_shot"))} <= metrics
    assert all(find_metric(metric).meaning.endswith(".") for metric in metrics)


def test_known_works_of_the_open_set_were_kept_back(unseen, unseen_model):
    kept = unseen_model.roles.select(unseen_model.split, "known")
    row = next(row for row in unseen.rows if row.metric == "oscr")
    assert row.n == len(kept) + unseen_model.split.count("test")


def test_works_kept_back_are_named_as_by_hand(unseen, unseen_model, gallery):
    """They are train works of the split that taught nothing."""
    kept = unseen_model.roles.select(unseen_model.split, "known")
    vectors = gallery.embeddings(unseen_model.encoder.fingerprint).select(kept["id"].to_list())
    probabilities = unseen_model.attribution.predict_proba(vectors)
    sets = unseen_model.prediction_sets.predict(probabilities, level=0.9)
    columns = np.searchsorted(unseen_model.attribution.artists, kept["artist"].to_list())
    by_hand = {
        "accuracy": (probabilities.argmax(axis=1) == columns).mean(),
        "set_coverage": sets[np.arange(len(kept)), columns].mean(),
        "set_size": sets.sum(axis=1).mean(),
    }
    for metric, value in by_hand.items():
        (row,) = (row for row in unseen.rows if (row.metric, row.subset) == (metric, KEPT_BACK))
        assert (row.value, row.n) == (pytest.approx(value), len(kept))


def test_works_of_the_test_part_are_not_kept_back(gallery, seen_model):
    """A split of works has them in its test part, where they have rows of their own."""
    held = GalleryWorks.read(gallery, seen_model.encoder.fingerprint)
    works = held.select(seen_model, list_test_rows(seen_model, "seen"))
    found = _measure_beside(seen_model, "unseen", works, held, episodes=None, seed=0, n_boot=N_BOOT)
    assert "open_set" in {row.task for row in found.rows}
    assert KEPT_BACK not in {row.subset for row in found.rows}


def test_a_file_of_episodes_gives_the_numbers_of_the_same_episodes(measure, unseen, unseen_model):
    episodes = draw_episodes(unseen_model.split.part("test"), seed=0)
    again = measure("unseen", episodes=episodes)
    assert [row for row in again.rows if row.task == "k_shot"] == [
        row for row in unseen.rows if row.task == "k_shot"
    ]


def test_episodes_of_artists_the_model_has_met_are_refused(measure, unseen_model, gallery):
    met = draw_episodes(unseen_model.split.part("train"), shots=(1,), n_episodes=1)
    with pytest.raises(EvaluationError, match="that it has learnt or chosen something on"):
        measure("unseen", episodes=met)
    named = met.with_columns(pl.concat_str("artist", pl.lit(" the Younger")))
    with pytest.raises(EvaluationError, match="artists that the model has not met"):
        measure("unseen", episodes=named)


def test_episodes_of_another_gallery_are_refused(measure):
    shown = [("x", 0, "X", "support", 1), ("y", 0, "Y", "support", 1), ("z", 0, "Y", "query", 1)]
    with pytest.raises(EvaluationError, match="works of the gallery that have a vector"):
        measure("unseen", episodes=pl.DataFrame(shown, schema=_EPISODE_SCHEMA, orient="row"))


def test_episodes_need_a_model_that_measures_unseen_artists(gallery, seen_model, unseen_model):
    episodes = draw_episodes(unseen_model.split.part("test"), shots=(1,), n_episodes=1)
    with pytest.raises(UsageError, match="keeps test works of unseen artists"):
        evaluate_models(gallery, [seen_model], episodes=episodes)


def test_what_cannot_be_measured_says_why(measure, unseen_model):
    older = replace(unseen_model, open_set=None)
    (absence,) = measure("unseen", older).absences
    assert (absence.task, absence.part, absence.subset) == ("open_set", "unseen", ALL)
    first = pl.int_range(pl.len()).over("artist", "part") < 1
    lonely = unseen_model.split.table.filter((pl.col("part") != "test") | first)
    single = replace(unseen_model, roles=None, split=replace(unseen_model.split, table=lonely))
    reasons = {absence.task: absence.reason for absence in measure("unseen", single).absences}
    assert "at least two artists with 2 works" in reasons["k_shot"]


def test_a_page_without_seen_test_works_says_whom_it_asked_for_names(unseen):
    parts = (Part("seen", reason="there was no such split"), Part("unseen", 36, 3))
    page = render_page(Report("works", "unseen", "tiny", 0, unseen, parts=parts))
    (row,) = (row for row in unseen.rows if (row.metric, row.subset) == ("accuracy", KEPT_BACK))
    told = f"not measured: there was no such split. Only who painted them was asked, of {row.n} works"
    assert told in " ".join(page.split())


def test_the_page_shows_every_question(seen, unseen):
    parts = (Part("seen", 30, 12), Part("unseen", 36, 3))
    report = Report("works", "seen+unseen", "tiny", 0, seen + unseen, parts=parts)
    page = render_page(report)
    for text in (
        "k = 10",
        "First name right, works kept back",
        "What certainty is worth",
        "OSCR curve",
        _ONLY_UNSEEN,
    ):
        assert text in page
    assert page.count("<svg") >= 3
    json.dumps(report.to_dict(), allow_nan=False)


@pytest.fixture(scope="module")
def foreign(gallery, unseen_model):
    """Return the model as one of another collection, which has six of the gallery's artists, and whom."""
    works = gallery.works()
    known = sorted(set(works["artist"]))[:6]
    table = unseen_model.split.table.with_columns(
        id=pl.col("id").str.replace_all("^.", "z"),
        artist=pl.when(pl.col("artist").is_in(known)).then(pl.col("artist")).otherwise(pl.lit("Nobody")),
        part=pl.lit("train"),
    )
    return replace(unseen_model, ensemble=None, split=replace(unseen_model.split, table=table)), known


def test_another_collection_is_measured_whole_known_names_apart(gallery, foreign, monkeypatch):
    model, known = foreign
    measured = {}

    def measure(model, part, works, *_):
        measured[part] = works
        return Findings()

    monkeypatch.setattr("morelli.evaluate.evaluation._measure_part", measure)
    monkeypatch.setattr("morelli.evaluate.evaluation.measure_population", lambda *_, **__: Findings())
    report = evaluate_models(gallery, [model], seed=0)
    works = gallery.works()
    n_known = works["artist"].is_in(known).sum()
    assert {name: len(own) for name, own in measured.items()} == {
        "seen": n_known,
        "unseen": len(works) - n_known,
    }
    assert set(measured["seen"].artists) == set(known)
    assert len(measured["unseen"].groups) == len(works) - n_known
    assert report.collection == gallery.name
    assert report.split.endswith(", on another collection")


def test_artists_that_a_calibration_has_met_are_not_measured(gallery, foreign):
    model, known = foreign
    names = sorted(set(gallery.works()["artist"]) - set(known))
    here = recalibrate(model, gallery, where=f"artist not in ({quote_values(known)})", n_artists=5)
    population = here.comparison.calibration.population
    assert 0 < len(population.artists) <= 5
    assert set(population.artists) <= {*names}
    kept = list_foreign_rows(here, gallery, "unseen")
    assert set(kept["artist"]) == set(names) - set(population.artists)
    assert set(list_foreign_rows(model, gallery, "unseen")["artist"]) == set(names)
    assert set(list_foreign_rows(here, gallery, "seen")["artist"]) == set(known)


def test_words_that_mislead_are_counted(report):
    found = report.tables["misleading"]
    assert set(found["part"]) <= {"seen", "unseen"}
    for row in found.to_dicts():
        own = report.tables["tippett"].filter(pl.col("part") == row["part"])
        beyond = own.filter(pl.col("log10_likelihood_ratio") >= np.log10(row["at_least"]))
        if len(beyond) and row["hypothesis"] == "one hand":  # shares at or above the points of the curve
            assert row["share"] >= beyond["share_different"].max() - 1e-9
        assert row["allowed"] == pytest.approx(1 / row["at_least"])
        assert row["n_misleading"] == round(row["share"] * row["n_pairs"])
        assert row["high"] >= row["share"]
    assert len(found)
    assert "How often do the words mislead?" in render_page(report)
