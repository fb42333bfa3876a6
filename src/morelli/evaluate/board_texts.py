"""The lines of a board as they are printed: in the terminal, in Markdown and on the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from morelli.evaluate.board import Board, Figure, Line
from morelli.evaluate.board_measures import LEADS, BoardMeasure
from morelli.evaluate.rows import PartName

MARKS = {"better": "▲", "worse": "▼"}
"""Set behind a number that is clearly better or worse than the first line's."""

LEGEND = (
    "Value [95 % interval over artists and seeds]. ▼ clearly worse, ▲ clearly better than the first line: "
    "the interval of the difference, taken resample by resample, lies on one side of zero."
)

COST_TITLES = {
    "train_seconds": "train s",
    "images_per_second": "images/s",
    "n_parameters": "parameters",
    "model_megabytes": "model MB",
}
"""The costs that tables show, and what they call them."""


@dataclass(frozen=True)
class BoardTable:
    """A table of texts.

    Parameters
    ----------
    title
        Above it.
    columns
        Their names; those from the second to the last but one hold numbers.
    rows
        One list of texts for each line.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def to_markdown(self) -> str:
        """Return the table as Markdown, without its title."""
        head = ["| " + " | ".join(self.columns) + " |"]
        head.append("|" + "|".join(["---", *["---:"] * (len(self.columns) - 2), "---"]) + "|")
        lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in self.rows]
        return "\n".join([*head, *lines]) + "\n"


def tabulate_board(board: Board) -> BoardTable:
    """Return the table of a board: measures, costs and a note for each recipe."""
    columns = ("recipe", *(measure.title for measure in board.measures), *COST_TITLES.values(), "note")
    rows = tuple(
        (
            line.label,
            *(write_figure(line.figures.get(measure.name)) for measure in board.measures),
            *(write_cost(line, name) for name in COST_TITLES),
            write_note(line),
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
                write_figure(line.figures.get(measure.name), is_short=measure.name not in LEADS[:2])
                for measure in measures
            ),
        )
        for line in board.lines
        if any(measure.name in line.figures for measure in measures)
    )
    return BoardTable(
        f"{board.collection}, {part} artists", ("recipe", *(one.title for one in measures)), rows
    )


def tabulate_costs(board: Board) -> BoardTable:
    """Return what each recipe cost, with its note."""
    rows = tuple(
        (line.label, *(write_cost(line, name) for name in COST_TITLES), write_note(line))
        for line in board.lines
    )
    return BoardTable("Training", ("recipe", *COST_TITLES.values(), "note"), rows)


def tabulate_variants(board: Board) -> BoardTable | None:
    """Return each measure of recipes with variants, a column for each variant; None where none has any.

    The marks are against the original.
    """
    names = list(dict.fromkeys(line.variant for lines in board.variants.values() for line in lines))
    rows = tuple(
        (name, measure.title, *_write_variants(lines, names, measure))
        for name, lines in board.variants.items()
        for measure in board.measures
        if any(measure.name in line.figures for line in lines)
    )
    return BoardTable("Variants", ("recipe", "measure", *names), rows) if rows else None


def write_figure(figure: Figure | None, *, is_short: bool = False) -> str:
    """Return a number with its interval and its mark; a dash where it was not measured.

    Parameters
    ----------
    figure
        The number.
    is_short
        Leave the interval out.

    Examples
    --------
    >>> from morelli.evaluate.intervals import Interval
    >>> write_figure(Figure(Interval(0.91, 0.88, 0.93), None, 45, "worse"))
    '0.910 [0.880, 0.930] ▼'
    """
    if figure is None:
        return "–"
    value, low, high = (f"{number:.3f}" for number in figure.interval.to_dict().values())
    interval = "" if is_short else f" [{low}, {high}]"
    return f"{value}{interval} {MARKS.get(figure.verdict, '')}".rstrip()


def write_cost(line: Line, name: str) -> str:
    """Return what a training cost as it is printed: two or three digits, thousands with a comma."""
    value = line.costs.get(name)
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def write_note(line: Line) -> str:
    """Return how the network started, what of it learnt, and what else there is to know."""
    trainable = f"trained: {line.trainable}" if line.trainable else ""
    seeds = f"{len(line.seeds)} seeds" if len(line.seeds) != 1 else "1 seed"
    return "; ".join(filter(None, (line.weights, trainable, seeds, line.note)))


def _write_variants(lines: Sequence[Line], names: Sequence[str], measure: BoardMeasure) -> list[str]:
    by_name = {line.variant: line for line in lines}
    return [
        write_figure(by_name[name].figures.get(measure.name) if name in by_name else None) for name in names
    ]
