"""Flags: raised by every fault that is drawn, by no sound picture, and exactly from their threshold on."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import polars as pl
import pytest
from PIL import Image

from collection.audit.faults import FAULTS
from collection.audit.pictures import draw_picture
from morelli.collection.audit.flags import FLAGS, has_flag, raise_flags
from morelli.collection.audit.measures import MEASURES, measure_picture

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
