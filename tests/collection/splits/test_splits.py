"""Splits: shares kept, groups whole, artists apart, and the same whatever the order of the rows."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.collection.splits import FRACTIONS, PARTS, Split, draw_split, hold_out, load_split, read_split
from morelli.errors import SplitError, UsageError


def make_works(artists: list[str | None], hashes: list[int] | None = None) -> pl.DataFrame:
    """Return works; those with the same number share a hash, and no others have close ones."""
    numbers = list(range(len(artists))) if hashes is None else hashes
    digits = {number: hashlib.sha256(str(number).encode()).hexdigest()[:16] for number in numbers}
    return pl.DataFrame(
        {
            "id": [f"{place:016x}" for place in range(len(artists))],
            "artist": artists,
            "phash": [digits[number] for number in numbers],
            "dhash": [digits[number] for number in numbers],
        },
        schema={"id": pl.String, "artist": pl.String, "phash": pl.String, "dhash": pl.String},
    )


def even_works(n_artists: int, n_works: int) -> pl.DataFrame:
    return make_works([f"Artist {place % n_artists:03}" for place in range(n_artists * n_works)])


def digest_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def repeating_works() -> pl.DataFrame:
    """Return 300 works of 23 artists; most ninths repeat a picture of the same artist, one of another."""
    rows = []
    for number in range(300):
        picture = number - 48 if number % 9 == 0 and number >= 48 else 50 if number == 101 else number
        rows.append(
            {
                "id": digest_text(f"id {number}"),
                "artist": None if number % 24 == 23 else f"Artist {number % 24:02}",
                "phash": digest_text(f"phash {picture}"),
                "dhash": digest_text(f"dhash {picture}"),
            }
        )
    return pl.DataFrame(rows)


def parts_by(split: Split, column: str) -> dict[object, set[str]]:
    """Return the parts that each artist or group has works in, counted the slow way."""
    parts: dict[object, set[str]] = defaultdict(set)
    for row in split.table.to_dicts():
        parts[row[column]].add(row["part"])
    return parts


collections = st.integers(4, 12).flatmap(
    lambda n_artists: st.lists(
        st.tuples(st.integers(0, n_artists - 1), st.integers(0, 40)), min_size=n_artists, max_size=80
    ).map(
        lambda drawn: make_works(
            [f"Artist {number}" for number in range(n_artists)] + [f"Artist {artist}" for artist, _ in drawn],
            [1000 + number for number in range(n_artists)] + [group for _, group in drawn],
        )
    )
)
"""Works of 4 to 12 artists, many of which share a picture, also between artists."""


@pytest.mark.parametrize(("n_artists", "n_works"), [(5, 20), (30, 40), (3, 7)])
def test_seen_keeps_its_shares_of_each_artist(n_artists: int, n_works: int) -> None:
    split = draw_split(even_works(n_artists, n_works), "seen", seed=3)
    for artist in split.table["artist"].unique():
        counts = Counter(split.table.filter(pl.col("artist") == artist)["part"])
        for part, fraction in zip(PARTS, (0.70, 0.15, 0.15), strict=True):
            assert abs(counts[part] - fraction * n_works) < 1


@pytest.mark.parametrize("n_artists", [4, 7, 20, 100])
def test_unseen_keeps_its_shares_of_the_artists(n_artists: int) -> None:
    split = draw_split(even_works(n_artists, 3), "unseen", seed=3)
    for part, fraction in zip(PARTS, (0.60, 0.15, 0.25), strict=True):
        assert abs(split.part(part)["artist"].n_unique() - fraction * n_artists) < 1


def test_other_shares_of_the_artists_can_be_asked_for() -> None:
    split = draw_split(even_works(20, 2), "unseen", shares=(0.75, 0.15, 0.1))
    artists = {part: split.part(part)["artist"].n_unique() for part in PARTS}
    assert artists == {"train": 15, "val": 3, "test": 2}


@pytest.mark.parametrize(("kind", "shares"), [("seen", (0.8, 0.1, 0.1)), ("unseen", (0.8, 0.1, 0.2))])
def test_shares_that_make_no_sense_are_refused(kind: str, shares: tuple[float, float, float]) -> None:
    with pytest.raises(UsageError, match="add up to 1"):
        draw_split(even_works(20, 2), kind, shares=shares)


def test_the_shares_of_twenty_by_hand() -> None:
    seen = draw_split(even_works(2, 20), "seen")
    assert [seen.count(part) for part in PARTS] == [28, 6, 6]
    unseen = draw_split(even_works(20, 2), "unseen")
    assert [unseen.part(part)["artist"].n_unique() for part in PARTS] == [12, 3, 5]


@given(works=collections, kind=st.sampled_from(["seen", "unseen"]), seed=st.integers(0, 50))
@settings(max_examples=60, deadline=None)
def test_every_work_is_in_one_part_and_no_group_in_two(works: pl.DataFrame, kind: str, seed: int) -> None:
    split = draw_split(works, kind, seed=seed)
    assert split.table["id"].to_list() == sorted(works["id"])
    assert set(split.table["part"]) <= set(PARTS)
    assert all(len(parts) == 1 for parts in parts_by(split, "group").values())
    if kind == "unseen":
        assert all(len(parts) == 1 for parts in parts_by(split, "artist").values())
    rows = works.join(split.table, on="id").to_dicts()
    for first, second in combinations(rows, 2):  # equal pictures, whatever the grouping thinks of them
        if first["phash"] == second["phash"]:
            assert first["group"] == second["group"]
            assert first["part"] == second["part"]


@given(works=collections, kind=st.sampled_from(["seen", "unseen"]), seed=st.integers(0, 50))
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_rows_does_not_matter(works: pl.DataFrame, kind: str, seed: int) -> None:
    split = draw_split(works, kind, seed=seed)
    again = draw_split(works.sample(fraction=1, shuffle=True, seed=seed), kind, seed=seed)
    assert again.table.equals(split.table)
    assert again.digest == split.digest


@pytest.mark.parametrize("kind", ["seen", "unseen"])
def test_another_seed_gives_another_split(kind: str) -> None:
    works = even_works(20, 10)
    digests = {draw_split(works, kind, seed=seed).digest for seed in range(8)}
    assert len(digests) == 8


@pytest.mark.parametrize("kind", ["seen", "unseen"])
def test_the_global_random_state_does_not_matter(kind: str) -> None:
    np.random.seed(0)  # noqa: NPY002 - what must not matter
    first = draw_split(even_works(8, 8), kind)
    np.random.seed(1)  # noqa: NPY002
    assert draw_split(even_works(8, 8), kind).digest == first.digest


@pytest.mark.parametrize(
    ("kind", "seed", "digest"),
    [
        ("seen", 0, "9c72d96860b4e3ef1fd7bcd968b6651a46739d176204693f3c5b16e13424a4aa"),
        ("seen", 7, "f30ff4a26a5fab1197b234811541d676bbe02bccf1a2a146fcd36ea14dcfcd95"),
        ("unseen", 0, "c554030d498cd5515f84be76f4c8f9f7481a507b05330ab5333ea6752834b16e"),
        ("unseen", 7, "1d00270c85f1f7c44693617c692373b82edf83989cc93c07e869844824daf9ba"),
    ],
)
def test_a_split_stays_the_same_from_version_to_version(kind: str, seed: int, digest: str) -> None:
    """SHA-256 of the files that the first version wrote."""
    text = draw_split(repeating_works(), kind, seed=seed).table.write_csv()
    assert hashlib.sha256(text.encode()).hexdigest() == digest


def test_what_is_held_out_stays_the_same_from_version_to_version() -> None:
    _, held = hold_out(draw_split(repeating_works(), "seen").table)
    digest = hashlib.sha256(held.write_csv().encode()).hexdigest()
    assert digest == "0853440113bda2b97de8f279a5aec7d9edf5e9159cda6aaa28794ac2e9b3d550"


def test_works_without_an_artist_belong_to_no_part() -> None:
    split = draw_split(make_works(["A", None, "B", "A", None, "B"]), "seen")
    assert split.table["id"].to_list() == [f"{place:016x}" for place in (0, 2, 3, 5)]


def test_a_group_that_spans_artists_goes_with_its_largest_share() -> None:
    # three works of A and one of B are one picture: A's other works fill val and test beside it
    works = make_works(["A", "A", "A", "B", "A", "A", "B", "B", "B"], [0, 0, 0, 0, 1, 2, 3, 4, 5])
    for seed in range(10):
        parts = dict(draw_split(works, "seen", seed=seed).table.select("id", "part").iter_rows())
        assert len({parts[f"{place:016x}"] for place in range(4)}) == 1


def test_artists_who_share_a_picture_are_drawn_together() -> None:
    artists = [f"{name}" for name in "ABCDEFGH" for _ in range(3)]
    numbers = list(range(24))
    numbers[0] = numbers[3] = 100  # A and B share one picture, B and C another
    numbers[4] = numbers[6] = 101
    for seed in range(20):
        split = draw_split(make_works(artists, numbers), "unseen", seed=seed)
        parts = parts_by(split, "artist")
        assert parts["A"] == parts["B"] == parts["C"]


def test_a_split_survives_its_file(tmp_path: Path) -> None:
    artists = ['Dürer, Albrecht "the Elder"', "葛飾 北斎", "null", "1e5", " padded "] * 4
    split = draw_split(make_works(artists), "seen", seed=4)
    split.write(tmp_path / "split.csv")
    again = read_split(tmp_path / "split.csv")
    assert again.table.equals(split.table)
    assert again.digest == split.digest
    assert (again.kind, again.seed, again.name) == ("file", 0, "file-0")


def test_ids_that_look_like_numbers_stay_text(tmp_path: Path) -> None:
    (tmp_path / "split.csv").write_text(
        "part,id,artist,remark\ntrain,0000000000000012,A,x\ntest,1e10,7,y\n", encoding="utf-8"
    )
    table = read_split(tmp_path / "split.csv").table
    assert table["id"].to_list() == ["0000000000000012", "1e10"]
    assert table["artist"].to_list() == ["A", "7"]
    assert table["group"].to_list() == [0, 1]
    assert table.columns == ["id", "artist", "group", "part"]


def test_the_digest_by_hand() -> None:
    table = pl.DataFrame({"id": ["a", "b"], "artist": ["A", "B"], "group": [0, 1], "part": ["train", "test"]})
    expected = hashlib.sha256(b"a,train\nb,test").hexdigest()
    assert Split("seen", 0, table).digest == expected
    assert Split("unseen", 7, table).digest == expected
    moved = table.with_columns(part=pl.Series(["test", "train"]))
    assert Split("seen", 0, moved).digest != expected


def test_names_counts_and_parts() -> None:
    split = draw_split(even_works(4, 10), "unseen", seed=9)
    assert split.name == "unseen-9"
    assert sum(split.count(part) for part in PARTS) == 40
    assert set(split.part("val")["part"]) == {"val"}
    assert set(FRACTIONS) == {"seen", "unseen", "source"}
    assert all(sum(fractions) == pytest.approx(1) for fractions in FRACTIONS.values())


def test_load_split_draws_or_reads(tmp_path: Path) -> None:
    works = even_works(6, 6)
    drawn = load_split("unseen", works, seed=2)
    assert drawn.digest == draw_split(works, "unseen", seed=2).digest
    drawn.write(tmp_path / "mine.csv")
    assert load_split(str(tmp_path / "mine.csv"), works).digest == drawn.digest
    with pytest.raises(SplitError, match="seen, unseen, source, official, or a CSV file"):
        load_split(str(tmp_path / "absent.csv"), works)


@pytest.mark.parametrize(
    ("artists", "kind", "message"),
    [
        (["A", "B"], "by artist", "source or official, found 'by artist'"),
        ([], "seen", "at least 2 artists, found 0"),
        (["A", "A", None], "seen", "at least 2 artists, found 1"),
        (["A", "B", "C"], "unseen", "at least 4 artists, found 3"),
    ],
)
def test_what_cannot_be_split_is_refused(artists: list[str | None], kind: str, message: str) -> None:
    with pytest.raises(SplitError, match=message):
        draw_split(make_works(artists), kind)


@pytest.mark.parametrize("part", ["val", "validation"])
def test_a_part_without_works_is_refused(part: str) -> None:
    split = draw_split(make_works(["A", "B"]), "seen")
    with pytest.raises(SplitError, match=f"part '{part}' of split seen-0"):
        split.part(part)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("id,part\na,train\n", "columns id, part"),
        ("id,artist,part\na,A,validation\n", "parts {'validation'}"),
        ("id,artist,part\na,A,\n", "parts {None}"),
        ("id,artist,part\na,A,train\na,A,test\n", "an id twice"),
        ("id,artist,part\na,,train\n", "a row without id or artist"),
        ("id,artist,part\n,A,train\n", "a row without id or artist"),
        ("", "empty"),
    ],
)
def test_a_damaged_split_file_is_refused(tmp_path: Path, text: str, found: str) -> None:
    (tmp_path / "split.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SplitError, match=found):
        read_split(tmp_path / "split.csv")


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "split.csv").write_bytes(bytes(range(256)) * 4)
    for path in (tmp_path / "split.csv", tmp_path / "absent.csv", tmp_path):
        with pytest.raises(SplitError):
            read_split(path)


@given(works=collections, seed=st.integers(0, 20))
@settings(max_examples=30, deadline=None)
def test_hold_out_takes_whole_groups_and_leaves_the_rest(works: pl.DataFrame, seed: int) -> None:
    table = draw_split(works, "seen", seed=seed).table
    kept, held = hold_out(table, seed=seed)
    assert sorted([*kept["id"], *held["id"]]) == table["id"].to_list()
    assert not set(kept["group"]) & set(held["group"])
    again, _ = hold_out(table, seed=seed)
    assert again.equals(kept)


def test_hold_out_takes_its_share_of_each_artist() -> None:
    _, held = hold_out(draw_split(even_works(6, 40), "seen").table.drop("part"), fraction=0.15)
    assert set(Counter(held["artist"]).values()) == {6}
