"""The report on disk: `report.json`, the numbers of each figure as CSV, and one page that needs nothing else.

`results` says what a report is; `figures` lists the numbers, `plots` draws and `page` sets them.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import astuple, fields, replace
from pathlib import Path
from typing import Any

from morelli.errors import EvaluationError
from morelli.evaluate.against import Replicates, read_replicates, subtract_reports, write_replicates
from morelli.evaluate.breakdown import RetrievalExample
from morelli.evaluate.k_shot import read_shots
from morelli.evaluate.metrics.attribution import Confusion
from morelli.evaluate.results import SCHEMA, ComparisonResult, EvidenceResult, Part, Report
from morelli.evaluate.rows import ALL, Absence, FigureTable, Row
from morelli.judge.qualified import QualifiedRow
from morelli.report.page import render_page

_REMOVED_TASKS = {"legacy"}  # of reports by earlier versions; `morelli.bench.legacy` still takes them

# The numbers behind the figures of likelihood ratios, as tables that a spreadsheet opens.


def _list_evidence_figures(report: Report) -> list[FigureTable]:
    """Return the tables of the figures of likelihood ratios; without records where nothing was measured."""
    results = [one.evidence for one in report.comparisons if one.evidence is not None]
    return [
        _tabulate_tippett(results),
        _tabulate_reliability(results),
        _tabulate_sets(report),
        _tabulate_compared_artists(results),
        _tabulate_worst_pairs(results),
    ]


def _tabulate_tippett(results: list[EvidenceResult]) -> FigureTable:
    """Return how many pairs of each kind have evidence at least so strong."""
    records = tuple(
        (result.part, float(threshold), float(same), float(different))
        for result in results
        for threshold, same, different in zip(
            result.tippett.thresholds, result.tippett.same, result.tippett.different, strict=True
        )
    )
    columns = ("part", "log10_likelihood_ratio", "share_same", "share_different")
    return FigureTable("tippett", columns, records)


def _tabulate_reliability(results: list[EvidenceResult]) -> FigureTable:
    """Return what was said and what was so, bin by bin."""
    records = tuple(
        (result.part, curve.prior, float(share), float(predicted), float(observed))
        for result in results
        for curve in result.reliability
        for share, predicted, observed in zip(curve.shares, curve.predicted, curve.observed, strict=True)
    )
    return FigureTable("reliability", ("part", "prior", "share", "predicted", "observed"), records)


def _tabulate_sets(report: Report) -> FigureTable:
    """Return the measures of sets of works by their size."""
    records = tuple(
        (row.part, int(row.subset.removeprefix("sets_of_")), row.metric, row.value, row.low, row.high, row.n)
        for row in report.rows
        if row.subset.startswith("sets_of_")
    )
    return FigureTable("sets", ("part", "n_works", "metric", "value", "low", "high", "n_pairs"), records)


def _tabulate_compared_artists(results: list[EvidenceResult]) -> FigureTable:
    """Return what the pairs of each artist cost, the dearest first."""
    records = tuple(
        (
            one.part,
            one.artist,
            one.cllr,
            one.missed,
            one.mistaken,
            one.taken_for,
            one.n_same,
            one.n_different,
        )
        for result in results
        for one in result.artists
    )
    columns = ("part", "artist", "cllr", "missed", "mistaken", "taken_for", "n_same", "n_different")
    return FigureTable("compared_artists", columns, records)


def _tabulate_worst_pairs(results: list[EvidenceResult]) -> FigureTable:
    """Return the pairs whose evidence points the wrong way most strongly."""
    records = tuple(
        (
            pair.part,
            pair.left,
            pair.left_artist,
            pair.right,
            pair.right_artist,
            int(pair.is_same),
            pair.log10_likelihood_ratio,
        )
        for result in results
        for pair in result.worst_pairs
    )
    columns = ("part", "left", "left_artist", "right", "right_artist", "is_same", "log10_likelihood_ratio")
    return FigureTable("worst_pairs", columns, records)


# The numbers behind each figure of a report, as tables that a spreadsheet opens.

_NAMES = (
    "confusion", "artists", "curves", "scores", "recall", "examples",
    "tippett", "reliability", "sets", "compared_artists", "worst_pairs",
    "attribution_reliability", "coverage", "k_shot", "oscr", "against", "qualified",
)  # fmt: skip
"""All tables that a report can have."""


def _list_figures(report: Report) -> list[FigureTable]:
    """Return the tables of all figures that a report has."""
    tables = [
        *(
            [_tabulate_confusion(report.confusion), _tabulate_artists(report.confusion)]
            if report.confusion
            else []
        ),
        _tabulate_curves(report.comparisons),
        _tabulate_scores(report.comparisons),
        _tabulate_recall(report),
        _tabulate_examples(report.examples),
        *_list_evidence_figures(report),
        _tabulate_shots(report.rows),
        *report.tables,
        *([report.against.tabulate()] if report.against else []),
        _tabulate_qualified(report.qualified),
    ]
    return [table for table in tables if table.records]


def _write_figures(report: Report, folder: Path) -> None:
    """Write each table as ``NAME.csv``, UTF-8 with a header line.

    Tables of an earlier report are removed first, so that no number is left from another evaluation.

    Parameters
    ----------
    folder
        Made when missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in _NAMES:
        (folder / f"{name}.csv").unlink(missing_ok=True)
    for table in _list_figures(report):
        with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table.columns)
            writer.writerows(table.records)


def _tabulate_confusion(confusion: Confusion) -> FigureTable:
    """Return who is taken for whom, without the zeros."""
    records = tuple(
        (artist, taken_for, int(n))
        for artist, counts in zip(confusion.artists, confusion.counts, strict=True)
        for taken_for, n in zip(confusion.artists, counts, strict=True)
        if n > 0
    )
    return FigureTable("confusion", ("artist", "taken_for", "n_works"), records)


def _tabulate_artists(confusion: Confusion) -> FigureTable:
    """Return how often each artist is named rightly, the least often first."""
    records = tuple((one.artist, one.n, one.value, one.low, one.high) for one in confusion.list_accuracies())
    return FigureTable("artists", ("artist", "n_works", "accuracy", "low", "high"), records)


def _tabulate_curves(comparisons: Iterable[ComparisonResult]) -> FigureTable:
    """Return the points of the ROC and DET curves."""
    records = tuple(
        (result.part, scoring, float(threshold), float(alarm_rate), float(hit_rate), float(miss_rate))
        for result in comparisons
        for scoring, curve in (("model", result.curve), ("raw_cosine", result.raw_curve))
        for threshold, alarm_rate, hit_rate, miss_rate in zip(
            curve.thresholds,
            curve.false_positive_rates,
            curve.true_positive_rates,
            curve.miss_rates,
            strict=True,
        )
    )
    columns = ("part", "scoring", "threshold", "false_positive_rate", "true_positive_rate", "miss_rate")
    return FigureTable("curves", columns, records)


def _tabulate_scores(comparisons: Iterable[ComparisonResult]) -> FigureTable:
    """Return how many pairs of each kind have which score."""
    records = tuple(
        (result.part, round(float(low), 6), round(float(high), 6), int(same), int(different))
        for result in comparisons
        for low, high, same, different in zip(
            result.histogram.edges[:-1],
            result.histogram.edges[1:],
            result.histogram.same,
            result.histogram.different,
            strict=True,
        )
    )
    return FigureTable("scores", ("part", "score_low", "score_high", "n_same", "n_different"), records)


def _tabulate_recall(report: Report) -> FigureTable:
    """Return the recall at 1, 5 and 10 with its intervals."""
    records = tuple(
        (row.part, row.metric, row.value, row.low, row.high, row.n)
        for row in report.rows
        if row.task == "retrieval" and row.metric.startswith("recall_at_") and row.subset == ALL
    )
    return FigureTable("recall", ("part", "metric", "value", "low", "high", "n_queries"), records)


def _tabulate_shots(rows: Iterable[Row]) -> FigureTable:
    """Return the share of new artists' works named rightly for each number of works shown."""
    records = tuple(
        (row.part, read_shots(row), row.metric, row.value, row.low, row.high, row.n)
        for row in rows
        if row.task == "k_shot"
    )
    return FigureTable("k_shot", ("part", "k", "metric", "value", "low", "high", "n_queries"), records)


def _tabulate_examples(examples: Iterable[RetrievalExample]) -> FigureTable:
    """Return what was found near the queries shown."""
    records = tuple(
        (
            example.part,
            example.path,
            example.artist,
            place,
            work.path,
            work.artist,
            int(work.is_right),
            work.score,
        )
        for example in examples
        for place, work in enumerate(example.found, start=1)
    )
    columns = ("part", "query", "query_artist", "place", "work", "work_artist", "is_right", "score")
    return FigureTable("examples", columns, records)


def _tabulate_qualified(rows: Iterable[QualifiedRow]) -> FigureTable:
    """Return how near works of workshops, circles and followers come to their masters."""
    columns = tuple(field.name for field in fields(QualifiedRow))
    return FigureTable("qualified", columns, tuple(astuple(row) for row in rows))


__all__ = ["Part", "Report", "read_report", "write_report"]


def write_report(report: Report, folder: Path) -> Path:
    """Write `report.json` with its resamples, `report.html`, and the numbers of each figure as CSV.

    Parameters
    ----------
    report
        What was found.
    folder
        Made when missing; files of an earlier report in it are replaced.

    Returns
    -------
    page
        The path of `report.html`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    write_replicates(report.to_replicates(), folder)
    _write_figures(report, folder / "figures")
    page = folder / "report.html"
    page.write_text(render_page(report), encoding="utf-8")
    return page


def read_report(folder: Path) -> Report:
    """Return a written report, without what its pictures need, its resamples and what it was compared with.

    Parameters
    ----------
    folder
        What `write_report` was given.

    Raises
    ------
    EvaluationError
        When there is no `report.json`, or it is not one this version can read.
    """
    path = folder / "report.json"
    try:
        fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        rows = tuple(Row(**row) for row in fields.pop("rows") if row["task"] not in _REMOVED_TASKS)
        fields.pop("against", None)
        absences = tuple(Absence(**absence) for absence in fields.pop("not_measured", ()))
        if fields["schema"] != SCHEMA:
            raise ValueError(f"schema {fields['schema']}")
        return Report(**fields, rows=rows, not_measured=absences)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvaluationError(
            path,
            expected=f"a report of schema {SCHEMA}",
            found=f"{type(error).__name__}: {error}",
            remedy="run 'morelli evaluate' again",
        ) from error


def read_both(folder: Path) -> tuple[Report, Replicates]:
    """Return a written report and its resamples.

    Parameters
    ----------
    folder
        What `write_report` was given, or the path of its `report.json`.

    Raises
    ------
    EvaluationError
        When one of them is missing, or cannot be read by this version.
    """
    own = folder.parent if folder.name == "report.json" else folder
    return read_report(own), read_replicates(own)


def compare_reports(report: Report, other: tuple[Report, Replicates], folder: Path) -> Report:
    """Return a report that says what has changed since another one.

    Parameters
    ----------
    report
        As it was measured, with its resamples.
    other
        As `read_both` returns it.
    folder
        Where the other lies, for messages.

    Raises
    ------
    EvaluationError
        When the two are not of the same test works and resamples.
    """
    earlier, resamples = other
    against = subtract_reports(
        report.rows,
        report.to_replicates(),
        earlier.rows,
        resamples,
        other=f"{earlier.encoder}, split {earlier.split}",
        path=folder,
    )
    return replace(report, against=against)
