"""The networks of the published approaches have the layers and the numbers of weights of their sources."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models import alexnet as torchvision_alexnet

from morelli.encode.backbone import Backbone
from morelli.encode.networks import _AlexNet, _list_blocks, _PaintersVgg, freeze_all_but, rest_frozen
from morelli.encode.spec import PartSpec
from morelli.encode.weights import create_network
from morelli.errors import DownloadError, EncoderError

CPU = torch.device("cpu")


def count_weights(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.fixture(scope="module")
def alexnet() -> _AlexNet:
    return create_network("alexnet", pretrained=False, arguments={})  # type: ignore[return-value]


@pytest.fixture(scope="module")
def painters() -> _PaintersVgg:
    return create_network("painters_vgg", pretrained=False, arguments={})  # type: ignore[return-value]


def test_alexnet_has_the_weights_of_torchvisions_less_the_classes(alexnet):
    assert count_weights(alexnet) == 57_003_840 == 61_100_840 - 4_097_000


def test_alexnet_computes_what_torchvisions_computes(alexnet):
    whole = torchvision_alexnet().eval()
    missing, alien = alexnet.load_state_dict(whole.state_dict(), strict=False)
    assert not missing
    assert alien == ["classifier.6.weight", "classifier.6.bias"]
    batch = torch.randn(2, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        features = alexnet.forward_features(batch)
        assert features.shape == (2, 256, 6, 6)
        vectors = alexnet.forward_head(features, pre_logits=True)
        torch.testing.assert_close(vectors, alexnet(batch))
        assert vectors.shape == (2, 4096)
        torch.testing.assert_close(whole.classifier[6](vectors), whole(batch))


def test_classes_can_be_put_back(alexnet, painters):
    for network, width in ((alexnet, 4096), (painters, 2048)):
        network.reset_classifier(52)
        assert network.get_classifier().weight.shape == (52, width)
        network.reset_classifier(0)
        assert isinstance(network.get_classifier(), nn.Identity)


def test_the_contest_winner_has_its_layers(painters):
    convolutions = [each for each in painters.modules() if isinstance(each, nn.Conv2d)]
    assert [each.out_channels for each in convolutions] == [16] * 2 + [32] * 3 + [64] * 3 + [128] * 3 + [
        256
    ] * 3
    assert {each.kernel_size for each in convolutions} == {(3, 3)}
    kinds = [type(each).__name__ for each in painters.features]
    assert kinds.count("BatchNorm2d") == kinds.count("PReLU") == 14
    assert kinds.count("MaxPool2d") == 5
    with torch.no_grad():
        features = painters.forward_features(torch.zeros(1, 3, 256, 256))
        assert features.shape == (1, 256, 8, 8)
        assert painters.forward_head(features, pre_logits=True).shape == (1, 2048)


def test_the_contest_winner_has_its_weights(painters):
    """Counted from the published code: kernels and biases, two for each normalised channel, a slope each."""
    widths = [3, 16, 16, 32, 32, 32, 64, 64, 64, 128, 128, 128, 256, 256, 256]
    kernels = sum(9 * into * out + out for into, out in pairwise(widths))
    dense = 256 * 8 * 8 * 2048 + 2048
    vectors = 3 * (sum(widths[1:]) + 2048)
    assert count_weights(painters) == kernels + dense + vectors == 35_529_648


def test_the_contest_winner_starts_as_he_says(painters):
    for module in (painters.features[3], painters.features[40], painters.pre_logits[2]):
        fan_in = module.weight[0].numel()
        assert module.weight.std().item() == pytest.approx(np.sqrt(2 / fan_in), rel=0.1)
        assert module.bias.abs().max() == 0


@pytest.mark.parametrize(
    ("model", "size_px", "scale_px", "dimension"),
    [("alexnet", 224, 256, 4096), ("painters_vgg", 256, 256, 2048)],
)
def test_pictures_go_in_as_in_the_source(model, size_px, scale_px, dimension):
    backbone = Backbone(PartSpec(model=model), device=CPU, random_seed=0)
    assert (backbone.transform.size_px, backbone.transform.scale_px) == (size_px, scale_px)
    assert backbone.transform.crop_mode == "center"
    assert backbone.card.dimension == dimension


def test_there_are_no_weights_of_the_contest_winner_to_fetch():
    with pytest.raises(DownloadError, match="painters_vgg"):
        create_network("painters_vgg", pretrained=True, arguments={})


def test_pictures_have_three_channels():
    with pytest.raises(EncoderError, match="in_chans=1"):
        create_network("alexnet", pretrained=False, arguments={"in_chans": 1})


# Blocks hold every parameter once, in the order of the network; what is frozen stays as it is.

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
    blocks = _list_blocks(network)
    names = [name for block in blocks for name in block]
    assert sorted(names) == sorted(name for name, _ in network.named_parameters())
    n_blocks, last = LAST[model]
    assert len(blocks) == n_blocks
    assert last in blocks[-1]


def test_a_norm_belongs_to_the_convolution_before_it():
    blocks = _list_blocks(build("vgg11_bn"))
    assert blocks[0] == ("features.0.weight", "features.0.bias", "features.1.weight", "features.1.bias")


@pytest.mark.parametrize("model", ["test_resnet", "test_efficientnet", "test_vit"])
@pytest.mark.parametrize("n_blocks", [1, 2])
def test_the_last_blocks_learn_and_nothing_else(model, n_blocks):
    network = build(model)
    n_trained = freeze_all_but(network, n_blocks)
    learning = {name for name, each in network.named_parameters() if each.requires_grad}
    assert learning == {name for block in _list_blocks(network)[-n_blocks:] for name in block}
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
        _list_blocks(nn.Linear(2, 2))


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
