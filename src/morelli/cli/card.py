"""``morelli card``: what a reader should know of a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from morelli.cli.console import out, print_json, say
from morelli.cli.options import JsonFlag


def card(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="Model folder, as 'morelli train' wrote it.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write, .html or .md.", show_default="print Markdown"),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Report of this model, for its numbers on test works.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Show what a model learnt from, how well it does, and what it must not be used for.

    Example: morelli card demo/model-unseen --report demo/report/report.json -o card.html
    """
    from morelli.evaluate.model_card import describe_model, render_card
    from morelli.evaluate.report import read_report
    from morelli.model import read_model

    folder = report.parent if report is not None and report.is_file() else report
    told = describe_model(read_model(model), read_report(folder) if folder is not None else None)
    if output is not None:
        output.write_text(render_card(told, output.suffix), encoding="utf-8")
        say(f"card: {output}")
    if json:
        print_json(told.to_dict())
    elif output is None:
        out.print(render_card(told, ".md"))
