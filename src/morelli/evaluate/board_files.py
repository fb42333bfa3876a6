"""A board on disk: numbers as JSON and CSV, the table as Markdown, and one page with bars and intervals.

::

    board.json      everything
    board.csv       one row per recipe
    variants.csv    the variants of recipes; not written where none has any
    board.md        the tables, to be pasted
    board.html      the same with pictures; needs nothing else
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from morelli.evaluate.board import COSTS, Board, Line
from morelli.evaluate.board_measures import MeasureName
from morelli.evaluate.board_page import render_board
from morelli.evaluate.board_texts import LEGEND, tabulate_board, tabulate_variants


def write_board(board: Board, folder: Path) -> Path:
    """Write a board, and return the path of its page.

    Parameters
    ----------
    board
        What was measured.
    folder
        Made when missing; files of an earlier board in it are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(board.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    (folder / "board.json").write_text(text + "\n", encoding="utf-8")
    names = [measure.name for measure in board.measures]
    _write_csv([_list_numbers(line, names) for line in board.lines], folder / "board.csv")
    variants = [_list_numbers(line, names) for lines in board.variants.values() for line in lines]
    _write_csv(variants, folder / "variants.csv")
    (folder / "board.md").write_text(write_markdown(board), encoding="utf-8")
    page = folder / "board.html"
    page.write_text(render_board(board), encoding="utf-8")
    return page


def write_markdown(board: Board) -> str:
    """Return the tables of a board as Markdown."""
    table, variants = tabulate_board(board), tabulate_variants(board)
    parts = [f"## {table.title}\n", table.to_markdown(), LEGEND + "\n"]
    if variants is not None:
        parts += ["### Variants\n", variants.to_markdown(), "The marks are against the original.\n"]
    if board.failures:
        lines = [f"- {one.label}, {one.split}, seed {one.seed}: {one.error}" for one in board.failures]
        parts += ["### Not made\n", "\n".join(lines) + "\n"]
    if board.command:
        parts.append(f"```sh\n{board.command}\n```\n")
    return "\n".join(parts)


def _list_numbers(line: Line, names: list[MeasureName]) -> dict[str, Any]:
    """Return the numbers of a line by column, unrounded; empty where it has none."""
    row: dict[str, Any] = {"recipe": line.name, "variant": line.variant}
    row["seeds"] = " ".join(map(str, line.seeds))
    for name in names:
        found = line.figures.get(name)
        numbers = found.to_dict() if found is not None else {}
        row[name] = numbers.get("value")
        row |= {f"{name}_{key}": numbers.get(key) for key in ("low", "high", "spread", "n", "verdict")}
    costs = {name: line.costs.get(name) for name in COSTS}
    return {**row, **costs, "weights": line.weights, "trainable": line.trainable, "note": line.note}


def _write_csv(rows: list[dict[str, Any]], path: Path) -> None:
    path.unlink(missing_ok=True)
    if rows:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
