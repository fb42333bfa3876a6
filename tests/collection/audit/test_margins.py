"""Margins: edges, patches and writing on whichever side they are, and none where there is only paint."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from collection.audit.faults import FAULTS, SOUND, add_colour_bar
from collection.audit.pictures import SIZE, draw_picture
from morelli.collection.audit.margins import measure_bar, measure_frame, measure_text


def convert(image: Image.Image) -> np.ndarray:
    pixels = np.asarray(image.convert("RGB"), dtype=np.float32) / 255
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)


def turn(pixels: np.ndarray, quarters: int) -> np.ndarray:
    return np.ascontiguousarray(np.rot90(pixels, quarters))


@pytest.mark.parametrize("seed", range(6))
def test_paint_alone_has_no_margins(seed):
    lab = convert(draw_picture(seed, (480, 400)))
    assert measure_frame(lab) == 0
    assert measure_bar(lab) < 5
    assert measure_text(lab[..., 0] * 2.55) < 0.6


@pytest.mark.parametrize("borders", [(30, 0, 0, 0), (0, 0, 0, 30), (30, 0, 30, 0), (30, 30, 30, 30)])
def test_a_frame_is_counted_by_its_sides(borders):
    framed = ImageOps.expand(SOUND, borders, (40, 25, 15))
    assert measure_frame(convert(framed)) == sum(side > 0 for side in borders)


def test_an_edge_in_the_middle_of_a_picture_is_no_frame():
    pixels = np.asarray(SOUND).copy()
    pixels[pixels.shape[0] // 2 :] //= 3
    assert measure_frame(convert(Image.fromarray(pixels))) == 0


@pytest.mark.parametrize("quarters", range(4))
def test_a_colour_bar_is_found_along_every_border(quarters):
    assert measure_bar(turn(convert(add_colour_bar(SOUND)), quarters)) == 8


def test_patches_of_one_colour_are_no_colour_bar():
    lab = np.full((200, 200, 3), (60, 10, 10), dtype=np.float32)
    assert measure_bar(lab) == 0
    assert measure_frame(lab) == 0


def test_patches_that_stand_apart_are_not_in_one_row():
    lab = convert(draw_picture(0, (400, 400)))
    for place in range(6):
        lab[:48, 66 * place : 66 * place + 20] = (10 + 15 * place, 60 - 20 * place, 20 * place - 50)
    assert measure_bar(lab) < 6


@pytest.mark.parametrize("quarters", range(4))
def test_writing_is_found_along_every_border(quarters):
    grey = turn(np.asarray(FAULTS["caption"][0].convert("L"), dtype=np.float32), quarters)
    assert measure_text(grey) >= 0.7


def test_a_border_without_writing_is_not_text():
    empty = ImageOps.expand(SOUND, (0, 0, 0, 60), "white")
    assert measure_text(np.asarray(empty.convert("L"), dtype=np.float32)) < 0.5


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (20, 500), SIZE])
def test_even_the_smallest_picture_has_measures(size):
    lab = convert(Image.new("RGB", size, (90, 80, 70)))
    assert measure_frame(lab) == 0
    assert measure_bar(lab) <= 1
    assert measure_text(lab[..., 0]) == 0
