"""Who painted this: probabilities, a set with a promise, "none of these", and the nearest works."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from morelli.gallery.search import check_k
from morelli.judge.artists import Naming, name_artists
from morelli.judge.kinship import describe_artists, share_traits
from morelli.judge.references import References
from morelli.judge.results import Attribution, Candidate
from morelli.judge.summary import summarise_attribution
from morelli.model.artefact import Model
from morelli.model.prediction_sets import LEVEL, check_level


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
    model
        Gives the artists and the probabilities.
    vectors
        (q, d) float32 under the model's encoder.
    pictures
        (q,) names for the answers.
    references
        The works to point to, which also tell what artists share; none: no references.
    ids
        (q,) ids of pictures that may be among the references themselves, or None.
    k
        How many artists to name, at least 1.
    n_references
        How many reference works to name.
    level
        The share of prediction sets that hold the right artist, between 0 and 1, both excluded.

    Raises
    ------
    UsageError
        When k is below 1, or the level is no share.
    """
    check_k(k)
    check_level(level)
    naming = name_artists(model, vectors)
    traits = describe_artists(references.works) if references is not None else {}
    rows = model.comparison.transform(vectors)
    answers = []
    for at, (picture, row) in enumerate(zip(pictures, rows, strict=True)):
        members = _list_members(model, naming, at, level)
        none_of_these = None if naming.p_values is None else float(naming.p_values[at])
        shared, n_artists = share_traits(members, traits), len(naming.artists)
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
