"""The model: what `train` writes and every judgement reads; applied without torch. Begin in `artefact`."""

from morelli.model.artefact import BACKBONE_WEIGHTS, TRAINING_FOLDER, Model, Roles, read_model, write_model
from morelli.model.attribution import AttributionHead
from morelli.model.comparison import Cohort, ComparisonHead, Ensemble
from morelli.model.likelihood_ratio import Calibration, LikelihoodRatioMap
from morelli.model.open_set import Enrolled, OpenSet
from morelli.model.prediction_sets import PredictionSets
from morelli.model.scoring import COSINE, Layers, Rule, Step
from morelli.model.standardisation import Standardisation

__all__ = [
    "BACKBONE_WEIGHTS",
    "COSINE",
    "TRAINING_FOLDER",
    "AttributionHead",
    "Calibration",
    "Cohort",
    "ComparisonHead",
    "Enrolled",
    "Ensemble",
    "Layers",
    "LikelihoodRatioMap",
    "Model",
    "OpenSet",
    "PredictionSets",
    "Roles",
    "Rule",
    "Standardisation",
    "Step",
    "read_model",
    "write_model",
]
