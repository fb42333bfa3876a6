"""The pictures of further studies: a curve over k, a reliability picture, and an OSCR curve.

Like those of `plots`, each takes `ax=None`, draws on those axes or on new ones, and returns them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from morelli.evaluate.figure_tables import FigureTable
from morelli.evaluate.k_shot import K_SHOT_METRIC, read_shots
from morelli.evaluate.palette import MUTED, PARTS, SEEN, UNSEEN
from morelli.evaluate.rows import Row
from morelli.evaluate.wording import RAW_SUFFIX

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_shots(rows: Sequence[Row], ax: Axes | None = None) -> Axes:
    """Draw the share of works named rightly over the number of works shown, the raw cosine's dashed.

    Parameters
    ----------
    rows
        Of any task; those of k-shot episodes are drawn.
    """
    ax = ax or _make_axes(4.8, 3.6)
    for metric, label, style in (
        (K_SHOT_METRIC, "model", "-"),
        (K_SHOT_METRIC + RAW_SUFFIX, "raw cosine", "--"),
    ):
        own = [row for row in rows if row.task == "k_shot" and row.metric == metric]
        shots = [read_shots(row) for row in own]
        values = 100 * np.array([[row.value, row.low, row.high] for row in own])  # (m, 3)
        colour = PARTS[own[0].part]
        ax.plot(shots, values[:, 0], style, color=colour, marker="o", markersize=4, label=label)
        ax.fill_between(shots, values[:, 1], values[:, 2], color=colour, alpha=0.12, linewidth=0)
    ax.set_xscale("log")
    ax.set_xticks(shots, [str(k) for k in shots])
    ax.minorticks_off()
    ax.set_ylim(0, 102)
    ax.set_xlabel("works shown of each new artist (k)")
    ax.set_ylabel("works named rightly (%)")
    ax.set_title(f"Unseen artists, {own[0].n:,} queries for each k, 95 % over artists")
    ax.legend(loc="lower right", frameon=False)
    return ax


def draw_reliability(table: FigureTable, ax: Axes | None = None) -> Axes:
    """Draw the share of right names over the probability given, bin by bin.

    Parameters
    ----------
    table
        As `reliability.tabulate_reliability` returns it.
    """
    ax = ax or _make_axes(4.8, 4.2)
    said, right, low, high = (
        100 * _numbers(table, name) for name in ("confidence_mean", "share_right", "low", "high")
    )
    ax.plot([0, 100], [0, 100], color=MUTED, linewidth=0.8, linestyle=":")
    ax.vlines(said, low, high, color=SEEN, alpha=0.5, linewidth=1.3)
    ax.plot(said, right, color=SEEN, marker="o", markersize=4, linewidth=1.2)
    ax.set(xlim=(0, 102), ylim=(0, 102))
    ax.set_xlabel("probability of the first name (%)")
    ax.set_ylabel("first names that are right (%)")
    n_works = int(_numbers(table, "n_works").sum())
    ax.set_title(f"Reliability, {n_works:,} works by seen artists, 95 % over artists")
    return ax


def draw_oscr(table: FigureTable, ax: Axes | None = None) -> Axes:
    """Draw the share of known works named rightly over the share of unknown works let in.

    Parameters
    ----------
    table
        As `open_set.open_set_rows` returns it.
    """
    ax = ax or _make_axes(4.8, 4.2)
    scoring = np.array(table.column("scoring"), dtype=object)
    accepted, right = (100 * _numbers(table, name) for name in ("unknown_accepted", "known_right"))
    for name in dict.fromkeys(scoring):
        own = scoring == name
        style, label = ("-", "score of the model") if name == "model" else ("--", str(name).replace("_", " "))
        ax.plot(accepted[own], right[own], style, color=UNSEEN, label=label)
    ax.set(xlim=(0, 102), ylim=(0, 102))
    ax.set_xlabel("works by unknown artists let in (%)")
    ax.set_ylabel("works by known artists let in and named rightly (%)")
    ax.set_title("Open set: OSCR curve")
    ax.legend(loc="lower right", frameon=False)
    return ax


def _numbers(table: FigureTable, name: str) -> NDArray[np.float64]:
    return np.array(table.column(name), dtype=np.float64)


def _make_axes(width_in: float, height_in: float) -> Axes:
    """Return axes of a new figure that no window knows of."""
    from matplotlib.figure import Figure

    axes: Axes = Figure(figsize=(width_in, height_in), layout="constrained").add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return axes
