"""Chooses how odd an artist looks, and calibrates sets of artists on works that chose nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morelli.learn.heads.works import Works
from morelli.model.attribution import AttributionHead
from morelli.model.prediction_sets import LEVEL, PredictionSets, Score, find_threshold

_Float = NDArray[np.floating]
_Columns = NDArray[np.integer]

_PENALTIES = (0.01, 0.03, 0.1, 0.3)
"""Penalties of ``raps`` that are tried; Angelopoulos et al. 2021, section 2.4, search a like range."""


@dataclass(frozen=True, eq=False)
class _FittedSets:
    """Calibrated prediction sets and how their score was chosen."""

    sets: PredictionSets
    sizes: dict[str, float]  # by score, artists in the sets of validation works when 90 % hold the right one


def fit_sets(head: AttributionHead, validation: Works, calibration: Works) -> _FittedSets:
    """Return sets by the score whose sets are smallest at equal coverage, ``lac`` before others in a tie."""
    chosen_on, calibrated_on = (
        (head.predict_proba(works.vectors), np.searchsorted(head.artists, works.artists))
        for works in (validation, calibration)
    )
    scores = _list_scores(*chosen_on)
    sizes = {str(score): _mean_size(score, *chosen_on) for score in scores}
    chosen = min(scores, key=lambda score: sizes[str(score)])
    return _FittedSets(_calibrate_sets(chosen, *calibrated_on), sizes)


def _calibrate_sets(score: Score, probabilities: _Float, columns: _Columns) -> PredictionSets:
    """Return the sets of a score, calibrated on (m, c) probabilities and (m,) columns of the true artists."""
    own = score.measure(probabilities)[np.arange(len(columns)), columns]
    order = np.argsort(own, kind="stable")
    return PredictionSets(score, own[order], columns[order].astype(np.int32), probabilities.shape[1])


def _list_scores(probabilities: _Float, columns: _Columns) -> list[Score]:
    """Return the scores to choose from; ``raps`` is free up to the place that 90 % of true artists reach."""
    truth = probabilities[np.arange(len(columns)), columns]
    places = np.sort((probabilities > truth[:, None]).sum(axis=1) + 1.0)
    n_free = int(min(find_threshold(places, LEVEL), probabilities.shape[1]))
    return [Score("lac"), Score("aps"), *(Score("raps", n_free, penalty) for penalty in _PENALTIES)]


def _mean_size(score: Score, probabilities: _Float, columns: _Columns) -> float:
    """Return the mean number of artists at the threshold under which 90 % of these very works are covered.

    The most probable artist counts as a member throughout, as in the sets that are made later.
    """
    values = score.measure(probabilities)
    own = np.sort(values[np.arange(len(columns)), columns])
    threshold = own[max(int(np.ceil(LEVEL * len(own))) - 1, 0)]
    return float(np.maximum((values <= threshold).sum(axis=1), 1).mean())
