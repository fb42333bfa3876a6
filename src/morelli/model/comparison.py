"""The head that compares two works, as plain arrays: applied with NumPy, learnt elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from morelli.model.component import Arrays, Component, strip_prefix
from morelli.model.likelihood_ratio import Calibration
from morelli.model.scoring import Layers, PairRule, Places
from morelli.model.standardisation import Standardisation, merge_rows, unit_rows

# A space whose dimensions are the artists learnt from: a work as whose it could be.


@dataclass(frozen=True, eq=False)
class ArtistSpace:
    """Places works by how probable each artist learnt from is for them.

    The row of a work holds the square roots of these probabilities, so that the dot product of two works is
    their Bhattacharyya coefficient: 1 where the same artists are as probable for both, 0 where none is for
    both.

    Parameters
    ----------
    space
        Name of the learnt space whose unit rows (n, p) it takes.
    directions
        (p, c) float32, a unit column for each artist.
    temperature
        Divides the cosines before the softmax, above 0.
    weight
        Of this space beside the mean of the learnt ones, above 0.

    References
    ----------
    Bhattacharyya 1943, On a measure of divergence between two statistical populations defined by their
    probability distributions, Bulletin of the Calcutta Mathematical Society 35, 99-109.
    """

    space: str
    directions: _Float
    temperature: float
    weight: float

    def transform(self, rows: _Float) -> _Float:
        """Return unit rows (n, c) float32, none negative, for unit rows (n, p) of the learnt space."""
        roots: _Float = np.sqrt(softmax(rows @ self.directions / np.float32(self.temperature), axis=1))
        return roots.astype(np.float32, copy=False)

    def to_arrays(self) -> Arrays:
        """Return the directions."""
        return {"directions": self.directions}

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says."""
        return {"space": self.space, "temperature": self.temperature, "weight": self.weight}

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the space that facts and arrays describe."""
        return cls(directions=arrays["directions"], **facts)


_Float = NDArray[np.float32]
_Double = NDArray[np.float64]
Part = TypeVar("Part", bound=Component)

_BLOCK_ROWS, _BLOCK_PAIRS = 8192, 512

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

    rows: _Float
    n_neighbours: int
    weight: float

    def extend(self, rows: _Float) -> _Float:
        """Return unit rows (n, p' + 1) for unit rows (n, p')."""
        nearness = np.concatenate([
            mean_of_highest(rows[start : start + _BLOCK_ROWS] @ self.rows.T, self.n_neighbours)
            for start in range(0, max(len(rows), 1), _BLOCK_ROWS)
        ])  # fmt: skip
        return unit_rows(np.column_stack([rows, np.sqrt(self.weight) * (1 - nearness)]))


@dataclass(frozen=True, eq=False)
class ComparisonHead:
    """Compares two works: cosines in learnt spaces, averaged and calibrated to a likelihood ratio.

    A head with a pair rule scores two works by that rule instead. Where one row must stand for a work, as in
    a search, the rows of `transform` do so in either case.

    Parameters
    ----------
    standardisation
        Applied first.
    projections
        By name of the space ("lda", "contrastive", "softmax"), (e, p) float32 each. None at all stands for
        the embedded vectors themselves.
    raw_weight
        Weight of the embedded vectors' cosine beside the mean of those of the spaces, at least 0.
    cohort
        Corrects for crowds, or None.
    calibration
        From scores to likelihood ratios, for artists that the spaces had not seen; of a head with a rule,
        from the scores of the rule.
    seen_calibration
        The same for artists whom they had seen, or None where that was not measured.
    layers
        Embed the standardised vectors: (n, d) becomes (n, e). None: they stay as they are.
    rule
        Scores two embedded vectors, or None for the cosine.
    artists
        A further space, made from one of the projections, or None.
    """

    standardisation: Standardisation
    projections: Mapping[str, _Float] = field(default_factory=dict)
    raw_weight: float = 0.0
    cohort: Cohort | None = None
    calibration: Calibration = field(default_factory=Calibration.linear)
    seen_calibration: Calibration | None = None
    layers: Layers | None = None
    rule: PairRule | None = None
    artists: ArtistSpace | None = None

    @property
    def method(self) -> str:
        """What takes part, joined by ``+``: spaces, "raw" (alone "cosine"), "artists", "cohort"; or rule."""
        if self.rule is not None:
            return self.rule.kind
        raw = ["raw"] if self.raw_weight else []
        own = [*self.projections, *raw] if self.projections else ["cosine"]
        further = [name for name in ("artists", "cohort") if getattr(self, name) is not None]
        return "+".join([*own, *further])

    def transform(self, vectors: _Float) -> _Float:
        """Return unit rows (n, p') float32, whose dot product is the score of two works without a rule."""
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
        """Return the rows (n, r) float32 that are scored: those of the rule, or else of `transform`."""
        return self.transform(vectors) if self.rule is None else self.rule.to_rows(self.embed(vectors))

    def score_pairs(self, left: _Float, right: _Float) -> _Double:
        """Return the score of each left row with the right row beside it, (p,) for (p, r) and (p, r)."""
        if self.rule is not None:
            return self.rule.score_pairs(left, right)
        scores: _Double = np.einsum("pr,pr->p", left, right).astype(np.float64)
        return scores

    def score_at(self, rows: _Float, left: Places, right: Places) -> _Double:
        """Return the score of pairs of places (p,) among rows (n, r), never holding the rows of all pairs."""
        if self.rule is not None:
            return self.rule.score_at(rows, left, right)
        blocks = (slice(start, start + _BLOCK_PAIRS) for start in range(0, max(len(left), 1), _BLOCK_PAIRS))
        return np.concatenate([self.score_pairs(rows[left[block]], rows[right[block]]) for block in blocks])

    def score_all(self, left: _Float, right: _Float) -> _Double:
        """Return the score of every left row with every right row, (q, g) for (q, r) and (g, r)."""
        if self.rule is not None:
            return self.rule.score_all(left, right)
        return (left @ right.T).astype(np.float64)

    def score_sets(self, left: _Float, right: _Float) -> float:
        """Return the score of two sets of rows: by the rule, or of the directions that stand for them."""
        if self.rule is not None:
            return self.rule.score_sets(left, right)
        return float(self.merge_rows(left) @ self.merge_rows(right))

    def merge_rows(self, rows: _Float) -> _Float:
        """Return the mean direction (p,) of unit rows (n, p), which stands for all of them."""
        return merge_rows(rows)

    def log10_likelihood_ratio(
        self, scores: NDArray[np.floating], n_left: int = 1, n_right: int = 1, *, seen: bool = False
    ) -> NDArray[np.float64]:
        """Return log10 of p(score | same hand) / p(score | different hands), in the shape of the scores.

        Parameters
        ----------
        scores
            What `score_pairs`, `score_all` and `score_sets` give.
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
        arrays = dict(self.standardisation.to_arrays())
        arrays |= {f"{_PROJECTION}{name}": values for name, values in self.projections.items()}
        if self.cohort is not None:
            arrays[_COHORT] = self.cohort.rows
        for prefix, calibration in self._calibrations():
            arrays |= {f"{prefix}.{size}": knots for size, knots in calibration.to_arrays().items()}
        for prefix, part in self._extras():
            arrays |= {f"{prefix}.{key}": values for key, values in part.to_arrays().items()}
        return arrays

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says."""
        cohort = self.cohort and {"n_neighbours": self.cohort.n_neighbours, "weight": self.cohort.weight}
        return {
            "spaces": list(self.projections),
            "raw_weight": self.raw_weight,
            "cohort": cohort,
            **{prefix: calibration.to_facts() for prefix, calibration in self._calibrations()},
            **{prefix: part.to_facts() for prefix, part in self._extras()},
        }

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the head that facts and arrays describe."""
        return cls(
            standardisation=Standardisation.from_arrays(arrays),
            projections={name: arrays[f"{_PROJECTION}{name}"] for name in facts["spaces"]},
            cohort=Cohort(arrays[_COHORT], **facts["cohort"]) if facts["cohort"] else None,
            raw_weight=facts["raw_weight"],
            **{
                name: Calibration.from_parts(facts[name], strip_prefix(arrays, f"{name}."))
                for name in (_UNSEEN, _SEEN)
                if name in facts
            },
            artists=_read_part(ArtistSpace, "artists", facts, arrays),
            layers=_read_part(Layers, "layers", facts, arrays),
            rule=_read_part(PairRule, "rule", facts, arrays),
        )

    def _extras(self) -> list[tuple[str, Component]]:
        """Return artists, layers and rule as far as there are any, each with the name of its field."""
        parts: dict[str, Component | None] = {
            "artists": self.artists,
            "layers": self.layers,
            "rule": self.rule,
        }
        return [(name, part) for name, part in parts.items() if part is not None]

    def _calibrations(self) -> list[tuple[str, Calibration]]:
        """Return the calibrations there are, each with the name of its field."""
        both = ((_UNSEEN, self.calibration), (_SEEN, self.seen_calibration))
        return [(name, calibration) for name, calibration in both if calibration is not None]


def _read_part(kind: type[Part], name: str, facts: Mapping[str, Any], arrays: Arrays) -> Part | None:
    return kind.from_parts(facts[name], strip_prefix(arrays, f"{name}.")) if name in facts else None


def mean_of_highest(values: _Float, k: int) -> _Float:
    """Return the mean of the k highest values of each row, (n,) for (n, m).

    Examples
    --------
    >>> mean_of_highest(np.array([[1.0, 5.0, 3.0]], dtype=np.float32), 2)
    array([4.], dtype=float32)
    """
    means: _Float = np.partition(values, -k, axis=1)[:, -k:].mean(axis=1)
    return means


# Models that each were learnt without a part of the artists: how far an answer hangs on who was there.


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

    def log10_likelihood_ratios(self, left: _Float, right: _Float) -> NDArray[np.float64]:
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


def _compare(head: ComparisonHead, left: _Float, right: _Float) -> float:
    rows = head.read_rows(np.concatenate([left, right]))
    score = head.score_sets(rows[: len(left)], rows[len(left) :])
    return float(head.log10_likelihood_ratio(np.array(score), len(left), len(right)))


def _halve(values: NDArray[Any]) -> NDArray[Any]:
    is_matrix = values.ndim == 2 and values.dtype == np.float32
    return values.astype(np.float16) if is_matrix else values


def _restore(values: NDArray[Any]) -> NDArray[Any]:
    return values.astype(np.float32) if values.dtype == np.float16 else values
