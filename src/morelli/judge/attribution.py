"""Who painted this: probabilities, a set with a promise, "none of these", and the nearest works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.collection.names.text import fold_name
from morelli.collection.work import LABEL_SEPARATOR
from morelli.errors import ModelError
from morelli.gallery.search import check_k
from morelli.judge.results import Attribution, Candidate
from morelli.judge.search import References
from morelli.judge.words import summarise_attribution
from morelli.model.artefact import Model
from morelli.model.open_set import Enrolled, OpenSet, measure_strangeness
from morelli.model.prediction_sets import LEVEL, check_level


@dataclass(frozen=True, eq=False)
class Naming:
    """Who may have made some works."""

    artists: tuple[str, ...]  # (c,) the learnt ones, sorted, then the enrolled ones
    probabilities: NDArray[np.floating]  # (n, c) rows summing to 1
    p_values: NDArray[np.float64] | None  # (n,) share of known artists' works that look as odd


@dataclass(frozen=True, eq=False)
class PlacedWorks:
    """Works among the known artists, whom enrolled ones are then held against."""

    probabilities: NDArray[np.floating]  # (n, c) of the learnt artists
    rows: NDArray[np.float32]  # (n, p) in the space of the open set
    nearness: NDArray[np.float64]  # (n, c)

    @classmethod
    def of(cls, model: Model, open_set: OpenSet, vectors: NDArray[np.float32]) -> PlacedWorks:
        """Place works, (n, d) float32 vectors."""
        rows = open_set.transform(vectors)
        return cls(model.attribution.predict_proba(vectors), rows, open_set.nearness(rows))

    def take(self, places: NDArray[np.intp]) -> PlacedWorks:
        """Return some of the works."""
        return PlacedWorks(self.probabilities[places], self.rows[places], self.nearness[places])

    def extend(self, enrolled: Enrolled) -> NDArray[np.floating]:
        """Return (n, c + e) probabilities of the learnt artists and of the enrolled behind them."""
        if not enrolled.artists:
            return self.probabilities
        return enrolled.extend(self.probabilities, self.rows, self.nearness.max(axis=1))


def name_artists(model: Model, vectors: NDArray[np.float32]) -> Naming:
    """Return who may have made works, (n, d) float32 vectors, among all learnt and enrolled artists."""
    artists = model.attribution.artists
    if model.open_set is None:
        return Naming(artists, model.attribution.predict_proba(vectors), None)
    placed = PlacedWorks.of(model, model.open_set, vectors)
    probabilities, rows = placed.probabilities, placed.rows
    closeness = model.open_set.closeness(rows, placed.nearness)
    enrolled = model.enrolled.artists if model.enrolled is not None else ()
    folded = {fold_name(name) for name in enrolled}
    now_known = [name for name in model.open_set.cohort_artists if fold_name(name) in folded]
    cohort_closeness = model.open_set.cohort_closeness(rows, without=now_known)
    if model.enrolled is not None and enrolled:
        artists = (*artists, *enrolled)
        probabilities = placed.extend(model.enrolled)
        closeness = np.hstack([closeness, model.enrolled.closeness(rows)])
    strangeness = measure_strangeness(closeness, cohort_closeness)
    return Naming(artists, probabilities, model.open_set.p_value(strangeness))


def name_enrolled(model: Model, vectors: NDArray[np.float32]) -> Naming:
    """Return who may have made works, among the enrolled artists alone: an episode of N ways and k shots.

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
    rows = open_set.transform(vectors)
    probabilities = enrolled.predict_proba(rows, open_set.nearness(rows).max(axis=1))
    return Naming(enrolled.artists, probabilities, None)


def require_enrolment(model: Model) -> tuple[OpenSet, Enrolled]:
    """Return what enrolling needs of a model; `ModelError` when the model lacks it."""
    if model.open_set is None or model.enrolled is None:
        raise ModelError(
            "model",
            expected="one that has learnt what a few works are worth",
            found="one without the parts 'open_set' and 'enrolled'",
            remedy="train it again, on a collection with three artists or more of two works or more",
        )
    return model.open_set, model.enrolled


_TRAITS = ("style", "school", "century")  # from what tells most of a hand to what tells least


@dataclass(frozen=True)
class _Traits:
    """What most works of an artist share, such as "Impressionism", "French", "19th century"; or None."""

    style: str | None = None
    school: str | None = None
    century: str | None = None


def _describe_artists(works: pl.DataFrame) -> dict[str, _Traits]:
    """Return the traits of every artist of a works table with artist, style, school and year.

    Of several styles or schools in a cell the first counts.
    """
    described = {}
    for (artist,), rows in works.filter(pl.col("artist").is_not_null()).group_by("artist"):
        labels: dict[str, list[str]] = {}
        for name in ("style", "school"):
            labels[name] = _first_labels(rows[name])
        years = rows["year"].drop_nulls().to_list()
        labels["century"] = [_name_century(year) for year in years]
        described[str(artist)] = _Traits(**{name: _find_majority(values) for name, values in labels.items()})
    return described


def _share_traits(artists: Sequence[str], described: Mapping[str, _Traits]) -> list[str]:
    """Return the labels that all of some artists have, in the order of `_TRAITS`."""
    if not all(artist in described for artist in artists):
        return []
    shared = []
    for trait in _TRAITS:
        labels = {getattr(described[artist], trait) for artist in artists}
        if len(labels) == 1 and None not in labels:
            shared.append(labels.pop())
    return shared


def _find_majority(labels: Iterable[str]) -> str | None:
    """Return the label that more than half of all are, or None."""
    counts = Counter(labels)
    label, count = counts.most_common(1)[0] if counts else (None, 0)
    return label if 2 * count > counts.total() else None


def _name_century(year: int) -> str:
    """Return the century of a year CE in words.

    >>> _name_century(1900), _name_century(1901), _name_century(1500)
    ('19th century', '20th century', '15th century')
    """
    number = (year - 1) // 100 + 1
    tens = "th" if 10 <= number % 100 <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{tens} century"


def _first_labels(column: pl.Series) -> list[str]:
    return [label.split(LABEL_SEPARATOR)[0] for label in column.drop_nulls().to_list()]


def attribute_vectors(
    model: Model,
    vectors: NDArray[np.float32],
    pictures: Sequence[str],
    *,
    references: References | None = None,
    ids: Sequence[str | None] | None = None,
    k: int = 5,
    n_references: int = 5,
    level: float = LEVEL,
) -> list[Attribution]:
    """Return an attribution for each picture.

    Parameters
    ----------
    vectors
        (q, d) float32 under the model's encoder.
    pictures
        (q,) names for the answers.
    references
        The works to point to, which also tell what artists share; None: no reference works.
    ids
        (q,) ids of pictures that may be among the reference works themselves.
    k, n_references
        How many artists and reference works to name, k at least 1.
    level
        The share of prediction sets that hold the right artist, between 0 and 1, both excluded.
    """
    check_k(k)
    check_level(level)
    naming = name_artists(model, vectors)
    traits = _describe_artists(references.works) if references is not None else {}
    rows = model.comparison.transform(vectors)
    answers = []
    for at, (picture, row) in enumerate(zip(pictures, rows, strict=True)):
        members = _list_members(model, naming, at, level)
        none_of_these = None if naming.p_values is None else float(naming.p_values[at])
        shared, n_artists = _share_traits(members, traits), len(naming.artists)
        near = references.nearest(row, k=n_references, without=ids[at] if ids else None) if references else ()
        answers.append(
            Attribution(
                picture=picture,
                candidates=_name_candidates(model, naming, at, k),
                references=tuple(near),
                n_artists=n_artists,
                prediction_set=members,
                level=level,
                none_of_these=none_of_these,
                summary=summarise_attribution(members, shared, level, none_of_these, n_artists),
            )
        )
    return answers


def _name_candidates(model: Model, naming: Naming, at: int, k: int) -> tuple[Candidate, ...]:
    counts = model.enrolled.counts if model.enrolled is not None else {}
    probability = naming.probabilities[at]
    order = np.argsort(-probability, kind="stable")[:k]
    return tuple(
        Candidate(naming.artists[place], float(probability[place]), counts.get(naming.artists[place]))
        for place in order
    )


def _list_members(model: Model, naming: Naming, at: int, level: float) -> tuple[str, ...]:
    if model.prediction_sets is None:
        return ()
    probability = naming.probabilities[at]
    (is_member,) = model.prediction_sets.predict(probability[None], level)
    return tuple(naming.artists[p] for p in np.argsort(-probability, kind="stable") if is_member[p])
