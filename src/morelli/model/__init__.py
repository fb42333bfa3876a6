"""The model: what `train` writes and every judgement reads; applied without torch."""

from morelli.model.artefact import Model, read_model, write_model
from morelli.model.heads import AttributionHead, Cohort, ComparisonHead, Standardisation

__all__ = [
    "AttributionHead",
    "Cohort",
    "ComparisonHead",
    "Model",
    "Standardisation",
    "read_model",
    "write_model",
]
