"""Windows over areas of pictures: where they lie, by hand and as properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from morelli.encode.grid import Area, Grid, locate_intervals
from morelli.encode.transform import Transform


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
