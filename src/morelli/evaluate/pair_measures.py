"""The numbers of scored pairs, for all of them and by how many of their artists the model has seen.

Values are exact; their intervals resample artists, at some scores only (see `thresholds`). The resamples are
the same for all parts, and the resamples of all pairs are sums of those of the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from morelli.errors import EvaluationError
from morelli.evaluate.metrics.curves import WeightedCurves
from morelli.evaluate.metrics.evidence import CONTEST_PRIOR, EVEN_PRIOR, LN2, Evidence
from morelli.evaluate.metrics.intervals import enclose, resample_artists
from morelli.evaluate.metrics.steps import (
    EVIDENCE_METRICS,
    N_ANCHORS,
    PAIRS_AT_A_TIME,
    choose_anchors,
    count_resamples,
    count_steps,
    find_steps,
    measure_evidence,
)
from morelli.evaluate.results import list_versions
from morelli.model.likelihood_ratio import LN10, posterior_probability

# The measures of likelihood ratios for millions of pairs, from what is counted at some scores.

_RESAMPLES_AT_A_TIME = 50
"""Resamples measured together: some 2 MB in each table of 4,000 steps."""

_Relate = Callable[[NDArray[np.floating]], NDArray[np.float64]]
"""From scores to log10 likelihood ratios, never falling."""


def _find_centres(
    scores: NDArray[np.floating], steps: NDArray[np.int32], n_steps: int, relate: _Relate
) -> NDArray[np.float64]:
    """Return the mean log10 likelihood ratio at each step, 0 where there is no pair.

    Parameters
    ----------
    scores, steps
        (p,) of each pair.
    n_steps
        How many steps there are.
    relate
        Gives the likelihood ratios.
    """
    sums, counts = np.zeros(n_steps), np.zeros(n_steps)
    for start in range(0, len(scores), PAIRS_AT_A_TIME):
        some = slice(start, start + PAIRS_AT_A_TIME)
        sums += np.bincount(steps[some], weights=relate(scores[some]), minlength=n_steps)
        counts += np.bincount(steps[some], minlength=n_steps)
    return sums / np.maximum(counts, 1)


def _measure_curves(curves: WeightedCurves, centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `EVIDENCE_METRICS` of curves whose steps have a likelihood ratio, (b, k).

    Parameters
    ----------
    curves
        (t, b) what a falling threshold lets through.
    centres
        (t,) the log10 likelihood ratio of each step.
    """
    blocks = []
    for start in range(0, curves.hits.shape[1], _RESAMPLES_AT_A_TIME):
        some = slice(start, start + _RESAMPLES_AT_A_TIME)
        block = WeightedCurves(curves.hits[:, some], curves.alarms[:, some])
        blocks.append(measure_evidence(Evidence.from_curves(centres, block), EVIDENCE_METRICS))
    return np.concatenate(blocks, axis=1).T


def _measure_evidence_exactly(
    scores: NDArray[np.floating], same: NDArray[np.bool_], relate: _Relate
) -> NDArray[np.float64]:
    """Return `EVIDENCE_METRICS` of pairs that count once each, (k,).

    Parameters
    ----------
    scores
        (p,) higher for "the same hand".
    same
        (p,) bool, pairs of both kinds.
    relate
        Gives the likelihood ratios.

    Examples
    --------
    >>> scores, same = np.array([0.0, 0.0]), np.array([True, False])
    >>> values = _measure_evidence_exactly(scores, same, lambda scores: scores)
    >>> float(values[EVIDENCE_METRICS.index("cllr")].round(6))
    1.0
    """
    anchors = choose_anchors(scores[same])
    steps, n_steps = find_steps(scores, anchors), 2 * len(anchors) + 1
    curves = count_steps(steps, same, n_steps)
    centres = _find_centres(scores, steps, n_steps, relate)
    values = dict(zip(EVIDENCE_METRICS, _measure_curves(curves, centres)[0], strict=True))
    values |= _sum_costs(scores, same, relate)
    values["cllr_calibration"] = values["cllr"] - values["cllr_min"]
    return np.array([values[metric] for metric in EVIDENCE_METRICS])


def _sum_costs(
    scores: NDArray[np.floating], same: NDArray[np.bool_], relate: _Relate
) -> dict[str, np.float64]:
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


# What an evaluation of pairs gives back: one row per number, and what was not counted.

_PairPartName = Literal["all", "both", "one", "none"]

_PAIR_PARTS: tuple[_PairPartName, ...] = ("all", "both", "one", "none")
"""All pairs, and those of which the model has seen both artists, one of them, or none."""

_PAIR_METRICS = ("roc_auc", "average_precision", "equal_error_rate")

_PAIR_SCHEMA_VERSION = 1
"""Version of `pairs.json`; it rises when a field changes its meaning."""


@dataclass(frozen=True)
class PairRow:
    """One number of an evaluation of pairs.

    Parameters
    ----------
    part
        Of which pairs, by how many of their artists the model has seen.
    metric
        One of `_PAIR_METRICS`, or of the measures of likelihood ratios in `evidence_rows`.
    value
        The number, exact.
    low, high
        Its 95 % interval over artists.
    n, n_same
        Pairs that were counted, and those of them by the same hand.
    share_same
        The second divided by the first, on which average precision depends.
    binning_error
        What counting at some scores only adds to the value; it is taken off the resamples.
    """

    part: _PairPartName
    metric: str
    value: float
    low: float
    high: float
    n: int
    n_same: int
    share_same: float
    binning_error: float

    def to_dict(self) -> dict[str, str | float | int]:
        """Return the fields by name."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class PairCurve:
    """The ROC curve of one part at some scores.

    Parameters
    ----------
    part
        Of which pairs.
    thresholds
        (t,) falling; a pair with such a score or a higher one is called the same hand.
    false_positive_rates, true_positive_rates
        (t,) shares of the pairs by different hands and by the same hand that are called so, 0 to 1.
    """

    part: _PairPartName
    thresholds: NDArray[np.float64]
    false_positive_rates: NDArray[np.float64]
    true_positive_rates: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PairReport:
    """Everything an evaluation of pairs found.

    Parameters
    ----------
    collection, encoder, method
        What was compared, with which encoder and which comparison of the model.
    pairs
        The pair file.
    seed, n_boot
        Of the resamples, and how many there are.
    n_pairs
        Pairs with a score.
    n_unknown
        Those of them of which it is not known whether they are by the same hand.
    n_lost
        Pairs of the file without a score.
    n_learnt
        Pairs with a work that the model has learnt or chosen something on: their scores are too good.
    n_conflicts
        Pairs whose truth in the file is not what the artists in the gallery say.
    rows
        All numbers.
    reasons
        Why a part has none, as a clause without a full stop.
    curves
        For drawing, one for each part with rows.
    command, versions, schema
        As in `Report`.
    """

    collection: str
    encoder: str
    method: str
    pairs: str
    seed: int
    n_boot: int
    n_pairs: int
    n_unknown: int
    n_lost: int
    n_learnt: int
    n_conflicts: int
    rows: tuple[PairRow, ...]
    reasons: Mapping[_PairPartName, str] = field(default_factory=dict)
    curves: tuple[PairCurve, ...] = ()
    command: str = ""
    versions: Mapping[str, str] = field(default_factory=list_versions)
    schema: int = _PAIR_SCHEMA_VERSION

    def __repr__(self) -> str:
        return f"PairReport({self.pairs!r}, n_pairs={self.n_pairs}, n_rows={len(self.rows)})"

    def find_row(self, part: _PairPartName, metric: str) -> PairRow | None:
        """Return the row of one number, or None when it was not measured."""
        return next((row for row in self.rows if (row.part, row.metric) == (part, metric)), None)

    def to_dict(self) -> dict[str, object]:
        """Return what `pairs.json` holds: all but the curves."""
        plain = (
            "schema", "collection", "encoder", "method", "pairs", "seed", "n_boot", "n_pairs", "n_unknown",
            "n_lost", "n_learnt", "n_conflicts",
        )  # fmt: skip
        return {
            **{name: getattr(self, name) for name in plain},
            "rows": [row.to_dict() for row in self.rows],
            "reasons": dict(self.reasons),
            "command": self.command,
            "versions": dict(self.versions),
        }


_N_SEEN: dict[_PairPartName, int] = {"both": 2, "one": 1, "none": 0}
"""How many of the two artists the model has seen, by part."""

UNKNOWN_PART = 3
"""Stands for "not known" there: pairs with a work without an artist count among all pairs only."""

_PAIRS_SELECTED_AT_A_TIME = 1 << 23
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
    reasons: dict[_PairPartName, str]
    curves: tuple[PairCurve, ...]


def measure_pairs(
    pairs: ScoredPairs,
    *,
    seed: int,
    n_boot: int,
    n_anchors: int = N_ANCHORS,
    relate: _Relate | None = None,
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
    members = {part: _select_part(pairs, part) for part in _PAIR_PARTS}
    reasons = {part: reason for part in _PAIR_PARTS if (reason := _explain(pairs.same[members[part]]))}
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
        {
            part: _find_centres(pairs.scores[own], steps[own], n_steps, relate)
            for part, own in measured.items()
        }
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


def _measure_exactly(scores: NDArray[np.floating], same: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the three metrics of pairs, those of `verification`, without a copy of them in order.

    Parameters
    ----------
    scores
        (p,) higher for "the same hand".
    same
        (p,) bool, pairs of both kinds.

    Examples
    --------
    >>> _measure_exactly(np.array([0.8, 0.2, 0.5]), np.array([True, True, False])).round(3).tolist()
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

    relate: _Relate | None
    centres: dict[_PairPartName, NDArray[np.float64]]

    @property
    def metrics(self) -> tuple[str, ...]:
        return _PAIR_METRICS if self.relate is None else (*_PAIR_METRICS, *EVIDENCE_METRICS)

    def measure(self, part: _PairPartName, curves: WeightedCurves) -> NDArray[np.float64]:
        if part not in self.centres:
            return curves.measure()
        return np.hstack([curves.measure(), _measure_curves(curves, self.centres[part])])

    def measure_exactly(self, scores: NDArray[np.floating], same: NDArray[np.bool_]) -> NDArray[np.float64]:
        exact = _measure_exactly(scores, same)
        if self.relate is None:
            return exact
        return np.concatenate([exact, _measure_evidence_exactly(scores, same, self.relate)])


def _require_finite(scores: NDArray[np.float32]) -> None:
    if not np.isfinite(scores).all():
        raise EvaluationError(
            "scores of pairs",
            expected="finite numbers",
            found=f"{int((~np.isfinite(scores)).sum())} others",
            remedy="look for empty or damaged vectors again with 'morelli embed'",
        )


def _select_part(pairs: ScoredPairs, part: _PairPartName) -> NDArray[np.bool_]:
    if part == "all":
        return np.ones(len(pairs), dtype=np.bool_)
    own: NDArray[np.bool_] = pairs.n_seen == _N_SEEN[part]
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
) -> dict[_PairPartName, NDArray[np.float64]]:
    """Return the metrics of each part in each resample; the counts of all pairs are sums of the parts'."""
    total = WeightedCurves(np.zeros((n_steps, len(weights))), np.zeros((n_steps, len(weights))))
    replicates: dict[_PairPartName, NDArray[np.float64]] = {}
    part_of: dict[int, _PairPartName] = {number: part for part, number in _N_SEEN.items()}
    for n_seen in (*part_of, UNKNOWN_PART):
        curve = WeightedCurves(np.zeros_like(total.hits), np.zeros_like(total.alarms))
        for start in range(0, len(pairs), _PAIRS_SELECTED_AT_A_TIME):
            own = start + np.flatnonzero(pairs.n_seen[start : start + _PAIRS_SELECTED_AT_A_TIME] == n_seen)
            artists = pairs.left[own], pairs.right[own]
            some = count_resamples(steps[own], pairs.same[own], artists, weights, n_steps, advance=advance)
            curve = WeightedCurves(curve.hits + some.hits, curve.alarms + some.alarms)
        total = WeightedCurves(total.hits + curve.hits, total.alarms + curve.alarms)
        if n_seen in part_of:
            replicates[part_of[n_seen]] = meter.measure(part_of[n_seen], curve)
    return {"all": meter.measure("all", total), **replicates}


def _measure_part(
    part: _PairPartName,
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


def _trace(part: _PairPartName, even: WeightedCurves, anchors: NDArray[np.floating]) -> PairCurve:
    alarms, hits = even.alarms[1::2, 0], even.hits[1::2, 0]  # at the anchors, highest first
    return PairCurve(
        part, anchors[::-1].astype(np.float64), alarms / even.alarms[-1, 0], hits / even.hits[-1, 0]
    )
