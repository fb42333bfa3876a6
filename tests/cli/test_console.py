"""Tables: nothing is cut when they go to a file, and nothing in them is taken for markup."""

from __future__ import annotations

import io
import json
import logging
import math
import sys
import warnings
from io import StringIO

import pytest
from rich.console import Console
from rich.progress import Progress

from morelli.cli import console as watch
from morelli.cli.console import (
    _HEIGHT,
    _N_ROWS,
    _draw_rows,
    out,
    print_json,
    print_table,
    say,
    say_skips,
    settle_streams,
    watch_training,
)  # fmt: skip
from morelli.collection.work import Skip
from morelli.learn.network.history import EpochRow

TITLE = "Study [bold] of :smile: " + "x" * 90


def test_a_table_in_a_file_is_as_wide_as_it_needs(capsys, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    print_table("works", ["metric", "title"], [["average_precision_gain", TITLE]])
    assert f"average_precision_gain  {TITLE}" in capsys.readouterr().out


def test_a_table_keeps_to_the_width_that_is_asked_for(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    print_table("works", ["metric", "title"], [["average_precision_gain", TITLE]])
    told = capsys.readouterr().out
    assert max(map(len, told.splitlines())) <= 40
    assert "Study [bold]" in told


# What ``--watch`` shows: the last epochs, the best one, and both curves.


def make_row(epoch: int, *, validation_loss: float = 0.5) -> EpochRow:
    return EpochRow(epoch, 1 / epoch, math.nan, validation_loss, 0.25, 1e-3, 2.0, 99.6)


def draw(rows: list[EpochRow]) -> list[str]:
    console = Console(file=StringIO(), width=100, record=True)
    console.print(_draw_rows(rows))
    return console.export_text().splitlines()


def test_the_table_has_the_last_epochs() -> None:
    lines = draw([make_row(epoch) for epoch in range(1, 13)])
    numbers = [line.split()[0] for line in lines[1 : _N_ROWS + 1]]
    assert numbers == [str(epoch) for epoch in range(5, 13)]
    assert lines[_N_ROWS].split() == ["12", "0.0833", "–", "0.5000", "25.0", "%", "0.001", "2.0", "100"]


def test_the_curve_falls_from_left_to_right() -> None:
    rows = [make_row(epoch, validation_loss=math.nan) for epoch in (1, 2, 3)]
    curve = draw(rows)[len(rows) + 1 :][:_HEIGHT]
    places = [(line.index("·", 11), y) for y, line in enumerate(curve) if "·" in line]
    assert places == sorted(places)
    assert len(places) == 3
    assert curve[0].split()[0] == "1.0000"
    assert curve[-1].split()[0] == "0.3333"


def test_a_single_epoch_with_equal_losses_is_shown() -> None:
    assert any("◉" in line for line in draw([make_row(1, validation_loss=1.0)])[2:3])


def test_rows_are_shown_as_they_come(monkeypatch) -> None:
    console = Console(file=StringIO(), width=100)
    monkeypatch.setattr(watch, "err", console)
    with watch_training() as show:
        for epoch in (1, 2):
            show(make_row(epoch))
    assert "\n    2      0.5000 " in console.file.getvalue()


# What names and files hold cannot steer the terminal, and no code page ends a command.

HOSTILE = "Dürer 北斎\x1b[2J\x07\x9b31m\u202egnp.exe\r\udc80"


def print_everything() -> None:
    out.print(HOSTILE)
    say(HOSTILE)
    print_table(HOSTILE, [HOSTILE], [[HOSTILE + "\nsecond\tline"]])
    say_skips([Skip(HOSTILE, HOSTILE)], hint="info")
    logging.getLogger("morelli.collection.colours").warning("%s: profile ignored", HOSTILE)
    logging.getLogger("PIL.Image").error("a line of a library")
    warnings.warn("a warning of a library", stacklevel=1)


@pytest.mark.parametrize("page", ["utf-8", "latin-1", "cp1252", "ascii"])
def test_no_control_character_and_no_library_line_reaches_a_terminal(monkeypatch, page):
    streams = [io.TextIOWrapper(io.BytesIO(), page) for _ in range(2)]
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    settle_streams()
    try:
        print_everything()
    finally:
        logging.captureWarnings(False)
    for stream in streams:
        stream.flush()
    text = "".join(stream.buffer.getvalue().decode(page) for stream in streams)
    assert not [sign for sign in text if sign < " " and sign != "\n"]
    assert not {"\x7f", "\x9b", "\u202e"} & set(text)
    assert "of a library" not in text
    assert r"\x1b[2J" in text
    assert r"\nsecond\tline" in text
    assert "morelli: D" in text
    assert ("北斎" in text) == (page == "utf-8")


@pytest.mark.parametrize("page", ["utf-8", "latin-1", "ascii"])
def test_json_is_utf_8_whatever_the_locale(monkeypatch, page):
    stream = io.TextIOWrapper(io.BytesIO(), page)
    monkeypatch.setattr(sys, "stdout", stream)
    print_json({"artist": HOSTILE})
    told = stream.buffer.getvalue().decode("utf-8")
    assert json.loads(told) == {"artist": HOSTILE}
    assert "北斎" in told
    assert not {"\x1b", "\x9b", "\u202e"} & set(told)


def test_a_course_in_a_file_has_one_line_for_each_step(capsys, monkeypatch):
    now = iter([0.0, 30.0, 90.0, 150.0])
    monkeypatch.setattr(watch.time, "monotonic", lambda: next(now))
    with watch.progress_course() as progress:
        progress("artists", 0, 100)
        progress("spaces", 25, 100)
        progress("spaces", 26, 100)
        progress("pairs", 50, 100)
        progress("writing", 0, 0)
    assert capsys.readouterr().err.splitlines() == [
        "artists",
        "spaces (25 % done, about 1 min 30 s left)",
        "pairs (50 % done, about 1 min 30 s left)",
        "writing",
    ]


@pytest.mark.parametrize("has_parts", [True, False])
def test_steps_of_one_whole_share_a_line_and_its_time_left(has_parts, monkeypatch):
    """Steps that begin anew, at 0 or with another total, do not."""
    seen = []
    shown = Console(file=StringIO(), force_terminal=True, width=120)
    monkeypatch.setattr(watch, "err", shown)
    add_task = Progress.add_task
    monkeypatch.setattr(
        Progress, "add_task", lambda bars, name, **rest: (seen.append(name), add_task(bars, name, **rest))[1]
    )
    with watch.progress_course() as progress:
        progress("artists", 1, 100)
        progress("spaces", 40, 100)
        progress("pairs", *((70, 100) if has_parts else (0, 7)))
        if not has_parts:
            progress("answers", 0, 100)
    assert seen == (["artists"] if has_parts else ["artists", "pairs", "answers"])
    assert ("70/100" if has_parts else "0/100") in shown.file.getvalue()
