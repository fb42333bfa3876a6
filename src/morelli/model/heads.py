"""The heads of a model as plain arrays: applied with NumPy, learnt elsewhere.

Both heads see standardised vectors: each dimension centred and divided by its standard deviation over the
training works, then clipped, so that one wild dimension of one picture cannot outvote the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_softmax

Float = NDArray[np.float32]

CLIP_SD = 2.5
"""Standardised values are clipped here; a normal variable passes it 1.2 % of the time. Over 2.5 to 6 the pair
AUC on real validation artists changes by 0.001 to 0.002; 2.5 was the best, see docs/models.md."""

_BLOCK_ROWS = 8192

LN10 = float(np.log(10.0))


@dataclass(frozen=True, eq=False)
class Standardisation:
    """Centres and scales each dimension, then clips.

    Parameters
    ----------
    mean, scale
        (d,) float32; scale is positive.
    """

    mean: Float
    scale: Float

    @classmethod
    def fit(cls, vectors: Float) -> Standardisation:
        """Learn mean and standard deviation of (n, d) vectors; a constant dimension keeps the scale 1."""
        scale = vectors.std(axis=0, dtype=np.float64)
        scale[scale < 1e-8] = 1.0
        return cls(vectors.mean(axis=0, dtype=np.float64).astype(np.float32), scale.astype(np.float32))

    def transform(self, vectors: Float) -> Float:
        """Return (n, d) float32 within -2.5..2.5."""
        standard: Float = np.clip((vectors - self.mean) / self.scale, -CLIP_SD, CLIP_SD).astype(np.float32)
        return standard


@dataclass(frozen=True, eq=False)
class AttributionHead:
    """Names the artist: a calibrated multinomial logistic regression.

    Parameters
    ----------
    standardisation
        Applied first.
    artists
        (c,) names, sorted.
    coefficients
        (d, c) float32.
    intercepts
        (c,) float32.
    temperature
        Divides the logits before the softmax (Guo et al. 2017, arXiv 1706.04599); above 1 it lowers
        confidence.
    """

    standardisation: Standardisation
    artists: tuple[str, ...]
    coefficients: Float
    intercepts: Float
    temperature: float

    def predict_proba(self, vectors: Float) -> Float:
        """Return the calibrated probability of each artist, (n, c) float32, rows summing to 1."""
        logits = self.standardisation.transform(vectors) @ self.coefficients + self.intercepts
        probabilities: Float = np.exp(log_softmax(logits / self.temperature, axis=1)).astype(np.float32)
        return probabilities


@dataclass(frozen=True, eq=False)
class Cohort:
    """Works that say how crowded it is around another work.

    A work in a crowd is near to many others, whoever painted them, so its scores are too high. The mean
    cosine m with its nearest works of the cohort measures that. A further dimension, ``sqrt(weight) * (1 -
    m)``, then gives two lonely works a higher score than two works in crowds: with a and b as unit rows,
    their dot product becomes ``a.b + weight (1 - m_a) (1 - m_b)``, divided by the lengths. It is the
    correction of CSLS in the form of a cosine.

    Parameters
    ----------
    rows
        (m, p') float32 unit rows of works that the spaces were learnt on.
    n_neighbours
        How many of them count as near, at least 1 and at most m.
    weight
        Of the further dimension, above 0.

    References
    ----------
    Lample et al. 2018, Word translation without parallel data, arXiv 1710.04087, section 2.3 (CSLS).
    """

    rows: Float
    n_neighbours: int
    weight: float

    def extend(self, rows: Float) -> Float:
        """Return unit rows (n, p' + 1) for unit rows (n, p')."""
        nearness = np.concatenate([
            mean_of_highest(rows[start : start + _BLOCK_ROWS] @ self.rows.T, self.n_neighbours)
            for start in range(0, max(len(rows), 1), _BLOCK_ROWS)
        ])  # fmt: skip
        return unit_rows(np.column_stack([rows, np.sqrt(self.weight) * (1 - nearness)]))


@dataclass(frozen=True, eq=False)
class ComparisonHead:
    """Compares two works: cosines in learnt spaces, averaged and calibrated to a likelihood ratio.

    Parameters
    ----------
    standardisation
        Applied first.
    projections
        By name of the space ("lda", "contrastive", "softmax"), (d, p) float32 each. None at all stands for
        the standardised vectors themselves.
    raw_weight
        Weight of the standardised vectors' cosine beside the mean of those of the spaces, at least 0.
    cohort
        Corrects for crowds, or None.
    slope, intercept
        The natural logarithm of the likelihood ratio is ``slope * score + intercept``.
    """

    standardisation: Standardisation
    projections: Mapping[str, Float] = field(default_factory=dict)
    raw_weight: float = 0.0
    cohort: Cohort | None = None
    slope: float = 1.0
    intercept: float = 0.0

    @property
    def method(self) -> str:
        """What takes part, joined by ``+``: the spaces, "raw" (alone: "cosine"), "cohort"."""
        raw = ["raw"] if self.raw_weight else []
        cohort = ["cohort"] if self.cohort else []
        return "+".join([*([*self.projections, *raw] if self.projections else ["cosine"]), *cohort])

    def transform(self, vectors: Float) -> Float:
        """Return unit rows (n, p') float32, whose dot product is the score of two works."""
        rows = self.join_spaces(vectors)
        return rows if self.cohort is None else self.cohort.extend(rows)

    def join_spaces(self, vectors: Float) -> Float:
        """Return unit rows whose dot product is the weighted mean of the cosines, before the cohort."""
        standard = self.standardisation.transform(vectors)
        if not self.projections:
            return unit_rows(standard)
        share = np.float32(1 / np.sqrt(len(self.projections)))
        blocks = [unit_rows(standard @ projection) * share for projection in self.projections.values()]
        if self.raw_weight:
            blocks.append(unit_rows(standard) * np.float32(np.sqrt(self.raw_weight)))
        return unit_rows(np.hstack(blocks))

    def log10_likelihood_ratio(self, scores: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return log10 of p(score | same hand) / p(score | different hands), in the shape of the scores."""
        return (self.slope * np.asarray(scores, dtype=np.float64) + self.intercept) / LN10


def mean_of_highest(values: Float, k: int) -> Float:
    """Return the mean of the k highest values of each row, (n,) for (n, m).

    Examples
    --------
    >>> mean_of_highest(np.array([[1.0, 5.0, 3.0]], dtype=np.float32), 2)
    array([4.], dtype=float32)
    """
    means: Float = np.partition(values, -k, axis=1)[:, -k:].mean(axis=1)
    return means


def unit_rows(vectors: Float) -> Float:
    """Return the rows divided by their lengths; a zero row stays zero.

    Examples
    --------
    >>> unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]], dtype=np.float32))
    array([[0.6, 0.8],
           [0. , 0. ]], dtype=float32)
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def posterior_probability(
    log10_likelihood_ratio: NDArray[np.float64] | float, prior: float
) -> NDArray[np.float64]:
    """Return the probability of one hand: Bayes' rule in odds form.

    Parameters
    ----------
    log10_likelihood_ratio
        Any shape.
    prior
        Probability of one hand before looking, between 0 and 1, both excluded.

    Examples
    --------
    >>> float(posterior_probability(1.0, prior=0.5).round(4))
    0.9091
    """
    prior_log_odds = np.log(prior) - np.log1p(-prior)
    probability: NDArray[np.float64] = expit(np.asarray(log10_likelihood_ratio) * LN10 + prior_log_odds)
    return probability
