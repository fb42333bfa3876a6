"""Answers to episodes: against a slow loop and by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from morelli.collection.splits.episodes import _EPISODE_SCHEMA, QUERY, SUPPORT, draw_episodes
from morelli.errors import EvaluationError
from morelli.evaluate.k_shot import _answer_episodes, k_shot_rows, read_shots

from .reports import make_works


@pytest.fixture(scope="module")
def drawn():
    vectors, raw, artists = make_works(5, 6, seed=3)
    ids = [f"{place:02d}" for place in range(len(artists))]
    works = pl.DataFrame({"id": ids, "artist": artists, "group": range(len(ids))})
    return vectors, raw, ids, draw_episodes(works, shots=(1, 2, 5), n_ways=4, n_episodes=6, seed=1)


def answer_slowly(vectors, ids, episodes):
    """Return the share named rightly for each k, one work at a time."""
    shares = {}
    for k in episodes["k"].unique().sort():
        right = []
        for number in episodes.filter(k=k)["episode"].unique().sort():
            rows = episodes.filter(k=k, episode=number)
            means = {}
            for artist in sorted(rows["artist"].unique()):
                shown = rows.filter(role=SUPPORT, artist=artist)["id"]
                mean = sum(vectors[ids.index(work)] for work in shown) / len(shown)
                means[artist] = mean / np.sqrt((mean**2).sum())
            for work, artist in rows.filter(role=QUERY).select("id", "artist").iter_rows():
                named = max(means, key=lambda name, work=work: float(means[name] @ vectors[ids.index(work)]))
                right.append(named == artist)
        shares[k] = float(np.mean(right))
    return shares


def test_against_a_slow_loop(drawn):
    vectors, raw, ids, episodes = drawn
    rows = k_shot_rows(vectors, raw, ids, episodes, part="unseen", seed=0, n_boot=30)
    expected = answer_slowly(vectors, ids, episodes)
    found = {read_shots(row): row for row in rows if row.metric == "k_shot_top_1"}
    assert {k: row.value for k, row in found.items()} == pytest.approx(expected)
    assert all(row.n == 24 and row.low <= row.value <= row.high for row in found.values())
    unit = raw / np.linalg.norm(raw, axis=1, keepdims=True)
    for k, share in answer_slowly(unit, ids, episodes).items():
        own = {row.metric.removeprefix("k_shot_top_1"): row.value for row in rows if read_shots(row) == k}
        assert own["_raw_cosine"] == pytest.approx(share)
        assert own["_gain"] == pytest.approx(own[""] - share)


def test_far_artists_are_all_named_rightly(drawn):
    _, _, ids, episodes = drawn
    artists = dict(episodes.select("id", "artist").iter_rows())
    names = sorted(set(artists.values()))
    corners = np.array([np.eye(5)[names.index(artists.get(work, names[0]))] for work in ids])
    assert _answer_episodes(corners, ids, episodes).right.all()


def test_of_equally_near_means_the_first_by_name_is_the_answer():
    shown = [
        ("b", 0, "B", SUPPORT, 1),
        ("a", 0, "A", SUPPORT, 1),
        ("q", 0, "A", QUERY, 1),
        ("r", 0, "B", QUERY, 1),
    ]
    episodes = pl.DataFrame(shown, schema=_EPISODE_SCHEMA, orient="row")
    assert _answer_episodes(np.ones((4, 1)), ["a", "b", "q", "r"], episodes).right.tolist() == [True, False]


def test_works_without_a_vector_are_refused(drawn):
    vectors, _, ids, episodes = drawn
    strange = ["other", *ids[1:]]
    with pytest.raises(EvaluationError, match="1 others, such as 00"):
        _answer_episodes(vectors, strange, episodes)
