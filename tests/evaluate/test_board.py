"""A board from cells: order, verdicts, variants, and what is written of it."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from evaluate.boards import make_cell
from morelli.evaluate.board import Board, assemble_board
from morelli.evaluate.board_cells import Failure
from morelli.evaluate.board_files import write_board, write_markdown
from morelli.evaluate.board_page import render_board
from morelli.evaluate.board_plots import draw_measure
from morelli.evaluate.board_texts import tabulate_board, tabulate_variants

VALUES = {
    "good": {"unseen_pair_auc": 0.90, "unseen_triplet_accuracy": 0.88},
    "near": {"unseen_pair_auc": 0.8999, "unseen_triplet_accuracy": 0.89},
    "poor": {"unseen_pair_auc": 0.70, "unseen_triplet_accuracy": 0.60},
    "poor:augmented": {"unseen_pair_auc": 0.80, "unseen_triplet_accuracy": 0.60},
}
FAILURE = Failure("broken", "unseen", 0, "network: expected <b>weights</b>")


@pytest.fixture(scope="module")
def board() -> Board:
    cells = [
        make_cell(label, seed, {name: value + 0.001 * seed for name, value in values.items()})
        for label, values in VALUES.items()
        for seed in range(3)
    ]
    return assemble_board(
        cells, [FAILURE], collection="Nine & ten", splits={"unseen": "ab" * 32}, command="morelli bench g"
    )


def find(board: Board, label: str):
    return next(line for line in board.lines if line.label == label)


def test_lines_are_ordered_by_the_unseen_pairs(board: Board) -> None:
    assert [line.label for line in board.lines] == ["good", "near", "poor:augmented", "poor"]


def test_a_number_is_the_mean_over_seeds(board: Board) -> None:
    figure = find(board, "poor").figures["unseen_pair_auc"]
    assert figure.interval.value == pytest.approx(0.701)
    assert figure.spread == pytest.approx(0.001)
    assert find(board, "poor").seeds == (0, 1, 2)
    assert find(board, "poor").costs == {"train_seconds": 11.0}


def test_each_number_is_compared_with_the_first_line(board: Board) -> None:
    verdicts = {line.label: line.figures["unseen_pair_auc"].verdict for line in board.lines}
    assert verdicts == {
        "good": "first", "near": "not clear", "poor:augmented": "worse", "poor": "worse"
    }  # fmt: skip
    assert find(board, "near").figures["unseen_triplet_accuracy"].verdict == "better"


def test_an_interval_does_not_leave_the_range_of_its_measure() -> None:
    cells = [make_cell("a", seed, {"unseen_pair_auc": 0.9 + 0.05 * seed}) for seed in range(3)]
    interval = assemble_board(cells, collection="c", splits={}).lines[0].figures["unseen_pair_auc"].interval
    assert interval.high == 1.0
    assert interval.replicates.max() > 1.0  # differences are taken before


def test_variants_stand_beside_their_original(board: Board) -> None:
    original, augmented = board.variants["poor"]
    assert (original.variant, augmented.variant) == ("original", "augmented")
    assert augmented.figures["unseen_pair_auc"].verdict == "better"
    assert augmented.figures["unseen_triplet_accuracy"].verdict == "not clear"
    table = tabulate_variants(board)
    assert table.columns == ("recipe", "measure", "original", "augmented")
    assert len(table.rows) == 2


def test_other_test_works_are_not_paired() -> None:
    cells = [make_cell("a", 0, VALUES["good"]), make_cell("b", 0, VALUES["poor"], digest="other")]
    board = assemble_board(cells, collection="c", splits={})
    assert {figure.verdict for figure in find(board, "b").figures.values()} == {"not paired"}


def test_two_splits_fill_one_line() -> None:
    cells = [
        make_cell("a", 0, {"unseen_pair_auc": 0.8}),
        make_cell("a", 0, {"top_1": 0.6, "seen_pair_auc": 0.9}, split="seen"),
        make_cell("b", 0, {"top_1": 0.5, "seen_pair_auc": 0.7}, split="seen"),
    ]
    board = assemble_board(cells, collection="c", splits={})
    assert [measure.name for measure in board.measures] == ["top_1", "seen_pair_auc", "unseen_pair_auc"]
    assert [line.label for line in board.lines] == ["a", "b"]
    assert find(board, "b").figures["top_1"].verdict == "worse"
    assert tabulate_board(board).rows[1][3] == "–"


def test_the_table_says_how_the_network_started(board: Board) -> None:
    table = tabulate_board(board)
    assert table.columns[0] == "recipe"
    assert table.rows[0][-1] == "from scratch; trained: last 1; 3 seeds"
    assert table.rows[2][1].endswith("▼")


def test_everything_is_written(board: Board, tmp_path: Path) -> None:
    page = write_board(board, tmp_path).read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    assert "Nine &amp; ten" in page
    assert "<b>weights" not in page
    assert "<script" not in page
    fields = json.loads((tmp_path / "board.json").read_text(encoding="utf-8"))
    assert fields["lines"][0]["measures"]["unseen_pair_auc"]["verdict"] == "first"
    with (tmp_path / "board.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["recipe"] for row in rows] == ["good", "near", "poor", "poor"]
    assert float(rows[0]["unseen_pair_auc_low"]) < 0.9 < float(rows[0]["unseen_pair_auc_high"])
    assert (tmp_path / "variants.csv").exists()
    write_board(replace(board, variants={}), tmp_path)
    assert not (tmp_path / "variants.csv").exists()


def test_the_markdown_holds_table_variants_failures_and_command(board: Board) -> None:
    text = write_markdown(board)
    for part in ("| good | 0.901 [", "### Variants", "broken, unseen, seed 0", "morelli bench g"):
        assert part in text


def test_a_board_without_a_cell_says_so() -> None:
    board = assemble_board([], [FAILURE], collection="c", splits={})
    assert "No cell could be made" in render_board(board)
    assert "Not made" in write_markdown(board)


def test_a_picture_has_a_bar_for_each_line(board: Board) -> None:
    ax = draw_measure(board, board.measures[0])
    assert len(ax.patches) == len(board.lines)
    assert all(bar.get_x() == 0.5 for bar in ax.patches)
