"""What an audit found: counts, conflicts, warnings, and all of it as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import polars as pl
import pytest
from PIL import Image

from audit.faults import FAULTS
from audit.findings import make_audit, make_empty_audit, make_works
from audit.pictures import draw_picture
from morelli.audit.findings import FLAGS, has_flag, raise_flags
from morelli.audit.inspection import MEASURES, measure_picture
from morelli.collection.duplicates.links import RELATIONS


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


# Flags: raised by every fault that is drawn, by no sound picture, and exactly from their threshold on.

CLEAN = {
    "id": "w", "width": 600, "height": 400, "sharpness": 0.2, "contrast": 40.0, "colour_spread": 10.0,
    "frame_sides": 0, "bar_patches": 0, "text_share": 0.0,
}  # fmt: skip


def flag_picture(image: Image.Image) -> list[str]:
    row = {"id": "w", "width": image.width, "height": image.height, **asdict(measure_picture(image))}
    return (raise_flags(pl.DataFrame([row]))["flags"][0] or "").split("|")


def flag_row(**values: float) -> str | None:
    return raise_flags(pl.DataFrame([CLEAN | values]))["flags"][0]


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_fault_raises_its_flag(fault):
    image, flag = FAULTS[fault]
    assert flag in flag_picture(image)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "blank"])
def test_a_fault_raises_no_other_flag(fault):
    image, flag = FAULTS[fault]
    assert flag_picture(image) == [flag]


def test_what_is_blank_has_no_colours_either():
    assert flag_picture(FAULTS["blank"][0]) == ["blank", "greyscale"]


def test_every_flag_has_a_drawn_fault():
    assert {flag for _, flag in FAULTS.values()} == set(FLAGS)


@pytest.mark.parametrize("seed", range(8))
def test_a_sound_picture_raises_none(seed):
    assert flag_picture(draw_picture(seed, (480, 400))) == [""]


@pytest.mark.parametrize("name", ["blurred", "blank", "greyscale"])
def test_a_flag_below_its_threshold_begins_strictly_below(name):
    flag = FLAGS[name]
    assert flag.is_below
    assert flag_row(**{flag.measure: float(np.nextafter(flag.threshold, 0))}) == name
    assert flag_row(**{flag.measure: flag.threshold}) is None
    assert flag_row(**{flag.measure: float(np.nextafter(flag.threshold, np.inf))}) is None


@pytest.mark.parametrize("name", ["frame", "colour-bar", "text"])
def test_a_flag_above_its_threshold_begins_at_it(name):
    flag = FLAGS[name]
    assert not flag.is_below
    assert flag_row(**{flag.measure: flag.threshold - 0.001}) is None
    assert flag_row(**{flag.measure: flag.threshold}) == name
    assert flag_row(**{flag.measure: flag.threshold + 0.001}) == name


@pytest.mark.parametrize(
    ("width", "height", "flags"),
    [
        (127, 500, "tiny"),
        (128, 500, None),
        (500, 127, "tiny"),
        (129, 500, None),
        (1199, 200, None),
        (1200, 200, "strip"),
        (200, 1201, "strip"),
        (1000, 100, "tiny|strip"),
    ],
)
def test_sides_are_those_of_the_file(width, height, flags):
    assert flag_row(width=width, height=height) == flags


def test_several_flags_are_joined_in_the_order_of_the_table():
    found = flag_row(width=60, sharpness=0.0, text_share=1.0, frame_sides=4, bar_patches=9)
    assert found == "tiny|strip|blurred|frame|colour-bar|text"
    assert found.split("|") == [name for name in FLAGS if name in found.split("|")]


def test_each_work_keeps_its_own_flags():
    rows = pl.DataFrame([CLEAN | {"id": "a"}, CLEAN | {"id": "b", "contrast": 1.0}, CLEAN | {"id": "c"}])
    assert raise_flags(rows).rows() == [("a", None), ("b", "blank"), ("c", None)]
    assert raise_flags(rows.clear()).is_empty()


def test_a_flag_is_found_by_its_whole_name():
    table = pl.DataFrame({"flags": ["text", "frame|text", "textile", None, "frame"]})
    assert table.filter(has_flag("text"))["flags"].to_list() == ["text", "frame|text"]


@pytest.mark.parametrize(("name", "rule"), [("blurred", "sharpness < 0.06"), ("frame", "frame_sides >= 3")])
def test_a_rule_reads_as_people_write_it(name, rule):
    assert FLAGS[name].rule == rule


def test_every_flag_looks_at_a_measure():
    assert {flag.measure for flag in FLAGS.values()} <= {*MEASURES, "short_side", "stretch"}
