"""Whether a few works are near to everything: hubs, which a search shows again and again.

In many dimensions some points are among the nearest of very many others, whatever these are. How often each
work occurs among the k nearest of the others would be near k everywhere in a good space; the skewness of that
count says how far it is from it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import skew
from sklearn.preprocessing import normalize

from morelli.evaluate.intervals import divide, enclose, resample_artists
from morelli.evaluate.neighbours import BLOCK_BYTES, find_neighbours
from morelli.evaluate.rows import PartName, Row
from morelli.evaluate.wording import GAIN_SUFFIX, RAW_SUFFIX

HUBNESS_K = 10
"""Nearest works looked at, as in most tables of Radovanović et al. (2010)."""


def count_occurrences(
    vectors: NDArray[np.floating], *, k: int = HUBNESS_K, block_bytes: int = BLOCK_BYTES
) -> NDArray[np.int64]:
    """Return how often each work is among the k nearest of the others.

    Parameters
    ----------
    vectors
        (n, d) float, unit rows; at most `block_bytes` of their products are held at a time.
    k
        Nearest works of each.

    Returns
    -------
    counts
        (n,) int64; they add up to n min(k, n - 1).

    Examples
    --------
    The work in the middle is the nearest of both others.

    >>> angles = np.array([0.0, 0.4, 0.9])
    >>> count_occurrences(np.column_stack([np.cos(angles), np.sin(angles)]), k=1).tolist()
    [1, 2, 0]
    """
    ids = [str(place) for place in range(len(vectors))]
    places = find_neighbours(
        vectors, vectors, k=k, query_ids=ids, gallery_ids=ids, block_bytes=block_bytes
    ).places
    return np.bincount(places[places >= 0], minlength=len(vectors)).astype(np.int64)


def hubness_skewness(counts: NDArray[np.int64]) -> float:
    """Return the skewness of how often works occur among the nearest of others.

    Lower is better, 0 where all occur equally often; above 0 there are hubs. The third central moment divided
    by the third power of the standard deviation, without a correction for small samples. nan where all
    counts are equal.

    Parameters
    ----------
    counts
        (n,) see `count_occurrences`.

    References
    ----------
    Radovanović, Nanopoulos and Ivanović (2010), Hubs in Space, JMLR 11:2487-2531, section 3, equation 2.

    Examples
    --------
    >>> round(hubness_skewness(np.array([0, 0, 0, 4])), 3)
    1.155
    """
    return float(skew(counts)) if np.ptp(counts) else float("nan")


def weigh_skewness(
    counts: NDArray[np.int64], codes: NDArray[np.intp], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the skewness in each resample of artists; the counts stay as they are.

    Parameters
    ----------
    counts
        (n,) see `count_occurrences`.
    codes
        (n,) the artist of each work, 0 to n_artists - 1.
    weights
        (b, n_artists) how often each artist counts.

    Returns
    -------
    skewness
        (b,) float64; nan where all counts that weigh are equal.
    """
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
    """Return the hubness of the model's space, of the stored vectors, and the difference.

    Parameters
    ----------
    vectors
        (n, d) float, unit rows in the model's comparison space.
    raw_vectors
        (n, e) float, the stored vectors of the same works.
    artists
        (n,) the artist of each work.
    part
        Whether the model has seen these artists.
    seed, n_boot
        Of the resamples of artists, and how many.

    Returns
    -------
    rows
        `hubness_skewness` with and without suffix; none where all works occur equally often.
    """
    names, codes = np.unique(np.array(artists, dtype=object), return_inverse=True)
    weights = resample_artists(len(names), n_boot=n_boot, rng=np.random.default_rng(seed))
    found = [count_occurrences(space) for space in (vectors, normalize(raw_vectors))]
    ours, theirs = (hubness_skewness(counts) for counts in found)
    if not np.isfinite([ours, theirs]).all():
        return []
    model, raw = (weigh_skewness(counts, codes, weights) for counts in found)
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
