"""Learns how much a few works of a newcomer are worth, by enrolling artists whom the space has never met."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from morelli.learn.open_set import learn_directions
from morelli.learn.reduction import Reduction
from morelli.learn.works import Works
from morelli.model.enrolled import Enrolled
from morelli.model.nearest_works import NearestWorks, measure_nearness

Float = NDArray[np.float32]

SHOTS = (1, 2, 3, 5, 10)
"""Numbers of works that the newcomers are enrolled from."""

NEWCOMER_SHARE = 0.2
"""The share of the artists that plays the newcomers where a split has no artists of its own for it."""

N_QUERIES = 20
"""Works of a newcomer, and of the known artists, that each enrolment is asked about."""


@dataclass(frozen=True, eq=False)
class Trials:
    """What enrolments look like to works of the newcomer and to works of known artists.

    Parameters
    ----------
    gaps
        (q,) the newcomer's nearness minus the highest of a known artist.
    n_shots
        (q,) how many works were enrolled.
    is_own
        (q,) whether the newcomer made the work.
    """

    gaps: NDArray[np.float64]
    n_shots: NDArray[np.float64]
    is_own: NDArray[np.bool_]


def fit_enrolment(
    reduction: Reduction, taught: Works, held: Works, strangers: Works, *, seed: int
) -> Enrolled | None:
    """Return the line that weighs newcomers, with nobody enrolled yet; None without an artist to try it on.

    Parameters
    ----------
    reduction
        Of the vectors of `taught`.
    taught, held
        Works of the known artists: those that taught, and others.
    strangers
        Works of other artists. With none, a fifth of the known artists plays them.
    seed
        Of the artists that play, the space, the works enrolled and those asked about.

    Notes
    -----
    The strangers play newcomers in a space that is learnt without them: in that of the open set, which has
    learnt from them too, they would be better known than a newcomer will be.
    """
    rng = np.random.default_rng(seed)
    if not len(strangers):
        names = np.unique(taught.artists)
        players = rng.permutation(names)[: max(1, round(NEWCOMER_SHARE * len(names)))].tolist()
        if len(names) - len(players) < 2:
            return None
        taught, strangers = taught.select(players, is_among=False), taught.select(players)
        held = held.select(players, is_among=False)
    space = learn_directions(reduction, taught, seed=seed)
    trials = simulate_enrolments(space.place(taught), held, strangers, rng)
    if not trials.is_own.any() or trials.is_own.all():
        return None
    line = LogisticRegression(class_weight="balanced", C=100.0)
    line.fit(np.column_stack([trials.gaps, np.log(trials.n_shots)]), trials.is_own)
    return Enrolled(
        slope=max(float(line.coef_[0, 0]), 0.0),
        per_log_k=float(line.coef_[0, 1]),
        intercept=float(line.intercept_[0]),
        artists=(),
        ids=(),
        columns=np.empty(0, np.int32),
        rows=np.empty((0, space.projection.shape[1]), np.float32),
    )


def simulate_enrolments(
    nearest: NearestWorks, held: Works, strangers: Works, rng: np.random.Generator
) -> Trials:
    """Return what enrolling each newcomer from k works, for every k of `SHOTS`, looks like.

    Parameters
    ----------
    nearest
        Its artists are the known ones.
    held
        Works of theirs.
    strangers
        Works of the newcomers; each who has more than k is enrolled from k of them.
    rng
        Draws the works.
    """
    known, new = nearest.transform(held.vectors), nearest.transform(strangers.vectors)
    highest, highest_new = (nearest.nearness(rows).max(axis=1) for rows in (known, new))
    found: list[tuple[NDArray[np.float64], int, bool]] = []
    for name in np.unique(strangers.artists):
        own = rng.permutation(np.flatnonzero(strangers.artists == name))
        for k in SHOTS:
            if k >= len(own):
                break
            others, asked = own[k:][:N_QUERIES], rng.permutation(len(known))[:N_QUERIES]
            shots = new[own[:k]]
            found.append((_near(new[others], shots) - highest_new[others], k, True))
            found.append((_near(known[asked], shots) - highest[asked], k, False))
    sizes = [len(gaps) for gaps, _, _ in found]
    return Trials(
        gaps=np.concatenate([np.empty(0), *(gaps for gaps, _, _ in found)]),
        n_shots=np.repeat([float(k) for _, k, _ in found], sizes),
        is_own=np.repeat([is_own for _, _, is_own in found], sizes).astype(bool),
    )


def _near(rows: Float, shots: Float) -> NDArray[np.float64]:
    return measure_nearness(rows, shots, np.zeros(len(shots), np.int32))[:, 0]
