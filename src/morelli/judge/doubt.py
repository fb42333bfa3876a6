"""How far one likelihood ratio can be relied on: over crops, over artists learnt from, and without a work.

Everything here is in units of log10 of the likelihood ratio.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

LEVEL = 0.95
"""Coverage of the interval, as of all intervals in this package."""

_Z = float(norm.ppf((1 + LEVEL) / 2))


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
