"""From scores to evidence: how the likelihood ratio of pairs and of sets is learnt, on works held out.

One map is fitted: a logistic line, kept finite by Firth's penalty, and bounded where the artists that it was
fitted on can no longer bear it out. Artists count, and pairs of artists, not pairs of works.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from morelli.collection.work import LABEL_SEPARATOR
from morelli.errors import ModelError
from morelli.model.likelihood_ratio import (
    LN10,
    MIN_DRAWS,
    Calibration,
    LikelihoodRatioMap,
    Population,
    measure_cllr,
)
from morelli.model.scoring import COSINE, Rule

_Float64 = NDArray[np.float64]
_Bools = NDArray[np.bool_]

_SIZES = (2, 3, 5, 10)  # works on each side for which a map of its own is fitted, beside that of single works
_N_DRAWS = 20  # draws of two sets from each artist

HELD_OUT = "artists of the collection, each held out once"
_YEARS_TAIL = 0.025  # of the years at either end, which are not counted as covered

_BOUND_STEP = 0.01  # of log10 of the likelihood ratio, between the thresholds at which utility is measured
_MAX_STEPS = 100  # of Newton's method; about 10 are needed
_SMALLEST_STEP = 1e-9  # of Newton's method, in standardised scores


@dataclass(frozen=True, eq=False)
class ScoredPairs:
    """Scores of pairs, and whose works they compare: codes of artists that hold within this object."""

    scores: _Float64  # (p,)
    left: NDArray[np.int64]  # (p,)
    right: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def is_same(self) -> _Bools:
        """Whether each pair is by one hand, (p,)."""
        is_same: _Bools = self.left == self.right
        return is_same

    @cached_property
    def weights(self) -> _Float64:
        """Return (p,) weights: those of one artist, and those of one pair of artists, add up to 1."""
        first, second = np.minimum(self.left, self.right), np.maximum(self.left, self.right)
        ends = first * (1 + second.max(initial=0)) + second
        _, places, counts = np.unique(ends, return_inverse=True, return_counts=True)
        weights: _Float64 = 1 / counts[places]
        return weights

    @classmethod
    def of_artists(
        cls, scores: NDArray[np.floating], left: NDArray[np.object_], right: NDArray[np.object_]
    ) -> Self:
        """Return scores with the names of the artists on each side, (p,) each."""
        _, codes = np.unique(np.concatenate([left, right]).astype(str), return_inverse=True)
        return cls(np.asarray(scores, np.float64), codes[: len(left)], codes[len(left) :])

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Return all pairs of parts that share no artist."""
        ends = [np.stack([part.left, part.right]) for part in parts]
        n_codes = 1 + max((int(codes.max(initial=-1)) for codes in ends), default=0)
        left, right = np.hstack([codes + place * n_codes for place, codes in enumerate(ends)])
        return cls(np.concatenate([part.scores for part in parts]), left, right)


def fit_likelihood_ratio(
    scores: NDArray[np.floating], is_same: _Bools, weights: _Float64 | None = None
) -> tuple[float, float]:
    """Return slope and intercept of the natural log likelihood ratio by score, 0 and 0 if it would fall.

    Both kinds of pair get the same total weight, so the fitted log odds are the log likelihood ratio itself
    and carry no prior (Brümmer & du Preez 2006, doi 10.1016/j.csl.2005.08.001; Morrison 2013, doi
    10.1080/00450618.2012.733025). Half the log determinant of the information is added to the log likelihood
    (Firth 1993, doi 10.1093/biomet/80.1.27), so the line stays finite where the two kinds part (Heinze &
    Schemper 2002, doi 10.1002/sim.1047). The weights, 1 each where none are given, add up to the number of
    observations. Scores are higher for works by one hand. Pairs of one kind are refused.
    """
    if is_same.all() or not is_same.any():
        raise ModelError(
            "calibration",
            expected="validation pairs of one hand and of two",
            found=f"{int(is_same.sum())} of one hand among {len(is_same)}",
            remedy="collect more works per artist, or more artists",
        )
    centre, spread = float(scores.mean()), float(scores.std())
    if not spread > 0:
        return 0.0, 0.0
    points = np.stack([(np.asarray(scores, np.float64) - centre) / spread, np.ones(len(scores))], axis=1)
    line = _maximise_penalised(points, is_same.astype(np.float64), _balance(is_same, weights))
    slope = float(line[0]) / spread
    return (slope, float(line[1]) - slope * centre) if slope > 0 else (0.0, 0.0)


def _balance(is_same: _Bools, weights: _Float64 | None) -> _Float64:
    """Return weights (p,) that add up to half of all for either kind."""
    given = np.ones(len(is_same)) if weights is None else weights
    sums = given[is_same].sum(), given[~is_same].sum()
    balanced: _Float64 = given * sum(sums) / 2 / np.where(is_same, *sums)
    return balanced


def _maximise_penalised(points: _Float64, truth: _Float64, weights: _Float64) -> _Float64:
    """Return the (k,) coefficients of Firth's regression on (p, k) points: Newton's method, steps halved."""

    def weigh(line: _Float64) -> tuple[float, _Float64, _Float64]:
        """Return the penalised log likelihood, its gradient and the information."""
        natural = points @ line
        chances = expit(natural)
        spreads = weights * chances * (1 - chances)
        information = (points * spreads[:, None]).T @ points
        inverse = np.linalg.pinv(information)
        leverage = spreads * np.einsum("pi,ij,pj->p", points, inverse, points)
        gradient = points.T @ (weights * (truth - chances) + leverage * (0.5 - chances))
        likelihood = -weights @ np.logaddexp(0, np.where(truth > 0, -natural, natural))
        return float(likelihood + 0.5 * np.linalg.slogdet(information)[1]), gradient, inverse

    line = np.zeros(points.shape[1])
    value, gradient, inverse = weigh(line)
    for _ in range(_MAX_STEPS):
        step = inverse @ gradient
        while np.abs(step).max() > _SMALLEST_STEP:
            reached, *further = weigh(line + step)
            if reached >= value:
                break
            step /= 2
        else:
            break
        line, value, (gradient, inverse) = line + step, reached, further
    return line


def fit_map(pairs: ScoredPairs, *, at_least: tuple[float, float] = (0.0, 0.0)) -> LikelihoodRatioMap:
    """Return the line of `fit_likelihood_ratio`, level beyond what the artists can bear out.

    The bounds, log10 of the lowest and highest ratio, are at least as far apart as those given.
    """
    slope, intercept = fit_likelihood_ratio(pairs.scores, pairs.is_same, pairs.weights)
    bounds = (0.0, 0.0)
    if slope > 0:
        found = find_bounds((slope * pairs.scores + intercept) / LN10, pairs.is_same, pairs.weights)
        bounds = min(found[0], at_least[0]), max(found[1], at_least[1])
    values = np.array(bounds)
    if bounds[0] == bounds[1]:  # nothing can be said: the ratio is 1, whatever the score
        return LikelihoodRatioMap(np.array([-1.0, 1.0]), np.zeros(2))
    return LikelihoodRatioMap((values * LN10 - intercept) / slope, values)


def find_bounds(evidence: _Float64, is_same: _Bools, weights: _Float64) -> tuple[float, float]:
    """Return log10 of the lowest and of the highest likelihood ratio that can be borne out, 0 between them.

    The weights (p,) of either kind of pair add up to the number of its independent observations: of artists,
    and of pairs of artists.

    The empirical lower and upper bounds (ELUB) of Vergeer et al. 2016, doi 10.1016/j.scijus.2016.06.003: up
    to them, decisions by these ratios cost less than decisions without, even if one more artist and one more
    pair of artists had misled. The cost at a threshold t is the share of missed artists plus t times the
    share of artist pairs taken for one; without ratios it is the smaller of 1 and t.
    """
    n_artists, n_pairs = weights[is_same].sum(), weights[~is_same].sum()
    lowest = max(float(evidence.min()), -float(np.log10(n_artists + 1)))
    highest = min(float(evidence.max()), float(np.log10(n_pairs + 1)))
    steps = np.arange(min(0, np.floor(lowest / _BOUND_STEP)), max(0, np.floor(highest / _BOUND_STEP)) + 1)
    thresholds = steps * _BOUND_STEP
    ratios = 10**thresholds
    missed = _sum_up_to(evidence[is_same], weights[is_same], thresholds)
    mistaken = n_pairs - _sum_up_to(evidence[~is_same], weights[~is_same], thresholds)
    cost = (missed + 1) / (n_artists + 1) + ratios * (mistaken + 1) / (n_pairs + 1)
    fails = cost > np.minimum(1, ratios)
    low = thresholds[(steps < 0) & fails].max(initial=thresholds[0] - _BOUND_STEP) + _BOUND_STEP
    high = thresholds[(steps > 0) & fails].min(initial=thresholds[-1] + _BOUND_STEP) - _BOUND_STEP
    return min(float(low), 0.0), max(float(high), 0.0)


def _sum_up_to(values: _Float64, weights: _Float64, limits: _Float64) -> _Float64:
    """Return for each limit the weight of the values at most as high."""
    order = np.argsort(values)
    sums = np.concatenate([[0.0], np.cumsum(weights[order])])
    total: _Float64 = sums[np.searchsorted(values[order], limits, side="right")]
    return total


def score_sets(
    rows: NDArray[np.float32],
    artists: NDArray[np.object_],
    size: int,
    *,
    rng: np.random.Generator,
    rule: Rule = COSINE,
) -> ScoredPairs:
    """Return the scores of sets of works.

    In each draw every artist with at least ``2 * size`` works gives two sets without a common work. All first
    sets meet all second ones; with fewer than two such artists there are none. The rows (n, p) are those of
    the rule.
    """
    works = [np.flatnonzero(artists == name) for name in np.unique(artists)]
    works = [of_artist for of_artist in works if len(of_artist) >= 2 * size]
    if len(works) < 2:
        return ScoredPairs(np.zeros(0), *np.zeros((2, 0), dtype=np.int64))
    scores = []
    for _ in range(_N_DRAWS):
        drawn = np.stack([rng.permutation(of_artist)[: 2 * size] for of_artist in works])
        scores.append(rule.score_all_sets(rows[drawn[:, :size]], rows[drawn[:, size:]]))
    table = np.stack(scores).astype(np.float64)
    left, right = np.broadcast_arrays(np.arange(len(works))[:, None], np.arange(len(works)), table)[:2]
    return ScoredPairs(table.ravel(), left.ravel(), right.ravel())


def measure_calibration(groups: Sequence[ScoredPairs]) -> dict[str, float]:
    """Return the Cllr of the map, fitted on all groups of artists but one and measured on that one, by name.

    There must be two groups, which share no artist.
    """
    values = [
        fit_map(ScoredPairs.join([*groups[:held], *groups[held + 1 :]])).transform(group.scores)
        for held, group in enumerate(groups)
    ]
    is_same = np.concatenate([group.is_same for group in groups])
    return {"logistic": measure_cllr(np.concatenate(values), is_same)}


def fit_calibration(
    pairs: ScoredPairs, artists: NDArray[np.object_], draw_sets: Callable[[int], ScoredPairs]
) -> Calibration:
    """Return the maps of single works and of sets; the (n,) artists are those of the works to draw from.

    A size of sets has a map where there are `MIN_DRAWS` independent draws. Its bounds are at least those of
    the sizes below: more works never bear out less.
    """
    maps = {1: fit_map(pairs)}
    draws = {size: _count_draws(artists, size) for size in _SIZES}
    for size, n_draws in draws.items():
        if n_draws < MIN_DRAWS:
            break
        low, high = list(maps.values())[-1].values[[0, -1]]
        maps[size] = fit_map(draw_sets(size), at_least=(float(low), float(high)))
    return Calibration(maps, "logistic", draws)


def count_population(name: str, pairs: ScoredPairs) -> Population:
    """Return of how many artists the pairs are that maps were fitted on."""
    same = pairs.is_same
    return Population(name, round(pairs.weights[same].sum()), round(pairs.weights[~same].sum()))


def describe_labels(
    population: Population, years: Sequence[int | None], styles: Sequence[str | None]
) -> Population:
    """Return the population with the years, of nineteen works in twenty, and the styles of its works."""
    known = np.array([year for year in years if year is not None])
    span = None
    if len(known):
        first, last = np.quantile(known, [_YEARS_TAIL, 1 - _YEARS_TAIL], method="nearest").tolist()
        span = int(first), int(last)
    labels = {label for style in styles if style for label in style.split(LABEL_SEPARATOR)}
    return replace(population, years=span, styles=tuple(sorted(labels)))


def _count_draws(artists: NDArray[np.object_], size: int) -> int:
    """Return how many times two sets of this size can be drawn from one artist without a work drawn twice."""
    counts = np.unique(artists.astype(str), return_counts=True)[1] // (2 * size)
    return int(counts.sum()) if np.count_nonzero(counts) > 1 else 0
