"""The measures of earlier projects of painting retrieval, under names that say what they are.

They stand here so that old figures can be compared, not because they answer a question. A like title is no
like painting ("Landscape"), and unlike titles may name one motif. Cosines of two spaces cannot be compared,
so a higher mean cosine is no better search. The last measure falls as a collection grows. `retrieval` and
`whole_ranking` hold the measures to trust.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rapidfuzz import fuzz, utils

from morelli.evaluate.metrics.intervals import average_over_artists, enclose, resample_artists
from morelli.evaluate.metrics.neighbours import Neighbours
from morelli.evaluate.rows import PartName, Row

LEGACY_DEPTH = 10
"""How many of the nearest works the measures look at."""

_TITLE_LIKENESS = 80.0
"""Likeness of two titles, 0 to 100, from which they count as the same. No source fixes it; 80 lets a word of
five differ."""

_COSINE_THRESHOLD = 0.7
"""Cosine above which a found work counted as alike. No source fixes it."""

_LEGACY_WEIGHTS = (0.25, 0.25, 0.25, 0.25)
"""Weights of the four measures in their combination: equal, as no source gives any."""


@dataclass(frozen=True, eq=False)
class LegacyScores:
    """The measures of each query; nan where a query has none.

    Parameters
    ----------
    title_precisions, title_average_precisions
        (q,) 0 to 1, nan for a query without title.
    mean_cosines
        (q,) -1 to 1.
    shares_over
        (q,) share of the found works above the threshold, 0 to 1.
    quality_metrics
        (q,) see `_legacy_quality_metric`; nan for a query with nothing to find.
    """

    title_precisions: NDArray[np.float64]
    title_average_precisions: NDArray[np.float64]
    mean_cosines: NDArray[np.float64]
    shares_over: NDArray[np.float64]
    quality_metrics: NDArray[np.float64]

    def combine(self, weights: Sequence[float] = _LEGACY_WEIGHTS) -> NDArray[np.float64]:
        """Return the weighted sum of the first four, (q,); it adds numbers of different kinds."""
        columns = (self.title_precisions, self.title_average_precisions, self.mean_cosines, self.shares_over)
        return np.column_stack(columns) @ np.asarray(weights, dtype=np.float64)


def _legacy_quality_metric(n_relevant_found: int, n_found: int, n_approximate: int) -> float:
    """Return k / (n * k_approximate).

    Here k is the number of relevant results retrieved, n the number of results retrieved, and k_approximate
    the approximate number of relevant results that there are. It is the precision at n divided by
    k_approximate, so it cannot pass 1 / k_approximate; perfect retrieval, k = n = k_approximate, scores 1 /
    n. It has no fixed range and falls as collections grow: never compare it between collections.

    Parameters
    ----------
    n_relevant_found, n_found, n_approximate
        k, n and k_approximate; the last two at least 1.

    References
    ----------
    As attributed to Masclef et al. (2023), doi:10.1007/978-3-031-51026-7_24; the text itself was not at hand.

    Examples
    --------
    Ten of ten are relevant, and there are no others.

    >>> _legacy_quality_metric(10, 10, 10)
    0.1
    """
    return n_relevant_found / (n_found * n_approximate)


def _compare_titles(one: str, other: str) -> float:
    """Return how alike two titles are, 0 to 100, whatever the order of their words.

    Notes
    -----
    The token sort ratio of rapidfuzz after lower case and without punctuation: 200 times the longest common
    subsequence of the sorted words, divided by the letters of both.

    Examples
    --------
    >>> _compare_titles("The Starry Night", "Starry night, the")
    100.0
    """
    return float(fuzz.token_sort_ratio(one, other, processor=utils.default_process))


def _title_average_precision(hits: ArrayLike) -> float:
    """Return the precision at each hit, averaged over the hits found; 0 without a hit.

    Higher is better, 0 to 1. The denominator is the hits that were found, not those there are, as in the
    earlier projects: one hit at the first place alone scores 1, however many were missed.

    Parameters
    ----------
    hits
        (m,) bool, nearest first.

    Examples
    --------
    >>> _title_average_precision([True, False, False])
    1.0
    """
    found = np.asarray(hits, dtype=np.bool_)
    precisions = np.cumsum(found) / np.arange(1, len(found) + 1)
    return float(precisions[found].mean()) if found.any() else 0.0


def measure_legacy(
    neighbours: Neighbours,
    query_artists: Sequence[str],
    query_titles: Sequence[str | None],
    gallery_artists: Sequence[str],
    gallery_titles: Sequence[str | None],
    n_relevant: ArrayLike,
) -> LegacyScores:
    """Return the measures of each query.

    Parameters
    ----------
    neighbours
        The nearest works of q queries.
    query_artists, query_titles
        (q,) a title may be missing.
    gallery_artists, gallery_titles
        (g,) of the works searched; a missing title is like none.
    n_relevant
        (q,) works by the artist of the query that the search could find. A found work is relevant when it is
        by that artist.
    """
    measured = np.full((len(query_artists), 5), np.nan)
    for row, n_approximate in enumerate(np.asarray(n_relevant)):
        places = [int(place) for place in neighbours.places[row] if place >= 0]
        if not places:
            continue
        cosines = neighbours.scores[row, : len(places)].astype(np.float64)
        if title := query_titles[row]:
            hits = [_is_like(title, gallery_titles[place]) for place in places]
            measured[row, :2] = np.mean(hits), _title_average_precision(hits)
        measured[row, 2:4] = cosines.mean(), (cosines > _COSINE_THRESHOLD).mean()
        if n_approximate > 0:
            n_right = sum(gallery_artists[place] == query_artists[row] for place in places)
            measured[row, 4] = _legacy_quality_metric(n_right, len(places), int(n_approximate))
    return LegacyScores(*measured.T)


def legacy_rows(
    scores: LegacyScores, artists: Sequence[str], *, part: PartName, seed: int, n_boot: int
) -> list[Row]:
    """Return the mean of each measure over the queries that have it.

    Parameters
    ----------
    scores
        Of q queries.
    artists
        (q,) the artist of each query.
    part
        Whether the model has seen these artists.
    seed, n_boot
        Of the resamples of artists, and how many.

    Returns
    -------
    rows
        `legacy_title_precision_at_10`, `legacy_title_average_precision`, `legacy_mean_cosine`,
        `legacy_share_over_threshold`, `legacy_combined_score` and `_legacy_quality_metric`; none of a measure
        that no query has.
    """
    names, codes = np.unique(np.array(artists, dtype=object), return_inverse=True)
    weights = resample_artists(len(names), n_boot=n_boot, rng=np.random.default_rng(seed))
    measured = {
        "legacy_title_precision_at_10": scores.title_precisions,
        "legacy_title_average_precision": scores.title_average_precisions,
        "legacy_mean_cosine": scores.mean_cosines,
        "legacy_share_over_threshold": scores.shares_over,
        "legacy_combined_score": scores.combine(),
        "legacy_quality_metric": scores.quality_metrics,
    }
    rows = []
    for metric, values in measured.items():
        has = np.isfinite(values)
        if has.any():
            replicates = average_over_artists(values[has], codes[has], weights)
            interval = enclose(float(values[has].mean()), replicates)
            n = int(has.sum())
            rows.append(Row("legacy", part, metric, **interval.to_row(), n=n, unit="queries"))
    return rows


def _is_like(title: str, other: str | None) -> bool:
    return bool(other) and _compare_titles(title, str(other)) >= _TITLE_LIKENESS
