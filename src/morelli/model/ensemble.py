"""Models that each were learnt without a part of the artists: how far an answer hangs on who was there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from morelli.model.comparison import ComparisonHead
from morelli.model.component import Arrays, strip_prefix

Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Comparison heads, each learnt and calibrated without one of K groups of artists.

    Their answers are the replicates of a delete-a-group jackknife: with x_k as the answer of head k, the
    standard error is ``sqrt((K - 1) / K * sum((x_k - mean)**2))``.

    Parameters
    ----------
    heads
        K of them, at least 2.

    References
    ----------
    Efron & Tibshirani 1993, An Introduction to the Bootstrap, section 11.5 (delete-d jackknife).
    """

    heads: tuple[ComparisonHead, ...]

    def log10_likelihood_ratios(self, left: Float, right: Float) -> NDArray[np.float64]:
        """Return the answer of each head (K,) on n works against m.

        Parameters
        ----------
        left, right
            (n, d) and (m, d) float32 vectors under the model's encoder.
        """
        return np.array([_compare(head, left, right) for head in self.heads])

    def to_arrays(self) -> Arrays:
        """Return the arrays of all heads, matrices as 16-bit floats: scores change by 0.001 at most."""
        return {
            f"{place}.{key}": _halve(values)
            for place, head in enumerate(self.heads)
            for key, values in head.to_arrays().items()
        }

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says."""
        return {"heads": [head.to_facts() for head in self.heads]}

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the ensemble that facts and arrays describe."""
        restored = {key: _restore(values) for key, values in arrays.items()}
        return cls(
            tuple(
                ComparisonHead.from_parts(head, strip_prefix(restored, f"{place}."))
                for place, head in enumerate(facts["heads"])
            )
        )


def _compare(head: ComparisonHead, left: Float, right: Float) -> float:
    rows = head.read_rows(np.concatenate([left, right]))
    score = head.score_sets(rows[: len(left)], rows[len(left) :])
    return float(head.log10_likelihood_ratio(np.array(score), len(left), len(right)))


def _halve(values: NDArray[Any]) -> NDArray[Any]:
    is_matrix = values.ndim == 2 and values.dtype == np.float32
    return values.astype(np.float16) if is_matrix else values


def _restore(values: NDArray[Any]) -> NDArray[Any]:
    return values.astype(np.float32) if values.dtype == np.float16 else values
