"""Judgements: frozen answers that carry their evidence and can be printed or sent as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from morelli.gallery.search import Match
from morelli.judge.signals import SignalProfile

# How far one likelihood ratio can be relied on: over crops, over artists learnt from, and without a work.

_LEVEL = 0.95
"""Coverage of the interval, as of all intervals in this package."""

_Z = float(norm.ppf((1 + _LEVEL) / 2))


@dataclass(frozen=True)
class DoubtPart:
    """One reason why a likelihood ratio might have come out otherwise.

    Parameters
    ----------
    name
        "crops": the pictures might have been framed otherwise. "artists": the model might have learnt from
        other artists.
    standard_error
        In units of log10 of the likelihood ratio, at least 0.
    n
        How many other likelihood ratios it was measured on.
    """

    name: str
    standard_error: float
    n: int


@dataclass(frozen=True)
class Omission:
    """What a likelihood ratio would be without one work, or without all works of one source.

    Parameters
    ----------
    kind
        "work" or "source".
    side
        "left" or "right".
    left_out
        The name of the work or of the source.
    log10_likelihood_ratio
        Without it.
    change
        By how much that is more than with it; negative for less.
    """

    kind: str
    side: str
    left_out: str
    log10_likelihood_ratio: float
    change: float


def measure_crops(answer: float, others: NDArray[np.float64]) -> float:
    """Return the root mean square difference of other views' answers from the answer on whole pictures.

    Not the deviation from their mean: where crops as such weaken the evidence, that is part of the doubt.

    Parameters
    ----------
    answer
        Log10 likelihood ratio of the whole pictures.
    others
        (v,) that of each other pair of views, at least one.

    Examples
    --------
    >>> round(measure_crops(1.0, np.array([1.3, 0.6])), 4)
    0.3536
    """
    return float(np.sqrt(np.mean((others - answer) ** 2)))


def measure_jackknife(values: NDArray[np.float64]) -> float:
    """Return the standard error by the delete-a-group jackknife.

    Parameters
    ----------
    values
        (K,) answers of models that were each learnt without another K-th of the artists, at least two.

    References
    ----------
    Kott 2001, The delete-a-group jackknife, Journal of Official Statistics 17(4), 521-526; with K groups the
    variance is (K - 1) / K times the sum of squared differences from the mean.

    Examples
    --------
    >>> round(measure_jackknife(np.array([1.0, 1.2, 0.8, 1.0])), 4)
    0.2449
    """
    n_groups = len(values)
    return float(np.sqrt((n_groups - 1) / n_groups * np.sum((values - values.mean()) ** 2)))


def find_interval(answer: float, parts: Sequence[DoubtPart]) -> tuple[float, float] | None:
    """Return the 95 % interval of an answer, its doubts added in quadrature; None where none was measured.

    Examples
    --------
    >>> low, high = find_interval(1.0, [DoubtPart("crops", 0.3, 24), DoubtPart("artists", 0.4, 8)])
    >>> round(low, 2), round(high, 2)
    (0.02, 1.98)
    """
    if not parts:
        return None
    error = float(np.hypot.reduce([part.standard_error for part in parts]))
    return answer - _Z * error, answer + _Z * error


def pick_largest(omissions: Sequence[Omission]) -> tuple[Omission, ...]:
    """Return the omission with the largest change of each kind, works before sources."""
    kinds = ("work", "source")
    found = ([omission for omission in omissions if omission.kind == kind] for kind in kinds)
    return tuple(max(some, key=lambda omission: abs(omission.change)) for some in found if some)


@dataclass(frozen=True)
class Candidate:
    """One artist who may have painted a work.

    Parameters
    ----------
    artist
        The name.
    probability
        Calibrated, 0..1, given that the work is by one of the artists the model knows.
    n_enrolled
        How many works the artist was enrolled from; None for one who was learnt.
    """

    artist: str
    probability: float
    n_enrolled: int | None = None

    def to_label(self) -> str:
        """Return the name, with the number of works behind an enrolled one.

        Examples
        --------
        >>> Candidate("Anna Ancher", 0.4, 1).to_label(), Candidate("Claude Monet", 0.6).to_label()
        ('Anna Ancher (enrolled from 1 work)', 'Claude Monet')
        """
        if self.n_enrolled is None:
            return self.artist
        return f"{self.artist} (enrolled from {self.n_enrolled} work{'s'[: self.n_enrolled != 1]})"


@dataclass(frozen=True)
class Attribution:
    """Who may have painted a work, and the reference works that speak for it.

    Parameters
    ----------
    picture
        The file that was asked about.
    candidates
        Most probable first.
    references
        The nearest works of the gallery; the picture itself is left out.
    n_artists
        How many artists the model chose among.
    prediction_set
        The artists of the set, most probable first; none when the model makes no sets.
    level
        The share of such sets that hold the right artist, when it is one of those the model knows.
    none_of_these
        The share of works by known artists that look at least as unlike all of them, 0..1; a low one speaks
        for somebody else. None when the model cannot tell.
    summary
        The same in one sentence.
    """

    picture: str
    candidates: tuple[Candidate, ...]
    references: tuple[Match, ...]
    n_artists: int
    prediction_set: tuple[str, ...]
    level: float
    none_of_these: float | None
    summary: str

    def to_dict(self) -> dict[str, Any]:
        """Return the attribution as a JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class Comparison:
    """How strongly two works, or two sets of works, speak for one hand rather than two.

    Parameters
    ----------
    left, right
        The works; several are joined by commas.
    score
        Cosine in the model's comparison space, -1..1; of sets, that of their mean directions. Of a model with
        a pair rule, the score of that rule; of sets, the mean over all pairs of one of each.
    log10_likelihood_ratio
        How many times likelier such a score is when the hands are the same, as a power of ten.
    prior
        The probability of one hand before looking, as given by the user.
    probability
        The probability of one hand after looking.
    sentence
        The same in words, or that the evidence is not enough.
    n_left, n_right
        How many works each side has.
    interval
        95 % interval of the log10 likelihood ratio, or None where nothing was there to measure it.
    parts
        What the interval is made of.
    omissions
        What leaving out one work, or the works of one source, would change most.
    sufficient
        Whether nothing stands against reading the sentence as it is.
    reasons
        What does, each a clause without a full stop; empty when `sufficient`.
    profile
        What the single signals say, or None where it was not asked for.
    """

    left: str
    right: str
    score: float
    log10_likelihood_ratio: float
    prior: float
    probability: float
    sentence: str
    n_left: int = 1
    n_right: int = 1
    interval: tuple[float, float] | None = None
    parts: tuple[DoubtPart, ...] = ()
    omissions: tuple[Omission, ...] = ()
    sufficient: bool = False
    reasons: tuple[str, ...] = ()
    profile: SignalProfile | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as a JSON object."""
        return asdict(self)
