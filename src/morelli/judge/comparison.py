"""Are these by the same hand: a likelihood ratio, how sure it is, and the probability under a prior."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from morelli.errors import UsageError
from morelli.judge.results import (
    Comparison,
    Diagnostics,
    DoubtPart,
    Omission,
    find_interval,
    measure_crops,
    measure_jackknife,
    pick_largest,
)
from morelli.judge.words import INSUFFICIENT, describe_evidence
from morelli.model.artefact import Model
from morelli.model.comparison import ComparisonHead
from morelli.model.likelihood_ratio import MIN_DRAWS, posterior_probability

_Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Side:
    """Works that are taken to be by one hand, to be compared with others.

    Raises `UsageError` when there is no work, or names, vectors, crops and sources differ in number.
    """

    names: tuple[str, ...]  # (n,) at least one
    vectors: _Float  # (n, d) under the model's encoder
    crops: _Float | None = None  # (n, k, d) of the same crops of each picture
    sources: tuple[str | None, ...] | None = None  # (n,) where each work comes from
    unsuitable: tuple[str, ...] = ()  # clauses on works that should not be judged
    doubts: tuple[str, ...] = ()  # clauses that an answer carries
    in_domain: bool | None = None  # whether all lie in the domain of the calibration; None: not known

    def __post_init__(self) -> None:
        parts = [part for part in (self.vectors, self.crops, self.sources) if part is not None]
        if not self.names or any(len(part) != len(self.names) for part in parts):
            raise UsageError(
                "a side of a comparison",
                expected="at least one work, and a vector for each",
                found=f"{len(self.names)} works, {len(self.vectors)} vectors",
                remedy="name the works of each side",
            )

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        return f"Side({self.label!r}, n={len(self)})"

    @property
    def label(self) -> str:
        """The names, joined by commas."""
        return ", ".join(self.names)

    @property
    def views(self) -> _Float:
        """(v, n, d) the works as a whole, then crop by crop of all of them."""
        whole = self.vectors[None]
        return whole if self.crops is None else np.concatenate([whole, self.crops.swapaxes(0, 1)])

    def list_omissions(self) -> list[tuple[str, str, NDArray[np.bool_]]]:
        """Return what can be left out: ("work" or "source", its name, (n,) which works then stay)."""
        if len(self) < 2:
            return []
        places = np.arange(len(self))
        found = [("work", name, places != place) for place, name in enumerate(self.names)]
        known = sorted({source for source in self.sources or () if source is not None})
        if len(known) > 1:
            sources = np.array(self.sources, dtype=object)
            found += [("source", source, sources != source) for source in known]
        return found


def compare_vectors(
    model: Model, left: _Float, right: _Float, *, names: tuple[str, str], prior: float = 0.5
) -> Comparison:
    """Return the evidence that two works, or two sets of works, are by one hand.

    Parameters
    ----------
    left, right
        (d,) float32 each, or (n, d) for a set, under the model's encoder.
    names
        What the two are called in the answer.
    prior
        Probability of one hand before looking, between 0 and 1, both excluded.
    """
    sides = (
        Side((name,) if len(rows) == 1 else tuple(f"{name} {n}" for n in range(1, len(rows) + 1)), rows)
        for name, rows in zip(names, (np.atleast_2d(left), np.atleast_2d(right)), strict=True)
    )
    return compare_sides(model, *sides, prior=prior)


def compare_sides(model: Model, left: Side, right: Side, *, prior: float = 0.5) -> Comparison:
    """Return the evidence that two sides are by one hand, each side being the work of one.

    The prior, of one hand before looking, lies between 0 and 1, both excluded.
    """
    check_prior(prior)
    head = model.comparison
    _check_sizes(head, len(left), len(right))
    views = [_transform_views(head, side) for side in (left, right)]
    score, evidence, unbounded = _weigh_rows(head, views[0][0], views[1][0])
    parts = _list_parts(model, left, right, views, unbounded)
    bounds = head.calibration.find_bounds(len(left), len(right))
    interval = find_interval(unbounded, parts, bounds)
    tried = _try_omissions(head, left, right, views, evidence)
    unsuitable = (*_find_repeats(left, right), *left.unsuitable, *right.unsuitable)
    reasons = (*unsuitable, *_find_reasons(evidence, interval, tried))
    probability = float(posterior_probability(evidence, prior))
    at_limit = evidence != 0 and evidence in bounds
    answer = Comparison(
        left=left.label,
        right=right.label,
        n_left=len(left),
        n_right=len(right),
        score=score,
        log10_likelihood_ratio=evidence,
        interval=interval,
        at_limit=at_limit,
        parts=tuple(parts),
        omissions=pick_largest(tried),
        prior=prior,
        probability=probability,
        sentence=describe_evidence(evidence, at_limit=at_limit),
        diagnostics=Diagnostics(evidence, unbounded, bounds, interval, probability),
        sufficient=True,
        doubts=(*left.doubts, *right.doubts),
        calibrated_on=population.describe() if (population := head.calibration.population) else None,
        in_domain=_find_domain(left, right),
    )
    return withhold(answer, *reasons) if reasons else answer


def withhold(answer: Comparison, *reasons: str) -> Comparison:
    """Return a comparison that is not enough evidence, for these reasons before those that it has."""
    return replace(
        answer,
        log10_likelihood_ratio=None,
        probability=None,
        interval=None,
        at_limit=False,
        sentence=INSUFFICIENT,
        sufficient=False,
        reasons=(*reasons, *answer.reasons),
    )


def _find_domain(left: Side, right: Side) -> bool | None:
    """Return whether both sides lie within the domain of the calibration; None where that is not known."""
    sides = left.in_domain, right.in_domain
    return False if False in sides else None if None in sides else True


def _check_sizes(head: ComparisonHead, n_left: int, n_right: int) -> None:
    """Raise `UsageError` for sets so large that the model was not calibrated for them."""
    missing = head.calibration.find_missing(n_left, n_right)
    if missing is not None:
        size, n_draws = missing
        raise UsageError(
            f"a comparison of {n_left} works with {n_right}",
            expected=f"at most {max(head.calibration.maps)} on each side, as the model is calibrated for",
            found=f"training had {n_draws} independent pairs of sets of {size} by one artist, "
            f"{MIN_DRAWS - n_draws} too few to calibrate such sets",
            remedy="compare fewer works, or train on more works of each artist",
        )


def _weigh_rows(head: ComparisonHead, left: _Float, right: _Float) -> tuple[float, float, float]:
    """Return score and log10 likelihood ratio, bounded and not, of rows (n, r), (m, r) from `read_rows`."""
    score = head.rule.score_sets(left, right)
    bounded, unbounded = (
        float(head.log10_likelihood_ratio(np.array(score), len(left), len(right), bounded=bounded))
        for bounded in (True, False)
    )
    return score, bounded, unbounded


def check_prior(prior: float) -> None:
    """Raise `UsageError` for a prior that is not between 0 and 1, both excluded."""
    if not 0 < prior < 1:
        raise UsageError(
            "--prior",
            expected="a probability between 0 and 1, both excluded",
            found=str(prior),
            remedy="give 0.5 when nothing is known, less when most artists could be meant",
        )


def _transform_views(head: ComparisonHead, side: Side) -> _Float:
    """Return (v, n, r) rows of the whole pictures and of each crop."""
    views = side.views
    return head.read_rows(views.reshape(-1, views.shape[-1])).reshape(*views.shape[:2], -1)


def _list_parts(
    model: Model, left: Side, right: Side, views: Sequence[_Float], evidence: float
) -> list[DoubtPart]:
    others = [_weigh_rows(model.comparison, *pair)[2] for pair in product(*views)][1:]
    parts = [DoubtPart("crops", measure_crops(evidence, np.array(others)), len(others))] if others else []
    if model.ensemble is not None:
        values = model.ensemble.log10_likelihood_ratios(left.vectors, right.vectors)
        parts.append(DoubtPart("artists", measure_jackknife(values), len(values)))
    return parts


def _try_omissions(
    head: ComparisonHead, left: Side, right: Side, views: Sequence[_Float], evidence: float
) -> list[Omission]:
    found = []
    for place, (name, side) in enumerate((("left", left), ("right", right))):
        rows = [views[0][0], views[1][0]]
        for kind, left_out, stays in side.list_omissions():
            rows[place] = views[place][0][stays]
            _, without, _ = _weigh_rows(head, *rows)
            found.append(Omission(kind, name, left_out, without, without - evidence))
    return found


def _find_repeats(left: Side, right: Side) -> list[str]:
    return [
        f"{name}: the same picture stands on both sides"
        for name, vector in zip(left.names, left.vectors, strict=True)
        if (right.vectors == vector).all(axis=1).any()
    ]


def _find_reasons(
    evidence: float, interval: tuple[float, float] | None, tried: Sequence[Omission]
) -> list[str]:
    """Return why the evidence is not enough, whatever the pictures are; none where it is."""
    if interval is None:
        reasons = ["how sure this is could not be measured: there are neither crops nor models to compare"]
    elif interval[0] <= 0 <= interval[1]:
        reasons = ["the range under re-cropping and re-learning reaches from two hands to one"]
    else:
        reasons = []
    turning = [omission for omission in tried if omission.log10_likelihood_ratio * evidence < 0]
    return reasons + [
        f"without the {omission.kind} '{omission.left_out}' the evidence would point the other way"
        for omission in pick_largest(turning)
    ]
