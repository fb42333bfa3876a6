"""Which works of a gallery are nearest to a query, found exactly and in bounded memory.

Every query is compared with the whole gallery by the dot product of unit rows, block by block: at most
`block_bytes` of scores are held at a time, never a table of all queries and all works. Works with the highest
score come first; of equal scores the one that stands first in the gallery. An approximate index has nothing
to do here: its own errors would be counted as the model's. `retrieval` measures what is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morelli.errors import EvaluationError
from morelli.model.pair_rule import PairRule

BLOCK_BYTES = 64 * 2**20
"""Memory for one block of scores."""

UNIT_TOLERANCE = 1e-3
"""How far the length of a unit row may be from 1."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The nearest works of each query.

    Parameters
    ----------
    places
        (q, k) row numbers in the gallery, nearest first; -1 where there is no further work.
    scores
        (q, k) float32, -1 to 1; nan where there is no further work.
    """

    places: NDArray[np.intp]
    scores: NDArray[np.float32]


def find_neighbours(
    query_vectors: NDArray[np.floating],
    gallery_vectors: NDArray[np.floating],
    *,
    k: int = 10,
    query_ids: Sequence[str] | None = None,
    gallery_ids: Sequence[str] | None = None,
    block_bytes: int = BLOCK_BYTES,
) -> Neighbours:
    """Return the k nearest works of each query.

    Parameters
    ----------
    query_vectors, gallery_vectors
        (q, d) and (g, d) float, unit rows.
    k
        How many; fewer are found when the gallery is smaller.
    query_ids, gallery_ids
        (q,) and (g,) work ids. When both are given, a query never finds works with its own id.
    block_bytes
        Memory for one block of scores.

    Raises
    ------
    EvaluationError
        When rows are not of unit length, or only one side has ids.

    Examples
    --------
    >>> find_neighbours(np.eye(2)[:1], np.eye(2), k=2).places.tolist()
    [[0, 1]]
    """
    require_rows("query vectors", query_vectors, query_vectors, query_ids)
    require_rows("gallery vectors", gallery_vectors, gallery_vectors, gallery_ids)
    places = np.full((len(query_vectors), k), -1, dtype=np.intp)
    scores = np.full((len(query_vectors), k), np.nan, dtype=np.float32)
    for row, own in score_queries(query_vectors, gallery_vectors, query_ids, gallery_ids, block_bytes):
        nearest = find_nearest(own, k)
        places[row, : len(nearest)] = nearest
        scores[row, : len(nearest)] = own[nearest]
    return Neighbours(places=places, scores=scores)


def score_queries(
    query_vectors: NDArray[np.floating],
    gallery_vectors: NDArray[np.floating],
    query_ids: Sequence[str] | None,
    gallery_ids: Sequence[str] | None,
    block_bytes: int,
    rule: PairRule | None = None,
) -> Iterator[tuple[int, NDArray[np.floating]]]:
    """Yield the row number of each query with its scores against the whole gallery.

    Parameters
    ----------
    query_vectors, gallery_vectors
        (q, d) and (g, d) float, unit rows, or the rows of the rule.
    query_ids, gallery_ids
        (q,) and (g,) work ids, or None on both sides.
    block_bytes
        Memory for one block of scores.
    rule
        What scores two rows; None: their dot product.

    Yields
    ------
    row_and_scores
        0 to q - 1, and (g,) float, minus infinity for works with the query's own id.

    Raises
    ------
    EvaluationError
        When only one side has ids.
    """
    if (query_ids is None) != (gallery_ids is None):
        raise EvaluationError(
            "work ids",
            expected="ids of the queries and of the gallery, or of neither",
            found="ids of one side",
            remedy="pass both query_ids and gallery_ids",
        )
    own, others = encode_names(query_ids or (), gallery_ids or ())
    itemsize = gallery_vectors.dtype.itemsize if rule is None else np.dtype(np.float64).itemsize
    n_rows = max(1, block_bytes // (len(gallery_vectors) * itemsize))
    for start in range(0, len(query_vectors), n_rows):
        own_rows = query_vectors[start : start + n_rows]
        block = (
            own_rows @ gallery_vectors.T if rule is None else _score_block(own_rows, gallery_vectors, rule)
        )
        for row, scores in enumerate(block, start=start):
            if query_ids is not None:
                scores[others == own[row]] = -np.inf
            yield row, scores


def _score_block(
    queries: NDArray[np.floating], gallery: NDArray[np.floating], rule: PairRule
) -> NDArray[np.float64]:
    return rule.score_all(queries.astype(np.float32, copy=False), gallery.astype(np.float32, copy=False))


def find_nearest(scores: NDArray[np.floating], k: int) -> NDArray[np.intp]:
    """Return the places of the k highest finite scores; of equal ones the first.

    Parameters
    ----------
    scores
        (g,) float; minus infinity for works that must not be found.

    Returns
    -------
    places
        (k,) or fewer, highest score first.

    Examples
    --------
    >>> find_nearest(np.array([0.5, -np.inf, 0.9, 0.5]), k=2).tolist()
    [2, 0]
    """
    n_found = min(k, int(np.isfinite(scores).sum()))
    if n_found == 0:
        return np.empty(0, dtype=np.intp)
    threshold = np.partition(scores, -n_found)[-n_found]
    candidates = np.flatnonzero(scores >= threshold)
    return candidates[np.argsort(-scores[candidates], kind="stable")[:n_found]]


def encode_names(left: Sequence[str], right: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return whole numbers for names, the same number on both sides for the same name."""
    names = np.array([*left, *right], dtype=object)
    codes = np.unique(names, return_inverse=True)[1].ravel()
    return codes[: len(left)], codes[len(left) :]


def require_rows(
    what: str,
    vectors: NDArray[np.floating],
    artists: Sequence[str] | NDArray[np.floating],
    ids: Sequence[str] | None,
    rule: PairRule | None = None,
) -> None:
    """Refuse vectors that are not unit rows, or not as many as artists and ids.

    The rows of a pair rule may have any length; they must be finite.

    Raises
    ------
    EvaluationError
        When there is no row, the lengths differ, or a row is not of unit length.
    """
    lengths = np.linalg.norm(vectors, axis=1) if vectors.ndim == 2 else np.empty(0)
    is_whole = len(lengths) > 0 and len(artists) == len(lengths) == len(lengths if ids is None else ids)
    is_right = np.abs(lengths - 1) <= UNIT_TOLERANCE if rule is None else np.isfinite(lengths)
    if not is_whole or not np.all(is_right):
        spread = f"lengths {lengths.min():.3g} to {lengths.max():.3g}" if len(lengths) else "no row"
        of_unit = "of unit length" if rule is None else "of finite numbers"
        raise EvaluationError(
            what,
            expected=f"rows {of_unit}, as many as artists and ids, at least one",
            found=f"shape {vectors.shape}, {spread}, for {len(artists)} artists",
            remedy=("divide each row by its length" if rule is None else "take the rows that the rule makes")
            + ", and pass artists and ids of the same works",
        )
