"""Two tests that a map of evidence should pass before anybody believes it.

A map that looks the same when everything learnt is replaced by chance shows the pictures and not the model
(Adebayo et al. 2018, arXiv 1810.03292). And hiding the regions that a map points to must change the answer
more than hiding as many others (Samek et al. 2017, doi:10.1109/TNNLS.2016.2599820).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from morelli.judge.occlusion import HiddenVectors, Map, Occlusion
from morelli.model.comparison import ComparisonHead
from morelli.model.likelihood_ratio import Calibration
from morelli.model.standardisation import Standardisation

N_HIDDEN = 6
"""Regions hidden at once: a sixth of each picture."""

N_DRAWS = 5
"""Random choices of as many regions, per picture."""

LIKE_RANDOM = 0.5
"""Rank correlation with the map of a random model above which the page warns; a convention, not a test."""

_N_RANDOM_DIMENSIONS = 256  # as many as the contrastive space has


@dataclass(frozen=True)
class Sanity:
    """What became of both tests.

    Parameters
    ----------
    correlation_with_random
        Spearman's, of the map with that of a randomised model, mean of both pictures, -1..1; 0 where one of
        them is constant. Near 1 is bad.
    top_fall
        By how much log10 LR falls when the `N_HIDDEN` regions with the largest fall are hidden together,
        mean of both pictures.
    random_fall
        The same for as many regions drawn at random, mean of `N_DRAWS` draws. It should be clearly smaller.
    """

    correlation_with_random: float
    top_fall: float
    random_fall: float

    @property
    def is_like_random(self) -> bool:
        """Whether the map follows that of a model that has learnt nothing."""
        return self.correlation_with_random > LIKE_RANDOM

    @property
    def is_faithful(self) -> bool:
        """Whether the regions that it points to matter more than others."""
        return self.top_fall > self.random_fall

    def to_dict(self) -> dict[str, Any]:
        """Return the tests as a JSON object."""
        verdicts = {"is_like_random": self.is_like_random, "is_faithful": self.is_faithful}
        return {**asdict(self), **verdicts}


def choose_masks(falls: Map, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return (1 + draws, r, r) masks: the regions of a map with the largest falls, then random ones.

    Parameters
    ----------
    falls
        (r, r), more than `N_HIDDEN` regions.
    rng
        Of the draws.
    """
    order = np.argsort(-falls, axis=None, kind="stable")
    chosen = [order[:N_HIDDEN], *(rng.choice(falls.size, N_HIDDEN, replace=False) for _ in range(N_DRAWS))]
    masks = np.zeros((len(chosen), falls.size), dtype=bool)
    for mask, regions in zip(masks, chosen, strict=True):
        mask[regions] = True
    return masks.reshape(-1, *falls.shape)


def randomise_head(head: ComparisonHead, hidden: HiddenVectors, rng: np.random.Generator) -> ComparisonHead:
    """Return a head that has learnt nothing: random directions, scaled to the vectors at hand.

    Parameters
    ----------
    head
        What it stands in for; its calibration would not fit, and only the order of the falls is used.
    hidden
        Vectors, of a random encoder where there is one; the model's own scaling would be wrong for them.
    rng
        Of the directions.
    """
    vectors = np.concatenate([hidden.left, hidden.right])
    shape = vectors.shape[1], _N_RANDOM_DIMENSIONS
    projection = rng.normal(size=shape).astype(np.float32)
    return replace(
        head,
        standardisation=Standardisation.fit(vectors),
        projections={"random": projection},
        raw_weight=0.0,
        artists=None,
        cohort=None,
        calibration=Calibration.linear(),
        seen_calibration=None,
        layers=None,
        rule=None,
    )


def check_maps(real: Occlusion, random: Occlusion, hidden_falls: Map) -> Sanity:
    """Return both tests.

    Parameters
    ----------
    real, random
        Maps of the model and of the randomised one.
    hidden_falls
        (2, 1 + draws): falls of the masks that `choose_masks` gave, for the left and the right picture.
    """
    pairs = ((real.left, random.left), (real.right, random.right))
    return Sanity(
        correlation_with_random=float(np.mean([correlate_ranks(one, other) for one, other in pairs])),
        top_fall=float(hidden_falls[:, 0].mean()),
        random_fall=float(hidden_falls[:, 1:].mean()),
    )


def correlate_ranks(one: Map, other: Map) -> float:
    """Return Spearman's correlation of two maps, 0 where one is constant.

    Examples
    --------
    >>> correlate_ranks(np.array([1.0, 2.0, 9.0]), np.array([30.0, 20.0, 10.0]))
    -1.0
    """
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return float(spearmanr(one, other, axis=None).statistic)
