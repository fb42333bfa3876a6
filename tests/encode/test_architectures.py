"""The networks of the published approaches have the layers and the numbers of weights of their sources."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models import alexnet as torchvision_alexnet

from morelli.encode.architectures import AlexNet, PaintersVgg
from morelli.encode.backbone import Backbone
from morelli.encode.spec import PartSpec
from morelli.encode.weights import create_network
from morelli.errors import DownloadError, EncoderError

CPU = torch.device("cpu")


def count_weights(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.fixture(scope="module")
def alexnet() -> AlexNet:
    return create_network("alexnet", pretrained=False, arguments={})  # type: ignore[return-value]


@pytest.fixture(scope="module")
def painters() -> PaintersVgg:
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
