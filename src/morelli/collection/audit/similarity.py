"""Neighbours by vector: pairs that an encoder finds alike, whether or not they show the same painting."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import normalize

from morelli.collection.audit.links import Link
from morelli.embeddings import Embeddings

N_NEIGHBOURS = 3
"""Nearest works by vector that are looked at."""

N_SIMILAR = 200
"""Most alike pairs, not the same painting, that an audit shows."""

_BLOCK_ROWS = 1024


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Pairs of works that are near by vector.

    Parameters
    ----------
    pairs
        (p, 2) positions, left < right, no pair twice.
    cosines
        (p,) -1..1, of the vectors less their mean.
    """

    pairs: NDArray[np.intp]
    cosines: NDArray[np.float32]


def find_neighbours(embeddings: Embeddings, ids: Sequence[str], *, k: int = N_NEIGHBOURS) -> Neighbours:
    """Return each work's nearest by cosine of the centred vectors, as pairs.

    Parameters
    ----------
    embeddings
        Works without a vector have no neighbours.
    ids
        (n,) work ids; the positions are theirs.
    k
        Neighbours of each work.
    """
    held = set(embeddings.ids)
    positions = np.array([place for place, work_id in enumerate(ids) if work_id in held], dtype=np.intp)
    if len(positions) < 2:
        return Neighbours(np.zeros((0, 2), dtype=np.intp), np.zeros(0, dtype=np.float32))
    vectors = embeddings.select([ids[place] for place in positions])
    rows = normalize(vectors - vectors.mean(axis=0))
    k = min(k, len(rows) - 1)  # no more than there are others, or a work would be its own neighbour
    found: dict[tuple[int, int], float] = {}
    for start in range(0, len(rows), _BLOCK_ROWS):
        cosines = rows[start : start + _BLOCK_ROWS] @ rows.T
        cosines[np.arange(len(cosines)), np.arange(start, start + len(cosines))] = -2
        nearest = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
        for row, columns in enumerate(nearest):
            for column in columns:
                left, right = sorted((int(positions[start + row]), int(positions[column])))
                found[left, right] = float(cosines[row, column])
    pairs = sorted(found)
    return Neighbours(
        np.array(pairs, dtype=np.intp).reshape(-1, 2),
        np.array([found[pair] for pair in pairs], dtype=np.float32),
    )


def find_similar(neighbours: Neighbours, linked: Container[tuple[int, int]]) -> list[Link]:
    """Return the most alike neighbours that are not linked already, as links of relation "similar"."""
    order = np.argsort(-neighbours.cosines, kind="stable")
    pairs = ((place, *neighbours.pairs[place].tolist()) for place in order.tolist())
    fresh = [(place, left, right) for place, left, right in pairs if (left, right) not in linked]
    return [
        Link(left, right, "similar", correlation=round(float(neighbours.cosines[place]), 4))
        for place, left, right in fresh[:N_SIMILAR]
    ]
