"""How much of what there is to find is found, and how early, looking down the whole gallery.

`retrieval` looks at the ten nearest works; here every right work counts, wherever it stands. The places of
the right works of one query follow from its scores without sorting works that are wrong.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def locate_right(scores: NDArray[np.floating], right: NDArray[np.bool_]) -> NDArray[np.int64]:
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
    >>> locate_right(np.array([0.5, 0.9, 0.5, 0.1]), np.array([True, False, True, False])).tolist()
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


def precision_at(places: ArrayLike, k: int) -> float:
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
    >>> precision_at([1, 3, 12], k=10)
    0.2
    """
    return float((np.asarray(places) <= k).sum() / k)


def share_found_at(places: ArrayLike, k: int) -> float:
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
    >>> round(share_found_at([1, 3, 12], k=10), 3)
    0.667
    """
    return float((np.asarray(places) <= k).mean())


def average_precision_of(places: ArrayLike) -> float:
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

    >>> average_precision_of([1, 4])
    0.75
    """
    ranks = np.asarray(places)
    return float((np.arange(1, len(ranks) + 1) / ranks).mean())
