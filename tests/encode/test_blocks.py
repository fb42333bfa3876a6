"""Blocks hold every parameter once, in the order of the network; what is frozen stays as it is."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from morelli.encode.blocks import freeze_all_but, list_blocks, rest_frozen
from morelli.encode.weights import create_network
from morelli.errors import EncoderError

LAST = {
    "test_resnet": (5, "layer4.0.conv1.weight"),
    "test_efficientnet": (6, "conv_head.weight"),
    "test_vit": (7, "norm.weight"),
    "test_convnext": (10, "head.norm.weight"),
    "alexnet": (7, "classifier.4.weight"),
    "painters_vgg": (15, "pre_logits.2.weight"),
    "vgg11_bn": (9, "pre_logits.fc2.weight"),
}


def build(model: str) -> nn.Module:
    with torch.device("meta"):
        return create_network(model, pretrained=False, arguments={})


@pytest.mark.parametrize("model", LAST)
def test_blocks_hold_every_parameter_once(model):
    network = build(model)
    blocks = list_blocks(network)
    names = [name for block in blocks for name in block]
    assert sorted(names) == sorted(name for name, _ in network.named_parameters())
    n_blocks, last = LAST[model]
    assert len(blocks) == n_blocks
    assert last in blocks[-1]


def test_a_norm_belongs_to_the_convolution_before_it():
    blocks = list_blocks(build("vgg11_bn"))
    assert blocks[0] == ("features.0.weight", "features.0.bias", "features.1.weight", "features.1.bias")


@pytest.mark.parametrize("model", ["test_resnet", "test_efficientnet", "test_vit"])
@pytest.mark.parametrize("n_blocks", [1, 2])
def test_the_last_blocks_learn_and_nothing_else(model, n_blocks):
    network = build(model)
    n_trained = freeze_all_but(network, n_blocks)
    learning = {name for name, each in network.named_parameters() if each.requires_grad}
    assert learning == {name for block in list_blocks(network)[-n_blocks:] for name in block}
    assert n_trained == sum(each.numel() for each in network.parameters() if each.requires_grad)


def test_none_and_all_are_the_ends():
    network = build("test_resnet")
    n_weights = sum(each.numel() for each in network.parameters())
    assert freeze_all_but(network, "none") == 0
    assert freeze_all_but(network, "all") == n_weights == 372_688
    assert freeze_all_but(network, 5) == n_weights


@pytest.mark.parametrize("trainable", [0, 6])
def test_blocks_that_are_not_there_are_refused(trainable):
    with pytest.raises(EncoderError, match=f"--trainable {trainable}: expected 1 to 5 blocks of ResNet"):
        freeze_all_but(build("test_resnet"), trainable)


def test_a_network_that_names_no_blocks_is_refused():
    with pytest.raises(EncoderError, match="Linear: expected a network that names its blocks"):
        list_blocks(nn.Linear(2, 2))


def test_a_dropout_goes_with_the_layer_behind_it():
    network = nn.Sequential(
        nn.Dropout(),
        nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)),
        nn.Dropout(),
        nn.Linear(2, 2),
        nn.Dropout(),
    )
    for parameter in network[1].parameters():
        parameter.requires_grad_(False)
    rest_frozen(network.train())
    assert [module.training for module in network] == [False, False, True, True, True]
    assert not any(module.training for module in network[1])
    network[3].requires_grad_(False)
    rest_frozen(network.train())
    assert not any(module.training for module in network.modules())


def test_resting_leaves_what_learns_in_training():
    network = build("test_resnet").train()
    rest_frozen(network)
    assert all(module.training for module in network.modules())
