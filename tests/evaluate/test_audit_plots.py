"""The two drawings of an audit: what stands on them is what was counted."""

from __future__ import annotations

import polars as pl

from collection.audit.findings import SHORTCUTS
from morelli.evaluate.audit_plots import MAX_NAMES, draw_classes, draw_shortcuts
from morelli.evaluate.palette import SEEN, UNSEEN


def make_counts(n: int) -> pl.DataFrame:
    return pl.DataFrame({"name": [f"kind {place}" for place in range(n)], "works": list(range(n, 0, -1))})


def test_few_classes_carry_their_names():
    ax = draw_classes(make_counts(3), "style")
    assert [bar.get_height() for bar in ax.patches] == [3, 2, 1]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["kind 0", "kind 1", "kind 2"]
    assert ax.get_title() == "6 labels of 3 kinds: style"


def test_many_classes_tell_how_many_hold_half():
    """Of 30 + 29 + ... + 1 = 465 works the first nine have 234, the first eight 212."""
    n = 30
    assert n > MAX_NAMES
    ax = draw_classes(make_counts(n), "artist")
    assert [text.get_text() for text in ax.texts] == ["the first 9 hold half of all"]


def test_each_shortcut_is_a_bar_and_warnings_have_their_colour():
    from matplotlib.colors import to_hex

    ax = draw_shortcuts(SHORTCUTS)
    assert [round(bar.get_width(), 4) for bar in ax.patches] == [0.5, 0.75, 0.0125, 0.2857]
    colours = [to_hex(bar.get_facecolor()) for bar in ax.patches]
    assert colours == [to_hex(colour) for colour in (UNSEEN, UNSEEN, SEEN, UNSEEN)]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["artist from border", "artist from all", "artist from source", "style from saving"]


def test_drawings_go_onto_given_axes():
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    assert draw_classes(make_counts(1), "genre", axes) is axes
    assert draw_shortcuts(SHORTCUTS, axes) is axes
