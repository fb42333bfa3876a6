"""Who teaches, who checks, who chooses; and that nothing is copied before the split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.tables import make_table
from morelli.collection.splits import Split, draw_split
from morelli.errors import SplitError, UsageError
from morelli.learn.network.data import _copy_rows, choose_works, divide_rows, index_works, oversample
from morelli.learn.recipe import Data


def make_rows(artists: Mapping[str, int], part: str, first: int) -> pl.DataFrame:
    names = [name for name, count in artists.items() for _ in range(count)]
    ids = [f"{first + place:016x}" for place in range(len(names))]
    return pl.DataFrame({
        "id": ids,
        "artist": names,
        "group": list(range(first, first + len(names))),
        "style": ["Baroque" if name < "C" else None if name == "D" else "Rococo" for name in names],
        "genre": [None] * len(names),
        "part": [part] * len(names),
    }, schema_overrides={"genre": pl.String, "group": pl.Int32})  # fmt: skip


def seen_parts() -> dict[str, pl.DataFrame]:
    counts = {"A": 40, "B": 24, "C": 12, "D": 8}
    shares = {"train": 1.0, "val": 0.5, "test": 0.25}
    return {
        part: make_rows({name: int(count * share) for name, count in counts.items()}, part, 1000 * place)
        for place, (part, share) in enumerate(shares.items())
    }


def unseen_parts() -> dict[str, pl.DataFrame]:
    return {
        "train": make_rows({"A": 40, "B": 24, "C": 20}, "train", 0),
        "val": make_rows({"E": 9, "F": 9}, "val", 1000),
        "test": make_rows({"G": 9, "H": 9}, "test", 2000),
    }


def test_a_seen_split_teaches_its_train_part_and_checks_on_half_of_val() -> None:
    parts = seen_parts()
    rows = divide_rows(parts, Data(), ["artist"], names_artists=True, seed=0)
    assert set(rows.train["id"]) == set(parts["train"]["id"])
    assert set(rows.validation["id"]) == set(rows.roles.validation["id"]) < set(parts["val"]["id"])
    assert set(rows.roles.calibration["id"]).isdisjoint(rows.validation["id"])
    assert rows.is_seen


def test_an_unseen_split_holds_works_of_its_own_artists_out() -> None:
    parts = unseen_parts()
    rows = divide_rows(parts, Data(), ["artist"], names_artists=True, seed=0)
    held = [set(part["id"]) for part in (rows.train, rows.roles.validation, rows.roles.calibration)]
    assert set.union(*held) == set(parts["train"]["id"])
    assert sum(map(len, held)) == len(parts["train"])
    assert rows.roles.held_out.is_empty()
    assert not rows.is_seen
    assert set(rows.calibration["artist"]) == {"E", "F"}


def test_a_network_that_learns_no_artists_is_checked_on_the_val_part() -> None:
    parts = unseen_parts()
    rows = divide_rows(parts, Data(), ["artist"], names_artists=False, seed=0)
    assert set(rows.validation["id"]) == set(parts["val"]["id"])


@pytest.mark.parametrize("parts", [seen_parts(), unseen_parts()])
def test_only_train_works_are_ever_copied(parts: dict[str, pl.DataFrame]) -> None:
    rows = divide_rows(parts, Data(oversample=True), ["artist"], names_artists=True, seed=0)
    counts = rows.train.group_by("artist").len()["len"]
    assert counts.n_unique() == 1
    assert set(rows.train["id"]) <= set(parts["train"]["id"])
    for part in (rows.validation, rows.calibration, rows.roles.validation, rows.roles.calibration):
        assert part["id"].n_unique() == len(part)
        assert set(part["id"]).isdisjoint(rows.train["id"])


def test_limits_hold_for_train_works() -> None:
    train = seen_parts()["train"]
    assert set(choose_works(train, Data(largest=2), "artist", seed=0)["artist"]) == {"A", "B"}
    limited = choose_works(train, Data(max_per_artist=10), "artist", seed=0)
    assert dict(limited.group_by("artist").len().rows()) == {"A": 10, "B": 10, "C": 10, "D": 8}
    shrunk = choose_works(train, Data(max_works=42), "artist", seed=0)
    assert dict(shrunk.group_by("artist").len().rows()) == {"A": 20, "B": 12, "C": 6, "D": 4}
    assert set(choose_works(train, Data(), "style", seed=0)["artist"]) == {"A", "B", "C"}


def test_the_same_seed_chooses_the_same_works_whatever_their_order() -> None:
    train = seen_parts()["train"]
    one, other = (
        choose_works(rows, Data(max_per_artist=5), "artist", seed=3)["id"].sort().to_list()
        for rows in (train, train.reverse())
    )
    assert one == other


def test_a_lesson_knows_rows_copies_and_classes() -> None:
    parts = seen_parts()
    rows = divide_rows(parts, Data(copies=1), ["artist", "style"], names_artists=True, seed=0)
    ids = sorted({*rows.train["id"], *rows.validation["id"]})
    indexed = index_works(rows.train, {work_id: place for place, work_id in enumerate(ids)}, rows.classes)
    assert [ids[row] for row in indexed.rows] == rows.train["id"].to_list()
    assert sorted(np.unique(indexed.copies)) == [0, 1]
    assert rows.classes["style"] == ["Baroque", "Rococo"]
    for place in range(0, len(indexed), 7):
        style = rows.train["style"][place]
        code = indexed.classes["style"][place]
        assert code == (-1 if style is None else rows.classes["style"].index(style))
        assert rows.classes["artist"][indexed.classes["artist"][place]] == indexed.artists[place]


def test_too_few_classes_are_refused() -> None:
    parts = seen_parts()
    with pytest.raises(SplitError, match=r"two classes of genre"):
        divide_rows(
            {name: rows.with_columns(genre=pl.lit("portrait")) for name, rows in parts.items()},
            Data(),
            ["genre"],
            names_artists=False,
            seed=0,
        )


# Copies for training: as many as the largest class has works, and of the train part only.


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
            _copy_rows(rows, n_copies=1)


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
    rows = _copy_rows(train, n_copies=3)
    assert set(Counter(rows["id"]).values()) == {4}
    assert rows["copy"].to_list() == [0, 1, 2, 3] * len(train)
    assert _copy_rows(train, n_copies=0).drop("copy").equals(train)
    with pytest.raises(UsageError, match="0 or more, found -1"):
        _copy_rows(train, n_copies=-1)


def test_nothing_repeated_is_nothing() -> None:
    rows = split_of([5, 7]).part("train").clear()
    assert oversample(rows, seed=0).is_empty()
