"""Naming new artists of whom only k works are known: answers to episodes, and the curve over k.

Each query goes to the artist whose shown works have the nearest mean row (Snell, Swersky and Zemel 2017,
arXiv:1703.05175, section 2.2, with the cosine, which is the score of the comparison space, instead of the
Euclidean distance). Nothing is learnt. `collection.splits.episodes` draws the episodes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.preprocessing import normalize

from morelli.collection.splits.episodes import QUERY
from morelli.errors import EvaluationError
from morelli.evaluate.metrics.intervals import average_over_artists, enclose, resample_artists
from morelli.evaluate.metrics.words import GAIN_SUFFIX, RAW_SUFFIX
from morelli.evaluate.rows import PartName, Row

K_SHOT_METRIC = "k_shot_top_1"


@dataclass(frozen=True, eq=False)
class _Answers:
    """Works shown of each artist, the true artist, and whether each query was given to it, (q,) each."""

    k: NDArray[np.int64]
    artists: NDArray[np.object_]
    right: NDArray[np.bool_]


def k_shot_rows(
    vectors: NDArray[np.floating],
    raw_vectors: NDArray[np.floating],
    ids: list[str],
    episodes: pl.DataFrame,
    *,
    part: PartName,
    seed: int,
    n_boot: int,
) -> list[Row]:
    """Return `k_shot_top_1` for each k, subset ``k_1`` and so on, of the model, the baseline, and the gain.

    The rows of the works, (n, d), are unit rows in the comparison space and the stored vectors. The artists
    of the queries are resampled; the other artists of an episode stay as they are.
    """
    model = _answer_episodes(vectors, ids, episodes)
    raw = _answer_episodes(normalize(raw_vectors), ids, episodes)
    names, codes = np.unique(model.artists, return_inverse=True)
    weights = resample_artists(len(names), n_boot=n_boot, rng=np.random.default_rng(seed))
    rows = []
    for k in np.unique(model.k):
        some = model.k == k
        ours, theirs = (answers.right[some].astype(np.float64) for answers in (model, raw))
        for suffix, values in (("", ours), (RAW_SUFFIX, theirs), (GAIN_SUFFIX, ours - theirs)):
            interval = enclose(float(values.mean()), average_over_artists(values, codes[some], weights))
            rows.append(
                Row(
                    task="k_shot",
                    part=part,
                    subset=f"k_{k}",
                    metric=K_SHOT_METRIC + suffix,
                    **interval.to_row(),
                    n=len(values),
                    unit="queries",
                )
            )
    return rows


def read_shots(row: Row) -> int:
    """Return how many works of each artist were shown, from the subset of a row.

    >>> read_shots(Row("k_shot", "unseen", "k_shot_top_1", 0.5, 0.4, 0.6, 100, "queries", subset="k_5"))
    5
    """
    return int(row.subset.removeprefix("k_"))


def _answer_episodes(vectors: NDArray[np.floating], ids: list[str], episodes: pl.DataFrame) -> _Answers:
    """Return the answer to every query by unit rows, (n, d): the artist with the nearest mean row.

    Of equally near means the artist first by name is the answer.

    Artist A has shown one axis, artist B the other; the query is nearer to B's.

    >>> from morelli.collection.splits.episodes import _EPISODE_SCHEMA
    >>> shown = [("a", 0, "A", "support", 1), ("b", 0, "B", "support", 1), ("q", 0, "B", "query", 1)]
    >>> episodes = pl.DataFrame(shown, schema=_EPISODE_SCHEMA, orient="row")
    >>> _answer_episodes(np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]]), ["a", "b", "q"], episodes).right
    array([ True])
    """
    places = {work: place for place, work in enumerate(ids)}
    unknown = set(episodes["id"].unique()) - set(places)
    if unknown:
        raise EvaluationError(
            "episodes",
            expected="works of the gallery that have a vector",
            found=f"{len(unknown)} others, such as {min(unknown)}",
            remedy="take the gallery that the episodes were drawn from, and embed it",
        )
    table = episodes.sort("k", "episode", maintain_order=True)
    rows = np.array([places[work] for work in table["id"]])
    k, artists = table["k"].to_numpy(), table["artist"].to_numpy()
    is_query = (table["role"] == QUERY).to_numpy()
    begins = np.flatnonzero(np.append(True, np.diff(k) | np.diff(table["episode"].to_numpy())))
    right = np.zeros(len(table), dtype=np.bool_)
    for start, end in zip(begins, [*begins[1:], len(table)], strict=True):
        own = slice(start, end)
        right[own] = _answer(vectors[rows[own]], artists[own], is_query[own])
    return _Answers(k=k[is_query], artists=artists[is_query], right=right[is_query])


def _answer(
    vectors: NDArray[np.floating], artists: NDArray[np.object_], is_query: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return for each work of one episode whether it was named rightly; False for works shown."""
    names, codes = np.unique(artists[~is_query], return_inverse=True)
    members = np.eye(len(names), dtype=vectors.dtype)[codes]  # (s, ways)
    means = normalize(members.T @ vectors[~is_query])  # (ways, d), in the direction of the mean
    right = np.zeros(len(artists), dtype=np.bool_)
    right[is_query] = names[(vectors[is_query] @ means.T).argmax(axis=1)] == artists[is_query]
    return right
