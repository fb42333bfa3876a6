"""Learns which works are by none of the known artists, and calibrates how many are turned away wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from morelli.learn.backends import SoftmaxSpace
from morelli.model.nearest_works import NearestWorks
from morelli.model.open_set import OpenSet
from morelli.model.standardisation import Standardisation

Float = NDArray[np.float32]

MAX_COMPONENTS = 2048
"""Principal directions that the space is learnt from; with half of them it tells less: see docs/models.md."""

BATCH_SIZE = 1024
"""Works in a batch of the space; with a quarter of them it tells less: see docs/models.md."""

N_STEPS = 400
"""Gradient steps of the space; with half of them it tells a little less: see docs/models.md."""


@dataclass(frozen=True, eq=False)
class _Space:
    """A softmax space of standardised vectors: (d, p) projection, (p, c) directions of the sorted names."""

    standardisation: Standardisation
    projection: Float
    directions: Float
    names: NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Works:
    """Works with their artists.

    Parameters
    ----------
    vectors, artists
        (n, d) float32 and (n,) names.
    """

    vectors: Float
    artists: NDArray[np.object_]

    @classmethod
    def of(cls, vectors: Float, artists: Sequence[str]) -> Works:
        """Return works, given the names as a list."""
        return cls(vectors, np.asarray(artists, dtype=object))

    def __add__(self, other: Works) -> Works:
        """Return both together."""
        return Works(
            np.concatenate([self.vectors, other.vectors]), np.concatenate([self.artists, other.artists])
        )

    def select(self, names: Sequence[str], *, is_among: bool = True) -> Works:
        """Return the works by some artists, or by all others."""
        kept = np.isin(self.artists, np.asarray(names, dtype=object)) == is_among
        return Works(self.vectors[kept], self.artists[kept])


def learn_nearest_works(taught: Works, cohort: Works | None = None, *, seed: int) -> NearestWorks:
    """Return the works that teach, in a space learnt from them and from those of a cohort.

    Parameters
    ----------
    taught
        Its artists' columns are in the sorted order of their names.
    cohort
        Works by other artists; None or empty: there are none.
    seed
        Of the space.
    """
    return _place_works(_learn_space(taught, cohort, seed, MAX_COMPONENTS, BATCH_SIZE), taught)


def fit_open_set(
    taught: Works,
    calibrated: Works,
    cohort: Works,
    *,
    seed: int,
    n_components: int = MAX_COMPONENTS,
    batch_size: int = BATCH_SIZE,
) -> OpenSet:
    """Return the scorer, calibrated on works by the same artists that did not teach it.

    Parameters
    ----------
    taught
        Works by the artists that the model knows.
    calibrated
        Others by the same artists; may be empty.
    cohort
        Works by artists whom it does not know; may be empty.
    seed
        Of the space.
    n_components
        Principal directions that the space is learnt from, or all where there are fewer.
    batch_size
        Works in a batch.
    """
    space = _learn_space(taught, cohort, seed, n_components, batch_size)
    known, others = _place_works(space, taught), _place_works(space, cohort)
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


def _learn_space(
    taught: Works, cohort: Works | None, seed: int, n_components: int, batch_size: int
) -> _Space:
    works = taught if cohort is None else taught + cohort
    standardisation = Standardisation.fit(works.vectors)
    standard = standardisation.transform(works.vectors)
    pca = PCA(min(n_components, *standard.shape), iterated_power=2, random_state=seed).fit(standard)
    space = SoftmaxSpace(batch_size=batch_size, n_steps=N_STEPS, random_state=seed)
    space.fit(standard @ pca.components_.T, works.artists.tolist())
    projection = (pca.components_.T @ space.projection_).astype(np.float32)
    return _Space(standardisation, projection, space.directions_, space.classes_)


def _place_works(space: _Space, works: Works) -> NearestWorks:
    columns = np.unique(works.artists, return_inverse=True)[1].astype(np.int32)
    empty = NearestWorks(space.standardisation, space.projection, np.empty((0, 0), np.float32), columns)
    return replace(empty, rows=empty.transform(works.vectors))
