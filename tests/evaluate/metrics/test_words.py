"""Every metric has its words, and numbers are printed as they are meant."""

from __future__ import annotations

import pytest

from morelli.evaluate.metrics.words import (
    METRICS,
    _strip_suffix,
    find_wording,
    judge_gain,
    write_interval,
    write_value,
)
from morelli.evaluate.rows import Row


def make(metric, value, low, high):
    return Row("comparison", "seen", metric, value, low, high, 10, "pairs")


def test_every_metric_of_the_protocols_has_its_words(report):
    assert {_strip_suffix(row.metric) for row in report.rows} <= set(METRICS)
    assert all(wording.name and wording.meaning.endswith(".") for wording in METRICS.values())


def test_an_unknown_metric_goes_by_its_name():
    assert find_wording("unheard_of_gain").name == "unheard_of"


def test_numbers():
    assert write_value("accuracy", 0.7134) == "71.3\u202f%"
    assert write_value("accuracy", 0.7134, digits=0) == "71\u202f%"
    assert write_value("equal_error_rate_gain", -0.0712) == "−7.1\u202fpoints"
    assert write_value("roc_auc_gain", 0.08) == "+0.080"
    assert write_interval(make("recall_at_1", 0.5, 0.41, 0.6)) == "[41.0, 60.0]"


@pytest.mark.parametrize(
    ("metric", "low", "high", "verdict"),
    [
        ("roc_auc_gain", 0.01, 0.1, "better"),
        ("roc_auc_gain", -0.1, -0.01, "worse"),
        ("roc_auc_gain", -0.1, 0.1, "not clear"),
        ("equal_error_rate_gain", -0.1, -0.01, "better"),
        ("equal_error_rate_gain", 0.01, 0.1, "worse"),
    ],
)
def test_a_gain_is_judged_by_its_interval(metric, low, high, verdict):
    assert judge_gain(make(metric, 0, low, high)) == verdict
