"""Judging: answers with their evidence."""

from morelli.judge.artists import Naming, name_artists, name_enrolled
from morelli.judge.attribution import attribute_vectors
from morelli.judge.comparison import compare_sides, compare_vectors
from morelli.judge.domain import find_unsuitable
from morelli.judge.doubt import DoubtPart, Omission
from morelli.judge.enrolment import enrol_artist
from morelli.judge.likeness import find_row, open_references, require_head, search_same_work
from morelli.judge.profile import Sight, Signal, SignalProfile, profile_pair
from morelli.judge.references import References
from morelli.judge.results import Attribution, Candidate, Comparison
from morelli.judge.sides import Side

__all__ = [
    "Attribution",
    "Candidate",
    "Comparison",
    "DoubtPart",
    "Naming",
    "Omission",
    "References",
    "Side",
    "Sight",
    "Signal",
    "SignalProfile",
    "attribute_vectors",
    "compare_sides",
    "compare_vectors",
    "enrol_artist",
    "find_row",
    "find_unsuitable",
    "name_artists",
    "name_enrolled",
    "open_references",
    "profile_pair",
    "require_head",
    "search_same_work",
]
