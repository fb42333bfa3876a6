"""Judgements: frozen answers that carry their evidence and can be printed or sent as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from morelli.gallery.search import Match
from morelli.judge.profile import SignalProfile


@dataclass(frozen=True)
class Candidate:
    """One artist who may have painted a work.

    Parameters
    ----------
    artist
        The name.
    probability
        Calibrated, 0..1, given that the work is by one of the artists the model knows.
    """

    artist: str
    probability: float


@dataclass(frozen=True)
class Attribution:
    """Who may have painted a work, and the reference works that speak for it.

    Parameters
    ----------
    picture
        The file that was asked about.
    candidates
        Most probable first.
    references
        The nearest works of the gallery; the picture itself is left out.
    n_artists
        How many artists the model chose among.
    """

    picture: str
    candidates: tuple[Candidate, ...]
    references: tuple[Match, ...]
    n_artists: int

    def to_dict(self) -> dict[str, Any]:
        """Return the attribution as a JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class Comparison:
    """How strongly two pictures speak for one hand rather than two.

    Parameters
    ----------
    left, right
        The pictures.
    score
        Cosine in the model's comparison space, -1..1.
    log10_likelihood_ratio
        How many times likelier such a score is when the hands are the same, as a power of ten.
    prior
        The probability of one hand before looking, as given by the user.
    probability
        The probability of one hand after looking.
    sentence
        The same in words.
    profile
        What the single signals say, or None where it was not asked for.
    """

    left: str
    right: str
    score: float
    log10_likelihood_ratio: float
    prior: float
    probability: float
    sentence: str
    profile: SignalProfile | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as a JSON object."""
        return asdict(self)
