"""Numbers with intervals over artists, for seen and unseen artists apart, and the report made of them."""

from morelli.evaluate.evaluation import evaluate_models
from morelli.evaluate.results import Report
from morelli.evaluate.rows import Row

__all__ = ["Report", "Row", "evaluate_models"]
