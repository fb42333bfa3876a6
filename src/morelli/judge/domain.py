"""Whether a model may be asked about a picture at all: by its pixels, and by its distance from paintings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from morelli.collection.audit.suitability import UNSUITABLE
from morelli.model.artefact import Model


def find_unsuitable(
    model: Model,
    vectors: NDArray[np.float32],
    names: Sequence[str],
    doubts: Mapping[str, Sequence[str]] | None = None,
) -> tuple[str, ...]:
    """Return a clause for each reason why a picture is unsuitable; none where all may be judged.

    Parameters
    ----------
    model
        Knows how far its training works lie apart; without its `domain` only the doubts count.
    vectors
        (n, d) float32.
    names
        (n,) what the pictures are called.
    doubts
        By name of the picture, names out of `collection.audit.suitability.UNSUITABLE`.
    """
    seen = [f"{name}: {UNSUITABLE[doubt]}" for name in names for doubt in (doubts or {}).get(name, ())]
    domain = model.domain
    if domain is None:
        return tuple(seen)
    distances = domain.measure_distances(vectors)
    far = [
        f"{name}: unlike the works that the model learnt from (distance {distance:.2f}, "
        f"where {domain.quantile:.1%} of the validation works lie within {domain.threshold:.2f})"
        for name, distance in zip(names, distances, strict=True)
        if distance > domain.threshold
    ]
    return (*seen, *far)
