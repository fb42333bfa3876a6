"""Cross-fitting over artists: what spaces say of artists whom they had not seen.

The artists are divided into groups. For each group the spaces are learnt from all others and score its works.
Together that gives scores for every artist, and none comes from spaces that knew him.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from morelli.collection.samples import Pairs, sample_pairs
from morelli.learn.candidates import Candidate, Learnt, score_candidates
from morelli.model.comparison import ComparisonHead

Float = NDArray[np.float32]

N_GROUPS = 4
"""Groups of artists: each time three quarters of them teach, nearly as many as the last spaces learn from."""

MIN_ARTISTS = 3
"""Artists with two works or more that each group needs."""

WORKS_PER_ARTIST = 20


@dataclass(frozen=True, eq=False)
class Division:
    """Works that were held back, and what candidates score on them.

    Parameters
    ----------
    learnt
        From all other works.
    vectors
        (n, d) float32 of the works held back.
    artists
        (n,) their artists.
    pairs
        p pairs among them.
    scores
        (p,) for each candidate.
    """

    learnt: Learnt
    vectors: Float
    artists: NDArray[np.object_]
    pairs: Pairs
    scores: Mapping[Candidate, NDArray[np.float64]]

    def measure(self) -> dict[Candidate, float]:
        """Return the ROC AUC of each candidate."""
        return {
            candidate: float(roc_auc_score(self.pairs.same, scores))
            for candidate, scores in self.scores.items()
        }

    def build(self, candidate: Candidate) -> ComparisonHead:
        """Return the head of a candidate as it was when these works were held back, not calibrated."""
        return candidate.build(self.learnt)


def divide_artists(artists: NDArray[np.object_], *, seed: int) -> list[NDArray[np.bool_]]:
    """Return for each group which works are by its artists; none when there are too few artists.

    Parameters
    ----------
    artists
        (n,) the artist of each work.
    seed
        Of the division.

    Returns
    -------
    groups
        `N_GROUPS` masks (n,), or as many as leave each `MIN_ARTISTS` artists with two works; at least two.
    """
    names, counts = np.unique(artists, return_counts=True)
    several = names[counts > 1]
    n_groups = min(N_GROUPS, len(several) // MIN_ARTISTS)
    if n_groups < 2:
        return []
    rng = np.random.default_rng(seed)
    order = [*rng.permutation(several), *rng.permutation(names[counts == 1])]
    return [np.isin(artists, order[start::n_groups]) for start in range(n_groups)]


def hold_back(
    learn: Callable[[Float, Sequence[str]], Learnt],
    vectors: Float,
    artists: Sequence[str],
    held_vectors: Float,
    held_artists: Sequence[str],
    *,
    seed: int,
) -> Division:
    """Learn from some works and score others.

    Parameters
    ----------
    learn
        Learns the spaces.
    vectors, artists
        (n, d) float32 and (n,) to learn from.
    held_vectors, held_artists
        (m, d) and (m,) to score.
    seed
        Of the pairs.

    Raises
    ------
    EvaluationError
        When the works held back make no pair by one hand, or none by two.
    """
    pairs = sample_pairs(held_artists, works_per_artist=WORKS_PER_ARTIST, rng=np.random.default_rng(seed))
    learnt = learn(vectors, artists)
    return Division(
        learnt=learnt,
        vectors=held_vectors,
        artists=np.asarray(held_artists, dtype=object),
        pairs=pairs,
        scores=dict(score_candidates(learnt, held_vectors, pairs)),
    )


def average_measures(divisions: Sequence[Division]) -> dict[Candidate, float]:
    """Return the mean ROC AUC of each candidate over divisions."""
    measured = [division.measure() for division in divisions]
    return {
        candidate: float(np.mean([scores[candidate] for scores in measured])) for candidate in measured[0]
    }
