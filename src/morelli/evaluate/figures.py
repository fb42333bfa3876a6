"""The numbers behind each figure of a report, as tables that a spreadsheet opens.

`plots` draws the same numbers. A figure whose part was not measured has no table.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import astuple, fields
from pathlib import Path

from morelli.evaluate.confusion import Confusion
from morelli.evaluate.evidence_figures import list_evidence_figures
from morelli.evaluate.examples import RetrievalExample
from morelli.evaluate.figure_tables import FigureTable
from morelli.evaluate.k_shot import read_shots
from morelli.evaluate.qualified import QualifiedRow
from morelli.evaluate.results import ComparisonResult, Report
from morelli.evaluate.rows import ALL, Row

NAMES = (
    "confusion", "artists", "curves", "scores", "recall", "examples",
    "tippett", "reliability", "sets", "compared_artists", "worst_pairs",
    "attribution_reliability", "coverage", "k_shot", "oscr", "against", "qualified",
)  # fmt: skip
"""All tables that a report can have."""


def list_figures(report: Report) -> list[FigureTable]:
    """Return the tables of all figures that a report has."""
    tables = [
        *(
            [tabulate_confusion(report.confusion), tabulate_artists(report.confusion)]
            if report.confusion
            else []
        ),
        tabulate_curves(report.comparisons),
        tabulate_scores(report.comparisons),
        tabulate_recall(report),
        tabulate_examples(report.examples),
        *list_evidence_figures(report),
        tabulate_shots(report.rows),
        *report.tables,
        *([report.against.tabulate()] if report.against else []),
        tabulate_qualified(report.qualified),
    ]
    return [table for table in tables if table.records]


def write_figures(report: Report, folder: Path) -> None:
    """Write each table as ``NAME.csv``, UTF-8 with a header line.

    Tables of an earlier report are removed first, so that no number is left from another evaluation.

    Parameters
    ----------
    folder
        Made when missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (folder / f"{name}.csv").unlink(missing_ok=True)
    for table in list_figures(report):
        with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table.columns)
            writer.writerows(table.records)


def tabulate_confusion(confusion: Confusion) -> FigureTable:
    """Return who is taken for whom, without the zeros."""
    records = tuple(
        (artist, taken_for, int(n))
        for artist, counts in zip(confusion.artists, confusion.counts, strict=True)
        for taken_for, n in zip(confusion.artists, counts, strict=True)
        if n > 0
    )
    return FigureTable("confusion", ("artist", "taken_for", "n_works"), records)


def tabulate_artists(confusion: Confusion) -> FigureTable:
    """Return how often each artist is named rightly, the least often first."""
    records = tuple((one.artist, one.n, one.value, one.low, one.high) for one in confusion.list_accuracies())
    return FigureTable("artists", ("artist", "n_works", "accuracy", "low", "high"), records)


def tabulate_curves(comparisons: Iterable[ComparisonResult]) -> FigureTable:
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


def tabulate_scores(comparisons: Iterable[ComparisonResult]) -> FigureTable:
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


def tabulate_recall(report: Report) -> FigureTable:
    """Return the recall at 1, 5 and 10 with its intervals."""
    records = tuple(
        (row.part, row.metric, row.value, row.low, row.high, row.n)
        for row in report.rows
        if row.task == "retrieval" and row.metric.startswith("recall_at_") and row.subset == ALL
    )
    return FigureTable("recall", ("part", "metric", "value", "low", "high", "n_queries"), records)


def tabulate_shots(rows: Iterable[Row]) -> FigureTable:
    """Return the share of new artists' works named rightly for each number of works shown."""
    records = tuple(
        (row.part, read_shots(row), row.metric, row.value, row.low, row.high, row.n)
        for row in rows
        if row.task == "k_shot"
    )
    return FigureTable("k_shot", ("part", "k", "metric", "value", "low", "high", "n_queries"), records)


def tabulate_examples(examples: Iterable[RetrievalExample]) -> FigureTable:
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


def tabulate_qualified(rows: Iterable[QualifiedRow]) -> FigureTable:
    """Return how near works of workshops, circles and followers come to their masters."""
    columns = tuple(field.name for field in fields(QualifiedRow))
    return FigureTable("qualified", columns, tuple(astuple(row) for row in rows))
