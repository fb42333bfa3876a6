"""Studies beside the main questions, of real models: their numbers, sections of the page, and words."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from morelli.collection.episodes import EPISODE_SCHEMA, draw_episodes
from morelli.errors import EvaluationError, UsageError
from morelli.evaluate import evaluate_models
from morelli.evaluate.metric_words import METRICS
from morelli.evaluate.page import ONLY_UNSEEN, render_page
from morelli.evaluate.results import Part, Report
from morelli.evaluate.rows import ALL, KEPT_BACK
from morelli.evaluate.studies import study_part
from morelli.evaluate.wording import find_wording, strip_suffix
from morelli.evaluate.works import GalleryWorks, list_test_rows

N_BOOT = 30


@pytest.fixture(scope="module")
def study(gallery, seen_model, unseen_model):
    """Return a function that studies a part with one of the models."""
    stock = GalleryWorks.read(gallery, seen_model.encoder.fingerprint)

    def run(part, model=None, episodes=None):
        own = model or (seen_model if part == "seen" else unseen_model)
        works = stock.select(own, list_test_rows(own, part))
        return study_part(own, part, works, works, stock, episodes=episodes, seed=0, n_boot=N_BOOT)

    return run


@pytest.fixture(scope="module")
def seen(study):
    return study("seen")


@pytest.fixture(scope="module")
def unseen(study):
    return study("unseen")


def test_what_is_asked_of_which_part(seen, unseen):
    assert {(row.task, row.part) for row in seen.rows} == {
        ("retrieval", "seen"), ("legacy", "seen"), ("attribution", "seen"),
    }  # fmt: skip
    assert {(row.task, row.part) for row in unseen.rows if row.subset != KEPT_BACK} == {
        (task, "unseen") for task in ("retrieval", "legacy", "k_shot", "open_set")
    }
    kept_back = [row for row in unseen.rows if row.subset == KEPT_BACK]
    assert {(row.task, row.part) for row in kept_back} == {("attribution", "seen")}
    assert {"accuracy", "set_coverage", "set_size"} <= {row.metric for row in kept_back}
    assert {table.name for table in seen.tables} == {"attribution_reliability", "coverage"}
    assert {table.name for table in unseen.tables} == {"oscr"}
    assert {row.subset for row in unseen.rows if row.task == "k_shot"} == {"k_1", "k_2", "k_3", "k_5", "k_10"}
    assert not seen.absences
    assert not unseen.absences


def test_every_number_has_its_words(seen, unseen):
    metrics = {strip_suffix(row.metric) for row in (*seen.rows, *unseen.rows)}
    assert metrics <= set(METRICS)
    assert {metric for metric in METRICS if metric.startswith(("legacy", "oscr", "k_shot"))} <= metrics
    assert all(find_wording(metric).meaning.endswith(".") for metric in metrics)


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
    stock = GalleryWorks.read(gallery, seen_model.encoder.fingerprint)
    works = stock.select(seen_model, list_test_rows(seen_model, "seen"))
    study = study_part(seen_model, "unseen", works, works, stock, episodes=None, seed=0, n_boot=N_BOOT)
    assert "open_set" in {row.task for row in study.rows}
    assert KEPT_BACK not in {row.subset for row in study.rows}


def test_a_file_of_episodes_gives_the_numbers_of_the_same_episodes(study, unseen, unseen_model):
    episodes = draw_episodes(unseen_model.split.part("test"), seed=0)
    again = study("unseen", episodes=episodes)
    assert [row for row in again.rows if row.task == "k_shot"] == [
        row for row in unseen.rows if row.task == "k_shot"
    ]


def test_episodes_of_artists_the_model_has_met_are_refused(study, unseen_model, gallery):
    met = draw_episodes(unseen_model.split.part("train"), shots=(1,), n_episodes=1)
    with pytest.raises(EvaluationError, match="that it has learnt or chosen something on"):
        study("unseen", episodes=met)
    named = met.with_columns(pl.concat_str("artist", pl.lit(" the Younger")))
    with pytest.raises(EvaluationError, match="artists that the model has not met"):
        study("unseen", episodes=named)


def test_episodes_of_another_gallery_are_refused(study):
    shown = [("x", 0, "X", "support", 1), ("y", 0, "Y", "support", 1), ("z", 0, "Y", "query", 1)]
    with pytest.raises(EvaluationError, match="works of the gallery that have a vector"):
        study("unseen", episodes=pl.DataFrame(shown, schema=EPISODE_SCHEMA, orient="row"))


def test_episodes_need_a_model_that_measures_unseen_artists(gallery, seen_model, unseen_model):
    episodes = draw_episodes(unseen_model.split.part("test"), shots=(1,), n_episodes=1)
    with pytest.raises(UsageError, match="keeps test works of unseen artists"):
        evaluate_models(gallery, [seen_model], episodes=episodes)


def test_what_cannot_be_measured_says_why(study, unseen_model):
    older = replace(unseen_model, open_set=None)
    (absence,) = study("unseen", older).absences
    assert (absence.task, absence.part, absence.subset) == ("open_set", "unseen", ALL)
    first = pl.int_range(pl.len()).over("artist", "part") < 1
    lonely = unseen_model.split.table.filter((pl.col("part") != "test") | first)
    single = replace(unseen_model, roles=None, split=replace(unseen_model.split, table=lonely))
    reasons = {absence.task: absence.reason for absence in study("unseen", single).absences}
    assert "at least two artists with 2 works" in reasons["k_shot"]


def test_a_page_without_seen_test_works_says_whom_it_asked_for_names(unseen):
    parts = (Part("seen", reason="there was no such split"), Part("unseen", 36, 3))
    page = render_page(Report("works", "unseen", "tiny", 0, unseen.rows, parts=parts))
    (row,) = (row for row in unseen.rows if (row.metric, row.subset) == ("accuracy", KEPT_BACK))
    told = f"not measured: there was no such split. Only who painted them was asked, of {row.n} works"
    assert told in " ".join(page.split())


def test_the_page_shows_every_study(seen, unseen):
    parts = (Part("seen", 30, 12), Part("unseen", 36, 3))
    report = Report(
        "works", "seen+unseen", "tiny", 0, (*seen.rows, *unseen.rows), parts=parts,
        tables=(*seen.tables, *unseen.tables),
    )  # fmt: skip
    page = render_page(report)
    for text in (
        "k = 10",
        "First name right, works kept back",
        "What certainty is worth",
        "OSCR curve",
        "Do not choose a model by them",
        ONLY_UNSEEN,
    ):
        assert text in page
    assert page.count("<svg") >= 3
    json.dumps(report.to_dict(), allow_nan=False)
