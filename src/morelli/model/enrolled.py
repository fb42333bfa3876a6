"""Artists enrolled from a few works after training, and what weighs them against those who were learnt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from morelli.model.component import Arrays
from morelli.model.nearest_works import measure_nearness
from morelli.model.standardisation import merge_rows

Float = NDArray[np.float32]
Double = NDArray[np.float64]

_LEAST = 1e-12


@dataclass(frozen=True, eq=False)
class Enrolled:
    """A newcomer's log odds against all known artists together: a line over nearness and number of works.

    Parameters
    ----------
    slope
        Of the newcomer's nearness minus the highest nearness of a known artist.
    per_log_k
        Of the natural logarithm of the number of enrolled works.
    intercept
        When a newcomer and the known artists together are as likely before looking.
    artists
        (e,) names in the order of their enrolment.
    ids
        (m,) ids of the works.
    columns
        (m,) int32 whose works they are, 0 to e - 1.
    rows
        (m, p) float32 unit rows in the space of the model's `open_set`.
    """

    slope: float
    per_log_k: float
    intercept: float
    artists: tuple[str, ...]
    ids: tuple[str, ...]
    columns: NDArray[np.int32]
    rows: Float

    @property
    def counts(self) -> dict[str, int]:
        """How many works each artist was enrolled from."""
        counts = np.bincount(self.columns, minlength=len(self.artists)).tolist()
        return dict(zip(self.artists, counts, strict=True))

    def nearness(self, rows: Float) -> Double:
        """Return (n, e) how near each enrolled artist comes to unit rows (n, p)."""
        if not self.artists:
            return np.empty((len(rows), 0))
        return measure_nearness(rows, self.rows, self.columns)

    def closeness(self, rows: Float) -> Double:
        """Return (n, e) how close unit rows (n, p) come to each enrolled artist; directions are mean rows."""
        if not self.artists:
            return np.empty((len(rows), 0))
        means = [merge_rows(self.rows[self.columns == column]) for column in range(len(self.artists))]
        closeness: Double = measure_nearness(rows, self.rows, self.columns) + rows @ np.array(means).T
        return closeness

    def extend(self, probabilities: NDArray[np.floating], rows: Float, highest: Double) -> Double:
        """Return the probabilities of the known artists and, behind them, of the enrolled ones.

        Parameters
        ----------
        probabilities
            (n, c) of the known artists.
        rows
            (n, p) unit rows.
        highest
            (n,) the highest nearness of a known artist.

        Returns
        -------
        extended
            (n, c + e), rows summing to 1. Before looking, every artist is as likely as every other.
        """
        known = np.log(np.maximum(probabilities, _LEAST, dtype=np.float64))
        odds = self._weigh(self.nearness(rows) - highest[:, None]) - np.log(probabilities.shape[1])
        extended: Double = softmax(np.hstack([known, odds]), axis=1)
        return extended

    def predict_proba(self, rows: Float) -> Double:
        """Return (n, e) the probabilities of the enrolled artists among themselves, for unit rows (n, p)."""
        probabilities: Double = softmax(self._weigh(self.nearness(rows)), axis=1)
        return probabilities

    def _weigh(self, nearness: Double) -> Double:
        log_k = np.log(np.array(list(self.counts.values()), dtype=np.float64))
        weighed: Double = self.slope * nearness + self.per_log_k * log_k + self.intercept
        return weighed

    def to_arrays(self) -> Arrays:
        """Return the arrays by name."""
        return {"columns": self.columns, "rows": self.rows}

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says."""
        facts = {name: getattr(self, name) for name in ("slope", "per_log_k", "intercept")}
        return {**facts, "artists": list(self.artists), "ids": list(self.ids)}

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the part that facts and arrays describe."""
        if len(facts["ids"]) != len(arrays["rows"]):
            raise ValueError("the array 'rows' does not hold the enrolled works that the card names")
        return cls(
            **{name: facts[name] for name in ("slope", "per_log_k", "intercept")},
            artists=tuple(facts["artists"]),
            ids=tuple(facts["ids"]),
            columns=arrays["columns"],
            rows=arrays["rows"],
        )
