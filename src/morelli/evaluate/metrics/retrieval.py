"""How often what is found near a work is by the same artist, and how early.

A work of the gallery is right when it is by the query's artist. The whole gallery is ranked for each query,
and of the ranking only the places of the right works are looked at. A query without any right work says
nothing about the search, so it is left out, and counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from morelli.errors import EvaluationError
from morelli.evaluate.metrics.intervals import Float
from morelli.evaluate.metrics.neighbours import BLOCK_BYTES, encode_names, require_rows, score_queries
from morelli.evaluate.metrics.words import find_own_metrics
from morelli.model.scoring import COSINE, Rule

_DEPTH = 10
"""How many of the nearest works the metrics at 10 look at."""


def _locate_right(scores: NDArray[np.floating], right: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the places of the right works when all are ranked by score, (g,): ascending, from 1.

    Of equal scores the work that stands first in the gallery comes first.

    >>> _locate_right(np.array([0.5, 0.9, 0.5, 0.1]), np.array([True, False, True, False])).tolist()
    [2, 3]
    """
    rows = np.flatnonzero(right)
    own, ascending = scores[rows], np.sort(scores)
    n_not_higher = np.searchsorted(ascending, own, side="right")
    places = len(scores) - n_not_higher + 1
    is_tied = n_not_higher - np.searchsorted(ascending, own, side="left") > 1
    for tied in np.flatnonzero(is_tied):
        places[tied] += np.count_nonzero(scores[: rows[tied]] == own[tied])
    return np.sort(places).astype(np.int64)


def recall_at(places: ArrayLike, k: int) -> float:
    """Return whether any of the k nearest works is right: 0 or 1, higher is better.

    This is what the field calls "recall at k" (Jégou et al. 2011, doi:10.1109/TPAMI.2010.57), elsewhere the
    hit rate or top-k accuracy; it is not the share of all right works, `share_found_at`.

    Examples
    --------
    >>> recall_at([2, 7], 1), recall_at([2, 7], 2)
    (0.0, 1.0)
    """
    return float(np.min(places) <= k)


def precision_at(places: ArrayLike, k: int) -> float:
    """Return the share of right works among the k nearest.

    Higher is better, 0 to 1. The denominator is k, also where there are fewer right works than k: then even a
    perfect ranking stays below 1.

    Examples
    --------
    >>> precision_at([1, 3, 12], k=10)
    0.2
    """
    return float((np.asarray(places) <= k).sum() / k)


def share_found_at(places: ArrayLike, k: int) -> float:
    """Return the share of all right works that are among the k nearest.

    Higher is better, 0 to 1; the denominator is all right works R. This is recall as information retrieval
    defines it (Manning, Raghavan and Schütze 2008, section 8.3). With R above k it cannot reach 1.

    Examples
    --------
    >>> round(share_found_at([1, 3, 12], k=10), 3)
    0.667
    """
    return float((np.asarray(places) <= k).mean())


def r_precision(places: ArrayLike) -> float:
    """Return the share of right works among the R nearest, R being all right works there are.

    Higher is better, 0 to 1; the denominator is R (Manning, Raghavan and Schütze 2008, section 8.4).

    Examples
    --------
    >>> r_precision([1, 3])
    0.5
    """
    return share_found_at(places, len(np.asarray(places)))


def average_precision_at(places: ArrayLike, k: int | None = None) -> float:
    """Return the precision at each right work among the k nearest, or all, averaged over the right works.

    Higher is better, 0 to 1. The denominator is the most right works that k places can hold, min(k, R), so
    that a perfect ranking always has 1; libraries that divide by the right works *found* give higher numbers
    (Manning, Raghavan and Schütze 2008, section 8.4).

    Examples
    --------
    Precision 1/1 at the first place and 2/4 at the fourth; at 3 only the first counts.

    >>> average_precision_at([1, 4]), average_precision_at([1, 4], k=3)
    (0.75, 0.5)
    """
    ranks = np.asarray(places)
    precisions = np.arange(1, len(ranks) + 1) / ranks
    if k is None:
        return float(precisions.mean())
    return float(precisions[ranks <= k].sum() / min(k, len(ranks)))


@dataclass(frozen=True, eq=False)
class _RetrievalScores:
    """The metrics of each query that has something to find, (q,) by name, with its artist."""

    artists: tuple[str, ...]
    values: Mapping[str, Float]
    n_left_out: int

    def __len__(self) -> int:
        return len(self.artists)

    def __repr__(self) -> str:
        return f"RetrievalScores(n={len(self)}, n_left_out={self.n_left_out})"


def measure_retrieval(
    query_vectors: NDArray[np.floating],
    query_artists: Sequence[str],
    gallery_vectors: NDArray[np.floating],
    gallery_artists: Sequence[str],
    *,
    query_ids: Sequence[str] | None = None,
    gallery_ids: Sequence[str] | None = None,
    block_bytes: int = BLOCK_BYTES,
    rule: Rule = COSINE,
) -> _RetrievalScores:
    """Return the metrics of every query against the whole gallery, and those that other packages offer.

    Vectors are unit rows, (q, d) and (g, d), or those of the rule. With ids of both sides a query never finds
    works with its own id. At most `block_bytes` of scores are held at a time.
    """
    require_rows("query vectors", query_vectors, query_artists, query_ids, rule)
    require_rows("gallery vectors", gallery_vectors, gallery_artists, gallery_ids, rule)
    wanted, offered = encode_names(query_artists, gallery_artists)
    own = find_own_metrics("retrieval")
    measured, counted = [], []
    searched = score_queries(query_vectors, gallery_vectors, query_ids, gallery_ids, block_bytes, rule)
    for row, scores in searched:
        is_offered = np.isfinite(scores)
        right = (offered == wanted[row]) & is_offered
        if right.any():
            found = _measure_places(_locate_right(scores, right))
            others = [metric.call(scores[is_offered], right[is_offered]) for metric in own]
            measured.append((*found.values(), *others))
            counted.append(query_artists[row])
    if not measured:
        raise EvaluationError(
            "retrieval",
            expected="at least one query with another work by its artist in the gallery",
            found=f"none among {len(query_artists)} queries",
            remedy="search a gallery that holds works by the artists of the queries",
        )
    names = (*found, *(metric.key for metric in own))
    values = dict(zip(names, np.array(measured).T, strict=True))
    return _RetrievalScores(tuple(counted), values, len(query_artists) - len(measured))


def _measure_places(places: NDArray[np.int64]) -> dict[str, float]:
    """Return the metrics of one query by name, in the order of the rows."""
    return {
        **{f"recall_at_{k}": recall_at(places, k) for k in (1, 5, _DEPTH)},
        "map_at_10": average_precision_at(places, _DEPTH),
        "r_precision": r_precision(places),
        "precision_at_10": precision_at(places, _DEPTH),
        "share_found_at_10": share_found_at(places, _DEPTH),
        "mean_average_precision": average_precision_at(places),
    }
