"""Windows over areas of pictures: where they lie, by hand and as properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from morelli.encode.transform import Transform
from morelli.encode.views import _MAX_CROPS, Area, Grid, cut_crops, locate_intervals
from morelli.errors import UsageError


def test_windows_by_hand():
    areas = Grid(n_cells=2, window=0.6).areas()
    assert [(round(one.left, 3), round(one.top, 3)) for one in areas] == [
        (0, 0),
        (0.4, 0),
        (0, 0.4),
        (0.4, 0.4),
    ]
    assert areas[3].to_pixels(10, 20) == (4, 8, 10, 20)


def test_overlap_by_hand():
    assert Area(0, 0, 0.5, 1).overlap(Area(0.25, 0, 0.75, 1)) == pytest.approx(1 / 3)
    assert Area(0, 0, 0.5, 0.5).overlap(Area(0.5, 0.5, 1, 1)) == 0
    assert Area(0, 0, 0.5, 0.5).overlap(Area(0, 0, 0.5, 0.5)) == 1


@given(n=st.integers(1, 12), window=st.floats(0.05, 1), width=st.integers(1, 500), height=st.integers(1, 500))
def test_windows_stay_inside_and_hold_a_pixel(n, window, width, height):
    for area in Grid(n, window).areas():
        left, top, right, bottom = area.to_pixels(width, height)
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height


@pytest.mark.parametrize("size", [(200, 100), (100, 200), (64, 64), (7000, 100)])
@pytest.mark.parametrize("fraction", [1.0, 0.875])
def test_the_area_of_a_centre_crop_is_what_the_square_shows(size, fraction):
    """A ramp along each side tells where the first and the last pixel of the square came from."""
    transform = Transform(size_px=56, crop_fraction=fraction, interpolation="bilinear")
    area = transform.find_area(*size)
    for axis in (0, 1):
        ramp = np.linspace(0, 255, size[axis])
        pixels = np.broadcast_to(ramp if axis == 0 else ramp[:, None], size[::-1]).astype(np.uint8)
        square = transform.apply(Image.fromarray(np.repeat(pixels[..., None], 3, axis=2)))
        line = square[:, :, 0].mean(axis=axis) / 255
        ends = (area.left, area.right) if axis == 0 else (area.top, area.bottom)
        assert line[0] == pytest.approx(ends[0], abs=0.03)
        assert line[-1] == pytest.approx(ends[1], abs=0.03)


def test_a_window_is_found_again_within_what_is_seen():
    down, across = locate_intervals(Grid(1, 1.0), Area(0.25, 0, 0.75, 1), Area(0, 0, 1, 1))
    assert (down.tolist(), across.tolist()) == ([[0, 1]], [[0.25, 0.75]])


# Crops: where they lie, and how large they are, whatever the size of the picture.


def test_corners_then_the_middle():
    pixels = np.arange(10 * 20, dtype=np.uint8).reshape(10, 20)
    crops = [np.asarray(crop) for crop in cut_crops(Image.fromarray(pixels), 5)]
    starts = [(0, 0), (2, 4), (0, 4), (2, 0), (1, 2)]
    for crop, (top, left) in zip(crops, starts, strict=True):
        np.testing.assert_array_equal(crop, pixels[top : top + 8, left : left + 16])


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, _MAX_CROPS))
def test_every_picture_has_crops_within_it(width, height, n_crops):
    crops = cut_crops(Image.new("RGB", (width, height)), n_crops)
    assert len(crops) == n_crops
    assert {crop.size for crop in crops} <= {(max(1, round(0.8 * width)), max(1, round(0.8 * height)))}


@pytest.mark.parametrize("n_crops", [-1, 6])
def test_other_numbers_are_refused(n_crops):
    with pytest.raises(UsageError, match="--crops: expected a number from 0 to 5"):
        cut_crops(Image.new("RGB", (9, 9)), n_crops)
