"""Every metric has its words, and numbers are printed as they are meant."""

from __future__ import annotations

import pytest

from morelli.evaluate.metrics.words import (
    METRICS,
    _strip_suffix,
    find_metric,
)


def test_every_metric_of_the_protocols_has_its_words(report):
    assert {_strip_suffix(row.metric) for row in report.rows} <= set(METRICS)
    assert all(metric.name and metric.meaning.endswith(".") for metric in METRICS.values())


def test_an_unknown_metric_goes_by_its_name():
    assert find_metric("unheard_of_gain").name == "unheard_of"


def test_numbers():
    assert find_metric("accuracy").write(0.7134) == "71.3\u202f%"
    assert find_metric("accuracy").write(0.7134, digits=0) == "71\u202f%"
    assert find_metric("equal_error_rate_gain").write(-0.0712) == "−7.1\u202fpoints"
    assert find_metric("roc_auc_gain").write(0.08) == "+0.080"
    assert find_metric("recall_at_1").write_interval(0.41, 0.6) == "[41.0, 60.0]"


@pytest.mark.parametrize(
    ("metric", "low", "high", "verdict"),
    [
        ("roc_auc_gain", 0.01, 0.1, "better"),
        ("roc_auc_gain", -0.1, -0.01, "worse"),
        ("roc_auc_gain", -0.1, 0.1, "not clear"),
        ("equal_error_rate_gain", -0.1, -0.01, "better"),
        ("equal_error_rate_gain", 0.01, 0.1, "worse"),
        ("set_coverage_gain", 0.01, 0.1, "different"),
        ("set_coverage_gain", -0.01, 0.1, "not clear"),
    ],
)
def test_a_gain_is_judged_by_its_interval(metric, low, high, verdict):
    assert find_metric(metric).judge(low, high) == verdict
