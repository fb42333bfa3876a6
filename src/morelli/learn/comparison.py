"""Learns to compare works: the best of several spaces, alone and together, then their likelihood ratio."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from morelli.collection.samples import Pairs, sample_pairs, score_pairs
from morelli.learn.backend import ContrastiveSpace, DiscriminantSpace, SoftmaxSpace
from morelli.learn.calibration import fit_likelihood_ratio
from morelli.model.heads import ComparisonHead, Standardisation

Float = NDArray[np.float32]
Scores = NDArray[np.float64]

RAW_WEIGHTS = (0.0, 0.25, 0.5, 1.0)
"""Weights of the raw cosine beside those of the learnt spaces; 0 leaves it out."""

VALIDATION_WORKS_PER_ARTIST = 20


@dataclass(frozen=True, eq=False)
class FittedComparison:
    """A comparison head and how it was chosen.

    Parameters
    ----------
    head
        The head, calibrated.
    scores
        ROC AUC on validation pairs of each candidate, by its spaces and raw weight.
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
    standardisation = Standardisation.fit(vectors)
    projections = _fit_projections(standardisation.transform(vectors), artists, seed=seed)
    scored = [
        (float(roc_auc_score(pairs.same, scores)), head, scores)
        for head, scores in _score(standardisation, projections, validation_vectors, pairs)
    ]
    _, head, scores = max(scored, key=lambda entry: entry[0])
    slope, intercept = fit_likelihood_ratio(scores, pairs.same)
    return FittedComparison(
        head=replace(head, slope=slope, intercept=intercept),
        scores={_describe(head): auc for auc, head, _ in scored},
        n_pairs=len(pairs),
    )


def _fit_projections(standard: Float, artists: Sequence[str], *, seed: int) -> dict[str, Float]:
    spaces = {
        "lda": DiscriminantSpace(random_state=seed),
        "contrastive": ContrastiveSpace(random_state=seed),
        "softmax": SoftmaxSpace(random_state=seed),
    }
    return {name: space.fit(standard, list(artists)).projection_ for name, space in spaces.items()}


def _score(
    standardisation: Standardisation, projections: dict[str, Float], vectors: Float, pairs: Pairs
) -> Iterator[tuple[ComparisonHead, Scores]]:
    """Yield the standardised cosine, then every set of spaces with every weight of it, and their scores.

    A head's score is the weighted mean of cosines, so each space scores the pairs once only.
    """
    plain = ComparisonHead(standardisation)
    raw = score_pairs(plain.transform(vectors), pairs.left, pairs.right)
    yield plain, raw
    cosines = {
        name: score_pairs(
            ComparisonHead(standardisation, {name: projection}).transform(vectors), pairs.left, pairs.right
        )
        for name, projection in projections.items()
    }
    for n_spaces in range(1, len(projections) + 1):
        for names in combinations(projections, n_spaces):
            learnt = np.mean([cosines[name] for name in names], axis=0)
            chosen = {name: projections[name] for name in names}
            for weight in RAW_WEIGHTS:
                yield ComparisonHead(standardisation, chosen, weight), (learnt + weight * raw) / (1 + weight)


def _describe(head: ComparisonHead) -> str:
    return f"{head.method} {head.raw_weight:g}" if head.raw_weight else head.method
