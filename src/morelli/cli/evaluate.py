"""``morelli evaluate``: numbers with intervals, and a page to look at."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from morelli.cli.console import err, out, print_json, print_table, say
from morelli.cli.options import GalleryArgument, JsonFlag, SeedOption

if TYPE_CHECKING:
    from morelli.evaluate import Report


def evaluate(
    gallery: GalleryArgument,
    model: Annotated[
        list[Path],
        typer.Option("--model", "-m", help="Model folder; give a seen and an unseen one for both."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for report.json and report.html.")],
    seed: SeedOption = None,
    json: JsonFlag = False,
) -> None:
    """Measure models on the test works of their splits.

    Example: morelli evaluate demo/gallery -m demo/model-seen -m demo/model-unseen -o demo/report
    """
    from morelli.evaluate import evaluate_models, write_report
    from morelli.gallery import Gallery
    from morelli.model import read_model
    from morelli.settings import load_settings

    number = load_settings(seed=seed).seed
    flags = " ".join(f"-m {folder}" for folder in model)
    command = f"morelli evaluate {gallery} {flags} -o {output} --seed {number}"
    models = [read_model(folder) for folder in model]
    with err.status("evaluate") as status:
        report = evaluate_models(
            Gallery(gallery), models, seed=number, command=command, progress=status.update
        )
        status.update("drawing the report")
        page = write_report(report, output)
    if json:
        print_json(report.to_dict())
    else:
        print_rows(report)
    say(f"report: {page}")


def print_rows(report: Report) -> None:
    """Print a table of numbers for each task and part; raw cosines stand in the report only."""
    out.print(f"{report.collection}, split {report.split}, {report.encoder}")
    columns = ["metric", "value", "95 % interval", "n", ""]
    for (task, part), rows in groupby(report.rows, key=lambda row: (row.task, row.part)):
        told = [
            [row.metric, f"{row.value:.3f}", f"{row.low:.3f} to {row.high:.3f}", str(row.n), row.unit]
            for row in rows
            if not row.metric.endswith("_raw_cosine")
        ]
        out.print()
        print_table(f"{task}, {part} artists", columns, told)
