"""The numbers behind the figures of likelihood ratios, as tables that a spreadsheet opens."""

from __future__ import annotations

from morelli.evaluate.evidence_results import EvidenceResult
from morelli.evaluate.figure_tables import FigureTable
from morelli.evaluate.results import Report


def list_evidence_figures(report: Report) -> list[FigureTable]:
    """Return the tables of the figures of likelihood ratios; without records where nothing was measured."""
    results = [one.evidence for one in report.comparisons if one.evidence is not None]
    return [
        tabulate_tippett(results),
        tabulate_reliability(results),
        tabulate_sets(report),
        tabulate_compared_artists(results),
        tabulate_worst_pairs(results),
    ]


def tabulate_tippett(results: list[EvidenceResult]) -> FigureTable:
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


def tabulate_reliability(results: list[EvidenceResult]) -> FigureTable:
    """Return what was said and what was so, bin by bin."""
    records = tuple(
        (result.part, curve.prior, float(share), float(predicted), float(observed))
        for result in results
        for curve in result.reliability
        for share, predicted, observed in zip(curve.shares, curve.predicted, curve.observed, strict=True)
    )
    return FigureTable("reliability", ("part", "prior", "share", "predicted", "observed"), records)


def tabulate_sets(report: Report) -> FigureTable:
    """Return the measures of sets of works by their size."""
    records = tuple(
        (row.part, int(row.subset.removeprefix("sets_of_")), row.metric, row.value, row.low, row.high, row.n)
        for row in report.rows
        if row.subset.startswith("sets_of_")
    )
    return FigureTable("sets", ("part", "n_works", "metric", "value", "low", "high", "n_pairs"), records)


def tabulate_compared_artists(results: list[EvidenceResult]) -> FigureTable:
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


def tabulate_worst_pairs(results: list[EvidenceResult]) -> FigureTable:
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
