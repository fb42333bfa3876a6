"""The kinds of split: what each keeps apart, what it refuses, and that each work has one part."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from collection.tables import make_table, works_tables
from morelli.collection.splits import KINDS, PARTS, Split, draw_split
from morelli.collection.splits.kinds import (
    _assign_artists,
    _assign_sources,
    _assign_works,
    _join_families,
)
from morelli.errors import SplitError, UsageError


def sides(split: Split, works: pl.DataFrame, column: str) -> dict[object, set[str]]:
    """Return the parts that each value of a column has works in, counted the slow way."""
    values = dict(works.select("id", column).iter_rows())
    found: dict[object, set[str]] = defaultdict(set)
    for row in split.table.to_dicts():
        found[values[row["id"]]].add(row["part"])
    return found


def draw_or_skip(works: pl.DataFrame, kind: str, **options: object) -> Split:
    try:
        return draw_split(works, kind, **options)  # type: ignore[arg-type]
    except SplitError:
        assume(False)
        raise


def works_of_sources(*sizes: int) -> pl.DataFrame:
    rows = [
        {"source": f"source {number}", "artist": f"artist {place % 3}"}
        for number, size in enumerate(sizes)
        for place in range(size)
    ]
    return make_table(rows)


@given(works=works_tables, kind=st.sampled_from(KINDS), seed=st.integers(0, 20))
@settings(max_examples=120, deadline=None)
def test_every_work_of_a_split_stands_in_one_part(works: pl.DataFrame, kind: str, seed: int) -> None:
    split = draw_or_skip(works, kind, seed=seed)
    needed = {"source": "source", "official": "part"}.get(kind, "artist")
    fit = [
        row["id"]
        for row in works.to_dicts()
        if row["artist"] is not None and row["qualifier"] is None and row[needed] is not None
    ]
    assert split.table["id"].to_list() == sorted(fit)
    assert set(split.table["part"]) <= set(PARTS)


@given(works=works_tables, kind=st.sampled_from(["seen", "unseen", "source"]), seed=st.integers(0, 20))
@settings(max_examples=120, deadline=None)
def test_no_picture_artist_or_source_stands_on_two_sides(works: pl.DataFrame, kind: str, seed: int) -> None:
    split = draw_or_skip(works, kind, seed=seed)
    assert split.torn_groups == ()
    assert all(len(parts) == 1 for parts in sides(split, works, "phash").values())
    if kind == "unseen":
        assert all(len(parts) == 1 for parts in sides(split, works, "artist").values())
    if kind == "source":
        by_source = sides(split, works, "source").values()
        # of two families one is test, the other train and val
        assert all(len(parts) == 1 or parts == {"train", "val"} for parts in by_source)
        assert {"train", "test"} <= set(split.table["part"])


@given(works=works_tables, kind=st.sampled_from(KINDS), seed=st.integers(0, 20))
@settings(max_examples=60, deadline=None)
def test_the_same_seed_writes_the_same_bytes(works: pl.DataFrame, kind: str, seed: int) -> None:
    split = draw_or_skip(works, kind, seed=seed)
    shuffled = works.sample(fraction=1, shuffle=True, seed=seed)
    again = draw_split(shuffled, kind, seed=seed)
    assert again.table.write_csv() == split.table.write_csv()


@given(works=works_tables, seed=st.integers(0, 20))
@settings(max_examples=60, deadline=None)
def test_official_parts_are_not_moved(works: pl.DataFrame, seed: int) -> None:
    split = draw_or_skip(works, "official", seed=seed)
    told = dict(works.select("id", "part").iter_rows())
    has_val = "val" in {told[row] for row in split.table["id"]}
    for row in split.table.to_dicts():
        allowed = {told[row["id"]]} if has_val or told[row["id"]] == "test" else {"train", "val"}
        assert row["part"] in allowed
    slow = {picture for picture, parts in sides(split, works, "phash").items() if len(parts) > 1}
    assert len(split.torn_groups) == len(slow)


def test_three_sources_take_a_part_each() -> None:
    split = draw_split(works_of_sources(60, 15, 25), "source")
    assert [split.count(part) for part in PARTS] == [60, 15, 25]


@pytest.mark.parametrize("seed", range(6))
def test_no_part_stays_empty_however_unequal_the_sources(seed: int) -> None:
    split = draw_split(works_of_sources(4, 500, 5), "source", seed=seed)
    assert split.count("train") == 500
    assert {split.count("val"), split.count("test")} == {4, 5}


def test_many_sources_are_balanced_by_works_and_follow_the_seed() -> None:
    works = works_of_sources(*[3 + number % 9 for number in range(40)])
    splits = [draw_split(works, "source", seed=seed) for seed in range(8)]
    for split in splits:
        for part, fraction in zip(PARTS, (0.60, 0.15, 0.25), strict=True):
            assert abs(split.count(part) / len(works) - fraction) <= 0.10
    assert len({split.digest for split in splits}) == 8


def test_sources_that_share_a_picture_go_together() -> None:
    rows = works_of_sources(20, 20, 20, 20, 20).to_dicts()
    rows[0]["picture"] = rows[25]["picture"] = rows[45]["picture"] = "one"
    works = make_table(rows)
    for seed in range(10):
        found = sides(draw_split(works, "source", seed=seed), works, "source")
        assert found["source 0"] == found["source 1"] == found["source 2"]


def test_of_two_sources_the_smaller_is_test() -> None:
    works = works_of_sources(30, 100)
    split = draw_split(works, "source")
    assert sides(split, works, "source") == {"source 0": {"test"}, "source 1": {"train", "val"}}
    assert split.count("val") == 15


def test_sources_that_all_share_pictures_are_refused() -> None:
    rows = works_of_sources(5, 5).to_dicts()
    rows[0]["picture"] = rows[5]["picture"] = "one"
    with pytest.raises(SplitError, match="2 sources that 1 groups of near-duplicates join"):
        draw_split(make_table(rows), "source")


def test_works_without_a_source_are_told() -> None:
    rows = works_of_sources(10, 10, 10).to_dicts()
    rows[3]["source"] = rows[4]["source"] = None
    split = draw_split(make_table(rows), "source")
    assert [(step.name, step.n_works) for step in split.steps][-1] == ("with a source", 28)
    for row in rows:
        row["source"] = "one"
    with pytest.raises(SplitError, match="at least 2 sources, found 1"):
        draw_split(make_table(rows), "source")


def test_official_works_without_a_part_belong_to_none() -> None:
    rows = [{"part": part} for part in ("train", "test", None, "val")]
    split = draw_split(make_table(rows), "official")
    assert len(split.table) == 3
    assert split.steps[-1].n_works == 3


def test_official_val_is_held_out_of_train() -> None:
    rows = [{"part": "train", "artist": artist} for artist in "AB" for _ in range(40)] + [{"part": "test"}]
    rows[0]["picture"] = rows[1]["picture"] = "one"  # type: ignore[assignment]
    works = make_table(rows)
    for seed in range(5):
        split = draw_split(works, "official", seed=seed)
        assert [split.count(part) for part in PARTS] == [68, 12, 1]
        assert Counter(split.part("val")["artist"]) == {"A": 6, "B": 6}
        assert split.torn_groups == ()


def test_official_near_duplicates_across_parts_are_told() -> None:
    rows = [{"part": "train", "picture": 1}, {"part": "test", "picture": 1}, {"part": "val", "picture": 2}]
    split = draw_split(make_table(rows), "official")
    [torn] = split.torn_groups
    assert split.table.filter(pl.col("group") == torn)["part"].sort().to_list() == ["test", "train"]


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (["train", "val"], "found train, val"),
        (["train", "test", "query"], "found query, test, train"),
        ([None], "found no work in any part"),
    ],
)
def test_official_parts_must_be_known(parts: list[str | None], found: str) -> None:
    with pytest.raises(SplitError, match=found):
        draw_split(make_table([{"part": part} for part in parts]), "official")


@pytest.mark.parametrize(("kind", "column"), [("source", "source"), ("official", "part")])
def test_a_column_that_is_missing_is_named(kind: str, column: str) -> None:
    with pytest.raises(SplitError, match=f"expected a column {column}"):
        draw_split(make_table([{}]).drop(column), kind)


def test_seen_takes_its_shares_of_styles() -> None:
    rows = [{"artist": f"artist {place}", "style": "Cubism"} for place in range(20)]
    rows += [{"artist": f"artist {place}", "style": "Baroque|Cubism"} for place in range(40)]
    split = draw_split(make_table([*rows, {"style": None}, {"style": ""}]), "seen", by="style", seed=3)
    assert split.name == "seen-style-3"
    assert [split.count(part) for part in PARTS] == [14 + 28, 3 + 6, 3 + 6]
    assert split.steps[-1].name == "with a style"
    assert split.steps[-1].n_works == 60


def test_other_classes_are_refused() -> None:
    works = works_of_sources(5, 5, 5)
    with pytest.raises(UsageError, match="artist, style or genre, found 'colour'"):
        draw_split(works, "seen", by="colour")
    with pytest.raises(UsageError, match="the kind seen, whose shares are shares of a class, found the kind"):
        draw_split(works, "unseen", by="genre")
    with pytest.raises(SplitError, match="at least 2 genres, found 0"):
        draw_split(works, "seen", by="genre")


def test_only_autograph_works_take_part_unless_told_otherwise(tmp_path: Path) -> None:
    rows = [{"artist": artist, "qualifier": None} for artist in "AB" for _ in range(10)]
    rows[0]["qualifier"] = "workshop of"
    rows[1]["qualifier"] = "after"
    works = make_table(rows)
    split = draw_split(works, "seen")
    assert len(split.table) == 18
    assert [step.to_dict() for step in split.steps] == [
        {"name": "all works", "n_works": 20, "n_artists": 2},
        {"name": "with an artist", "n_works": 20, "n_artists": 2},
        {"name": "autograph", "n_works": 18, "n_artists": 2},
    ]
    assert len(draw_split(works, "seen", with_qualified=True).table) == 20
    # without them it is the split of the works that are left
    plain = draw_split(works.filter(pl.col("qualifier").is_null()), "seen")
    assert plain.digest == split.digest


# Dealing out: shares beside exact values, groups whole, no part empty, families joined the slow way.

SHARES = (0.6, 0.15, 0.25)

labels = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 30)), min_size=1, max_size=60).map(
    lambda pairs: tuple(np.unique(column, return_inverse=True)[1] for column in zip(*pairs, strict=True))
)
"""Classes and groups of some works, numbered without gaps."""


@given(drawn=labels)
@settings(max_examples=60, deadline=None)
def test_families_are_what_walking_from_group_to_group_finds(drawn) -> None:
    codes, groups = drawn
    families = {code: {code} for code in codes.tolist()}
    for _ in range(len(families)):
        for group in set(groups.tolist()):
            joined = set().union(*(families[code] for code in codes[groups == group].tolist()))
            for code in joined:
                families[code] = joined
    found = _join_families(codes, groups)
    for one in families:
        for other in families:
            assert (found[one] == found[other]) == (other in families[one])


@given(drawn=labels, seed=st.integers(0, 20))
@settings(max_examples=60, deadline=None)
def test_no_assignment_tears_what_it_keeps_together(drawn, seed: int) -> None:
    codes, groups = drawn
    for assign in (_assign_works, _assign_artists):
        parts = assign(codes, groups, SHARES, np.random.default_rng(seed))
        assert set(parts.tolist()) <= set(PARTS)
        assert all(len(set(parts[groups == group].tolist())) == 1 for group in set(groups.tolist()))
        again = assign(codes, groups, SHARES, np.random.default_rng(seed))
        assert again.tolist() == parts.tolist()
    assert all(len(set(parts[codes == code].tolist())) == 1 for code in set(codes.tolist()))


@given(sizes=st.lists(st.integers(1, 400), min_size=3, max_size=9), seed=st.integers(0, 20))
@settings(max_examples=40, deadline=None)
def test_sources_fill_every_part_and_stay_whole(sizes: list[int], seed: int) -> None:
    sources = np.repeat(np.arange(len(sizes)), sizes)
    parts = _assign_sources(sources, np.arange(len(sources)), SHARES, np.random.default_rng(seed))
    assert set(parts.tolist()) == set(PARTS)
    assert all(len(set(parts[sources == source].tolist())) == 1 for source in range(len(sizes)))


@pytest.mark.parametrize("n", [1, 2, 3, 7, 20])
def test_a_class_gives_each_part_its_share_but_for_one_work(n: int) -> None:
    parts = _assign_works(
        np.zeros(n, dtype=np.int64), np.arange(n), SHARES, np.random.default_rng(0)
    ).tolist()
    assert all(abs(parts.count(part) - share * n) < 1 for part, share in zip(PARTS, SHARES, strict=True))


def test_a_group_goes_with_the_class_that_has_most_of_it_or_the_first() -> None:
    # the group of three belongs to class 1, whose only other work then goes elsewhere
    classes, groups = np.array([0, 1, 1, 1, 0]), np.array([0, 0, 0, 1, 2])
    parts = _assign_works(classes, groups, (0.5, 0.0, 0.5), np.random.default_rng(0))
    assert len(set(parts[:3].tolist())) == 1
    assert parts[3] != parts[0]
