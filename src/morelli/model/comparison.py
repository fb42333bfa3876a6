"""The head that compares two works, as plain arrays: applied with NumPy, learnt elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from morelli.model.component import Arrays, strip_prefix
from morelli.model.likelihood_ratio import Calibration
from morelli.model.standardisation import Standardisation, merge_rows, unit_rows

Float = NDArray[np.float32]

_BLOCK_ROWS = 8192

_PROJECTION = "projection."
_COHORT = "cohort"
_UNSEEN, _SEEN = "calibration", "seen_calibration"


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
    calibration
        From scores to likelihood ratios, for artists that the spaces had not seen.
    seen_calibration
        The same for artists whom they had seen, or None where that was not measured.
    """

    standardisation: Standardisation
    projections: Mapping[str, Float] = field(default_factory=dict)
    raw_weight: float = 0.0
    cohort: Cohort | None = None
    calibration: Calibration = field(default_factory=Calibration.linear)
    seen_calibration: Calibration | None = None

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

    def merge_rows(self, rows: Float) -> Float:
        """Return the mean direction (p,) of unit rows (n, p), which stands for all of them."""
        return merge_rows(rows)

    def log10_likelihood_ratio(
        self, scores: NDArray[np.floating], n_left: int = 1, n_right: int = 1, *, seen: bool = False
    ) -> NDArray[np.float64]:
        """Return log10 of p(score | same hand) / p(score | different hands), in the shape of the scores.

        Parameters
        ----------
        scores
            Dot products of rows, or of merged rows.
        n_left, n_right
            How many works stand on each side.
        seen
            Whether the model has learnt from works of these artists. Without a calibration for such artists
            the other one answers.
        """
        calibration = (self.seen_calibration if seen else None) or self.calibration
        return calibration.transform(scores, n_left=n_left, n_right=n_right)

    def extrapolate(self, scores: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return log10 likelihood ratios of single works that go on where the calibration holds its value.

        An explanation asks what changes a score; where the ratio stays level, it would see nothing.
        """
        return self.calibration.maps[1].extrapolate(scores)

    def to_arrays(self) -> Arrays:
        """Return the arrays by name."""
        arrays = {"mean": self.standardisation.mean, "scale": self.standardisation.scale}
        arrays |= {f"{_PROJECTION}{name}": values for name, values in self.projections.items()}
        if self.cohort is not None:
            arrays[_COHORT] = self.cohort.rows
        for prefix, calibration in self._calibrations():
            arrays |= {f"{prefix}.{size}": knots for size, knots in calibration.to_arrays().items()}
        return arrays

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says."""
        cohort = self.cohort and {"n_neighbours": self.cohort.n_neighbours, "weight": self.cohort.weight}
        return {
            "spaces": list(self.projections),
            "raw_weight": self.raw_weight,
            "cohort": cohort,
            **{prefix: calibration.to_facts() for prefix, calibration in self._calibrations()},
        }

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the head that facts and arrays describe."""
        return cls(
            standardisation=Standardisation(arrays["mean"], arrays["scale"]),
            projections={name: arrays[f"{_PROJECTION}{name}"] for name in facts["spaces"]},
            cohort=Cohort(arrays[_COHORT], **facts["cohort"]) if facts["cohort"] else None,
            raw_weight=facts["raw_weight"],
            **{
                name: Calibration.from_parts(facts[name], strip_prefix(arrays, f"{name}."))
                for name in (_UNSEEN, _SEEN)
                if name in facts
            },
        )

    def _calibrations(self) -> list[tuple[str, Calibration]]:
        """Return the calibrations there are, each with the name of its field."""
        both = ((_UNSEEN, self.calibration), (_SEEN, self.seen_calibration))
        return [(name, calibration) for name, calibration in both if calibration is not None]


def mean_of_highest(values: Float, k: int) -> Float:
    """Return the mean of the k highest values of each row, (n,) for (n, m).

    Examples
    --------
    >>> mean_of_highest(np.array([[1.0, 5.0, 3.0]], dtype=np.float32), 2)
    array([4.], dtype=float32)
    """
    means: Float = np.partition(values, -k, axis=1)[:, -k:].mean(axis=1)
    return means
