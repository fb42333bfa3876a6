"""The model: what `train` writes and every judgement reads; applied without torch."""

from morelli.model.artefact import BACKBONE_WEIGHTS, TRAINING_FOLDER, Model, read_model, write_model
from morelli.model.attribution import AttributionHead
from morelli.model.comparison import Cohort, ComparisonHead
from morelli.model.enrolled import Enrolled
from morelli.model.ensemble import Ensemble
from morelli.model.layers import Layers, Step
from morelli.model.likelihood_ratio import Calibration, LikelihoodRatioMap
from morelli.model.open_set import OpenSet
from morelli.model.pair_rule import PairRule
from morelli.model.prediction_sets import PredictionSets
from morelli.model.roles import Roles
from morelli.model.standardisation import Standardisation

__all__ = [
    "BACKBONE_WEIGHTS",
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
    "PairRule",
    "PredictionSets",
    "Roles",
    "Standardisation",
    "Step",
    "read_model",
    "write_model",
]
