"""Judgements: frozen answers that carry their evidence and can be printed or sent as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from morelli.gallery.search import Match
from morelli.judge.doubt import DoubtPart, Omission
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
    n_enrolled
        How many works the artist was enrolled from; None for one who was learnt.
    """

    artist: str
    probability: float
    n_enrolled: int | None = None

    def to_label(self) -> str:
        """Return the name, with the number of works behind an enrolled one.

        Examples
        --------
        >>> Candidate("Anna Ancher", 0.4, 1).to_label(), Candidate("Claude Monet", 0.6).to_label()
        ('Anna Ancher (enrolled from 1 work)', 'Claude Monet')
        """
        if self.n_enrolled is None:
            return self.artist
        return f"{self.artist} (enrolled from {self.n_enrolled} work{'s'[: self.n_enrolled != 1]})"


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
    prediction_set
        The artists of the set, most probable first; none when the model makes no sets.
    level
        The share of such sets that hold the right artist, when it is one of those the model knows.
    none_of_these
        The share of works by known artists that look at least as unlike all of them, 0..1; a low one speaks
        for somebody else. None when the model cannot tell.
    summary
        The same in one sentence.
    """

    picture: str
    candidates: tuple[Candidate, ...]
    references: tuple[Match, ...]
    n_artists: int
    prediction_set: tuple[str, ...]
    level: float
    none_of_these: float | None
    summary: str

    def to_dict(self) -> dict[str, Any]:
        """Return the attribution as a JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class Comparison:
    """How strongly two works, or two sets of works, speak for one hand rather than two.

    Parameters
    ----------
    left, right
        The works; several are joined by commas.
    score
        Cosine in the model's comparison space, -1..1; of sets, that of their mean directions. Of a model with
        a pair rule, the score of that rule; of sets, the mean over all pairs of one of each.
    log10_likelihood_ratio
        How many times likelier such a score is when the hands are the same, as a power of ten.
    prior
        The probability of one hand before looking, as given by the user.
    probability
        The probability of one hand after looking.
    sentence
        The same in words, or that the evidence is not enough.
    n_left, n_right
        How many works each side has.
    interval
        95 % interval of the log10 likelihood ratio, or None where nothing was there to measure it.
    parts
        What the interval is made of.
    omissions
        What leaving out one work, or the works of one source, would change most.
    sufficient
        Whether nothing stands against reading the sentence as it is.
    reasons
        What does, each a clause without a full stop; empty when `sufficient`.
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
    n_left: int = 1
    n_right: int = 1
    interval: tuple[float, float] | None = None
    parts: tuple[DoubtPart, ...] = ()
    omissions: tuple[Omission, ...] = ()
    sufficient: bool = False
    reasons: tuple[str, ...] = ()
    profile: SignalProfile | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as a JSON object."""
        return asdict(self)
