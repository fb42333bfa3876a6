"""The report as one page: what was asked, what came out, beside each other for seen and unseen artists.

Here the numbers become the texts and drawings that the template sets; the template decides how it looks.
Nothing is left out in silence: where a part was not measured, the page says so and why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import get_args

from jinja2 import Environment, PackageLoader, StrictUndefined

from morelli.evaluate.against import Against, Difference
from morelli.evaluate.breakdown import WorstPair
from morelli.evaluate.metrics.evidence import SUBSET_METRICS
from morelli.evaluate.metrics.words import (
    GAIN_SUFFIX,
    METRICS,
    RAW_SUFFIX,
    find_metric,
    name_subset,
)
from morelli.evaluate.results import EvidenceResult, Part, Report
from morelli.evaluate.rows import ALL, KEPT_BACK, Cell, PartName, Row, Task
from morelli.report.drawing import embed_drawing, embed_thumbnail, use_page_style
from morelli.report.plots import (
    draw_artists,
    draw_attribution_reliability,
    draw_confusion,
    draw_det,
    draw_oscr,
    draw_recall,
    draw_reliability,
    draw_roc,
    draw_scores,
    draw_sets,
    draw_shots,
    draw_tippett,
)

# What the page says of subsets of pairs and of misleading ones: numbers as texts for the template.

_N_ARTISTS = 10
"""Artists in the table of failures."""

_CALIBRATION = ("cllr", "ece", "brier")
"""Beginnings of the metrics that the section on calibration shows."""


@dataclass(frozen=True)
class SubsetText:
    """One line of the table of subsets.

    Parameters
    ----------
    subset
        Its name in the rows.
    name
        The same in words.
    cells
        Value and interval as they are printed, one for each of `SUBSET_METRICS`; empty when not measured.
    n
        How many were counted, as printed.
    """

    subset: str
    name: str
    cells: tuple[tuple[str, str], ...]
    n: str


def _list_columns() -> list[str]:
    """Return the names of the metrics of subsets."""
    return [METRICS[metric].name for metric in SUBSET_METRICS]


def _list_subset_lines(report: Report, part: PartName) -> list[SubsetText]:
    """Return a line for each subset that was measured, all pairs first; none if there are no others."""
    rows = [row for row in report.rows if row.task == "comparison" and row.part == part]
    subsets = list(dict.fromkeys(row.subset for row in rows))
    lines = [_write_subset(report, part, subset) for subset in subsets]
    return lines if len(lines) > 1 else []


def _list_evidence(report: Report) -> list[EvidenceResult]:
    """Return what was found of likelihood ratios, for each part."""
    return [found.evidence for found in report.comparisons if found.evidence is not None]


def _draw_evidence(report: Report) -> dict[str, str]:
    """Return the drawings of likelihood ratios as SVG, by name; within `use_page_style`."""
    results = _list_evidence(report)
    drawings = {f"tippett_{result.part}": embed_drawing(draw_tippett(result)) for result in results}
    if results:
        drawings["reliability_even"] = embed_drawing(draw_reliability(results, 0))
        drawings["reliability_contest"] = embed_drawing(draw_reliability(results, 1))
    if any(row.subset.startswith("sets_of_") for row in report.rows):
        drawings["sets"] = embed_drawing(draw_sets(report.rows))
    return drawings


def _describe_strength(pair: WorstPair) -> str:
    """Return the evidence of a pair in numbers, from the side it speaks for.

    Examples
    --------
    >>> _describe_strength(WorstPair("seen", "", "", "A", "B", 2.0))
    '100 times likelier by one hand'
    """
    ratio = 10 ** abs(pair.log10_likelihood_ratio)
    times = f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"
    side = "one hand" if pair.log10_likelihood_ratio > 0 else "two hands"
    return f"{times} times likelier by {side}"


def _write_subset(report: Report, part: PartName, subset: str) -> SubsetText:
    found = [report.find_row("comparison", part, metric, subset) for metric in SUBSET_METRICS]
    cells = [_write_number(row) if row else ("", "") for row in found]
    counted = max((row for row in found if row), key=lambda row: row.n)
    name = "all pairs" if subset == ALL else name_subset(subset)
    return SubsetText(subset, name, tuple(cells), f"{counted.n:,} {counted.unit}")


# The lists of further studies as the page prints them: artists least often covered, and differences.

_N_LEAST_COVERED = 10
"""Artists listed on the page."""


@dataclass(frozen=True)
class DifferenceText:
    """One difference between two reports as the page prints it.

    Parameters
    ----------
    metric
        Its name in `report.json`.
    name
        The same in words.
    part
        Seen or unseen artists.
    this, other, difference, interval
        Printed numbers.
    verdict
        Better, worse, different or not clear.
    """

    metric: str
    name: str
    part: PartName
    this: str
    other: str
    difference: str
    interval: str
    verdict: str


def write_differences(against: Against) -> list[DifferenceText]:
    """Return the differences of the model's own numbers; all others stand in the CSV only."""
    return [
        _write_difference(one)
        for one in against.differences
        if not one.metric.endswith((RAW_SUFFIX, GAIN_SUFFIX))
    ]


def _list_least_covered(report: Report) -> list[tuple[Cell, ...]]:
    """Return the artists whom sets of names hold least often; none where sets were not measured."""
    table = report.find_table("coverage")
    return list(table.records[:_N_LEAST_COVERED]) if table else []


def _write_difference(one: Difference) -> DifferenceText:
    metric = find_metric(one.metric)
    signed = replace(metric, is_difference=True)
    return DifferenceText(
        metric=one.metric,
        name=metric.name if one.subset == ALL else f"{metric.name}, {name_subset(one.subset)}",
        part=one.part,
        this=metric.write(one.this),
        other=metric.write(one.other),
        difference=signed.write(one.difference),
        interval=signed.write_interval(one.low, one.high),
        verdict=one.verdict,
    )


_PARTS: tuple[PartName, ...] = get_args(PartName)

_HEADLINES: tuple[tuple[str, Task, str], ...] = (
    ("Who painted this?", "attribution", "accuracy"),
    ("Are these two by the same hand?", "comparison", "roc_auc"),
    ("What is like this?", "retrieval", "recall_at_1"),
)
"""The three questions, each with the number that answers it in short."""

_ONLY_SEEN = "a model can only name artists it has learned from"
_ONLY_UNSEEN = "it is asked of artists the model has not met"


@dataclass(frozen=True)
class CellText:
    """One number as the page prints it, or why there is none.

    Parameters
    ----------
    part
        Seen or unseen artists.
    value, interval, n
        Printed numbers; empty when not measured.
    verdict
        Of a gain: better, worse or not clear.
    reason
        Why it was not measured; empty when it was.
    """

    part: PartName
    value: str = ""
    interval: str = ""
    n: str = ""
    verdict: str = ""
    reason: str = ""


@dataclass(frozen=True)
class LineText:
    """One line of a table: a metric, and a cell for each part.

    Parameters
    ----------
    metric
        Its name in `report.json`.
    name, meaning
        The same in words.
    kind
        "model", "raw" for the baseline, "gain" for the difference.
    cells
        Seen, then unseen.
    """

    metric: str
    name: str
    meaning: str
    kind: str
    cells: tuple[CellText, ...]


@dataclass(frozen=True)
class Headline:
    """A question with its short answer for seen and unseen artists.

    Parameters
    ----------
    question
        As a person would ask it.
    name, meaning
        Of the number that answers it.
    cells
        Seen, then unseen.
    """

    question: str
    name: str
    meaning: str
    cells: tuple[CellText, ...]


def render_page(report: Report) -> str:
    """Return the page of a report, complete in itself.

    Parameters
    ----------
    report
        What was found. Pictures of examples are read from their paths; one that cannot be read is named as
        such.

    Returns
    -------
    html
        With style, drawings and pictures inside, and no script.
    """
    environment = Environment(
        loader=PackageLoader("morelli.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thumbnail"] = embed_thumbnail
    environment.filters["strength"] = _describe_strength
    environment.filters["networks"] = _list_networks
    tables = {task: _write_table(report, task) for task in get_args(Task)}
    reasons = {task: {part: _find_reason(report, task, part) for part in _PARTS} for task in get_args(Task)}
    return environment.get_template("report.html.j2").render(
        report=report,
        parts=[report.find_part(part) for part in _PARTS],
        kept_back=report.find_row("attribution", "seen", "accuracy", KEPT_BACK),
        headlines=[_write_headline(report, *headline) for headline in _HEADLINES],
        tables={
            **tables,
            "comparison": [line for line in tables["comparison"] if not _is_of_calibration(line)],
            "calibration": [line for line in tables["comparison"] if _is_of_calibration(line)],
        },
        reasons={**reasons, "calibration": reasons["comparison"]},
        subsets={part: lines for part in _PARTS if (lines := _list_subset_lines(report, part))},
        subset_columns=_list_columns(),
        failures=_list_evidence(report),
        n_artists=_N_ARTISTS,
        differences=write_differences(report.against) if report.against else [],
        coverage=_list_least_covered(report),
        drawings=_draw_figures(report),
        confused=report.confusion.list_confused(10) if report.confusion else [],
    )


def _list_networks(encoder: str) -> str:
    """Return an encoder's name without the layers of its networks, for a line that is read.

    Examples
    --------
    >>> _list_networks("resnet18[layer1,layer2]+descriptors")
    'resnet18 + descriptors'
    """
    return re.sub(r"\[[^\]]*\]", "", encoder).replace("+", " + ")


def _write_table(report: Report, task: Task) -> list[LineText]:
    """Return the lines of a task's table, in the order of the rows.

    Of k-shot episodes there is one for each k, and works that were kept back have their own.
    """
    chosen = dict.fromkeys(
        (row.metric, row.subset)
        for row in report.rows
        if row.task == task and (row.subset in (ALL, KEPT_BACK) or task == "k_shot")
    )
    return [_write_line(report, task, metric, subset) for metric, subset in chosen]


def _draw_figures(report: Report) -> dict[str, str]:
    """Return the drawings of a report as SVG, by name; none for what was not measured."""
    comparisons = [found for part in _PARTS if (found := report.find_comparison(part))]
    with use_page_style():
        drawings = {f"scores_{found.part}": embed_drawing(draw_scores(found)) for found in comparisons}
        if comparisons:
            drawings["roc"] = embed_drawing(draw_roc(comparisons))
            drawings["det"] = embed_drawing(draw_det(comparisons))
        if report.confusion:
            drawings["confusion"] = embed_drawing(draw_confusion(report.confusion))
            drawings["artists"] = embed_drawing(draw_artists(report.confusion))
        if any(row.metric.startswith("recall_at_") for row in report.rows):
            drawings["recall"] = embed_drawing(draw_recall(report.rows))
        if any(row.task == "k_shot" for row in report.rows):
            drawings["k_shot"] = embed_drawing(draw_shots(report.rows))
        for name, draw in (("attribution_reliability", draw_attribution_reliability), ("oscr", draw_oscr)):
            if numbers := report.find_table(name):
                drawings[name] = embed_drawing(draw(numbers))
        drawings |= _draw_evidence(report)
    return drawings


def _write_headline(report: Report, question: str, task: Task, metric: str) -> Headline:
    cells = tuple(
        _write_cell(report, task, part, metric, _choose_subset(report, task, part, metric), digits=0)
        for part in _PARTS
    )
    return Headline(question, METRICS[metric].name, METRICS[metric].meaning, cells)


def _choose_subset(report: Report, task: Task, part: PartName, metric: str) -> str:
    """Return whom to ask: the test works, or where they have no such artists the works kept back."""
    return ALL if report.find_row(task, part, metric) else KEPT_BACK


def _write_line(report: Report, task: Task, metric: str, subset: str = ALL) -> LineText:
    words = find_metric(metric)
    name = words.name if subset == ALL else f"{words.name}, {name_subset(subset)}"
    kind = "raw" if metric.endswith(RAW_SUFFIX) else "gain" if metric.endswith(GAIN_SUFFIX) else "model"
    cells = tuple(_write_cell(report, task, part, metric, subset) for part in _PARTS)
    return LineText(metric, name, words.meaning, kind, cells)


def _write_cell(
    report: Report, task: Task, part: PartName, metric: str, subset: str = ALL, *, digits: int = 1
) -> CellText:
    row = report.find_row(task, part, metric, subset)
    if row is None:
        return CellText(part, reason=_find_reason(report, task, part))
    value, interval = _write_number(row, digits=digits)
    return CellText(
        part,
        value=value,
        interval=interval,
        n=_write_count(row),
        verdict=find_metric(metric).judge(row.low, row.high) if metric.endswith(GAIN_SUFFIX) else "",
    )


def _write_number(row: Row, *, digits: int = 1) -> tuple[str, str]:
    """Return value and interval as they are printed."""
    metric = find_metric(row.metric)
    return metric.write(row.value, digits=digits), metric.write_interval(row.low, row.high, digits=digits)


def _is_of_calibration(line: LineText) -> bool:
    return line.metric.startswith(_CALIBRATION)


def _write_count(row: Row) -> str:
    return f"{row.n:,} {row.unit}{' kept back' if row.subset == KEPT_BACK else ''}"


def _find_reason(report: Report, task: Task, part: PartName) -> str:
    """Return why a task was not measured on a part; empty when it was."""
    if any((row.task, row.part) == (task, part) for row in report.rows):
        return ""
    if (task, part) == ("attribution", "unseen"):
        return _ONLY_SEEN
    if task in ("k_shot", "open_set") and part == "seen":
        return _ONLY_UNSEEN
    found: Part = report.find_part(part)
    wanted = (task, part, ALL)
    own = [one.reason for one in report.not_measured if (one.task, one.part, one.subset) == wanted]
    return found.reason or next(iter(own), f"no {task} of {part} artists was asked for")
