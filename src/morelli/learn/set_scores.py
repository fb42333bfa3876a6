"""Scores of sets of works: what the likelihood ratio of several works against several is fitted to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from morelli.model.pair_rule import PairRule
from morelli.model.standardisation import unit_rows

Float = NDArray[np.float32]

SIZES = (2, 3, 5, 10)
"""Works on each side for which a map of its own is fitted, beside that of single works."""

N_DRAWS = 20
"""Draws of two sets from each artist."""

MIN_SAME = 30
"""Pairs of sets by one hand below which a size has no map: fewer say too little."""


def score_sets(
    rows: Float,
    artists: NDArray[np.object_],
    size: int,
    *,
    rng: np.random.Generator,
    rule: PairRule | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the scores of sets of works, and whether they are by one hand.

    In each draw every artist with enough works gives two sets without a common work. All first sets meet all
    second ones.

    Parameters
    ----------
    rows
        (n, p) float32 unit rows, or the rows of the rule.
    artists
        (n,) the artist of each work.
    size
        Works in a set, at least 1.
    rng
        Draws the works.
    rule
        Scores two sets by the mean over all pairs of one work of each; None: the cosine of their directions.

    Returns
    -------
    scores, is_same
        (m,) each; empty when fewer than two artists have ``2 * size`` works.
    """
    works = [np.flatnonzero(artists == name) for name in np.unique(artists)]
    works = [of_artist for of_artist in works if len(of_artist) >= 2 * size]
    if len(works) < 2:
        return np.zeros(0), np.zeros(0, dtype=bool)
    scores = []
    for _ in range(N_DRAWS):
        drawn = np.stack([rng.permutation(of_artist)[: 2 * size] for of_artist in works])
        scores.append(_score_draw(rows, drawn[:, :size], drawn[:, size:], rule))
    is_same = np.broadcast_to(np.eye(len(works), dtype=bool), (N_DRAWS, len(works), len(works)))
    return np.stack(scores).astype(np.float64).ravel(), is_same.ravel()


def _score_draw(
    rows: Float, left: NDArray[np.intp], right: NDArray[np.intp], rule: PairRule | None
) -> NDArray[np.floating]:
    """Return (a, a) scores of every left set with every right set, of places (a, size) each."""
    if rule is None:
        first, second = (unit_rows(rows[half].mean(axis=1)) for half in (left, right))
        return first @ second.T
    by_work = rule.score_all(rows[left.ravel()], rows[right.ravel()])
    scores: NDArray[np.float64] = by_work.reshape(*left.shape, *right.shape).mean(axis=(1, 3))
    return scores
