"""Filters beside plain loops that do the same, and what they refuse."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.tables import make_table, works_tables
from morelli.collection.splits import draw_split
from morelli.collection.splits.filters import Filters
from morelli.errors import SplitError, UsageError


def kept_ids(works: pl.DataFrame, filters: Filters, seed: int = 0) -> set[str]:
    try:
        return set(filters.apply(works, seed=seed).works["id"])
    except SplitError:
        return set()


def count_artists(rows: list[dict[str, str]]) -> Counter[str]:
    return Counter(row["artist"] for row in rows if row["artist"] is not None)


@given(works=works_tables, low=st.integers(1, 6), more=st.integers(0, 6))
@settings(max_examples=60, deadline=None)
def test_styles_by_their_size(works: pl.DataFrame, low: int, more: int) -> None:
    firsts = {row["id"]: (row["style"] or "").split("|")[0] for row in works.to_dicts()}
    sizes = Counter(style for style in firsts.values() if style)
    expected = {row for row, style in firsts.items() if style and low <= sizes[style] <= low + more}
    assert kept_ids(works, Filters(styles=(low, low + more))) == expected


@given(works=works_tables)
@settings(max_examples=60, deadline=None)
def test_artists_in_both_parts(works: pl.DataFrame) -> None:
    rows = works.to_dicts()
    artists = [{row["artist"] for row in rows if row["part"] == part} for part in ("train", "test")]
    both = (artists[0] & artists[1]) - {None}
    assert kept_ids(works, Filters(both_parts=True)) == {row["id"] for row in rows if row["artist"] in both}


@given(works=works_tables, least=st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_artists_with_enough_works(works: pl.DataFrame, least: int) -> None:
    rows = works.to_dicts()
    sizes = count_artists(rows)
    expected = {row["id"] for row in rows if row["artist"] is not None and sizes[row["artist"]] >= least}
    assert kept_ids(works, Filters(min_works=least)) == expected


@given(works=works_tables, number=st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_the_largest_artists(works: pl.DataFrame, number: int) -> None:
    rows = works.to_dicts()
    sizes = count_artists(rows)
    largest = sorted(sizes, key=lambda artist: (-sizes[artist], artist))[:number]
    assert kept_ids(works, Filters(largest=number)) == {row["id"] for row in rows if row["artist"] in largest}


@given(works=works_tables, most=st.integers(1, 6), seed=st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_at_most_so_many_works_of_an_artist(works: pl.DataFrame, most: int, seed: int) -> None:
    kept = kept_ids(works, Filters(max_works=most), seed)
    rows = works.to_dicts()
    found = count_artists([row for row in rows if row["id"] in kept])
    assert found == {artist: min(n, most) for artist, n in count_artists(rows).items()}
    shuffled = works.sample(fraction=1, shuffle=True, seed=seed)
    assert kept_ids(shuffled, Filters(max_works=most), seed) == kept


def test_each_work_of_an_artist_is_as_likely_kept_as_the_other() -> None:
    works = make_table([{"artist": "A"} for _ in range(5)])
    drawn = Counter(row for seed in range(400) for row in kept_ids(works, Filters(max_works=2), seed))
    assert len(drawn) == 5
    assert all(110 < n < 210 for n in drawn.values())  # 160 expected, standard deviation 10


def test_each_filter_tells_what_it_kept_in_its_order() -> None:
    rows = [{"artist": "A", "style": "Cubism", "part": part} for part in ("train", "test", "test")]
    rows += [{"artist": "B", "style": "Cubism", "part": "train"}] * 4
    rows += [{"artist": "C", "style": "Rococo", "part": "test"}]
    filters = Filters(styles=(2, 9), both_parts=True, min_works=3, largest=1, max_works=2)
    told = [(step.name, step.n_works, step.n_artists) for step in filters.apply(make_table(rows)).steps]
    assert told == [
        ("styles with 2 to 9 works", 7, 2),
        ("artists with works in train and test", 3, 1),
        ("artists with at least 3 works", 3, 1),
        ("the 1 largest artists", 3, 1),
        ("at most 2 works per artist", 2, 1),
    ]


def test_no_filter_keeps_all() -> None:
    works = make_table([{"artist": "B"}, {"artist": "A"}])
    selection = Filters().apply(works)
    assert selection.works.equals(works.sort("id"))
    assert selection.steps == ()


def test_a_split_is_drawn_of_what_is_left_and_tells_how() -> None:
    works = make_table([{"artist": artist} for artist in "AABBBBCCCCC"])
    split = draw_split(works, "seen", filters=Filters(largest=2, max_works=3))
    assert split.table["artist"].value_counts().sort("artist").rows() == [("B", 3), ("C", 3)]
    assert [step.n_works for step in split.steps] == [11, 11, 11, 9, 6]


def test_works_with_a_qualifier_do_not_make_an_artist_large() -> None:
    rows = [{"artist": "A", "qualifier": "after"}] * 9 + [{"artist": artist} for artist in "BBCC"]
    split = draw_split(make_table(rows), "seen", filters=Filters(largest=2))
    assert set(split.table["artist"]) == {"B", "C"}


@pytest.mark.parametrize("options", [{"largest": 0}, {"min_works": -1}, {"max_works": 0}])
def test_numbers_below_one_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        Filters(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize("styles", [(5, 4), (0, 4)])
def test_a_range_the_wrong_way_round_is_refused(styles: tuple[int, int]) -> None:
    with pytest.raises(UsageError, match="smallest and the largest number"):
        Filters(styles=styles)


def test_a_filter_that_leaves_nothing_is_named() -> None:
    with pytest.raises(SplitError, match=r"filter: artists with at least 3 works: .* found none"):
        Filters(min_works=3).apply(make_table([{"artist": "A"}]))


@pytest.mark.parametrize(
    ("filters", "column"), [(Filters(styles=(1, 2)), "style"), (Filters(both_parts=True), "part")]
)
def test_a_column_that_a_filter_needs_is_named(filters: Filters, column: str) -> None:
    with pytest.raises(SplitError, match=f"works with the column {column}"):
        filters.apply(make_table([{}]).drop(column))
