"""The whole vector: named, finite for any picture, the same every time, without torch."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.encode.descriptors import (
    DESCRIPTOR_NAMES,
    DESCRIPTORS_VERSION,
    N_DIMENSIONS,
    PICTURE_SIZE_PX,
    describe_picture,
)
from morelli.encode.descriptors.canvas import stretch_canvas
from morelli.encode.descriptors.vector import _BLOCKS
from morelli.errors import PictureError


@st.composite
def pictures(draw: st.DrawFn) -> np.ndarray:
    """Pictures of any shape: blank, of two colours, or noise."""
    height, width = (draw(st.integers(1, 400)) for _ in range(2))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    colours = rng.integers(0, 256, (draw(st.sampled_from([1, 2, 256])), 3)).astype(np.uint8)
    return colours[rng.integers(0, len(colours), (height, width))]


def test_every_number_has_a_name_of_its_own():
    assert N_DIMENSIONS == len(DESCRIPTOR_NAMES) == len(set(DESCRIPTOR_NAMES))
    assert 300 <= N_DIMENSIONS <= 1000
    assert PICTURE_SIZE_PX >= 1
    assert DESCRIPTORS_VERSION


@pytest.mark.parametrize(("names", "measure"), _BLOCKS, ids=[measure.__name__ for _, measure in _BLOCKS])
def test_names_match_dimensions_block_by_block(names, measure):
    canvas = stretch_canvas(np.random.default_rng(0).integers(0, 256, (50, 70, 3)).astype(np.uint8))
    numbers = measure(canvas)
    assert numbers.shape == (len(names),)
    assert numbers.dtype == np.float32
    assert len({name.partition(".")[0] for name in names}) == 1


@settings(max_examples=40, deadline=None)
@given(pictures())
def test_any_picture_gives_the_same_finite_numbers_twice(picture):
    before = picture.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first = describe_picture(picture)
    assert first.shape == (N_DIMENSIONS,)
    assert first.dtype == np.float32
    assert np.isfinite(first).all()
    assert np.array_equal(first, describe_picture(picture))
    assert np.array_equal(picture, before)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9000), (9000, 1), (2, 3), (63, 4000)])
@pytest.mark.parametrize("value", [0, 1, 255])
def test_extreme_shapes_are_finite_without_warnings(shape, value):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isfinite(describe_picture(np.full((*shape, 3), value, np.uint8))).all()


def test_views_are_read_like_copies():
    picture = np.random.default_rng(0).integers(0, 256, (90, 120, 3)).astype(np.uint8)
    for view in (picture[:, ::-1], picture[..., ::-1], picture[::2, ::3], picture.transpose(1, 0, 2)):
        assert np.array_equal(describe_picture(view), describe_picture(view.copy()))


def test_the_size_of_a_scan_hardly_matters():
    tiles = np.random.default_rng(0).integers(0, 256, (28, 28, 3)).astype(np.uint8)
    small = describe_picture(np.kron(tiles, np.ones((8, 8, 1), np.uint8)))
    large = describe_picture(np.kron(tiles, np.ones((32, 32, 1), np.uint8)))
    assert np.allclose(small, large, atol=0.02)


def test_what_is_no_picture_is_refused():
    with pytest.raises(PictureError, match="decode it to 8-bit RGB first"):
        describe_picture(np.zeros((5, 5), np.uint8))


def test_the_page_gives_every_block_its_size():
    page = (Path(__file__).parents[3] / "docs" / "descriptors.md").read_text("utf-8")
    for names, _ in _BLOCKS:
        assert f"| `{names[0].partition('.')[0]}` | {len(names)} |" in page
    assert f"as {N_DIMENSIONS} measurements" in page


def test_torch_is_not_imported():
    code = "import sys, morelli.encode.descriptors; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
