"""Plots draw on given axes or their own, name their axes, and show nothing."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from matplotlib.figure import Figure

from evaluate.reports import HOSTILE
from morelli.evaluate.breakdown import tabulate_artists, tabulate_confusion
from morelli.evaluate.metrics.attribution import Predictions
from morelli.evaluate.rows import make_table
from morelli.report.plots import (
    _arrange_confusion,
    draw_artists,
    draw_attribution_reliability,
    draw_confusion,
    draw_det,
    draw_oscr,
    draw_recall,
    draw_roc,
    draw_scores,
    draw_shots,
)


def keep(table: pl.DataFrame, part: str) -> pl.DataFrame:
    return table.filter(pl.col("part") == part)


def draw_all(report):
    tables = report.tables
    return {
        "confusion": lambda ax=None: draw_confusion(tables["confusion"], tables["artists"], ax),
        "artists": lambda ax=None: draw_artists(tables["artists"], ax),
        "roc": lambda ax=None: draw_roc(tables["curves"], report.rows, ax),
        "det": lambda ax=None: draw_det(tables["curves"], report.rows, ax),
        "scores": lambda ax=None: draw_scores(keep(tables["scores"], "seen"), ax=ax),
        "recall": lambda ax=None: draw_recall(tables["recall"], ax),
    }


@pytest.mark.parametrize("name", ["confusion", "artists", "roc", "det", "scores", "recall"])
def test_axes_are_named_and_may_be_given(report, name):
    ax = draw_all(report)[name]()
    assert ax.get_xlabel()
    assert ax.get_ylabel() or name == "artists"
    assert ax.get_title(loc="left") or ax.get_title()
    given = Figure().add_subplot()
    assert draw_all(report)[name](given) is given


def test_names_are_never_read_as_mathematics(report):
    ax = draw_confusion(report.tables["confusion"], report.tables["artists"])
    ax.figure.canvas.draw()
    assert HOSTILE in [label.get_text() for label in ax.get_yticklabels()]


def tabulate(counts: list[list[int]]) -> pl.DataFrame:
    """Return counts of artists A, B, ... as a table."""
    cells = np.argwhere(np.array(counts) > 0)
    return make_table("confusion", [("ABCDEF"[row], "ABCDEF"[at], counts[row][at]) for row, at in cells])


def test_confused_artists_stand_side_by_side():
    counts = np.diag([9, 9, 9, 9, 9, 9])
    counts[0, 5] = counts[5, 0] = counts[1, 4] = counts[4, 1] = 6
    order = "".join(_arrange_confusion(tabulate(counts.tolist()), list("ABCDEF"))[0])
    assert "AF" in order or "FA" in order
    assert "BE" in order or "EB" in order


def test_arranging_moves_rows_and_columns_together_and_keeps_who_is_asked_for():
    confusion = tabulate([[1, 3, 0, 0], [0, 4, 0, 0], [0, 2, 2, 0], [0, 0, 0, 0]])
    names, counts = _arrange_confusion(confusion, ["A", "C"])
    assert set(names) == {"A", "C"}
    assert dict(zip(names, counts.diagonal().tolist(), strict=True)) == {"A": 1, "C": 2}


def make_confusion(c: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the tables of c artists, each but the last taken once for the next."""
    codes = np.concatenate([np.repeat(np.arange(c), np.arange(1, c + 1)), np.arange(c - 1)])
    predicted = codes + (np.arange(len(codes)) >= len(codes) - c + 1)
    names = tuple(f"Artist {place:03d}" for place in range(c))
    predictions = Predictions(names, codes, predicted, codes, np.zeros(len(codes)))
    return tabulate_confusion(predictions), tabulate_artists(predictions)


@pytest.mark.parametrize(
    ("c", "has_names", "has_counts"), [(12, True, True), (45, True, False), (100, False, False)]
)
def test_confusion_stays_readable(c, has_names, has_counts):
    ax = draw_confusion(*make_confusion(c))
    assert bool(ax.get_yticklabels()) == has_names
    assert bool(ax.texts) == has_counts
    assert f"by {c} seen artists" in ax.get_title()


def test_of_too_many_artists_the_weakest_are_drawn_and_the_title_says_so():
    assert "120 seen artists, least often recognised" in draw_confusion(*make_confusion(130)).get_title()
    ax = draw_artists(make_confusion(130)[1])
    assert ax.get_title().startswith("The 30 weakest and 10 strongest\nof 130")
    assert len(ax.get_yticklabels()) == 40


def test_the_baseline_is_dashed_and_one_part_is_enough(report):
    ax = draw_roc(keep(report.tables["curves"], "seen"), report.rows)
    assert [line.get_linestyle() for line in ax.get_lines()] == [":", "-", "--"]
    assert "[" in ax.get_legend_handles_labels()[1][0]
    recall = draw_recall(keep(report.tables["recall"], "unseen"))
    assert len(recall.patches) == 3


# Pictures show the numbers they are given.


def test_the_curve_over_k():
    records = [
        ("unseen", k, "k_shot_top_1" + suffix, 0.1 * k, 0.05 * k, 0.15 * k, 40)
        for k in (1, 2, 5)
        for suffix in ("", "_raw_cosine", "_gain")
    ]
    ax = draw_shots(make_table("k_shot", records))
    model, raw = ax.lines
    assert model.get_xdata().tolist() == [1, 2, 5]
    assert model.get_ydata() == pytest.approx([10, 20, 50])
    assert raw.get_linestyle() == "--"
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1", "2", "5"]


def test_reliability():
    bins = make_table("attribution_reliability", [(0, 0.5, 0.3, 0.4, 0.2, 0.6, 10)])
    ax = draw_attribution_reliability(bins)
    assert ax.lines[-1].get_xydata().tolist() == [[30, 40]]
    assert "10 works" in ax.get_title(loc="center") + ax.get_title(loc="left")


def test_oscr():
    records = (
        ("model", 0.0, 0.0),
        ("model", 1.0, 0.8),
        ("max_probability", 0.0, 0.0),
        ("max_probability", 1.0, 0.8),
    )
    ax = draw_oscr(make_table("oscr", records))
    assert [line.get_label() for line in ax.lines] == ["score of the model", "max probability"]
    np.testing.assert_allclose(ax.lines[0].get_xydata(), [[0, 0], [100, 80]])
