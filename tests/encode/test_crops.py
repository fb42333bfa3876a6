"""Crops: where they lie, and how large they are, whatever the size of the picture."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from morelli.encode.crops import MAX_CROPS, cut_crops
from morelli.errors import UsageError


def test_corners_then_the_middle():
    pixels = np.arange(10 * 20, dtype=np.uint8).reshape(10, 20)
    crops = [np.asarray(crop) for crop in cut_crops(Image.fromarray(pixels), 5)]
    starts = [(0, 0), (2, 4), (0, 4), (2, 0), (1, 2)]
    for crop, (top, left) in zip(crops, starts, strict=True):
        np.testing.assert_array_equal(crop, pixels[top : top + 8, left : left + 16])


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, MAX_CROPS))
def test_every_picture_has_crops_within_it(width, height, n_crops):
    crops = cut_crops(Image.new("RGB", (width, height)), n_crops)
    assert len(crops) == n_crops
    assert {crop.size for crop in crops} <= {(max(1, round(0.8 * width)), max(1, round(0.8 * height)))}


@pytest.mark.parametrize("n_crops", [-1, 6])
def test_other_numbers_are_refused(n_crops):
    with pytest.raises(UsageError, match="--crops: expected a number from 0 to 5"):
        cut_crops(Image.new("RGB", (9, 9)), n_crops)
