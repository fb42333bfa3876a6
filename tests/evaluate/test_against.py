"""Two reports beside each other: resamples read back, paired differences, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from morelli.errors import EvaluationError
from morelli.evaluate.against import REPLICATES, digest_works, read_replicates, write_replicates
from morelli.evaluate.protocols import compare_works
from morelli.evaluate.results import Part, Report, compare_reports
from morelli.evaluate.rows import Findings
from morelli.report.folder import read_comparable, write_report
from morelli.report.page import write_differences

from .reports import make_works

IDS = [str(place) for place in range(60)]


def make_report(noise: float, *, seed: int = 0, artists: list[str] | None = None) -> Report:
    """Return a report of the same works, seen through more or less noise."""
    rows, raw, names = make_works(12, 5, seed=0)
    rng = np.random.default_rng(1)
    noisy = rows + noise * rng.normal(size=rows.shape)
    unit = noisy / np.linalg.norm(noisy, axis=1, keepdims=True)
    result = compare_works(unit, raw, names, part="unseen", seed=seed, n_boot=60, n_triplets=50)
    digest = digest_works(IDS, artists or names)
    parts = (Part("unseen", len(names), 12, digest=digest),)
    return Report("works", "unseen", "tiny", seed, result, parts=parts)


@pytest.fixture(scope="module")
def good():
    return make_report(0.0)


@pytest.fixture(scope="module")
def bad():
    return make_report(0.5)


def keep(report, folder):
    """Return a report with its replicates as they are read from disk."""
    folder.mkdir(exist_ok=True)
    write_replicates(report.to_replicates(), folder)
    rows = read_replicates(folder).join(report.rows)
    return replace(report, findings=replace(report.findings, rows=rows))


def test_resamples_read_back(good, tmp_path):
    keep(good, tmp_path)
    again = read_replicates(tmp_path)
    assert set(again.values) == {row.key for row in good.rows}
    for row in good.rows:
        np.testing.assert_array_equal(again.values[row.key], row.replicates.astype(np.float32))
    assert (again.seed, dict(again.digests)) == (0, {"unseen": good.parts[0].digest})
    first = (tmp_path / REPLICATES).read_bytes()
    keep(good, tmp_path)
    assert (tmp_path / REPLICATES).read_bytes() == first


def test_differences_are_those_of_each_resample(good, bad, tmp_path):
    found = compare_reports(good, keep(bad, tmp_path), tmp_path).against
    assert len(found.differences) == len(good.rows)
    assert found.missing == ()
    for one, ours, theirs in zip(found.differences.to_dicts(), good.rows, bad.rows, strict=True):
        resamples = ours.replicates - theirs.replicates
        assert one["difference"] == pytest.approx(ours.value - theirs.value)
        assert one["low"] == pytest.approx(np.nanquantile(resamples, 0.025), abs=1e-6)
        assert one["high"] == pytest.approx(np.nanquantile(resamples, 0.975), abs=1e-6)
    by_name = {one["metric"]: one for one in found.differences.to_dicts()}
    assert (by_name["roc_auc"]["verdict"], by_name["equal_error_rate"]["verdict"]) == ("better", "better")
    assert by_name["roc_auc_raw_cosine"]["difference"] == 0
    turned = compare_reports(bad, keep(good, tmp_path), tmp_path).against.differences
    assert (-turned["difference"]).to_list() == pytest.approx(found.differences["difference"].to_list())


def test_pairing_tells_more_than_two_intervals(good, bad, tmp_path):
    differences = compare_reports(good, keep(bad, tmp_path), tmp_path).against.differences
    (one,) = (one for one in differences.to_dicts() if one["metric"] == "roc_auc")
    ours, theirs = (report.find_row("comparison", "unseen", "roc_auc") for report in (good, bad))
    assert one["high"] - one["low"] < (ours.high - ours.low) + (theirs.high - theirs.low)


def test_numbers_that_one_report_lacks_are_listed(good, bad, tmp_path):
    fewer = replace(good, findings=replace(good.findings, rows=good.rows[1:]))
    found = compare_reports(fewer, keep(bad, tmp_path), tmp_path).against
    assert found.missing == (good.rows[0].key,)


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (lambda: make_report(0.0, artists=["A"] * 60), "other test works"),
        (lambda: make_report(0.0, seed=1), "seed 1 there and 0 here"),
        (lambda: replace(make_report(0.0), parts=()), "works of no artists"),
        (lambda: replace(make_report(0.0), findings=Findings()), "resamples of a report"),
    ],
)
def test_what_cannot_be_paired_is_refused(good, tmp_path, other, found):
    with pytest.raises(EvaluationError, match=found):
        compare_reports(good, keep(other(), tmp_path), tmp_path)


def test_a_written_report_with_differences(good, bad, tmp_path):
    write_report(bad, tmp_path / "bad")
    other = read_comparable(tmp_path / "bad" / "report.json")
    compared = compare_reports(good, other, tmp_path / "bad")
    page = write_report(compared, tmp_path / "good").read_text(encoding="utf-8")
    assert "Against another report" in page
    lines = write_differences(compared)
    assert [line.metric for line in lines] == [
        "roc_auc", "average_precision", "equal_error_rate", "triplet_accuracy",
    ]  # fmt: skip
    assert lines[0].difference.startswith("+")
    table = (tmp_path / "good" / "figures" / "against.csv").read_text(encoding="utf-8").splitlines()
    assert table[0] == "task,part,subset,metric,this,other,difference,low,high,verdict"
    assert len(table) == 1 + len(good.rows)


def test_a_report_without_resamples_is_refused(tmp_path):
    with pytest.raises(EvaluationError, match="the resamples of a report"):
        read_replicates(tmp_path)
    (tmp_path / REPLICATES).write_bytes(b"nothing")
    with pytest.raises(EvaluationError, match="without them only unpaired values are left"):
        read_replicates(tmp_path)


def test_a_report_whose_resamples_are_gone_is_not_compared(good, tmp_path):
    write_report(good, tmp_path)
    (tmp_path / REPLICATES).unlink()
    with pytest.raises(EvaluationError, match="without them only unpaired values are left"):
        read_comparable(tmp_path)
