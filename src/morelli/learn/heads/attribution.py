"""How it is learnt who painted what: a multinomial logistic regression, and the nearest works beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA, KernelPCA
from sklearn.linear_model import LogisticRegression

from morelli.learn.heads.calibration import (
    choose_scaling,
    compare_with_nearness,
    fit_nearness,
    fit_temperature,
    fit_vector_scaling,
)
from morelli.learn.heads.works import Works
from morelli.model.attribution import AttributionHead, NearestWorks
from morelli.model.standardisation import Standardisation

_Float = NDArray[np.float32]

MAX_REDUCED = 2048  # directions that are kept; with half of them unknown artists are told less well
_LEAST_SHARE = 1e-6  # of the strongest direction's variance: weaker ones are rounding, in float32
_MAX_COMPONENTS = 1024  # that the regression sees: with L2 it is unchanged by the rotation, and much faster
_STRENGTHS = (1e-2, 3e-2, 1e-1, 3e-1)  # inverse regularisation C; each fit warm-starts the next


@dataclass(frozen=True, eq=False)
class Reduction:
    """Standardised vectors along their leading principal directions: the same cosines in fewer numbers."""

    standardisation: Standardisation  # applied first
    components: _Float  # (d, k) float32 orthonormal columns, by falling variance

    @classmethod
    def fit(cls, vectors: _Float, n_components: int = MAX_REDUCED) -> Reduction:
        """Return the reduction of (n, d) vectors to at most `n_components` directions."""
        standardisation = Standardisation.fit(vectors)
        return cls(standardisation, _find_directions(standardisation.transform(vectors), n_components))

    def transform(self, vectors: _Float) -> _Float:
        """Return (n, k) float32 of vectors (n, d)."""
        reduced: _Float = self.standardisation.transform(vectors) @ self.components
        return reduced

    def unfold(self, projection: _Float) -> _Float:
        """Return the (d, p) matrix for standardised vectors of a (j, p) one for their first j directions."""
        unfolded: _Float = (self.components[:, : len(projection)] @ projection).astype(np.float32)
        return unfolded


def _find_directions(rows: _Float, n_components: int) -> _Float:
    """Return the leading principal directions of rows (n, d) as orthonormal columns (d, k) float32.

    Found exactly, and so without a seed, from the smaller of two matrices that have the same eigenvalues: the
    covariance of the dimensions (d, d), or the dot products of the works (n, n) (Schölkopf, Smola & Müller
    1998, doi 10.1162/089976698300017467, with a linear kernel).
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
    directions: _Float = centred.T @ weights.astype(np.float32)
    return directions


@dataclass(frozen=True, eq=False)
class FittedAttribution:
    """An attribution head and how it was chosen."""

    head: AttributionHead
    strength: float  # the C that was chosen
    scores: dict[str, float]  # validation accuracy of each C that was tried
    losses: dict[str, float]  # cross-validated log loss by way to scale; empty with too few works


def fit_attribution(
    reduction: Reduction, train: Works, validation: Works, *, strengths: Sequence[float] = _STRENGTHS
) -> FittedAttribution:
    """Return the head with the best validation accuracy, the stronger regularised one in a tie.

    The reduction is that of the training works, whose artists are weighted to count alike.
    """
    rows, validation_rows = (
        reduction.transform(works.vectors)[:, :_MAX_COMPONENTS] for works in (train, validation)
    )
    names, codes = np.unique(train.artists, return_inverse=True)
    truth = np.searchsorted(names, validation.artists)
    regression = LogisticRegression(class_weight="balanced", warm_start=True, max_iter=200, tol=1e-3)
    candidates = []
    for strength in sorted(strengths):
        regression.set_params(C=strength).fit(rows, codes)
        coefficients, intercepts = _multinomial_form(regression)
        logits = validation_rows @ coefficients + intercepts
        accuracy = float((logits.argmax(axis=1) == truth).mean())
        candidates.append((accuracy, strength, coefficients, intercepts, logits))
    accuracy, strength, coefficients, intercepts, logits = max(candidates, key=lambda c: (c[0], -c[1]))
    temperature = fit_temperature(logits, truth)
    scaling, losses = choose_scaling(logits, truth, validation.groups)
    if scaling == "vector":  # folded into the regression, which then needs no temperature
        vector = fit_vector_scaling(logits, truth)
        coefficients = (coefficients * vector.weights).astype(np.float32)
        intercepts = (intercepts * vector.weights + vector.biases).astype(np.float32)
        temperature = 1.0
    head = AttributionHead(
        standardisation=reduction.standardisation,
        artists=tuple(str(name) for name in names),
        coefficients=reduction.unfold(coefficients),
        intercepts=intercepts.astype(np.float32),
        temperature=temperature,
    )
    scores = {f"{candidate[1]:g}": candidate[0] for candidate in candidates}
    return FittedAttribution(head=head, strength=strength, scores=scores, losses=losses)


def add_nearness(fitted: FittedAttribution, nearest: NearestWorks, validation: Works) -> FittedAttribution:
    """Return the head with the nearest training works beside the regression, if that lowers the log loss."""
    head = fitted.head
    truth = np.searchsorted(head.artists, validation.artists)
    logits = head.predict_logits(validation.vectors) / head.temperature
    nearness = nearest.nearness(nearest.transform(validation.vectors))
    losses = compare_with_nearness(logits, nearness, truth, validation.groups)
    if losses and losses["nearness"] >= losses["regression"]:
        return fitted
    weight, of_nearness = fit_nearness(logits, nearness, truth)
    fused = replace(
        head,
        nearest=nearest,
        nearness_weight=of_nearness * head.temperature / weight,
        temperature=head.temperature / weight,
    )
    further = {"nearness": losses["nearness"]} if losses else {}
    return replace(fitted, head=fused, losses={**fitted.losses, **further})


def _multinomial_form(regression: LogisticRegression) -> tuple[_Float, _Float]:
    """Return (d, c) coefficients and (c,) intercepts, also for two artists, who share one logit."""
    coefficients, intercepts = regression.coef_.T.copy(), regression.intercept_.copy()
    if coefficients.shape[1] == 1:
        coefficients = np.hstack([-coefficients / 2, coefficients / 2])
        intercepts = np.array([-intercepts[0] / 2, intercepts[0] / 2])
    return coefficients, intercepts
