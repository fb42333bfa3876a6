"""Simulated artists through the real training: whether likelihood ratios and their ranges can be believed.

python -m benchmarks.worlds                        18 and 68 artists, 12 collections each
python -m benchmarks.worlds --artists 18 --collections 40

In a world, an artist is a point, and the artist's works lie about it; some dimensions say nothing. Each
collection draws other artists from the same world and learns to compare, as `morelli train` does. Then the
same new works, by artists in no collection, are put to all of them. Printed are, over collections:

coverage   share of ranges under re-learning that hold what the others answer on average (asked: 0.95)
slope      of the logistic line from log likelihood ratio to truth, 1 when calibrated; below 1: too bold
shift      of the same, in log10: above 0, answers lean towards two hands
Cllr       of the answers, bits; beside it that of the best calibration in hindsight
bounds     log10 of the lowest and the highest ratio that is answered
misled     the largest of k times P(LR > k | two hands), for k of 2, 10 and 100; at most 1 when calibrated
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morelli.evaluate.metrics.curves import Curves
from morelli.evaluate.metrics.evidence import measure_evidence
from morelli.judge.results import DoubtPart, find_interval, measure_jackknife
from morelli.learn.heads.comparison import fit_comparison
from morelli.learn.heads.likelihood_ratio import fit_likelihood_ratio
from morelli.learn.heads.works import Works
from morelli.model.comparison import ComparisonHead, Ensemble
from morelli.model.likelihood_ratio import LN10

N_SIGNAL, N_NOISE = 12, 36  # dimensions in which artists differ, and in which only works do
SEPARATION = 1.5  # standard deviation of artists beside that of their works, 1
N_WORKS = 12  # of each artist
N_ASKED = 40  # new artists, with two works each, of which all pairs are asked about


@dataclass(frozen=True)
class Answers:
    """What one collection's model answers to p pairs."""

    bounded: NDArray[np.float64]  # (p,) log10 likelihood ratios
    unbounded: NDArray[np.float64]  # (p,)
    low: NDArray[np.float64]  # (p,) ends of the range under re-learning
    high: NDArray[np.float64]
    bounds: tuple[float, float]


def draw_works(n_artists: int, n_works: int, rng: np.random.Generator, prefix: str) -> Works:
    """Return works of artists drawn from the world."""
    owners = np.repeat(np.arange(n_artists), n_works)
    artists = SEPARATION * rng.normal(size=(n_artists, N_SIGNAL + N_NOISE))
    artists[:, N_SIGNAL:] = 0
    vectors = artists[owners] + rng.normal(size=(len(owners), N_SIGNAL + N_NOISE))
    return Works.of(
        vectors.astype(np.float32), np.array([f"{prefix} {owner}" for owner in owners], dtype=object)
    )


def answer(
    head: ComparisonHead, ensemble: Ensemble, asked: Works, left: NDArray[np.int64], right: NDArray[np.int64]
) -> Answers:
    """Return the answers of a model to pairs of works."""
    unbounded = _relate(head, asked, left, right)
    replicates = np.stack([_relate(one, asked, left, right) for one in ensemble.heads])
    bounds = head.calibration.find_bounds()
    ranges = [
        find_interval(value, [DoubtPart("artists", measure_jackknife(values), len(values))], bounds)
        for value, values in zip(unbounded, replicates.T, strict=True)
    ]
    low, high = np.array(ranges).T
    return Answers(unbounded.clip(*bounds), unbounded, low, high, bounds)


def _relate(
    head: ComparisonHead, asked: Works, left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.float64]:
    rows = head.read_rows(asked.vectors)
    return head.log10_likelihood_ratio(head.rule.score_at(rows, left, right), bounded=False)


def measure_world(n_artists: int, n_collections: int, seed: int) -> list[str]:
    """Return the figures of worlds with so many artists in each collection, as printed."""
    rng = np.random.default_rng(seed)
    asked = draw_works(N_ASKED, 2, rng, "New")
    left, right = np.triu_indices(len(asked), 1)
    same = asked.artists[left] == asked.artists[right]
    found = []
    for number in range(n_collections):
        train = draw_works(n_artists - n_artists // 4, N_WORKS, rng, f"Train {number}")
        val = draw_works(n_artists // 4, N_WORKS, rng, f"Validation {number}")
        fitted = fit_comparison(train, val, seed=number)
        if fitted.ensemble is not None:
            found.append(answer(fitted.head, fitted.ensemble, asked, left, right))
    unbounded = np.stack([one.unbounded for one in found])
    others = (unbounded.sum(axis=0) - unbounded) / (len(found) - 1)
    covered = []
    for one, other in zip(found, others, strict=True):
        target = other.clip(*one.bounds)
        covered.append(((one.low <= target) & (target <= one.high)).mean())
    slopes, shifts = np.mean([fit_likelihood_ratio(one.bounded * LN10, same) for one in found], axis=0)
    curves = (Curves.from_scores(one.bounded, same, one.bounded) for one in found)
    cost, least = np.mean([measure_evidence(curve, ("cllr", "cllr_min"))[:, 0] for curve in curves], axis=0)
    misled = [max(k * (one.bounded[~same] > np.log10(k)).mean() for k in (2, 10, 100)) for one in found]
    low, high = np.mean([one.bounds for one in found], axis=0)
    return [
        *(
            str(n_artists),
            str(len(found)),
            f"{np.mean(covered):.3f}",
            f"{slopes:.2f}",
            f"{shifts / LN10:+.2f}",
        ),
        *(f"{cost:.3f}", f"{least:.3f}", f"{low:+.2f}", f"{high:+.2f}", f"{max(misled):.2f}"),
    ]


def main() -> None:
    """Print a line for each number of artists."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--artists", type=int, nargs="+", default=[18, 68])
    parser.add_argument("--collections", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    print("artists collections coverage slope shift Cllr Cllr_min low high misled seconds")
    for n_artists in given.artists:
        started = time.perf_counter()
        figures = measure_world(n_artists, given.collections, given.seed)
        print(" ".join(figures), f"{time.perf_counter() - started:.0f}", flush=True)


if __name__ == "__main__":
    main()
