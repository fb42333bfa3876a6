"""Training looks through the same network as encoding does, and it survives copying, sending and saving."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch

from morelli.encode.backbone import Backbone
from morelli.encode.features import Features, _pool_map
from morelli.encode.spec import PartSpec
from morelli.encode.weights import save_weights
from morelli.errors import EncoderError

CPU = torch.device("cpu")
SQUARES = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), dtype=np.uint8)


def build(model: str = "test_resnet", *layers: str, seed: int | None = 0, **options: object) -> Backbone:
    spec = PartSpec(model=model, layers=layers, size_px=64, **options)
    return Backbone(spec, device=CPU, random_seed=seed)


def draw_batch() -> torch.Tensor:
    return torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("layers", [(), ("layer2", "layer3")])
def test_tracing_gives_what_forward_gives_and_gradients(layers):
    backbone, batch = build("test_resnet", *layers), draw_batch()
    traced = backbone.trace(batch)
    torch.testing.assert_close(traced, backbone.forward(batch))
    traced.sum().backward()
    assert backbone.network.conv1[0].weight.grad.abs().sum() > 0
    assert (backbone.network.layer4[0].conv1.weight.grad is None) == bool(layers)


def send(module: Features) -> Features:
    """Return what another process gets."""
    return pickle.loads(pickle.dumps(module))  # noqa: S301 - our own bytes


@pytest.mark.parametrize("duplicate", [copy.deepcopy, send])
def test_a_copy_computes_with_its_own_weights(duplicate):
    features = build("test_resnet", "layer2").features
    twin, batch = duplicate(features), draw_batch()
    before = features(batch)
    torch.testing.assert_close(twin(batch), before)
    with torch.no_grad():
        twin.network.conv1[0].weight.zero_()
    torch.testing.assert_close(features(batch), before)
    assert not torch.allclose(twin(batch), before)


def test_saved_weights_have_the_fingerprint_of_the_network(tmp_path):
    backbone = build("test_resnet", "layer2")
    path = tmp_path / "network.safetensors"
    save_weights(backbone.network, path, used_modules=backbone.features.used_modules)
    again = build("test_resnet", "layer2", seed=None, weights=path)
    assert again.card.identity() == backbone.card.identity()
    np.testing.assert_array_equal(again.encode(SQUARES), backbone.encode(SQUARES))
    save_weights(backbone.network, path)
    whole = build("test_resnet", seed=None, weights=path)
    assert whole.card.identity() == build("test_resnet").card.identity()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def pool_map_slowly(output: np.ndarray) -> np.ndarray:
    """Average position by position over what each of the 7 x 7 covers."""
    n, c, height, width = output.shape
    down, across = min(7, height), min(7, width)
    pooled = np.zeros((n, c, down, across))
    for y in range(down):
        for x in range(across):
            rows = slice(y * height // down, -(-(y + 1) * height // down))
            columns = slice(x * width // across, -(-(x + 1) * width // across))
            pooled[:, :, y, x] = output[:, :, rows, columns].mean(axis=(2, 3))
    return pooled.reshape(n, -1)


@pytest.mark.parametrize("size", [(7, 7), (2, 3), (14, 14), (10, 5)])
def test_a_map_is_averaged_where_it_is_larger(size):
    output = np.random.default_rng(0).normal(size=(2, 3, *size)).astype(np.float32)
    np.testing.assert_allclose(_pool_map(torch.from_numpy(output)), pool_map_slowly(output), atol=1e-6)


def test_the_map_of_resnet18_has_25088_numbers():
    spec = PartSpec(model="resnet18", pooling="map", size_px=224)
    assert Backbone(spec, device=CPU, random_seed=0).card.dimension == 25_088


def test_tokens_make_a_map_without_the_class_token():
    backbone = build("test_vit", pooling="map", arguments={"img_size": 64})
    with torch.no_grad():
        tokens = backbone.network.forward_features(draw_batch())
    expected = tokens[:, 1:].transpose(1, 2).flatten(1)
    torch.testing.assert_close(backbone.forward(draw_batch()), expected)


def test_fewer_blocks_are_counted_before_the_last_layer_asked_for():
    features = build("test_resnet", "layer2").features
    n_trained = features.freeze_all_but(1)
    learning = {name for name, each in features.network.named_parameters() if each.requires_grad}
    assert {name.split(".")[0] for name in learning} == {"layer2"}
    assert n_trained == sum(each.numel() for each in features.parameters() if each.requires_grad)
    with pytest.raises(EncoderError, match="--trainable 9: expected 1 to 3 blocks"):
        features.freeze_all_but(9)


def test_frozen_statistics_stay_while_the_rest_learns():
    features = build("test_resnet").features
    features.freeze_all_but(1)
    features.train()
    before = {name: value.clone() for name, value in features.network.named_buffers()}
    features(draw_batch())
    moved = {name for name, value in features.network.named_buffers() if not torch.equal(value, before[name])}
    assert moved
    assert {name.split(".")[0] for name in moved} == {"layer4"}
    features.freeze_all_but("none")
    features.train()
    assert not any(module.training for module in features.network.modules())
