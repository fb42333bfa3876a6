"""The encoder as a whole: parts side by side, its card and fingerprint, skips, and what it loads."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from encode.networks import CPU, draw_pixels, save_weights, write_pictures
from morelli.encode.encoder import Encoder
from morelli.encode.pooling import _cover_positions, measure_covariance, pool_windows, take_root
from morelli.encode.spec import EncoderCard, PartSpec, parse_encoder
from morelli.encode.views import Grid
from morelli.errors import EncoderError, FingerprintError, PictureError


@pytest.fixture(scope="module")
def resnet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_weights(tmp_path_factory.mktemp("weights") / "resnet.safetensors", "test_resnet")


@pytest.fixture(scope="module")
def vit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_weights(tmp_path_factory.mktemp("weights") / "vit.pth", "test_vit")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_pictures(tmp_path_factory.mktemp("pictures"), 5)


def build(resnet: Path, **options: object) -> Encoder:
    settings = options.pop("settings", CPU)
    asked = {"layers": ["layer1"], "size_px": 64, **options}
    return Encoder(parse_encoder("test_resnet", weights=[resnet], **asked), settings)


def test_joined_parts_are_the_parts_side_by_side(resnet, vit, pictures):
    joined = Encoder(
        parse_encoder(
            "test_resnet+descriptors+test_vit", weights=[resnet, vit], layers=["layer1", "blocks.1"]
        ),
        CPU,
    )
    alone = [
        Encoder(parse_encoder("test_resnet", weights=[resnet], layers=["layer1"]), CPU),
        Encoder(parse_encoder("descriptors"), CPU),
        Encoder(parse_encoder("test_vit", weights=[vit], layers=["blocks.1"]), CPU),
    ]
    vectors = joined.encode_files(pictures[:2])
    np.testing.assert_array_equal(vectors, np.hstack([one.encode_files(pictures[:2]) for one in alone]))
    assert joined.card.dimension == vectors.shape[1] == sum(one.card.dimension for one in alone)
    assert joined.card.name == "test_resnet[layer1]+descriptors+test_vit[blocks.1]"


def test_the_order_of_the_parts_changes_the_fingerprint(resnet):
    there, back = (
        Encoder(parse_encoder(name, weights=[resnet], layers=["layer1"]), CPU).card.fingerprint
        for name in ("test_resnet+descriptors", "descriptors+test_resnet")
    )
    assert there != back


@pytest.mark.parametrize(
    "change",
    [
        {"layers": ["layer2"]},
        {"layers": ["layer1,layer2"]},
        {"layers": ()},
        {"size_px": 80},
        {"mean": 0.4},
        {"std": 0.4},
        {"pooling": "mean"},
        {"crop": "squash"},
    ],
)
def test_whatever_changes_a_vector_changes_the_fingerprint(resnet, change):
    assert build(resnet, **change).card.fingerprint != build(resnet).card.fingerprint


def test_other_weights_change_the_fingerprint_and_where_they_lie_does_not(resnet, tmp_path):
    fingerprint = build(resnet).card.fingerprint
    assert (
        build(save_weights(tmp_path / "other.safetensors", "test_resnet", seed=1)).card.fingerprint
        != fingerprint
    )
    (tmp_path / "moved.safetensors").write_bytes(resnet.read_bytes())
    moved = build(tmp_path / "moved.safetensors").card
    assert moved.fingerprint == fingerprint
    assert moved.parts[0].origin == str(tmp_path / "moved.safetensors")
    assert build(save_weights(tmp_path / "same.pth", "test_resnet")).card.fingerprint == fingerprint


@pytest.mark.parametrize("change", [{"batch_size": 1}, {"precision": "bf16"}, {"workers": 3}, {"seed": 4}])
def test_how_it_runs_does_not_change_the_fingerprint(resnet, change):
    settings = CPU.model_copy(update=change)
    assert build(resnet, settings=settings).card.fingerprint == build(resnet).card.fingerprint


def test_what_is_the_default_anyway_does_not_change_the_fingerprint(resnet):
    spelt = Encoder(
        parse_encoder(
            "test_resnet", weights=[resnet], layers=["layer1"], pooling="mean+std", mean=0.5, std=0.5
        ),
        CPU,
    )
    plain = Encoder(parse_encoder("test_resnet", weights=[resnet], layers=["layer1"]), CPU)
    assert spelt.card.fingerprint == plain.card.fingerprint


def test_an_encoder_is_built_again_from_its_card(resnet, pictures):
    encoder = build(resnet)
    card = EncoderCard.from_dict(json.loads(json.dumps(encoder.card.to_dict())))
    assert card == encoder.card
    again = Encoder.from_card(card, CPU)
    np.testing.assert_array_equal(again.encode_files(pictures), encoder.encode_files(pictures))


def test_from_a_card_the_weights_may_have_moved_but_not_changed(resnet, tmp_path, pictures):
    original = tmp_path / "here.safetensors"
    original.write_bytes(resnet.read_bytes())
    encoder = build(original)
    original.rename(tmp_path / "there.safetensors")
    with pytest.raises(EncoderError, match="no such file"):
        Encoder.from_card(encoder.card, CPU)
    moved = Encoder.from_card(encoder.card, CPU, weights=[tmp_path / "there.safetensors"])
    np.testing.assert_array_equal(moved.encode_files(pictures[:1]), encoder.encode_files(pictures[:1]))
    save_weights(original, "test_resnet", seed=1)
    with pytest.raises(FingerprintError, match=r"expected fingerprint .* from the weights and code at hand"):
        Encoder.from_card(encoder.card, CPU)


def test_descriptors_of_another_version_are_refused():
    card = Encoder(parse_encoder("descriptors"), CPU).card
    older = replace(card, parts=(replace(card.parts[0], version="0"),))
    with pytest.raises(FingerprintError):
        Encoder.from_card(older, CPU)


@pytest.mark.parametrize("batch_size", [1, 2, 32])
def test_batches_cover_all_pictures_in_order(resnet, pictures, batch_size):
    encoder = build(resnet, settings=CPU.model_copy(update={"batch_size": batch_size}))
    calls: list[tuple[str, int, int]] = []
    asked = [(f"id-{path.stem}", path) for path in pictures]
    batches = list(encoder.encode(asked, progress=lambda *call: calls.append(call)))
    assert [work_id for batch in batches for work_id in batch.ids] == [work_id for work_id, _ in asked]
    assert calls[-1] == ("embed", 5, 5)
    vectors = np.concatenate([batch.vectors for batch in batches])
    np.testing.assert_allclose(vectors, encoder.encode_files(pictures), rtol=1e-4, atol=1e-5)


def test_a_picture_that_cannot_be_used_becomes_a_skip(resnet, pictures, tmp_path):
    (tmp_path / "bad.jpg").write_bytes(b"rubbish")
    asked = [
        ("a", pictures[0]),
        ("b", tmp_path / "bad.jpg"),
        ("c", tmp_path / "absent.jpg"),
        ("d", pictures[1]),
    ]
    (batch,) = build(resnet).encode(asked)
    assert batch.ids == ("a", "d")
    assert batch.vectors.shape[0] == 2
    assert [skip.path for skip in batch.skips] == [str(tmp_path / "bad.jpg"), str(tmp_path / "absent.jpg")]
    assert "expected a picture in a known format" in batch.skips[0].reason
    (nothing,) = build(resnet).encode(asked[1:2])
    assert nothing.vectors.shape == (0, build(resnet).card.dimension)


def test_a_picture_asked_for_alone_is_refused(resnet, pictures, tmp_path):
    with pytest.raises(PictureError, match=r"absent.jpg"):
        build(resnet).encode_files([pictures[0], tmp_path / "absent.jpg"])


def test_a_vector_that_is_not_finite_becomes_a_skip(resnet, pictures, monkeypatch):
    encoder = build(resnet)
    backbone = encoder._parts[0].backbone
    encode = backbone.encode

    def spoil(squares):
        vectors = encode(squares)
        vectors[1, 3] = np.nan
        return vectors

    monkeypatch.setattr(backbone, "encode", spoil)
    (batch,) = encoder.encode([(path.stem, path) for path in pictures[:3]])
    assert batch.ids == ("00", "02")
    assert np.isfinite(batch.vectors).all()
    (skip,) = batch.skips
    assert skip.path == str(pictures[1])
    assert "finite" in skip.reason
    with pytest.raises(PictureError, match="a finite vector"):
        encoder.encode_files(pictures[:3])


def test_pictures_over_the_cap_are_skipped(resnet, tmp_path):
    draw_pixels(50, 40).save(tmp_path / "large.png")
    encoder = build(resnet, settings=CPU.model_copy(update={"max_pixels": 1999}))
    (batch,) = encoder.encode([("a", tmp_path / "large.png")])
    assert batch.ids == ()
    assert "at most 1,999 pixels" in batch.skips[0].reason


def test_descriptors_and_all_that_describes_an_encoder_need_no_torch():
    code = (
        "import sys\n"
        "from morelli.encode.encoder import Encoder\n"
        "from morelli.encode.spec import parse_encoder\n"
        "from morelli.settings import Settings\n"
        "card = Encoder(parse_encoder('descriptors'), Settings()).card\n"
        "parse_encoder('resnet18+descriptors', layers=['layer1'])\n"
        "assert card.dimension > 0 and card.fingerprint\n"
        "print([name for name in ('torch', 'timm', 'torchvision') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_card_parts_are_told_apart_by_identity_alone(resnet):
    part = build(resnet).card.parts[0]
    assert part.identity() == replace(part, origin="elsewhere", note="x").identity()
    assert PartSpec(model="test_resnet").pooling == "auto"


# Patches: pooled windows equal loops over positions, and one window over everything is the picture.

PICTURE = draw_pixels(120, 90)


@pytest.fixture(scope="module")
def patch_resnet(tmp_path_factory):
    return save_weights(tmp_path_factory.mktemp("weights") / "resnet.safetensors", "test_resnet")


@pytest.fixture(scope="module")
def patch_vit(tmp_path_factory):
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
    down, across = _cover_positions(sides, 5), _cover_positions(sides, 4)
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
def test_one_window_over_everything_is_the_pooled_vector(patch_resnet, patch_vit, pooling):
    encoder = Encoder(
        parse_encoder(
            "test_resnet+test_vit", weights=[patch_resnet, patch_vit], layers=["layer1,layer2", "blocks.1"],
            pooling=pooling, size_px=160, crop="squash",
        ),
        CPU,
    )  # fmt: skip
    patches = encoder.encode_patches(PICTURE, Grid(1, 1.0))
    np.testing.assert_allclose(patches.vectors, encoder.encode_images([PICTURE]), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", ["test_resnet", "test_vit"])
def test_parts_without_positions_look_at_tiles(patch_resnet, patch_vit, name):
    weights = patch_resnet if name == "test_resnet" else patch_vit
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


def test_parts_keep_to_what_all_of_them_see(patch_resnet):
    encoder = Encoder(
        parse_encoder("test_resnet+descriptors", weights=[patch_resnet], layers=["layer1"], size_px=64), CPU
    )
    area = encoder.find_area(120, 90)
    assert area == encoder.card.parts[0].transform.find_area(120, 90)
    assert area.right - area.left < 0.8
    assert encoder.encode_patches(PICTURE, Grid(1, 1.0)).areas == (area,)


def test_decoded_pictures_have_the_vectors_of_their_files(patch_resnet, tmp_path):
    encoder = Encoder(
        parse_encoder("test_resnet+descriptors", weights=[patch_resnet], layers=["layer1"]), CPU
    )
    PICTURE.save(tmp_path / "a.png")
    opened = encoder.open_picture(tmp_path / "a.png")
    assert (opened.width, opened.height) == (120, 90)
    np.testing.assert_array_equal(
        encoder.encode_images([opened.image]), encoder.encode_files([tmp_path / "a.png"])
    )


def test_a_random_encoder_is_another_and_the_same_each_time(patch_resnet):
    encoder = Encoder(
        parse_encoder("test_resnet", weights=[patch_resnet], layers=["layer1"], size_px=32), CPU
    )
    state = torch.random.get_rng_state()
    one, again, other = (encoder.randomise(seed).encode_images([PICTURE]) for seed in (1, 1, 2))
    assert torch.equal(state, torch.random.get_rng_state())
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 1e-3
    assert np.abs(one - encoder.encode_images([PICTURE])).max() > 1e-3


def test_tokens_that_form_no_square_are_refused(patch_vit):
    encoder = Encoder(
        parse_encoder("test_vit", weights=[patch_vit], layers=["blocks.1"], pooling="mean", size_px=160), CPU
    )
    (part,) = encoder._parts
    with pytest.raises(EncoderError, match="positions that form a square, found 7 tokens"):
        part.backbone.features._to_map(torch.zeros(1, 8, 4))
