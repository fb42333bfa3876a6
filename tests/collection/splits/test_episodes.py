"""Episodes: who takes part, what stands together, and that a seed decides them all."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.collection.splits.episodes import (
    _EPISODE_SCHEMA,
    QUERY,
    SUPPORT,
    _plan_episodes,
    draw_episodes,
    read_episodes,
    write_episodes,
)
from morelli.errors import EvaluationError, SourceError, UsageError


def make_works(counts: list[int], *, copies: int = 1) -> pl.DataFrame:
    """Return so many works by each artist, each so many times as a near-duplicate."""
    rows = [
        (f"{artist}-{work}-{copy}", f"Artist {artist}", 100 * artist + work)
        for artist, n in enumerate(counts)
        for work in range(n)
        for copy in range(copies)
    ]
    return pl.DataFrame(rows, schema=["id", "artist", "group"], orient="row")


@given(
    counts=st.lists(st.integers(1, 8), min_size=2, max_size=6),
    seed=st.integers(0, 5),
    copies=st.integers(1, 2),
)
@settings(max_examples=10, deadline=None)
def test_what_every_episode_keeps_to(counts, seed, copies):
    works = make_works(counts, copies=copies)
    if sum(n > 1 for n in counts) < 2:
        with pytest.raises(EvaluationError, match="at least two artists with 2 works"):
            draw_episodes(works, shots=(1, 3), n_ways=4, n_episodes=3, seed=seed)
        return
    drawn = draw_episodes(works, shots=(1, 3), n_ways=4, n_episodes=3, seed=seed)
    groups = dict(works.select("id", "group").iter_rows())
    for (k, _), rows in drawn.group_by("k", "episode"):
        artists = rows["artist"].unique().to_list()
        assert 2 <= len(artists) <= 4
        for artist in artists:
            own = rows.filter(artist=artist)
            assert own.filter(role=SUPPORT).height == k
            assert own.filter(role=QUERY).height == 1
            assert len({groups[work] for work in own["id"]}) == k + 1  # no work beside its near-duplicate
    again = draw_episodes(
        works.sample(fraction=1, shuffle=True, seed=1), shots=(3, 1), n_ways=4, n_episodes=3, seed=seed
    )
    assert again.equals(drawn)


def test_the_curve_is_of_the_same_questions_at_every_k():
    drawn = draw_episodes(make_works([6] * 5), shots=(1, 2, 5), n_ways=3, n_episodes=4)
    queries = drawn.filter(role=QUERY)
    shown = {k: set(drawn.filter(k=k, role=SUPPORT).select("episode", "id").iter_rows()) for k in (1, 2, 5)}
    assert shown[1] < shown[2] < shown[5]
    first = queries.filter(k=1).select("id", "episode", "artist")
    for k in (2, 5):
        assert queries.filter(k=k).select("id", "episode", "artist").equals(first)


def test_another_seed_draws_others():
    works = make_works([6] * 5)
    assert not draw_episodes(works, n_episodes=2, seed=0).equals(draw_episodes(works, n_episodes=2, seed=1))


@pytest.mark.parametrize(
    ("counts", "shots", "n_ways", "artists"),
    [
        ([11] * 25, (1, 2, 3, 5, 10), 20, 25),
        ([11] * 8 + [4] * 20, (1, 2, 3), 20, 28),  # eight are fewer than half of twenty
        ([11] * 10 + [4] * 20, (1, 2, 3, 5, 10), 10, 10),
        ([3, 3, 1], (1, 2), 2, 2),
    ],
)
def test_the_plan(counts, shots, n_ways, artists):
    plan = _plan_episodes(make_works(counts), (10, 1, 2, 3, 5), 20)
    assert (plan.shots, plan.n_ways, len(plan.artists)) == (shots, n_ways, artists)


@pytest.mark.parametrize("options", [{"shots": ()}, {"shots": (0,)}, {"n_ways": 1}, {"n_episodes": 0}])
def test_numbers_out_of_range_are_refused(options):
    with pytest.raises(UsageError, match="shots of at least 1"):
        draw_episodes(make_works([3, 3]), **options)


# Files of episodes: the same bytes each time, and what cannot be answered is refused.

GOOD = [
    ("a1", 0, "A", "support", 1),
    ("b1", 0, "B", "support", 1),
    ("b2", 0, "B", "query", 1),
]


def write(path, rows):
    pl.DataFrame(rows, schema=_EPISODE_SCHEMA, orient="row").write_csv(path)
    return path


def test_files_read_back_and_have_the_same_bytes(tmp_path):
    works = pl.DataFrame({
        "id": [str(place) for place in range(12)],
        "artist": [f"Ä {place // 4}, \"x\"" for place in range(12)],
        "group": range(12),
    })  # fmt: skip
    first, second = tmp_path / "new" / "one.csv", tmp_path / "two.csv"
    for path in (first, second):
        write_episodes(draw_episodes(works, n_episodes=3, seed=7), path)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_text(encoding="utf-8").startswith("id,episode,artist,role,k\n")
    assert read_episodes(first).equals(draw_episodes(works, n_episodes=3, seed=7))
    assert [path.name for path in first.parent.iterdir()] == ["one.csv"]


def test_columns_go_by_name(tmp_path):
    path = write(tmp_path / "e.csv", GOOD)
    mixed = pl.read_csv(path).select("k", pl.lit("x").alias("note"), "role", "artist", "episode", "id")
    mixed.write_csv(tmp_path / "mixed.csv")
    assert read_episodes(tmp_path / "mixed.csv").equals(read_episodes(path))


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], "no row"),
        ([*GOOD, ("c", 0, None, "query", 1)], "an empty cell"),
        ([*GOOD, ("c", 0, "A", "test", 1)], "the role 'test'"),
        ([*GOOD, ("a1", 0, "A", "query", 1)], "work a1 twice in episode 0 of k=1"),
        ([*GOOD, ("a2", 0, "A", "support", 1)], "2 works of 'A' to learn from in episode 0 of k=1"),
        ([*GOOD, ("c", 0, "C", "query", 1)], "no work of 'C' to learn from in episode 0 of k=1"),
        (GOOD[1:], "one artist only in episode 0 of k=1"),
        (GOOD[:2], "nothing to name in episode 0 of k=1"),
    ],
)
def test_what_cannot_be_answered_is_refused(tmp_path, rows, found):
    with pytest.raises(SourceError) as caught:
        read_episodes(write(tmp_path / "e.csv", rows))
    assert caught.value.found == found


@pytest.mark.parametrize("text", [None, "", "id,episode\n1,2\n", "id,episode,artist,role,k\na,x,A,query,1\n"])
def test_what_is_no_file_of_episodes_is_refused(tmp_path, text):
    if text is not None:
        (tmp_path / "e.csv").write_text(text)
    with pytest.raises(SourceError, match="the columns id, episode, artist, role, k"):
        read_episodes(tmp_path / "e.csv")


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"a file name ending in \.csv"):
        write_episodes(pl.DataFrame(schema=_EPISODE_SCHEMA), tmp_path / "e.parquet")
