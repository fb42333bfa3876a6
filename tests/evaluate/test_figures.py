"""The tables behind the figures: complete, and nothing left of an earlier report."""

from __future__ import annotations

import csv
from dataclasses import replace

from morelli.evaluate.figures import NAMES, list_figures, write_figures

from .conftest import HOSTILE

STUDIED = {"attribution_reliability", "coverage", "k_shot", "oscr", "against", "qualified"}
"""Tables that this report does not have: their studies have tests of their own."""


def test_every_figure_has_its_numbers(report):
    tables = {table.name: table for table in list_figures(report)}
    assert set(tables) == set(NAMES) - STUDIED
    assert sum(record[2] for record in tables["confusion"].records) == report.confusion.n
    assert {record[:2] for record in tables["curves"].records} == {
        (part, scoring) for part in ("seen", "unseen") for scoring in ("model", "raw_cosine")
    }
    assert sum(record[3] for record in tables["scores"].records if record[0] == "seen") == 60
    assert len(tables["recall"].records) == 6


def test_files_read_back(report, tmp_path):
    write_figures(report, tmp_path)
    with (tmp_path / "artists.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 6
    assert HOSTILE in {line["artist"] for line in lines}
    assert {line["n_works"] for line in lines} == {"5"}


def test_tables_of_an_earlier_report_go(report, tmp_path):
    own = tmp_path / "my own.csv"
    own.write_text("kept")
    write_figures(report, tmp_path)
    write_figures(replace(report, confusion=None, examples=()), tmp_path)
    gone = {"confusion", "artists", "examples"}
    assert {path.stem for path in tmp_path.iterdir()} == set(NAMES) - STUDIED - gone | {"my own"}
