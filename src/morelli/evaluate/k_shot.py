"""Naming new artists of whom only k works are known: answers to episodes, and the curve over k.

Asked twice: among the new artists alone, and as `morelli enrol` and `morelli attribute` answer, among all
artists that the model knows. In the first, each query goes to the artist whose shown works have the nearest
mean row (Snell, Swersky and Zemel 2017, arXiv:1703.05175, section 2.2, with the cosine, which is the score of
the comparison space, instead of the Euclidean distance), and nothing is learnt. `collection.splits.episodes`
draws the episodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.preprocessing import normalize

from morelli.collection.splits.episodes import QUERY
from morelli.errors import EvaluationError
from morelli.evaluate.metrics.intervals import average_over_artists, enclose, resample_artists
from morelli.evaluate.metrics.words import GAIN_SUFFIX, RAW_SUFFIX
from morelli.evaluate.rows import PartName, Row
from morelli.evaluate.works import EvaluatedWorks
from morelli.judge.attribution import PlacedWorks
from morelli.model.artefact import Model

K_SHOT_METRIC = "k_shot_top_1"
ENROLLED_METRIC, MISTAKEN_METRIC = "enrolled_top_1", "enrolled_mistaken"

_N_KNOWN = 20  # works by known artists that each episode asks about too


_Episode = tuple[int, int, NDArray[np.intp], NDArray[np.object_], NDArray[np.intp], NDArray[np.object_]]


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


def enrolment_rows(
    model: Model,
    works: EvaluatedWorks,
    known: EvaluatedWorks | None,
    episodes: pl.DataFrame,
    *,
    part: PartName,
    seed: int,
    n_boot: int,
) -> list[Row]:
    """Return how attributions name artists who were enrolled from k works, beside all whom the model knows.

    `enrolled_top_1` is the share of the queries of episodes whose first name is the enrolled artist's own,
    `enrolled_mistaken` that of `known` works, by known artists and kept back from training, whose first name
    is an enrolled artist. The artists of an episode are enrolled together, and nobody else. None where the
    model cannot enrol.
    """
    if model.open_set is None or model.enrolled is None:
        return []
    placed = PlacedWorks.of(model, model.open_set, works.raw)
    others = None if known is None else PlacedWorks.of(model, model.open_set, known.raw)
    rng = np.random.default_rng(seed)
    asked = [] if known is None else [rng.permutation(len(known))[:_N_KNOWN] for _ in range(_count(episodes))]
    answers = {ENROLLED_METRIC: _Tally(), MISTAKEN_METRIC: _Tally()}
    for k, number, shown, artists, queries, truth in _list_episodes(works.ids, episodes):
        names, columns = np.unique(artists, return_inverse=True)
        enrolled = replace(
            model.enrolled,
            artists=tuple(names.tolist()),
            ids=tuple(works.ids[place] for place in shown),
            columns=columns.astype(np.int32),
            rows=placed.rows[shown],
        )
        named = np.array([*model.attribution.artists, *names], dtype=object)
        own = placed.take(queries).extend(enrolled).argmax(axis=1)
        answers[ENROLLED_METRIC].add(k, named[own] == truth, truth)
        if known is not None and others is not None:
            drawn = asked[number]
            given = others.take(drawn).extend(enrolled).argmax(axis=1)
            is_new = given >= len(model.attribution.artists)
            answers[MISTAKEN_METRIC].add(k, is_new, np.array(known.artists, dtype=object)[drawn])
    return [
        row
        for metric, unit in ((ENROLLED_METRIC, "queries"), (MISTAKEN_METRIC, "works"))
        for row in answers[metric].to_rows(metric, unit, part=part, seed=seed, n_boot=n_boot)
    ]


def _count(episodes: pl.DataFrame) -> int:
    return int(episodes.select(pl.col("episode").max()).item()) + 1


def _list_episodes(ids: list[str], episodes: pl.DataFrame) -> Iterator[_Episode]:
    """Yield each question: k, its number, places and artists of what is shown, and of the queries."""
    places = {work: place for place, work in enumerate(ids)}
    for (k, number), rows in episodes.group_by("k", "episode", maintain_order=True):
        found = np.array([places[work] for work in rows["id"]])
        artists, is_query = rows["artist"].to_numpy(), (rows["role"] == QUERY).to_numpy()
        parts = found[~is_query], artists[~is_query], found[is_query], artists[is_query]
        yield int(str(k)), int(str(number)), *parts


class _Tally:
    """Right and wrong answers by k, with the artist of each work asked about."""

    def __init__(self) -> None:
        self.answers: dict[int, list[NDArray[np.bool_]]] = {}
        self.artists: dict[int, list[NDArray[np.object_]]] = {}

    def add(self, k: int, answers: NDArray[np.bool_], artists: NDArray[np.object_]) -> None:
        """Add the (q,) answers about works of one episode."""
        self.answers.setdefault(k, []).append(answers)
        self.artists.setdefault(k, []).append(artists)

    def to_rows(self, metric: str, unit: str, *, part: PartName, seed: int, n_boot: int) -> list[Row]:
        """Return a row for each k, its interval over artists."""
        rows = []
        for k in sorted(self.answers):
            values = np.concatenate(self.answers[k]).astype(np.float64)
            names, codes = np.unique(np.concatenate(self.artists[k]), return_inverse=True)
            weights = resample_artists(len(names), n_boot=n_boot, rng=np.random.default_rng(seed))
            interval = enclose(float(values.mean()), average_over_artists(values, codes, weights))
            found = {**interval.to_row(), "n": len(values), "unit": unit, "subset": f"k_{k}"}
            rows.append(Row(task="k_shot", part=part, metric=metric, **found))
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
