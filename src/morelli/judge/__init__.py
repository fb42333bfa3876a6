"""Judging: answers with their evidence."""

from morelli.judge.attribution import attribute_vectors
from morelli.judge.comparison import compare_vectors
from morelli.judge.likeness import find_row, open_references, require_head, search_same_work
from morelli.judge.profile import Sight, Signal, SignalProfile, profile_pair
from morelli.judge.references import References
from morelli.judge.results import Attribution, Candidate, Comparison

__all__ = [
    "Attribution",
    "Candidate",
    "Comparison",
    "References",
    "Sight",
    "Signal",
    "SignalProfile",
    "attribute_vectors",
    "compare_vectors",
    "find_row",
    "open_references",
    "profile_pair",
    "require_head",
    "search_same_work",
]
