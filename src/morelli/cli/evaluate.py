"""``morelli evaluate`` and ``validate``: numbers with intervals, and a page to look at."""

from __future__ import annotations

from itertools import groupby
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from morelli.cli.console import out, print_json, print_table, progress_bar, progress_status, say
from morelli.cli.options import JsonFlag, SeedOption
from morelli.errors import UsageError

if TYPE_CHECKING:
    from morelli.evaluate import Report
    from morelli.evaluate.pair_measures import PairReport
    from morelli.evaluate.signals import SignalReport
    from morelli.evaluate.validation import Verdict
    from morelli.model import Model

_N_WARNINGS = 3


def evaluate(
    gallery: Annotated[
        str | None, typer.Argument(metavar="GALLERY", help="Gallery folder or address.", show_default=False)
    ] = None,
    model: Annotated[
        list[Path] | None,
        typer.Option("--model", "-m", help="Model folder; give a seen and an unseen one for both."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder for report.json and report.html.")
    ] = None,
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
    everything: Annotated[
        bool, typer.Option("--all", help="Print every number, not the answers alone.")
    ] = False,
    redraw: Annotated[
        Path | None,
        typer.Option(metavar="REPORT", help="Only draw the page of a report folder anew."),
    ] = None,
    seed: SeedOption = None,
    json: JsonFlag = False,
) -> None:
    """Measure models on the test works of their splits, or one model on a file of pairs.

    Example: morelli evaluate demo/gallery -m demo/model-seen -m demo/model-unseen -o demo/report
    """
    from morelli.settings import load_settings

    if redraw is not None:
        _redraw(redraw, any((gallery, model, output, pairs, episodes, against, signals)))
        return
    if gallery is None or not model or output is None:
        raise _miss(gallery, model, output)
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
        _print_rows(report) if everything else _print_answers(report)
        _print_differences(report)
    say(f"report: {output / 'report.html'}")


def _redraw(folder: Path, has_more: bool) -> None:
    from morelli.report.folder import redraw_report

    if has_more:
        raise UsageError(
            "--redraw",
            expected="the folder of a report and nothing else",
            found="other arguments beside it",
            remedy="leave them out: the page is drawn from what lies in the folder",
        )
    say(f"report: {redraw_report(folder)}")


def _miss(gallery: str | None, model: list[Path] | None, output: Path | None) -> UsageError:
    """Return what to say when an argument is not given that every measurement needs."""
    given = {"GALLERY": gallery, "--model": model, "--output": output}
    missing = [name for name, value in given.items() if not value]
    return UsageError(
        "evaluate",
        expected="a gallery, at least one --model and an --output",
        found=f"no {' and no '.join(missing)}",
        remedy="give them all, or --redraw REPORT alone",
    )


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
    from morelli.evaluate.results import compare_reports
    from morelli.gallery import Gallery
    from morelli.model import read_model
    from morelli.report import write_report
    from morelli.report.folder import read_comparable

    flags = " ".join(f"-m {folder}" for folder in folders)
    command = f"morelli evaluate {gallery} {flags} -o {output} --seed {seed}"
    command += f" --episodes {episodes}" if episodes else ""
    other = read_comparable(against) if against else None  # before anything is overwritten
    table = read_episodes(episodes) if episodes else None
    models = [read_model(folder) for folder in folders]
    with progress_status("evaluate") as progress:
        report = evaluate_models(
            Gallery(gallery), models, seed=seed, episodes=table, command=command, progress=progress
        )
        try:
            if other is not None and against is not None:
                report = compare_reports(report, other, against)
        finally:
            progress("drawing the report", 0, 0)
            write_report(report, output)
    return report


def _require_alone(*others: Path | None) -> None:
    if any(others):
        raise UsageError(
            "--pairs",
            expected="no --episodes and no --against beside it",
            found="otherwise",
            remedy="measure the pairs in a call of its own",
        )


def _read_single(option: str, folders: list[Path], what: str) -> Model:
    """Return the only model that is given."""
    from morelli.model import read_model

    if len(folders) != 1:
        raise UsageError(
            option,
            expected="one model",
            found=str(len(folders)),
            remedy=f"evaluate {what} after the other, each into its own folder",
        )
    return read_model(folders[0])


def _evaluate_signals(gallery: str, folders: list[Path], output: Path, *, seed: int, json: bool) -> None:
    from morelli.evaluate.signals import evaluate_signals, write_signals
    from morelli.gallery import Gallery

    model = _read_single("--signals", folders, "the signals of one model")
    with progress_status("signals") as progress:
        report = evaluate_signals(Gallery(gallery), model, seed=seed, progress=progress)
    path = write_signals(report, output)
    print_json(report.to_dict()) if json else _print_signals(report)
    say(f"report: {path}")


def _print_signals(report: SignalReport) -> None:
    columns = ["signal", "question", "#AUC", "95 % interval", "#Cllr", "#alike", "#not alike"]
    for (part,), cells in report.cells.group_by("part", maintain_order=True):
        rows = [
            [signal, question, f"{area:.3f}", f"{low:.3f} to {high:.3f}",
             "" if cllr is None else f"{cllr:.3f}", str(n_same), str(n_different)]
            for _, signal, question, area, low, high, cllr, n_same, n_different in cells.iter_rows()
        ]  # fmt: skip
        print_table(f"{report.collection}, {part} artists, {report.encoder}", columns, rows)


def _evaluate_pairs(
    gallery: str, folders: list[Path], pairs: Path, output: Path, *, seed: int, json: bool
) -> None:
    from morelli.evaluate.pair_file import evaluate_pairs
    from morelli.gallery import Gallery

    model = _read_single("--pairs", folders, "the pairs with one model")
    command = f"morelli evaluate {gallery} -m {folders[0]} --pairs {pairs} -o {output} --seed {seed}"
    with progress_bar("pairs", "pairs") as progress:
        report = evaluate_pairs(
            Gallery(gallery), model, pairs, output, seed=seed, command=command, progress=progress
        )
    print_json(report.to_dict()) if json else _print_pairs(report)
    if report.n_lost:
        say(f"{report.n_lost:,} pairs lost; each with its reason in {output / 'lost.csv'}")
    if report.n_learnt:
        say(f"{report.n_learnt:,} pairs hold a work that the model has learnt from: too good for a test")
    if report.n_conflicts:
        say(f"{report.n_conflicts:,} pairs are answered otherwise by the artists in the gallery")
    say(f"report: {output / 'pairs.json'}")


def _print_pairs(report: PairReport) -> None:
    """Print a table of numbers, and why a part has none."""
    rows = [
        [part, metric, f"{value:.3f}", f"{low:.3f} to {high:.3f}", str(n), f"{100 * share_same:.2f} %"]
        for part, metric, value, low, high, n, _, share_same, _ in report.findings.tables["pairs"].iter_rows()
    ]
    columns = ["artists seen", "metric", "value", "95 % interval", "n", "#same hand"]
    print_table(f"{report.collection}, {report.n_pairs:,} pairs, {report.encoder}", columns, rows)
    for absence in report.findings.absences:
        out.print(f"{absence.part}: {absence.reason}")


def _print_differences(report: Report) -> None:
    """Print what has changed since another report, if one was given."""
    from morelli.report.page import write_differences

    if report.against is None:
        return
    rows = [
        [line.metric, line.part, line.this, line.other, line.difference, line.interval, line.verdict]
        for line in write_differences(report)
    ]
    out.print()
    columns = ["metric", "artists", "#this", "#other", "#difference", "95 % interval", "verdict"]
    print_table(f"against {report.against.other}", columns, rows)


def _print_answers(report: Report) -> None:
    """Print the three questions with their answers, and at most three warnings."""
    from morelli.report.page import list_headlines

    out.print(f"{report.collection}, split {report.split}, {report.encoder}")
    for headline in list_headlines(report):
        out.print(f"\n{headline['question']} {headline['name']}")
        for cell in headline["cells"]:
            found = (
                f"{cell.value} {cell.interval}, {cell.n}" if cell.value else f"not measured: {cell.reason}"
            )
            out.print(f"  {cell.part + ' artists':<15} {found}")
    warnings = report.list_narrow()
    if report.warnings:
        warnings.append(f"The audit warned: {report.warnings[0]}.")
    if warnings:
        out.print()
    for sentence in warnings[:_N_WARNINGS]:
        out.print(sentence)
    out.print("All numbers: --all, or the report.")


def _print_rows(report: Report) -> None:
    """Print a table of numbers for each task and part; raw cosines stand in the report only."""
    from morelli.evaluate.rows import ALL

    out.print(f"{report.collection}, split {report.split}, {report.encoder}")
    for sentence in report.list_narrow():
        out.print(sentence)
    columns = ["metric", "value", "95 % interval", "n", ""]
    for (task, part, subset), rows in groupby(report.rows, key=lambda row: (row.task, row.part, row.subset)):
        printed = [
            [row.metric, f"{row.value:.3f}", f"{row.low:.3f} to {row.high:.3f}", str(row.n), row.unit]
            for row in rows
            if not row.metric.endswith("_raw_cosine")
        ]
        out.print()
        print_table(f"{task}, {part} artists" + ("" if subset == ALL else f", {subset}"), columns, printed)


def validate(
    gallery: Annotated[str, typer.Argument(metavar="GALLERY", help="Gallery folder or address.")],
    model: Annotated[
        list[Path],
        typer.Option("--model", "-m", help="Model folder; give a seen and an unseen one for both."),
    ],
    criteria: Annotated[Path, typer.Option("--criteria", help="YAML file with what must be met.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for validation.html and report.")],
    seed: SeedOption = None,
    json: JsonFlag = False,
) -> None:
    """Measure models, and say whether they meet criteria that were written first; code 1 if they do not.

    Example: morelli validate demo/gallery -m demo/model-unseen --criteria criteria.yaml -o demo/validation
    """
    from morelli.evaluate.validation import check_criteria, digest_files, digest_works, read_criteria
    from morelli.files import write_file
    from morelli.gallery import Gallery
    from morelli.report.answers import draw_validation
    from morelli.settings import load_settings

    asked = read_criteria(criteria)
    digests = {**digest_files(criteria, *model), gallery: digest_works(Gallery(gallery).works())}
    number = load_settings(seed=seed).seed
    report = _evaluate_splits(gallery, model, output / "report", episodes=None, against=None, seed=number)
    verdicts = check_criteria(report, asked)
    is_met = all(verdict.is_met for verdict in verdicts)
    told = {"met": is_met, "criteria": [one.to_dict() for one in verdicts], "sha256": digests,
            "split_sha256": dict(report.split_sha256), "versions": dict(report.versions)}  # fmt: skip
    write_file(output / "validation.json", dumps(told, indent=2, ensure_ascii=False) + "\n")
    write_file(output / "validation.html", draw_validation(report, verdicts, digests))
    if json:
        print_json(told)
    else:
        rows = [
            [verdict.criterion.name, *_describe_verdict(verdict), "met" if verdict.is_met else "not met"]
            for verdict in verdicts
        ]
        print_table("", ["criterion", "bound", "measured", "held against it", ""], rows)
    say(f"validation: {output / 'validation.html'}")
    if not is_met:
        raise typer.Exit(1)


def _describe_verdict(verdict: Verdict) -> tuple[str, str, str]:
    asked = verdict.criterion
    bound = f"at {'most' if asked.at_most is not None else 'least'} {asked.bound:g}"
    if verdict.value is None or verdict.worst is None:
        return bound, f"not measured: {verdict.reason}", ""
    return bound, f"{verdict.value:.3f}", f"{verdict.worst:.3f}"
