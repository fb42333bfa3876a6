"""The pictures of a training: loss and accuracy over the epochs, of the train and of the validation part.

The numbers are those of ``history.csv``, which lies beside the picture.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from morelli.files import write_file
from morelli.learn.network.history import History
from morelli.report.drawing import MUTED, SEEN, UNSEEN, make_axes, use_page_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_CURVES = ("curves.svg", "curves.png")
"""The files of `write_curves`."""

_SIZE_IN = (4.2, 3.4)
_DPI = 150
_MAX_DOTS = 30


def _draw_losses(history: History, ax: Axes | None = None) -> Axes:
    """Draw the losses of the train and of the validation part, the best epoch marked."""
    ax = ax or make_axes(*_SIZE_IN)
    _draw_lines(history, "loss", 1, ax)
    ax.set_ylabel("mean loss")
    ax.set_title(f"Loss, {_count_epochs(history)}")
    return ax


def _draw_accuracies(history: History, ax: Axes | None = None) -> Axes:
    """Draw the shares that came out right, in percent; what has no such question stays empty."""
    ax = ax or make_axes(*_SIZE_IN)
    n_lines = _draw_lines(history, "accuracy", 100, ax)
    if n_lines == 0:
        ax.text(0.5, 0.5, "this loss asks no question\nthat is right or wrong", transform=ax.transAxes,
                ha="center", va="center", color=MUTED)  # fmt: skip
    ax.set_ylim(-2, 102)
    ax.set_ylabel("right (%)")
    ax.set_title(f"Accuracy, {_count_epochs(history)}")
    return ax


def write_curves(history: History, folder: Path) -> None:
    """Write both pictures side by side as ``curves.svg`` and ``curves.png`` into a folder that exists.

    A reader finds the old pictures or the new ones, also while a training goes on.
    """
    from matplotlib.figure import Figure

    if not history.rows:
        return
    with use_page_style():
        width_in, height_in = _SIZE_IN
        figure = Figure(figsize=(2 * width_in, height_in), layout="constrained")
        left, right = figure.subplots(1, 2)
        _draw_losses(history, left)
        _draw_accuracies(history, right)
        for name in _CURVES:
            _save(figure, folder / name)


def _save(figure: Any, path: Path) -> None:
    kind = path.suffix[1:]
    metadata: dict[str, None] = dict.fromkeys(("Date", "Creator") if kind == "svg" else ("Software",))
    content = io.BytesIO()  # Pillow does not notice when a disk takes less than it was given
    figure.savefig(content, format=kind, dpi=_DPI, facecolor="white", metadata=metadata)
    write_file(path, content.getvalue())


def _draw_lines(history: History, measure: str, factor: float, ax: Axes) -> int:
    """Draw a measure of both parts; return how many of them have it."""
    epochs = [row.epoch for row in history.rows]
    marker = "o" if len(epochs) <= _MAX_DOTS else ""  # one epoch alone makes no line
    n_lines = 0
    for part, colour, style in (("train", SEEN, "--"), ("validation", UNSEEN, "-")):
        values = factor * np.array([getattr(row, f"{part}_{measure}") for row in history.rows])
        if not np.isnan(values).all():
            ax.plot(epochs, values, style, color=colour, marker=marker, markersize=3, label=part)
            n_lines += 1
    ax.axvline(history.best.epoch, color=MUTED, linewidth=0.8, linestyle=":", label="best epoch")
    ax.set_xlabel("epoch")
    ax.set_xticks(_choose_ticks(epochs))
    ax.spines[["top", "right"]].set_visible(False)
    if n_lines:
        ax.legend(frameon=False)
    return n_lines


def _choose_ticks(epochs: Sequence[int]) -> list[int]:
    """Return whole numbers, ten at most."""
    step = -(-len(epochs) // 10)
    return list(range(epochs[0], epochs[-1] + 1, step))


def _count_epochs(history: History) -> str:
    n = len(history.rows)
    return f"{n} epoch{'s' if n > 1 else ''}"
