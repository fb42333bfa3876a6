"""Criteria are held against the worse end of the interval, and what is wrong with them is said."""

from __future__ import annotations

import math
from pathlib import Path

import polars as pl
import pytest

from morelli.errors import EvaluationError, UsageError
from morelli.evaluate.results import Report
from morelli.evaluate.rows import Absence, Findings, Row, make_table
from morelli.evaluate.validation import Criterion, check_criteria, digest_files, digest_works, read_criteria

ROWS = (
    Row("comparison", "unseen", "roc_auc", 0.9, 0.8, 0.95, 100, "pairs"),
    Row("comparison", "unseen", "cllr", 0.5, 0.3, 0.7, 100, "pairs"),
    Row("comparison", "unseen", "cllr", 0.9, math.nan, math.nan, 9, "pairs", subset="within_style"),
)
TABLE = make_table("misleading", [("unseen", "one hand", "weak support", 2.0, 90, 9, 0.1, 0.3, 0.5, 0.1)])
REPORT = Report(
    "painters", "unseen", "descriptors", 0,
    Findings(ROWS, {"misleading": TABLE}, (Absence("k_shot", "unseen", "all", "too few artists"),)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("criterion", "is_met"),
    [
        ({"measure": "comparison/unseen/roc_auc", "at_least": 0.8}, True),
        ({"measure": "comparison/unseen/roc_auc", "at_least": 0.85}, False),
        ({"measure": "comparison/unseen/all/roc_auc", "at_most": 0.95}, True),
        ({"measure": "comparison/unseen/cllr", "at_most": 0.6}, False),
        ({"measure": "comparison/unseen/cllr", "at_most": 0.7}, True),
        ({"measure": "comparison/unseen/within_style/cllr", "at_most": 5}, False),
        ({"measure": "k_shot/unseen/k_1/k_shot_top_1", "at_least": 0}, False),
        ({"measure": "attribution/seen/accuracy", "at_least": 0}, False),
        ({"words": "weak support", "at_most": 0.3}, True),
        ({"words": "weak support", "at_most": 0.29}, False),
        ({"words": "strong support", "at_most": 0}, True),
        ({"words": "weak support", "part": "seen", "at_most": 1}, False),
    ],
)
def test_the_worse_end_of_the_interval_decides(criterion: dict[str, object], is_met: bool) -> None:
    (verdict,) = check_criteria(REPORT, [Criterion(**criterion)])  # type: ignore[arg-type]
    assert verdict.is_met == is_met
    assert verdict.to_dict()["met"] == is_met
    assert (verdict.value is None) <= bool(verdict.reason)


def test_a_measure_that_no_report_has_is_refused() -> None:
    with pytest.raises(EvaluationError, match=r"the nearest are comparison/unseen/roc_auc"):
        check_criteria(REPORT, [Criterion(measure="comparison/unseen/roc_auk", at_least=0.5)])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("criteria:\n- {measure: a/b/c}", "either at_most or at_least"),
        ("criteria:\n- {measure: a/b/c, at_most: 1, at_least: 0}", "either at_most or at_least"),
        ("criteria:\n- {at_most: 1}", "either a measure or words"),
        ("criteria:\n- {words: great support, at_most: 1}", "words among weak support"),
        ("criteria:\n- {words: weak support, at_least: 1}", "with at_most"),
        ("criteria:\n- {measure: a/b/c, at_most: high}", "valid number"),
        ("criteria:\n- {measure: a/b/c, at_most: 1, colour: red}", "Extra inputs are not permitted"),
        ("measures: []", "a list under 'criteria'"),
        ("[1, 2", "a list under 'criteria'"),
        ("", "a list under 'criteria'"),
    ],
)
def test_what_is_wrong_with_criteria_is_said(tmp_path: Path, text: str, found: str) -> None:
    (tmp_path / "criteria.yaml").write_text(text)
    with pytest.raises(UsageError, match=found):
        read_criteria(tmp_path / "criteria.yaml")
    with pytest.raises(UsageError, match="no such file"):
        read_criteria(tmp_path / "absent.yaml")


def test_digests_tell_files_folders_and_labels_apart(tmp_path: Path, gallery) -> None:
    for name, text in (("a", "1"), ("b", "1"), ("c", "2")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(text)
    digests = list(
        digest_files(tmp_path / "a", tmp_path / "b", tmp_path / "c", tmp_path / "a" / "file").values()
    )
    assert digests[0] == digests[1] != digests[2]
    assert len(set(digests)) == 3
    works = gallery.works()
    assert digest_works(works) == digest_works(works.reverse())
    assert digest_works(works) != digest_works(works.with_columns(artist=pl.lit("Nobody")))
