"""How often what is found near a work is by the same artist.

`neighbours` ranks the whole gallery for each query; here each ranking becomes a few numbers, and only those
are kept. Those of the whole ranking come from `whole_ranking`. A work is right when it is by the query's
artist; a query without any right work in the gallery says nothing about the search, so it is left out, and
counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from morelli.errors import EvaluationError
from morelli.evaluate.metrics.neighbours import (
    BLOCK_BYTES,
    encode_names,
    find_nearest,
    require_rows,
    score_queries,
)
from morelli.model.scoring import COSINE, Rule

# How much of what there is to find is found, and how early, looking down the whole gallery.


def _locate_right(scores: NDArray[np.floating], right: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the places of the right works when all are ranked, ascending, from 1.

    Parameters
    ----------
    scores
        (g,) float; minus infinity for works that must not be found, which stand last.
    right
        (g,) bool. Of equal scores the work that stands first in the gallery comes first.

    Returns
    -------
    places
        (R,) int64.

    Examples
    --------
    >>> _locate_right(np.array([0.5, 0.9, 0.5, 0.1]), np.array([True, False, True, False])).tolist()
    [2, 3]
    """
    rows = np.flatnonzero(right)
    own = scores[rows]
    ascending = np.sort(scores)
    n_not_higher = np.searchsorted(ascending, own, side="right")
    places = len(scores) - n_not_higher + 1
    is_tied = n_not_higher - np.searchsorted(ascending, own, side="left") > 1
    for tied in np.flatnonzero(is_tied):
        places[tied] += np.count_nonzero(scores[: rows[tied]] == own[tied])
    return np.sort(places).astype(np.int64)


def _precision_at(places: ArrayLike, k: int) -> float:
    """Return the share of right works among the k nearest.

    Higher is better, 0 to 1. The denominator is k, also where there are fewer right works than k: then even a
    perfect ranking stays below 1.

    Parameters
    ----------
    places
        (R,) the places of the right works, from 1.
    k
        At least 1.

    Examples
    --------
    >>> _precision_at([1, 3, 12], k=10)
    0.2
    """
    return float((np.asarray(places) <= k).sum() / k)


def _share_found_at(places: ArrayLike, k: int) -> float:
    """Return the share of all right works that are among the k nearest.

    Higher is better, 0 to 1; the denominator is all right works R. This is recall as information retrieval
    defines it; `retrieval.recall_at`, by the custom of the field, only asks whether there is one. With R
    above k it cannot reach 1.

    Parameters
    ----------
    places
        (R,) the places of the right works, from 1; at least one.
    k
        At least 1.

    References
    ----------
    Manning, Raghavan and Schütze (2008), Introduction to Information Retrieval, section 8.3.

    Examples
    --------
    >>> round(_share_found_at([1, 3, 12], k=10), 3)
    0.667
    """
    return float((np.asarray(places) <= k).mean())


def _average_precision_of(places: ArrayLike) -> float:
    """Return the precision at each right work, averaged over all right works.

    Higher is better, above 0 to 1; the denominator is all right works, and the whole gallery is looked at.

    Parameters
    ----------
    places
        (R,) the places of the right works, ascending from 1; at least one.

    References
    ----------
    Manning, Raghavan and Schütze (2008), Introduction to Information Retrieval, section 8.4.

    Examples
    --------
    Precision 1/1 at the first place and 2/4 at the fourth.

    >>> _average_precision_of([1, 4])
    0.75
    """
    ranks = np.asarray(places)
    return float((np.arange(1, len(ranks) + 1) / ranks).mean())


_DEPTH = 10
"""How many of the nearest works the metrics look at."""


@dataclass(frozen=True, eq=False)
class RetrievalScores:
    """The numbers of each query that has something to find.

    Parameters
    ----------
    artists
        (q,) the artist of each counted query.
    first_places
        (q,) the place of the nearest right work, from 1; 0 when none is among the ten nearest.
    average_precisions
        (q,) average precision at 10, 0 to 1.
    r_precisions
        (q,) 0 to 1.
    precisions
        (q,) share of right works among the ten nearest, 0 to 1.
    shares_found
        (q,) share of all right works that are among the ten nearest, 0 to 1.
    whole_average_precisions
        (q,) average precision over the whole gallery, 0 to 1.
    n_left_out
        Queries without any right work in the gallery.
    """

    artists: tuple[str, ...]
    first_places: NDArray[np.intp]
    average_precisions: NDArray[np.float64]
    r_precisions: NDArray[np.float64]
    precisions: NDArray[np.float64]
    shares_found: NDArray[np.float64]
    whole_average_precisions: NDArray[np.float64]
    n_left_out: int

    def __len__(self) -> int:
        return len(self.artists)

    def __repr__(self) -> str:
        return f"RetrievalScores(n={len(self)}, n_left_out={self.n_left_out})"

    def recall_at(self, k: int) -> NDArray[np.bool_]:
        """Return for each query whether one of the k nearest works is right.

        Parameters
        ----------
        k
            1 to 10.

        Returns
        -------
        found
            (q,) bool.

        Raises
        ------
        EvaluationError
            When k is out of range.
        """
        if not 1 <= k <= _DEPTH:
            raise EvaluationError(
                "recall at k",
                expected=f"k from 1 to {_DEPTH}",
                found=f"k={k}",
                remedy=f"ask for k of {_DEPTH}",
            )
        return (self.first_places > 0) & (self.first_places <= k)


def _recall_at(hits: ArrayLike, k: int) -> float:
    """Return whether any of the k nearest works is right.

    Higher is better, 0 or 1. This is what the field calls "recall at k" (Jégou et al. 2011,
    doi:10.1109/TPAMI.2010.57), elsewhere the hit rate or top-k accuracy; it is not the share of all right
    works.

    Parameters
    ----------
    hits
        (m,) bool, whether each work is right, nearest first.

    Returns
    -------
    found
        0 or 1.

    Examples
    --------
    >>> _recall_at([False, True, False], 1), _recall_at([False, True, False], 2)
    (0.0, 1.0)
    """
    return float(np.any(np.asarray(hits)[:k]))


def _average_precision_at(hits: ArrayLike, n_right: int, k: int = _DEPTH) -> float:
    """Return the precision averaged over the right works among the k nearest.

    Higher is better, 0 to 1. The denominator is the most right works that k places can hold, min(k, n_right),
    so that a perfect list always has 1; libraries that divide by the right works *found* give higher numbers.

    Parameters
    ----------
    hits
        (m,) bool, whether each work is right, nearest first.
    n_right
        Right works in the gallery, at least 1.

    Returns
    -------
    value
        0 to 1.

    References
    ----------
    Manning, Raghavan and Schütze (2008), Introduction to Information Retrieval, section 8.4, cut off at k.

    Examples
    --------
    Precision 1/1 at the first place and 2/3 at the third, over two right works.

    >>> round(_average_precision_at([True, False, True], n_right=2), 3)
    0.833
    """
    nearest = np.asarray(hits, dtype=np.bool_)[:k]
    precisions = np.cumsum(nearest) / np.arange(1, len(nearest) + 1)
    return float(precisions[nearest].sum() / min(k, n_right))


def _r_precision(hits: ArrayLike, n_right: int) -> float:
    """Return the share of right works among the R nearest, R being all there are.

    Higher is better, 0 to 1; the denominator is R.

    Parameters
    ----------
    hits
        (m,) bool, whether each work is right, nearest first; at least `n_right` of them, unless the gallery
        ends.
    n_right
        Right works in the gallery, at least 1.

    Returns
    -------
    value
        0 to 1.

    References
    ----------
    Manning, Raghavan and Schütze (2008), Introduction to Information Retrieval, section 8.4.

    Examples
    --------
    >>> _r_precision([True, False, True], n_right=2)
    0.5
    """
    return float(np.asarray(hits)[:n_right].sum() / n_right)


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
) -> RetrievalScores:
    """Return the numbers of every query against the whole gallery.

    Parameters
    ----------
    query_vectors, gallery_vectors
        (q, d) and (g, d) float, unit rows, or the rows of the rule.
    query_artists, gallery_artists
        (q,) and (g,) artist names.
    query_ids, gallery_ids
        (q,) and (g,) work ids. When both are given, a query never finds works with its own id.
    block_bytes
        Memory for one block of scores.
    rule
        What scores two rows. Of equal scores, which "same-argmax" gives many of, the
        work that stands first in the gallery comes first.

    Raises
    ------
    EvaluationError
        When the lengths differ, rows are not of unit length, only one side has ids, or no query has a right
        work.
    """
    require_rows("query vectors", query_vectors, query_artists, query_ids, rule)
    require_rows("gallery vectors", gallery_vectors, gallery_artists, gallery_ids, rule)
    wanted, offered = encode_names(query_artists, gallery_artists)
    measured, counted = [], []
    searched = score_queries(query_vectors, gallery_vectors, query_ids, gallery_ids, block_bytes, rule)
    for row, scores in searched:
        right = (offered == wanted[row]) & np.isfinite(scores)
        n_right = int(right.sum())
        if n_right > 0:
            hits = right[find_nearest(scores, max(_DEPTH, n_right))]
            first = int(hits[:_DEPTH].argmax()) + 1 if hits[:_DEPTH].any() else 0
            measured.append(
                (
                    first,
                    _average_precision_at(hits, n_right),
                    _r_precision(hits, n_right),
                    *_measure_whole(_locate_right(scores, right)),
                )
            )
            counted.append(query_artists[row])
    if not measured:
        raise EvaluationError(
            "retrieval",
            expected="at least one query with another work by its artist in the gallery",
            found=f"none among {len(query_artists)} queries",
            remedy="search a gallery that holds works by the artists of the queries",
        )
    columns = np.array(measured)  # (q, 6)
    return RetrievalScores(
        artists=tuple(counted),
        first_places=columns[:, 0].astype(np.intp),
        average_precisions=columns[:, 1],
        r_precisions=columns[:, 2],
        precisions=columns[:, 3],
        shares_found=columns[:, 4],
        whole_average_precisions=columns[:, 5],
        n_left_out=len(query_artists) - len(measured),
    )


def _measure_whole(places: NDArray[np.int64]) -> tuple[float, ...]:
    """Return precision and share found at 10, and the average precision of the whole ranking."""
    return _precision_at(places, _DEPTH), _share_found_at(places, _DEPTH), _average_precision_of(places)
