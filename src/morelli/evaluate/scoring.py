"""One way of scoring pairs, measured with all its resamples.

The model's space and the stored vectors are each such a way. Measured under the same resamples of artists,
they can be subtracted resample by resample; `protocols` does that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from morelli.collection.samples import Pairs, Triplets, score_pairs
from morelli.evaluate.intervals import average_over_triplets, replicate_ranking
from morelli.evaluate.verification import (
    average_precision,
    compare_triplets,
    equal_error_rate,
    roc_auc,
)
from morelli.model.pair_rule import PairRule


@dataclass(frozen=True, eq=False)
class Scoring:
    """Four metrics of one scoring and their resamples.

    Parameters
    ----------
    scores
        (p,) the score of each pair, -1 to 1 where it is a cosine.
    values
        (4,) the metrics in the order of `METRICS`, every artist counted once.
    replicates
        (b, 4) the metrics in each resample of artists.
    """

    METRICS: ClassVar = ("roc_auc", "average_precision", "equal_error_rate", "triplet_accuracy")

    scores: NDArray[np.float64]
    values: tuple[float, ...]
    replicates: NDArray[np.float64]


def measure_scoring(
    vectors: NDArray[np.floating],
    codes: NDArray[np.intp],
    pairs: Pairs,
    triplets: Triplets,
    weights: NDArray[np.float64],
    *,
    rule: PairRule | None = None,
) -> Scoring:
    """Return the metrics of dot products between unit rows, or of a pair rule.

    Parameters
    ----------
    vectors
        (n, d) float, unit rows, or the rows of the rule.
    codes
        (n,) the artist of each work, 0 to n_artists - 1.
    pairs, triplets
        What is compared.
    weights
        (b, n_artists) how often each artist counts in each resample.
    rule
        What scores two rows; None: their dot product.
    """
    scores = score_works(vectors, pairs.left, pairs.right, rule)
    outcomes = score_triplets(vectors, triplets, rule=rule)
    by_pairs = replicate_ranking(scores, codes[pairs.left], codes[pairs.right], weights)
    by_triplets = average_over_triplets(outcomes, codes[triplets.anchor], codes[triplets.negative], weights)
    return Scoring(
        scores=scores,
        values=(
            roc_auc(scores, pairs.same),
            average_precision(scores, pairs.same),
            equal_error_rate(scores, pairs.same),
            float(outcomes.mean()),
        ),
        replicates=np.column_stack([by_pairs, by_triplets]),  # (b, 3) and (b,) to (b, 4)
    )


def score_works(
    rows: NDArray[np.floating],
    left: NDArray[np.intp],
    right: NDArray[np.intp],
    rule: PairRule | None = None,
) -> NDArray[np.float64]:
    """Return the score of each pair of works.

    Parameters
    ----------
    rows
        (n, r) float, of all works.
    left, right
        (p,) row numbers.
    rule
        What scores two rows; None: their dot product, of unit rows their cosine.

    Returns
    -------
    scores
        (p,) float64.
    """
    if rule is None:
        return score_pairs(rows, left, right)
    return rule.score_at(rows.astype(np.float32, copy=False), left, right)


def score_triplets(
    vectors: NDArray[np.floating], triplets: Triplets, *, rule: PairRule | None = None
) -> NDArray[np.float64]:
    """Return the outcome of each triplet under the dot product, or under a pair rule.

    Parameters
    ----------
    vectors
        (n, d) float.
    triplets
        t of them.
    rule
        What scores two rows, or None.

    Returns
    -------
    outcomes
        (t,) 1 for right, 0.5 for a tie, 0 for wrong.
    """
    positive = score_works(vectors, triplets.anchor, triplets.positive, rule)
    return compare_triplets(positive, score_works(vectors, triplets.anchor, triplets.negative, rule))
