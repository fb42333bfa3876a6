"""Signals: hand, style, palette, subject and work are different questions, each with a score of its own.

The hand is the comparison head. Here are the others: style and subject as learnt spaces, palette as the
colours themselves, work as the alignment of two pictures. Each has its own calibration, or a reason why it
has none. Learnt in `morelli.learn.heads.signals`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from morelli.embeddings import Embeddings
from morelli.encode.descriptors import DESCRIPTOR_NAMES, DESCRIPTORS_VERSION
from morelli.encode.spec import DESCRIPTORS as DESCRIPTORS_MODEL
from morelli.encode.spec import EncoderCard
from morelli.gallery.store import Gallery
from morelli.model.component import Component
from morelli.model.likelihood_ratio import LN10
from morelli.model.standardisation import Standardisation, unit_rows

_Float = NDArray[np.float32]

Source = Literal["encoder", "descriptors"]
ENCODER: Source = "encoder"
DESCRIPTORS: Source = "descriptors"

Sources = Mapping[Source, _Float]
"""Vectors of the same works by source, (n, d) float32 each: of the model's encoder, and the descriptors."""

SignalName = Literal["hand", "style", "palette", "subject", "work"]
SIGNALS: tuple[SignalName, ...] = get_args(SignalName)
"""All signals, in the order of a profile."""


@dataclass(frozen=True, eq=False)
class SignalSpace(Component):
    """Some dimensions of a source, as unit rows."""

    source: Source
    first: int
    last: int  # one past the last dimension
    weight: float = 1.0  # of its cosine beside those of the other spaces, above 0
    standardisation: Standardisation | None = field(default=None, metadata={"stored": ""})
    projection: _Float | None = None  # (last - first, p)

    def transform(self, sources: Sources) -> _Float:
        """Return unit rows (n, p) float32."""
        rows = sources[self.source][:, self.first : self.last]
        if self.standardisation is not None:
            rows = self.standardisation.transform(rows)
        return unit_rows(rows if self.projection is None else rows @ self.projection)


@dataclass(frozen=True)
class Line(Component):
    """The likelihood ratio over the score: a logistic line, and how far it may be trusted.

    It stays within the bounds that the artists bear out. Models of earlier versions have none: there it stays
    between 1 / (n_same + 1) and n_different + 1.
    """

    slope: float  # of the natural logarithm of the likelihood ratio, as the intercept
    intercept: float
    n_same: int  # pairs of both kinds that it was fitted on
    n_different: int
    roc_auc: float  # on these very pairs, 0..1
    low: float | None = None  # bounds of log10 of the likelihood ratio, see `find_elub`
    high: float | None = None

    def log10_likelihood_ratio(self, scores: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return log10 of p(score | same) / p(score | different), in the shape of the scores."""
        line = (self.slope * np.asarray(scores, dtype=np.float64) + self.intercept) / LN10
        return np.clip(line, *self.bounds)

    @property
    def bounds(self) -> tuple[float, float]:
        """log10 of the lowest and of the highest likelihood ratio."""
        low = -np.log10(self.n_same + 1) if self.low is None else self.low
        high = np.log10(self.n_different + 1) if self.high is None else self.high
        return float(low), float(high)


@dataclass(frozen=True, eq=False)
class SignalHead(Component):
    """One signal: spaces whose cosines are averaged, and their calibration."""

    spaces: tuple[SignalSpace, ...]  # at least one
    line: Line | None = field(default=None, metadata={"stored": "calibration", "null": True})

    def transform(self, sources: Sources) -> _Float:
        """Return unit rows (n, p'), whose dot product is the score; KeyError when a source is missing."""
        blocks = [np.float32(np.sqrt(space.weight)) * space.transform(sources) for space in self.spaces]
        return unit_rows(np.hstack(blocks))

    def missing_from(self, sources: Sequence[Source] | Sources) -> list[Source]:
        """Return the sources that it reads and that are not at hand, sorted."""
        return sorted({space.source for space in self.spaces} - set(sources))


@dataclass(frozen=True)
class FoundRates(Component):
    """How often the alignment of two pictures says that they show one work, rightly and wrongly."""

    n_same: int  # pairs of a picture and a changed copy of it
    n_found: int  # those of them that were found
    n_different: int  # pairs of different works
    n_mistaken: int  # those of them taken for one
    n_copied: int | None = None  # artists of the copied pictures; None: not counted, as in earlier models
    n_compared: int | None = None  # artists of the different works

    def log10_likelihood_ratio(self, is_found: bool) -> float:
        """Return log10 of p(answer | one work) / p(answer | two works).

        Each rate is (count + 1/2) / (n + 1), the mean under Jeffreys' prior, so that no mistake among n
        gives a ratio of about 2 n and not infinity (Jeffreys 1946, doi 10.1098/rspa.1946.0056). Pairs are
        many and not independent: n is the number of artists, and the count their share of it.
        """
        hit, alarm = (
            _find_rate(*counts)
            for counts in (
                (self.n_found, self.n_same, self.n_copied),
                (self.n_mistaken, self.n_different, self.n_compared),
            )
        )
        return float(np.log10(hit / alarm if is_found else (1 - hit) / (1 - alarm)))


def _find_rate(count: int, n: int, n_artists: int | None) -> float:
    """Return the mean of a share under Jeffreys' prior, of n observations on so many artists."""
    n_independent = n if n_artists is None else min(n, n_artists)
    return (count / n * n_independent + 0.5) / (n_independent + 1)


@dataclass(frozen=True, eq=False)
class Signals(Component):
    """The signals of a model besides the hand."""

    heads: Mapping[str, SignalHead] = field(default_factory=dict)  # of style, palette, subject, where learnt
    rates: FoundRates | None = field(default=None, metadata={"stored": "work", "null": True})
    reasons: Mapping[str, str] = field(default_factory=dict)  # why a signal is not learnt, or not calibrated

    def find_head(self, name: str) -> SignalHead | None:
        """Return the head of a signal; that of the palette needs no learning and is always there."""
        return self.heads.get(name, PALETTE if name == "palette" else None)


def slice_descriptors(card: EncoderCard, vectors: _Float) -> _Float | None:
    """Return the descriptors within an encoder's vectors (n, d), as (n, 812), or None where it has none."""
    first = 0
    for part in card.parts:
        if part.model == DESCRIPTORS_MODEL and part.version == DESCRIPTORS_VERSION:
            return vectors[:, first : first + part.dimension]
        first += part.dimension
    return None


def read_descriptors(gallery: Gallery) -> Embeddings | None:
    """Return the descriptors that a gallery keeps of its works under any encoder, or None.

    An encoder of descriptors alone is preferred; of others that contain them, the first by name.
    """
    cards = sorted(gallery.encoders(), key=lambda card: len(card.parts))
    for card in cards:
        if slice_descriptors(card, np.zeros((0, card.dimension), np.float32)) is None:
            continue
        if not gallery.embedded_ids(card.fingerprint):
            continue
        held = gallery.embeddings(card.fingerprint)
        rows = slice_descriptors(card, held.vectors)
        return Embeddings(held.ids, rows, card.fingerprint) if rows is not None else None
    return None


def join_sources(card: EncoderCard, vectors: _Float, descriptors: _Float | None) -> Sources:
    """Return the sources of works from their own vectors and, where at hand, their descriptors."""
    own = slice_descriptors(card, vectors)
    further = own if own is not None else descriptors
    return {ENCODER: vectors} if further is None else {ENCODER: vectors, DESCRIPTORS: further}


def _find_dimensions(prefix: str, part: str = "") -> tuple[int, int]:
    """Return the first and one past the last of the descriptors whose names have a prefix and a part."""
    places = [
        place for place, name in enumerate(DESCRIPTOR_NAMES) if name.startswith(f"{prefix}.") and part in name
    ]
    return places[0], places[-1] + 1


PALETTE = SignalHead((SignalSpace(DESCRIPTORS, *_find_dimensions("colour", ".at_")),))
"""The palette, not calibrated: five histograms of colour, each bin as the root of its share.

The cosine of two such rows is the mean of five Bhattacharyya coefficients, 0..1 (Bhattacharyya 1943; Swain
and Ballard 1991, doi 10.1007/BF00130487, for histograms of colour as an index).
"""

COMPOSITION = SignalSpace(DESCRIPTORS, *_find_dimensions("composition"))
"""Where a picture has its colours and its detail; to be standardised on the training works."""
