"""Which details of two pictures answer each other, and how alike the closest details of two hands are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from morelli.encode.views import Area, Grid
from morelli.model.component import Component

_Float = NDArray[np.float32]

# A detail answers another when at most this share of pairs by different hands has two details as alike.
_CHANCE_SHARE = 0.01

# Two matches whose windows overlap by more than this in both pictures tell the same; the better stays.
_MAX_OVERLAP = 0.2


@dataclass(frozen=True)
class Link:
    """A patch of the left picture and one of the right, by number, that are each other's nearest."""

    left: int
    right: int
    score: float  # their cosine in the comparison space, -1..1


@dataclass(frozen=True, eq=False)
class DetailsCalibration(Component):
    """How alike the closest details of two pictures are when two hands made them."""

    grid: Grid  # the windows that were compared
    best_scores: _Float  # (m,) ascending: of each pair by different artists, the highest score of a link
    n_pictures: int  # that the pairs were made of

    @property
    def threshold(self) -> float:
        """The score that `_CHANCE_SHARE` of the pairs by different artists exceed."""
        return float(np.quantile(self.best_scores, 1 - _CHANCE_SHARE))

    def share_of_strangers(self, score: float) -> float:
        """Return the share of pairs by different artists with two details at least as alike, 0..1.

        The pair at hand counts as one of them, so that the share is never 0.
        """
        n_above = len(self.best_scores) - int(np.searchsorted(self.best_scores, score))
        return (n_above + 1) / (len(self.best_scores) + 1)

    def _derive_facts(self) -> dict[str, Any]:
        return {"n_pairs": len(self.best_scores), "threshold": self.threshold}


def link_mutually(left: _Float, right: _Float) -> list[Link]:
    """Return the patches that are each other's nearest, best first, by unit rows (m, p) and (n, p)."""
    scores = left @ right.T
    there, back = scores.argmax(axis=1), scores.argmax(axis=0)
    mutual = [row for row in range(len(left)) if back[there[row]] == row]
    links = [Link(row, int(there[row]), float(scores[row, there[row]])) for row in mutual]
    return sorted(links, key=lambda link: -link.score)


def thin_links(links: Sequence[Link], left: Sequence[Area], right: Sequence[Area]) -> list[Link]:
    """Return links, best first, without those that repeat a better one at nearly the same places."""
    kept: list[Link] = []
    for link in links:
        repeats = (
            left[link.left].overlap(left[other.left]) > _MAX_OVERLAP
            and right[link.right].overlap(right[other.right]) > _MAX_OVERLAP
            for other in kept
        )
        if not any(repeats):
            kept.append(link)
    return kept


def measure_background(rows: _Float, areas: Sequence[Area]) -> float:
    """Return how alike a detail of one picture is to the nearest one elsewhere in the same picture, -1..1.

    The median over the patches, unit rows (m, p), where those that overlap are not compared; 1 where all
    overlap, so that nothing exceeds it.
    """
    scores = rows @ rows.T
    touches = np.array([[one.overlap(other) > 0 for other in areas] for one in areas])
    scores[touches] = -np.inf
    nearest = scores.max(axis=1)
    nearest = nearest[np.isfinite(nearest)]
    return float(np.median(nearest)) if len(nearest) else 1.0
