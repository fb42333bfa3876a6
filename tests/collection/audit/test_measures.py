"""Measures: each against a value that can be said beforehand, and finite whatever the picture."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
from PIL import Image, ImageFilter

from collection.audit.faults import SOUND, print_in_sepia
from morelli.collection.audit.measures import MEASURES, Measures, measure_picture


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
    assert isinstance(measure_picture(SOUND), Measures)
