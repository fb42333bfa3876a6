"""Plots draw on given axes or their own, name their axes, and show nothing."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from evaluate.reports import HOSTILE
from morelli.evaluate.metrics.attribution import Confusion
from morelli.evaluate.rows import FigureTable, Row
from morelli.report.plots import (
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


def draw_all(report):
    return {
        "confusion": lambda ax=None: draw_confusion(report.confusion, ax),
        "artists": lambda ax=None: draw_artists(report.confusion, ax),
        "roc": lambda ax=None: draw_roc(report.comparisons, ax),
        "det": lambda ax=None: draw_det(report.comparisons, ax),
        "scores": lambda ax=None: draw_scores(report.comparisons[0], ax),
        "recall": lambda ax=None: draw_recall(report.rows, ax),
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
    ax = draw_confusion(report.confusion)
    ax.figure.canvas.draw()
    assert HOSTILE in [label.get_text() for label in ax.get_yticklabels()]


def make_confusion(c: int) -> Confusion:
    counts = np.diag(np.arange(1, c + 1)) + np.eye(c, k=1, dtype=int)
    return Confusion(tuple(f"Artist {place:03d}" for place in range(c)), counts)


@pytest.mark.parametrize(
    ("c", "has_names", "has_counts"), [(12, True, True), (45, True, False), (100, False, False)]
)
def test_confusion_stays_readable(c, has_names, has_counts):
    ax = draw_confusion(make_confusion(c))
    assert bool(ax.get_yticklabels()) == has_names
    assert bool(ax.texts) == has_counts
    assert f"by {c} seen artists" in ax.get_title()


def test_of_too_many_artists_the_weakest_are_drawn_and_the_title_says_so():
    assert "120 seen artists, least often recognised" in draw_confusion(make_confusion(130)).get_title()
    ax = draw_artists(make_confusion(130))
    assert ax.get_title().startswith("The 30 weakest and 10 strongest\nof 130")
    assert len(ax.get_yticklabels()) == 40


def test_the_baseline_is_dashed_and_one_part_is_enough(report):
    ax = draw_roc(report.comparisons[:1])
    assert [line.get_linestyle() for line in ax.get_lines()] == [":", "-", "--"]
    assert "[" in ax.get_legend_handles_labels()[1][0]
    recall = draw_recall([row for row in report.rows if row.part == "unseen"])
    assert len(recall.patches) == 3


# Pictures of further studies show the numbers they are given.


def test_the_curve_over_k():
    rows = [
        Row("k_shot", "unseen", "k_shot_top_1" + suffix, 0.1 * k, 0.05 * k, 0.15 * k, 40, "queries", f"k_{k}")
        for k in (1, 2, 5)
        for suffix in ("", "_raw_cosine", "_gain")
    ]
    ax = draw_shots(rows)
    model, raw = ax.lines
    assert model.get_xdata().tolist() == [1, 2, 5]
    assert model.get_ydata() == pytest.approx([10, 20, 50])
    assert raw.get_linestyle() == "--"
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1", "2", "5"]


def test_reliability():
    columns = (
        "confidence_low",
        "confidence_high",
        "confidence_mean",
        "share_right",
        "low",
        "high",
        "n_works",
    )
    ax = draw_attribution_reliability(
        FigureTable("attribution_reliability", columns, ((0, 0.5, 0.3, 0.4, 0.2, 0.6, 10),))
    )
    assert ax.lines[-1].get_xydata().tolist() == [[30, 40]]
    assert "10 works" in ax.get_title(loc="center") + ax.get_title(loc="left")


def test_oscr():
    records = (
        ("model", 0.0, 0.0),
        ("model", 1.0, 0.8),
        ("max_probability", 0.0, 0.0),
        ("max_probability", 1.0, 0.8),
    )
    ax = draw_oscr(FigureTable("oscr", ("scoring", "unknown_accepted", "known_right"), records))
    assert [line.get_label() for line in ax.lines] == ["score of the model", "max probability"]
    np.testing.assert_allclose(ax.lines[0].get_xydata(), [[0, 0], [100, 80]])
