"""Learns to compare works: spaces, the best set of them on validation pairs, then the likelihood ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from morelli.collection.samples import sample_pairs
from morelli.learn.backend import ContrastiveSpace, DiscriminantSpace, SoftmaxSpace
from morelli.learn.calibration import fit_likelihood_ratio
from morelli.learn.candidates import Candidate, draw_cohort, score_candidates
from morelli.model.comparison import ComparisonHead
from morelli.model.standardisation import Standardisation

Float = NDArray[np.float32]

SPACES = ("lda", "contrastive", "softmax")

VALIDATION_WORKS_PER_ARTIST = 20


@dataclass(frozen=True, eq=False)
class FittedComparison:
    """A comparison head and how it was chosen.

    Parameters
    ----------
    head
        The head, calibrated.
    chosen
        Which candidate it is.
    scores
        ROC AUC on validation pairs of each candidate, by name.
    n_pairs
        How many validation pairs there were.
    """

    head: ComparisonHead
    chosen: Candidate
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
    """Choose and calibrate on the validation works, then learn the chosen spaces again from all works.

    Parameters
    ----------
    vectors, artists
        (n, d) float32 and (n,) names to learn from.
    validation_vectors, validation_artists
        (m, d) and (m,): in an ``unseen`` split works of artists that the spaces had not seen when the choice
        was made.
    seed
        Of the spaces, the cohort and the pairs.

    Raises
    ------
    EvaluationError
        When the validation works make no pair by one hand.

    Notes
    -----
    More artists make better spaces, and artists to validate on are too many to leave unused. The likelihood
    ratio stays that of the first spaces: they had not seen the validation artists, as the last ones have not
    seen whom they will be asked about.
    """
    fitted = choose_comparison(vectors, artists, validation_vectors, validation_artists, seed=seed)
    everything = np.concatenate([vectors, validation_vectors])
    learnt = _learn(fitted.chosen.spaces, everything, [*artists, *validation_artists], seed=seed)
    head = fitted.chosen.build(*learnt)
    return replace(fitted, head=replace(head, slope=fitted.head.slope, intercept=fitted.head.intercept))


def choose_comparison(
    vectors: Float,
    artists: Sequence[str],
    validation_vectors: Float,
    validation_artists: Sequence[str],
    *,
    seed: int,
) -> FittedComparison:
    """Return the head with the highest pair AUC on validation works, calibrated on the same pairs.

    It is learnt from the first works alone; parameters and errors are those of `fit_comparison`.
    """
    pairs = sample_pairs(
        validation_artists,
        works_per_artist=VALIDATION_WORKS_PER_ARTIST,
        rng=np.random.default_rng(seed),
    )
    learnt = _learn(SPACES, vectors, artists, seed=seed)
    scored = [
        (float(roc_auc_score(pairs.same, scores)), candidate, scores)
        for candidate, scores in score_candidates(*learnt, validation_vectors, pairs)
    ]
    _, chosen, scores = max(scored, key=lambda entry: entry[0])
    slope, intercept = fit_likelihood_ratio(scores, pairs.same)
    head = chosen.build(*learnt)
    return FittedComparison(
        head=replace(head, slope=slope, intercept=intercept),
        chosen=chosen,
        scores={str(candidate): auc for auc, candidate, _ in scored},
        n_pairs=len(pairs),
    )


def _learn(
    names: Sequence[str], vectors: Float, artists: Sequence[str], *, seed: int
) -> tuple[Standardisation, dict[str, Float], Float]:
    """Return what a candidate is built from: the standardisation, the spaces named, the cohort."""
    standardisation = Standardisation.fit(vectors)
    standard = standardisation.transform(vectors)
    spaces = {
        "lda": DiscriminantSpace(random_state=seed),
        "contrastive": ContrastiveSpace(random_state=seed),
        "softmax": SoftmaxSpace(random_state=seed),
    }
    projections = {name: spaces[name].fit(standard, list(artists)).projection_ for name in names}
    return standardisation, projections, draw_cohort(vectors, np.random.default_rng(seed))
