"""Which details of two pictures answer each other, and how alike the closest details of two hands are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from morelli.encode.views import Area, Grid
from morelli.model.component import Arrays

_Float = NDArray[np.float32]

_STRANGER_SHARE = 0.01
"""A detail answers another when at most this share of pairs by different hands has two details as alike."""

_MAX_OVERLAP = 0.2
"""Two matches whose windows overlap by more than this in both pictures tell the same; the better stays."""

_BEST = "best_scores"


@dataclass(frozen=True)
class Link:
    """A detail of the left picture and one of the right that are each other's nearest.

    Parameters
    ----------
    left, right
        Numbers of the patches.
    score
        Their cosine in the comparison space, -1..1.
    """

    left: int
    right: int
    score: float


@dataclass(frozen=True, eq=False)
class DetailsCalibration:
    """How alike the closest details of two pictures are when two hands made them.

    Parameters
    ----------
    grid
        The windows that were compared.
    best_scores
        (m,) float32, ascending: of each pair of pictures by different artists, the highest score of two
        details that are each other's nearest.
    n_pictures
        How many pictures the pairs were made of.
    """

    grid: Grid
    best_scores: _Float
    n_pictures: int

    @property
    def threshold(self) -> float:
        """The score that `_STRANGER_SHARE` of the pairs by different artists exceed."""
        return float(np.quantile(self.best_scores, 1 - _STRANGER_SHARE))

    def share_of_strangers(self, score: float) -> float:
        """Return the share of pairs by different artists with two details at least as alike, 0..1.

        The pair at hand counts as one of them, so that the share is never 0.
        """
        n_above = len(self.best_scores) - int(np.searchsorted(self.best_scores, score))
        return (n_above + 1) / (len(self.best_scores) + 1)

    def to_arrays(self) -> Arrays:
        """Return the arrays by name."""
        return {_BEST: self.best_scores}

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says."""
        return {
            "grid": asdict(self.grid),
            "n_pictures": self.n_pictures,
            "n_pairs": len(self.best_scores),
            "threshold": self.threshold,
        }

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the calibration that facts and arrays describe."""
        return cls(Grid.from_dict(facts["grid"]), arrays[_BEST], facts["n_pictures"])


def link_mutually(left: _Float, right: _Float) -> list[Link]:
    """Return the patches that are each other's nearest, best first.

    Parameters
    ----------
    left, right
        (m, p) and (n, p) unit rows in the comparison space.

    Examples
    --------
    >>> axes = np.eye(2, dtype=np.float32)
    >>> link_mutually(axes, axes[::-1])
    [Link(left=0, right=1, score=1.0), Link(left=1, right=0, score=1.0)]
    """
    scores = left @ right.T
    there, back = scores.argmax(axis=1), scores.argmax(axis=0)
    mutual = [row for row in range(len(left)) if back[there[row]] == row]
    links = [Link(row, int(there[row]), float(scores[row, there[row]])) for row in mutual]
    return sorted(links, key=lambda link: -link.score)


def thin_links(links: Sequence[Link], left: Sequence[Area], right: Sequence[Area]) -> list[Link]:
    """Return links, best first, without those that repeat a better one at nearly the same places.

    Parameters
    ----------
    links
        Best first.
    left, right
        Where the patches lie.
    """
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
    """Return how alike a detail of one picture is to the nearest one elsewhere in the same picture.

    Parameters
    ----------
    rows
        (m, p) unit rows of one picture's patches.
    areas
        (m,) where they lie. Patches that overlap are not compared.

    Returns
    -------
    score
        The median over the patches, -1..1; 1 where all patches overlap, so that nothing exceeds it.
    """
    scores = rows @ rows.T
    touches = np.array([[one.overlap(other) > 0 for other in areas] for one in areas])
    scores[touches] = -np.inf
    nearest = scores.max(axis=1)
    nearest = nearest[np.isfinite(nearest)]
    return float(np.median(nearest)) if len(nearest) else 1.0
