"""The comparisons to choose from: sets of spaces, with or without the raw cosine, the artists and the cohort.

They are scored on works by artists who were held out. Each space scores the pairs once; what the sets of them
score follows by averaging, which gives the same as building each head and transforming the works with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_array, coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.metrics import roc_auc_score

from morelli.collection.pairs.samples import Pairs, keep_one_of_each, sample_pairs
from morelli.learn.heads.works import Works
from morelli.model.comparison import ArtistSpace, Cohort, ComparisonHead, mean_of_highest
from morelli.model.scoring import COSINE
from morelli.model.standardisation import Standardisation, unit_rows

_Float = NDArray[np.float32]

_RAW_WEIGHTS = (0.0, 0.25, 0.5, 1.0)
"""Weights of the raw cosine beside those of the learnt spaces; 0 leaves it out."""

_COHORT_SIZE = 1000
"""Works of the cohort: twice as many give the same pair AUC to 0.001, half as many 0.001 less."""

_COHORT_SHARE = 0.04  # share of the cohort that counts as near; 0.01 to 0.08 differ by 0.001
COHORT_WEIGHT = 2.0  # weight of the dimension that the cohort adds; 1 to 4 differ by 0.002

ARTIST_TEMPERATURE = 0.0625  # of the space of artists: that with which the softmax space is learnt
ARTIST_WEIGHT = 4.0
"""Of the space of artists beside the mean of the others; with 2 and 8 the pair AUC on validation works is the
same to 0.003."""

_N_GROUPS = 4  # of artists: three quarters of them teach, nearly as many as the last spaces learn from
_MIN_ARTISTS = 3  # with two works or more, that each group needs
WORKS_PER_ARTIST = 20


@dataclass(frozen=True, eq=False)
class LearntSpaces:
    """What every candidate is built from."""

    standardisation: Standardisation  # of the vectors
    projections: Mapping[str, _Float]  # (d, p) by name of the space
    cohort: _Float  # (m, d) vectors of works that they were learnt on
    directions: _Float | None = None  # (p, c) of the artists in the space ``softmax``, if there is one

    @property
    def artists(self) -> ArtistSpace | None:
        """The space of artists, where there are directions."""
        if self.directions is None:
            return None
        return ArtistSpace("softmax", self.directions, ARTIST_TEMPERATURE, ARTIST_WEIGHT)


@dataclass(frozen=True)
class Candidate:
    """One way to compare."""

    spaces: tuple[str, ...] = ()  # names of the learnt spaces; none stands for the standardised cosine
    raw_weight: float = 0.0  # weight of the standardised cosine beside them
    has_cohort: bool = False  # whether crowds are corrected for
    has_artists: bool = False  # whether the space of artists takes part

    def __str__(self) -> str:
        raw = [f"raw {self.raw_weight:g}"] if self.raw_weight else []
        further = ["artists"] if self.has_artists else []
        further += ["cohort"] if self.has_cohort else []
        return "+".join([*([*self.spaces, *raw] or ["cosine"]), *further])

    def weigh(self, values: Mapping[str, NDArray[np.floating]]) -> NDArray[np.floating]:
        """Return the weighted mean of what the spaces, ``raw`` and artists give, in their common shape."""
        if not self.spaces:
            return values["raw"]
        mean = sum(values[name] for name in self.spaces) / len(self.spaces)
        total, weighted = 1 + self.raw_weight, mean + self.raw_weight * values["raw"]
        if self.has_artists:
            total, weighted = total + ARTIST_WEIGHT, weighted + ARTIST_WEIGHT * values["artists"]
        result: NDArray[np.floating] = weighted / total
        return result

    def build(self, learnt: LearntSpaces, *, cohort_size: int | None = None) -> ComparisonHead:
        """Return the head, not calibrated, with the first works of the cohort, or with all."""
        head = ComparisonHead(
            learnt.standardisation,
            {name: learnt.projections[name] for name in self.spaces},
            self.raw_weight,
            artists=learnt.artists if self.has_artists else None,
        )
        if not self.has_cohort:
            return head
        rows = head.join_spaces(learnt.cohort[:cohort_size])
        return replace(head, cohort=Cohort(rows, count_neighbours(len(rows)), COHORT_WEIGHT))


def _list_candidates(names: tuple[str, ...], *, has_artists: bool = False) -> list[Candidate]:
    """Return all sets of spaces, each with every weight of the raw cosine, with and without the cohort.

    Where there are directions of artists, their space is tried beside all spaces together.
    """
    sets = [spaces for size in range(1, len(names) + 1) for spaces in combinations(names, size)]
    plain = [Candidate(), *(Candidate(spaces, weight) for spaces in sets for weight in _RAW_WEIGHTS)]
    if has_artists:
        plain += [Candidate(names, weight, has_artists=True) for weight in _RAW_WEIGHTS]
    return [*plain, *(replace(candidate, has_cohort=True) for candidate in plain)]


def _score_candidates(
    learnt: LearntSpaces, vectors: _Float, pairs: Pairs
) -> Iterator[tuple[Candidate, NDArray[np.float64]]]:
    """Yield every candidate with the (p,) scores of pairs among (n, d) vectors."""
    used, places = np.unique(np.concatenate([pairs.left, pairs.right]), return_inverse=True)
    left, right = places[: len(pairs)], places[len(pairs) :]
    rows, cohort = (_place(learnt, values) for values in (vectors[used], learnt.cohort))
    cosines = {name: COSINE.score_at(values, left, right) for name, values in rows.items()}
    nearness = {name: values @ cohort[name].T for name, values in rows.items()}
    n_neighbours = count_neighbours(len(learnt.cohort))
    for candidate in _list_candidates(tuple(learnt.projections), has_artists=learnt.directions is not None):
        scores = candidate.weigh(cosines)
        if candidate.has_cohort:
            lonely = 1 - mean_of_highest(candidate.weigh(nearness), n_neighbours).astype(np.float64)
            lengths = np.sqrt(1 + COHORT_WEIGHT * lonely**2)
            scores = (scores + COHORT_WEIGHT * lonely[left] * lonely[right]) / (
                lengths[left] * lengths[right]
            )
        yield candidate, scores.astype(np.float64)


def _place(learnt: LearntSpaces, vectors: _Float) -> dict[str, _Float]:
    """Return unit rows of vectors in each space by its name, in ``raw``, and in ``artists``."""
    standard = learnt.standardisation.transform(vectors)
    rows = {name: unit_rows(standard @ projection) for name, projection in learnt.projections.items()}
    if learnt.artists is not None:
        rows["artists"] = learnt.artists.transform(rows[learnt.artists.space])
    return {"raw": unit_rows(standard), **rows}


def draw_cohort(vectors: _Float, rng: np.random.Generator) -> _Float:
    """Return at most `_COHORT_SIZE` of (n, d) vectors, drawn without replacement."""
    return vectors[np.sort(rng.permutation(len(vectors))[:_COHORT_SIZE])]


def count_neighbours(n_works: int) -> int:
    """Return how many works of a cohort count as near, at least 1."""
    return max(1, round(_COHORT_SHARE * n_works))


@dataclass(frozen=True, eq=False)
class Fold:
    """Works that were held out, and what candidates learnt from all others score on them."""

    learnt: LearntSpaces
    works: Works  # (n,) held out
    pairs: Pairs  # p among them
    scores: Mapping[Candidate, NDArray[np.float64]]  # (p,) each

    def measure(self) -> dict[Candidate, float]:
        """Return the ROC AUC of each candidate."""
        return {
            candidate: float(roc_auc_score(self.pairs.same, scores))
            for candidate, scores in self.scores.items()
        }


def divide_artists(
    artists: NDArray[np.object_], duplicates: NDArray[np.object_] | None = None, *, seed: int
) -> list[NDArray[np.bool_]]:
    """Return for each group of artists which of the (n,) works are theirs; none with too few artists.

    There are `_N_GROUPS`, or as many as leave each `_MIN_ARTISTS` artists with two works; at least two.
    Artists who share a near-duplicate, by the (n,) groups of these, stay together.
    """
    if duplicates is not None:
        return _divide_duplicates(artists, duplicates, seed=seed)
    names, counts = np.unique(artists, return_counts=True)
    several = names[counts > 1]
    return _divide(artists, names, several, seed=seed)


def _divide_duplicates(
    artists: NDArray[np.object_], duplicates: NDArray[np.object_], *, seed: int
) -> list[NDArray[np.bool_]]:
    hands, codes = np.unique(artists, return_inverse=True)
    groups = np.unique(duplicates.astype(str), return_inverse=True)[1]
    links = coo_array((np.ones(len(codes)), (codes, groups)), shape=(len(hands), groups.max(initial=-1) + 1))
    bridges = block_array([[None, links], [links.T, None]])
    labels = connected_components(bridges, directed=False)[1][: len(hands)]
    leaders = hands[np.unique(labels, return_index=True)[1]][labels]  # the first by name of each
    kept = keep_one_of_each(duplicates)
    n_works = np.bincount(codes[kept], minlength=len(hands))
    names = np.unique(leaders)
    return _divide(leaders[codes], names, np.unique(leaders[n_works > 1]), seed=seed)


def _divide(
    artists: NDArray[np.object_], names: NDArray[np.object_], several: NDArray[np.object_], *, seed: int
) -> list[NDArray[np.bool_]]:
    """Divide names, of which several have two works or more, so that each group has its share of these."""
    n_groups = min(_N_GROUPS, len(several) // _MIN_ARTISTS)
    if n_groups < 2:
        return []
    rng = np.random.default_rng(seed)
    order = [*rng.permutation(several), *rng.permutation(np.setdiff1d(names, several))]
    return [np.isin(artists, order[start::n_groups]) for start in range(n_groups)]


def hold_out(learn: Callable[[Works], LearntSpaces], works: Works, held: Works, *, seed: int) -> Fold:
    """Learn spaces from some works and score others, which must make a pair by one hand and one by two.

    Of those that are scored, one stands for its near-duplicates.
    """
    held = held.one_per_group()
    artists = held.artists.tolist()
    pairs = sample_pairs(artists, works_per_artist=WORKS_PER_ARTIST, rng=np.random.default_rng(seed))
    learnt = learn(works)
    return Fold(learnt, held, pairs, dict(_score_candidates(learnt, held.vectors, pairs)))
