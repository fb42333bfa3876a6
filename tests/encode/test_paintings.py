"""Real weights load as their README says; run only where those lie beside this checkout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from morelli.encode.encoder import Encoder
from morelli.encode.spec import EncoderSpec, PartSpec
from morelli.errors import EncoderError, WeightsError
from real_paintings import pick_pictures

from .networks import CPU

pytestmark = [pytest.mark.paintings, pytest.mark.slow]

HALF = {"mean": (0.5,) * 3, "std": (0.5,) * 3}
BUILDS = {
    "tf_efficientnet_b4.partial": PartSpec(
        model="tf_efficientnet_b4", layers=("blocks.2", "blocks.3", "blocks.4", "blocks.5"), size_px=224
    ),
    "mobilenet_edgetpu_100": PartSpec(
        model="mobilenet_edgetpu_100",
        layers=("blocks.3", "blocks.4", "blocks.5", "blocks.6"),
        arguments={"pad_type": "same"},
        linear=("blocks.0.0.bn1.act",),
        **HALF,
    ),
    "mobilenetv2_100": PartSpec(model="mobilenetv2_100", layers=("blocks.3", "blocks.4", "blocks.5"), **HALF),
    "vit_tiny_patch16_224.tinyimagenet": PartSpec(model="vit_tiny_patch16_224", **HALF),
    "resnet18.partial": PartSpec(model="resnet18", layers=("layer1", "layer2", "layer3")),
}
"""Each file as its README says it is to be loaded."""


def build(folder: Path, name: str, **changes: object) -> Encoder:
    part = BUILDS[name].model_copy(update={"weights": folder / f"{name}.safetensors", **changes})
    return Encoder(EncoderSpec(parts=(part,)), CPU)


@pytest.mark.parametrize("name", BUILDS)
def test_real_weights_load_as_they_should(real_weights, paintings, name):
    encoder = build(real_weights, name)
    pictures = pick_pictures(paintings / "wikiart", 4, 2)
    vectors = encoder.encode_files(pictures)
    assert vectors.shape == (8, encoder.card.dimension)
    assert np.isfinite(vectors).all()
    assert (vectors.std(axis=0) > 0).mean() > 0.8
    (part,) = encoder.card.parts
    assert bool(part.note) == name.endswith(".partial")
    if part.note:
        missing = {"tf_efficientnet_b4.partial": "blocks.6", "resnet18.partial": "layer4"}[name]
        assert part.note.startswith("weights without ")
        assert missing in part.note


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("tf_efficientnet_b4.partial", ("blocks.6",)),
        ("tf_efficientnet_b4.partial", ("blocks.2", "conv_head")),
        ("tf_efficientnet_b4.partial", ()),
        ("resnet18.partial", ("layer4",)),
        ("resnet18.partial", ()),
    ],
)
def test_a_layer_that_a_partial_file_lacks_is_refused(real_weights, name, layers):
    with pytest.raises(WeightsError, match=r"\d+ missing \("):
        build(real_weights, name, layers=layers)


def test_real_weights_of_another_network_are_refused(real_weights):
    with pytest.raises(EncoderError, match="do not belong to it"):
        build(real_weights, "mobilenetv2_100", model="mobilenetv3_large_100")


def test_two_networks_and_descriptors_side_by_side(real_weights, paintings):
    names = ("mobilenetv2_100", "resnet18.partial")
    parts = [build(real_weights, name) for name in names]
    specs = tuple(
        BUILDS[name].model_copy(update={"weights": real_weights / f"{name}.safetensors"}) for name in names
    )
    joined = Encoder(EncoderSpec(parts=(*specs, PartSpec(model="descriptors"))), CPU)
    pictures = pick_pictures(paintings / "wikiart", 2, 1)
    vectors = joined.encode_files(pictures)
    width = sum(one.card.dimension for one in parts)
    expected = np.hstack([one.encode_files(pictures) for one in parts])
    np.testing.assert_allclose(vectors[:, :width], expected, rtol=1e-4, atol=1e-5)
