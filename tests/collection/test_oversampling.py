"""Copies for training: as many as the largest class has works, and of the train part only."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.tables import make_table
from morelli.collection.oversampling import copy_rows, oversample
from morelli.collection.splits import Split, draw_split
from morelli.errors import SplitError, UsageError


def split_of(sizes: list[int], seed: int = 0) -> Split:
    rows = [{"artist": f"artist {number}"} for number, size in enumerate(sizes) for _ in range(size)]
    return draw_split(make_table(rows), "seen", seed=seed)


@given(sizes=st.lists(st.integers(1, 30), min_size=2, max_size=8), seed=st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_each_class_becomes_as_large_as_the_largest(sizes: list[int], seed: int) -> None:
    split = split_of(sizes, seed)
    before = {part: split.table.filter(pl.col("part") == part) for part in ("val", "test")}
    train = split.part("train")
    rows = oversample(train, seed=seed)
    largest = max(Counter(train["artist"]).values())
    assert Counter(rows["artist"]) == dict.fromkeys(set(train["artist"]), largest)
    # every work once as itself, its copies numbered without gaps, one more than others at most
    assert rows.filter(pl.col("copy") == 0).drop("copy").equals(train)
    times = Counter(rows["id"])
    for work_id in times:
        assert rows.filter(pl.col("id") == work_id)["copy"].to_list() == list(range(times[work_id]))
    for artist in set(train["artist"]):
        numbers = [times[work_id] for work_id in train.filter(pl.col("artist") == artist)["id"]]
        assert max(numbers) - min(numbers) <= 1
    # nothing of val and test is among them, and both are as they were
    assert not set(rows["id"]) & {work_id for part in before.values() for work_id in part["id"]}
    assert all(split.table.filter(pl.col("part") == part).equals(before[part]) for part in before)
    assert oversample(train.sample(fraction=1, shuffle=True, seed=seed), seed=seed).equals(rows)


def test_another_seed_repeats_other_works() -> None:
    train = split_of([60, 25]).part("train")
    drawn = {tuple(oversample(train, seed=seed)["id"]) for seed in range(5)}
    assert len(drawn) == 5


def test_classes_may_be_of_another_column() -> None:
    rows = pl.DataFrame({"id": ["1", "2", "3"], "style": ["a", "a", "b"], "part": ["train"] * 3})
    assert Counter(oversample(rows, seed=0, by="style")["style"]) == {"a": 2, "b": 2}


@pytest.mark.parametrize("part", ["val", "test"])
def test_other_parts_are_refused(part: str) -> None:
    split = split_of([20, 30])
    for rows in (split.part(part), split.table):
        with pytest.raises(SplitError, match="found rows of the part"):
            oversample(rows, seed=0)
        with pytest.raises(SplitError, match="found rows of the part"):
            copy_rows(rows, n_copies=1)


def test_rows_with_gaps_are_refused() -> None:
    rows = pl.DataFrame(
        {"id": ["1"], "artist": [None], "part": ["train"]}, schema_overrides={"artist": pl.String}
    )
    with pytest.raises(SplitError, match="a row without artist"):
        oversample(rows, seed=0)
    with pytest.raises(SplitError, match="no column genre among id, artist, part"):
        oversample(rows, seed=0, by="genre")


def test_each_work_has_so_many_copies() -> None:
    train = split_of([5, 7]).part("train")
    rows = copy_rows(train, n_copies=3)
    assert set(Counter(rows["id"]).values()) == {4}
    assert rows["copy"].to_list() == [0, 1, 2, 3] * len(train)
    assert copy_rows(train, n_copies=0).drop("copy").equals(train)
    with pytest.raises(UsageError, match="0 or more, found -1"):
        copy_rows(train, n_copies=-1)


def test_nothing_repeated_is_nothing() -> None:
    rows = split_of([5, 7]).part("train").clear()
    assert oversample(rows, seed=0).is_empty()
