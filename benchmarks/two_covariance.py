"""Two-covariance PLDA: a likelihood ratio from a model of artists and their works."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import eigh
from sklearn.decomposition import PCA

from morelli.learn.heads.spaces import LinearSpace

Float = NDArray[np.float32]
Float64 = NDArray[np.float64]


class TwoCovariance(LinearSpace):
    """Artists vary around a mean with one covariance, the works of each around the artist with another.

    Both covariances are estimated after PCA and made diagonal together, so that within an artist every
    direction has variance 1 and between artists the variance `between_`. Rows of `transform` are then scaled
    such that their dot product is the term of the likelihood ratio in which both works stand.

    Parameters
    ----------
    n_components
        Directions that PCA keeps; fewer when there are fewer works or dimensions.
    shrinkage
        Share of a sphere in the within-artist covariance, 0..1.
    random_state
        Seed of the randomised PCA.

    Attributes
    ----------
    mean_
        (d,) float64, of the artists' means.
    directions_
        (d, p) float64, into the coordinates in which both covariances are diagonal.
    between_
        (p,) float64, variance between artists, of the works of one artist being 1.
    projection_
        (d, p) float32, directions scaled for the dot product.
    classes_
        (c,) the artists.

    References
    ----------
    Ioffe 2006, Probabilistic Linear Discriminant Analysis, doi 10.1007/11744085_41.
    Brümmer & de Villiers 2010, The speaker partitioning problem, Odyssey 2010 (the two-covariance model).
    """

    def __init__(
        self,
        n_components: int = 512,
        *,
        shrinkage: float = 0.3,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.shrinkage = shrinkage
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn both covariances from vectors (n, d) and artists (n,); all artists count alike."""
        vectors, codes = self._validate(X, y)
        n_components = min(self.n_components, max(len(vectors) - 1, 1), vectors.shape[1])
        pca = PCA(n_components, iterated_power=2, random_state=self.random_state).fit(vectors)
        rows = pca.transform(vectors).astype(np.float64)
        means = np.stack([rows[codes == code].mean(axis=0) for code in range(len(self.classes_))])
        counts = np.bincount(codes)
        within = _average_scatter(rows - means[codes], codes, counts)
        sphere = np.trace(within) / n_components
        within = (1 - self.shrinkage) * within + (self.shrinkage * sphere + 1e-9) * np.eye(n_components)
        centre = means.mean(axis=0)
        # the scatter of the means holds a share of the works' own, which is taken off below
        between = np.cov(means, rowvar=False, bias=True).reshape(n_components, n_components)
        values, directions = eigh(between, within)
        self.between_ = np.maximum(values - (1 / counts).mean(), 0.0)
        self.directions_ = pca.components_.T.astype(np.float64) @ directions
        self.mean_ = pca.mean_.astype(np.float64) + pca.components_.T.astype(np.float64) @ centre
        weights = np.sqrt(self.between_ / (1 + 2 * self.between_))
        self.projection_ = (self.directions_ * weights).astype(np.float32)
        return self

    def log_likelihood_ratio(self, left: ArrayLike, right: ArrayLike) -> float:
        """Return the natural log of p(left, right | one artist) / p(left, right | two artists).

        Parameters
        ----------
        left, right
            (n, d) and (m, d) vectors of the works on each side: an artist may be enrolled by several.

        Notes
        -----
        With r works of coordinate sums s, the works of one artist have, beside terms that cancel, the log
        density ``-log(1 + r b) / 2 + b s^2 / (2 (1 + r b))`` in each direction with variance b between
        artists.
        """
        sums, counts = [], []
        for side in (left, right):
            vectors = np.atleast_2d(np.asarray(side, dtype=np.float64))
            sums.append(((vectors - self.mean_) @ self.directions_).sum(axis=0))
            counts.append(len(vectors))
        together = self._log_evidence(sums[0] + sums[1], counts[0] + counts[1])
        return together - self._log_evidence(sums[0], counts[0]) - self._log_evidence(sums[1], counts[1])

    def score_rows(self, vectors: ArrayLike) -> tuple[Float64, Float64]:
        """Return what pairs of single works need: coordinates (n, p) and a term (n,) of each work alone.

        The log likelihood ratio of works i and j is ``rows[i] @ rows[j] + terms[i] + terms[j]``, and a
        constant that all pairs share is divided between the two terms.
        """
        between = self.between_
        rows = (np.asarray(vectors, dtype=np.float64) - self.mean_) @ self.directions_
        alone = -(between**2) / (2 * (1 + between) * (1 + 2 * between))
        constant = 0.5 * float((np.log1p(between) - 0.5 * np.log1p(2 * between)).sum())
        return rows * np.sqrt(between / (1 + 2 * between)), (rows**2) @ alone + constant

    def _log_evidence(self, total: Float64, count: int) -> float:
        spread = 1 + count * self.between_
        return float((-0.5 * np.log(spread) + self.between_ * total**2 / (2 * spread)).sum())


def normalise_scores(
    scores: Float64, left: Float64, right: Float64, *, n_nearest: int | None = None
) -> Float64:
    """Return scores relative to those that each side has with a cohort: adaptive symmetric normalisation.

    Parameters
    ----------
    scores
        (p,) of pairs.
    left, right
        (p, m) scores of each side with m works of a cohort, none by the artists in question.
    n_nearest
        Only so many highest scores of each side are taken; None: all (plain s-norm).

    Returns
    -------
    normalised
        (p,) mean of the two standard scores.

    References
    ----------
    Matejka et al. 2017, Analysis of score normalization in multilingual speaker recognition, doi
    10.21437/Interspeech.2017-803.

    Examples
    --------
    >>> normalise_scores(np.array([3.0]), np.array([[0.0, 2.0]]), np.array([[1.0, 3.0]])).tolist()
    [1.5]
    """
    relative = []
    for cohort in (left, right):
        taken = cohort if n_nearest is None else np.partition(cohort, -n_nearest, axis=1)[:, -n_nearest:]
        relative.append((scores - taken.mean(axis=1)) / np.maximum(taken.std(axis=1), 1e-9))
    normalised: Float64 = (relative[0] + relative[1]) / 2
    return normalised


def _average_scatter(residuals: Float64, codes: NDArray[np.int64], counts: NDArray[np.int64]) -> Float64:
    """Return the mean over artists with two works or more of the covariance of their works."""
    several = counts > 1
    weights = np.where(several, 1 / np.maximum(counts - 1, 1), 0.0)[codes] / max(int(several.sum()), 1)
    scatter: Float64 = (residuals * weights[:, None]).T @ residuals
    return scatter
