"""Where a comparison fails: the artists whose pairs mislead most, and the pairs that mislead most.

Averages hide both. The artists are ranked by the cost of their own pairs; the pairs are those whose evidence
points the wrong way most strongly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morelli.collection.samples import Pairs
from morelli.evaluate.likelihood_metrics import LN2
from morelli.evaluate.rows import PartName
from morelli.model.likelihood_ratio import LN10

N_PAIRS = 6
"""Pairs shown of each kind."""


@dataclass(frozen=True)
class ArtistCost:
    """What the pairs of one artist cost.

    Parameters
    ----------
    part
        Whether the model has seen the artist.
    artist
        The name.
    cllr
        Cost of the artist's pairs in bits; 1 is what saying nothing costs. See `likelihood_metrics`.
    missed
        Share of the artist's pairs by one hand whose evidence speaks against it, 0 to 1.
    mistaken
        Share of the pairs with another artist whose evidence speaks for one hand, 0 to 1.
    taken_for
        The other artist whose pairs with this one cost most.
    n_same, n_different
        Pairs of the artist by one hand, and with others.
    """

    part: PartName
    artist: str
    cllr: float
    missed: float
    mistaken: float
    taken_for: str
    n_same: int
    n_different: int


@dataclass(frozen=True)
class WorstPair:
    """A pair whose evidence points the wrong way.

    Parameters
    ----------
    part
        Whether the model has seen the artists.
    left, right
        The pictures of the two works.
    left_artist, right_artist
        Who painted them; the same name twice for a pair by one hand.
    log10_likelihood_ratio
        Above 0 for two hands, below 0 for one.
    """

    part: PartName
    left: str
    right: str
    left_artist: str
    right_artist: str
    log10_likelihood_ratio: float

    @property
    def is_same(self) -> bool:
        """Whether one hand made both."""
        return self.left_artist == self.right_artist


def rank_artists(
    log10_likelihood_ratios: NDArray[np.float64], pairs: Pairs, artists: Sequence[str], part: PartName
) -> list[ArtistCost]:
    """Return the artists by the cost of their pairs, the dearest first.

    Parameters
    ----------
    log10_likelihood_ratios
        (p,) of the pairs.
    pairs
        Of n works.
    artists
        (n,) the artist of each work.
    part
        Whether the model has seen them.

    Returns
    -------
    costs
        Of each artist with pairs of both kinds; of equal cost by name.
    """
    names, codes = np.unique(np.asarray(artists, dtype=object), return_inverse=True)
    left, right = codes.ravel()[pairs.left], codes.ravel()[pairs.right]
    natural = LN10 * log10_likelihood_ratios
    costs = np.logaddexp(0, np.where(pairs.same, -natural, natural)) / LN2
    is_wrong = np.where(pairs.same, natural < 0, natural > 0)
    n = len(names)
    n_cells, cost_cells, wrong_cells = (
        np.bincount(left * n + right, weights=values, minlength=n * n).reshape(n, n).astype(np.float64)
        for values in (np.ones(len(pairs)), costs, is_wrong.astype(np.float64))
    )
    tables = [_fold(cells) for cells in (n_cells, cost_cells, wrong_cells)]
    found = [_sum_up(code, names, tables, part) for code in range(n)]
    return sorted((one for one in found if one is not None), key=lambda one: (-one.cllr, one.artist))


def find_worst_pairs(
    log10_likelihood_ratios: NDArray[np.float64],
    pairs: Pairs,
    works: Sequence[tuple[str, str]],
    part: PartName,
    *,
    n_pairs: int = N_PAIRS,
) -> list[WorstPair]:
    """Return the pairs with the strongest evidence the wrong way, those by two hands first.

    Parameters
    ----------
    log10_likelihood_ratios
        (p,) of the pairs.
    pairs
        Of n works.
    works
        (n,) picture path and artist of each work.
    part
        Whether the model has seen them.
    n_pairs
        At most how many of each kind. Each work comes at most once in each kind.
    """
    worst = []
    for same, sign in ((False, 1.0), (True, -1.0)):
        used: set[int] = set()
        own = np.flatnonzero((pairs.same == same) & (sign * log10_likelihood_ratios > 0))
        for place in own[np.argsort(-sign * log10_likelihood_ratios[own], kind="stable")]:
            both = int(pairs.left[place]), int(pairs.right[place])
            if used.isdisjoint(both):
                used.update(both)
                (left, one), (right, other) = (works[work] for work in both)
                worst.append(WorstPair(part, left, right, one, other, float(log10_likelihood_ratios[place])))
            if len(used) == 2 * n_pairs:
                break
    return worst


def _fold(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (c, c) sums in which it does not matter which work stood left."""
    return cells + cells.T - np.diag(np.diag(cells))


def _sum_up(
    code: int, names: NDArray[np.object_], tables: Sequence[NDArray[np.float64]], part: PartName
) -> ArtistCost | None:
    counts, costs, wrong = (table[code] for table in tables)
    others = np.arange(len(names)) != code
    n_same, n_different = counts[code], counts[others].sum()
    if n_same == 0 or n_different == 0:
        return None
    with_each = np.divide(costs, counts, out=np.full(len(names), -1.0), where=others & (counts > 0))
    return ArtistCost(
        part=part,
        artist=str(names[code]),
        cllr=float(costs[code] / n_same + costs[others].sum() / n_different) / 2,
        missed=float(wrong[code] / n_same),
        mistaken=float(wrong[others].sum() / n_different),
        taken_for=str(names[with_each.argmax()]),
        n_same=int(n_same),
        n_different=int(n_different),
    )
