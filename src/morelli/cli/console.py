"""What goes to the terminal: results on stdout, everything else on stderr."""

from __future__ import annotations

import io
import json
import logging
import math
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from morelli.collection.work import Skip
    from morelli.learn.network.history import EpochRow
    from morelli.settings import Progress


_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Characters that steer a terminal or turn the direction of writing, and halves of characters; not a tab or
a line break, which the commands print themselves."""


def show_controls(text: str, *, is_cell: bool = False) -> str:
    r"""Return a text with control characters as escapes; in a cell of a table also tabs and line breaks.

    >>> show_controls("Anna\x1b[31m Ancher")
    'Anna\\x1b[31m Ancher'
    """
    shown = _CONTROLS.sub(lambda found: found.group().encode("unicode_escape").decode(), text)
    return shown.replace("\n", "\\n").replace("\t", "\\t") if is_cell else shown


class _Console(Console):
    """A console on which what names and files hold cannot steer the terminal."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Print, texts with their control characters shown."""
        super().print(*(show_controls(one) if isinstance(one, str) else one for one in objects), **options)


# titles and paths may hold brackets and colons, which are neither markup nor emoji
out = _Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
err = _Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)

_SHOWN_SKIPS = 5
_PIPED_WIDTH = 200  # a file has no width; rich's guess of 80 would cut tables
_LONG = {
    "note",
    "path",
    "reason",
    "sentence",
    "title",
    "what",
    "where published",
}  # columns that give way when the terminal is narrow

_N_ROWS = 8
"""Epochs shown in the table, the last ones."""

_WIDTH, _HEIGHT = 60, 10
"""Characters of the curves."""

_MARKS = {
    "": (" ", ""),
    "train": ("·", "blue"),
    "validation": ("●", "dark_orange"),
    "both": ("◉", "magenta"),
}


def print_json(value: Any) -> None:
    """Print a result as JSON on stdout: in UTF-8 whatever the locale, control characters escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    text = _CONTROLS.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(text)
        return
    sys.stdout.flush()
    stream.write(text.encode())
    stream.flush()


def print_table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Print a result as a table on stdout; columns of numbers go to the right."""
    from rich.table import Table

    table = Table(
        title=show_controls(title), title_justify="left", box=None, pad_edge=False, header_style="bold"
    )
    for name in columns:
        is_number = name.startswith("#") or name in {"score", "probability", "value", "95 % interval", "n"}
        table.add_column(
            show_controls(name.lstrip("#"), is_cell=True),
            justify="right" if is_number else "left",
            overflow="fold",
            no_wrap=name not in _LONG,
        )
    for row in rows:
        table.add_row(*(show_controls(cell, is_cell=True) for cell in row))
    # a console of its own, since the width may change while the program runs
    console = Console(file=out.file, width=_find_width(), highlight=False, markup=False, emoji=False)
    console.print(table)


def _find_width() -> int:
    width = os.environ.get("COLUMNS", "")
    if width.isdigit() and int(width) > 0:
        return int(width)
    return out.width if out.is_terminal else _PIPED_WIDTH


def settle_streams() -> None:
    """Let nothing that a code page lacks end a command, and no library write lines of its own on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    logging.captureWarnings(True)
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(lambda record: record.name.split(".")[0] == "morelli")
    handler.setFormatter(_NoteFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


class _NoteFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return a line as the commands' own."""
        return "morelli: " + show_controls(record.getMessage())


def say(text: str) -> None:
    """Print a sentence on stderr."""
    err.print(text)


def say_skips(skips: Sequence[Skip], *, hint: str) -> None:
    """Print the first skips with their reasons on stderr, and where the others are."""
    if skips:
        say(f"{len(skips)} skipped:")
    for skip in skips[:_SHOWN_SKIPS]:
        say(f"  {skip.path}: {skip.reason}")
    if len(skips) > _SHOWN_SKIPS:
        say(f"  ... all with '{hint}'")


@contextmanager
def progress_steps() -> Iterator[Progress]:
    """Show a line for the step under way, with count and time left where its size is known, on stderr.

    Steps that go on counting where the one before ended are parts of one whole, and share its time left.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=err, speed_estimate_period=600) as progress:

        def advance(step: str, done: int, total: int) -> None:
            task = progress.tasks[0] if progress.tasks else None
            goes_on = task is not None and task.total == (total or None) and task.completed <= done < total
            if task is None or not (task.description == step or goes_on):
                for old in progress.task_ids:
                    progress.remove_task(old)
                progress.add_task(step, total=None)
            progress.update(progress.task_ids[0], description=step, completed=done, total=total or None)

        yield advance


@contextmanager
def progress_course() -> Iterator[Progress]:
    """Show the steps of one long course: as `progress_steps` on a terminal, else one line for each step."""
    if err.is_terminal:
        with progress_steps() as progress:
            yield progress
        return
    started, last = time.monotonic(), ""

    def advance(step: str, done: int, total: int) -> None:
        nonlocal last
        if step != last:
            share = f" ({100 * done // total} % done" if total and done else ""
            left = (time.monotonic() - started) * (total - done) / done if share else 0
            err.print(step + (f"{share}, about {_write_seconds(left)} left)" if share else ""))
            last = step

    yield advance


def _write_seconds(seconds: float) -> str:
    """Return a duration in the unit a reader would use.

    >>> _write_seconds(42.4), _write_seconds(150), _write_seconds(9000)
    ('42 s', '2 min 30 s', '2 h 30 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


@contextmanager
def progress_bar(label: str, unit: str) -> Iterator[Progress]:
    """Show a bar with count, rate and time left on stderr, one for all steps."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=err) as progress:
        task = progress.add_task(label, total=None, rate="")

        def advance(_: str, done: int, total: int) -> None:
            speed = progress.tasks[0].finished_speed or progress.tasks[0].speed
            rate = f"{speed:.1f} {unit}/s" if speed else ""
            progress.update(task, completed=done, total=total, rate=rate)

        yield advance


@contextmanager
def progress_status(text: str) -> Iterator[Progress]:
    """Show the text on stderr, then the step under way in its place."""
    with err.status(text) as status:
        yield lambda step, done, total: status.update(step)


@contextmanager
def watch_training() -> Iterator[Callable[[EpochRow], None]]:
    """Show a table and curves on stderr; yields what to call with each row."""
    from rich.live import Live

    rows: list[EpochRow] = []
    with Live(console=err, auto_refresh=False) as live:

        def show(row: EpochRow) -> None:
            rows.append(row)
            live.update(_draw_rows(rows), refresh=True)

        yield show


def _draw_rows(rows: Sequence[EpochRow]) -> Group:
    """Return the table of the last rows, with the curves of all losses below."""
    from rich.console import Group

    return Group(_tabulate(rows), _draw_losses(rows))


def _tabulate(rows: Sequence[EpochRow]) -> Table:
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
    for row in rows[-_N_ROWS:]:
        style = "bold" if row is best else ""
        table.add_row(*_describe(row), style=style)
    return table


def _describe(row: EpochRow) -> list[str]:
    return [
        str(row.epoch),
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
    edges = {0: max(values), _HEIGHT - 1: min(values)}
    cells = _place_marks(curves, low=min(values), high=max(values))
    text = Text()
    for y in range(_HEIGHT):
        text.append(f"{edges[y]:10.4f} " if y in edges else " " * 11, style="dim")
        for x in range(_WIDTH):
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
                x = round(at * (_WIDTH - 1) / max(len(curve) - 1, 1))
                y = round((high - value) / ((high - low) or 1) * (_HEIGHT - 1))
                cells[x, y] = name if cells.get((x, y), name) == name else "both"
    return cells
