"""What an audit found: counts, conflicts, warnings, and all of it as JSON."""

from __future__ import annotations

import json

import polars as pl
import pytest

from collection.audit.findings import make_audit, make_empty_audit, make_works
from morelli.collection.audit.flags import FLAGS
from morelli.collection.audit.links import RELATIONS


def test_groups_and_their_works_are_counted():
    assert make_audit().count_groups() == (2, 5)


def test_a_group_of_which_one_work_is_left_is_none():
    """The other one was dropped after the groups were noted."""
    assert make_audit(works=make_works().filter(pl.col("id") != "e")).count_groups() == (1, 3)


def test_relations_are_counted_also_where_there_are_none():
    counts = make_audit().count_relations()
    assert list(counts) == list(RELATIONS)
    assert {name: n for name, n in counts.items() if n} == {"copy": 1, "detail": 1, "mirror": 1, "similar": 1}


def test_a_work_counts_for_each_of_its_flags():
    counts = make_audit().count_flags()
    assert list(counts) == list(FLAGS)
    assert {name: n for name, n in counts.items() if n} == {"tiny": 1, "blurred": 2, "frame": 1}


def test_a_work_with_several_labels_counts_for_each():
    assert make_audit().count_classes("style").rows() == [("Rococo", 3), ("Baroque", 2)]
    assert make_audit().count_classes("artist").rows() == [("B", 3), ("A", 2)]


def test_classes_alike_in_number_are_in_order_of_their_names():
    works = make_works().with_columns(artist=pl.Series(["D", "C", "B", "A", "D", "C"]))
    assert make_audit(works=works).count_classes("artist")["name"].to_list() == ["C", "D", "A", "B"]


def test_a_century_begins_with_its_first_year():
    """1600 belongs to the 16th, 1601 and 1700 to the 17th, 1701 to the 18th, 99 to the first."""
    counts = dict(make_audit().count_classes("century").iter_rows())
    assert counts == {"16": 1, "17": 2, "18": 1, "1": 1}


def test_labels_that_nobody_has_make_no_classes():
    assert make_audit().count_classes("genre").is_empty()


def test_conflicts_are_links_across_artists():
    [conflict] = make_audit().conflicts.to_dicts()
    assert (conflict["left"], conflict["right"]) == ("b", "c")
    assert (conflict["left_artist"], conflict["right_artist"]) == ("A", "B")


def test_likeness_and_unknown_artists_are_no_conflict():
    works = make_works().with_columns(artist=pl.Series(["A", "A", None, "B", "B", "C"]))
    assert make_audit(works=works).conflicts.is_empty()


def test_the_worst_warning_of_each_label_is_told():
    assert make_audit().warnings == [
        "artist can be told from everything but paint together in 80% of works (20% by chance, 5 artists)",
        "style can be told from saving in 50% of works (30% by chance, 3 styles)",
    ]
    assert make_empty_audit().warnings == []


@pytest.mark.parametrize("audit", [make_audit(), make_empty_audit()], ids=["found", "empty"])
def test_an_audit_is_json(audit):
    told = json.loads(json.dumps(audit.to_dict(), allow_nan=False))
    assert list(told) == list(audit.to_dict())
    assert told["works"] == len(audit.works)


def test_the_json_holds_the_counts():
    told = make_audit().to_dict()
    assert (told["works"], told["groups"], told["works_in_groups"]) == (6, 2, 5)
    assert (told["skips"], told["split"], told["seconds"]) == (1, "unseen-0", 1.3)
    assert told["classes"] == {"artist": 2, "style": 2, "genre": 0, "century": 4}
    assert told["conflicts"] == [{"left": "b", "right": "c", "left_artist": "A", "right_artist": "B"}]
    assert [leak["kind"] for leak in told["leaks"]] == ["group", "artist"]
    assert len(told["shortcuts"]) == 4
    assert told["warnings"] == make_audit().warnings
