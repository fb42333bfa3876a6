"""Which works of a collection show the same painting, in which way, and the groups that follow.

A link joins two works. Linked works form groups that no split may tear; works that merely resemble each other
are told apart from them by how their pictures lie on each other (`looks`).
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

from morelli.collection.duplicates.candidates import Candidates, find_candidates
from morelli.collection.duplicates.hashes import number_components
from morelli.collection.duplicates.looks import Alignment, Look, align_looks
from morelli.embeddings import Embeddings
from morelli.settings import Progress, count_processors, ignore_progress

_Relation = Literal["copy", "photograph", "detail", "overlap", "mirror", "hash", "similar"]
RELATIONS: tuple[_Relation, ...] = get_args(_Relation)

MEANINGS: dict[_Relation, str] = {
    "copy": "the same photograph, saved again",
    "photograph": "the same painting in another photograph, colouring or cut",
    "detail": "one shows a part of what the other shows",
    "overlap": "both show a part of the same painting",
    "mirror": "one is the mirror image of the other, or of a part of it",
    "hash": "nearly the same small picture, with too few details to compare",
    "similar": "alike to the encoder, but not the same painting",
}
"""What each relation means; all but "similar" join works to a group."""

_WHOLE_SHARE = 0.85
"""From this share of a picture on, the other counts as showing all of it: margins differ."""

COPY_SHARE, COPY_CORRELATION = 0.97, 0.985
"""What a copy keeps: re-encoded and resized files do, other photographs hardly ever."""

_BATCH = 256

_N_NEIGHBOURS = 3
"""Nearest works by vector that are looked at."""

_N_SIMILAR = 200
"""Most alike pairs, not the same painting, that an audit shows."""

_BLOCK_ROWS = 1024


@dataclass(frozen=True)
class Link:
    """Two works that show the same painting, or are alike."""

    left: int  # positions, left < right
    right: int
    relation: _Relation  # as in `MEANINGS`
    inliers: int = 0  # features that agree; 0 when they were not compared or do not
    correlation: float = 0.0  # of the grey where both overlap, or the vectors' cosine for "similar"; -1..1
    left_share: float = 0.0  # how much of the picture the other one shows, 0..1; so is `right_share`
    right_share: float = 0.0


def find_links(
    looks: Sequence[Look],
    *,
    further: NDArray[np.intp] | None = None,
    seed: int = 0,
    progress: Progress = ignore_progress,
) -> list[Link]:
    """Return the links between pictures that show the same painting, sorted, the upright one of a pair first.

    `further` are (p, 2) pairs to look at besides those that share features: neighbours by hash or by vector.
    """
    links: dict[tuple[int, int], Link] = {}
    # small products: threads of the linear algebra would only get in the way
    with threadpool_limits(1), ThreadPoolExecutor(count_processors()) as pool:
        found = _add(find_candidates(looks, seed=seed), further)
        rows = list(zip(found.left.tolist(), found.right.tolist(), found.mirrored.tolist(), strict=True))
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            aligned = pool.map(lambda row: _align(looks, *row), batch)
            for (left, right, is_mirrored), alignment in zip(batch, aligned, strict=True):
                if alignment is not None and (not is_mirrored or (left, right) not in links):
                    links[left, right] = _describe(left, right, alignment, is_mirrored)
            progress("compare", start + len(batch), len(rows))
    return [links[pair] for pair in sorted(links)]


def link_looks(left: Look, right: Look) -> Link | None:
    """Return how two pictures, 0 and 1, show the same painting, upright before mirrored, or None."""
    for is_mirrored in (False, True):
        found = _align((left, right), 0, 1, is_mirrored)
        if found is not None:
            return _describe(0, 1, found, is_mirrored)
    return None


def group_links(links: Sequence[Link], n: int) -> NDArray[np.int64]:
    """Return a group number for each of n works that links join; links of relation "similar" join nothing."""
    joined = [(link.left, link.right) for link in links if link.relation != "similar"]
    left, right = np.array(joined, dtype=np.int64).reshape(-1, 2).T
    return number_components(left, right, n=n)


@dataclass(frozen=True, eq=False)
class _Neighbours:
    """Pairs of works that are near by vector."""

    pairs: NDArray[np.intp]  # (p, 2) positions, left < right, no pair twice
    cosines: NDArray[np.float32]  # (p,) -1..1, of the vectors less their mean


def find_neighbours(embeddings: Embeddings, ids: Sequence[str], *, k: int = _N_NEIGHBOURS) -> _Neighbours:
    """Return the pairs of each work and its k nearest by cosine of the centred vectors, if it has one."""
    held = set(embeddings.ids)
    positions = np.array([place for place, work_id in enumerate(ids) if work_id in held], dtype=np.intp)
    if len(positions) < 2:
        return _Neighbours(np.zeros((0, 2), dtype=np.intp), np.zeros(0, dtype=np.float32))
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
    return _Neighbours(
        np.array(pairs, dtype=np.intp).reshape(-1, 2),
        np.array([found[pair] for pair in pairs], dtype=np.float32),
    )


def find_similar(neighbours: _Neighbours, linked: Container[tuple[int, int]]) -> list[Link]:
    """Return the most alike neighbours that are not linked already, as links of relation "similar"."""
    order = np.argsort(-neighbours.cosines, kind="stable")
    pairs = ((place, *neighbours.pairs[place].tolist()) for place in order.tolist())
    fresh = [(place, left, right) for place, left, right in pairs if (left, right) not in linked]
    return [
        Link(left, right, "similar", correlation=round(float(neighbours.cosines[place]), 4))
        for place, left, right in fresh[:_N_SIMILAR]
    ]


def _add(candidates: Candidates, further: NDArray[np.intp] | None) -> Candidates:
    """Put the upright pairs first, so that a link that holds upright is not called a mirror image."""
    rows = np.stack([candidates.mirrored, candidates.left, candidates.right], axis=1).astype(np.intp)
    if further is not None and len(further):
        upright = np.zeros((len(further), 1), dtype=np.intp)
        rows = np.concatenate([rows, np.concatenate([upright, np.sort(further, axis=1)], axis=1)])
    rows = np.unique(rows, axis=0)
    return Candidates(rows[:, 1], rows[:, 2], rows[:, 0].astype(bool))


def _align(looks: Sequence[Look], left: int, right: int, is_mirrored: bool) -> Alignment | None:
    other = looks[right].mirror() if is_mirrored else looks[right]
    return align_looks(looks[left], other)


def _describe(left: int, right: int, found: Alignment, is_mirrored: bool) -> Link:
    return Link(
        left,
        right,
        "mirror" if is_mirrored else _name_relation(found),
        found.inliers,
        round(found.correlation, 4),
        round(found.left_share, 4),
        round(found.right_share, 4),
    )


def _name_relation(found: Alignment) -> _Relation:
    smaller, larger = sorted((found.left_share, found.right_share))
    if smaller >= COPY_SHARE and found.correlation >= COPY_CORRELATION:
        return "copy"
    if smaller >= _WHOLE_SHARE:
        return "photograph"
    return "detail" if larger >= _WHOLE_SHARE else "overlap"
