"""``morelli evaluate``: numbers with intervals, and a page to look at."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from morelli.cli.console import out, print_json, print_table, progress_bar, progress_status, say
from morelli.cli.options import GalleryArgument, JsonFlag, SeedOption

if TYPE_CHECKING:
    from morelli.evaluate import Report
    from morelli.evaluate.pair_measures import PairReport


def evaluate(
    gallery: GalleryArgument,
    model: Annotated[
        list[Path],
        typer.Option("--model", "-m", help="Model folder; give a seen and an unseen one for both."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for report.json and report.html.")],
    pairs: Annotated[
        Path | None, typer.Option(help="Pair file to score and measure instead, with one model.")
    ] = None,
    episodes: Annotated[
        Path | None, typer.Option(help="File of episodes to answer instead of drawn ones.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Folder of another report, to be compared with this one.")
    ] = None,
    signals: Annotated[
        bool,
        typer.Option("--signals", help="Measure the signals of one model instead."),
    ] = False,
    seed: SeedOption = None,
    json: JsonFlag = False,
) -> None:
    """Measure models on the test works of their splits, or one model on a file of pairs.

    Example: morelli evaluate demo/gallery -m demo/model-seen -m demo/model-unseen -o demo/report
    """
    from morelli.settings import load_settings

    number = load_settings(seed=seed).seed
    if pairs is not None:
        _require_alone(episodes, against)
        _evaluate_pairs(gallery, model, pairs, output, seed=number, json=json)
        return
    if signals:
        _evaluate_signals(gallery, model, output, seed=number, json=json)
        return
    report = _evaluate_splits(gallery, model, output, episodes=episodes, against=against, seed=number)
    if json:
        print_json(report.to_dict())
    else:
        _print_rows(report)
        _print_differences(report)
    say(f"report: {output / 'report.html'}")


def _evaluate_splits(
    gallery: str,
    folders: list[Path],
    output: Path,
    *,
    episodes: Path | None,
    against: Path | None,
    seed: int,
) -> Report:
    """Return the report that was written; it is written even where the other one does not fit it."""
    from morelli.collection.splits.episodes import read_episodes
    from morelli.evaluate import evaluate_models
    from morelli.gallery import Gallery
    from morelli.model import read_model
    from morelli.report import write_report
    from morelli.report.folder import compare_reports, read_both

    flags = " ".join(f"-m {folder}" for folder in folders)
    command = f"morelli evaluate {gallery} {flags} -o {output} --seed {seed}"
    command += f" --episodes {episodes}" if episodes else ""
    other = read_both(against) if against else None  # before anything is overwritten
    asked = read_episodes(episodes) if episodes else None
    models = [read_model(folder) for folder in folders]
    with progress_status("evaluate") as progress:
        report = evaluate_models(
            Gallery(gallery), models, seed=seed, episodes=asked, command=command, progress=progress
        )
        try:
            if other is not None and against is not None:
                report = compare_reports(report, other, against)
        finally:
            progress("drawing the report", 0, 0)
            write_report(report, output)
    return report


def _require_alone(*others: Path | None) -> None:
    from morelli.errors import UsageError

    if any(others):
        raise UsageError(
            "--pairs",
            expected="no --episodes and no --against beside it",
            found="otherwise",
            remedy="measure the pairs in a call of its own",
        )


def _evaluate_signals(gallery: str, folders: list[Path], output: Path, *, seed: int, json: bool) -> None:
    from morelli.errors import UsageError
    from morelli.evaluate.signals import evaluate_signals, write_signals
    from morelli.gallery import Gallery
    from morelli.model import read_model

    if len(folders) != 1:
        raise UsageError(
            "--signals",
            expected="one model",
            found=str(len(folders)),
            remedy="evaluate the signals of one model after the other, each into its own folder",
        )
    model = read_model(folders[0])
    with progress_status("signals") as progress:
        report = evaluate_signals(Gallery(gallery), model, seed=seed, progress=progress)
    path = write_signals(report, output)
    if json:
        print_json(report.to_dict())
    else:
        for part, rows in groupby(report.cells, key=lambda cell: cell.part):
            told = [
                [cell.signal, cell.question, f"{cell.roc_auc:.3f}", f"{cell.low:.3f} to {cell.high:.3f}",
                 "" if cell.cllr is None else f"{cell.cllr:.3f}", str(cell.n_same), str(cell.n_different)]
                for cell in rows
            ]  # fmt: skip
            columns = ["signal", "question", "#AUC", "95 % interval", "#Cllr", "#alike", "#not alike"]
            print_table(f"{report.collection}, {part} artists, {report.encoder}", columns, told)
    say(f"report: {path}")


def _evaluate_pairs(
    gallery: str, folders: list[Path], pairs: Path, output: Path, *, seed: int, json: bool
) -> None:
    from morelli.errors import UsageError
    from morelli.evaluate.pair_file import evaluate_pairs
    from morelli.gallery import Gallery
    from morelli.model import read_model

    if len(folders) != 1:
        raise UsageError(
            "--pairs",
            expected="one model",
            found=str(len(folders)),
            remedy="evaluate the pairs with one model after the other, each into its own folder",
        )
    command = f"morelli evaluate {gallery} -m {folders[0]} --pairs {pairs} -o {output} --seed {seed}"
    model = read_model(folders[0])
    with progress_bar("pairs", "pairs") as progress:
        report = evaluate_pairs(
            Gallery(gallery), model, pairs, output, seed=seed, command=command, progress=progress
        )
    if json:
        print_json(report.to_dict())
    else:
        _print_pairs(report)
    if report.n_lost:
        say(f"{report.n_lost:,} pairs lost; each with its reason in {output / 'lost.csv'}")
    if report.n_learnt:
        say(f"{report.n_learnt:,} pairs hold a work that the model has learnt from: too good for a test")
    if report.n_conflicts:
        say(f"{report.n_conflicts:,} pairs are answered otherwise by the artists in the gallery")
    say(f"report: {output / 'pairs.json'}")


def _print_pairs(report: PairReport) -> None:
    """Print a table of numbers, and why a part has none."""
    told = [
        [
            row.part, row.metric, f"{row.value:.3f}", f"{row.low:.3f} to {row.high:.3f}", str(row.n),
            f"{100 * row.share_same:.2f} %",
        ]
        for row in report.rows
    ]  # fmt: skip
    columns = ["artists seen", "metric", "value", "95 % interval", "n", "#same hand"]
    print_table(f"{report.collection}, {report.n_pairs:,} pairs, {report.encoder}", columns, told)
    for part, reason in report.reasons.items():
        out.print(f"{part}: {reason}")


def _print_differences(report: Report) -> None:
    """Print what has changed since another report, if one was given."""
    from morelli.report.page import write_differences

    if report.against is None:
        return
    told = [
        [line.metric, line.part, line.this, line.other, line.difference, line.interval, line.verdict]
        for line in write_differences(report.against)
    ]
    out.print()
    columns = ["metric", "artists", "#this", "#other", "#difference", "95 % interval", "verdict"]
    print_table(f"against {report.against.other}", columns, told)


def _print_rows(report: Report) -> None:
    """Print a table of numbers for each task and part; raw cosines stand in the report only."""
    from morelli.evaluate.rows import ALL

    out.print(f"{report.collection}, split {report.split}, {report.encoder}")
    columns = ["metric", "value", "95 % interval", "n", ""]
    for (task, part, subset), rows in groupby(report.rows, key=lambda row: (row.task, row.part, row.subset)):
        told = [
            [row.metric, f"{row.value:.3f}", f"{row.low:.3f} to {row.high:.3f}", str(row.n), row.unit]
            for row in rows
            if not row.metric.endswith("_raw_cosine")
        ]
        out.print()
        print_table(f"{task}, {part} artists" + ("" if subset == ALL else f", {subset}"), columns, told)
