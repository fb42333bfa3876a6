"""Alignment: a known map is recovered, and nothing else is taken for one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from collection.audit.pictures import cut, draw_picture, mirror
from morelli.collection.audit.alignment import MIN_CORRELATION, MIN_INLIERS, align_looks
from morelli.collection.audit.looks import Look, take_look

BOX = (0.1, 0.2, 0.7, 0.8)
"""60 % of each side, which is 36 % of the picture."""


@pytest.fixture(scope="module")
def look() -> Look:
    return take_look(draw_picture(0))


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
    n = MIN_INLIERS - 1
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
    assert found is None or found.correlation < MIN_CORRELATION
