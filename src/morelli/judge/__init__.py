"""Judging: answers with their evidence.

Begin in `session`, which opens a model and a gallery and asks them; `results` says what an answer holds.
"""

from morelli.judge.attribution import Naming, attribute_vectors, name_artists, name_enrolled
from morelli.judge.comparison import Side, compare_sides, compare_vectors
from morelli.judge.enrolment import enrol_artist
from morelli.judge.results import Attribution, Candidate, Comparison, DoubtPart, Matches, Omission
from morelli.judge.search import References
from morelli.judge.session import Session, open_session
from morelli.judge.signals import Sight, Signal, SignalProfile, profile_pair
from morelli.judge.suitability import find_unsuitable

__all__ = [
    "Attribution",
    "Candidate",
    "Comparison",
    "DoubtPart",
    "Matches",
    "Naming",
    "Omission",
    "References",
    "Session",
    "Side",
    "Sight",
    "Signal",
    "SignalProfile",
    "attribute_vectors",
    "compare_sides",
    "compare_vectors",
    "enrol_artist",
    "find_unsuitable",
    "name_artists",
    "name_enrolled",
    "open_session",
    "profile_pair",
]
