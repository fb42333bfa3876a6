"""None of these: how unlike a work is to everything by the artists the model knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from morelli.model.component import Arrays
from morelli.model.nearest_works import NearestWorks, measure_nearness
from morelli.model.standardisation import Standardisation

Float = NDArray[np.float32]
Double = NDArray[np.float64]
Columns = NDArray[np.int32]

SHARE_TURNED_AWAY = 0.05
"""The share of works by known artists that is called unlike all of them, by design."""

N_RIVALS = 5
"""Next artists, known or not, whose mean nearness the highest must pass: see docs/models.md."""

CONFIDENCE_WEIGHT = 0.05
"""Of the logarithm of the highest probability beside the nearness: see docs/models.md."""


@dataclass(frozen=True, eq=False)
class OpenSet(NearestWorks):
    """Scores works against the works that taught, and against those of a cohort of other artists.

    Parameters
    ----------
    standardisation, projection, rows, columns
        As of `NearestWorks`.
    scores
        (m',) float64 scores of the calibration works, ascending.
    cohort
        (k, p) float32 unit rows of works by artists that the model does not name; may be none.
    cohort_columns
        (k,) int32 whose works they are, 0 to c' - 1.
    cohort_artists
        (c',) their names.
    """

    scores: Double
    cohort: Float
    cohort_columns: Columns
    cohort_artists: tuple[str, ...]

    def score(self, vectors: Float, probabilities: NDArray[np.floating]) -> Double:
        """Return (n,) float64, higher for works more likely by none of the known artists.

        Parameters
        ----------
        vectors
            (n, d) float32.
        probabilities
            (n, c) of the known artists; see `measure_strangeness`.
        """
        rows = self.transform(vectors)
        return measure_strangeness(self.nearness(rows), probabilities, self.cohort_nearness(rows))

    def cohort_nearness(self, rows: Float, *, without: Collection[str] = ()) -> Double:
        """Return how near each artist of the cohort comes to unit rows (n, p), as (n, c') float64.

        Parameters
        ----------
        rows
            As `transform` returns them.
        without
            Artists who have become known since, and are left out.
        """
        if not self.cohort_artists:
            return np.empty((len(rows), 0))
        nearness = measure_nearness(rows, self.cohort, self.cohort_columns)
        return nearness[:, [name not in without for name in self.cohort_artists]]

    def p_value(self, scores: NDArray[np.floating]) -> Double:
        """Return the share of works by known artists that look at least as odd, (n,) above 0 to 1.

        It is the conformal p-value: (1 + how many calibration works score as high or higher) / (1 + how many
        there are). Of works by known artists, no more than a share a have a p-value of a or less (Vovk,
        Gammerman and Shafer 2005, Algorithmic Learning in a Random World, section 2.2).
        """
        n_lower = np.searchsorted(self.scores, np.asarray(scores, dtype=np.float64), side="left")
        shares: Double = (1 + len(self.scores) - n_lower) / (1 + len(self.scores))
        return shares

    def to_arrays(self) -> Arrays:
        """Return the arrays by name."""
        return {
            **super().to_arrays(),
            "scores": self.scores,
            "cohort": self.cohort,
            "cohort_columns": self.cohort_columns,
        }

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says."""
        return {
            **super().to_facts(),
            "n_calibration": len(self.scores),
            "n_rivals": N_RIVALS,
            "confidence_weight": CONFIDENCE_WEIGHT,
            "cohort": list(self.cohort_artists),
        }

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the part that facts and arrays describe.

        Raises
        ------
        ValueError
            When its calibration works were scored in another way.
        """
        kind = (facts.get("n_rivals"), facts.get("confidence_weight"))
        if kind != (N_RIVALS, CONFIDENCE_WEIGHT) or "cohort" not in facts:
            raise ValueError("'open_set' was calibrated on scores of another kind")
        names = ("projection", "rows", "columns", "scores", "cohort", "cohort_columns")
        return cls(
            Standardisation.from_arrays(arrays),
            **{name: arrays[name] for name in names},
            cohort_artists=tuple(facts["cohort"]),
        )


def measure_strangeness(
    nearness: Double, probabilities: NDArray[np.floating], cohort_nearness: Double | None = None
) -> Double:
    """Return how little a work belongs to the first of the artists rather than to the next ones.

    An artist whom nobody knows is often about as near to several others; a known artist's work is nearer to
    his own. So minus the highest nearness, plus the mean of the next `N_RIVALS`, minus `CONFIDENCE_WEIGHT`
    times the logarithm of the highest probability. The next ones may be known artists or those of a cohort,
    who can never be the first: a work that is nearest to one of these is strange.

    Parameters
    ----------
    nearness
        (n, c) of each artist, c at least 2.
    probabilities
        (n, c) of each artist, each row with one above 0.
    cohort_nearness
        (n, c') of each artist of a cohort; None: there is none.

    Returns
    -------
    strangeness
        (n,) float64, higher for works more likely by none of the known artists.

    Examples
    --------
    >>> measure_strangeness(np.array([[0.8, 0.3, 0.1]]), np.array([[1.0, 0.0, 0.0]])).round(2)
    array([-0.6])
    >>> measure_strangeness(np.array([[0.8, 0.3]]), np.array([[1.0, 0.0]]), np.array([[0.9]])).round(2)
    array([-0.2])
    """
    ordered = np.sort(nearness, axis=1)
    others = ordered[:, :-1]
    if cohort_nearness is not None:
        others = np.sort(np.hstack([others, cohort_nearness]), axis=1)
    rivals = others[:, -N_RIVALS:].mean(axis=1)
    strangeness: Double = rivals - ordered[:, -1] - CONFIDENCE_WEIGHT * np.log(probabilities.max(axis=1))
    return strangeness
