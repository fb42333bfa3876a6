"""Standardised vectors along their principal directions: the same cosines in fewer numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA, KernelPCA

from morelli.model.standardisation import Standardisation

Float = NDArray[np.float32]

MAX_COMPONENTS = 2048
"""Principal directions that are kept; with half of them strangers are told less well: see docs/models.md."""

_LEAST_SHARE = 1e-6
"""Of the strongest direction's variance: weaker ones are rounding, in float32."""


@dataclass(frozen=True, eq=False)
class Reduction:
    """Standardises vectors and turns them to the leading principal directions of the works it was fitted on.

    Parameters
    ----------
    standardisation
        Applied first.
    components
        (d, k) float32 orthonormal columns, by falling variance.
    """

    standardisation: Standardisation
    components: Float

    @classmethod
    def fit(cls, vectors: Float, n_components: int = MAX_COMPONENTS) -> Reduction:
        """Return the reduction of (n, d) vectors to at most `n_components` directions."""
        standardisation = Standardisation.fit(vectors)
        return cls(standardisation, find_directions(standardisation.transform(vectors), n_components))

    def transform(self, vectors: Float) -> Float:
        """Return (n, k) float32 of vectors (n, d)."""
        reduced: Float = self.standardisation.transform(vectors) @ self.components
        return reduced

    def unfold(self, projection: Float) -> Float:
        """Return the (d, p) matrix for standardised vectors of a (j, p) one for their first j directions."""
        unfolded: Float = (self.components[:, : len(projection)] @ projection).astype(np.float32)
        return unfolded


def find_directions(rows: Float, n_components: int) -> Float:
    """Return the leading principal directions of rows (n, d) as orthonormal columns (d, k) float32.

    Found exactly, and so without a seed, from the smaller of two matrices that have the same eigenvalues: the
    covariance of the dimensions (d, d), or the dot products of the works (n, n) (Schölkopf, Smola & Müller
    1998, doi 10.1162/089976698300017467, with a linear kernel).

    Parameters
    ----------
    rows
        At least two.
    n_components
        Of these directions; fewer where the rows span fewer.
    """
    n_works, n_dimensions = rows.shape
    n_components = min(n_components, n_works - 1, n_dimensions)
    if n_dimensions <= n_works:
        pca = PCA(n_components, svd_solver="covariance_eigh").fit(rows)
        spans = pca.explained_variance_ > _LEAST_SHARE * pca.explained_variance_[0]
        return np.ascontiguousarray(pca.components_[spans].T, dtype=np.float32)
    centred = rows - rows.mean(axis=0)
    dual = KernelPCA(n_components, eigen_solver="dense").fit(centred)
    spans = dual.eigenvalues_ > _LEAST_SHARE * dual.eigenvalues_[0]
    weights = dual.eigenvectors_[:, spans] / np.sqrt(dual.eigenvalues_[spans])
    directions: Float = centred.T @ weights.astype(np.float32)
    return directions
