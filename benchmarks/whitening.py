"""Whitening: every direction counts alike."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.decomposition import PCA

from morelli.learn.heads.spaces import LinearSpace


class WhiteningSpace(LinearSpace):
    """PCA with all kept directions scaled to the same variance; artists are not looked at.

    It stands here to be compared with: most directions carry the subject, and whitening makes them loud.

    Parameters
    ----------
    n_components
        Directions kept; fewer when there are fewer works or dimensions.
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
    Jégou & Chum 2012, Negative evidences and co-occurences in image retrieval: the benefit of PCA and
    whitening, doi 10.1007/978-3-642-33709-3_55.
    """

    def __init__(
        self, n_components: int = 512, *, random_state: int | np.random.RandomState | None = None
    ) -> None:
        self.n_components = n_components
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn the directions from vectors (n, d); artists (n,) are only checked."""
        vectors, _ = self._validate(X, y)
        n_components = min(self.n_components, max(len(vectors) - 1, 1), vectors.shape[1])
        pca = PCA(n_components, iterated_power=2, random_state=self.random_state).fit(vectors)
        scales = np.sqrt(np.maximum(pca.explained_variance_, np.finfo(np.float32).tiny))
        self.projection_ = (pca.components_ / scales[:, None]).T.astype(np.float32)
        return self
