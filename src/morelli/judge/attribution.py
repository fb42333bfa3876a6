"""Who painted this: calibrated probabilities over the known artists, with the nearest reference works."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from morelli.gallery.search import check_k
from morelli.judge.references import References
from morelli.judge.results import Attribution, Candidate
from morelli.model.artefact import Model


def attribute_vectors(
    model: Model,
    vectors: NDArray[np.float32],
    pictures: Sequence[str],
    *,
    references: References | None = None,
    ids: Sequence[str | None] | None = None,
    k: int = 5,
    n_references: int = 5,
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
        The works to point to; none: no references.
    ids
        (q,) ids of pictures that may be among the references themselves, or None.
    k
        How many artists to name, at least 1.
    n_references
        How many reference works to name.

    Raises
    ------
    UsageError
        When k is below 1.
    """
    check_k(k)
    probabilities = model.attribution.predict_proba(vectors)
    rows = model.comparison.transform(vectors)
    own = ids or [None] * len(pictures)
    return [
        Attribution(
            picture=picture,
            candidates=_name_candidates(model.attribution.artists, probability, k),
            references=tuple(
                references.nearest(row, k=n_references, without=work_id) if references is not None else ()
            ),
            n_artists=len(model.attribution.artists),
        )
        for picture, probability, row, work_id in zip(pictures, probabilities, rows, own, strict=True)
    ]


def _name_candidates(
    artists: Sequence[str], probability: NDArray[np.float32], k: int
) -> tuple[Candidate, ...]:
    order = np.argsort(-probability, kind="stable")[:k]
    return tuple(Candidate(artists[at], float(probability[at])) for at in order)
