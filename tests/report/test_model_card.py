"""The card of a model: everything a reader needs is on it, in both forms, and names are shown as they are."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from markupsafe import escape

from morelli.errors import EvaluationError, UsageError
from morelli.evaluate.results import Report
from morelli.evaluate.rows import Findings, Row
from morelli.model import write_model
from morelli.report.folder import read_report
from morelli.report.model_card import describe_model, render_card, render_cards

ROWS = (
    Row("comparison", "unseen", "roc_auc", 0.81, 0.79, 0.83, 900, "pairs"),
    Row("comparison", "unseen", "roc_auc_raw_cosine", 0.7, 0.6, 0.8, 900, "pairs"),
    Row("comparison", "seen", "roc_auc", 0.91, 0.9, 0.92, 800, "pairs"),
)


@pytest.fixture(scope="module")
def model(unseen_model):
    facts = {
        **unseen_model.facts,
        "warnings": ["file size gives the artist away"],
        "validation": {
            "accuracy": 0.5,
            "accuracy_interval": [0.4, 0.625],
            "n_works": 20,
            "confusions": [{"artist": "Hals", "taken_for": "A|<b>", "n_confused": 2, "n": 4}],
            "pair_roc_auc_by_method": {"lda": 0.7, "lda+cohort": 0.75},
            "n_pairs": 123,
        },
    }
    return replace(unseen_model, facts=facts)


@pytest.fixture
def report(model):
    digests = {"unseen": model.split.digest, "seen": "0"}
    return Report("c", "unseen", "descriptors", 0, Findings(ROWS), split_sha256=digests)


def test_the_artists_have_their_works_of_train_and_val(model):
    card = describe_model(model)
    learnt = model.split.table.filter(pl.col("part") != "test")
    assert list(card.artists) == list(model.attribution.artists)
    for artist, n in card.artists.items():
        assert n == (learnt["artist"] == artist).sum()


def test_validation_scores_have_their_interval_where_there_is_one(model):
    (_, accuracy), (_, auc) = describe_model(model).scores
    assert (accuracy.value, accuracy.low, accuracy.high, accuracy.n) == (0.5, 0.4, 0.625, 20)
    assert (auc.value, auc.n, auc.unit) == (0.75, 123, "pairs")
    told = describe_model(model).to_dict()["scores"]
    assert [(one["on"], one["low"]) for one in told] == [("validation", 0.4), ("validation", None)]


def test_a_report_adds_the_parts_that_this_model_was_measured_on(model, report, tmp_path):
    (tmp_path / "report.json").write_text(json.dumps(report.to_dict()), encoding="utf-8")
    for told in (report, read_report(tmp_path)):
        test = [row for on, row in describe_model(model, told).scores if on == "test"]
        assert [(row.metric, row.part, row.low) for row in test] == [("roc_auc", "unseen", 0.79)]


@pytest.mark.parametrize("digests", [{}, {"unseen": "f" * 64}])
def test_a_report_on_another_split_is_refused(model, report, digests):
    with pytest.raises(EvaluationError, match="--report: expected a report on the split"):
        describe_model(model, replace(report, split_sha256=digests))


@pytest.mark.parametrize("form", [".html", ".md"])
def test_both_forms_hold_all_that_a_reader_needs(model, report, form):
    text = render_card(describe_model(model, report), form)
    for needed in (
        model.split.digest, "file size gives the artist away", "0.500 (0.400 to 0.625)",
        "0.810 (0.790 to 0.830)",
        "A certificate of authenticity", "A price", "A legal decision", "2 of 4", "How to cite", "numpy",
        *model.attribution.artists,
    ):  # fmt: skip
        assert (str(escape(needed)) if form == ".html" else needed) in text
    assert "0.910" not in text
    assert "0.700" not in text


@pytest.mark.parametrize("form", [".html", ".md"])
def test_a_recipe_is_told_where_there_is_one(model, form):
    recipe = {
        "name": "triplet-resnet18",
        "n_parameters": 6439232,
        "note": "<b>",
        "epochs": None,
    }
    text = render_card(describe_model(replace(model, facts={**model.facts, "recipe": recipe})), form)
    assert "triplet-resnet18" in text
    assert "6,439,232" in text
    assert "epochs" not in text
    assert (str(escape("<b>")) if form == ".html" else "<b>") in text
    assert "recipe" not in render_card(describe_model(model), form)


def test_names_are_shown_as_they_are(model):
    card = describe_model(model)
    assert "A|&lt;b&gt;" in render_card(card, ".html")
    assert "| A\\|<b> |" in render_card(card, ".md")


def test_a_model_that_knows_little_of_itself_has_a_card(unseen_model):
    bare = replace(unseen_model, facts={}, domain=None)
    card = describe_model(bare)
    assert json.loads(json.dumps(card.to_dict()))["domain"] is None
    for form in (".html", ".md"):
        assert "Nobody was confused" in render_card(card, form)


def test_other_forms_are_refused(model):
    with pytest.raises(UsageError, match=r"a name in .html or .md, found '.pdf'"):
        render_card(describe_model(model), ".pdf")


def test_the_cards_lie_beside_the_model(model, tmp_path):
    write_model(model, tmp_path, render_cards(model))
    assert {"card.html", "card.md", "card.json"} < {path.name for path in tmp_path.iterdir()}
    write_model(model, tmp_path)  # by whom makes no pages: none is left that speaks of another model
    assert not [*tmp_path.glob("card.html"), *tmp_path.glob("card.md")]


def test_the_card_lists_who_was_enrolled(unseen_model):
    width = unseen_model.enrolled.rows.shape[1]
    enrolled = replace(
        unseen_model.enrolled,
        artists=("Anna | Ancher",),
        ids=("a", "b"),
        columns=np.zeros(2, np.int32),
        rows=np.ones((2, width), np.float32),
    )
    card = describe_model(replace(unseen_model, enrolled=enrolled))
    assert card.to_dict()["enrolled"] == {"Anna | Ancher": 2}
    assert "| Anna \\| Ancher | 2 |" in render_card(card, ".md")
    assert "Anna | Ancher" in render_card(card, ".html")
    assert "Enrolled later" not in render_card(describe_model(unseen_model), ".md")
