"""The head that compares two works, as plain arrays: applied with NumPy, learnt elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from morelli.model.component import Arrays, Component
from morelli.model.likelihood_ratio import Calibration
from morelli.model.scoring import COSINE, Layers, Rule
from morelli.model.standardisation import Standardisation, unit_rows

_Float = NDArray[np.float32]
_Double = NDArray[np.float64]

_BLOCK_ROWS = 8192


@dataclass(frozen=True, eq=False)
class ArtistSpace(Component):
    """Places works by how probable each artist learnt from is for them.

    The row of a work holds the square roots of these probabilities, so that the dot product of two works is
    their Bhattacharyya coefficient: 1 where the same artists are as probable for both, 0 where none is for
    both (Bhattacharyya 1943, Bulletin of the Calcutta Mathematical Society 35, 99-109).
    """

    space: str  # name of the learnt space whose unit rows (n, p) it takes
    directions: _Float  # (p, c), a unit column for each artist
    temperature: float  # divides the cosines before the softmax
    weight: float  # beside the mean of the learnt spaces, above 0

    def transform(self, rows: _Float) -> _Float:
        """Return unit rows (n, c) float32, none negative, for unit rows (n, p) of the learnt space."""
        roots: _Float = np.sqrt(softmax(rows @ self.directions / np.float32(self.temperature), axis=1))
        return roots.astype(np.float32, copy=False)


@dataclass(frozen=True, eq=False)
class Cohort(Component):
    """Training works that tell how crowded it is around another work.

    A work in a crowd is near to many others, whoever painted them, so its scores are too high. The mean
    cosine m with its nearest works of the cohort measures that. A further dimension, ``sqrt(weight) * (1 -
    m)``, then gives two lonely works a higher score than two works in crowds: with a and b as unit rows,
    their dot product becomes ``a.b + weight (1 - m_a) (1 - m_b)``, divided by the lengths. It is the
    correction of CSLS in the form of a cosine (Lample et al. 2018, arXiv 1710.04087, section 2.3).
    """

    rows: _Float = field(metadata={"stored": ""})  # (m, p') unit rows
    n_neighbours: int  # how many of them count as near, 1 to m
    weight: float  # of the further dimension, above 0

    def extend(self, rows: _Float) -> _Float:
        """Return unit rows (n, p' + 1) for unit rows (n, p')."""
        nearness = np.concatenate([
            mean_of_highest(rows[start : start + _BLOCK_ROWS] @ self.rows.T, self.n_neighbours)
            for start in range(0, max(len(rows), 1), _BLOCK_ROWS)
        ])  # fmt: skip
        return unit_rows(np.column_stack([rows, np.sqrt(self.weight) * (1 - nearness)]))


@dataclass(frozen=True, eq=False)
class ComparisonHead(Component):
    """Compares two works: cosines in learnt spaces, averaged and calibrated to a likelihood ratio.

    With another rule than the cosine, the embedded vectors are scored instead. Where one row must stand for a
    work, as in a search, the rows of `transform` do so in either case.
    """

    standardisation: Standardisation = field(metadata={"stored": ""})
    projections: Mapping[str, _Float] = field(  # (e, p) each, by space; none: the embedded vectors themselves
        default_factory=dict, metadata={"stored": "spaces", "arrays": "projection"}
    )
    raw_weight: float = 0.0  # of the embedded vectors' cosine beside the mean of those of the spaces
    cohort: Cohort | None = field(default=None, metadata={"null": True})
    calibration: Calibration = field(default_factory=Calibration.linear)  # fitted on artists not learnt from
    seen_calibration: Calibration | None = None  # of earlier versions, for artists learnt from; never used
    artists: ArtistSpace | None = None  # a further space, made from one of the projections
    layers: Layers | None = None  # embed the standardised vectors: (n, d) becomes (n, e)
    rule: Rule = COSINE  # what scores two works by their rows, see `read_rows`

    @property
    def method(self) -> str:
        """What takes part, joined by ``+``: spaces, "raw" (alone "cosine"), "artists", "cohort"; or rule."""
        if self.rule.kind != "cosine":
            return self.rule.kind
        raw = ["raw"] if self.raw_weight else []
        own = [*self.projections, *raw] if self.projections else ["cosine"]
        further = [name for name in ("artists", "cohort") if getattr(self, name) is not None]
        return "+".join([*own, *further])

    def transform(self, vectors: _Float) -> _Float:
        """Return unit rows (n, p') float32, whose dot product is the score of two works under the cosine."""
        rows = self.join_spaces(vectors)
        return rows if self.cohort is None else self.cohort.extend(rows)

    def join_spaces(self, vectors: _Float) -> _Float:
        """Return unit rows whose dot product is the weighted mean of the cosines, before the cohort."""
        embedded = self.embed(vectors)
        if not self.projections:
            return unit_rows(embedded)
        rows = {name: unit_rows(embedded @ projection) for name, projection in self.projections.items()}
        share = np.float32(1 / np.sqrt(len(rows)))
        blocks = [values * share for values in rows.values()]
        if self.raw_weight:
            blocks.append(unit_rows(embedded) * np.float32(np.sqrt(self.raw_weight)))
        if self.artists is not None:
            likely = self.artists.transform(rows[self.artists.space])
            blocks.append(likely * np.float32(np.sqrt(self.artists.weight)))
        return unit_rows(np.hstack(blocks))

    def embed(self, vectors: _Float) -> _Float:
        """Return (n, e) float32: the vectors standardised, then through the layers where there are any."""
        standard = self.standardisation.transform(vectors)
        return standard if self.layers is None else self.layers.transform(standard)

    def read_rows(self, vectors: _Float) -> _Float:
        """Return the rows (n, r) float32 that the rule scores: of the cosine those of `transform`."""
        is_cosine = self.rule.kind == "cosine"
        return self.transform(vectors) if is_cosine else self.rule.to_rows(self.embed(vectors))

    def log10_likelihood_ratio(
        self, scores: NDArray[np.floating], n_left: int = 1, n_right: int = 1, *, bounded: bool = True
    ) -> _Double:
        """Return log10 of p(score | same hand) / p(score | different hands), in the shape of the scores.

        Not bounded: going on beyond what can be claimed, so that changes still show.
        """
        return self.calibration.transform(scores, n_left=n_left, n_right=n_right, bounded=bounded)


@dataclass(frozen=True, eq=False)
class Ensemble(Component):
    """Comparison heads, each learnt and calibrated without one of K groups of artists, at least 2.

    Their answers are the replicates of a delete-a-group jackknife: with x_k as the answer of head k, the
    standard error is ``sqrt((K - 1) / K * sum((x_k - mean)**2))`` (Efron and Tibshirani 1993, An Introduction
    to the Bootstrap, section 11.5).
    """

    heads: tuple[ComparisonHead, ...]
    held_out: Mapping[str, int] | None = None  # which head each artist was kept from; None: not told

    def log10_likelihood_ratios(self, left: _Float, right: _Float) -> _Double:
        """Return the (K,) answers of the heads, not bounded, on (n, d) vectors against (m, d)."""
        return np.array([_compare(head, left, right) for head in self.heads])

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays of all heads, matrices as 16-bit floats: scores change by 0.001 at most."""
        return {
            name: array.astype(np.float16) if array.ndim == 2 and array.dtype == np.float32 else array
            for name, array in super().to_arrays().items()
        }

    @classmethod
    def from_parts(cls, facts: Any, arrays: Arrays) -> Self:
        """Return the ensemble that facts and arrays describe."""
        return super().from_parts(
            facts,
            {
                name: array.astype(np.float32) if array.dtype == np.float16 else array
                for name, array in arrays.items()
            },
        )


def _compare(head: ComparisonHead, left: _Float, right: _Float) -> float:
    rows = head.read_rows(np.concatenate([left, right]))
    score = head.rule.score_sets(rows[: len(left)], rows[len(left) :])
    return float(head.log10_likelihood_ratio(np.array(score), len(left), len(right), bounded=False))


def mean_of_highest(values: _Float, k: int) -> _Float:
    """Return the mean of the k highest values of each row, (n,) for (n, m)."""
    means: _Float = np.partition(values, -k, axis=1)[:, -k:].mean(axis=1)
    return means
