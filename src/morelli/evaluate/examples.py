"""A few queries with what was found near them, so that a reader can look instead of believing numbers.

The queries are drawn, not chosen: one work of each drawn artist. `neighbours` finds the works, `page` shows
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from morelli.errors import EvaluationError
from morelli.evaluate.neighbours import Neighbours
from morelli.evaluate.rows import PartName


@dataclass(frozen=True)
class FoundWork:
    """One work found near a query.

    Parameters
    ----------
    path
        Its picture.
    artist
        Its artist.
    is_right
        Whether it is by the query's artist.
    score
        The dot product with the query, -1 to 1.
    """

    path: str
    artist: str
    is_right: bool
    score: float


@dataclass(frozen=True)
class RetrievalExample:
    """One query and the works found near it.

    Parameters
    ----------
    part
        Whether the model has seen the query's artist.
    path
        The query's picture.
    artist
        The query's artist.
    found
        The nearest works, nearest first.
    """

    part: PartName
    path: str
    artist: str
    found: tuple[FoundWork, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the fields by name."""
        return asdict(self)


def draw_examples(
    neighbours: Neighbours,
    queries: Sequence[tuple[str, str]],
    gallery: Sequence[tuple[str, str]],
    *,
    part: PartName,
    rng: np.random.Generator,
    n_examples: int = 6,
    n_found: int = 6,
) -> tuple[RetrievalExample, ...]:
    """Return examples, one query from each of some drawn artists.

    Parameters
    ----------
    neighbours
        The nearest works of q queries.
    queries, gallery
        (q,) and (g,) picture path and artist of each work, in the order of the vectors.
    part
        Whether the model has seen the artists of the queries.
    n_examples
        How many artists are drawn; fewer when there are fewer.
    n_found
        How many of the nearest works are shown.

    Raises
    ------
    EvaluationError
        When there are not as many queries as neighbours.
    """
    if len(queries) != len(neighbours.places):
        raise EvaluationError(
            "retrieval examples",
            expected=f"one path and artist per query ({len(neighbours.places)})",
            found=f"{len(queries)}",
            remedy="pass the works whose vectors were searched for",
        )
    artists = np.array([artist for _, artist in queries], dtype=object)
    shuffled = rng.permutation(len(artists))
    _, first = np.unique(artists[shuffled], return_index=True)  # one query per artist
    drawn = rng.permutation(shuffled[first])[:n_examples]
    examples = []
    for row in drawn:
        path, artist = queries[row]
        found = _list_found(neighbours, int(row), artist, gallery, n_found)
        examples.append(RetrievalExample(part=part, path=path, artist=artist, found=found))
    return tuple(examples)


def _list_found(
    neighbours: Neighbours, row: int, artist: str, gallery: Sequence[tuple[str, str]], n_found: int
) -> tuple[FoundWork, ...]:
    near = zip(neighbours.places[row, :n_found], neighbours.scores[row, :n_found], strict=True)
    works = [(*gallery[place], float(score)) for place, score in near if place >= 0]
    return tuple(
        FoundWork(path, other, is_right=other == artist, score=score) for path, other, score in works
    )
