"""The lines of a board as they are printed: in the terminal, in Markdown, on the page, and on disk."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from morelli.bench.board import COSTS, Board, Line
from morelli.bench.cells import LEADS, BoardMeasure, MeasureName
from morelli.evaluate.rows import PartName
from morelli.files import replace_files, write_file
from morelli.report.drawing import INK, MUTED, PARTS, SAME, embed_drawing, make_axes, use_page_style
from morelli.report.render import render_template

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_MARKS = {"better": "▲", "worse": "▼"}
"""Set behind a number that is clearly better or worse than the first line's."""

LEGEND = (
    "Value [95 % interval over artists and seeds]. ▼ clearly worse, ▲ clearly better than the first line: "
    "the interval of the difference, taken resample by resample, lies on one side of zero."
)

_COST_TITLES = {
    "train_seconds": "train s",
    "images_per_second": "images/s",
    "n_parameters": "parameters",
    "model_megabytes": "model MB",
}
"""The costs that tables show, and what they call them."""


_CHANCE = {"roc_auc": 0.5, "triplet_accuracy": 0.5}
"""What a coin reaches; the bars of these measures begin there."""


@dataclass(frozen=True)
class BoardTable:
    """A table of texts; the columns from the second to the last but one hold numbers."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def to_markdown(self) -> str:
        """Return the table as Markdown, without its title."""
        head = ["| " + " | ".join(self.columns) + " |"]
        head.append("|" + "|".join(["---", *["---:"] * (len(self.columns) - 2), "---"]) + "|")
        lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in self.rows]
        return "\n".join([*head, *lines]) + "\n"


def _tabulate_board(board: Board) -> BoardTable:
    """Return the table of a board: measures, costs and a note for each recipe."""
    columns = ("recipe", *(measure.title for measure in board.measures), *_COST_TITLES.values(), "note")
    rows = tuple(
        (
            line.label,
            *(_write_figure(line, measure.name) for measure in board.measures),
            *(_write_cost(line, name) for name in _COST_TITLES),
            _write_note(line),
        )
        for line in board.lines
    )
    return BoardTable(f"{board.collection}, {' and '.join(board.splits)}", columns, rows)


def tabulate_part(board: Board, part: PartName) -> BoardTable:
    """Return a narrow table of what was measured of seen, or of unseen artists, for a terminal.

    The leading measure has its interval, all others stand as values with their marks.
    """
    measures = [measure for measure in board.measures if measure.part == part]
    rows = tuple(
        (
            line.label,
            *(
                _write_figure(line, measure.name, is_short=measure.name not in LEADS[:2])
                for measure in measures
            ),
        )
        for line in board.lines
        if any(measure.name in line.rows for measure in measures)
    )
    return BoardTable(
        f"{board.collection}, {part} artists", ("recipe", *(one.title for one in measures)), rows
    )


def tabulate_costs(board: Board) -> BoardTable:
    """Return what each recipe cost, with its note."""
    rows = tuple(
        (line.label, *(_write_cost(line, name) for name in _COST_TITLES), _write_note(line))
        for line in board.lines
    )
    return BoardTable("Training", ("recipe", *_COST_TITLES.values(), "note"), rows)


def tabulate_variants(board: Board) -> BoardTable | None:
    """Return each measure of recipes with variants, a column for each variant; None where none has any.

    The marks are against the original.
    """
    names = list(dict.fromkeys(line.variant for lines in board.variants.values() for line in lines))
    rows = tuple(
        (name, measure.title, *_write_variants(lines, names, measure))
        for name, lines in board.variants.items()
        for measure in board.measures
        if any(measure.name in line.rows for line in lines)
    )
    return BoardTable("Variants", ("recipe", "measure", *names), rows) if rows else None


def _write_figure(line: Line | None, name: MeasureName, *, is_short: bool = False) -> str:
    """Return a number with its interval, unless short, and its mark; a dash where it was not measured.

    >>> from morelli.evaluate.rows import Row
    >>> row = Row("comparison", "unseen", "roc_auc", 0.91, 0.88, 0.93, 45, "pairs")
    >>> line = Line("a", (0,), {"unseen_pair_auc": row}, {}, {"unseen_pair_auc": "worse"}, {})
    >>> _write_figure(line, "unseen_pair_auc")
    '0.910 [0.880, 0.930] ▼'
    """
    if line is None or name not in line.rows:
        return "–"
    row = line.rows[name]
    interval = "" if is_short else f" [{row.low:.3f}, {row.high:.3f}]"
    return f"{row.value:.3f}{interval} {_MARKS.get(line.verdicts[name], '')}".rstrip()


def _write_cost(line: Line, name: str) -> str:
    """Return what a training cost as it is printed: two or three digits, thousands with a comma."""
    value = line.costs.get(name)
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _write_note(line: Line) -> str:
    """Return how the network started, what of it learnt, and what else there is to know."""
    trainable = f"trained: {line.trainable}" if line.trainable else ""
    seeds = f"{len(line.seeds)} seeds" if len(line.seeds) != 1 else "1 seed"
    return "; ".join(filter(None, (line.weights, trainable, seeds, line.note)))


def _write_variants(lines: Sequence[Line], names: Sequence[str], measure: BoardMeasure) -> list[str]:
    by_name = {line.variant: line for line in lines}
    return [_write_figure(by_name.get(name), measure.name) for name in names]


def _draw_measure(board: Board, measure: BoardMeasure, ax: Axes | None = None) -> Axes:
    """Draw one measure of all lines as bars from the value of a coin, the first line at the top.

    The first line is green, lines that do not clearly differ from it keep the colour of their artists, and
    those that do are pale.
    """
    name = measure.name
    shown = [(line, line.rows[name]) for line in board.lines if name in line.rows]
    ax = ax or make_axes(5.4, 0.24 * len(shown) + 0.9)
    places = range(len(shown))
    start = _CHANCE.get(measure.metric, 0.0)
    for place, (line, row) in zip(places, shown, strict=True):
        colour = SAME if line.verdicts[name] == "first" else PARTS[measure.part]
        alpha = 0.35 if line.verdicts[name] in ("worse", "better") else 0.75
        ax.barh(place, row.value - start, left=start, height=0.62, color=colour, alpha=alpha)
        ax.plot([row.low, row.high], [place, place], color=INK, linewidth=1.2)
        ax.text(row.high, place, f" {row.value:.3f}", va="center", fontsize=8)
    ax.axvline(start, color=MUTED, linewidth=0.8)
    ax.set_yticks(places, [line.label for line, _ in shown], parse_math=False)
    ax.invert_yaxis()
    ax.set_xlabel("value, 95 % interval over artists and seeds")
    ax.set_title(f"{measure.title}, n = {shown[0][1].n:,}")
    ax.margins(x=0.14)
    return ax


def _render_board(board: Board) -> str:
    """Return the page of a board, complete in itself: style and drawings inside, no script."""
    names = {measure.name: measure.title for measure in board.measures}
    with use_page_style():
        drawings = {measure.title: embed_drawing(_draw_measure(board, measure)) for measure in board.measures}
    return render_template(
        "board.html.j2",
        board=board,
        table=_tabulate_board(board),
        variants=tabulate_variants(board),
        drawings=drawings,
        lead=next((names[name] for name in LEADS if name in names), ""),
        legend=LEGEND,
    )


def write_board(board: Board, folder: Path) -> Path:
    """Write numbers, tables and the page of a board, and return the path of the page."""
    text = json.dumps(board.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    names = [measure.name for measure in board.measures]
    variants = [_list_numbers(line, names) for lines in board.variants.values() for line in lines]
    with replace_files(folder, ("board.*", "variants.csv")) as part:
        write_file(part / "board.json", text + "\n")
        _write_csv([_list_numbers(line, names) for line in board.lines], part / "board.csv")
        _write_csv(variants, part / "variants.csv")
        write_file(part / "board.md", _write_markdown(board))
        write_file(part / "board.html", _render_board(board))
    return folder / "board.html"


def _write_markdown(board: Board) -> str:
    """Return the tables of a board as Markdown."""
    table, variants = _tabulate_board(board), tabulate_variants(board)
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
        numbers = line.describe(name) if name in line.rows else {}
        row[name] = numbers.get("value")
        row |= {f"{name}_{key}": numbers.get(key) for key in ("low", "high", "spread", "n", "verdict")}
    costs = {name: line.costs.get(name) for name in COSTS}
    return {**row, **costs, "weights": line.weights, "trainable": line.trainable, "note": line.note}


def _write_csv(rows: list[dict[str, Any]], path: Path) -> None:
    if rows:
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        write_file(path, text.getvalue())
