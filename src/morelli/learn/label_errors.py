"""Works whose artist's name is doubtful, by what the other works of the collection say.

Each work is named by a regression that learnt from the other folds, near-duplicates kept together. Its
probabilities, calibrated on all folds, are weighed against how often a label is wrong, which is estimated
from the same collection. Of the most doubtful works it is said how many are expected to be there by chance,
the false discovery rate. The others are labelled wrongly, or unlike all else that their artist made: pictures
cannot tell which.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from morelli.collection.duplicates.hashes import group_works
from morelli.embeddings import Embeddings
from morelli.errors import SplitError
from morelli.learn.heads.attribution import Reduction
from morelli.learn.heads.calibration import fit_temperature
from morelli.settings import Progress, ignore_progress, one_thread

_Double = NDArray[np.float64]

_N_FOLDS = 5
_STRENGTH = 0.03  # inverse regularisation, the middle of what attribution heads choose from
_MAX_COMPONENTS = 512
_N_ALTERNATIVES = 3
_N_NEAREST = 3
_FIRST_RATE, _MAX_RATE = 0.02, 0.5
_N_ROUNDS = 200


@dataclass(frozen=True)
class LabelDoubt:
    """A work whose label the others contradict."""

    id: str
    artist: str  # as it is labelled
    is_usual: float  # probability that the label is right and the work like others of its artist
    rate: float  # expected share of usual works among this one and those more doubtful
    others: tuple[tuple[str, float], ...]  # who it looks like, with the probability if not its label
    nearest: tuple[tuple[str, float], ...]  # ids of works by the first of these, with cosines


@dataclass(frozen=True, repr=False)
class LabelReview:
    """What was found of all labels of a collection, the most doubtful first."""

    doubts: tuple[LabelDoubt, ...]  # of all works that were looked at
    error_rate: float  # estimated share of works that are labelled wrongly, or unusual
    accuracy: float  # share of works whose label is the first name of the model that never met them
    n_artists: int
    n_left_out: (
        int  # works by artists with too few, without an artist or a vector, or not by the master alone
    )

    def __repr__(self) -> str:
        return f"LabelReview(n={len(self.doubts)}, error_rate={self.error_rate:.3f})"

    def select(self, rate: float) -> tuple[LabelDoubt, ...]:
        """Return the longest list in which at most this share is expected to stand by chance."""
        kept = [place for place, doubt in enumerate(self.doubts, start=1) if doubt.rate <= rate]
        return self.doubts[: max(kept, default=0)]


@one_thread()
def find_label_errors(
    embeddings: Embeddings, works: pl.DataFrame, *, seed: int = 0, progress: Progress = ignore_progress
) -> LabelReview:
    """Return how doubtful each label is, given the vectors and the works table of a collection.

    Artists count with works in five groups of near-duplicates or more; qualified works do not, as the name in
    them is not their maker's. The noise of labels is taken as alike for all artists, and a wrong label as any
    other artist's (the symmetric noise of Natarajan et al. 2013, Learning with noisy labels, NeurIPS).
    """
    table = _choose_works(works, embeddings)
    names, codes = np.unique(table["artist"].to_numpy().astype(str), return_inverse=True)
    vectors = embeddings.select(table["id"].to_list())
    logits, rows = _cross_fit(vectors, codes, table["group"].to_numpy(), seed, progress)
    probabilities = softmax(logits / fit_temperature(logits, codes), axis=1)
    own = probabilities[np.arange(len(codes)), codes]
    rate = _estimate_rate(own, len(names))
    is_usual = _weigh(own, rate, len(names))
    order = np.argsort(is_usual, kind="stable")
    rates = np.cumsum(is_usual[order]) / np.arange(1, len(order) + 1)
    ids = table["id"].to_list()
    return LabelReview(
        doubts=tuple(
            LabelDoubt(
                ids[place],
                str(names[codes[place]]),
                float(is_usual[place]),
                float(rates[rank]),
                *_describe_others(place, probabilities, codes, rows, names, ids),
            )
            for rank, place in enumerate(order)
        ),
        error_rate=rate,
        accuracy=float((logits.argmax(axis=1) == codes).mean()),
        n_artists=len(names),
        n_left_out=len(works) - len(table),
    )


def _choose_works(works: pl.DataFrame, embeddings: Embeddings) -> pl.DataFrame:
    """Return id, artist and group of works by artists with enough of them, sorted by id."""
    held = works.filter(
        pl.col("artist").is_not_null()
        & pl.col("qualifier").is_null()
        & pl.col("id").is_in(list(embeddings.ids))
    ).sort("id")
    groups = pl.Series("group", group_works(held) if len(held) else [], dtype=pl.Int64)
    table = held.select("id", "artist", groups)
    table = table.filter(pl.col("group").n_unique().over("artist") >= _N_FOLDS)
    if (n_artists := table["artist"].n_unique()) < 2:
        raise SplitError(
            "review",
            expected=f"at least 2 artists, each with {_N_FOLDS} works or more that are no near-duplicates",
            found=f"{n_artists} among {len(works)} works",
            remedy="collect more works of each artist, and embed them",
        )
    return table


def _cross_fit(
    vectors: NDArray[np.float32],
    codes: NDArray[np.intp],
    groups: NDArray[np.int64],
    seed: int,
    progress: Progress,
) -> tuple[_Double, NDArray[np.float32]]:
    """Return (n, c) logits of each work from the other folds, and unit rows (n, p) without any label."""
    logits = np.zeros((len(codes), int(codes.max()) + 1))
    folds = StratifiedGroupKFold(_N_FOLDS, shuffle=True, random_state=seed)
    for number, (learnt, held) in enumerate(folds.split(vectors, codes, groups)):
        progress("naming each work by the others", number, _N_FOLDS)
        reduction = Reduction.fit(vectors[learnt], _MAX_COMPONENTS)
        regression = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=200, tol=1e-3)
        regression.fit(reduction.transform(vectors[learnt]), codes[learnt])
        found = regression.decision_function(reduction.transform(vectors[held]))
        found = np.stack([-found / 2, found / 2], axis=1) if found.ndim == 1 else found
        logits[np.ix_(held, regression.classes_)] = found
    progress("naming each work by the others", _N_FOLDS, _N_FOLDS)
    rows = Reduction.fit(vectors, _MAX_COMPONENTS).transform(vectors)
    return logits, rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _estimate_rate(own: _Double, n_artists: int) -> float:
    """Return the share of wrong labels that makes them likeliest, by expectation-maximisation.

    `own` are the (n,) probabilities of the labels.
    """
    rate = _FIRST_RATE
    for _ in range(_N_ROUNDS):
        rate = float(min(1 - _weigh(own, rate, n_artists).mean(), _MAX_RATE))
    return rate


def _weigh(own: _Double, rate: float, n_artists: int) -> _Double:
    """Return the (n,) probabilities that labels are right, given how often they are wrong."""
    right = (1 - rate) * own
    return right / (right + rate * (1 - own) / (n_artists - 1) + np.finfo(np.float64).tiny)


def _describe_others(
    place: int,
    probabilities: _Double,
    codes: NDArray[np.intp],
    rows: NDArray[np.float32],
    names: NDArray[np.str_],
    ids: list[str],
) -> tuple[tuple[tuple[str, float], ...], tuple[tuple[str, float], ...]]:
    """Return who a work looks like instead of its label, and works by the first of them that are nearest."""
    chances = probabilities[place].copy()
    chances[codes[place]] = 0
    likely = np.argsort(-chances, kind="stable")[: min(_N_ALTERNATIVES, len(names) - 1)]
    total = max(float(chances.sum()), np.finfo(np.float64).tiny)
    own = np.flatnonzero(codes == likely[0])
    cosines = rows[own] @ rows[place]
    nearest = np.argsort(-cosines, kind="stable")[:_N_NEAREST]
    return (
        tuple((str(names[code]), float(chances[code] / total)) for code in likely),
        tuple((ids[own[rank]], float(cosines[rank])) for rank in nearest),
    )
