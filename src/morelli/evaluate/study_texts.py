"""The lists of further studies as the page prints them: artists least often covered, and differences."""

from __future__ import annotations

from dataclasses import dataclass

from morelli.evaluate.against import Against, Difference
from morelli.evaluate.figure_tables import Cell
from morelli.evaluate.metric_words import name_subset
from morelli.evaluate.results import Report
from morelli.evaluate.rows import ALL, PartName
from morelli.evaluate.wording import GAIN_SUFFIX, NARROW_SPACE, RAW_SUFFIX, find_wording, write_value

N_LEAST_COVERED = 10
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


def list_least_covered(report: Report) -> list[tuple[Cell, ...]]:
    """Return the artists whom sets of names hold least often; none where sets were not measured."""
    table = report.find_table("coverage")
    return list(table.records[:N_LEAST_COVERED]) if table else []


def _write_difference(one: Difference) -> DifferenceText:
    name = find_wording(one.metric).name
    signed = one.metric + GAIN_SUFFIX  # differences are written as gains are: with a sign, shares in points
    bounds = (write_value(signed, bound).split(NARROW_SPACE)[0] for bound in (one.low, one.high))
    return DifferenceText(
        metric=one.metric,
        name=name if one.subset == ALL else f"{name}, {name_subset(one.subset)}",
        part=one.part,
        this=write_value(one.metric, one.this),
        other=write_value(one.metric, one.other),
        difference=write_value(signed, one.difference),
        interval="[" + ", ".join(bounds) + "]",
        verdict=one.verdict,
    )
