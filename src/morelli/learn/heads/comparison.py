"""How a comparison is learnt: spaces, the best set of them on artists held out, then the likelihood ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from morelli.learn.heads import ContrastiveSpace, DiscriminantSpace, SoftmaxSpace
from morelli.learn.heads.candidates import (
    Candidate,
    Fold,
    LearntSpaces,
    divide_artists,
    draw_cohort,
    hold_out,
)
from morelli.learn.heads.likelihood_ratio import fit_calibration, measure_methods, prefer_simple, score_sets
from morelli.learn.heads.works import Works
from morelli.model.comparison import ComparisonHead, Ensemble
from morelli.model.likelihood_ratio import Calibration
from morelli.model.standardisation import Standardisation

_SPACES = ("lda", "contrastive", "softmax")

_ENSEMBLE_COHORT = 300  # works in each head of the ensemble: show how answers spread, at a third of the size


@dataclass(frozen=True, eq=False)
class FittedComparison:
    """A comparison head, calibrated, and how it was chosen."""

    head: ComparisonHead
    chosen: Candidate
    scores: dict[str, float]  # ROC AUC of each candidate on pairs of works that the spaces had not seen
    n_pairs: int  # how many such pairs there were
    cllr: dict[str, float]  # by way to calibrate, on groups of artists it was not fitted on; empty without
    ensemble: Ensemble | None  # the heads of the groups, or None with too few artists


def fit_comparison(train: Works, val: Works, *, seed: int) -> FittedComparison:
    """Choose and calibrate on works held out, then learn the chosen spaces from all works.

    For artists never seen, the artists of both parts are cross-fitted: each of them is held out once. The
    candidate is chosen, and the likelihood ratio fitted, on these scores. Where the val part holds other
    works of the train artists, the candidate is chosen on them instead, and a second likelihood ratio is
    fitted to them, for artists that the model knows. With too few artists for groups, the val part serves for
    all of it, and must make a pair by one hand.

    The last spaces are learnt from all works, since more artists make better spaces. The likelihood ratio
    stays that of the first ones: they had not seen whom they were asked about, as the last ones will not
    have.
    """
    learn = partial(learn_spaces, seed=seed)
    works = train + val
    held_out = divide_artists(works.artists, seed=seed)
    folds = [hold_out(learn, works[~held], works[held], seed=seed) for held in held_out]
    judged = folds
    if not folds or not set(train.artists).isdisjoint(val.artists):
        judged = [hold_out(learn, train, val, seed=seed)]
    measured = [fold.measure() for fold in judged]
    aucs = {candidate: float(np.mean([fold[candidate] for fold in measured])) for candidate in measured[0]}
    chosen = max(aucs, key=lambda candidate: aucs[candidate])
    cllr = _measure_methods(folds, chosen)
    method = prefer_simple(cllr) if cllr else "logistic"
    knows_artists = bool(folds) and judged is not folds
    head = replace(
        chosen.build(learn(works, names=chosen.spaces)),
        calibration=_calibrate(folds or judged, chosen, method, seed),
        seen_calibration=_calibrate(judged, chosen, method, seed) if knows_artists else None,
    )
    return FittedComparison(
        head=head,
        chosen=chosen,
        scores={str(candidate): auc for candidate, auc in aucs.items()},
        n_pairs=sum(len(fold.pairs) for fold in judged),
        cllr=cllr,
        ensemble=_gather(folds, chosen, method, seed),
    )


def learn_spaces(works: Works, *, seed: int, names: Sequence[str] = _SPACES) -> LearntSpaces:
    """Return what a candidate is built from: the spaces that are needed, of `_SPACES`, and a cohort."""
    standardisation = Standardisation.fit(works.vectors)
    standard, artists = standardisation.transform(works.vectors), works.artists.tolist()
    spaces = {
        "lda": DiscriminantSpace(random_state=seed),
        "contrastive": ContrastiveSpace(random_state=seed),
        "softmax": SoftmaxSpace(random_state=seed),
    }
    projections = {name: spaces[name].fit(standard, artists).projection_ for name in names}
    return LearntSpaces(
        standardisation,
        projections,
        draw_cohort(works.vectors, np.random.default_rng(seed)),
        directions=spaces["softmax"].directions_ if "softmax" in names else None,
    )


def _measure_methods(folds: Sequence[Fold], chosen: Candidate) -> dict[str, float]:
    if len(folds) < 2:
        return {}
    return measure_methods([fold.scores[chosen] for fold in folds], [fold.pairs.same for fold in folds])


def _calibrate(folds: Sequence[Fold], chosen: Candidate, method: str, seed: int) -> Calibration:
    """Return the maps from pooled scores: single works by the method, sets by a straight line."""
    scores = np.concatenate([fold.scores[chosen] for fold in folds])
    is_same = np.concatenate([fold.pairs.same for fold in folds])
    rows = [chosen.build(fold.learnt).transform(fold.works.vectors) for fold in folds]
    rng = np.random.default_rng(seed)

    def draw_sets(size: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        drawn = [
            score_sets(of_fold, fold.works.artists, size, rng=rng)
            for of_fold, fold in zip(rows, folds, strict=True)
        ]
        of_sets, are_same = (np.concatenate(part) for part in zip(*drawn, strict=True))
        return of_sets, are_same

    return fit_calibration(scores, is_same, method, draw_sets)


def _gather(folds: Sequence[Fold], chosen: Candidate, method: str, seed: int) -> Ensemble | None:
    """Return the heads of the groups, each calibrated on the scores of all others."""
    if len(folds) < 3:
        return None
    heads = []
    for held in folds:
        others = [fold for fold in folds if fold is not held]
        head = chosen.build(held.learnt, cohort_size=_ENSEMBLE_COHORT)
        heads.append(replace(head, calibration=_calibrate(others, chosen, method, seed)))
    return Ensemble(tuple(heads))
