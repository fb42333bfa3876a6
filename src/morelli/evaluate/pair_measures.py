"""The numbers of scored pairs, for all of them and by how many of their artists the model has seen.

Values are exact; their intervals resample artists, counted at some scores only (see `metrics.steps`). The
resamples are the same for all parts, and the resamples of all pairs are sums of those of the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.errors import EvaluationError
from morelli.evaluate.metrics.curves import RANKING_METRICS, Curves
from morelli.evaluate.metrics.evidence import (
    CONTEST_PRIOR,
    EVEN_PRIOR,
    EVIDENCE_METRICS,
    LN2,
    measure_evidence,
)
from morelli.evaluate.metrics.intervals import Float, enclose, resample_artists
from morelli.evaluate.metrics.steps import (
    N_ANCHORS,
    PAIRS_AT_A_TIME,
    RankedPairs,
    choose_anchors,
    count_steps,
    find_steps,
)
from morelli.evaluate.results import list_versions
from morelli.evaluate.rows import ALL, Absence, Findings, Row
from morelli.model.likelihood_ratio import LN10, posterior_probability

_Steps = NDArray[np.int32]
_Bools = NDArray[np.bool_]
_Scores = NDArray[np.floating]

_Relate = Callable[[_Scores], Float]
"""From scores to log10 likelihood ratios, never falling."""

_PairPartName = Literal["all", "both", "one", "none"]

_N_SEEN: dict[_PairPartName, int] = {"both": 2, "one": 1, "none": 0}
"""How many of the two artists the model has seen, by part."""

_PAIR_PARTS: tuple[_PairPartName, ...] = ("all", *_N_SEEN)

UNKNOWN_PART = 3
"""Stands for "not known" there: pairs with a work without an artist count among all pairs only."""

_PAIR_SCHEMA_VERSION = 1
"""Version of `pairs.json`; it rises when a field changes its meaning."""

_PAIRS_SELECTED_AT_A_TIME = 1 << 23
"""Pairs of which the resamples are counted together: some 400 MB while that is done."""

_RESAMPLES_AT_A_TIME = 50
"""Resamples measured together: some 2 MB in each table of 4,000 steps."""


_TABLES = {
    "pairs": "part metric value low high n n_same share_same binning_error",
    "curves": "part threshold false_positive_rate true_positive_rate miss_rate",
}
_TYPES = {"part": pl.String, "metric": pl.String, "n": pl.Int64, "n_same": pl.Int64}


@dataclass(frozen=True, eq=False)
class PairReport:
    """Everything an evaluation of pairs found."""

    collection: str
    encoder: str
    method: str
    pairs: str
    seed: int
    n_boot: int
    n_pairs: int  # with a score
    n_unknown: int  # of which it is not known whether they are by the same hand
    n_lost: int  # of the file, without a score
    n_learnt: int  # with a work of the model's training or validation: their scores are too good
    n_conflicts: int  # whose truth in the file is not what the artists in the gallery say
    findings: Findings  # as `measure_pairs` gives them
    command: str = ""
    versions: Mapping[str, str] = field(default_factory=list_versions)
    schema: int = _PAIR_SCHEMA_VERSION

    def __repr__(self) -> str:
        return f"PairReport({self.pairs!r}, n_pairs={self.n_pairs}, n_rows={len(self.findings.rows)})"

    def to_dict(self) -> dict[str, object]:
        """Return what `pairs.json` holds: all but the curves."""
        plain = (
            "schema", "collection", "encoder", "method", "pairs", "seed", "n_boot", "n_pairs", "n_unknown",
            "n_lost", "n_learnt", "n_conflicts",
        )  # fmt: skip
        return {
            **{name: getattr(self, name) for name in plain},
            "rows": self.findings.tables["pairs"].to_dicts(),
            "reasons": {absence.part: absence.reason for absence in self.findings.absences},
            "command": self.command,
            "versions": dict(self.versions),
        }


@dataclass(frozen=True, eq=False)
class ScoredPairs:
    """Pairs whose truth is known, (p,), with their scores, higher for "the same hand".

    Artist codes are 0 to n_artists - 1; `n_seen` is how many of the two artists the model has seen, 0, 1, 2,
    or 3 for not known.
    """

    scores: NDArray[np.float32]
    same: _Bools
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    n_seen: NDArray[np.int8]
    n_artists: int

    def __len__(self) -> int:
        return len(self.scores)

    def __repr__(self) -> str:
        return f"ScoredPairs(n={len(self)}, n_same={int(self.same.sum())}, n_artists={self.n_artists})"

    def select(self, part: _PairPartName) -> _Bools:
        """Return which pairs are of a part, (p,)."""
        if part == "all":
            return np.ones(len(self), dtype=np.bool_)
        own: _Bools = self.n_seen == _N_SEEN[part]
        return own


def measure_pairs(
    pairs: ScoredPairs,
    *,
    seed: int,
    n_boot: int,
    n_anchors: int = N_ANCHORS,
    relate: _Relate | None = None,
    advance: Callable[[int], None] | None = None,
) -> Findings:
    """Return the metrics of each part, with their intervals over artists, and why another part has none.

    The table ``pairs`` has the rows with the number and the share of pairs by one hand, on which average
    precision depends, and with what counting at some scores only adds to the exact value (`binning_error`; it
    is taken off the resamples). The table ``curves`` has the ROC curve of each part.
    The resamples are counted at `n_anchors` scores in each part. Without `relate`, likelihood ratios are not
    measured. `advance` is told how many pairs were counted.
    """
    _require_finite(pairs.scores)
    members = {part: pairs.select(part) for part in _PAIR_PARTS}
    reasons = {part: reason for part in _PAIR_PARTS if (reason := _explain(pairs.same[members[part]]))}
    measured = {part: own for part, own in members.items() if part not in reasons}
    if not measured:
        return _collect([], [], reasons)
    chosen = [choose_anchors(pairs.scores[own & pairs.same], n_anchors) for own in measured.values()]
    anchors = np.unique(np.concatenate(chosen))
    steps, n_steps = find_steps(pairs.scores, anchors), 2 * len(anchors) + 1
    even = {
        part: _count(pairs.scores[own], pairs.same[own], steps[own], n_steps, relate)
        for part, own in measured.items()
    }
    weights = resample_artists(pairs.n_artists, n_boot=n_boot, rng=np.random.default_rng(seed))
    replicates = _resample_parts(pairs, steps, even, weights, advance)
    records: list[tuple[Any, ...]] = []
    points: list[tuple[Any, ...]] = []
    for part, own in measured.items():
        exact = _measure_exactly(pairs.scores[own], pairs.same[own], relate)
        errors = _measure(even[part])[0] - list(exact.values())
        records += _list_records(part, pairs.same[own], exact, errors, replicates[part])
        alarms, hits = (rates[2::2, 0] for rates in even[part].rates)  # at the anchors, highest first
        curve = np.column_stack([anchors[::-1].astype(np.float64), alarms, hits, 1 - hits])
        points += [(part, *point) for point in curve.tolist()]
    return _collect(records, points, reasons)


def _collect(
    records: list[tuple[Any, ...]], points: list[tuple[Any, ...]], reasons: Mapping[_PairPartName, str]
) -> Findings:
    tables = {}
    for name, own in (("pairs", records), ("curves", points)):
        schema = {column: _TYPES.get(column, pl.Float64) for column in _TABLES[name].split()}
        tables[name] = pl.DataFrame(own, schema=schema, orient="row")
    rows = tuple(
        Row("comparison", part, metric, value, low, high, n, "pairs")
        for part, metric, value, low, high, n, *_ in records
    )
    absences = tuple(Absence("comparison", part, ALL, reason) for part, reason in reasons.items())
    return Findings(rows, tables, absences)


def _count(scores: _Scores, same: _Bools, steps: _Steps, n_steps: int, relate: _Relate | None) -> Curves:
    """Return the curve of pairs that count once each; with `relate` a level is the mean likelihood ratio."""
    curves = count_steps(steps, same, n_steps)
    if relate is None:
        return curves
    sums, counts = np.zeros(n_steps), np.zeros(n_steps)
    for start in range(0, len(scores), PAIRS_AT_A_TIME):
        some = slice(start, start + PAIRS_AT_A_TIME)
        sums += np.bincount(steps[some], weights=relate(scores[some]), minlength=n_steps)
        counts += np.bincount(steps[some], minlength=n_steps)
    return replace(curves, levels=sums / np.maximum(counts, 1))


def _measure(curves: Curves) -> Float:
    """Return `RANKING_METRICS`, and `EVIDENCE_METRICS` where steps have likelihood ratios, (b, k)."""
    blocks = []
    for start in range(0, curves.hits.shape[1], _RESAMPLES_AT_A_TIME):
        some = slice(start, start + _RESAMPLES_AT_A_TIME)
        block = Curves(curves.hits[:, some], curves.alarms[:, some], curves.levels)
        metrics = EVIDENCE_METRICS if len(curves.levels) else ()
        blocks.append(np.column_stack([block.measure(), *measure_evidence(block, metrics)]))
    return np.concatenate(blocks)


def _measure_exactly(scores: _Scores, same: _Bools, relate: _Relate | None) -> dict[str, float]:
    """Return the metrics of pairs of both kinds that count once each, by name."""
    anchors = choose_anchors(scores[same])
    curves = _count(scores, same, find_steps(scores, anchors), 2 * len(anchors) + 1, relate)
    names = RANKING_METRICS if relate is None else (*RANKING_METRICS, *EVIDENCE_METRICS)
    values: dict[str, float] = dict(zip(names, _measure(curves)[0].tolist(), strict=True))
    if relate is not None:
        values |= _average_costs(scores, same, relate)
        values["cllr_calibration"] = values["cllr"] - values["cllr_min"]
    return values


def _average_costs(scores: _Scores, same: _Bools, relate: _Relate) -> dict[str, float]:
    """Return what is a mean over the pairs of each kind, taken block by block."""
    sums = np.zeros((2, 3))  # same and different hands; Cllr and two Brier scores
    priors = (EVEN_PRIOR, CONTEST_PRIOR)
    for start in range(0, len(scores), PAIRS_AT_A_TIME):
        some = slice(start, start + PAIRS_AT_A_TIME)
        ratios = relate(scores[some])
        for row, (kind, sign) in enumerate(((same[some], -1.0), (~same[some], 1.0))):
            own = sign * ratios[kind]  # above 0 misleads
            wrong = [posterior_probability(own, prior if row else 1 - prior) for prior in priors]
            sums[row] += [np.logaddexp(0, LN10 * own).sum() / LN2, *(np.square(one).sum() for one in wrong)]
    n_same = int(same.sum())
    own, other = sums[0] / n_same, sums[1] / (len(same) - n_same)
    return {
        "cllr": (own[0] + other[0]) / 2,
        "brier": EVEN_PRIOR * own[1] + (1 - EVEN_PRIOR) * other[1],
        f"brier_prior_{CONTEST_PRIOR}": CONTEST_PRIOR * own[2] + (1 - CONTEST_PRIOR) * other[2],
    }


def _require_finite(scores: NDArray[np.float32]) -> None:
    if not np.isfinite(scores).all():
        raise EvaluationError(
            "scores of pairs",
            expected="finite numbers",
            found=f"{int((~np.isfinite(scores)).sum())} others",
            remedy="look for empty or damaged vectors again with 'morelli embed'",
        )


def _explain(same: _Bools) -> str:
    """Return why pairs cannot be measured, or nothing."""
    if len(same) == 0:
        return "no pair whose truth is known"
    kind = "the same hand" if same.all() else "different hands" if not same.any() else ""
    return f"all {len(same)} pairs are by {kind}" if kind else ""


def _resample_parts(
    pairs: ScoredPairs,
    steps: _Steps,
    even: Mapping[_PairPartName, Curves],
    weights: Float,
    advance: Callable[[int], None] | None,
) -> dict[_PairPartName, Float]:
    """Return the metrics of each part with a curve, in each resample; all pairs are the sum of the parts."""
    n_steps = len(next(iter(even.values())).hits)
    replicates: dict[_PairPartName, Float] = {}
    total = np.zeros((2, n_steps, len(weights)))
    for n_seen in (*_N_SEEN.values(), UNKNOWN_PART):
        passed = np.zeros_like(total)
        for start in range(0, len(pairs), _PAIRS_SELECTED_AT_A_TIME):
            own = start + np.flatnonzero(pairs.n_seen[start : start + _PAIRS_SELECTED_AT_A_TIME] == n_seen)
            ranked = RankedPairs(
                steps[own], pairs.same[own], pairs.left[own], pairs.right[own], n_steps, pairs.n_artists
            )
            some = ranked.weigh(weights, advance=advance)
            passed[0] += some.hits
            passed[1] += some.alarms
        total += passed
        for part in even:
            if _N_SEEN.get(part) == n_seen:
                replicates[part] = _measure(replace(even[part], hits=passed[0], alarms=passed[1]))
    return {"all": _measure(replace(even["all"], hits=total[0], alarms=total[1])), **replicates}


def _list_records(
    part: _PairPartName, same: _Bools, exact: dict[str, float], errors: Float, replicates: Float
) -> list[tuple[Any, ...]]:
    """Return rows of the table ``pairs``."""
    n, n_same, share_same = len(same), int(same.sum()), float(same.mean())
    return [
        (
            part,
            metric,
            *enclose(value, own - error).to_dict().values(),
            n,
            n_same,
            share_same,
            float(error),
        )
        for (metric, value), own, error in zip(exact.items(), replicates.T, errors, strict=True)
        if np.isfinite(value)
    ]
