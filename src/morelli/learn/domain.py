"""Learns what the training works look like as a whole, so that what is no painting can be told from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from morelli.model.domain import Domain
from morelli.model.standardisation import Standardisation

Float = NDArray[np.float32]

MAX_COMPONENTS = 64
"""Directions with a variance of their own; over 16 to 128 the share refused hardly changes, see
docs/judgements.md."""

QUANTILE = 0.995
"""Of the validation works, as many are taken for paintings."""

_LEAST_NOISE = 1e-3


def fit_domain(vectors: Float, validation_vectors: Float, *, seed: int) -> Domain:
    """Return the domain of the training works, its threshold a high quantile over the validation works.

    Parameters
    ----------
    vectors
        (n, d) float32 of training works, at least two.
    validation_vectors
        (m, d) of works it has not seen, at least one. In an ``unseen`` split they are by other artists, so
        that a new artist is not refused for being new.
    seed
        Of the randomised principal components.

    Notes
    -----
    The threshold is a distance that a validation work has: with fewer than 200 of them it is the largest.
    """
    standardisation = Standardisation.fit(vectors)
    standard = (vectors - standardisation.mean) / standardisation.scale
    n_components = max(1, min(MAX_COMPONENTS, min(standard.shape) - 1))
    pca = PCA(n_components, svd_solver="randomized", random_state=seed).fit(standard)
    noise = max(float(pca.noise_variance_), _LEAST_NOISE)
    domain = Domain(
        mean=standardisation.mean,
        scale=standardisation.scale,
        components=pca.components_.astype(np.float32),
        variances=np.maximum(pca.explained_variance_, noise).astype(np.float32),
        noise=noise,
        threshold=np.inf,
        quantile=QUANTILE,
    )
    distances = domain.measure_distances(validation_vectors)
    return replace(domain, threshold=float(np.quantile(distances, QUANTILE, method="higher")))
