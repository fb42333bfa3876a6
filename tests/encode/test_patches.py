"""Patches: pooled windows equal loops over positions, and one window over everything is the picture."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from morelli.encode.encoder import Encoder
from morelli.encode.grid import Grid
from morelli.encode.local_pooling import cover_positions, pool_windows
from morelli.encode.root_covariance import measure_covariance, take_root
from morelli.encode.spec import parse_encoder
from morelli.errors import EncoderError

from .networks import CPU, draw_pixels, save_weights

PICTURE = draw_pixels(120, 90)


@pytest.fixture(scope="module")
def resnet(tmp_path_factory):
    return save_weights(tmp_path_factory.mktemp("weights") / "resnet.safetensors", "test_resnet")


@pytest.fixture(scope="module")
def vit(tmp_path_factory):
    return save_weights(tmp_path_factory.mktemp("weights") / "vit.safetensors", "test_vit")


def pool_slowly(layer: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Pool (c, h, w) position by position with weights (h, w) that sum to 1."""
    mean = np.zeros(len(layer))
    for y, x in np.ndindex(weights.shape):
        mean += weights[y, x] * layer[:, y, x]
    square = np.zeros(len(layer))
    for y, x in np.ndindex(weights.shape):
        square += weights[y, x] * (layer[:, y, x] - mean) ** 2
    return np.concatenate([mean, np.sqrt(square)])


def test_windows_are_pooled_as_by_hand():
    maps = torch.randn(2, 3, 5, 4, generator=torch.Generator().manual_seed(0)) + 7
    sides = Grid(3, 0.45).intervals()
    pooled = pool_windows(maps, sides, sides, pooling="mean+std").numpy()
    down, across = cover_positions(sides, 5), cover_positions(sides, 4)
    assert pooled.shape == (2, 3, 3, 6)
    for n, row, column in np.ndindex(2, 3, 3):
        expected = pool_slowly(maps[n].numpy(), np.outer(down[row], across[column]))
        np.testing.assert_allclose(pooled[n, row, column], expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(pool_windows(maps, sides, sides, pooling="mean"), pooled[..., :3])


def test_covariances_within_windows_are_those_of_the_positions_they_show():
    maps = torch.rand(2, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    halves = np.array([[0.0, 0.5], [0.5, 1.0]])
    pooled = pool_windows(maps, halves, halves, pooling="mean+std+covariance")
    assert pooled.shape == (2, 2, 2, 3 + 3 + 6)
    np.testing.assert_array_equal(pooled[..., :6], pool_windows(maps, halves, halves, pooling="mean+std"))
    for row, column in np.ndindex(2, 2):
        seen = maps[:, :, 3 * row : 3 * row + 3, 3 * column : 3 * column + 3].flatten(2)
        expected = take_root(measure_covariance(seen))
        np.testing.assert_allclose(pooled[:, row, column, 6:], expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("pooling", ["mean+std", "mean", "mean+std+covariance"])
def test_one_window_over_everything_is_the_pooled_vector(resnet, vit, pooling):
    encoder = Encoder(
        parse_encoder(
            "test_resnet+test_vit", weights=[resnet, vit], layers=["layer1,layer2", "blocks.1"],
            pooling=pooling, size_px=160, crop="squash",
        ),
        CPU,
    )  # fmt: skip
    patches = encoder.encode_patches(PICTURE, Grid(1, 1.0))
    np.testing.assert_allclose(patches.vectors, encoder.encode_images([PICTURE]), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", ["test_resnet", "test_vit"])
def test_parts_without_positions_look_at_tiles(resnet, vit, name):
    weights = resnet if name == "test_resnet" else vit
    encoder = Encoder(parse_encoder(name, weights=[weights], crop="squash"), CPU)
    patches = encoder.encode_patches(PICTURE, Grid(2, 0.5))
    boxes = [area.to_pixels(120, 90) for area in patches.areas]
    assert boxes == [(0, 0, 60, 45), (60, 0, 120, 45), (0, 45, 60, 90), (60, 45, 120, 90)]
    tiles = encoder.encode_images([PICTURE.crop(box) for box in boxes])
    np.testing.assert_allclose(patches.vectors, tiles, rtol=1e-3, atol=1e-4)


def test_descriptors_look_at_tiles():
    encoder = Encoder(parse_encoder("descriptors"), CPU)
    patches = encoder.encode_patches(PICTURE, Grid(1, 1.0))
    np.testing.assert_array_equal(patches.vectors, encoder.encode_images([PICTURE]))


def test_parts_keep_to_what_all_of_them_see(resnet):
    encoder = Encoder(
        parse_encoder("test_resnet+descriptors", weights=[resnet], layers=["layer1"], size_px=64), CPU
    )
    area = encoder.find_area(120, 90)
    assert area == encoder.card.parts[0].transform.find_area(120, 90)
    assert area.right - area.left < 0.8
    assert encoder.encode_patches(PICTURE, Grid(1, 1.0)).areas == (area,)


def test_decoded_pictures_have_the_vectors_of_their_files(resnet, tmp_path):
    encoder = Encoder(parse_encoder("test_resnet+descriptors", weights=[resnet], layers=["layer1"]), CPU)
    PICTURE.save(tmp_path / "a.png")
    opened = encoder.open_picture(tmp_path / "a.png")
    assert (opened.width, opened.height) == (120, 90)
    np.testing.assert_array_equal(
        encoder.encode_images([opened.image]), encoder.encode_files([tmp_path / "a.png"])
    )


def test_a_random_encoder_is_another_and_the_same_each_time(resnet):
    encoder = Encoder(parse_encoder("test_resnet", weights=[resnet], layers=["layer1"], size_px=32), CPU)
    state = torch.random.get_rng_state()
    one, again, other = (encoder.randomise(seed).encode_images([PICTURE]) for seed in (1, 1, 2))
    assert torch.equal(state, torch.random.get_rng_state())
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 1e-3
    assert np.abs(one - encoder.encode_images([PICTURE])).max() > 1e-3


def test_tokens_that_form_no_square_are_refused(vit):
    encoder = Encoder(
        parse_encoder("test_vit", weights=[vit], layers=["blocks.1"], pooling="mean", size_px=160), CPU
    )
    (backbone,) = encoder._backbones
    with pytest.raises(EncoderError, match="positions that form a square, found 7 tokens"):
        backbone.features._to_map(torch.zeros(1, 8, 4))
