"""None of these: how unlike a work is to everything by the artists the model knows.

And two neighbours of that question: artists enrolled from a few works after training, and whether a picture
is like the training works at all.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from morelli.model.attribution import NearestWorks, measure_nearness
from morelli.model.component import Arrays, Component
from morelli.model.standardisation import Standardisation, merge_rows

_Float = NDArray[np.float32]
_Double = NDArray[np.float64]

SHARE_TURNED_AWAY = 0.05
"""The share of works by known artists that is called unlike all of them, by design."""

_N_RIVALS = 5  # next artists, known or not, whose mean closeness the highest must pass: see docs/models.md
_LEAST = 1e-12


@dataclass(frozen=True, eq=False)
class OpenSet(NearestWorks):
    """Scores works by how close they come to each known artist, and to each artist of a cohort.

    That is the nearness to the artist's works plus the cosine with a learnt direction. Other than with
    `NearestWorks`, validation works and the cohort have trained the space too.
    """

    directions: _Float  # (p, c) unit columns of the known artists
    cohort: _Float  # (k, p) unit rows of works by artists that the model does not name; may be none
    cohort_columns: NDArray[np.int32]  # (k,) of their artists, 0 to c' - 1
    cohort_directions: _Float  # (p, c') unit columns of these
    cohort_artists: tuple[str, ...] = field(metadata={"stored": "cohort"})  # (c',) their names
    scores: _Double  # (m',) of the calibration works, ascending

    def score(self, vectors: _Float) -> _Double:
        """Return (n,) float64 for vectors (n, d), higher for works more likely by no known artist."""
        rows = self.transform(vectors)
        return measure_strangeness(self.closeness(rows), self.cohort_closeness(rows))

    def closeness(self, rows: _Float, nearness: _Double | None = None) -> _Double:
        """Return how close unit rows (n, p) come to each known artist, (n, c) float64, -2 to 2."""
        near = self.nearness(rows) if nearness is None else nearness
        closeness: _Double = near + rows @ self.directions
        return closeness

    def cohort_closeness(self, rows: _Float, *, without: Collection[str] = ()) -> _Double:
        """Return how close unit rows come to the artists of the cohort, without some, (n, c') -2 to 2."""
        if not self.cohort_artists:
            return np.empty((len(rows), 0))
        nearness = measure_nearness(rows, self.cohort, self.cohort_columns)
        closeness: _Double = nearness + rows @ self.cohort_directions
        return closeness[:, [name not in without for name in self.cohort_artists]]

    def p_value(self, scores: NDArray[np.floating]) -> _Double:
        """Return the share of works by known artists that look at least as odd, (n,) above 0 to 1.

        A conformal p-value, (1 + calibration works that score as high or higher) / (1 + all). Of works by
        known artists no more than a share a have one of a or less (Vovk, Gammerman and Shafer 2005, 2.2).
        """
        n_lower = np.searchsorted(self.scores, np.asarray(scores, dtype=np.float64), side="left")
        shares: _Double = (1 + len(self.scores) - n_lower) / (1 + len(self.scores))
        return shares

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says: counts first, then the names of the cohort."""
        return {**self._derive_facts(), **super().to_facts()}

    def _derive_facts(self) -> dict[str, object]:
        return {**super()._derive_facts(), "n_calibration": len(self.scores), "n_rivals": _N_RIVALS}

    @classmethod
    def from_parts(cls, facts: Any, arrays: Arrays) -> Self:
        """Return the part that facts and arrays describe; ValueError when scores are of another kind."""
        if facts.get("n_rivals") != _N_RIVALS or "cohort_directions" not in arrays:
            raise ValueError("'open_set' was calibrated on scores of another kind")
        return super().from_parts(facts, arrays)


def measure_strangeness(closeness: _Double, cohort_closeness: _Double) -> _Double:
    """Return how little works belong to the closest artist rather than to the next ones, (n,) float64.

    A work by an unknown artist is often about as close to several artists; a known artist's work is closest
    to its own artist. So the mean closeness of the next `_N_RIVALS` less the highest of (n, c) known artists.
    Artists of the cohort, (n, c'), can never be the first: a work closest to one of these is strange.

    >>> measure_strangeness(np.array([[0.8, 0.3]]), np.array([[0.9]])).round(2)
    array([-0.2])
    """
    ordered = np.sort(closeness, axis=1)
    others = np.sort(np.hstack([ordered[:, :-1], cohort_closeness]), axis=1)
    strangeness: _Double = others[:, -_N_RIVALS:].mean(axis=1) - ordered[:, -1]
    return strangeness


@dataclass(frozen=True, eq=False)
class Enrolled(Component):
    """Artists added from a few works: their log odds are a line over likeness and number of works.

    The likeness is the cosine with the mean of an artist's works. It grows evenly with their number, as the
    mean grows surer, and so does what it is worth. Models of earlier versions take the nearness instead.
    """

    slope: float  # of an enrolled artist's likeness minus the highest nearness of a known artist
    per_log_k: float  # of the natural logarithm of the number of enrolled works
    intercept: float  # when an enrolled artist and all known ones together are as likely before looking
    artists: tuple[str, ...]  # (e,) in the order of their enrolment
    ids: tuple[str, ...]  # (m,) of the works
    columns: NDArray[np.int32]  # (m,) of their artists, 0 to e - 1
    rows: _Float  # (m, p) unit rows in the space of the model's `open_set`
    slope_per_log_k: float | None = None  # that the slope grows by; None: models of earlier versions

    def __post_init__(self) -> None:
        if len(self.ids) != len(self.rows):
            raise ValueError("the array 'rows' does not hold the enrolled works that the card names")

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
        return self.nearness(rows) + self._compare_means(rows)

    def _compare_means(self, rows: _Float) -> _Double:
        """Return (n, e) cosines of unit rows (n, p) with the mean of each artist's works."""
        if not self.artists:
            return np.empty((len(rows), 0))
        means = [merge_rows(self.rows[self.columns == column]) for column in range(len(self.artists))]
        cosines: _Double = (rows @ np.array(means).T).astype(np.float64)
        return cosines

    def extend(self, probabilities: NDArray[np.floating], rows: _Float, highest: _Double) -> _Double:
        """Return the probabilities (n, c) of known artists with those of the enrolled behind, (n, c + e).

        For unit rows (n, p) and the highest nearness (n,) of a known artist. Before looking, all are equal.
        """
        known = np.log(np.maximum(probabilities, _LEAST, dtype=np.float64))
        odds = self._weigh(rows, highest) - np.log(probabilities.shape[1])
        extended: _Double = softmax(np.hstack([known, odds]), axis=1)
        return extended

    def predict_proba(self, rows: _Float, highest: _Double) -> _Double:
        """Return (n, e) the probabilities of the enrolled artists among themselves; see `extend`."""
        probabilities: _Double = softmax(self._weigh(rows, highest), axis=1)
        return probabilities

    def _weigh(self, rows: _Float, highest: _Double) -> _Double:
        """Return (n, e) log odds against all known artists together."""
        is_earlier = self.slope_per_log_k is None
        likeness = self.nearness(rows) if is_earlier else self._compare_means(rows)
        log_k = np.log(np.array(list(self.counts.values()), dtype=np.float64))
        slopes = self.slope + (self.slope_per_log_k or 0.0) * log_k
        weighed: _Double = slopes * (likeness - highest[:, None]) + self.per_log_k * log_k + self.intercept
        return weighed


@dataclass(frozen=True, eq=False)
class Domain(Component):
    """The cloud of the training works, and how far away a picture is no longer like them.

    The distance is that of Mahalanobis under probabilistic principal components: the covariance has the q
    largest variances as they are and one variance for all other directions (Tipping and Bishop 1999, doi
    10.1111/1467-9868.00196). It is divided by the root of d, so that a training work lies at about 1.
    """

    standardisation: Standardisation = field(metadata={"stored": ""})
    centre: _Float  # (d,) mean of the standardised training works; not quite 0, as they are clipped
    components: _Float  # (q, d) orthonormal directions in which these vary most
    variances: _Float  # (q,) along each
    noise: float  # mean variance along all other directions, above 0
    threshold: float  # distance above which a picture is out of the domain
    quantile: float  # of the validation works' distances, which the threshold is

    def measure_distances(self, vectors: _Float) -> _Double:
        """Return the distance of (n, d) vectors from the training works, (n,), at least 0."""
        standard = (self.standardisation.transform(vectors) - self.centre).astype(np.float64)
        along = standard @ self.components.T
        rest = np.maximum((standard**2).sum(axis=1) - (along**2).sum(axis=1), 0)
        squared = (along**2 / self.variances).sum(axis=1) + rest / self.noise
        distances: _Double = np.sqrt(squared / vectors.shape[1])
        return distances
