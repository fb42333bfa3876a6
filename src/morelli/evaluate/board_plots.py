"""The pictures of a board: one for each measure, a bar for each recipe with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from morelli.evaluate.board import Board
from morelli.evaluate.board_measures import BoardMeasure
from morelli.evaluate.palette import INK, MUTED, PARTS, SAME

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CHANCE = {"roc_auc": 0.5, "triplet_accuracy": 0.5}
"""What a coin reaches; the bars of these measures begin there."""


def draw_measure(board: Board, measure: BoardMeasure, ax: Axes | None = None) -> Axes:
    """Draw one measure of all lines as bars from the value of a coin, the first line at the top.

    The first line is green, lines that do not clearly differ from it keep the colour of their artists, and
    those that do are pale.

    Parameters
    ----------
    board
        Some line has the measure.
    measure
        Which.
    """
    shown = [(line.label, line.figures[measure.name]) for line in board.lines if measure.name in line.figures]
    ax = ax or _make_axes(5.4, 0.24 * len(shown) + 0.9)
    places = range(len(shown))
    start = CHANCE.get(measure.metric, 0.0)
    for place, (_, figure) in zip(places, shown, strict=True):
        interval = figure.interval
        colour = SAME if figure.verdict == "first" else PARTS[measure.part]
        alpha = 0.35 if figure.verdict in ("worse", "better") else 0.75
        ax.barh(place, interval.value - start, left=start, height=0.62, color=colour, alpha=alpha)
        ax.plot([interval.low, interval.high], [place, place], color=INK, linewidth=1.2)
        ax.text(interval.high, place, f" {interval.value:.3f}", va="center", fontsize=8)
    ax.axvline(start, color=MUTED, linewidth=0.8)
    ax.set_yticks(places, [label for label, _ in shown], parse_math=False)
    ax.invert_yaxis()
    ax.set_xlabel("value, 95 % interval over artists and seeds")
    ax.set_title(f"{measure.title}, n = {shown[0][1].n:,}")
    ax.margins(x=0.14)
    return ax


def _make_axes(width_in: float, height_in: float) -> Axes:
    """Return axes of a new figure that no window knows of."""
    from matplotlib.figure import Figure

    axes: Axes = Figure(figsize=(width_in, height_in), layout="constrained").add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return axes
