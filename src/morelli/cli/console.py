"""What goes to the terminal: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console

# titles and paths may hold brackets and colons, which are neither markup nor emoji
out = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)

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


def print_json(value: Any) -> None:
    """Print a result as JSON on stdout."""
    out.print(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Print a result as a table on stdout; columns of numbers go to the right."""
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in columns:
        is_number = name.startswith("#") or name in {"score", "probability", "value", "95 % interval", "n"}
        table.add_column(
            name.lstrip("#"),
            justify="right" if is_number else "left",
            overflow="fold",
            no_wrap=name not in _LONG,
        )
    for row in rows:
        table.add_row(*row)
    # a console of its own, since the width may change while the program runs
    console = Console(file=out.file, width=_find_width(), highlight=False, markup=False, emoji=False)
    console.print(table)


def _find_width() -> int:
    asked = os.environ.get("COLUMNS", "")
    if asked.isdigit() and int(asked) > 0:
        return int(asked)
    return out.width if out.is_terminal else _PIPED_WIDTH


def say(text: str) -> None:
    """Print a sentence on stderr."""
    err.print(text)


def say_skips(skips: list[dict[str, Any]], *, hint: str) -> None:
    """Print the first skips with their reasons on stderr, and where the others are."""
    if skips:
        say(f"{len(skips)} skipped:")
    for skip in skips[:_SHOWN_SKIPS]:
        say(f"  {skip['path']}: {skip['reason']}")
    if len(skips) > _SHOWN_SKIPS:
        say(f"  ... all with '{hint}'")


@contextmanager
def progress_steps() -> Iterator[Callable[[str, int, int], None]]:
    """Show a line for the step under way, with count and time left where its size is known, on stderr."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err) as progress:

        def advance(step: str, done: int, total: int) -> None:
            if not progress.tasks or progress.tasks[0].description != step:
                for task in progress.task_ids:
                    progress.remove_task(task)
                progress.add_task(step, total=None)
            progress.update(progress.task_ids[0], completed=done, total=total or None)

        yield advance


@contextmanager
def progress_bar(label: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar with count, rate and time left on stderr; yields what to call with (done, total)."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err) as progress:
        task = progress.add_task(label, total=None, rate="")

        def advance(done: int, total: int) -> None:
            speed = progress.tasks[0].finished_speed or progress.tasks[0].speed
            rate = f"{speed:.1f} {unit}/s" if speed else ""
            progress.update(task, completed=done, total=total, rate=rate)

        yield advance
