"""Learns to compare works: spaces, the best set of them on artists held back, then the likelihood ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from morelli.learn.heads import ContrastiveSpace, DiscriminantSpace, SoftmaxSpace
from morelli.learn.heads.calibration import fit_calibration, measure_methods, prefer_simple, score_sets
from morelli.learn.heads.candidates import (
    Candidate,
    Division,
    Learnt,
    average_measures,
    divide_artists,
    draw_cohort,
    hold_back,
)
from morelli.model.comparison import ComparisonHead, Ensemble
from morelli.model.likelihood_ratio import Calibration
from morelli.model.standardisation import Standardisation

_Float = NDArray[np.float32]

_SPACES = ("lda", "contrastive", "softmax")

_ENSEMBLE_COHORT = 300
"""Works of the cohort in each head of the ensemble: enough to show how answers spread, at a third of the
size."""


@dataclass(frozen=True, eq=False)
class FittedComparison:
    """A comparison head and how it was chosen.

    Parameters
    ----------
    head
        The head, calibrated.
    chosen
        Which candidate it is.
    scores
        ROC AUC of each candidate, by name, on pairs of works that the spaces had not seen.
    n_pairs
        How many such pairs there were.
    cllr
        Of each way to calibrate, measured on groups of artists that it was not fitted on; empty with too few
        artists.
    ensemble
        The heads of the groups, or None with too few artists.
    """

    head: ComparisonHead
    chosen: Candidate
    scores: dict[str, float]
    n_pairs: int
    cllr: dict[str, float]
    ensemble: Ensemble | None


def fit_comparison(
    vectors: _Float,
    artists: Sequence[str],
    validation_vectors: _Float,
    validation_artists: Sequence[str],
    *,
    seed: int,
) -> FittedComparison:
    """Choose and calibrate on works held back, then learn the chosen spaces from all works.

    Parameters
    ----------
    vectors, artists
        (n, d) float32 and (n,) names to learn from.
    validation_vectors, validation_artists
        (m, d) and (m,): in a ``seen`` split, other works of the same artists; in an ``unseen`` split, works
        of other artists.
    seed
        Of the groups, the spaces, the cohort, the pairs and the sets.

    Raises
    ------
    EvaluationError
        When the validation works make no pair by one hand.

    Notes
    -----
    For artists never seen, the artists of both parts are cross-fitted (see `cross_fitting`): each of them is
    held back once. The candidate is chosen, and the likelihood ratio fitted, on these scores. Where the
    validation works are by artists of the first part, the candidate is chosen on them instead, and a second
    likelihood ratio is fitted to them, for artists that the model knows. With too few artists for groups,
    the validation works serve for all of it.

    The last spaces are learnt from all works, since more artists make better spaces. The likelihood ratio
    stays that of the first ones: they had not seen whom they were asked about, as the last ones will not
    have.
    """
    learn = partial(learn_spaces, seed=seed)
    everything = np.concatenate([vectors, validation_vectors])
    names = np.array([*artists, *validation_artists], dtype=object)
    groups = divide_artists(names, seed=seed)
    divisions = [
        hold_back(
            learn, everything[~held], list(names[~held]), everything[held], list(names[held]), seed=seed
        )
        for held in groups
    ]
    asked = divisions
    if not divisions or not set(artists).isdisjoint(validation_artists):
        asked = [hold_back(learn, vectors, artists, validation_vectors, validation_artists, seed=seed)]
    measured = average_measures(asked)
    chosen = max(measured, key=lambda candidate: measured[candidate])
    cllr = _measure_methods(divisions, chosen)
    method = prefer_simple(cllr) if cllr else "logistic"
    knows_artists = bool(divisions) and asked is not divisions
    head = replace(
        chosen.build(learn(everything, list(names), names=chosen.spaces)),
        calibration=_calibrate(divisions or asked, chosen, method, seed),
        seen_calibration=_calibrate(asked, chosen, method, seed) if knows_artists else None,
    )
    return FittedComparison(
        head=head,
        chosen=chosen,
        scores={str(candidate): auc for candidate, auc in measured.items()},
        n_pairs=sum(len(division.pairs) for division in asked),
        cllr=cllr,
        ensemble=_gather(divisions, chosen, method, seed),
    )


def _measure_methods(divisions: Sequence[Division], chosen: Candidate) -> dict[str, float]:
    if len(divisions) < 2:
        return {}
    return measure_methods(
        [division.scores[chosen] for division in divisions], [division.pairs.same for division in divisions]
    )


def _calibrate(divisions: Sequence[Division], chosen: Candidate, method: str, seed: int) -> Calibration:
    """Return the maps from pooled scores: single works by the method, sets by a straight line."""
    scores = np.concatenate([division.scores[chosen] for division in divisions])
    is_same = np.concatenate([division.pairs.same for division in divisions])
    rows = [division.build(chosen).transform(division.vectors) for division in divisions]
    rng = np.random.default_rng(seed)

    def draw_sets(size: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        drawn = [
            score_sets(of_division, division.artists, size, rng=rng)
            for of_division, division in zip(rows, divisions, strict=True)
        ]
        of_sets, are_same = (np.concatenate(part) for part in zip(*drawn, strict=True))
        return of_sets, are_same

    return fit_calibration(scores, is_same, method, draw_sets)


def _gather(divisions: Sequence[Division], chosen: Candidate, method: str, seed: int) -> Ensemble | None:
    """Return the heads of the groups, each calibrated on the scores of all others."""
    if len(divisions) < 3:
        return None
    heads = []
    for held in divisions:
        others = [division for division in divisions if division is not held]
        head = chosen.build(held.learnt, cohort_size=_ENSEMBLE_COHORT)
        heads.append(replace(head, calibration=_calibrate(others, chosen, method, seed)))
    return Ensemble(tuple(heads))


def learn_spaces(
    vectors: _Float, artists: Sequence[str], *, seed: int, names: Sequence[str] = _SPACES
) -> Learnt:
    """Return what a candidate is built from.

    Parameters
    ----------
    vectors, artists
        (n, d) float32 and (n,) names to learn from.
    seed
        Of the spaces and the cohort.
    names
        Of the spaces that are needed, from `_SPACES`.
    """
    standardisation = Standardisation.fit(vectors)
    standard = standardisation.transform(vectors)
    spaces = {
        "lda": DiscriminantSpace(random_state=seed),
        "contrastive": ContrastiveSpace(random_state=seed),
        "softmax": SoftmaxSpace(random_state=seed),
    }
    projections = {name: spaces[name].fit(standard, list(artists)).projection_ for name in names}
    return Learnt(
        standardisation,
        projections,
        draw_cohort(vectors, np.random.default_rng(seed)),
        directions=spaces["softmax"].directions_ if "softmax" in names else None,
    )
