"""Sets of artists that hold the right one as often as is promised: split conformal prediction.

On calibration works, used neither for training nor for validation, it was measured how odd their true artists
look. A set takes in every artist who looks no odder than all but a tenth of those. Among works like these, by
artists the model knows, nine sets in ten then hold the right artist, whatever the probabilities are worth
(Vovk, Gammerman and Shafer 2005, Algorithmic Learning in a Random World; Angelopoulos and Bates 2021, arXiv
2107.07511).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from morelli.errors import UsageError
from morelli.model.component import Component

_Double = NDArray[np.float64]

LEVEL = 0.9
"""The share of sets that hold the right artist, unless another is asked for."""

# Calibration works from which on an artist has a threshold of the artist's own: with 20, the 90 % threshold
# is the second highest score and not the highest.
_MIN_ARTIST_WORKS = 20


@dataclass(frozen=True)
class Score(Component):
    """How odd an artist looks, from the probabilities: higher is odder.

    "lac": 1 minus the artist's probability (Sadinle, Lei and Wasserman 2019, doi
    10.1080/01621459.2017.1395341). "aps": the probabilities of all who are at least as probable, added up
    (Romano, Sesia and Candès 2020, arXiv 2006.02544). "raps": that, and a penalty for every place beyond
    `n_free` (Angelopoulos et al. 2021, arXiv 2009.14193). Without the random term of the last two papers, so
    that one picture always gets one set; calibration works are scored alike, so the promise holds.
    """

    method: str
    n_free: int = 0
    penalty: float = 0.0

    def __str__(self) -> str:
        return f"raps {self.n_free} {self.penalty:g}" if self.method == "raps" else self.method

    def measure(self, probabilities: NDArray[np.floating]) -> _Double:
        """Return the score of each artist, (n, c) float64, for (n, c) probabilities."""
        values = np.asarray(probabilities, dtype=np.float64)
        if self.method == "lac":
            return 1 - values
        order = np.argsort(-values, axis=1, kind="stable")
        summed = np.cumsum(np.take_along_axis(values, order, axis=1), axis=1)
        summed += self.penalty * np.maximum(np.arange(1, values.shape[1] + 1) - self.n_free, 0)
        scores = np.empty_like(summed)
        np.put_along_axis(scores, order, summed, axis=1)
        return scores


@dataclass(frozen=True, eq=False)
class PredictionSets(Component):
    """Makes sets of artists at any level from the scores of the calibration works.

    An artist with `_MIN_ARTIST_WORKS` of them or more has a threshold of the artist's own (class-conditional,
    or Mondrian, prediction); all others share one.
    """

    score: Score = field(metadata={"stored": ""})
    scores: _Double  # (m,) of the true artists of the calibration works, ascending
    columns: NDArray[np.int32]  # (m,) of these artists
    n_artists: int

    def predict(self, probabilities: NDArray[np.floating], level: float = LEVEL) -> NDArray[np.bool_]:
        """Return who is in the set of each work, (n, c); the most probable artist always is.

        Of probabilities (n, c) of known artists, then of enrolled ones, who share the common threshold.
        """
        check_level(level)
        thresholds = self._find_thresholds(level, probabilities.shape[1])
        members: NDArray[np.bool_] = self.score.measure(probabilities) <= thresholds
        members[np.arange(len(members)), probabilities.argmax(axis=1)] = True
        return members

    @property
    def own_thresholds(self) -> NDArray[np.intp]:
        """Columns of the artists with a threshold of their own, ascending."""
        counts = np.bincount(self.columns, minlength=self.n_artists)
        return np.flatnonzero(counts >= _MIN_ARTIST_WORKS)

    def _find_thresholds(self, level: float, n_columns: int) -> _Double:
        own = self.own_thresholds
        is_common = ~np.isin(self.columns, own)
        if is_common.sum() < _MIN_ARTIST_WORKS:  # too few for a threshold of the rest alone
            is_common[:] = True
        thresholds = np.full(n_columns, find_threshold(self.scores[is_common], level))
        for column in own:
            thresholds[column] = find_threshold(self.scores[self.columns == column], level)
        return thresholds

    def _derive_facts(self) -> dict[str, int]:
        return {"n_calibration": len(self.scores), "n_own_thresholds": len(self.own_thresholds)}


def find_threshold(scores: _Double, level: float) -> float:
    """Return the highest score that is let in: the ceil((m + 1) level)-th lowest of m, ascending.

    Infinite when m works are too few for the level: then everybody is let in (Lei et al. 2018, doi
    10.1080/01621459.2017.1307116, section 2.2).

    >>> find_threshold(np.arange(1.0, 20.0), 0.9), find_threshold(np.array([0.5]), 0.9)
    (18.0, inf)
    """
    rank = math.ceil(round((len(scores) + 1) * level, 9))  # 20 times 0.9 is 18, not a hair more
    return float(scores[rank - 1]) if rank <= len(scores) else math.inf


def check_level(level: float) -> None:
    """Raise `UsageError` for a level that is not between 0 and 1, both excluded."""
    if not 0 < level < 1:
        raise UsageError(
            "--level",
            expected="a share between 0 and 1, both excluded",
            found=str(level),
            remedy="give 0.9 for sets that hold the right artist nine times in ten",
        )
