"""How it is learnt which works are by none of the known artists, what newcomers are worth, and the domain.

A softmax space with a direction for each artist, the cohort's included, tells unknown artists from known
ones. Newcomers are weighed by enrolling artists whom such a space has never met. The domain is what the
training works look like as a whole, so that what is no painting can be told from them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from morelli.learn.heads import SoftmaxSpace
from morelli.learn.heads.attribution import Reduction
from morelli.learn.heads.works import Works
from morelli.model.attribution import NearestWorks
from morelli.model.open_set import Domain, Enrolled, OpenSet
from morelli.model.standardisation import Standardisation, merge_rows

_Float = NDArray[np.float32]

BATCH_SIZE = 1024  # works in a batch of the space; with a quarter of them it tells less: see docs/models.md
_N_STEPS = 400  # gradient steps of the space; with half of them it tells a little less: see docs/models.md

_SHOTS = (1, 2, 3, 5, 10)  # works that newcomers are enrolled from
_NEWCOMER_SHARE = 0.2  # of the artists, who play newcomers where a split has no others
_N_TRIALS = 5  # enrolments of each newcomer from every number of works, each time from others
_N_QUERIES = 20  # works of a newcomer, and of the known artists, that are queries of each enrolment

_MAX_COMPONENTS = 16
"""Directions of the domain with a variance of their own. With 64 and 256, fewer photographs of sculpture are
refused at the same share of validation works; see docs/judgements.md."""

_QUANTILE = 0.995  # of the validation works, as many are taken for paintings
_LEAST_NOISE = 1e-3
_MIN_VALIDATION_WORKS = 200
"""The fewest of which one is no more than the share refused. With fewer, by artists who are alike, most other
artists would be refused, too."""


@dataclass(frozen=True, eq=False)
class _ArtistDirections:
    """A softmax space of standardised vectors, with a direction for each artist that it was learnt from."""

    standardisation: Standardisation  # applied first
    projection: _Float  # (d, p) float32
    directions: _Float  # (p, c) float32 unit columns
    names: NDArray[np.str_]  # (c,) sorted

    def place(self, works: Works) -> NearestWorks:
        """Return works as references in this space; their artists' columns are in the order of the names."""
        columns = np.unique(works.artists, return_inverse=True)[1].astype(np.int32)
        empty = NearestWorks(self.standardisation, self.projection, np.empty((0, 0), np.float32), columns)
        return replace(empty, rows=empty.transform(works.vectors))


def learn_directions(
    reduction: Reduction, works: Works, *, seed: int, batch_size: int = BATCH_SIZE
) -> _ArtistDirections:
    """Return the space that names the artists of works from reduced vectors."""
    space = SoftmaxSpace(batch_size=batch_size, n_steps=_N_STEPS, random_state=seed)
    space.fit(reduction.transform(works.vectors), works.artists.tolist())
    projection = reduction.unfold(space.projection_)
    return _ArtistDirections(reduction.standardisation, projection, space.directions_, space.classes_)


def fit_open_set(space: _ArtistDirections, train: Works, calibration: Works, cohort: Works) -> OpenSet:
    """Return the scorer of a space learnt from training works and a cohort, calibrated on other works.

    The calibration works are by the same artists, the cohort by others; both may be empty.
    """
    known, others = space.place(train), space.place(cohort)
    is_known = np.isin(space.names, train.artists.tolist())
    open_set = OpenSet(
        known.standardisation,
        known.projection,
        known.rows,
        known.columns,
        directions=space.directions[:, is_known],
        cohort=others.rows,
        cohort_columns=others.columns,
        cohort_directions=space.directions[:, ~is_known],
        cohort_artists=tuple(str(name) for name in space.names[~is_known]),
        scores=np.empty(0),
    )
    return replace(open_set, scores=np.sort(open_set.score(calibration.vectors)))


@dataclass(frozen=True, eq=False)
class _Trials:
    """What enrolments look like to works of the newcomer and to works of known artists."""

    gaps: NDArray[np.float64]  # (q,) the newcomer's likeness minus the highest nearness of a known artist
    n_shots: NDArray[np.float64]  # (q,) how many works were enrolled
    is_own: NDArray[np.bool_]  # (q,) whether the newcomer made the work

    def fit_line(self) -> tuple[float, float, float, float]:
        """Return slope, per_log_k, slope_per_log_k and intercept of `Enrolled`, the slopes at least 0."""
        log_k = np.log(self.n_shots)
        line = LogisticRegression(class_weight="balanced", C=100.0)
        line.fit(np.column_stack([self.gaps, log_k, self.gaps * log_k]), self.is_own)
        slope, per_log_k, growth = line.coef_[0].tolist()
        if slope < 0 or growth < 0:  # more works must not count for less
            line.fit(np.column_stack([self.gaps, log_k]), self.is_own)
            slope, per_log_k, growth = max(float(line.coef_[0, 0]), 0.0), float(line.coef_[0, 1]), 0.0
        return slope, per_log_k, growth, float(line.intercept_[0])


def fit_enrolment(
    reduction: Reduction, train: Works, held: Works, newcomers: Works, *, seed: int
) -> Enrolled | None:
    """Return the line that weighs newcomers, with nobody enrolled yet; None without an artist to try it on.

    Artists whom the model does not know play newcomers; without any, a fifth of the known ones does. They
    play in a space that is learnt without them: in that of the open set they would be better known than a
    newcomer will be. `held` are works by the known artists that did not train it.
    """
    rng = np.random.default_rng(seed)
    if not len(newcomers):
        names = np.unique(train.artists)
        players = rng.permutation(names)[: max(1, round(_NEWCOMER_SHARE * len(names)))].tolist()
        if len(names) - len(players) < 2:
            return None
        train, newcomers = train.select(players, is_among=False), train.select(players)
        held = held.select(players, is_among=False)
    space = learn_directions(reduction, train, seed=seed)
    trials = _simulate_enrolments(space.place(train), held, newcomers, rng)
    if not trials.is_own.any() or trials.is_own.all():
        return None
    slope, per_log_k, slope_per_log_k, intercept = trials.fit_line()
    return Enrolled(
        slope=slope,
        per_log_k=per_log_k,
        slope_per_log_k=slope_per_log_k,
        intercept=intercept,
        artists=(),
        ids=(),
        columns=np.empty(0, np.int32),
        rows=np.empty((0, space.projection.shape[1]), np.float32),
    )


def _simulate_enrolments(
    nearest: NearestWorks, held: Works, newcomers: Works, rng: np.random.Generator
) -> _Trials:
    """Return what enrolling each newcomer from k works, for every k of `_SHOTS`, looks like."""
    known, new = nearest.transform(held.vectors), nearest.transform(newcomers.vectors)
    highest, highest_new = (nearest.nearness(rows).max(axis=1) for rows in (known, new))
    found: list[tuple[NDArray[np.float64], int, bool]] = []
    for name in np.unique(newcomers.artists):
        works = np.flatnonzero(newcomers.artists == name)
        for own, k in product((rng.permutation(works) for _ in range(_N_TRIALS)), _SHOTS):
            if k >= len(own):
                continue
            rest, queries = own[k:][:_N_QUERIES], rng.permutation(len(known))[:_N_QUERIES]
            mean = merge_rows(new[own[:k]])
            found.append((new[rest] @ mean - highest_new[rest], k, True))
            found.append((known[queries] @ mean - highest[queries], k, False))
    sizes = [len(gaps) for gaps, _, _ in found]
    return _Trials(
        gaps=np.concatenate([np.empty(0), *(gaps for gaps, _, _ in found)]),
        n_shots=np.repeat([float(k) for _, k, _ in found], sizes),
        is_own=np.repeat([is_own for _, _, is_own in found], sizes).astype(bool),
    )


def fit_domain(vectors: _Float, validation_vectors: _Float, *, seed: int) -> Domain | None:
    """Return the domain of training works, its threshold a high quantile of the validation works' distances.

    None where there are fewer than 200 of these, so that the quantile could not be told from their largest.
    In an ``unseen`` split they are by other artists, so that a new artist is not refused for being new.
    """
    if len(validation_vectors) < _MIN_VALIDATION_WORKS:
        return None
    standardisation = Standardisation.fit(vectors)
    standard = standardisation.transform(vectors)
    n_components = max(1, min(_MAX_COMPONENTS, min(standard.shape) - 1))
    pca = PCA(n_components, svd_solver="randomized", random_state=seed).fit(standard)
    noise = max(float(pca.noise_variance_), _LEAST_NOISE)
    domain = Domain(
        standardisation=standardisation,
        centre=pca.mean_.astype(np.float32),
        components=pca.components_.astype(np.float32),
        variances=np.maximum(pca.explained_variance_, noise).astype(np.float32),
        noise=noise,
        threshold=np.inf,
        quantile=_QUANTILE,
    )
    distances = domain.measure_distances(validation_vectors)
    return replace(domain, threshold=float(np.quantile(distances, _QUANTILE, method="higher")))
