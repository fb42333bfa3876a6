"""None of these: how unlike a work is to everything by the artists the model knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from morelli.model.attribution import NearestWorks, measure_nearness
from morelli.model.component import Arrays
from morelli.model.standardisation import Standardisation, merge_rows

_Float = NDArray[np.float32]
_Double = NDArray[np.float64]
_Columns = NDArray[np.int32]

SHARE_TURNED_AWAY = 0.05
"""The share of works by known artists that is called unlike all of them, by design."""

_N_RIVALS = 5
"""Next artists, known or not, whose mean closeness the highest must pass: see docs/models.md."""


@dataclass(frozen=True, eq=False)
class OpenSet(NearestWorks):
    """Scores works by how close they come to each known artist, and to each artist of a cohort.

    How close a work comes to an artist is its nearness to the artist's works plus its cosine with the
    direction that was learnt for the artist.

    Parameters
    ----------
    standardisation, projection, rows, columns
        As of `NearestWorks`, but that works which chose, and the cohort, taught the space too.
    directions
        (p, c) float32 unit columns of the known artists.
    cohort
        (k, p) float32 unit rows of works by artists that the model does not name; may be none.
    cohort_columns
        (k,) int32 whose works they are, 0 to c' - 1.
    cohort_directions
        (p, c') float32 unit columns of their artists.
    cohort_artists
        (c',) names of these.
    scores
        (m',) float64 scores of the calibration works, ascending.
    """

    directions: _Float
    cohort: _Float
    cohort_columns: _Columns
    cohort_directions: _Float
    cohort_artists: tuple[str, ...]
    scores: _Double

    def score(self, vectors: _Float) -> _Double:
        """Return (n,) float64 for vectors (n, d), higher for works more likely by no known artist."""
        rows = self.transform(vectors)
        return measure_strangeness(self.closeness(rows), self.cohort_closeness(rows))

    def closeness(self, rows: _Float, nearness: _Double | None = None) -> _Double:
        """Return how close unit rows (n, p) come to each known artist, (n, c) float64, -2 to 2.

        Parameters
        ----------
        rows
            As `transform` returns them.
        nearness
            (n, c) of the same rows, where it is at hand already.
        """
        near = self.nearness(rows) if nearness is None else nearness
        closeness: _Double = near + rows @ self.directions
        return closeness

    def cohort_closeness(self, rows: _Float, *, without: Collection[str] = ()) -> _Double:
        """Return how close unit rows (n, p) come to each artist of the cohort, (n, c') float64, -2 to 2.

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
        closeness: _Double = nearness + rows @ self.cohort_directions
        return closeness[:, [name not in without for name in self.cohort_artists]]

    def p_value(self, scores: NDArray[np.floating]) -> _Double:
        """Return the share of works by known artists that look at least as odd, (n,) above 0 to 1.

        It is the conformal p-value: (1 + how many calibration works score as high or higher) / (1 + how many
        there are). Of works by known artists, no more than a share a have a p-value of a or less (Vovk,
        Gammerman and Shafer 2005, Algorithmic Learning in a Random World, section 2.2).
        """
        n_lower = np.searchsorted(self.scores, np.asarray(scores, dtype=np.float64), side="left")
        shares: _Double = (1 + len(self.scores) - n_lower) / (1 + len(self.scores))
        return shares

    def to_arrays(self) -> Arrays:
        """Return the arrays by name."""
        return {
            **super().to_arrays(),
            "directions": self.directions,
            "cohort": self.cohort,
            "cohort_columns": self.cohort_columns,
            "cohort_directions": self.cohort_directions,
            "scores": self.scores,
        }

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says."""
        return {
            **super().to_facts(),
            "n_calibration": len(self.scores),
            "n_rivals": _N_RIVALS,
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
        if facts.get("n_rivals") != _N_RIVALS or "cohort_directions" not in arrays:
            raise ValueError("'open_set' was calibrated on scores of another kind")
        names = (
            "projection",
            "rows",
            "columns",
            "directions",
            "cohort",
            "cohort_columns",
            "cohort_directions",
        )
        return cls(
            Standardisation.from_arrays(arrays),
            **{name: arrays[name] for name in (*names, "scores")},
            cohort_artists=tuple(facts["cohort"]),
        )


def measure_strangeness(closeness: _Double, cohort_closeness: _Double) -> _Double:
    """Return how little a work belongs to the first of the artists rather than to the next ones.

    A work by somebody whom nobody knows is often about as close to several artists; a known artist's work is
    closer to his own. So the mean closeness of the next `_N_RIVALS` minus the highest. The next ones may be
    known artists or those of a cohort, who can never be the first: a work that is closest to one of these is
    strange.

    Parameters
    ----------
    closeness
        (n, c) to each artist, c at least 1, and 2 where there is no cohort.
    cohort_closeness
        (n, c') to each artist of a cohort; c' may be 0.

    Returns
    -------
    strangeness
        (n,) float64, higher for works more likely by none of the known artists.

    Examples
    --------
    >>> measure_strangeness(np.array([[0.8, 0.3, 0.1]]), np.empty((1, 0))).round(2)
    array([-0.6])
    >>> measure_strangeness(np.array([[0.8, 0.3]]), np.array([[0.9]])).round(2)
    array([-0.2])
    """
    ordered = np.sort(closeness, axis=1)
    others = np.sort(np.hstack([ordered[:, :-1], cohort_closeness]), axis=1)
    strangeness: _Double = others[:, -_N_RIVALS:].mean(axis=1) - ordered[:, -1]
    return strangeness


# Artists enrolled from a few works after training, and what weighs them against those who were learnt.

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
    rows: _Float

    @property
    def counts(self) -> dict[str, int]:
        """How many works each artist was enrolled from."""
        counts = np.bincount(self.columns, minlength=len(self.artists)).tolist()
        return dict(zip(self.artists, counts, strict=True))

    def nearness(self, rows: _Float) -> _Double:
        """Return (n, e) how near each enrolled artist comes to unit rows (n, p)."""
        if not self.artists:
            return np.empty((len(rows), 0))
        return measure_nearness(rows, self.rows, self.columns)

    def closeness(self, rows: _Float) -> _Double:
        """Return (n, e) how close unit rows (n, p) come to each enrolled artist; directions are mean rows."""
        if not self.artists:
            return np.empty((len(rows), 0))
        means = [merge_rows(self.rows[self.columns == column]) for column in range(len(self.artists))]
        closeness: _Double = measure_nearness(rows, self.rows, self.columns) + rows @ np.array(means).T
        return closeness

    def extend(self, probabilities: NDArray[np.floating], rows: _Float, highest: _Double) -> _Double:
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
        extended: _Double = softmax(np.hstack([known, odds]), axis=1)
        return extended

    def predict_proba(self, rows: _Float) -> _Double:
        """Return (n, e) the probabilities of the enrolled artists among themselves, for unit rows (n, p)."""
        probabilities: _Double = softmax(self._weigh(self.nearness(rows)), axis=1)
        return probabilities

    def _weigh(self, nearness: _Double) -> _Double:
        log_k = np.log(np.array(list(self.counts.values()), dtype=np.float64))
        weighed: _Double = self.slope * nearness + self.per_log_k * log_k + self.intercept
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


# What the model takes for a painting: how far a vector may lie from those it has learnt from.

_ARRAYS = ("centre", "components", "variances")
_FACTS = ("noise", "threshold", "quantile")


@dataclass(frozen=True, eq=False)
class Domain:
    """The cloud of the training works, and how far away a picture is no longer like them.

    Parameters
    ----------
    standardisation
        Of the training works, applied first.
    centre
        (d,) float32, mean of the standardised training works; not quite 0, as they are clipped.
    components
        (q, d) float32, orthonormal directions in which the standardised training works vary most.
    variances
        (q,) float32, variance of the training works along each.
    noise
        Mean variance along all other directions, above 0.
    threshold
        Distance above which a picture is out of the domain.
    quantile
        Of the validation works' distances, which the threshold is.

    Notes
    -----
    The distance is that of Mahalanobis under probabilistic principal components: the covariance has the q
    largest variances as they are and one variance for all other directions (Tipping and Bishop 1999, doi
    10.1111/1467-9868.00196). It is divided by the root of d, so that a training work lies at about 1.
    """

    standardisation: Standardisation
    centre: _Float
    components: _Float
    variances: _Float
    noise: float
    threshold: float
    quantile: float

    def measure_distances(self, vectors: _Float) -> NDArray[np.float64]:
        """Return the distance of (n, d) vectors from the training works, (n,), at least 0."""
        standard = (self.standardisation.transform(vectors) - self.centre).astype(np.float64)
        along = standard @ self.components.T
        rest = np.maximum((standard**2).sum(axis=1) - (along**2).sum(axis=1), 0)
        squared = (along**2 / self.variances).sum(axis=1) + rest / self.noise
        distances: NDArray[np.float64] = np.sqrt(squared / vectors.shape[1])
        return distances

    def to_arrays(self) -> Arrays:
        """Return the arrays by name."""
        return {**self.standardisation.to_arrays(), **{name: getattr(self, name) for name in _ARRAYS}}

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says."""
        return {name: getattr(self, name) for name in _FACTS}

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the domain that facts and arrays describe."""
        parts: dict[str, Any] = {name: arrays[name] for name in _ARRAYS}
        parts |= {name: facts[name] for name in _FACTS}
        return cls(standardisation=Standardisation.from_arrays(arrays), **parts)
