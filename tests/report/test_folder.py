"""The report on disk: what is written is what was measured, and reads back."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from evaluate.reports import HOSTILE
from morelli.errors import EvaluationError
from morelli.evaluate.rows import TABLES
from morelli.report.folder import read_report, redraw_report, write_report
from morelli.report.page import render_page


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
        "parts",
        "tables",
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


def test_a_report_reads_back_whole(folder, report):
    again = read_report(folder)
    assert again.to_dict() == report.to_dict()
    assert again.rows == report.rows
    assert (again.parts, again.findings.absences) == (report.parts, report.findings.absences)
    assert again.notes == ()
    assert again.tables.keys() == report.tables.keys()
    for name, table in report.tables.items():
        assert_frame_equal(again.tables[name], table, check_exact=True)
    for row, own in zip(again.rows, report.rows, strict=True):
        np.testing.assert_array_equal(row.replicates, own.replicates.astype(np.float32))
    assert repr(again).endswith(f"split='by artist', n_rows={len(report.rows)})")


def test_the_page_is_drawn_again_to_the_byte(folder):
    page = folder / "report.html"
    first = page.read_bytes()
    page.unlink()
    assert redraw_report(folder) == page
    assert page.read_bytes() == first


def test_what_is_gone_from_a_report_is_named_on_the_page(folder, tmp_path):
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    for name in ("curves", "tippett"):
        (copy / "figures" / f"{name}.csv").unlink()
    html = redraw_report(copy).read_text(encoding="utf-8")
    assert "Tables of this report are gone" in html
    assert "figures/curves.csv, figures/tippett.csv" in html
    assert "ROC:" not in html
    assert "Recall at k" in html


def test_a_table_with_other_columns_is_refused(folder, tmp_path):
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / "figures" / "artists.csv").write_text("artist,n\nA,1\n")
    with pytest.raises(EvaluationError, match=r"artists.csv has other columns: artist, n"):
        read_report(copy)


def test_a_report_of_an_earlier_version_is_drawn_with_a_word_on_what_it_lacks():
    earlier = Path(__file__).parents[1] / "reference" / "files" / "report"
    report = read_report(earlier)
    assert [part.n_works for part in report.parts] == [0, 0]
    assert all(part.digest and not part.reason for part in report.parts)
    html = " ".join(render_page(report).split())
    assert "An earlier version wrote this report" in html
    assert "The tables behind its pictures (figures/) are not beside it" in html
    assert "measured below; of how many works is not known" in html
    assert "Recall at k" in html  # its numbers are in the rows


def test_rows_and_parts_are_found(report):
    assert report.find_row("comparison", "unseen", "roc_auc").metric == "roc_auc"
    assert report.find_row("attribution", "unseen", "accuracy") is None
    assert report.find_part("seen").n_artists == 6
    assert "no works by seen artists" in replace(report, parts=()).find_part("seen").reason
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

ELSEWHERE = {"attribution_reliability", "coverage", "k_shot", "oscr", "against", "qualified"}
"""Tables that this report does not have: what they hold has tests of its own."""


def test_every_figure_has_its_numbers(report):
    tables = report.tables
    assert set(tables) == set(TABLES) - ELSEWHERE
    assert tables["confusion"]["n_works"].sum() == 30
    assert set(tables["curves"].select("part", "scoring").iter_rows()) == {
        (part, scoring) for part in ("seen", "unseen") for scoring in ("model", "raw_cosine")
    }
    assert tables["scores"].filter(pl.col("part") == "seen")["n_same"].sum() == 60
    assert len(tables["recall"]) == 6


def test_files_read_back(folder):
    with (folder / "figures" / "artists.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 6
    assert HOSTILE in {line["artist"] for line in lines}
    assert {line["n_works"] for line in lines} == {"5"}


@pytest.mark.usefixtures("_undrawn")
def test_tables_of_an_earlier_report_go(report, tmp_path):
    figures = tmp_path / "figures"
    figures.mkdir()
    (figures / "my own.csv").write_text("kept")
    (figures / "oscr.csv").write_text("old")
    gone = {"confusion", "artists", "examples"}
    write_report(report, tmp_path)
    tables = {name: table for name, table in report.findings.tables.items() if name not in gone}
    write_report(replace(report, findings=replace(report.findings, tables=tables)), tmp_path)
    assert {path.stem for path in figures.iterdir()} == set(TABLES) - ELSEWHERE - gone | {"my own"}
