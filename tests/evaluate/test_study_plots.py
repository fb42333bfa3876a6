"""Pictures of further studies show the numbers they are given."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.evaluate.figure_tables import FigureTable
from morelli.evaluate.rows import Row
from morelli.evaluate.study_plots import draw_oscr, draw_reliability, draw_shots


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
    ax = draw_reliability(
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
