"""The profile of two pictures: hand, style, palette, subject and work, each with its likelihood ratio.

Two pictures may be alike because one hand made both, or because both are Baroque, brown, and portraits. One
number cannot tell these apart; five can, as far as each was calibrated on pairs of its own kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from morelli.collection.duplicates.links import MEANINGS, link_looks
from morelli.collection.duplicates.looks import Look, take_look
from morelli.collection.pictures import open_picture
from morelli.encode.descriptors import PICTURE_SIZE_PX, describe_picture
from morelli.model.artefact import Model
from morelli.model.signals import DESCRIPTORS, SIGNALS, SignalName, Signals, Sources, join_sources

_Float = NDArray[np.float32]

_QUESTIONS: Mapping[SignalName, tuple[str, str]] = {
    "hand": ("works by one artist", "works by two artists"),
    "style": ("works of one style by two artists", "works of two styles by two artists"),
    "palette": ("halves of one picture", "halves of two pictures"),
    "subject": ("works of one subject by two artists", "works of two subjects by two artists"),
    "work": ("a picture and a changed copy of it", "pictures of two works"),
}
"""The pairs that each likelihood ratio tells apart: alike, and not."""

_NEUTRAL = 0.301  # log10 of 2: below, ENFSI 2015 speaks of no support either way
_MOST = 300.0
_NO_SIGNALS = "the model has no signals; train it again"


@dataclass(frozen=True)
class Signal:
    """What one signal says of two pictures.

    Parameters
    ----------
    name
        One of `morelli.model.signals.SIGNALS`.
    score
        Cosine in the signal's space, -1..1 (of the hand, the score of the model's pair rule where it has
        one); of the work, the correlation of the grey where both overlap, 0 when they do not show the same;
        None when there was nothing to score.
    log10_likelihood_ratio
        How many times likelier such a score is between pairs of one kind than of two, as a power of ten; None
        when the signal has no calibration.
    reason
        Why something is None, as a clause without a full stop; else empty.
    sentence
        All of it in words.
    """

    name: SignalName
    score: float | None
    log10_likelihood_ratio: float | None
    reason: str
    sentence: str


@dataclass(frozen=True)
class SignalProfile:
    """All signals of two pictures.

    Parameters
    ----------
    signals
        One for each of `morelli.model.signals.SIGNALS`, in that order.
    """

    signals: tuple[Signal, ...]

    def find(self, name: SignalName) -> Signal:
        """Return one signal."""
        return next(signal for signal in self.signals if signal.name == name)

    def to_dict(self) -> dict[str, Any]:
        """Return the profile as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Sight:
    """One picture as the signals see it.

    Parameters
    ----------
    vector
        (d,) float32, under the model's encoder.
    descriptors
        (812,) float32, or None where the picture could not be read and the encoder has none.
    look
        What the alignment needs, or None where the picture could not be read.
    """

    vector: _Float
    descriptors: _Float | None = None
    look: Look | None = None

    def to_sources(self, model: Model) -> Sources:
        """Return the vectors of this one picture by source, (1, d) each."""
        further = None if self.descriptors is None else self.descriptors[None]
        return join_sources(model.encoder, self.vector[None], further)


def read_pixels(path: Path) -> tuple[_Float, Look]:
    """Return the descriptors and the look of a picture."""
    image = open_picture(path, at_least=PICTURE_SIZE_PX)
    return describe_picture(np.asarray(image)), take_look(image)


def profile_pair(model: Model, left: Sight, right: Sight) -> SignalProfile:
    """Return what each signal says of two pictures.

    Parameters
    ----------
    model
        Gives the hand, and the signals besides it where it has them.
    left, right
        The pictures.
    """
    signals = model.signals or Signals(reasons=dict.fromkeys(SIGNALS[1:], _NO_SIGNALS))
    sources = left.to_sources(model), right.to_sources(model)
    learnt = [_score_head(signals, name, sources) for name in ("style", "palette", "subject")]
    return SignalProfile((_score_hand(model, left, right), *learnt, _score_work(signals, left, right)))


def _score_hand(model: Model, left: Sight, right: Sight) -> Signal:
    rows = model.comparison.read_rows(np.stack([left.vector, right.vector]))
    score = model.comparison.rule.score_sets(rows[:1], rows[1:])
    return _tell("hand", score, float(model.comparison.log10_likelihood_ratio(np.array(score))))


def _score_head(signals: Signals, name: SignalName, sources: tuple[Sources, Sources]) -> Signal:
    head, reason = signals.find_head(name), signals.reasons.get(name, "")
    if head is None:
        return _tell(name, None, None, reason or f"training left no {name} in the model")
    if any(head.missing_from(held) for held in sources):
        return _tell(
            name, None, None, f"a picture has no vector of '{DESCRIPTORS}', and its file cannot be read"
        )
    left, right = (head.transform(held)[0] for held in sources)
    score = float(left @ right)
    if head.line is None:
        return _tell(name, score, None, reason)
    return _tell(name, score, float(head.line.log10_likelihood_ratio(np.array(score))))


def _score_work(signals: Signals, left: Sight, right: Sight) -> Signal:
    if left.look is None or right.look is None:
        return _tell("work", None, None, "the file of a picture cannot be read")
    link = link_looks(left.look, right.look)
    score = 0.0 if link is None else link.correlation
    if signals.rates is None:
        return _tell("work", score, None, signals.reasons.get("work", _NO_SIGNALS))
    told = _tell("work", score, signals.rates.log10_likelihood_ratio(link is not None))
    if link is None:
        return told
    shares = f"{link.left_share:.0%} of the left and {link.right_share:.0%} of the right"
    found = f"{MEANINGS[link.relation].capitalize()}: {link.inliers} features agree on how {shares} overlap. "
    return Signal(told.name, told.score, told.log10_likelihood_ratio, "", found + told.sentence)


def _tell(name: SignalName, score: float | None, evidence: float | None, reason: str = "") -> Signal:
    if evidence is None:
        return Signal(name, score, None, reason, f"No likelihood ratio of the {name}: {reason}.")
    return Signal(name, score, evidence, "", _describe_signal(name, evidence))


def _describe_signal(name: SignalName, log10_likelihood_ratio: float) -> str:
    """Return a sentence for the likelihood ratio of a signal.

    Examples
    --------
    >>> _describe_signal("palette", -1.0)
    'Such a likeness is 10 times likelier between halves of two pictures than between halves of one picture.'
    >>> _describe_signal("hand", 0.1)
    'Such a likeness is about as likely between works by one artist as between works by two artists.'
    """
    one, two = _QUESTIONS[name]
    if abs(log10_likelihood_ratio) < _NEUTRAL:
        return f"Such a likeness is about as likely between {one} as between {two}."
    likelier, other = (one, two) if log10_likelihood_ratio > 0 else (two, one)
    ratio = 10 ** min(abs(log10_likelihood_ratio), _MOST)
    told = f"{float(f'{ratio:.2g}'):,.0f}" if ratio >= 10 else f"{ratio:.1f}"
    return f"Such a likeness is {told} times likelier between {likelier} than between {other}."
