"""The pooled vectors equal a slow computation, and nothing behind the last layer asked for is run."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from encode.networks import make_network, save_weights
from morelli.encode import features
from morelli.encode.backbone import Backbone, _has_fast_bf16, choose_half, fit_to_weights, resolve_device
from morelli.encode.pooling import measure_covariance, take_root
from morelli.encode.spec import PartSpec
from morelli.errors import EncoderError, UsageError, WeightsError

CPU = torch.device("cpu")
SQUARES = np.random.default_rng(0).integers(0, 256, (2, 160, 160, 3), dtype=np.uint8)


@pytest.fixture
def build(tmp_path):
    def make(model: str, *layers: str, half: torch.dtype | None = None, **options: object) -> Backbone:
        path = save_weights(tmp_path / f"{model}.safetensors", model)
        spec = PartSpec(model=model, weights=path, layers=layers, **options)
        return Backbone(spec, device=CPU, half=half)

    return make


def normalise(backbone: Backbone) -> torch.Tensor:
    mean, std = (np.array(values) for values in (backbone.transform.mean, backbone.transform.std))
    return torch.from_numpy(((SQUARES / 255 - mean) / std).transpose(0, 3, 1, 2)).float()


def watch_layers(model: str, batch: torch.Tensor, layers: list[str]) -> dict[str, np.ndarray]:
    """Run the whole network and keep what passes some layers."""
    network, seen = make_network(model), {}
    for name in layers:
        network.get_submodule(name).register_forward_hook(
            lambda module, inputs, output, name=name: seen.__setitem__(name, output.detach().numpy())
        )
    with torch.no_grad():
        network(batch)
    return seen


def pool_slowly(output: np.ndarray, pooling: str, n_prefix: int = 0) -> np.ndarray:
    """Pool position by position: (c, h, w) of a convolution, (tokens, c) of a transformer."""
    if output.ndim == 3:
        positions = [output[:, y, x] for y in range(output.shape[1]) for x in range(output.shape[2])]
    else:
        positions = list(output[n_prefix:])
    mean = sum(positions) / len(positions)
    if pooling == "mean":
        return mean
    deviation = np.sqrt(sum((position - mean) ** 2 for position in positions) / len(positions))
    return np.concatenate([mean, deviation])


@pytest.mark.parametrize("pooling", ["mean", "mean+std"])
@pytest.mark.parametrize(
    ("model", "layers", "n_prefix"),
    [
        ("test_resnet", ["layer2"], 0),
        ("test_resnet", ["layer1.0", "layer3"], 0),
        ("test_efficientnet", ["blocks.0", "blocks.2", "blocks.3"], 0),
        ("test_byobnet", ["stages.1"], 0),
        ("test_vit", ["blocks.1", "blocks.4"], 1),
        ("test_convnext", ["stages.2"], 0),
    ],
)
def test_layers_are_pooled_as_by_hand(build, model, layers, n_prefix, pooling):
    backbone = build(model, *layers, pooling=pooling)
    seen = watch_layers(model, normalise(backbone), layers)
    expected = [
        np.concatenate([pool_slowly(seen[name][row], pooling, n_prefix) for name in layers]) for row in (0, 1)
    ]
    vectors = backbone.encode(SQUARES)
    assert vectors.dtype == np.float32
    assert vectors.shape == (2, backbone.card.dimension)
    np.testing.assert_allclose(vectors, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("half", [None, torch.bfloat16])
def test_covariances_follow_where_channels_are_few(build, monkeypatch, half):
    layers = ["layer1", "layer2"]
    seen = watch_layers("test_resnet", normalise(build("test_resnet", *layers)), layers)
    few, many = (seen[name].shape[1] for name in layers)
    assert few < many
    monkeypatch.setattr(features, "MAX_CHANNELS", few)
    found = build("test_resnet", *layers, pooling="mean+std+covariance", half=half).encode(SQUARES)
    plain = build("test_resnet", *layers, pooling="mean+std", half=half).encode(SQUARES)
    n_roots = few * (few + 1) // 2
    np.testing.assert_array_equal(np.delete(found, np.s_[2 * few : 2 * few + n_roots], axis=1), plain)
    expected = take_root(measure_covariance(torch.from_numpy(seen["layer1"]).flatten(2))).numpy()
    roots = found[:, 2 * few : 2 * few + n_roots]
    tolerance = {"rtol": 1e-3, "atol": 1e-4} if half is None else {"atol": 0.02 * np.abs(expected).max()}
    np.testing.assert_allclose(roots, expected, **tolerance)


@pytest.mark.parametrize(
    "model", ["test_vit", "test_resnet", "test_efficientnet", "test_byobnet", "test_convnext"]
)
def test_without_layers_the_vector_is_the_networks_own(build, model):
    backbone = build(model)
    with torch.no_grad():
        own = make_network(model, num_classes=10)
        own.reset_classifier(0)
        expected = own(normalise(backbone)).numpy()
    assert backbone.pooling == "own"
    np.testing.assert_allclose(backbone.encode(SQUARES), expected, rtol=1e-3, atol=1e-4)


def test_cls_takes_the_class_token(build):
    backbone = build("test_vit", "blocks.2", pooling="cls")
    seen = watch_layers("test_vit", normalise(backbone), ["blocks.2"])
    np.testing.assert_allclose(backbone.encode(SQUARES), seen["blocks.2"][:, 0], rtol=1e-3, atol=1e-4)
    last = build("test_vit", pooling="cls")
    seen = watch_layers("test_vit", normalise(last), ["norm"])
    np.testing.assert_allclose(last.encode(SQUARES), seen["norm"][:, 0], rtol=1e-3, atol=1e-4)


def test_layers_behind_the_last_one_asked_for_are_not_run(build):
    backbone = build("test_resnet", "layer2")
    run: list[str] = []
    for name, module in backbone.network.named_children():
        module.register_forward_hook(lambda *_, name=name: run.append(name))
    backbone.encode(SQUARES)
    assert "layer1" in run
    assert not {"layer3", "layer4", "global_pool", "fc"} & set(run)


def test_the_order_of_the_layers_is_that_asked_for(build):
    there = build("test_resnet", "layer1", "layer2").encode(SQUARES)
    back = build("test_resnet", "layer2", "layer1").encode(SQUARES)
    width = build("test_resnet", "layer1").card.dimension
    np.testing.assert_array_equal(there, np.hstack([back[:, -width:], back[:, :-width]]))


def test_a_batch_equals_its_pictures_one_by_one(build):
    backbone = build("test_efficientnet", "blocks.2")
    apart = np.concatenate([backbone.encode(SQUARES[:1]), backbone.encode(SQUARES[1:])])
    np.testing.assert_allclose(backbone.encode(SQUARES), apart, rtol=1e-4, atol=1e-5)


def test_bf16_is_close_and_has_the_same_card(build):
    exact, fast = (build("test_resnet", "layer2", half=half) for half in (None, torch.bfloat16))
    assert exact.card == fast.card
    vectors = fast.encode(SQUARES)
    assert vectors.dtype == np.float32
    cosine = np.sum(vectors * exact.encode(SQUARES), axis=1) / (
        np.linalg.norm(vectors, axis=1) * np.linalg.norm(exact.encode(SQUARES), axis=1)
    )
    assert (cosine > 0.999).all()


def test_a_module_can_be_made_linear(build):
    backbone = build("test_resnet", "layer1", linear=("layer1.0.act1",))
    assert isinstance(backbone.network.get_submodule("layer1.0.act1"), torch.nn.Identity)
    plain = build("test_resnet", "layer1")
    assert not np.allclose(backbone.encode(SQUARES), plain.encode(SQUARES))
    assert backbone.card.version == "linear=layer1.0.act1"
    with pytest.raises(EncoderError, match=r"linear: layer1.9.act"):
        build("test_resnet", "layer1", linear=("layer1.9.act",))


@pytest.mark.parametrize("layer", ["layer9", "layer1.7", "weight"])
def test_an_unknown_layer_is_refused_with_those_there_are(build, layer):
    with pytest.raises(EncoderError, match=rf"--layers {layer}: .* take from .*layer1"):
        build("test_resnet", layer)


def test_poolings_that_make_no_sense_are_refused(build):
    with pytest.raises(EncoderError, match="a network with a class token"):
        build("test_resnet", pooling="cls")
    with pytest.raises(EncoderError, match="--pooling own"):
        build("test_resnet", "layer1", pooling="own")


# Devices: what is there is taken, what is not is refused with the way out.


def test_a_device_that_is_there():
    assert resolve_device("cpu") == torch.device("cpu")
    assert resolve_device("auto").type in {"cpu", "cuda", "mps"}
    assert isinstance(_has_fast_bf16(torch.device("cpu")), bool)
    assert not _has_fast_bf16(torch.device("meta"))


@pytest.mark.parametrize("name", ["gpu", "", "cuda:x", "cuda:99", "cpu:-1"])
def test_a_device_that_is_not_there_is_refused(name):
    with pytest.raises(UsageError, match="take --device auto"):
        resolve_device(name)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_cuda_without_a_gpu_is_refused():
    with pytest.raises(UsageError, match="--device cuda"):
        resolve_device("cuda")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_auto_takes_the_gpu():
    assert resolve_device("auto").type == "cuda"


def test_what_is_asked_for_is_taken(monkeypatch) -> None:
    cpu, gpu = torch.device("cpu"), torch.device("cuda")
    assert choose_half(cpu, "fp32") is None
    assert choose_half(cpu, "bf16") is torch.bfloat16
    assert choose_half(gpu, "fp16") is torch.float16
    for is_fast, wanted in ((True, torch.bfloat16), (False, None)):
        monkeypatch.setattr("morelli.encode.backbone._has_fast_bf16", lambda device, fast=is_fast: fast)
        assert choose_half(cpu, "auto") is wanted


def test_float16_is_refused_on_a_cpu() -> None:
    with pytest.raises(UsageError, match="a GPU"):
        choose_half(torch.device("cpu"), "fp16")


# A network ends where its weights end, at the last module that they hold whole.


@pytest.mark.parametrize(
    ("model", "without", "layer"),
    [
        ("test_resnet", "layer4", "layer3"),
        ("test_resnet", "layer3.0.bn2", "layer3.0.conv2"),
        ("test_efficientnet", "blocks.4", "blocks.3"),
        ("test_efficientnet", "conv_head", "blocks"),
        ("test_vit", "blocks.5", "blocks.4"),
        ("test_vit", "norm", "blocks"),
    ],
)
def test_the_last_whole_module_is_taken(tmp_path, model, without, layer):
    weights = save_weights(tmp_path / "a.safetensors", model, without=without)
    fitted = fit_to_weights(PartSpec(model=model, weights=weights))
    if layer.count(".") <= 1:
        assert (fitted.layers, fitted.pooling) == ((layer,), "mean")
    backbone = Backbone(fitted, device=CPU)
    assert backbone.card.dimension > 0


@pytest.mark.parametrize("pooling", ["map", "mean+std", "mean+std+covariance"])
def test_a_pooling_of_positions_is_kept(tmp_path, pooling):
    weights = save_weights(tmp_path / "a.safetensors", without="layer4")
    assert fit_to_weights(PartSpec(model="test_resnet", weights=weights, pooling=pooling)).pooling == pooling


def test_what_fits_is_left_as_it_is(tmp_path):
    whole = PartSpec(model="test_resnet", weights=save_weights(tmp_path / "a.safetensors"))
    cut = save_weights(tmp_path / "b.safetensors", without="layer4")
    for spec in (
        whole,
        PartSpec(model="test_resnet", weights=cut, layers=("layer2",)),
        PartSpec(model="test_resnet"),
    ):
        assert fit_to_weights(spec) is spec


def test_weights_of_nothing_are_refused(tmp_path):
    weights = save_weights(tmp_path / "a.safetensors", without="conv1")
    with pytest.raises(
        WeightsError, match="at least the first module of test_resnet, found none that is whole"
    ):
        fit_to_weights(PartSpec(model="test_resnet", weights=weights))
