"""The numbers of scored pairs, for all of them and by how many of their artists the model has seen.

Values are exact; their intervals resample artists, at some scores only (see `thresholds`). The resamples are
the same for all parts, and the resamples of all pairs are sums of those of the parts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morelli.errors import EvaluationError
from morelli.evaluate.evidence_rows import EVIDENCE_METRICS
from morelli.evaluate.intervals import enclose, resample_artists
from morelli.evaluate.pair_evidence import Relate, find_centres, measure_curves, measure_evidence_exactly
from morelli.evaluate.pair_results import PAIR_METRICS, PAIR_PARTS, PairCurve, PairPartName, PairRow
from morelli.evaluate.ranking import WeightedCurves
from morelli.evaluate.thresholds import N_ANCHORS, choose_anchors, count_resamples, count_steps, find_steps

N_SEEN: dict[PairPartName, int] = {"both": 2, "one": 1, "none": 0}
"""How many of the two artists the model has seen, by part."""

UNKNOWN_PART = 3
"""Stands for "not known" there: pairs with a work without an artist count among all pairs only."""

PAIRS_AT_A_TIME = 1 << 23
"""Pairs of which the resamples are counted together: some 400 MB while that is done."""


@dataclass(frozen=True, eq=False)
class ScoredPairs:
    """Pairs whose truth is known, with their scores.

    Parameters
    ----------
    scores
        (p,) float32, higher for "the same hand", finite.
    same
        (p,) bool.
    left, right
        (p,) int32 artist codes, 0 to n_artists - 1.
    n_seen
        (p,) int8 how many of the two artists the model has seen: 0, 1, 2, or 3 for not known.
    n_artists
        How many artists there are.
    """

    scores: NDArray[np.float32]
    same: NDArray[np.bool_]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    n_seen: NDArray[np.int8]
    n_artists: int

    def __len__(self) -> int:
        return len(self.scores)

    def __repr__(self) -> str:
        return f"ScoredPairs(n={len(self)}, n_same={int(self.same.sum())}, n_artists={self.n_artists})"


@dataclass(frozen=True, eq=False)
class PairMeasures:
    """The numbers of scored pairs.

    Parameters
    ----------
    rows
        The metrics of each part with pairs of both kinds.
    reasons
        Why another part has none.
    curves
        One for each part with rows.
    """

    rows: tuple[PairRow, ...]
    reasons: dict[PairPartName, str]
    curves: tuple[PairCurve, ...]


def measure_pairs(
    pairs: ScoredPairs,
    *,
    seed: int,
    n_boot: int,
    n_anchors: int = N_ANCHORS,
    relate: Relate | None = None,
    advance: Callable[[int], None] | None = None,
) -> PairMeasures:
    """Return the metrics of each part, with their intervals over artists.

    Parameters
    ----------
    pairs
        Scores and truth.
    seed, n_boot
        Of the resamples, and how many.
    n_anchors
        At how many scores the resamples are counted, in each part.
    relate
        From scores to log10 likelihood ratios, never falling; None: nothing is said of likelihood ratios.
    advance
        Called with how many pairs were counted since the last call.

    Raises
    ------
    EvaluationError
        When a score is not finite.
    """
    _require_finite(pairs.scores)
    members = {part: _select_part(pairs, part) for part in PAIR_PARTS}
    reasons = {part: reason for part in PAIR_PARTS if (reason := _explain(pairs.same[members[part]]))}
    measured = {part: own for part, own in members.items() if part not in reasons}
    if not measured:
        return PairMeasures((), reasons, ())
    anchors = np.unique(
        np.concatenate(
            [choose_anchors(pairs.scores[own & pairs.same], n_anchors) for own in measured.values()]
        )
    )
    steps = find_steps(pairs.scores, anchors)
    n_steps = 2 * len(anchors) + 1
    weights = resample_artists(pairs.n_artists, n_boot=n_boot, rng=np.random.default_rng(seed))
    meter = _Meter(
        relate,
        {part: find_centres(pairs.scores[own], steps[own], n_steps, relate) for part, own in measured.items()}
        if relate is not None
        else {},
    )
    resamples = _resample_parts(pairs, steps, n_steps, weights, meter, advance)
    even = {part: count_steps(steps[own], pairs.same[own], n_steps) for part, own in measured.items()}
    rows: list[PairRow] = []
    for part, own in measured.items():
        binned = meter.measure(part, even[part])[0]
        rows += _measure_part(part, pairs.scores[own], pairs.same[own], binned, resamples[part], meter)
    return PairMeasures(
        tuple(rows), reasons, tuple(_trace(part, curve, anchors) for part, curve in even.items())
    )


def measure_exactly(scores: NDArray[np.floating], same: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the three metrics of pairs, those of `verification`, without a copy of them in order.

    Parameters
    ----------
    scores
        (p,) higher for "the same hand".
    same
        (p,) bool, pairs of both kinds.

    Examples
    --------
    >>> measure_exactly(np.array([0.8, 0.2, 0.5]), np.array([True, True, False])).round(3).tolist()
    [0.5, 0.833, 0.5]
    """
    anchors = choose_anchors(scores[same])
    curve = count_steps(find_steps(scores, anchors), same, 2 * len(anchors) + 1)
    values: NDArray[np.float64] = curve.measure()[0]
    return values


@dataclass(frozen=True, eq=False)
class _Meter:
    """Measures curves, and with `relate` the likelihood ratios of their steps too.

    A part without pairs of both kinds has no centres, and its curves no metrics that anyone would read.
    """

    relate: Relate | None
    centres: dict[PairPartName, NDArray[np.float64]]

    @property
    def metrics(self) -> tuple[str, ...]:
        return PAIR_METRICS if self.relate is None else (*PAIR_METRICS, *EVIDENCE_METRICS)

    def measure(self, part: PairPartName, curves: WeightedCurves) -> NDArray[np.float64]:
        if part not in self.centres:
            return curves.measure()
        return np.hstack([curves.measure(), measure_curves(curves, self.centres[part])])

    def measure_exactly(self, scores: NDArray[np.floating], same: NDArray[np.bool_]) -> NDArray[np.float64]:
        exact = measure_exactly(scores, same)
        if self.relate is None:
            return exact
        return np.concatenate([exact, measure_evidence_exactly(scores, same, self.relate)])


def _require_finite(scores: NDArray[np.float32]) -> None:
    if not np.isfinite(scores).all():
        raise EvaluationError(
            "scores of pairs",
            expected="finite numbers",
            found=f"{int((~np.isfinite(scores)).sum())} others",
            remedy="look for empty or damaged vectors again with 'morelli embed'",
        )


def _select_part(pairs: ScoredPairs, part: PairPartName) -> NDArray[np.bool_]:
    if part == "all":
        return np.ones(len(pairs), dtype=np.bool_)
    own: NDArray[np.bool_] = pairs.n_seen == N_SEEN[part]
    return own


def _explain(same: NDArray[np.bool_]) -> str:
    """Return why pairs cannot be measured, or nothing."""
    if len(same) == 0:
        return "no pair whose truth is known"
    kind = "the same hand" if same.all() else "different hands" if not same.any() else ""
    return f"all {len(same)} pairs are by {kind}" if kind else ""


def _resample_parts(
    pairs: ScoredPairs,
    steps: NDArray[np.int32],
    n_steps: int,
    weights: NDArray[np.float64],
    meter: _Meter,
    advance: Callable[[int], None] | None,
) -> dict[PairPartName, NDArray[np.float64]]:
    """Return the metrics of each part in each resample; the counts of all pairs are sums of the parts'."""
    total = WeightedCurves(np.zeros((n_steps, len(weights))), np.zeros((n_steps, len(weights))))
    replicates: dict[PairPartName, NDArray[np.float64]] = {}
    part_of: dict[int, PairPartName] = {number: part for part, number in N_SEEN.items()}
    for n_seen in (*part_of, UNKNOWN_PART):
        curve = WeightedCurves(np.zeros_like(total.hits), np.zeros_like(total.alarms))
        for start in range(0, len(pairs), PAIRS_AT_A_TIME):
            own = start + np.flatnonzero(pairs.n_seen[start : start + PAIRS_AT_A_TIME] == n_seen)
            artists = pairs.left[own], pairs.right[own]
            some = count_resamples(steps[own], pairs.same[own], artists, weights, n_steps, advance=advance)
            curve = WeightedCurves(curve.hits + some.hits, curve.alarms + some.alarms)
        total = WeightedCurves(total.hits + curve.hits, total.alarms + curve.alarms)
        if n_seen in part_of:
            replicates[part_of[n_seen]] = meter.measure(part_of[n_seen], curve)
    return {"all": meter.measure("all", total), **replicates}


def _measure_part(
    part: PairPartName,
    scores: NDArray[np.float32],
    same: NDArray[np.bool_],
    binned: NDArray[np.float64],
    replicates: NDArray[np.float64],
    meter: _Meter,
) -> list[PairRow]:
    exact = meter.measure_exactly(scores, same)
    errors = binned - exact
    rows = []
    for place, metric in enumerate(meter.metrics):
        interval = enclose(float(exact[place]), replicates[:, place] - errors[place])
        rows.append(
            PairRow(
                part,
                metric,
                **interval.to_dict(),
                n=len(same),
                n_same=int(same.sum()),
                share_same=float(same.mean()),
                binning_error=float(errors[place]),
            )
        )
    return rows


def _trace(part: PairPartName, even: WeightedCurves, anchors: NDArray[np.floating]) -> PairCurve:
    alarms, hits = even.alarms[1::2, 0], even.hits[1::2, 0]  # at the anchors, highest first
    return PairCurve(
        part, anchors[::-1].astype(np.float64), alarms / even.alarms[-1, 0], hits / even.hits[-1, 0]
    )
