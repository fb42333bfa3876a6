"""The board as one page: the table, a picture for each measure, the variants, and what could not be made."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from morelli.evaluate.board import Board
from morelli.evaluate.board_measures import LEADS
from morelli.evaluate.board_plots import draw_measure
from morelli.evaluate.board_texts import LEGEND, tabulate_board, tabulate_variants
from morelli.evaluate.pictures import embed_drawing, use_page_style


def render_board(board: Board) -> str:
    """Return the page of a board, complete in itself: style and drawings inside, no script."""
    environment = Environment(
        loader=PackageLoader("morelli.evaluate"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = {measure.name: measure.title for measure in board.measures}
    with use_page_style():
        drawings = {measure.title: embed_drawing(draw_measure(board, measure)) for measure in board.measures}
    return environment.get_template("board.html.j2").render(
        board=board,
        table=tabulate_board(board),
        variants=tabulate_variants(board),
        drawings=drawings,
        lead=next((names[name] for name in LEADS if name in names), ""),
        legend=LEGEND,
    )
