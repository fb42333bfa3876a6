"""Published figures with ours beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluate.boards import FakeTraining, make_cell, make_recipe
from morelli.collection.pair_files import name_pairs, write_pairs
from morelli.collection.pair_streams import Pairs
from morelli.evaluate.bench import BenchOptions, run_bench
from morelli.evaluate.board import assemble_board
from morelli.evaluate.intervals import Interval
from morelli.evaluate.published import Reproduced, measure_further, set_beside
from morelli.evaluate.published_files import tabulate_beside, write_reproduced
from morelli.evaluate.reproductions import PublishedFigure, Reproduction, SplitRule

FIGURES = (
    PublishedFigure(recipe="a", measure="unseen_pair_auc", value=0.85, source="somebody", note="once"),
    PublishedFigure(recipe="a", measure="pair_auc_all", value=0.9, source="somebody else"),
)


def make_reproduction(**fields) -> Reproduction:
    kept = {"published": FIGURES, "recipes": ("a", "b"), "differs": "it is smaller", **fields}
    return Reproduction(
        kind="protocol", summary="a protocol", source="pictures", split=SplitRule(kind="unseen"), **kept
    )


@pytest.fixture
def reproduced() -> Reproduced:
    cells = [make_cell("a", 0, {"unseen_pair_auc": 0.8}), make_cell("b", 0, {"unseen_pair_auc": 0.7})]
    board = assemble_board(cells, collection="c", splits={"unseen": "d"})
    one = make_reproduction()
    return Reproduced("again", board, set_beside(one, board, {}), one.differs)


def test_ours_stands_beside_the_published_figure(reproduced: Reproduced) -> None:
    first, second, third = reproduced.lines
    assert (first.recipe, first.published, first.ours.value) == ("a", 0.85, 0.8)
    assert first.difference == pytest.approx(-0.05)
    assert (second.measure, second.ours, second.difference) == ("pair_auc_all", None, None)
    assert (third.recipe, third.published, third.source) == ("b", None, "")


def test_what_was_not_measured_says_so(reproduced: Reproduced) -> None:
    rows = tabulate_beside(reproduced).rows
    assert rows[0][2:4] == ("0.8500", "0.8000")
    assert rows[0][-1] == "somebody; once"
    assert rows[1][3] == "not measured"
    assert rows[2][2] == "–"


def test_it_is_written_as_json_and_markdown(reproduced: Reproduced, tmp_path: Path) -> None:
    text = write_reproduced(reproduced, tmp_path).read_text(encoding="utf-8")
    assert "| a | unseen_pair_auc | 0.8500 | 0.8000 |" in text
    assert "it is smaller" in text
    fields = json.loads((tmp_path / "published.json").read_text(encoding="utf-8"))
    assert fields["published"][0]["difference"] == pytest.approx(-0.05)


def test_pairs_and_labels_are_measured_on_the_cells(gallery, unseen_model, tmp_path: Path) -> None:
    import numpy as np

    ids = unseen_model.split.part("test").sort("artist")["id"].to_list()
    artists = unseen_model.split.part("test").sort("artist")["artist"].to_numpy()
    left, right = np.triu_indices(len(ids), k=1)
    pairs = tmp_path / "pairs.parquet"
    write_pairs(name_pairs([Pairs(left, right, artists[left] == artists[right])], ids), pairs)
    board = run_bench(
        gallery,
        {"raw": make_recipe("raw")},
        {"unseen": unseen_model.split},
        tmp_path / "b",
        train=FakeTraining(unseen_model),
        options=BenchOptions(n_seeds=2, n_boot=20),
    )
    told: list[str] = []
    one = make_reproduction(needs_pairs=True, labels=("style",))
    further = measure_further(
        gallery, one, board, tmp_path / "b", pairs=pairs, n_boot=20, progress=told.append
    )
    assert told == ["raw-unseen-0", "raw-unseen-1"]
    assert set(further) == {("raw", "pair_auc_all"), ("raw", "pair_auc_none"), ("raw", "style_accuracy")}
    on_board = board.lines[0].figures["unseen_pair_auc"].interval.value
    assert further["raw", "pair_auc_all"].value == pytest.approx(
        on_board, abs=0.1
    )  # all works, not ten of each
    kept = tmp_path / "b" / "cells" / "raw-unseen-0" / "pairs" / "pairs.json"
    written = kept.stat().st_mtime_ns
    again = measure_further(gallery, one, board, tmp_path / "b", pairs=pairs, n_boot=20)
    assert kept.stat().st_mtime_ns == written
    assert again == further


def test_of_several_seeds_the_mean_stands_there() -> None:
    from morelli.evaluate.published import _average

    assert _average([Interval(0.6, 0.5, 0.7), Interval(0.8, 0.7, 0.9)]).value == pytest.approx(0.7)
