"""The spaces in which works by one hand lie close: one matrix each, unit rows out, scikit-learn's contract.

Two are learnt by gradient; the third by linear discriminants, directions in which artists differ more than
their own works do.
"""

from __future__ import annotations

import threading
import warnings
from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from morelli.learn.heads.descent import Batch, Loss, NormalisedSoftmax, SupervisedContrastive, descend
from morelli.model.standardisation import unit_rows

_WARNINGS = threading.Lock()  # which warnings are shown is one setting for all threads


class LinearSpace(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A matrix learnt from vectors and artists."""

    projection_: NDArray[np.float32]

    def transform(self, X: ArrayLike) -> NDArray[np.float32]:
        """Return unit rows (n, p) float32 of vectors (n, d)."""
        check_is_fitted(self)
        vectors = validate_data(self, X, reset=False, dtype=np.float32)
        return unit_rows(vectors @ self.projection_)

    @property
    def _n_features_out(self) -> int:
        return int(self.projection_.shape[1])

    def _validate(self, X: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        vectors, labels = validate_data(self, X, y, dtype=np.float32, ensure_min_samples=2)
        check_classification_targets(labels)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("y: expected at least 2 classes, found 1 class; give works of more artists.")
        return vectors, codes

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


class _TrainedSpace(LinearSpace, ABC):
    """A projection learnt by gradient under strong input dropout.

    Dropping most of the input at each step keeps the projection from leaning on the few dimensions that tell
    the training artists apart, so that it holds for artists never seen.
    """

    n_components: int
    dropout: float
    n_steps: int
    learning_rate: float
    weight_decay: float
    random_state: int | np.random.RandomState | None

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn the space from vectors (n, d) and artists (n,)."""
        vectors, codes = self._validate(X, y)
        rng = np.random.default_rng(check_random_state(self.random_state).randint(2**31 - 1))
        n_components = min(self.n_components, vectors.shape[1])
        projection = _draw_orthogonal(vectors.shape[1], n_components, rng)
        loss = self._make_loss(len(self.classes_), n_components, rng)
        by_artist = [np.flatnonzero(codes == code) for code in range(len(self.classes_))]

        def draw() -> Batch:
            rows = self._draw_batch(by_artist, rng)
            is_kept = rng.random((len(rows), vectors.shape[1]), dtype=np.float32) >= self.dropout
            return vectors[rows] * is_kept, codes[rows]

        descend(
            projection,
            loss,
            draw,
            n_steps=self.n_steps,
            learning_rate=self.learning_rate,
            weight_decay=self.weight_decay,
        )
        self.projection_ = projection
        self._keep(loss)
        return self

    def _keep(self, loss: Loss) -> None:
        """Take from the loss what it has learnt itself; usually nothing."""

    @abstractmethod
    def _make_loss(self, n_classes: int, n_components: int, rng: np.random.Generator) -> Loss:
        """Return a loss over (b, p) unit rows and (b,) codes; it may have weights of its own."""

    @abstractmethod
    def _draw_batch(self, by_artist: list[NDArray[np.int64]], rng: np.random.Generator) -> NDArray[np.int64]:
        """Return the rows of one step, given the rows of each artist."""


def _draw_orthogonal(n_rows: int, n_columns: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return (n_rows, n_columns) orthonormal columns, any as likely as another: arXiv math-ph/0609050."""
    columns, upper = np.linalg.qr(rng.standard_normal((n_rows, n_columns)))
    return np.ascontiguousarray(columns * np.sign(np.diag(upper)), dtype=np.float32)


class ContrastiveSpace(_TrainedSpace):
    """A linear projection learnt with the supervised contrastive loss and strong input dropout.

    Khosla et al. 2020, arXiv 2004.11362; AdamW (Loshchilov & Hutter 2019) under a one-cycle schedule.

    Parameters
    ----------
    n_components
        Dimensions p of the space; `projection_` is (d, p) float32.
    dropout
        Share of the input dimensions hidden at each step, 0..1.
    temperature
        Divides the cosines in the loss.
    n_artists, n_works
        Artists in a batch and works of each.
    """

    def __init__(
        self,
        n_components: int = 256,
        *,
        dropout: float = 0.7,
        temperature: float = 0.1,
        n_steps: int = 200,
        learning_rate: float = 2e-3,
        weight_decay: float = 1e-4,
        n_artists: int = 32,
        n_works: int = 8,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.dropout = dropout
        self.temperature = temperature
        self.n_steps = n_steps
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.n_artists = n_artists
        self.n_works = n_works
        self.random_state = random_state

    def _make_loss(self, n_classes: int, n_components: int, rng: np.random.Generator) -> Loss:
        return SupervisedContrastive(self.temperature)

    def _draw_batch(self, by_artist: list[NDArray[np.int64]], rng: np.random.Generator) -> NDArray[np.int64]:
        artists = rng.permutation(len(by_artist))[: self.n_artists]
        rows: NDArray[np.int64] = np.concatenate(
            [rng.permutation(by_artist[artist])[: self.n_works] for artist in artists]
        )
        return rows


class SoftmaxSpace(_TrainedSpace):
    """A linear projection learnt by naming artists from the cosine with one learnt direction each.

    Zhai & Wu 2019, arXiv 1811.12649. It errs on other pairs than the other spaces, so that it is worth most
    beside them: see docs/models.md.

    Parameters
    ----------
    n_components
        Dimensions p of the space; `projection_` is (d, p), `directions_` (p, c) with a unit column by artist.
    dropout
        Share of the input dimensions hidden at each step, 0..1.
    temperature
        Divides the cosines before the softmax.
    batch_size
        Works in a batch; every artist is as likely as the other.
    """

    def __init__(
        self,
        n_components: int = 512,
        *,
        dropout: float = 0.5,
        temperature: float = 0.0625,
        n_steps: int = 200,
        learning_rate: float = 2e-3,
        weight_decay: float = 1e-4,
        batch_size: int = 256,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.dropout = dropout
        self.temperature = temperature
        self.n_steps = n_steps
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.random_state = random_state

    def _make_loss(self, n_classes: int, n_components: int, rng: np.random.Generator) -> Loss:
        spread = (2 / (n_components + n_classes)) ** 0.5  # Glorot & Bengio 2010
        directions = spread * rng.standard_normal((n_components, n_classes), dtype=np.float32)
        return NormalisedSoftmax(directions.astype(np.float32), self.temperature)

    def _keep(self, loss: Loss) -> None:
        (directions,) = loss.weights
        self.directions_ = (directions / np.linalg.norm(directions, axis=0)).astype(np.float32)

    def _draw_batch(self, by_artist: list[NDArray[np.int64]], rng: np.random.Generator) -> NDArray[np.int64]:
        counts = np.array([len(own) for own in by_artist])
        starts = np.cumsum(counts) - counts
        artists = rng.integers(len(by_artist), size=self.batch_size)
        places = starts[artists] + rng.integers(counts[artists])
        rows: NDArray[np.int64] = np.concatenate(by_artist)[places]
        return rows


class DiscriminantSpace(LinearSpace):
    """PCA, then linear discriminants with a shrunken within-artist covariance; all artists count alike.

    Fisher 1936, doi 10.1111/j.1469-1809.1936.tb02137.x; Friedman 1989, doi 10.1080/01621459.1989.10478752.
    Each discriminant is scaled by the fourth root of its share of the variance between artists.

    Parameters
    ----------
    n_components, n_discriminants
        Directions that PCA keeps, and dimensions of the space; fewer with fewer works, dimensions, artists.
    shrinkage
        Share of a sphere in the within-artist covariance, 0..1. Fixed, since the estimate of Ledoit & Wolf
        (2004), made for each artist from a few dozen works, leaves too much of the noise in.
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
        with (
            _WARNINGS,
            warnings.catch_warnings(),
        ):  # an artist's only work has no scatter of its own, and needs none
            warnings.filterwarnings("ignore", message="Only one sample available", category=UserWarning)
            lda.fit(pca.transform(vectors), codes)
        kept = slice(min(self.n_discriminants, n_artists - 1, n_components))
        shares = np.maximum(lda.explained_variance_ratio_[kept], 0)
        self.projection_ = (pca.components_.T @ (lda.scalings_[:, kept] * shares**0.25)).astype(np.float32)
        return self
