"""Which works of a gallery are nearest to a query, found exactly and in bounded memory; and hubs among them.

Every query is compared with the whole gallery, block by block. Works with the highest score come first; of
equal scores the one that stands first in the gallery. An approximate index has nothing to do here: its own
errors would be counted as the model's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import skew
from sklearn.preprocessing import normalize

from morelli.errors import EvaluationError
from morelli.evaluate.metrics.intervals import Codes, Float, divide, enclose, resample_artists
from morelli.evaluate.metrics.words import GAIN_SUFFIX, RAW_SUFFIX
from morelli.evaluate.rows import PartName, Row
from morelli.model.scoring import COSINE, Rule

BLOCK_BYTES = 64 * 2**20
"""Memory for one block of scores."""

_UNIT_TOLERANCE = 1e-3
"""How far the length of a unit row may be from 1."""

_HUBNESS_K = 10
"""Nearest works looked at, as in most tables of Radovanović et al. (2010)."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The rows in the gallery of the nearest works of each query, nearest first, and their scores, (q, k).

    Where there is no further work these are -1 and nan.
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
    """Return the k nearest works of each query, by unit rows, (q, d) and (g, d).

    With ids of both sides a query never finds works with its own id.

    >>> find_neighbours(np.eye(2)[:1], np.eye(2), k=2).places.tolist()
    [[0, 1]]
    """
    require_rows("query vectors", query_vectors, query_vectors, query_ids)
    require_rows("gallery vectors", gallery_vectors, gallery_vectors, gallery_ids)
    places = np.full((len(query_vectors), k), -1, dtype=np.intp)
    scores = np.full((len(query_vectors), k), np.nan, dtype=np.float32)
    for row, own in score_queries(query_vectors, gallery_vectors, query_ids, gallery_ids, block_bytes):
        nearest = _find_nearest(own, k)
        places[row, : len(nearest)] = nearest
        scores[row, : len(nearest)] = own[nearest]
    return Neighbours(places=places, scores=scores)


def score_queries(
    query_vectors: NDArray[np.floating],
    gallery_vectors: NDArray[np.floating],
    query_ids: Sequence[str] | None,
    gallery_ids: Sequence[str] | None,
    block_bytes: int,
    rule: Rule = COSINE,
) -> Iterator[tuple[int, NDArray[np.floating]]]:
    """Yield the row number of each query with its scores against the whole gallery, (g,).

    Vectors are unit rows, (q, d) and (g, d), or those of the rule. Works with the query's own id score minus
    infinity.
    """
    if (query_ids is None) != (gallery_ids is None):
        raise EvaluationError(
            "work ids",
            expected="ids of the queries and of the gallery, or of neither",
            found="ids of one side",
            remedy="pass both query_ids and gallery_ids",
        )
    own, others = encode_names(query_ids or (), gallery_ids or ())
    itemsize = gallery_vectors.dtype.itemsize if rule.kind == "cosine" else np.dtype(np.float64).itemsize
    n_rows = max(1, block_bytes // (len(gallery_vectors) * itemsize))
    for start in range(0, len(query_vectors), n_rows):
        own_rows = query_vectors[start : start + n_rows]
        for row, scores in enumerate(rule.score_all(own_rows, gallery_vectors), start=start):
            if query_ids is not None:
                scores[others == own[row]] = -np.inf
            yield row, scores


def _find_nearest(scores: NDArray[np.floating], k: int) -> NDArray[np.intp]:
    """Return the places of the k highest finite scores of (g,), highest first; of equal ones the first.

    >>> _find_nearest(np.array([0.5, -np.inf, 0.9, 0.5]), k=2).tolist()
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
    rule: Rule = COSINE,
) -> None:
    """Refuse vectors that are not unit rows, or not as many as artists and ids.

    The rows of other rules than the cosine may have any length; they must be finite.
    """
    lengths = np.linalg.norm(vectors, axis=1) if vectors.ndim == 2 else np.empty(0)
    is_whole = len(lengths) > 0 and len(artists) == len(lengths) == len(lengths if ids is None else ids)
    is_cosine = rule.kind == "cosine"
    is_right = np.abs(lengths - 1) <= _UNIT_TOLERANCE if is_cosine else np.isfinite(lengths)
    if not is_whole or not np.all(is_right):
        spread = f"lengths {lengths.min():.3g} to {lengths.max():.3g}" if len(lengths) else "no row"
        of_unit = "of unit length" if is_cosine else "of finite numbers"
        raise EvaluationError(
            what,
            expected=f"rows {of_unit}, as many as artists and ids, at least one",
            found=f"shape {vectors.shape}, {spread}, for {len(artists)} artists",
            remedy=("divide each row by its length" if is_cosine else "take the rows that the rule makes")
            + ", and pass artists and ids of the same works",
        )


# Whether a few works are near to everything: hubs, which a search shows again and again.


def _count_occurrences(
    vectors: NDArray[np.floating], *, k: int = _HUBNESS_K, block_bytes: int = BLOCK_BYTES
) -> NDArray[np.int64]:
    """Return how often each work is among the k nearest of the others, (n,), by unit rows, (n, d).

    The work in the middle is the nearest of both others.

    >>> angles = np.array([0.0, 0.4, 0.9])
    >>> _count_occurrences(np.column_stack([np.cos(angles), np.sin(angles)]), k=1).tolist()
    [1, 2, 0]
    """
    ids = [str(place) for place in range(len(vectors))]
    places = find_neighbours(
        vectors, vectors, k=k, query_ids=ids, gallery_ids=ids, block_bytes=block_bytes
    ).places
    return np.bincount(places[places >= 0], minlength=len(vectors)).astype(np.int64)


def _hubness_skewness(counts: NDArray[np.int64]) -> float:
    """Return the skewness of how often works, (n,), occur among the nearest of others.

    Lower is better, 0 where all occur equally often, above 0 with hubs: the third central moment divided by
    the third power of the standard deviation, not corrected for small samples; nan where all counts are equal
    (Radovanović, Nanopoulos and Ivanović 2010, Hubs in Space, JMLR 11:2487-2531, section 3, equation 2).

    Examples
    --------
    >>> round(_hubness_skewness(np.array([0, 0, 0, 4])), 3)
    1.155
    """
    return float(skew(counts)) if np.ptp(counts) else float("nan")


def _weigh_skewness(counts: NDArray[np.int64], codes: Codes, weights: Float) -> Float:
    """Return the skewness in each resample of artists, (b,); the counts, (n,), stay as they are."""
    n_artists = weights.shape[1]
    centred = counts - counts.mean()  # skewness does not change, rounding is less
    n, first, second, third = (
        weights @ np.bincount(codes, weights=centred**power, minlength=n_artists) for power in range(4)
    )
    mean = divide(first, n)
    variance = divide(second, n) - mean**2
    moment = divide(third, n) - 3 * mean * divide(second, n) + 2 * mean**3
    spread = np.where(variance > 1e-12, variance, 0.0)
    return divide(moment, spread**1.5)


def hubness_rows(
    vectors: NDArray[np.floating],
    raw_vectors: NDArray[np.floating],
    artists: Sequence[str],
    *,
    part: PartName,
    seed: int,
    n_boot: int,
) -> list[Row]:
    """Return `_hubness_skewness` of the model's space, of the stored vectors, and the difference.

    Both are rows of the same works, (n, d). There is none where all works occur equally often.
    """
    names, codes = np.unique(np.array(artists, dtype=object), return_inverse=True)
    weights = resample_artists(len(names), n_boot=n_boot, rng=np.random.default_rng(seed))
    found = [_count_occurrences(space) for space in (vectors, normalize(raw_vectors))]
    ours, theirs = (_hubness_skewness(counts) for counts in found)
    if not np.isfinite([ours, theirs]).all():
        return []
    model, raw = (_weigh_skewness(counts, codes, weights) for counts in found)
    measured = (("", ours, model), (RAW_SUFFIX, theirs, raw), (GAIN_SUFFIX, ours - theirs, model - raw))
    return [
        Row(
            task="retrieval",
            part=part,
            metric=f"hubness_skewness{suffix}",
            **enclose(value, replicates).to_row(),
            n=len(artists),
            unit="works",
        )
        for suffix, value, replicates in measured
    ]
