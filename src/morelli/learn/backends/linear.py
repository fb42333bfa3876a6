"""What the linear spaces share: one matrix, unit rows out, scikit-learn's contract."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from morelli.model.standardisation import unit_rows


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
