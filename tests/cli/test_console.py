"""Tables: nothing is cut when they go to a file, and nothing in them is taken for markup."""

from __future__ import annotations

from morelli.cli.console import print_table

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
