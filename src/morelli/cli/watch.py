"""``--watch``: the rows and the curves of a training in the terminal, while it goes on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from morelli.cli.console import err

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from morelli.learn.history import EpochRow

N_ROWS = 8
"""Epochs shown in the table, the last ones."""

WIDTH, HEIGHT = 60, 10
"""Characters of the curves."""

_MARKS = {
    "": (" ", ""),
    "train": ("·", "blue"),
    "validation": ("●", "dark_orange"),
    "both": ("◉", "magenta"),
}


@contextmanager
def watch_training(n_epochs: int | None = None) -> Iterator[Callable[[EpochRow], None]]:
    """Show a table and curves on stderr; yields what to call with each row.

    Parameters
    ----------
    n_epochs
        How many there will be at most, where it is known.
    """
    from rich.live import Live

    rows: list[EpochRow] = []
    with Live(console=err, auto_refresh=False) as live:

        def show(row: EpochRow) -> None:
            rows.append(row)
            live.update(draw_rows(rows, n_epochs), refresh=True)

        yield show


def draw_rows(rows: Sequence[EpochRow], n_epochs: int | None = None) -> Group:
    """Return the table of the last rows with the curves of all losses below.

    Parameters
    ----------
    rows
        At least one.
    n_epochs
        How many there will be at most, where it is known.
    """
    from rich.console import Group

    return Group(_tabulate(rows, n_epochs), _draw_losses(rows))


def _tabulate(rows: Sequence[EpochRow], n_epochs: int | None) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    names = ("epoch", "train loss", "accuracy", "validation loss", "accuracy", "rate", "seconds", "works/s")
    for name in names:
        table.add_column(name, justify="right")
    best = min(
        (row for row in rows if not math.isnan(row.validation_loss)),
        key=lambda row: row.validation_loss,
        default=None,
    )
    for row in rows[-N_ROWS:]:
        style = "bold" if row is best else ""
        table.add_row(*_describe(row, n_epochs), style=style)
    return table


def _describe(row: EpochRow, n_epochs: int | None) -> list[str]:
    return [
        f"{row.epoch}/{n_epochs}" if n_epochs else str(row.epoch),
        _write(row.train_loss, ".4f"),
        _write(100 * row.train_accuracy, ".1f", " %"),
        _write(row.validation_loss, ".4f"),
        _write(100 * row.validation_accuracy, ".1f", " %"),
        _write(row.learning_rate, ".2g"),
        _write(row.seconds, ".1f"),
        _write(row.works_per_second, ".0f"),
    ]


def _write(value: float, form: str, unit: str = "") -> str:
    return "–" if math.isnan(value) else f"{value:{form}}{unit}"


def _draw_losses(rows: Sequence[EpochRow]) -> Text:
    """Return the curves of the losses as characters: epochs to the right, losses upwards."""
    from rich.text import Text

    curves = {"train": [row.train_loss for row in rows], "validation": [row.validation_loss for row in rows]}
    values = [value for curve in curves.values() for value in curve if math.isfinite(value)]
    edges = {0: max(values), HEIGHT - 1: min(values)}
    cells = _place_marks(curves, low=min(values), high=max(values))
    text = Text()
    for y in range(HEIGHT):
        text.append(f"{edges[y]:10.4f} " if y in edges else " " * 11, style="dim")
        for x in range(WIDTH):
            mark, style = _MARKS[cells.get((x, y), "")]
            text.append(mark, style=style)
        text.append("\n")
    text.append(" " * 11 + "losses: · train  ● validation  ◉ both", style="dim")
    return text


def _place_marks(
    curves: Mapping[str, Sequence[float]], *, low: float, high: float
) -> dict[tuple[int, int], str]:
    """Return which curves pass through the characters at (x, y), y downwards."""
    cells: dict[tuple[int, int], str] = {}
    for name, curve in curves.items():
        for at, value in enumerate(curve):
            if math.isfinite(value):
                x = round(at * (WIDTH - 1) / max(len(curve) - 1, 1))
                y = round((high - value) / ((high - low) or 1) * (HEIGHT - 1))
                cells[x, y] = name if cells.get((x, y), name) == name else "both"
    return cells
