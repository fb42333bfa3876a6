"""The measures of an earlier project of painting retrieval, as that project took them.

They are taken only where its protocol is run again, so that its figures can be compared: they answer no
question. A like title is no like painting ("Landscape"), and unlike titles may name one motif. Cosines of two
spaces cannot be compared, so a higher mean cosine is no better search. The last measure falls as a collection
grows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rapidfuzz import fuzz, utils

from morelli.evaluate.metrics.intervals import Interval, average_over_artists, enclose, resample_artists
from morelli.evaluate.metrics.neighbours import Neighbours, find_neighbours
from morelli.evaluate.works import EvaluatedWorks

LEGACY_METRICS = (
    "legacy_title_precision_at_10",
    "legacy_title_average_precision",
    "legacy_mean_cosine",
    "legacy_share_over_threshold",
    "legacy_combined_score",
    "legacy_quality_metric",
)

_DEPTH = 10  # nearest works that the measures look at
_TITLE_LIKENESS = 80.0  # of 100, from which two titles count as the same; no source fixes it
_COSINE_THRESHOLD = 0.7  # above which a found work counted as alike; no source fixes it
_WEIGHTS = np.full(4, 0.25)  # of the first four in their combination; no source gives any


def legacy_rows(
    works: EvaluatedWorks, searched: EvaluatedWorks, *, seed: int, n_boot: int
) -> dict[str, Interval]:
    """Return the mean of each measure over the works that have it, each work searched among others."""
    nearest = find_neighbours(
        works.rows, searched.rows, k=_DEPTH, query_ids=works.ids, gallery_ids=searched.ids
    )
    by_artist, others = Counter(searched.artists), set(searched.ids)
    n_relevant = [
        by_artist[artist] - (work_id in others)
        for artist, work_id in zip(works.artists, works.ids, strict=True)
    ]
    measured = _measure_legacy(
        nearest, works.artists, works.titles, searched.artists, searched.titles, n_relevant
    )
    artists = np.array(works.artists, dtype=object)
    rows = {}
    for metric, values in measured.items():
        has_value = np.isfinite(values)
        if has_value.any():
            rows[metric] = enclose_mean(values[has_value], artists[has_value], seed=seed, n_boot=n_boot)
    return rows


def enclose_mean(values: ArrayLike, artists: ArrayLike, *, seed: int, n_boot: int) -> Interval:
    """Return the mean of (n,) values with its interval over the (n,) artists."""
    names, codes = np.unique(np.asarray(artists, dtype=object), return_inverse=True)
    weights = resample_artists(len(names), n_boot=n_boot, rng=np.random.default_rng(seed))
    return enclose(
        float(np.asarray(values, dtype=np.float64).mean()), average_over_artists(values, codes, weights)
    )


def _measure_legacy(
    neighbours: Neighbours,
    query_artists: Sequence[str],
    query_titles: Sequence[str | None],
    gallery_artists: Sequence[str],
    gallery_titles: Sequence[str | None],
    n_relevant: ArrayLike,
) -> dict[str, NDArray[np.float64]]:
    """Return (q,) values of each of `LEGACY_METRICS`, nan where a query has none.

    A found work is relevant when it is by the artist of the query; n_relevant (q,) of them could be found. A
    query without a title has no measure of titles, one with nothing to find no quality metric.
    """
    measured = np.full((len(query_artists), 5), np.nan)
    for row, n_approximate in enumerate(np.asarray(n_relevant)):
        places = [int(place) for place in neighbours.places[row] if place >= 0]
        if not places:
            continue
        cosines = neighbours.scores[row, : len(places)].astype(np.float64)
        if title := query_titles[row]:
            hits = [_are_alike(title, gallery_titles[place]) for place in places]
            measured[row, :2] = np.mean(hits), _title_average_precision(hits)
        measured[row, 2:4] = cosines.mean(), (cosines > _COSINE_THRESHOLD).mean()
        if n_approximate > 0:
            n_right = sum(gallery_artists[place] == query_artists[row] for place in places)
            measured[row, 4] = _quality_metric(n_right, len(places), int(n_approximate))
    columns = (*measured.T[:4], measured[:, :4] @ _WEIGHTS, measured[:, 4])
    return dict(zip(LEGACY_METRICS, columns, strict=True))


def _quality_metric(n_relevant_found: int, n_found: int, n_approximate: int) -> float:
    """Return k / (n * k_approximate): the precision at n over the number of relevant works there are, about.

    It cannot pass 1 / k_approximate; perfect retrieval, k = n = k_approximate, scores 1 / n. So it falls as
    collections grow. As attributed to Masclef et al. (2023), doi:10.1007/978-3-031-51026-7_24, not read.
    """
    return n_relevant_found / (n_found * n_approximate)


def _compare_titles(one: str, other: str) -> float:
    """Return how alike two titles are, 0 to 100, whatever the order of their words, case and punctuation."""
    return float(fuzz.token_sort_ratio(one, other, processor=utils.default_process))


def _are_alike(title: str, other: str | None) -> bool:
    return bool(other) and _compare_titles(title, str(other)) >= _TITLE_LIKENESS


def _title_average_precision(hits: ArrayLike) -> float:
    """Return the precision at each hit (m,), averaged over the hits found; 0 without a hit.

    The denominator is the hits that were found, not those there are: one hit at the first place alone scores
    1, however many were missed.
    """
    found = np.asarray(hits, dtype=np.bool_)
    precisions = np.cumsum(found) / np.arange(1, len(found) + 1)
    return float(precisions[found].mean()) if found.any() else 0.0
