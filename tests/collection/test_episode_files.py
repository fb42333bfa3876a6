"""Files of episodes: the same bytes each time, and what cannot be answered is refused."""

from __future__ import annotations

import polars as pl
import pytest

from morelli.collection.episode_files import read_episodes, write_episodes
from morelli.collection.episodes import EPISODE_SCHEMA, draw_episodes
from morelli.errors import SourceError, UsageError

GOOD = [
    ("a1", 0, "A", "support", 1),
    ("b1", 0, "B", "support", 1),
    ("b2", 0, "B", "query", 1),
]


def write(path, rows):
    pl.DataFrame(rows, schema=EPISODE_SCHEMA, orient="row").write_csv(path)
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
        write_episodes(pl.DataFrame(schema=EPISODE_SCHEMA), tmp_path / "e.parquet")
