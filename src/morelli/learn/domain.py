"""Learns what the training works look like as a whole, so that what is no painting can be told from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from morelli.model.domain import Domain
from morelli.model.standardisation import Standardisation

Float = NDArray[np.float32]

MAX_COMPONENTS = 16
"""Directions with a variance of their own. With 64 and 256, fewer photographs of sculpture are refused at the
same share of validation works; see docs/judgements.md."""

QUANTILE = 0.995
"""Of the validation works, as many are taken for paintings."""

MIN_VALIDATION_WORKS = 200
"""The fewest of which one is no more than the share refused. With fewer, by artists who are alike, most other
artists would be refused, too."""

_LEAST_NOISE = 1e-3


def fit_domain(vectors: Float, validation_vectors: Float, *, seed: int) -> Domain | None:
    """Return the domain of the training works, its threshold a high quantile over the validation works.

    None where there are fewer than 200 of these, so that the quantile could not be told from their largest.

    Parameters
    ----------
    vectors
        (n, d) float32 of training works, at least two.
    validation_vectors
        (m, d) of works it has not seen. In an ``unseen`` split they are by other artists, so
        that a new artist is not refused for being new.
    seed
        Of the randomised principal components.

    Notes
    -----
    The threshold is a distance that a validation work has.
    """
    if len(validation_vectors) < MIN_VALIDATION_WORKS:
        return None
    standardisation = Standardisation.fit(vectors)
    standard = standardisation.transform(vectors)
    n_components = max(1, min(MAX_COMPONENTS, min(standard.shape) - 1))
    pca = PCA(n_components, svd_solver="randomized", random_state=seed).fit(standard)
    noise = max(float(pca.noise_variance_), _LEAST_NOISE)
    domain = Domain(
        standardisation=standardisation,
        centre=pca.mean_.astype(np.float32),
        components=pca.components_.astype(np.float32),
        variances=np.maximum(pca.explained_variance_, noise).astype(np.float32),
        noise=noise,
        threshold=np.inf,
        quantile=QUANTILE,
    )
    distances = domain.measure_distances(validation_vectors)
    return replace(domain, threshold=float(np.quantile(distances, QUANTILE, method="higher")))
