"""One reading: measures, look and the tables a JPEG was saved with; what cannot be read is refused."""

from __future__ import annotations

from dataclasses import asdict

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFilter, ImageOps

from audit.faults import FAULTS, SOUND, add_colour_bar, print_in_sepia
from audit.pictures import SIZE, draw_picture
from morelli.audit.inspection import (
    MEASURES,
    _measure_bar,
    _measure_frame,
    _measure_text,
    _Measures,
    inspect_picture,
    measure_picture,
)
from morelli.collection.duplicates.looks import take_look
from morelli.errors import PictureError


def test_a_file_tells_what_its_pixels_tell(tmp_path):
    image = draw_picture(0)
    image.save(tmp_path / "work.png")
    found = inspect_picture(tmp_path / "work.png")
    assert found.measures == measure_picture(image)
    assert found.look.descriptors.tobytes() == take_look(image).descriptors.tobytes()
    assert (found.luma_table, found.chroma_table) == (0, 0)


def test_the_finer_a_jpeg_was_saved_the_smaller_its_tables(tmp_path):
    tables = []
    for quality in (95, 75, 40):
        draw_picture(0).save(tmp_path / "work.jpg", quality=quality)
        found = inspect_picture(tmp_path / "work.jpg")
        tables.append((found.luma_table, found.chroma_table))
    assert tables == sorted(tables)
    assert tables[0][0] > 0
    assert tables[0][1] > 0


def test_a_grey_jpeg_has_a_table_of_lightness_only(tmp_path):
    draw_picture(0).convert("L").save(tmp_path / "work.jpg")
    found = inspect_picture(tmp_path / "work.jpg")
    assert found.luma_table > 0
    assert found.chroma_table == 0


def test_a_row_holds_every_measure_and_both_tables(tmp_path):
    draw_picture(0).save(tmp_path / "work.jpg")
    assert tuple(inspect_picture(tmp_path / "work.jpg").to_row()) == (*MEASURES, "luma_table", "chroma_table")


@pytest.mark.parametrize("content", [None, b"", b"not a picture"])
def test_what_is_no_picture_any_more_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "work.jpg").write_bytes(content)
    with pytest.raises(PictureError):
        inspect_picture(tmp_path / "work.jpg")


def test_a_picture_over_the_pixel_cap_is_refused(tmp_path):
    draw_picture(0).save(tmp_path / "work.png")
    with pytest.raises(PictureError):
        inspect_picture(tmp_path / "work.png", max_pixels=1000)


# Margins: edges, patches and writing on whichever side they are, and none where there is only paint.


def convert(image: Image.Image) -> np.ndarray:
    pixels = np.asarray(image.convert("RGB"), dtype=np.float32) / 255
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)


def turn(pixels: np.ndarray, quarters: int) -> np.ndarray:
    return np.ascontiguousarray(np.rot90(pixels, quarters))


@pytest.mark.parametrize("seed", range(6))
def test_paint_alone_has_no_margins(seed):
    lab = convert(draw_picture(seed, (480, 400)))
    assert _measure_frame(lab) == 0
    assert _measure_bar(lab) < 5
    assert _measure_text(lab[..., 0] * 2.55) < 0.6


@pytest.mark.parametrize("borders", [(30, 0, 0, 0), (0, 0, 0, 30), (30, 0, 30, 0), (30, 30, 30, 30)])
def test_a_frame_is_counted_by_its_sides(borders):
    framed = ImageOps.expand(SOUND, borders, (40, 25, 15))
    assert _measure_frame(convert(framed)) == sum(side > 0 for side in borders)


def test_an_edge_in_the_middle_of_a_picture_is_no_frame():
    pixels = np.asarray(SOUND).copy()
    pixels[pixels.shape[0] // 2 :] //= 3
    assert _measure_frame(convert(Image.fromarray(pixels))) == 0


@pytest.mark.parametrize("quarters", range(4))
def test_a_colour_bar_is_found_along_every_border(quarters):
    assert _measure_bar(turn(convert(add_colour_bar(SOUND)), quarters)) == 8


def test_patches_of_one_colour_are_no_colour_bar():
    lab = np.full((200, 200, 3), (60, 10, 10), dtype=np.float32)
    assert _measure_bar(lab) == 0
    assert _measure_frame(lab) == 0


def test_patches_that_stand_apart_are_not_in_one_row():
    lab = convert(draw_picture(0, (400, 400)))
    for place in range(6):
        lab[:48, 66 * place : 66 * place + 20] = (10 + 15 * place, 60 - 20 * place, 20 * place - 50)
    assert _measure_bar(lab) < 6


@pytest.mark.parametrize("quarters", range(4))
def test_writing_is_found_along_every_border(quarters):
    grey = turn(np.asarray(FAULTS["caption"][0].convert("L"), dtype=np.float32), quarters)
    assert _measure_text(grey) >= 0.7


def test_a_border_without_writing_is_not_text():
    empty = ImageOps.expand(SOUND, (0, 0, 0, 60), "white")
    assert _measure_text(np.asarray(empty.convert("L"), dtype=np.float32)) < 0.5


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (20, 500), SIZE])
def test_even_the_smallest_picture_has_measures(size):
    lab = convert(Image.new("RGB", size, (90, 80, 70)))
    assert _measure_frame(lab) == 0
    assert _measure_bar(lab) <= 1
    assert _measure_text(lab[..., 0]) == 0


# Measures: each against a value that can be said beforehand, and finite whatever the picture.


def test_one_plain_colour_has_its_own_mean_and_nothing_else():
    found = measure_picture(Image.new("RGB", (100, 80), (255, 0, 0)))
    assert (found.mean_l, found.mean_a, found.mean_b) == pytest.approx((53.24, 80.09, 67.20), abs=0.1)
    assert (found.edge_l, found.edge_a, found.edge_b) == pytest.approx((53.24, 80.09, 67.20), abs=0.1)
    nothing = (found.sharpness, found.contrast, found.edge_spread, found.text_share)
    assert nothing == pytest.approx((0, 0, 0, 0), abs=1e-3)
    assert found.colour_spread == pytest.approx(0, abs=1e-2)
    assert found.frame_sides == 0


def test_contrast_of_two_halves_is_half_their_distance():
    pixels = np.zeros((128, 128, 3), dtype=np.uint8)
    pixels[:, 64:] = 255
    assert measure_picture(Image.fromarray(pixels)).contrast == pytest.approx(127.5, abs=0.5)


def test_the_edge_is_the_outermost_part_only():
    pixels = np.full((200, 200, 3), 255, dtype=np.uint8)
    pixels[8:-8, 8:-8] = 0
    found = measure_picture(Image.fromarray(pixels))
    assert found.edge_l == pytest.approx(100, abs=0.1)
    assert found.edge_spread == pytest.approx(0, abs=0.01)
    assert found.mean_l < 20


def test_the_more_it_is_blurred_the_less_sharp_it_is():
    blurred = [SOUND.filter(ImageFilter.GaussianBlur(radius)) for radius in (0, 1, 2, 4, 8)]
    sharpness = [measure_picture(image).sharpness for image in blurred]
    assert sharpness == sorted(sharpness, reverse=True)
    assert sharpness[0] > 10 * sharpness[-1]


def test_one_ink_has_no_spread_of_colours_however_tinted():
    assert measure_picture(SOUND.convert("L")).colour_spread < 0.1
    assert measure_picture(print_in_sepia(SOUND)).colour_spread < 1.5
    assert measure_picture(SOUND).colour_spread > 10


def test_larger_pictures_are_measured_at_one_size():
    large, larger = (measure_picture(SOUND.resize((side, side))) for side in (1024, 2048))
    assert large.contrast == pytest.approx(larger.contrast, rel=0.02)
    assert large.sharpness == pytest.approx(larger.sharpness, rel=0.1)


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (3000, 4)])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_every_picture_has_finite_measures(size, mode):
    found = measure_picture(Image.new(mode, size))
    assert all(np.isfinite(value) for value in asdict(found).values())


def test_the_same_picture_has_the_same_measures():
    assert measure_picture(SOUND) == measure_picture(SOUND.copy())
    assert tuple(asdict(measure_picture(SOUND))) == MEASURES
    assert isinstance(measure_picture(SOUND), _Measures)
