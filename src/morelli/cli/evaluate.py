"""``morelli evaluate``: numbers with intervals, and a page to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from morelli.cli.console import err, print_json, print_table, say
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
    """Print the numbers of a report as a table; those of the raw cosine stand in the report only."""
    rows = [
        [
            row.task,
            row.part,
            row.metric,
            f"{row.value:.3f}",
            f"{row.low:.3f} to {row.high:.3f}",
            str(row.n),
            row.unit,
        ]
        for row in report.rows
        if not row.metric.endswith("_raw_cosine")
    ]
    columns = ["task", "artists", "metric", "value", "95 % interval", "n", ""]
    print_table(f"{report.collection}, split {report.split}, {report.encoder}", columns, rows)
