"""What the page says of subsets of pairs and of misleading ones: numbers as texts for the template."""

from __future__ import annotations

from dataclasses import dataclass

from morelli.evaluate.evidence_plots import draw_reliability, draw_sets, draw_tippett
from morelli.evaluate.evidence_results import EvidenceResult
from morelli.evaluate.evidence_rows import SUBSET_METRICS
from morelli.evaluate.failures import WorstPair
from morelli.evaluate.metric_words import METRICS, name_subset
from morelli.evaluate.pictures import embed_drawing
from morelli.evaluate.results import Report
from morelli.evaluate.rows import ALL, PartName
from morelli.evaluate.wording import write_interval, write_value

N_ARTISTS = 10
"""Artists in the table of failures."""

CALIBRATION = ("cllr", "ece", "brier")
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


def list_columns() -> list[str]:
    """Return the names of the metrics of subsets."""
    return [METRICS[metric].name for metric in SUBSET_METRICS]


def list_subset_lines(report: Report, part: PartName) -> list[SubsetText]:
    """Return a line for each subset that was measured, all pairs first; none if there are no others."""
    rows = [row for row in report.rows if row.task == "comparison" and row.part == part]
    subsets = list(dict.fromkeys(row.subset for row in rows))
    lines = [_write_line(report, part, subset) for subset in subsets]
    return lines if len(lines) > 1 else []


def list_evidence(report: Report) -> list[EvidenceResult]:
    """Return what was found of likelihood ratios, for each part."""
    return [found.evidence for found in report.comparisons if found.evidence is not None]


def draw_evidence(report: Report) -> dict[str, str]:
    """Return the drawings of likelihood ratios as SVG, by name; within `use_page_style`."""
    results = list_evidence(report)
    drawings = {f"tippett_{result.part}": embed_drawing(draw_tippett(result)) for result in results}
    if results:
        drawings["reliability_even"] = embed_drawing(draw_reliability(results, 0))
        drawings["reliability_contest"] = embed_drawing(draw_reliability(results, 1))
    if any(row.subset.startswith("sets_of_") for row in report.rows):
        drawings["sets"] = embed_drawing(draw_sets(report.rows))
    return drawings


def describe_strength(pair: WorstPair) -> str:
    """Return the evidence of a pair in numbers, from the side it speaks for.

    Examples
    --------
    >>> describe_strength(WorstPair("seen", "", "", "A", "B", 2.0))
    '100 times likelier by one hand'
    """
    ratio = 10 ** abs(pair.log10_likelihood_ratio)
    times = f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"
    side = "one hand" if pair.log10_likelihood_ratio > 0 else "two hands"
    return f"{times} times likelier by {side}"


def _write_line(report: Report, part: PartName, subset: str) -> SubsetText:
    found = [report.find_row("comparison", part, metric, subset) for metric in SUBSET_METRICS]
    cells = [(write_value(row.metric, row.value), write_interval(row)) if row else ("", "") for row in found]
    counted = max((row for row in found if row), key=lambda row: row.n)
    name = "all pairs" if subset == ALL else name_subset(subset)
    return SubsetText(subset, name, tuple(cells), f"{counted.n:,} {counted.unit}")
