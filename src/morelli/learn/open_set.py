"""Learns which works are by none of the known artists, and calibrates how many are turned away wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from morelli.learn.backend import DiscriminantSpace
from morelli.model.open_set import OpenSet
from morelli.model.standardisation import Standardisation

Float = NDArray[np.float32]

N_NEIGHBOURS = 5


def fit_open_set(vectors: Float, artists: Sequence[str], calibration_vectors: Float, *, seed: int) -> OpenSet:
    """Return the scorer, learnt from (n, d) vectors of (n,) artists and calibrated on other works of theirs.

    Parameters
    ----------
    vectors, artists
        (n, d) float32 and (n,) names.
    calibration_vectors
        (m, d) float32.
    seed
        Of the space.
    """
    standardisation = Standardisation.fit(vectors)
    space = DiscriminantSpace(random_state=seed).fit(standardisation.transform(vectors), list(artists))
    head = OpenSet(
        standardisation,
        space.projection_,
        np.empty((0, 0), np.float32),
        min(N_NEIGHBOURS, len(vectors)),
        np.empty(0),
    )
    head = replace(head, rows=head.transform(vectors))
    return replace(head, scores=np.sort(head.score(calibration_vectors)))
