"""Judgements: frozen answers that carry their evidence and can be printed or sent as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from morelli.gallery.search import Match
from morelli.judge.signals import SignalProfile

_LEVEL = 0.95  # coverage of the range, as of all intervals in this package


class _Shown:
    """An answer that a notebook shows with its pictures."""

    def _repr_html_(self) -> str:
        # what draws pages stands above this chapter, and is loaded where an answer is shown
        return str(import_module("morelli.report.answers").show(self))


@dataclass(frozen=True)
class DoubtPart:
    """One reason why a likelihood ratio might have come out otherwise.

    "crops": the pictures might have been framed otherwise. "artists": the model might have learnt from other
    artists.
    """

    name: str
    standard_error: float  # of log10 of the likelihood ratio, at least 0
    n: int  # how many other likelihood ratios it was measured on

    @property
    def half_width(self) -> float:
        """Half the range of this part alone; over groups of artists by Student's t with n - 1 degrees."""
        quantile = (
            t.ppf((1 + _LEVEL) / 2, self.n - 1) if self.name == "artists" else norm.ppf((1 + _LEVEL) / 2)
        )
        return float(quantile) * self.standard_error


@dataclass(frozen=True)
class Omission:
    """What a likelihood ratio would be without one work, or without all works of one source."""

    kind: str  # "work" or "source"
    side: str  # "left" or "right"
    left_out: str  # name of the work or the source
    log10_likelihood_ratio: float  # without it
    change: float  # by how much that is more than with it


def measure_crops(answer: float, others: NDArray[np.float64]) -> float:
    """Return the root mean square difference of other views' answers (v,) from that on whole pictures.

    In log10 of the likelihood ratio. Not the deviation from their mean: where crops as such weaken the
    evidence, that is part of the doubt.

    >>> round(measure_crops(1.0, np.array([1.3, 0.6])), 4)
    0.3536
    """
    return float(np.sqrt(np.mean((others - answer) ** 2)))


def measure_jackknife(values: NDArray[np.float64]) -> float:
    """Return the standard error of the answers (K,) of models that each lacked another K-th of the artists.

    The delete-a-group jackknife: the variance is (K - 1) / K times the sum of squared differences from the
    mean (Kott 2001, Journal of Official Statistics 17(4), 521-526).

    >>> round(measure_jackknife(np.array([1.0, 1.2, 0.8, 1.0])), 4)
    0.2449
    """
    n_groups = len(values)
    return float(np.sqrt((n_groups - 1) / n_groups * np.sum((values - values.mean()) ** 2)))


def find_interval(
    answer: float, parts: Sequence[DoubtPart], bounds: tuple[float, float]
) -> tuple[float, float] | None:
    """Return the range of an answer under re-cropping and re-learning; None where neither was measured.

    The half widths of its parts are added in quadrature around the answer, which is not bounded; then the
    range is cut at the bounds, and holds at least the answer cut there.

    >>> parts = [DoubtPart("crops", 0.3, 24), DoubtPart("artists", 0.2, 4)]
    >>> low, high = find_interval(1.0, parts, (-1.0, 1.5))
    >>> round(low, 2), round(high, 2)
    (0.13, 1.5)
    """
    if not parts:
        return None
    half = float(np.hypot.reduce([part.half_width for part in parts]))
    low, high = np.clip([answer - half, answer + half], *bounds)
    return float(low), float(high)


def pick_largest(omissions: Sequence[Omission]) -> tuple[Omission, ...]:
    """Return the omission with the largest change of each kind, works before sources."""
    kinds = ("work", "source")
    found = ([omission for omission in omissions if omission.kind == kind] for kind in kinds)
    return tuple(max(some, key=lambda omission: abs(omission.change)) for some in found if some)


@dataclass(frozen=True)
class Candidate:
    """One artist who may have painted a work."""

    artist: str
    probability: float  # calibrated, 0..1, given that the model knows the artist
    n_enrolled: int | None = None  # works enrolled from; None: learnt

    def to_label(self) -> str:
        """Return the name, with the number of works behind an enrolled one.

        >>> Candidate("Anna Ancher", 0.4, 1).to_label()
        'Anna Ancher (enrolled from 1 work)'
        """
        if self.n_enrolled is None:
            return self.artist
        return f"{self.artist} (enrolled from {self.n_enrolled} work{'s'[: self.n_enrolled != 1]})"


@dataclass(frozen=True)
class Attribution(_Shown):
    """Who may have painted a work, and the reference works that support it."""

    picture: str
    candidates: tuple[Candidate, ...]  # most probable first
    references: tuple[Match, ...]  # nearest works of the gallery, without the picture itself
    n_artists: int  # how many the model chose among
    prediction_set: tuple[str, ...]  # most probable first; empty: the model makes no sets
    level: float  # share of such sets that hold the right artist, if the model knows it
    none_of_these: float | None  # share of known artists' works that look as odd, 0..1
    summary: str  # the same in one sentence
    doubts: tuple[str, ...] = ()  # clauses on what stands against it; with any, no promise holds

    def to_dict(self) -> dict[str, Any]:
        """Return the attribution as a JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class Diagnostics:
    """The numbers behind a comparison, whether or not they may be read as its answer."""

    log10_likelihood_ratio: float  # within the bounds of the model
    unbounded: float  # the same where the calibrated line goes on
    bounds: tuple[float, float]  # log10 of the lowest and the highest ratio that the model can support
    interval: tuple[float, float] | None  # range under re-cropping and re-learning, 95 %; None: not measured
    probability: float  # of one hand after looking


@dataclass(frozen=True)
class Comparison(_Shown):
    """How strongly two works, or two sets of works, speak for one hand rather than two.

    Where the evidence is not enough, there is no likelihood ratio, no range and no probability.
    """

    left: str  # the works; several are joined by commas
    right: str
    score: float  # by the model's rule; the cosine, -1..1, where it has no other
    log10_likelihood_ratio: float | None  # how many times likelier under one hand, as a power of ten
    prior: float  # of one hand before looking
    probability: float | None  # of one hand after looking
    sentence: str  # the same in words, or that the evidence is not enough
    diagnostics: Diagnostics
    n_left: int = 1
    n_right: int = 1
    interval: tuple[float, float] | None = None  # range of the log10 likelihood ratio, 95 %
    at_limit: bool = False  # whether it is the most or the least that the model can support
    parts: tuple[DoubtPart, ...] = ()  # what the range is made of
    omissions: tuple[Omission, ...] = ()  # what leaving out a work or a source changes most
    sufficient: bool = False  # whether the sentence may be read as it is
    reasons: tuple[str, ...] = ()  # why not, clauses without a full stop
    profile: SignalProfile | None = None  # of two single works
    doubts: tuple[str, ...] = ()  # what the works are, that an answer can say less of them
    calibrated_on: str | None = None  # whose works the ratio was calibrated on; None: not known
    in_domain: bool | None = None  # whether the works are of these years and styles; None: not known

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as a JSON object."""
        return asdict(self)


class Matches(list[Match], _Shown):
    """The works that a search found, best first, and what was searched for."""

    def __init__(self, query: str, found: Iterable[Match] = (), *, signal: str | None = None) -> None:
        super().__init__(found)
        self.query, self.signal = query, signal
