"""The report as one page: what was asked, what came out, beside each other for seen and unseen artists.

Here rows and tables become the texts and drawings that the template sets; the template decides how it looks.
Nothing is left out in silence: where a part was not measured, the page says so and why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, get_args

import polars as pl

from morelli.evaluate.metrics.evidence import SUBSET_METRICS
from morelli.evaluate.metrics.words import (
    GAIN_SUFFIX,
    METRICS,
    RAW_SUFFIX,
    find_metric,
    name_subset,
)
from morelli.evaluate.results import Report
from morelli.evaluate.rows import ALL, KEPT_BACK, PARTS, PartName, Row, Task
from morelli.report.drawing import embed_drawing, use_page_style
from morelli.report.plots import (
    draw_artists,
    draw_attribution_reliability,
    draw_confusion,
    draw_cross_entropy,
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
from morelli.report.render import render_template

_N_LISTED = 10
"""Artists, and pairs of artists, listed on the page; all stand in the tables."""

_CALIBRATION = ("cllr", "recalibration", "devpav", "expected_calibration_error", "brier")
"""Beginnings of the metrics that the section on calibration shows."""

_HEADLINES: tuple[tuple[str, Task, str], ...] = (
    ("Who painted this?", "attribution", "accuracy"),
    ("Are these two by the same hand?", "comparison", "roc_auc"),
    ("What is like this?", "retrieval", "recall_at_1"),
)
"""The three questions, each with the number that answers it in short."""

_ONLY_SEEN = "a model can only name artists it has learned from"
_ONLY_UNSEEN = "it is measured on artists the model has not met"


@dataclass(frozen=True)
class _CellText:
    """One number as the page prints it, or the reason why there is none."""

    part: PartName
    value: str = ""
    interval: str = ""
    n: str = ""
    verdict: str = ""  # of a gain: better, worse or not clear
    reason: str = ""


@dataclass(frozen=True)
class _LineText:
    """One line of a table: a metric in words, and a cell for seen and for unseen artists."""

    metric: str
    name: str
    meaning: str
    kind: str  # "model", "raw" for the baseline, "gain" for the difference
    cells: tuple[_CellText, ...]


@dataclass(frozen=True)
class _DifferenceText:
    """One difference between two reports as it is printed."""

    metric: str
    name: str
    part: str
    this: str
    other: str
    difference: str
    interval: str
    verdict: str


def render_page(report: Report) -> str:
    """Return the page of a report, complete in itself: style, drawings and pictures inside, no script.

    Pictures of works are read from their paths; one that cannot be read is named as such.
    """
    tasks: tuple[Task, ...] = get_args(Task)
    lines: dict[str, list[_LineText]] = {task: _write_table(report, task) for task in tasks}
    compared = lines["comparison"]
    lines["comparison"] = [line for line in compared if not line.metric.startswith(_CALIBRATION)]
    calibration = [line for line in compared if line.metric.startswith(_CALIBRATION)]
    reasons: dict[str, dict[PartName, str]] = {
        task: {part: _find_reason(report, task, part) for part in PARTS} for task in tasks
    }
    tables = report.tables
    return render_template(
        "report.html.j2",
        report=report,
        networks=_list_networks(report.encoder),
        parts=[report.find_part(part) for part in PARTS],
        kept_back=report.find_row("attribution", "seen", "accuracy", KEPT_BACK),
        headlines=list_headlines(report),
        tables={**lines, "calibration": calibration},
        reasons={**reasons, "calibration": reasons["comparison"]},
        compared=list(_count_pairs(report)),
        left_out=list(_count_left_out(report)),
        subsets={part: found for part in PARTS if (found := _list_subsets(report, part))},
        subset_columns=[METRICS[metric].name for metric in SUBSET_METRICS],
        confused=_list_confused(tables["confusion"]) if "confusion" in tables else [],
        examples=list(_list_examples(tables)),
        failures=list(_list_failures(tables)),
        misleading=tables["misleading"].to_dicts() if "misleading" in tables else [],
        differences=write_differences(report),
        coverage=tables["coverage"].head(_N_LISTED).rows() if "coverage" in tables else [],
        qualified=tables["qualified"].to_dicts() if "qualified" in tables else [],
        drawings=_draw_figures(report),
    )


def write_differences(report: Report) -> list[_DifferenceText]:
    """Return what has changed in the model's own numbers; all others stand in the CSV only."""
    if report.against is None:
        return []
    return [
        _write_difference(one)
        for one in report.against.differences.to_dicts()
        if not one["metric"].endswith((RAW_SUFFIX, GAIN_SUFFIX))
    ]


def _write_difference(one: dict[str, Any]) -> _DifferenceText:
    metric = find_metric(one["metric"])
    signed = replace(metric, is_difference=True)
    return _DifferenceText(
        metric=one["metric"],
        name=_name_line(one["metric"], one["subset"]),
        part=one["part"],
        this=metric.write(one["this"]),
        other=metric.write(one["other"]),
        difference=signed.write(one["difference"]),
        interval=signed.write_interval(one["low"], one["high"]),
        verdict=one["verdict"],
    )


def _list_networks(encoder: str) -> str:
    """Return an encoder's name without the layers of its networks, for a line that is read.

    >>> _list_networks("resnet18[layer1,layer2]+descriptors")
    'resnet18 + descriptors'
    """
    return re.sub(r"\[[^\]]*\]", "", encoder).replace("+", " + ")


# Numbers as texts.


def _write_table(report: Report, task: Task) -> list[_LineText]:
    """Return the lines of a task's table, in the order of the rows.

    Of k-shot episodes there is one for each k, and works that were held out have their own.
    """
    chosen = dict.fromkeys(
        (row.metric, row.subset)
        for row in report.rows
        if row.task == task and (row.subset in (ALL, KEPT_BACK) or task == "k_shot")
    )
    return [_write_line(report, task, metric, subset) for metric, subset in chosen]


def _write_line(report: Report, task: Task, metric: str, subset: str) -> _LineText:
    kind = "raw" if metric.endswith(RAW_SUFFIX) else "gain" if metric.endswith(GAIN_SUFFIX) else "model"
    cells = tuple(_write_cell(report, task, part, metric, subset) for part in PARTS)
    return _LineText(metric, _name_line(metric, subset), find_metric(metric).meaning, kind, cells)


def _name_line(metric: str, subset: str) -> str:
    name = find_metric(metric).name
    return name if subset == ALL else f"{name}, {name_subset(subset)}"


def _write_cell(
    report: Report, task: Task, part: PartName, metric: str, subset: str = ALL, *, digits: int = 1
) -> _CellText:
    row = report.find_row(task, part, metric, subset)
    if row is None:
        return _CellText(part, reason=_find_reason(report, task, part))
    value, interval = _write_number(row, digits=digits)
    return _CellText(
        part,
        value=value,
        interval=interval,
        n=f"{row.n:,} {row.unit}{' held out' if subset == KEPT_BACK else ''}",
        verdict=find_metric(metric).judge(row.low, row.high) if metric.endswith(GAIN_SUFFIX) else "",
    )


def _write_number(row: Row, *, digits: int = 1) -> tuple[str, str]:
    """Return value and interval as they are printed."""
    metric = find_metric(row.metric)
    return metric.write(row.value, digits=digits), metric.write_interval(row.low, row.high, digits=digits)


def list_headlines(report: Report) -> list[dict[str, Any]]:
    """Return the three questions, each with the number that answers it for seen and for unseen artists."""
    return [_write_headline(report, *headline) for headline in _HEADLINES]


def _write_headline(report: Report, question: str, task: Task, metric: str) -> dict[str, Any]:
    """Return a question with its short answer: of the test works, or where there are none those held out."""
    subsets = {part: ALL if report.find_row(task, part, metric) else KEPT_BACK for part in PARTS}
    cells = [_write_cell(report, task, part, metric, subset, digits=0) for part, subset in subsets.items()]
    words = METRICS[metric]
    return {"question": question, "name": words.name, "meaning": words.meaning, "cells": cells}


def _find_reason(report: Report, task: Task, part: PartName) -> str:
    """Return why a task was not measured on a part; empty when it was."""
    if any((row.task, row.part) == (task, part) for row in report.rows):
        return ""
    if (task, part) == ("attribution", "unseen"):
        return _ONLY_SEEN
    if task in ("k_shot", "open_set") and part == "seen":
        return _ONLY_UNSEEN
    wanted = (task, part, ALL)
    absences = report.findings.absences
    own = [one.reason for one in absences if (one.task, one.part, one.subset) == wanted]
    return report.find_part(part).reason or next(iter(own), f"no {task} of {part} artists was asked for")


def _list_subsets(report: Report, part: PartName) -> list[dict[str, Any]]:
    """Return a line for each subset that was measured, all pairs first; none if there are no others."""
    rows = [row for row in report.rows if row.task == "comparison" and row.part == part]
    subsets = list(dict.fromkeys(row.subset for row in rows))
    return [_write_subset(report, part, subset) for subset in subsets] if len(subsets) > 1 else []


def _write_subset(report: Report, part: PartName, subset: str) -> dict[str, Any]:
    found = [report.find_row("comparison", part, metric, subset) for metric in SUBSET_METRICS]
    cells = [_write_number(row) if row else ("", "") for row in found]
    counted = max((row for row in found if row), key=lambda row: row.n)
    name = "all pairs" if subset == ALL else name_subset(subset)
    return {"subset": subset, "name": name, "cells": cells, "n": f"{counted.n:,} {counted.unit}"}


# Tables as lists.


def _count_pairs(report: Report) -> Iterator[dict[str, Any]]:
    """Yield for each part how many pairs were compared, by one hand and in all, and of how many artists."""
    if "scores" not in report.tables:
        return
    for (part,), bars in report.tables["scores"].group_by("part", maintain_order=True):
        n_same, n_different = int(bars["n_same"].sum()), int(bars["n_different"].sum())
        n_artists = report.find_part("seen" if part == "seen" else "unseen").n_artists
        yield {"part": part, "n_pairs": n_same + n_different, "n_same": n_same, "n_artists": n_artists}


def _count_left_out(report: Report) -> Iterator[tuple[PartName, int]]:
    """Yield each part with queries that were not counted, and how many."""
    for part in PARTS:
        row = report.find_row("retrieval", part, "recall_at_1")
        n_left_out = 0 if row is None else report.find_part(part).n_works - row.n
        if n_left_out > 0:
            yield part, n_left_out


def _list_confused(confusion: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the pairs of artists confused most often: by works, then by share, then by name."""
    counted = confusion.with_columns(n=pl.col("n_works").sum().over("artist"))
    wrong = counted.filter(pl.col("artist") != pl.col("taken_for"))
    order = wrong.sort("n_works", "n", "artist", "taken_for", descending=[True, False, False, False])
    return order.head(_N_LISTED).to_dicts()


def _list_examples(tables: dict[str, pl.DataFrame]) -> Iterator[dict[str, Any]]:
    """Yield each query with what was found near it."""
    if "examples" not in tables:
        return
    groups = tables["examples"].group_by((pl.col("place") == 1).cum_sum(), maintain_order=True)
    for _, found in groups:
        part, path, artist = found.select("part", "query", "query_artist").row(0)
        yield {"part": part, "path": path, "artist": artist, "found": found.to_dicts()}


def _list_failures(tables: dict[str, pl.DataFrame]) -> Iterator[dict[str, Any]]:
    """Yield for each part the artists whose pairs cost most, and the most misleading pairs of both kinds."""
    if "compared_artists" not in tables:
        return
    worst = tables.get("worst_pairs", pl.DataFrame())
    for (part,), artists in tables["compared_artists"].group_by("part", maintain_order=True):
        own = [pair for pair in worst.to_dicts() if pair["part"] == part]
        for pair in own:
            pair["strength"] = _describe_strength(pair["log10_likelihood_ratio"])
        yield {
            "part": part,
            "artists": artists.head(_N_LISTED).to_dicts(),
            "n_artists": len(artists),
            "pairs": [
                ("Two hands, taken for one", [pair for pair in own if not pair["is_same"]]),
                ("One hand, taken for two", [pair for pair in own if pair["is_same"]]),
            ],
        }


def _describe_strength(evidence: float) -> str:
    """Return log10 likelihood ratios in numbers, from the side they speak for.

    >>> _describe_strength(2.0)
    '100 times likelier by one hand'
    """
    ratio = 10 ** abs(evidence)
    times = f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"
    return f"{times} times likelier by {'one hand' if evidence > 0 else 'two hands'}"


# Tables as drawings.


def _draw_figures(report: Report) -> dict[str, str]:
    """Return the drawings of a report as SVG, by name; none for what was not measured."""
    tables = report.tables
    draw: dict[str, Callable[[], Any]] = {}
    if "curves" in tables:
        draw["roc"] = lambda: draw_roc(tables["curves"], report.rows)
        draw["det"] = lambda: draw_det(tables["curves"], report.rows)
    if "confusion" in tables and "artists" in tables:
        draw["confusion"] = lambda: draw_confusion(tables["confusion"], tables["artists"])
    for name, one in (
        ("artists", draw_artists),
        ("recall", draw_recall),
        ("k_shot", draw_shots),
        ("sets", draw_sets),
        ("attribution_reliability", draw_attribution_reliability),
        ("oscr", draw_oscr),
    ):
        if name in tables:
            draw[name] = lambda one=one, table=tables[name]: one(table)  # type: ignore[misc]
    with use_page_style():
        drawings = {name: embed_drawing(make()) for name, make in draw.items()}
        return drawings | _draw_by_part(report, tables) | _draw_by_prior(tables)


def _draw_by_part(report: Report, tables: dict[str, pl.DataFrame]) -> dict[str, str]:
    drawings = {}
    for part in PARTS:
        own = pl.col("part") == part
        if "scores" in tables and not (bars := tables["scores"].filter(own)).is_empty():
            drawings[f"scores_{part}"] = embed_drawing(draw_scores(bars, report.find_part(part).score))
        if "cross_entropy" in tables and not (own_prior := tables["cross_entropy"].filter(own)).is_empty():
            drawings[f"cross_entropy_{part}"] = embed_drawing(draw_cross_entropy(own_prior))
        if "tippett" in tables and not (curve := tables["tippett"].filter(own)).is_empty():
            drawings[f"tippett_{part}"] = embed_drawing(draw_tippett(curve))
    return drawings


def _draw_by_prior(tables: dict[str, pl.DataFrame]) -> dict[str, str]:
    if "reliability" not in tables:
        return {}
    priors = tables["reliability"].partition_by("prior", maintain_order=True)
    names = ("reliability_even", "reliability_contest")
    return {name: embed_drawing(draw_reliability(own)) for name, own in zip(names, priors, strict=True)}
