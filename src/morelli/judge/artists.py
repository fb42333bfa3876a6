"""The artists that a model can name, learnt and enrolled, and how probable each is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morelli.collection.names import fold_name
from morelli.errors import ModelError
from morelli.model.artefact import Model
from morelli.model.enrolled import Enrolled
from morelli.model.open_set import OpenSet, measure_strangeness


@dataclass(frozen=True, eq=False)
class Naming:
    """Who may have made some works.

    Parameters
    ----------
    artists
        (c,) names: the learnt ones, sorted, then the enrolled ones.
    probabilities
        (n, c) rows summing to 1.
    p_values
        (n,) the share of works by known artists that look at least as unlike all of them; None when the model
        cannot tell.
    """

    artists: tuple[str, ...]
    probabilities: NDArray[np.floating]
    p_values: NDArray[np.float64] | None


def name_artists(model: Model, vectors: NDArray[np.float32]) -> Naming:
    """Return who may have made works, among all artists that the model has learnt or been told of.

    Parameters
    ----------
    model
        Gives artists and probabilities.
    vectors
        (n, d) float32 under the model's encoder.
    """
    artists = model.attribution.artists
    probabilities: NDArray[np.floating] = model.attribution.predict_proba(vectors)
    if model.open_set is None:
        return Naming(artists, probabilities, None)
    rows = model.open_set.transform(vectors)
    nearness = model.open_set.nearness(rows)
    closeness = model.open_set.closeness(rows, nearness)
    newcomers = model.enrolled.artists if model.enrolled is not None else ()
    folded = {fold_name(name) for name in newcomers}
    become_known = [name for name in model.open_set.cohort_artists if fold_name(name) in folded]
    cohort_closeness = model.open_set.cohort_closeness(rows, without=become_known)
    if model.enrolled is not None and newcomers:
        artists = (*artists, *newcomers)
        probabilities = model.enrolled.extend(probabilities, rows, nearness.max(axis=1))
        closeness = np.hstack([closeness, model.enrolled.closeness(rows)])
    strangeness = measure_strangeness(closeness, cohort_closeness)
    return Naming(artists, probabilities, model.open_set.p_value(strangeness))


def name_enrolled(model: Model, vectors: NDArray[np.float32]) -> Naming:
    """Return who may have made works, among the enrolled artists alone: an episode of N ways and k shots.

    Parameters
    ----------
    model
        With at least one artist enrolled.
    vectors
        (n, d) float32 under the model's encoder.

    Raises
    ------
    ModelError
        When nobody is enrolled.
    """
    open_set, enrolled = require_enrolment(model)
    if not enrolled.artists:
        raise ModelError(
            "enrolled artists", expected="at least one", found="none", remedy="run 'morelli enrol' first"
        )
    probabilities = enrolled.predict_proba(open_set.transform(vectors))
    return Naming(enrolled.artists, probabilities, None)


def require_enrolment(model: Model) -> tuple[OpenSet, Enrolled]:
    """Return what enrolling needs of a model.

    Raises
    ------
    ModelError
        When the model lacks it.
    """
    if model.open_set is None or model.enrolled is None:
        raise ModelError(
            "model",
            expected="one that has learnt what a few works are worth",
            found="one without the parts 'open_set' and 'enrolled'",
            remedy="train it again, on a collection with three artists or more of two works or more",
        )
    return model.open_set, model.enrolled
