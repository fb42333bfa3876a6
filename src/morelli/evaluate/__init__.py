"""Numbers with intervals over artists, for seen and unseen artists apart, and the report made of them.

Begin in `rows`, which says what is found, and in `evaluation`, which measures a model in every way; `metrics`
holds the formulas, `protocols` draws pairs, queries and resamples for them.
"""

from morelli.evaluate.evaluation import evaluate_models
from morelli.evaluate.results import Report
from morelli.evaluate.rows import Findings, Row

__all__ = ["Findings", "Report", "Row", "evaluate_models"]
