"""The report on disk: what is written is what was measured, and reads back."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest

from evaluate.reports import HOSTILE
from morelli.errors import EvaluationError
from morelli.report.folder import _NAMES, _list_figures, _write_figures, read_report, write_report


@pytest.fixture(scope="module")
def folder(report, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports") / "first"
    assert write_report(report, folder) == folder / "report.html"
    return folder


def test_the_file_holds_exactly_what_is_promised(folder, report):
    fields = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    head = ["schema", "collection", "split", "encoder", "seed", "rows"]
    assert list(fields) == [
        *head,
        "not_measured",
        "command",
        "warnings",
        "versions",
        "split_sha256",
        "against",
    ]
    assert fields["schema"] == 1
    assert len(fields["rows"]) == len(report.rows)
    assert list(fields["rows"][0]) == [
        "task",
        "part",
        "metric",
        "value",
        "low",
        "high",
        "n",
        "unit",
        "subset",
    ]
    assert {path.name for path in folder.iterdir()} == {
        "report.json", "report.html", "replicates.safetensors", "figures",
    }  # fmt: skip


def test_a_report_reads_back(folder, report):
    again = read_report(folder)
    assert again.to_dict() == report.to_dict()
    assert again.rows == report.rows
    assert repr(again).endswith(f"split='by artist', n_rows={len(report.rows)})")


def test_rows_parts_and_comparisons_are_found(report):
    assert report.find_row("comparison", "unseen", "roc_auc").metric == "roc_auc"
    assert report.find_row("attribution", "unseen", "accuracy") is None
    assert report.find_part("seen").n_artists == 6
    assert "no works by seen artists" in replace(report, parts=()).find_part("seen").reason
    assert report.find_comparison("seen").part == "seen"
    assert "morelli" in report.versions


@pytest.mark.parametrize(
    "text", [None, "{", "[]", '{"schema": 1}', '{"schema": 2, "rows": []}', '{"rows": [{"x": 1}]}']
)
def test_what_is_no_report_is_refused(tmp_path, text):
    if text is not None:
        (tmp_path / "report.json").write_text(text)
    with pytest.raises(
        EvaluationError, match=r"report.json: expected a report of schema 1.*'morelli evaluate' again"
    ):
        read_report(tmp_path)


# The tables behind the figures: complete, and nothing left of an earlier report.

STUDIED = {"attribution_reliability", "coverage", "k_shot", "oscr", "against", "qualified"}
"""Tables that this report does not have: their studies have tests of their own."""


def test_every_figure_has_its_numbers(report):
    tables = {table.name: table for table in _list_figures(report)}
    assert set(tables) == set(_NAMES) - STUDIED
    assert sum(record[2] for record in tables["confusion"].records) == report.confusion.n
    assert {record[:2] for record in tables["curves"].records} == {
        (part, scoring) for part in ("seen", "unseen") for scoring in ("model", "raw_cosine")
    }
    assert sum(record[3] for record in tables["scores"].records if record[0] == "seen") == 60
    assert len(tables["recall"].records) == 6


def test_files_read_back(report, tmp_path):
    _write_figures(report, tmp_path)
    with (tmp_path / "artists.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 6
    assert HOSTILE in {line["artist"] for line in lines}
    assert {line["n_works"] for line in lines} == {"5"}


def test_tables_of_an_earlier_report_go(report, tmp_path):
    own = tmp_path / "my own.csv"
    own.write_text("kept")
    _write_figures(report, tmp_path)
    _write_figures(replace(report, confusion=None, examples=()), tmp_path)
    gone = {"confusion", "artists", "examples"}
    assert {path.stem for path in tmp_path.iterdir()} == set(_NAMES) - STUDIED - gone | {"my own"}
