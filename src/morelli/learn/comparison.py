"""Learns to compare works: the best of several spaces on validation pairs, then its likelihood ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from morelli.collection.samples import sample_pairs
from morelli.learn.backend import ContrastiveSpace, DiscriminantSpace, SoftmaxSpace
from morelli.learn.calibration import fit_likelihood_ratio
from morelli.model.heads import ComparisonHead, Standardisation

Float = NDArray[np.float32]

RAW_WEIGHTS = (0.0, 0.25, 0.5, 1.0)
"""Weights of the raw cosine beside the learnt one; 0 is the learnt space alone."""

VALIDATION_WORKS_PER_ARTIST = 20


@dataclass(frozen=True, eq=False)
class FittedComparison:
    """A comparison head and how it was chosen.

    Parameters
    ----------
    head
        The head, calibrated.
    scores
        ROC AUC on validation pairs of each candidate, by method and raw weight.
    n_pairs
        How many validation pairs there were.
    """

    head: ComparisonHead
    scores: dict[str, float]
    n_pairs: int


def fit_comparison(
    vectors: Float,
    artists: Sequence[str],
    validation_vectors: Float,
    validation_artists: Sequence[str],
    *,
    seed: int,
) -> FittedComparison:
    """Return the head with the highest pair AUC on validation works, calibrated on the same pairs.

    Parameters
    ----------
    vectors, artists
        (n, d) float32 and (n,) names to learn from.
    validation_vectors, validation_artists
        (m, d) and (m,): in an ``unseen`` split works of artists that the space never saw.
    seed
        Of the spaces and of the pairs.

    Raises
    ------
    EvaluationError
        When the validation works make no pair by one hand.
    """
    pairs = sample_pairs(
        validation_artists,
        works_per_artist=VALIDATION_WORKS_PER_ARTIST,
        rng=np.random.default_rng(seed),
    )
    candidates = _fit_candidates(vectors, artists, seed=seed)
    scored = []
    for head in candidates:
        rows = head.transform(validation_vectors)
        scores = np.einsum("nd,nd->n", rows[pairs.left], rows[pairs.right])
        scored.append((float(roc_auc_score(pairs.same, scores)), head, scores))
    _, head, scores = max(scored, key=lambda entry: entry[0])
    slope, intercept = fit_likelihood_ratio(scores, pairs.same)
    return FittedComparison(
        head=replace(head, slope=slope, intercept=intercept),
        scores={_describe(head): auc for auc, head, _ in scored},
        n_pairs=len(pairs),
    )


def _fit_candidates(vectors: Float, artists: Sequence[str], *, seed: int) -> list[ComparisonHead]:
    standardisation = Standardisation.fit(vectors)
    standard = standardisation.transform(vectors)
    spaces = {
        "lda": DiscriminantSpace(random_state=seed),
        "contrastive": ContrastiveSpace(random_state=seed),
        "softmax": SoftmaxSpace(random_state=seed),
    }
    heads = [ComparisonHead(standardisation, "cosine", None, 0.0)]
    for method, space in spaces.items():
        projection = space.fit(standard, list(artists)).projection_
        heads += [
            ComparisonHead(standardisation, f"{method}+raw" if weight else method, projection, weight)
            for weight in RAW_WEIGHTS
        ]
    return heads


def _describe(head: ComparisonHead) -> str:
    return f"{head.method} {head.raw_weight:g}" if head.raw_weight else head.method
