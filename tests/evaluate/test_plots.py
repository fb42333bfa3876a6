"""Plots draw on given axes or their own, name their axes, and show nothing."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from morelli.evaluate.confusion import Confusion
from morelli.evaluate.plots import (
    draw_artists,
    draw_confusion,
    draw_det,
    draw_recall,
    draw_roc,
    draw_scores,
)

from .conftest import HOSTILE


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
