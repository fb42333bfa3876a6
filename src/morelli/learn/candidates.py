"""The comparisons to choose from: sets of spaces, with or without the raw cosine and the cohort.

Each space scores the validation pairs once. What the sets of them score follows by averaging, which gives the
same as building each head and transforming the works with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from morelli.collection.samples import Pairs, score_pairs
from morelli.model.comparison import Cohort, ComparisonHead, mean_of_highest
from morelli.model.standardisation import Standardisation

Float = NDArray[np.float32]

RAW_WEIGHTS = (0.0, 0.25, 0.5, 1.0)
"""Weights of the raw cosine beside those of the learnt spaces; 0 leaves it out."""

COHORT_SIZE = 1000
"""Works of the cohort: twice as many give the same pair AUC to 0.001, half as many 0.001 less."""

COHORT_SHARE = 0.04
"""Share of the cohort that counts as near; 0.01 to 0.08 differ by 0.001."""

COHORT_WEIGHT = 2.0
"""Weight of the dimension that the cohort adds; 1 to 4 differ by 0.002."""


@dataclass(frozen=True)
class Candidate:
    """One way to compare.

    Parameters
    ----------
    spaces
        Names of the learnt spaces; none stands for the standardised cosine.
    raw_weight
        Weight of the standardised cosine beside them.
    has_cohort
        Whether crowds are corrected for.
    """

    spaces: tuple[str, ...] = ()
    raw_weight: float = 0.0
    has_cohort: bool = False

    def __str__(self) -> str:
        raw = [f"raw {self.raw_weight:g}"] if self.raw_weight else []
        return "+".join([*([*self.spaces, *raw] or ["cosine"]), *(["cohort"] if self.has_cohort else [])])

    def weigh(self, values: Mapping[str, NDArray[np.floating]]) -> NDArray[np.floating]:
        """Return the weighted mean of what the spaces and ``raw`` give, in their common shape."""
        if not self.spaces:
            return values["raw"]
        mean = sum(values[name] for name in self.spaces) / len(self.spaces)
        weighted: NDArray[np.floating] = (mean + self.raw_weight * values["raw"]) / (1 + self.raw_weight)
        return weighted

    def build(
        self, standardisation: Standardisation, projections: Mapping[str, Float], cohort: Float
    ) -> ComparisonHead:
        """Return the head, not calibrated, with (m, d) vectors as its cohort."""
        chosen = {name: projections[name] for name in self.spaces}
        head = ComparisonHead(standardisation, chosen, self.raw_weight)
        if not self.has_cohort:
            return head
        rows, n_neighbours = head.join_spaces(cohort), count_neighbours(len(cohort))
        return replace(head, cohort=Cohort(rows, n_neighbours, COHORT_WEIGHT))


def list_candidates(names: tuple[str, ...]) -> list[Candidate]:
    """Return all sets of spaces, each with every weight of the raw cosine, with and without the cohort."""
    sets = [spaces for size in range(1, len(names) + 1) for spaces in combinations(names, size)]
    joined = [Candidate(spaces, weight) for spaces in sets for weight in RAW_WEIGHTS]
    plain = [Candidate(), *joined]
    return [*plain, *(replace(candidate, has_cohort=True) for candidate in plain)]


def score_candidates(
    standardisation: Standardisation,
    projections: Mapping[str, Float],
    cohort: Float,
    vectors: Float,
    pairs: Pairs,
) -> Iterator[tuple[Candidate, NDArray[np.float64]]]:
    """Yield every candidate with the score of each pair.

    Parameters
    ----------
    standardisation, projections
        What was learnt.
    cohort
        (m, d) float32 vectors of works that it was learnt on.
    vectors
        (n, d) float32.
    pairs
        p pairs among the n works.
    """
    used, places = np.unique(np.concatenate([pairs.left, pairs.right]), return_inverse=True)
    left, right = places[: len(pairs)], places[len(pairs) :]
    heads = {"raw": ComparisonHead(standardisation)}
    heads |= {name: ComparisonHead(standardisation, {name: values}) for name, values in projections.items()}
    rows = {name: head.join_spaces(vectors[used]) for name, head in heads.items()}
    cosines = {name: score_pairs(values, left, right) for name, values in rows.items()}
    nearness = {name: rows[name] @ head.join_spaces(cohort).T for name, head in heads.items()}
    n_neighbours = count_neighbours(len(cohort))
    for candidate in list_candidates(tuple(projections)):
        scores = candidate.weigh(cosines)
        if candidate.has_cohort:
            lonely = 1 - mean_of_highest(candidate.weigh(nearness), n_neighbours).astype(np.float64)
            lengths = np.sqrt(1 + COHORT_WEIGHT * lonely**2)
            scores = (scores + COHORT_WEIGHT * lonely[left] * lonely[right]) / (
                lengths[left] * lengths[right]
            )
        yield candidate, scores.astype(np.float64)


def draw_cohort(vectors: Float, rng: np.random.Generator) -> Float:
    """Return at most `COHORT_SIZE` of (n, d) vectors, drawn without replacement."""
    return vectors[np.sort(rng.permutation(len(vectors))[:COHORT_SIZE])]


def count_neighbours(n_works: int) -> int:
    """Return how many works of a cohort count as near, at least 1."""
    return max(1, round(COHORT_SHARE * n_works))
