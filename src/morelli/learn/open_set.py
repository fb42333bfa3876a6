"""Learns which works are by none of the known artists, and calibrates how many are turned away wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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


def learn_nearest_works(
    vectors: Float, artists: Sequence[str], *, seed: int, n_components: int = MAX_COMPONENTS
) -> NearestWorks:
    """Return the works that teach, in a space learnt from them.

    Parameters
    ----------
    vectors, artists
        (n, d) float32 and (n,) names; the columns are the names' in their sorted order.
    seed
        Of the space.
    n_components
        Principal directions that the space is learnt from, or all where there are fewer.
    """
    standardisation = Standardisation.fit(vectors)
    standard = standardisation.transform(vectors)
    pca = PCA(min(n_components, *standard.shape), iterated_power=2, random_state=seed).fit(standard)
    space = SoftmaxSpace(random_state=seed).fit(standard @ pca.components_.T, list(artists))
    columns = np.unique(np.asarray(artists, dtype=object), return_inverse=True)[1].astype(np.int32)
    projection = (pca.components_.T @ space.projection_).astype(np.float32)
    empty = NearestWorks(standardisation, projection, np.empty((0, 0), np.float32), columns)
    return replace(empty, rows=empty.transform(vectors))


def fit_open_set(
    nearest: NearestWorks,
    calibration_vectors: Float,
    calibration_probabilities: NDArray[np.floating],
    *,
    cohort_vectors: Float,
    cohort_artists: Sequence[str],
) -> OpenSet:
    """Return the scorer, calibrated on works by the same artists that did not teach.

    Parameters
    ----------
    nearest
        The works that taught.
    calibration_vectors
        (m, d) float32; may be none, (0, d).
    calibration_probabilities
        (m, c) of the artists.
    cohort_vectors, cohort_artists
        (k, d) float32 and (k,) names of works by other artists; may be none, (0, d).
    """
    names, columns = np.unique(np.asarray(cohort_artists, dtype=object), return_inverse=True)
    open_set = OpenSet(
        nearest.standardisation,
        nearest.projection,
        nearest.rows,
        nearest.columns,
        scores=np.empty(0),
        cohort=nearest.transform(cohort_vectors),
        cohort_columns=columns.astype(np.int32),
        cohort_artists=tuple(str(name) for name in names),
    )
    return replace(open_set, scores=np.sort(open_set.score(calibration_vectors, calibration_probabilities)))
