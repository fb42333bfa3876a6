"""Looks: features that a mirrored picture has too, in another order, and always the same ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from audit.pictures import cut, draw_picture, mirror
from morelli.collection.duplicates.looks import (
    _MIN_CORRELATION,
    _MIN_INLIERS,
    _N_FEATURES,
    MIRROR_ORDER,
    THUMBNAIL_PX,
    Look,
    align_looks,
    take_look,
)


def share_found(left: Look, right: Look) -> float:
    """Return the share of features that have a near equal at the same place in another look."""
    apart = np.linalg.norm(left.points[:, None] - right.points[None], axis=2)
    differ = np.linalg.norm(left.descriptors[:, None].astype(float) - right.descriptors[None], axis=2)
    return float(((apart < 0.015) & (differ < 150)).any(axis=1).mean())


@pytest.fixture(scope="module")
def look() -> Look:
    return take_look(draw_picture(0))


def test_the_mirrored_look_is_that_of_the_mirrored_picture(look):
    found = take_look(mirror(draw_picture(0)))
    assert share_found(look.mirror(), found) > 0.7
    assert share_found(look, found) < 0.05
    assert np.corrcoef(look.mirror().thumbnail.ravel(), found.thumbnail.ravel())[0, 1] > 0.98
    assert np.corrcoef(look.thumbnail.ravel(), found.thumbnail.ravel())[0, 1] < 0.8


def test_places_alone_do_not_make_a_mirror_image(look):
    moved = Look(look.mirror().points, look.descriptors, look.aspect, look.thumbnail)
    assert share_found(moved, take_look(mirror(draw_picture(0)))) < 0.1


def test_mirrored_twice_is_the_same(look):
    twice = look.mirror().mirror()
    np.testing.assert_allclose(twice.points, look.points, atol=1e-6)
    np.testing.assert_array_equal(twice.descriptors, look.descriptors)
    np.testing.assert_array_equal(np.sort(MIRROR_ORDER), np.arange(128))


def test_the_same_picture_gives_the_same_look(look):
    again = take_look(draw_picture(0))
    np.testing.assert_array_equal(again.points, look.points)
    np.testing.assert_array_equal(again.descriptors, look.descriptors)
    np.testing.assert_array_equal(again.thumbnail, look.thumbnail)


def test_shapes_and_ranges(look):
    assert look.points.dtype == np.float32
    assert look.descriptors.dtype == np.uint8
    assert look.points.shape == (len(look.descriptors), 2)
    assert 50 < len(look.points) <= _N_FEATURES
    assert look.points.min() >= 0
    assert look.points.max() <= 1
    assert look.aspect == pytest.approx(1.2)
    assert look.thumbnail.shape == (THUMBNAIL_PX, THUMBNAIL_PX)


@pytest.mark.parametrize("size", [(200, 160), (1, 1), (400, 3)])
def test_a_blank_picture_has_no_features(size):
    blank = take_look(Image.new("RGB", size, (120, 110, 90)))
    assert blank.points.shape == (0, 2)
    assert blank.descriptors.shape == (0, 128)
    assert blank.mirror().descriptors.shape == (0, 128)
    assert blank.thumbnail.std() == 0


def test_a_picture_in_grey_has_the_same_look_as_in_colour(look):
    grey = take_look(draw_picture(0).convert("L"))
    np.testing.assert_array_equal(grey.descriptors, look.descriptors)


# Alignment: a known map is recovered, and nothing else is taken for one.

BOX = (0.1, 0.2, 0.7, 0.8)
"""60 % of each side, which is 36 % of the picture."""


def test_a_picture_lies_on_itself(look):
    found = align_looks(look, look)
    assert found.left_share == found.right_share == 1
    assert found.correlation == pytest.approx(1, abs=1e-3)
    assert found.turn == pytest.approx(0, abs=0.1)
    assert found.inliers > 50


def test_a_cut_shows_its_share(look):
    found = align_looks(look, take_look(cut(draw_picture(0), *BOX)))
    assert found.left_share == pytest.approx(0.36, abs=0.03)
    assert found.right_share > 0.95
    assert found.correlation > 0.95
    assert found.turn < 1


@pytest.mark.parametrize("size", [(120, 100), (700, 600), (240, 150)])
def test_another_size_shows_all(look, size):
    found = align_looks(look, take_look(draw_picture(0).resize(size)))
    assert min(found.left_share, found.right_share) > 0.95
    assert found.correlation > 0.95


@pytest.mark.parametrize("degrees", [3, -8])
def test_a_turn_is_told(look, degrees):
    turned = draw_picture(0).rotate(degrees, Image.Resampling.BICUBIC, fillcolor=(128, 128, 128))
    found = align_looks(look, take_look(turned))
    assert found.turn == pytest.approx(abs(degrees), abs=1)
    assert found.correlation > 0.85


def test_two_cuts_of_one_picture_share_their_overlap():
    left, right = (take_look(cut(draw_picture(0), *box)) for box in ((0, 0, 0.7, 1), (0.3, 0, 1, 1)))
    found = align_looks(left, right)
    assert found.left_share == pytest.approx(4 / 7, abs=0.04)
    assert found.right_share == pytest.approx(4 / 7, abs=0.04)


@pytest.mark.parametrize("box", [BOX, (0, 0, 1, 1), (0, 0, 0.6, 1)])
def test_exchanged_pictures_exchange_their_shares(look, box):
    other = take_look(cut(draw_picture(0), *box))
    there, back = align_looks(look, other), align_looks(other, look)
    assert there.left_share == pytest.approx(back.right_share, abs=0.03)
    assert there.right_share == pytest.approx(back.left_share, abs=0.03)
    assert there.correlation == pytest.approx(back.correlation, abs=0.05)


@pytest.mark.parametrize("seed", range(1, 8))
def test_different_pictures_do_not_lie_on_each_other(look, seed):
    other = take_look(draw_picture(seed))
    assert align_looks(look, other) is None
    assert align_looks(look, other.mirror()) is None


def test_a_mirror_image_is_found_by_the_mirrored_look_only(look):
    other = take_look(mirror(draw_picture(0)))
    assert align_looks(look, other) is None
    found = align_looks(look, other.mirror())
    assert min(found.left_share, found.right_share) > 0.97
    assert found.correlation > 0.95


def test_too_few_features_are_no_evidence(look):
    n = _MIN_INLIERS - 1
    few = replace(look, points=look.points[:n], descriptors=look.descriptors[:n])
    assert align_looks(look, few) is None
    assert align_looks(few, look) is None
    blank = take_look(Image.new("RGB", (200, 160)))
    assert align_looks(blank, blank) is None


def test_features_alone_are_not_enough_where_the_grey_differs(look):
    other = replace(look, thumbnail=take_look(draw_picture(1)).thumbnail)
    assert align_looks(look, other) is None
    assert align_looks(look, replace(look, thumbnail=255 - look.thumbnail)) is None


def test_a_shared_caption_is_not_a_shared_painting(look):
    """A fifth of both pictures is the same; all the rest is not."""
    caption = draw_picture(9, (240, 50))
    twins = [draw_picture(seed).copy() for seed in (0, 1)]
    for image in twins:
        image.paste(caption, (0, 150))
    found = align_looks(*map(take_look, twins))
    assert found is None or found.correlation < _MIN_CORRELATION
