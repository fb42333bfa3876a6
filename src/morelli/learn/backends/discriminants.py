"""Linear discriminants: directions in which artists differ more than their own works do."""

from __future__ import annotations

import warnings
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from morelli.learn.backends.linear import LinearSpace


class DiscriminantSpace(LinearSpace):
    """PCA, then linear discriminants with a shrunken within-artist covariance.

    All artists count alike. Each discriminant is scaled by the fourth root of its share of the variance
    between artists, so that the weak ones have a say, but a smaller one.

    Parameters
    ----------
    n_components
        Directions that PCA keeps; fewer when there are fewer works or dimensions.
    n_discriminants
        Dimensions of the space; fewer when there are fewer artists.
    shrinkage
        Share of a sphere in the within-artist covariance, 0..1. Fixed, since the estimate of Ledoit & Wolf
        (2004), made for each artist from a few dozen works, leaves too much of the noise in.
    random_state
        Seed of the randomised PCA.

    Attributes
    ----------
    projection_
        (d, p) float32.
    classes_
        (c,) the artists.

    References
    ----------
    Fisher 1936, The Use of Multiple Measurements in Taxonomic Problems,
    doi 10.1111/j.1469-1809.1936.tb02137.x.
    Friedman 1989, Regularized Discriminant Analysis, doi 10.1080/01621459.1989.10478752.
    """

    def __init__(
        self,
        n_components: int = 512,
        *,
        n_discriminants: int = 60,
        shrinkage: float = 0.3,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.n_discriminants = n_discriminants
        self.shrinkage = shrinkage
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn the space from vectors (n, d) and artists (n,)."""
        vectors, codes = self._validate(X, y)
        n_works, n_dimensions = vectors.shape
        n_artists = len(self.classes_)
        # centred works span one direction less than they are: along the last the discriminants would explode
        n_components = min(self.n_components, max(n_works - 1, 1), n_dimensions)
        pca = PCA(n_components, iterated_power=2, random_state=self.random_state).fit(vectors)
        lda = LinearDiscriminantAnalysis(
            solver="eigen", shrinkage=self.shrinkage, priors=np.full(n_artists, 1 / n_artists)
        )
        with warnings.catch_warnings():  # an artist's only work has no scatter of its own, and needs none
            warnings.filterwarnings("ignore", message="Only one sample available", category=UserWarning)
            lda.fit(pca.transform(vectors), codes)
        kept = slice(min(self.n_discriminants, n_artists - 1, n_components))
        shares = np.maximum(lda.explained_variance_ratio_[kept], 0)
        self.projection_ = (pca.components_.T @ (lda.scalings_[:, kept] * shares**0.25)).astype(np.float32)
        return self
