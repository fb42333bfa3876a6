"""What a protocol asks of the models of a board: pairs of a file, labels, an earlier search."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.boards import FakeTraining, make_recipe, make_reproduction
from morelli.bench.legacy import LEGACY_METRICS
from morelli.bench.published import set_beside
from morelli.bench.reproduction import _average, _measure_further, _measure_label, _Resampling
from morelli.bench.run import BenchOptions, run_bench
from morelli.collection.pairs.files import name_pairs, write_pairs
from morelli.collection.pairs.streams import Pairs
from morelli.errors import EvaluationError
from morelli.evaluate.metrics.intervals import Interval


def test_pairs_and_labels_are_measured_on_the_cells(gallery, unseen_model, tmp_path: Path) -> None:
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
    told: list[tuple[str, int, int]] = []
    one = make_reproduction(needs_pairs=True, labels=("style",), needs_search=True)
    few = _Resampling(n_boot=20)
    further = _measure_further(
        gallery, one, board, tmp_path / "b", resampling=few, pairs=pairs,
        progress=lambda *step: told.append(step),
    )  # fmt: skip
    assert told == [("raw-unseen-0", 0, 0), ("raw-unseen-1", 0, 0)]
    legacy = LEGACY_METRICS[:-1]  # of unseen artists no train work is relevant: no quality metric
    measures = ("pair_auc_all", "pair_auc_none", "style_accuracy", *legacy)
    assert set(further) == {("raw", measure) for measure in measures}
    beside = set_beside(one, board, further).filter(recipe="raw").to_dicts()
    lines = {line["measure"]: line for line in beside}
    assert {*legacy, "pair_auc_all"} <= set(lines)
    assert lines["legacy_mean_cosine"]["published"] is None
    on_board = board.lines[0].rows["unseen_pair_auc"].value
    assert further["raw", "pair_auc_all"].value == pytest.approx(
        on_board, abs=0.1
    )  # all works, not ten of each
    kept = tmp_path / "b" / "cells" / "raw-unseen-0" / "pairs" / "pairs.json"
    written = kept.stat().st_mtime_ns
    again = _measure_further(gallery, one, board, tmp_path / "b", resampling=few, pairs=pairs)
    assert kept.stat().st_mtime_ns == written
    assert again == further


def test_of_several_seeds_the_mean_stands_there() -> None:
    assert _average([Interval(0.6, 0.5, 0.7), Interval(0.8, 0.7, 0.9)]).value == pytest.approx(0.7)


# The share of labels named from features, with an interval over artists.


def test_styles_are_named_better_than_by_chance(gallery, seen_model) -> None:
    measured = _measure_label(gallery, seen_model, "style", n_boot=50)
    n_styles = gallery.works()["style"].drop_nulls().n_unique()
    assert measured.low <= measured.value <= measured.high <= 1
    assert measured.value > 2 / n_styles


def test_train_works_of_one_label_are_refused(gallery, seen_model) -> None:
    works = gallery.works().filter(gallery.works()["style"] == gallery.works()["style"][0])
    table = seen_model.split.table.filter(seen_model.split.table["id"].is_in(works["id"].to_list()))
    model = replace(seen_model, split=replace(seen_model.split, table=table))
    with pytest.raises(EvaluationError, match="two labels or more"):
        _measure_label(gallery, model, "style", n_boot=10)
