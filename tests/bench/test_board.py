"""A board from cells: order, verdicts, variants, and what is written of it."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.boards import make_cell
from morelli.bench.board import Board, _judge_pair, _merge_seeds, assemble_board
from morelli.bench.cells import Failure
from morelli.bench.tables import (
    _draw_measure,
    _render_board,
    _tabulate_board,
    _write_markdown,
    tabulate_variants,
    write_board,
)
from morelli.errors import EvaluationError
from morelli.evaluate.metrics.intervals import Interval, enclose
from morelli.evaluate.rows import Row

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
    figure = find(board, "poor").rows["unseen_pair_auc"]
    assert figure.value == pytest.approx(0.701)
    assert find(board, "poor").spreads["unseen_pair_auc"] == pytest.approx(0.001)
    assert find(board, "poor").seeds == (0, 1, 2)
    assert find(board, "poor").costs == {"train_seconds": 11.0}


def test_each_number_is_compared_with_the_first_line(board: Board) -> None:
    verdicts = {line.label: line.verdicts["unseen_pair_auc"] for line in board.lines}
    assert verdicts == {
        "good": "first", "near": "not clear", "poor:augmented": "worse", "poor": "worse"
    }  # fmt: skip
    assert find(board, "near").verdicts["unseen_triplet_accuracy"] == "better"


def test_an_interval_does_not_leave_the_range_of_its_measure() -> None:
    cells = [make_cell("a", seed, {"unseen_pair_auc": 0.9 + 0.05 * seed}) for seed in range(3)]
    interval = assemble_board(cells, collection="c", splits={}).lines[0].rows["unseen_pair_auc"]
    assert interval.high == 1.0
    assert interval.replicates.max() > 1.0  # differences are taken before


def test_variants_stand_beside_their_original(board: Board) -> None:
    original, augmented = board.variants["poor"]
    assert (original.variant, augmented.variant) == ("original", "augmented")
    assert augmented.verdicts["unseen_pair_auc"] == "better"
    assert augmented.verdicts["unseen_triplet_accuracy"] == "not clear"
    table = tabulate_variants(board)
    assert table.columns == ("recipe", "measure", "original", "augmented")
    assert len(table.rows) == 2


def test_other_test_works_are_not_paired() -> None:
    cells = [make_cell("a", 0, VALUES["good"]), make_cell("b", 0, VALUES["poor"], digest="other")]
    board = assemble_board(cells, collection="c", splits={})
    assert set(find(board, "b").verdicts.values()) == {"not paired"}


def test_two_splits_fill_one_line() -> None:
    cells = [
        make_cell("a", 0, {"unseen_pair_auc": 0.8}),
        make_cell("a", 0, {"top_1": 0.6, "seen_pair_auc": 0.9}, split="seen"),
        make_cell("b", 0, {"top_1": 0.5, "seen_pair_auc": 0.7}, split="seen"),
    ]
    board = assemble_board(cells, collection="c", splits={})
    assert [measure.name for measure in board.measures] == ["top_1", "seen_pair_auc", "unseen_pair_auc"]
    assert [line.label for line in board.lines] == ["a", "b"]
    assert find(board, "b").verdicts["top_1"] == "worse"
    assert _tabulate_board(board).rows[1][3] == "–"


def test_the_table_says_how_the_network_started(board: Board) -> None:
    table = _tabulate_board(board)
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
    text = _write_markdown(board)
    for part in ("| good | 0.901 [", "### Variants", "broken, unseen, seed 0", "morelli bench g"):
        assert part in text


def test_a_board_without_a_cell_says_so() -> None:
    board = assemble_board([], [FAILURE], collection="c", splits={})
    assert "No cell could be made" in _render_board(board)
    assert "Not made" in _write_markdown(board)


def test_a_picture_has_a_bar_for_each_line(board: Board) -> None:
    ax = _draw_measure(board, board.measures[0])
    assert len(ax.patches) == len(board.lines)
    assert all(bar.get_x() == 0.5 for bar in ax.patches)


# Means over seeds, intervals over artists and seeds, and paired differences.

N_BOOT = 4000


def draw_replicates(n_seeds: int, *, artists_sd: float, seeds_sd: float, seed: int = 0):
    """Return values and resamples of a number that moves with the artists and with the seed."""
    rng = np.random.default_rng(seed)
    values = 0.8 + seeds_sd * rng.normal(size=n_seeds)
    return values, values[:, None] + artists_sd * rng.normal(size=N_BOOT)


def test_one_seed_has_the_interval_over_artists() -> None:
    values, replicates = draw_replicates(1, artists_sd=0.02, seeds_sd=0.0)
    merged, alone = _merge_seeds(values, replicates, label="a", seed=0), enclose(values[0], replicates[0])
    assert merged == alone


def test_artists_and_seeds_add_in_variance() -> None:
    values, replicates = draw_replicates(4, artists_sd=0.02, seeds_sd=0.03)
    merged = _merge_seeds(values, replicates, label="a", seed=0)
    expected = np.sqrt(0.02**2 + values.var(ddof=1) / 4)
    assert merged.value == pytest.approx(values.mean())
    assert merged.replicates.std() == pytest.approx(expected, rel=0.05)


def test_seeds_alone_have_the_standard_error_of_their_mean() -> None:
    values = np.array([0.7, 0.8, 0.9])
    merged = _merge_seeds(values, np.tile(values[:, None], N_BOOT), label="a", seed=0)
    assert merged.replicates.std() == pytest.approx(values.std(ddof=1) / np.sqrt(3), rel=0.05)


def make_row(interval: Interval) -> Row:
    return Row("comparison", "unseen", "roc_auc", n=9, unit="pairs", **interval.to_row())


def test_a_difference_forgets_what_both_have_in_common() -> None:
    values, replicates = draw_replicates(1, artists_sd=0.05, seeds_sd=0.0)
    one = _merge_seeds(values, replicates, label="a", seed=0)
    other = _merge_seeds(values - 0.01, replicates - 0.01, label="b", seed=0)
    assert one.low < other.value < one.high  # the intervals overlap
    assert _judge_pair(make_row(other), make_row(one)) == "worse"
    assert _judge_pair(make_row(one), make_row(other)) == "better"
    assert _judge_pair(make_row(one), make_row(one)) == "not clear"


def test_resamples_that_hold_one_artist_only_are_left_out() -> None:
    replicates = np.full((2, 10), 0.5)
    replicates[:, 3] = np.nan
    merged = _merge_seeds([0.5, 0.5], replicates, label="a", seed=0)
    assert (merged.low, merged.high) == (0.5, 0.5)
    with pytest.raises(EvaluationError, match="at least one resample"):
        _merge_seeds([0.5], replicates[:1, 3:4], label="a", seed=0)


def test_an_interval_that_was_read_cannot_be_subtracted() -> None:
    with pytest.raises(EvaluationError, match="resamples"):
        _judge_pair(make_row(Interval(0.5, 0.4, 0.6)), make_row(Interval(0.5, 0.4, 0.6)))


@settings(max_examples=20)
@given(st.integers(1, 5), st.integers(0, 100), st.text(max_size=5))
def test_the_same_seed_draws_the_same(n_seeds: int, seed: int, label: str) -> None:
    values, replicates = draw_replicates(n_seeds, artists_sd=0.1, seeds_sd=0.1, seed=seed)
    few = replicates[:, :50]
    first, second = (_merge_seeds(values, few, label=label, seed=seed) for _ in range(2))
    assert np.array_equal(first.replicates, second.replicates)
    assert min(few.min(axis=0)) - 1 < first.low <= first.high < max(few.max(axis=0)) + 1
