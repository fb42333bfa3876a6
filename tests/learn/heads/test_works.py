"""Roles: nobody has two, groups stay whole, halves are even, and the same seed gives the same ones."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from morelli.collection.splits import Split
from morelli.learn.heads.works import (
    _N_CONFUSIONS,
    Works,
    _halve_works,
    _list_confusions,
    assign_roles,
    describe_validation,
)


def make_split(kind: str, n_artists: int = 8, n_works: int = 20) -> Split:
    """Every second picture has a near-duplicate beside it: groups of two."""
    artists = [f"Artist {at // n_works}" for at in range(n_artists * n_works)]
    groups = [at // 2 for at in range(len(artists))]
    marks = ["train", "train", "train", "val", "test"]
    units = groups if kind == "seen" else [at // n_works for at in range(len(artists))]
    parts = [marks[unit % 5] for unit in units]
    ids = [f"{at:04}" for at in range(len(artists))]
    return Split(kind, 0, pl.DataFrame({"id": ids, "artist": artists, "group": groups, "part": parts}))


@pytest.mark.parametrize("kind", ["seen", "unseen"])
def test_every_work_has_one_role_and_groups_stay_whole(kind):
    split = make_split(kind)
    roles = assign_roles(*(split.part(part) for part in ("train", "val", "test")), seed=3)
    rows = pl.concat(
        [part.with_columns(role=pl.lit(name)) for name, part in vars(roles).items()], how="diagonal"
    )
    assert rows["id"].is_unique().all()
    assert rows.group_by("group").agg(pl.col("role").n_unique())["role"].max() == 1
    assert all(len(part) for part in vars(roles).values())
    artists = set(roles.train["artist"])
    assert {artist for part in vars(roles).values() for artist in part["artist"]} == artists
    kept = roles.to_roles(split)
    stored = ("taught", "chose", "calibrated", "known")
    for name, part in zip(stored, vars(roles).values(), strict=True):
        assert kept.select(split, name)["id"].to_list() == sorted(part["id"])
    assert kept.to_facts()["taught"] == len(roles.train)
    again = assign_roles(*(split.part(part) for part in ("train", "val", "test")), seed=3)
    assert again.calibration.equals(roles.calibration)


def test_test_works_only_ever_ask():
    split = make_split("seen")
    roles = assign_roles(*(split.part(part) for part in ("train", "val", "test")), seed=0)
    assert set(roles.held_out["part"]) == {"test"}
    assert set(roles.train["part"]) == {"train"}
    assert set(roles.validation["part"]) == set(roles.calibration["part"]) == {"val"}
    apart = make_split("unseen")
    roles = assign_roles(*(apart.part(part) for part in ("train", "val", "test")), seed=0)
    assert {part for rows in vars(roles).values() for part in rows["part"]} == {"train"}


def test_halves_differ_by_one_group_at_most():
    rows = pl.DataFrame({"artist": ["A"] * 5 + ["B"] * 3 + ["C"], "group": range(9)})
    first, second = _halve_works(rows, seed=1)
    assert len(first) - len(second) == 1
    for artist in "ABC":
        counts = [len(half.filter(pl.col("artist") == artist)) for half in (first, second)]
        assert abs(counts[0] - counts[1]) <= 1


# What the card says of validation works: accuracy with its interval, and who is taken for whom.

ARTISTS = ["Hals"] * 4 + ["Leyster"] * 2 + ["Steen"] * 3
NAMED = ["Leyster", "Leyster", "Hals", "Steen", "Hals", "Leyster", "Steen", "Steen", "Steen"]
WORKS = Works.of(np.zeros((9, 2), np.float32), ARTISTS)


def fake_head(named):
    """Return a head that names these artists, one after the other."""
    names = ("Hals", "Leyster", "Steen")
    probabilities = np.array([[name == one for name in names] for one in named], np.float32)
    return SimpleNamespace(artists=names, predict_proba=lambda vectors: probabilities)


def test_the_facts_by_hand():
    facts = describe_validation(fake_head(NAMED), WORKS, seed=0)
    assert facts["accuracy"] == pytest.approx(5 / 9)
    assert facts["n_works"] == 9
    assert facts["confusions"] == [
        {"artist": "Hals", "taken_for": "Leyster", "n_confused": 2, "n": 4},
        {"artist": "Leyster", "taken_for": "Hals", "n_confused": 1, "n": 2},
        {"artist": "Hals", "taken_for": "Steen", "n_confused": 1, "n": 4},
    ]


def test_the_interval_equals_a_loop_that_copies_artists():
    low, high = describe_validation(fake_head(NAMED), WORKS, seed=3)["accuracy_interval"]
    rng, shares = np.random.default_rng(4), []
    rights = {"Hals": (1, 4), "Leyster": (1, 2), "Steen": (3, 3)}
    for _ in range(4000):
        drawn = [rights[name] for name in rng.choice(list(rights), 3)]
        shares.append(sum(right for right, _ in drawn) / sum(n for _, n in drawn))
    assert (low, high) == pytest.approx(tuple(np.quantile(shares, [0.025, 0.975])), abs=0.02)


def test_no_more_than_ten_confusions_are_kept():
    artists = [f"artist {n}" for n in range(30)]
    told = _list_confusions(artists, [*artists[1:], artists[0]])
    assert len(told) == _N_CONFUSIONS
    assert told == sorted(told, key=lambda one: one["artist"])
    assert _list_confusions(artists, artists) == []
