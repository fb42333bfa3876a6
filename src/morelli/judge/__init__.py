"""Judging: answers with their evidence."""

from morelli.judge.artists import Naming, name_artists, name_enrolled
from morelli.judge.attribution import attribute_vectors
from morelli.judge.comparison import compare_vectors
from morelli.judge.enrolment import enrol_artist
from morelli.judge.references import References
from morelli.judge.results import Attribution, Candidate, Comparison

__all__ = [
    "Attribution",
    "Candidate",
    "Comparison",
    "Naming",
    "References",
    "attribute_vectors",
    "compare_vectors",
    "enrol_artist",
    "name_artists",
    "name_enrolled",
]
