"""What is seen follows from seed, epoch, work and copy alone, and stays within the numbers asked for."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from encode.networks import draw_pixels
from morelli.encode.transform import Transform
from morelli.learn.network.inputs import Augmenter, _derive_seed
from morelli.learn.recipe import Augmentation

CENTRE = Transform(size_px=32, crop_fraction=0.8)
SQUASH = replace(CENTRE, crop_fraction=1.0, crop_mode="squash")
ALL = Augmentation(
    flip=True,
    rotate_degrees=30,
    least_area=0.5,
    least_ratio=0.7,
    shear_degrees=10,
    shift=0.1,
    brightness=0.2,
    contrast=0.2,
    saturation=0.2,
)


def see(augmentation: Augmentation, transform: Transform = CENTRE, **place: int) -> np.ndarray:
    augmenter = Augmenter(augmentation, transform, seed=place.pop("seed", 0))
    return augmenter.apply(draw_pixels(), "a", **{"copy": 0, "epoch": 0, **place})


@pytest.mark.parametrize("transform", [CENTRE, SQUASH])
def test_the_same_place_gives_the_same_square_whatever_was_drawn_before(transform):
    augmenter = Augmenter(ALL, transform, seed=0)
    picture = draw_pixels()
    first = augmenter.apply(picture, "a", copy=1, epoch=2)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    augmenter.apply(picture, "b", copy=0, epoch=0)
    np.testing.assert_array_equal(augmenter.apply(picture, "a", copy=1, epoch=2), first)
    assert torch.equal(torch.get_rng_state(), before)
    assert first.shape == (32, 32, 3)
    assert first.dtype == np.uint8


def test_other_processes_see_the_same():
    augmenter = Augmenter(ALL, CENTRE, seed=0)
    sent = pickle.loads(pickle.dumps(augmenter))  # noqa: S301 - our own bytes
    here, there = (each.apply(draw_pixels(), "a", copy=0, epoch=0) for each in (augmenter, sent))
    np.testing.assert_array_equal(here, there)


@pytest.mark.parametrize("place", [{"seed": 1}, {"epoch": 1}, {"copy": 1}])
def test_another_place_gives_another_square(place):
    assert not np.array_equal(see(ALL, **place), see(ALL))


def test_seeds_differ_by_work_epoch_copy_and_seed():
    places = [
        (seed, epoch, work, copy) for seed in (0, 1) for epoch in (0, 1) for work in "ab" for copy in (0, 1)
    ]
    seeds = {_derive_seed(*place) for place in places}
    assert len(seeds) == len(places)
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert _derive_seed(1, 1, "1", 1) != _derive_seed(1, 11, "", 1)


@pytest.mark.parametrize("transform", [CENTRE, SQUASH])
def test_without_augmentation_the_square_is_that_of_the_transform(transform):
    np.testing.assert_array_equal(see(Augmentation(), transform), transform.apply(draw_pixels()))


def test_every_other_picture_is_mirrored_where_that_is_asked_for():
    plain = CENTRE.apply(draw_pixels())
    squares = [see(Augmentation(flip=True), epoch=epoch) for epoch in range(40)]
    mirrored = [np.array_equal(square, plain[:, ::-1]) for square in squares]
    whole = [np.array_equal(square, plain) for square in squares]
    assert 10 < sum(mirrored) < 30
    assert sum(mirrored) + sum(whole) == 40


def test_a_turn_keeps_the_middle_and_brings_in_no_black_corner():
    white = Image.new("RGB", (64, 64), (200, 150, 100))
    augmenter = Augmenter(Augmentation(rotate_degrees=180, shift=0.2), CENTRE, seed=0)
    for epoch in range(10):
        square = augmenter.apply(white, "a", copy=0, epoch=epoch)
        assert (np.abs(square.astype(int) - (200, 150, 100)) <= 1).all()


def test_a_shift_moves_by_no_more_than_asked_for():
    dot = np.zeros((32, 32, 3), dtype=np.uint8)
    dot[15:17, 15:17] = 255
    augmenter = Augmenter(Augmentation(shift=0.2), replace(CENTRE, crop_fraction=1.0), seed=0)
    moves = []
    for epoch in range(40):
        square = augmenter.apply(Image.fromarray(dot), "a", copy=0, epoch=epoch)
        down, across = (np.average(np.indices((32, 32))[axis], weights=square[..., 0]) for axis in (0, 1))
        moves.append((down - 15.5, across - 15.5))
    assert 0.12 * 32 < np.abs(moves).max() <= 0.2 * 32 + 1


def test_crops_keep_at_least_the_share_asked_for():
    """Of a picture whose brightness is its column, the range that is seen says how wide the crop was."""
    ramp = np.repeat(np.tile(np.linspace(0, 255, 256), (256, 1))[:, :, None], 3, axis=2).astype(np.uint8)
    augmenter = Augmenter(Augmentation(least_area=0.25), SQUASH, seed=0)
    widths = []
    for epoch in range(40):
        square = augmenter.apply(Image.fromarray(ramp), "a", copy=0, epoch=epoch).astype(int)
        widths.append((square.max() - square.min()) / 255)
    assert 0.45 <= min(widths) < 0.65
    assert max(widths) > 0.8
    assert augmenter.side_px == 64
