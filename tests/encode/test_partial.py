"""A network ends where its weights end, at the last module that they hold whole."""

from __future__ import annotations

import pytest
import torch

from morelli.encode.backbone import Backbone
from morelli.encode.partial import fit_to_weights
from morelli.encode.spec import PartSpec
from morelli.errors import WeightsError

from .networks import save_weights

CPU = torch.device("cpu")


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
