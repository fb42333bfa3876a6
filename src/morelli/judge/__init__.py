"""Judging: answers with their evidence."""

from morelli.judge.attribution import attribute_vectors
from morelli.judge.comparison import compare_vectors
from morelli.judge.references import References
from morelli.judge.results import Attribution, Candidate, Comparison

__all__ = ["Attribution", "Candidate", "Comparison", "References", "attribute_vectors", "compare_vectors"]
