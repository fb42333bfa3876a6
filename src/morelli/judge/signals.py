"""The profile of two pictures: hand, style, palette, subject and work, each with its likelihood ratio.

Two pictures may be alike because one hand made both, or because both are Baroque, brown, and portraits. One
number cannot tell these apart; five can, as far as each was calibrated on pairs of its own kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from morelli.collection.duplicates.links import MEANINGS, Link, link_looks
from morelli.collection.duplicates.looks import Look, take_look
from morelli.collection.pictures import open_picture
from morelli.encode.descriptors import PICTURE_SIZE_PX, describe_picture
from morelli.judge.words import describe_ratio
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
_UNREAD = "the file of a picture cannot be read"
_TOO_FEW = "training had too few artists to bear one out"
_NO_SIGNALS = "the model has no signals; train it again"


@dataclass(frozen=True)
class Signal:
    """What one signal tells of two pictures."""

    name: SignalName
    score: float | None  # cosine, or by the rule; of the work the correlation of the grey
    log10_likelihood_ratio: float | None  # of such a score; None: not calibrated
    reason: str  # why something is None, a clause; else empty
    sentence: str  # all of it in words


@dataclass(frozen=True)
class SignalProfile:
    """All signals of two pictures, in the order of `morelli.model.signals.SIGNALS`."""

    signals: tuple[Signal, ...]

    def find(self, name: SignalName) -> Signal:
        """Return one signal."""
        return next(signal for signal in self.signals if signal.name == name)

    def withhold_hand(self) -> SignalProfile:
        """Return the profile without a likelihood ratio of the hand: the evidence is not enough for one."""
        hand = _make_signal("hand", self.find("hand").score, None, "the evidence is not enough")
        return SignalProfile(tuple(hand if signal.name == "hand" else signal for signal in self.signals))

    def to_dict(self) -> dict[str, Any]:
        """Return the profile as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Sight:
    """One picture as the signals see it."""

    vector: _Float  # (d,) under the model's encoder
    descriptors: _Float | None = None  # (812,); None: the file cannot be read
    look: Look | None = None  # what the alignment needs; None: the file cannot be read

    def to_sources(self, model: Model) -> Sources:
        """Return the vectors of this one picture by source, (1, d) each."""
        further = None if self.descriptors is None else self.descriptors[None]
        return join_sources(model.encoder, self.vector[None], further)


def read_pixels(path: Path) -> tuple[_Float, Look]:
    """Return the descriptors and the look of a picture."""
    image = open_picture(path, at_least=PICTURE_SIZE_PX)
    return describe_picture(np.asarray(image)), take_look(image)


def read_look(path: Path) -> Look:
    """Return the look of a picture alone."""
    return take_look(open_picture(path, at_least=PICTURE_SIZE_PX))


def link_sights(left: Sight, right: Sight) -> Link | None:
    """Return how two pictures show the same work; None where they do not, or a file cannot be read."""
    return link_looks(left.look, right.look) if left.look and right.look else None


def profile_pair(model: Model, left: Sight, right: Sight) -> SignalProfile:
    """Return what each signal tells of two pictures."""
    return profile_linked(model, left, right, link_sights(left, right))


def profile_linked(model: Model, left: Sight, right: Sight, link: Link | None) -> SignalProfile:
    """Return what each signal tells of two pictures whose link is known, see `link_sights`."""
    signals = model.signals or Signals(reasons=dict.fromkeys(SIGNALS[1:], _NO_SIGNALS))
    sources = left.to_sources(model), right.to_sources(model)
    learnt = [_score_head(signals, name, sources) for name in ("style", "palette", "subject")]
    is_read = left.look is not None and right.look is not None
    work = _score_work(signals, link) if is_read else _make_signal("work", None, None, _UNREAD)
    return SignalProfile((_score_hand(model, left, right), *learnt, work))


def _score_hand(model: Model, left: Sight, right: Sight) -> Signal:
    rows = model.comparison.read_rows(np.stack([left.vector, right.vector]))
    score = model.comparison.rule.score_sets(rows[:1], rows[1:])
    return _make_signal("hand", score, float(model.comparison.log10_likelihood_ratio(np.array(score))))


def _score_head(signals: Signals, name: SignalName, sources: tuple[Sources, Sources]) -> Signal:
    head, reason = signals.find_head(name), signals.reasons.get(name, "")
    if head is None:
        return _make_signal(name, None, None, reason or f"training left no {name} in the model")
    if any(head.missing_from(held) for held in sources):
        return _make_signal(
            name, None, None, f"a picture has no vector of '{DESCRIPTORS}', and its file cannot be read"
        )
    left, right = (head.transform(held)[0] for held in sources)
    score = float(left @ right)
    if head.line is None:
        return _make_signal(name, score, None, reason)
    if head.line.bounds == (0, 0):
        return _make_signal(name, score, None, _TOO_FEW)
    return _make_signal(name, score, float(head.line.log10_likelihood_ratio(np.array(score))))


def _score_work(signals: Signals, link: Link | None) -> Signal:
    score = 0.0 if link is None else link.correlation
    if signals.rates is None:
        return _make_signal("work", score, None, signals.reasons.get("work", _NO_SIGNALS))
    signal = _make_signal("work", score, signals.rates.log10_likelihood_ratio(link is not None))
    if link is None:
        return signal
    shares = f"{link.left_share:.0%} of the left and {link.right_share:.0%} of the right"
    found = f"{MEANINGS[link.relation].capitalize()}: {link.inliers} features agree on how {shares} overlap. "
    return replace(signal, sentence=found + signal.sentence)


def _make_signal(name: SignalName, score: float | None, evidence: float | None, reason: str = "") -> Signal:
    if evidence is None:
        return Signal(name, score, None, reason, f"No likelihood ratio of the {name}: {reason}.")
    return Signal(name, score, evidence, "", _describe_signal(name, evidence))


def _describe_signal(name: SignalName, log10_likelihood_ratio: float) -> str:
    """Return a sentence for the likelihood ratio of a signal.

    >>> _describe_signal("palette", -1.0)
    'Such a likeness is 10 times likelier between halves of two pictures than between halves of one picture.'
    """
    one, two = _QUESTIONS[name]
    if abs(log10_likelihood_ratio) < _NEUTRAL:
        return f"Such a likeness is about as likely between {one} as between {two}."
    likelier, other = (one, two) if log10_likelihood_ratio > 0 else (two, one)
    times = describe_ratio(abs(log10_likelihood_ratio))
    return f"Such a likeness is {times} times likelier between {likelier} than between {other}."
