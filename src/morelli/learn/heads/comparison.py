"""How a comparison is learnt: spaces, the best set of them on artists held out, then the likelihood ratio."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
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
from morelli.learn.heads.likelihood_ratio import (
    HELD_OUT,
    ScoredPairs,
    count_population,
    fit_calibration,
    measure_calibration,
    score_sets,
)
from morelli.learn.heads.works import Works
from morelli.model.comparison import ComparisonHead, Ensemble
from morelli.model.likelihood_ratio import Calibration
from morelli.model.standardisation import Standardisation
from morelli.settings import Progress, count_processors, ignore_progress, one_thread

_SPACES = ("lda", "contrastive", "softmax")


@dataclass(frozen=True, eq=False)
class FittedComparison:
    """A comparison head, calibrated, and how it was chosen."""

    head: ComparisonHead
    chosen: Candidate
    scores: dict[str, float]  # ROC AUC of each candidate on pairs of works that the spaces had not seen
    n_pairs: int  # how many such pairs there were
    cllr: dict[str, float]  # of the map, by name, on groups of artists it was not fitted on; empty without
    ensemble: Ensemble | None  # the heads of the groups, or None with too few artists


@one_thread()
def fit_comparison(
    train: Works, val: Works, *, seed: int, progress: Progress = ignore_progress
) -> FittedComparison:
    """Choose and calibrate on works held out, then learn the chosen spaces from all works.

    For artists never seen, the artists of both parts are cross-fitted: each of them is held out once. The
    candidate is chosen, and the likelihood ratio fitted, on these scores. Where the val part holds other
    works of the train artists, the candidate is chosen on them instead. With too few artists for groups, the
    val part serves for all of it, and must make a pair by one hand.

    The last spaces are learnt from all works, since more artists make better spaces. The likelihood ratio
    stays that of the first ones: they had not seen whom they were asked about, as the last ones will not
    have.
    """
    learn = partial(learn_spaces, seed=seed)
    works = train + val
    held_out = divide_artists(works.artists, works.groups, seed=seed)
    is_apart = len(held_out) > 0 and set(train.artists).isdisjoint(val.artists)
    n_steps = len(held_out) + (not is_apart) + 1
    folds = []
    with ThreadPoolExecutor(count_processors()) as pool:  # a group needs nothing of another
        progress("groups", 0, n_steps)
        for fold in pool.map(lambda held: hold_out(learn, works[~held], works[held], seed=seed), held_out):
            folds.append(fold)
            progress("groups", len(folds), n_steps)
    judged = folds if is_apart else [hold_out(learn, train, val, seed=seed)]
    progress("all works", n_steps - 1, n_steps)
    measured = [fold.measure() for fold in judged]
    aucs = {candidate: float(np.mean([fold[candidate] for fold in measured])) for candidate in measured[0]}
    chosen = max(aucs, key=lambda candidate: aucs[candidate])
    groups = [_Judged.of(fold, chosen) for fold in folds]
    head = replace(
        chosen.build(learn(works, names=chosen.spaces)),
        calibration=_calibrate(groups or [_Judged.of(fold, chosen) for fold in judged], seed),
    )
    return FittedComparison(
        head=head,
        chosen=chosen,
        scores={str(candidate): auc for candidate, auc in aucs.items()},
        n_pairs=sum(len(fold.pairs) for fold in judged),
        cllr=measure_calibration([group.pairs for group in groups]) if len(groups) > 1 else {},
        ensemble=_gather(groups, [np.unique(works.artists[held]).tolist() for held in held_out], seed),
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


@dataclass(frozen=True, eq=False)
class _Judged:
    """What the chosen candidate makes of a fold, on which maps are fitted."""

    head: ComparisonHead  # learnt without the fold, not calibrated
    pairs: ScoredPairs
    rows: NDArray[np.float32]  # (n, p) of the works of the fold
    artists: NDArray[np.object_]  # (n,)

    @classmethod
    def of(cls, fold: Fold, chosen: Candidate) -> _Judged:
        head, names = chosen.build(fold.learnt), fold.works.artists
        pairs = ScoredPairs.of_artists(fold.scores[chosen], names[fold.pairs.left], names[fold.pairs.right])
        return cls(head, pairs, head.transform(fold.works.vectors), names)


def _calibrate(judged: Sequence[_Judged], seed: int) -> Calibration:
    """Return the maps of single works and of sets, from the scores of all folds together."""
    rng = np.random.default_rng(seed)

    def draw_sets(size: int) -> ScoredPairs:
        return ScoredPairs.join([score_sets(fold.rows, fold.artists, size, rng=rng) for fold in judged])

    pairs = ScoredPairs.join([fold.pairs for fold in judged])
    fitted = fit_calibration(pairs, np.concatenate([fold.artists for fold in judged]), draw_sets)
    return replace(fitted, population=count_population(HELD_OUT, pairs))


def _gather(judged: Sequence[_Judged], held_out: Sequence[list[str]], seed: int) -> Ensemble | None:
    """Return the heads of the groups, each calibrated on the scores of all others, and whom each lacks."""
    if len(judged) < 3:
        return None
    return Ensemble(
        tuple(
            replace(held.head, calibration=_calibrate([fold for fold in judged if fold is not held], seed))
            for held in judged
        ),
        {str(name): place for place, names in enumerate(held_out) for name in names},
    )
