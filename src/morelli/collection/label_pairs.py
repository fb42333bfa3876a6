"""Pairs of works by two artists, of one label or of two: what a signal other than the hand is measured on.

Works of one artist share a style and often a subject. So that a signal of style is not one of the hand under
another name, no pair here is by one artist.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from morelli.collection.samples import Pairs
from morelli.errors import EvaluationError

N_DRAWN = 400_000
"""Pairs that are drawn before those of one artist and those that come twice are left out."""

WORKS_PER_ARTIST = 20
"""Works of an artist that take part at most, so that no prolific one is the whole test."""


def sample_label_pairs(
    labels: Sequence[str | None],
    artists: Sequence[str],
    *,
    max_pairs: int,
    works_per_artist: int = WORKS_PER_ARTIST,
    rng: np.random.Generator,
) -> Pairs:
    """Return pairs of works by two artists; `same` says whether their labels are equal.

    Parameters
    ----------
    labels, artists
        (n,) each; works without a label take no part.
    max_pairs
        The most pairs of each kind; of more, so many are drawn.
    works_per_artist
        How many works of an artist take part.
    rng
        Draws works and pairs.

    Returns
    -------
    pairs
        With ``left < right``, no pair twice; those of one label first.

    Raises
    ------
    EvaluationError
        When no label is shared by two artists, or there is only one.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> pairs = sample_label_pairs(["x", "x", "y"], ["A", "B", "C"], max_pairs=5, rng=rng)
    >>> pairs.left.tolist(), pairs.right.tolist(), pairs.same.tolist()
    ([0, 0, 1], [1, 2, 2], [True, False, False])
    """
    works = _draw_works(labels, artists, works_per_artist, rng)
    left, right = _pair_works(len(works), rng)
    left, right = works[left], works[right]
    names, hands = np.array(labels, dtype=object), np.array(artists, dtype=object)
    is_mixed = hands[left] != hands[right]
    left, right = left[is_mixed], right[is_mixed]
    is_same = (names[left] == names[right]).astype(bool)
    chosen = [_choose(np.flatnonzero(is_same == kind), max_pairs, rng) for kind in (True, False)]
    if min(map(len, chosen)) == 0:
        raise EvaluationError(
            "pairs of one label and of two",
            expected="two labels, and one of them in works by two artists",
            found=f"{len(set(names[works]))} labels of {len(set(hands[works]))} artists",
            remedy="collect more works with labels",
        )
    rows = np.concatenate(chosen)
    return Pairs(left[rows], right[rows], is_same[rows])


def _draw_works(
    labels: Sequence[str | None], artists: Sequence[str], n_each: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    labelled = np.array([place for place, label in enumerate(labels) if label is not None], dtype=np.intp)
    by_artist: dict[str, list[int]] = {}
    for place in rng.permutation(labelled).tolist():
        by_artist.setdefault(artists[place], []).append(place)
    return np.sort(np.array([place for own in by_artist.values() for place in own[:n_each]], dtype=np.intp))


def _pair_works(n: int, rng: np.random.Generator) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    if n * (n - 1) // 2 <= N_DRAWN:
        return np.triu_indices(n, k=1)
    left, right = rng.integers(n, size=(2, N_DRAWN))
    cells = np.unique((np.minimum(left, right) * n + np.maximum(left, right))[left != right])
    return cells // n, cells % n


def _choose(rows: NDArray[np.intp], n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    return rows if len(rows) <= n else np.sort(rng.choice(rows, n, replace=False))
