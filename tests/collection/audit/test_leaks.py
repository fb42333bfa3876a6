"""Leaks: each kind on a split made by hand, and none on one that keeps everything apart."""

from __future__ import annotations

import json

import polars as pl
import pytest

from morelli.collection.audit.findings import LINK_SCHEMA
from morelli.collection.audit.leaks import N_EXAMPLES, Leak, find_leaks
from morelli.collection.splits import Split

IDS = [f"w{place}" for place in range(6)]
PARTS = ["train", "train", "train", "val", "test", "test"]


def make_works(**columns: list[str | None]) -> pl.DataFrame:
    """Return six works, each with an artist, a source and no group of its own, but for what is given."""
    names = {
        "artist": [f"artist {place}" for place in range(6)],
        "source": [f"museum {place}" for place in range(6)],
        "group_id": [None] * 6,
    } | columns
    return pl.DataFrame({"id": IDS, **names}, schema=dict.fromkeys(("id", *names), pl.String))


def make_split(works: pl.DataFrame, kind: str = "seen", parts: list[str] = PARTS) -> Split:
    table = works.select("id", "artist").with_columns(
        group=pl.int_range(pl.len(), dtype=pl.Int64), part=pl.Series(parts[: len(works)])
    )
    return Split(kind, 0, table)


def make_links(*rows: tuple[str, str, str]) -> pl.DataFrame:
    full = [(left, right, relation, 9, 0.9, 1.0, 1.0) for left, right, relation in rows]
    return pl.DataFrame(full, schema=LINK_SCHEMA, orient="row")


def find(works: pl.DataFrame, *links: tuple[str, str, str], kind: str = "seen") -> dict[str, Leak]:
    return {leak.kind: leak for leak in find_leaks(make_split(works, kind), works, make_links(*links))}


def test_a_clean_split_has_none():
    works = make_works(group_id=["w0", "w0", None, None, "w4", "w4"])
    assert find(works, ("w0", "w1", "copy"), ("w4", "w5", "detail"), ("w0", "w4", "similar")) == {}


@pytest.mark.parametrize("kind", ["seen", "unseen", "source", "official", "file"])
def test_a_torn_group_is_a_fault_of_every_split(kind):
    works = make_works(group_id=["w0", None, None, None, "w0", "w0"])
    leak = find(works, kind=kind)["group"]
    assert (leak.n, leak.n_works, leak.examples, leak.is_fault) == (1, 2, ("w0",), True)


@pytest.mark.parametrize("kind", ["seen", "unseen", "source", "official", "file"])
def test_a_link_across_parts_is_a_fault_of_every_split(kind):
    links = (("w0", "w4", "detail"), ("w0", "w1", "copy"), ("w3", "w5", "mirror"))
    found = find(make_works(), *links, kind=kind)
    assert set(found) == {"link"}
    leak = found["link"]
    assert (leak.n, leak.examples, leak.is_fault) == (2, ("w0 w4", "w3 w5"), True)


def test_of_links_across_parts_the_measured_works_count():
    """One training work shows up in two works of the test, and val in the test: three measured works."""
    found = find(make_works(), ("w0", "w4", "copy"), ("w0", "w5", "copy"), ("w3", "w4", "copy"))
    assert found["link"].n_works == 3


def test_a_link_to_a_work_outside_the_split_is_none():
    works = make_works()
    split = make_split(works.head(4))
    assert find_leaks(split, works, make_links(("w0", "w5", "copy"))) == []


@pytest.mark.parametrize(("kind", "is_fault"), [("seen", False), ("unseen", True), ("file", False)])
def test_artists_on_both_sides_are_a_fault_where_they_should_be_apart(kind, is_fault):
    works = make_works(artist=["A", "B", "C", "A", "B", "B"])
    leak = find(works, kind=kind)["artist"]
    assert (leak.n, leak.n_works, leak.examples, leak.is_fault) == (2, 3, ("A", "B"), is_fault)


@pytest.mark.parametrize(("kind", "is_fault"), [("seen", False), ("unseen", False), ("source", True)])
def test_sources_on_both_sides_are_a_fault_where_they_should_be_apart(kind, is_fault):
    works = make_works(source=["P", "P", "P", "P", "Q", None])
    leak = find(works, kind=kind)["source"]
    assert (leak.n, leak.n_works, leak.examples, leak.is_fault) == (1, 1, ("P",), is_fault)


def test_works_without_a_name_share_nothing():
    nothing: list[str | None] = [None] * 6
    assert find(make_works(artist=nothing, source=nothing)) == {}


def test_val_and_test_are_one_side_of_groups_and_artists():
    works = make_works(artist=["A", "B", "C", "D", "D", "E"], group_id=[None, None, None, "w3", "w3", None])
    assert find(works) == {}


def test_a_few_examples_stand_for_many():
    many = [(left, right, "copy") for left in IDS[:3] for right in IDS[3:]]
    leak = find(make_works(), *many)["link"]
    assert leak.n == 9
    assert len(leak.examples) == N_EXAMPLES


def test_the_table_of_a_split_may_come_without_works_that_the_gallery_has():
    works = make_works(group_id=["w0"] * 6)
    [group] = find_leaks(make_split(works.head(5)), works, make_links())
    assert (group.kind, group.n_works) == ("group", 2)


def test_a_leak_is_json():
    leak = find(make_works(), ("w0", "w4", "copy"))["link"]
    assert json.loads(json.dumps(leak.to_dict())) == {
        "kind": "link",
        "meaning": "pairs of works that show the same painting in different parts",
        "n": 1,
        "n_works": 1,
        "examples": ["w0 w4"],
        "is_fault": True,
    }
