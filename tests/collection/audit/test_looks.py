"""Looks: features that a mirrored picture has too, in another order, and always the same ones."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from collection.audit.pictures import draw_picture, mirror
from morelli.collection.audit.looks import MIRROR_ORDER, N_FEATURES, THUMBNAIL_PX, Look, take_look


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
    assert 50 < len(look.points) <= N_FEATURES
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
