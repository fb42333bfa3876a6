"""Who teaches, who checks, who chooses; and that nothing is copied before the split."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest

from morelli.errors import SplitError
from morelli.learn.recipe import Data
from morelli.learn.recipe_data import choose_works, divide_rows, make_lesson


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
    assert set(rows.taught["id"]) == set(parts["train"]["id"])
    assert set(rows.checked["id"]) == set(rows.roles.chose["id"]) < set(parts["val"]["id"])
    assert set(rows.roles.calibrated["id"]).isdisjoint(rows.checked["id"])
    assert rows.is_seen


def test_an_unseen_split_holds_works_of_its_own_artists_out() -> None:
    parts = unseen_parts()
    rows = divide_rows(parts, Data(), ["artist"], names_artists=True, seed=0)
    held = [set(part["id"]) for part in (rows.taught, rows.roles.chose, rows.roles.calibrated)]
    assert set.union(*held) == set(parts["train"]["id"])
    assert sum(map(len, held)) == len(parts["train"])
    assert rows.roles.known.is_empty()
    assert not rows.is_seen
    assert set(rows.calibrating["artist"]) == {"E", "F"}


def test_a_network_that_learns_no_artists_is_checked_on_the_val_part() -> None:
    parts = unseen_parts()
    rows = divide_rows(parts, Data(), ["artist"], names_artists=False, seed=0)
    assert set(rows.checked["id"]) == set(parts["val"]["id"])


@pytest.mark.parametrize("parts", [seen_parts(), unseen_parts()])
def test_only_train_works_are_ever_copied(parts: dict[str, pl.DataFrame]) -> None:
    rows = divide_rows(parts, Data(oversample=True), ["artist"], names_artists=True, seed=0)
    counts = rows.taught.group_by("artist").len()["len"]
    assert counts.n_unique() == 1
    assert set(rows.taught["id"]) <= set(parts["train"]["id"])
    for part in (rows.checked, rows.calibrating, rows.roles.chose, rows.roles.calibrated):
        assert part["id"].n_unique() == len(part)
        assert set(part["id"]).isdisjoint(rows.taught["id"])


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
    ids = sorted({*rows.taught["id"], *rows.checked["id"]})
    lesson = make_lesson(rows.taught, {work_id: place for place, work_id in enumerate(ids)}, rows.classes)
    assert [ids[row] for row in lesson.rows] == rows.taught["id"].to_list()
    assert sorted(np.unique(lesson.copies)) == [0, 1]
    assert rows.classes["style"] == ["Baroque", "Rococo"]
    for place in range(0, len(lesson), 7):
        style = rows.taught["style"][place]
        code = lesson.classes["style"][place]
        assert code == (-1 if style is None else rows.classes["style"].index(style))
        assert rows.classes["artist"][lesson.classes["artist"][place]] == lesson.artists[place]


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
