"""Learns which works are by none of the known artists, and calibrates how many are turned away wrongly."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from morelli.learn.backends import SoftmaxSpace
from morelli.learn.reduction import Reduction
from morelli.learn.works import Works
from morelli.model.nearest_works import NearestWorks
from morelli.model.open_set import OpenSet
from morelli.model.standardisation import Standardisation

Float = NDArray[np.float32]

BATCH_SIZE = 1024
"""Works in a batch of the space; with a quarter of them it tells less: see docs/models.md."""

N_STEPS = 400
"""Gradient steps of the space; with half of them it tells a little less: see docs/models.md."""


@dataclass(frozen=True, eq=False)
class ArtistDirections:
    """A softmax space of standardised vectors, with a direction for each artist that it was learnt from.

    Parameters
    ----------
    standardisation
        Applied first.
    projection
        (d, p) float32.
    directions
        (p, c) float32 unit columns.
    names
        (c,) sorted.
    """

    standardisation: Standardisation
    projection: Float
    directions: Float
    names: NDArray[np.str_]

    def place(self, works: Works) -> NearestWorks:
        """Return works as references in this space; their artists' columns are in the order of the names."""
        columns = np.unique(works.artists, return_inverse=True)[1].astype(np.int32)
        empty = NearestWorks(self.standardisation, self.projection, np.empty((0, 0), np.float32), columns)
        return replace(empty, rows=empty.transform(works.vectors))


def learn_directions(
    reduction: Reduction, works: Works, *, seed: int, batch_size: int = BATCH_SIZE
) -> ArtistDirections:
    """Return the space that names the artists of works from reduced vectors.

    Parameters
    ----------
    reduction
        Need not know the works.
    works
        Of two artists at least.
    seed
        Of the space.
    batch_size
        Works in a batch.
    """
    space = SoftmaxSpace(batch_size=batch_size, n_steps=N_STEPS, random_state=seed)
    space.fit(reduction.transform(works.vectors), works.artists.tolist())
    projection = reduction.unfold(space.projection_)
    return ArtistDirections(reduction.standardisation, projection, space.directions_, space.classes_)


def fit_open_set(space: ArtistDirections, taught: Works, calibrated: Works, cohort: Works) -> OpenSet:
    """Return the scorer, calibrated on works by the same artists that did not teach it.

    Parameters
    ----------
    space
        Learnt from `taught` and `cohort`.
    taught
        Works by the artists that the model knows.
    calibrated
        Others by the same artists; may be empty.
    cohort
        Works by artists whom it does not know; may be empty.
    """
    known, others = space.place(taught), space.place(cohort)
    is_known = np.isin(space.names, taught.artists.tolist())
    open_set = OpenSet(
        known.standardisation,
        known.projection,
        known.rows,
        known.columns,
        directions=space.directions[:, is_known],
        cohort=others.rows,
        cohort_columns=others.columns,
        cohort_directions=space.directions[:, ~is_known],
        cohort_artists=tuple(str(name) for name in space.names[~is_known]),
        scores=np.empty(0),
    )
    return replace(open_set, scores=np.sort(open_set.score(calibrated.vectors)))
