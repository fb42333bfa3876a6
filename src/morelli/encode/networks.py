"""Networks of the published approaches that timm lacks, registered there so that their names work everywhere.

AlexNet is that of torchvision, with its weights; the painters' network is that of inejc/painters, first place
in Painter by Numbers 2016. Both answer as timm's own networks do: features, head, blocks, transform.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, ClassVar, Literal, cast

import torch
from timm.models import build_model_with_cfg, generate_default_cfgs, group_parameters, register_model
from torch import Tensor, nn
from torchvision.models import AlexNet as TorchvisionAlexNet

from morelli.errors import EncoderError

_IMAGENET = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}

default_cfgs = generate_default_cfgs(
    {
        "alexnet.tv_in1k": {
            "url": "https://download.pytorch.org/models/alexnet-owt-7be5be79.pth",
            "num_classes": 1000,
            "input_size": (3, 224, 224),
            "pool_size": (6, 6),
            "crop_pct": 0.875,
            "interpolation": "bilinear",
            "first_conv": "features.0",
            "classifier": "classifier.6",
            "license": "bsd-3-clause",
            **_IMAGENET,
        },
        "painters_vgg.untrained": {
            "url": "",
            "num_classes": 1584,
            "input_size": (3, 256, 256),
            "pool_size": (8, 8),
            "crop_pct": 1.0,
            "interpolation": "bilinear",
            "first_conv": "features.0",
            "classifier": "head",
            **_IMAGENET,
        },
    }
)
"""What timm wants to know; short side to 256 and a centre crop of 224 or 256, as in the sources."""


class _AlexNet(TorchvisionAlexNet):  # type: ignore[misc]
    """Torchvision's AlexNet (Krizhevsky 2014, arXiv 1404.5997), asked as timm asks; weights have its names.

    Without classes it gives the 4,096 numbers before them, of 57,003,840 weights.
    """

    num_features = head_hidden_size = 4096

    def __init__(self, num_classes: int = 1000, drop_rate: float = 0.5, in_chans: int = 3) -> None:
        super().__init__(num_classes=max(num_classes, 1), dropout=drop_rate)
        _require_colour(in_chans)
        self.reset_classifier(num_classes)

    def forward_features(self, batch: Tensor) -> Tensor:
        """Return the map (n, 256, 6, 6) of a batch (n, 3, 224, 224)."""
        return cast(Tensor, self.avgpool(self.features(batch)))

    def forward_head(self, features: Tensor, pre_logits: bool = False) -> Tensor:
        """Return the 4,096 numbers of each work, or the classes (n, c)."""
        hidden = self.classifier[:6](torch.flatten(features, 1))
        return cast(Tensor, hidden if pre_logits else self.classifier[6](hidden))

    def forward(self, batch: Tensor) -> Tensor:
        """Return the classes (n, c), or the 4,096 numbers where there are none."""
        return self.forward_head(self.forward_features(batch))

    def get_classifier(self) -> nn.Module:
        """Return the last layer."""
        return cast(nn.Module, self.classifier[6])

    def reset_classifier(self, num_classes: int, global_pool: str | None = None) -> None:
        """Put another last layer in place; 0 classes: none."""
        self.num_classes = num_classes
        self.classifier[6] = nn.Linear(self.num_features, num_classes) if num_classes else nn.Identity()

    def group_matcher(self, coarse: bool = False) -> dict[str, str]:
        """Return how the names of the weights follow one another, layer by layer."""
        return {"stem": r"^features\.0\.", "blocks": r"^features\.(\d+)", "head": r"^classifier\.(\d+)"}


class _PaintersVgg(nn.Module):
    """The contest winner's network: five blocks of 3x3 convolutions, then 2,048 numbers.

    Each convolution is followed by batch normalisation and PReLU, each block by pooling over 2x2, the last by
    dropout too. Convolutions and the dense layer start as He et al. 2015 (arXiv 1502.01852) say.

    Where we differ from inejc/painters: PReLU has a slope for each channel, not one for each position, and
    the classes are not normalised over the batch. The input is 256 pixels wide; other sizes are averaged or
    repeated onto the same 8 x 8 positions.
    """

    # channels, and how many convolutions with so many
    WIDTHS: ClassVar[tuple[tuple[int, int], ...]] = ((16, 2), (32, 3), (64, 3), (128, 3), (256, 3))
    SIDE: ClassVar[int] = 8  # positions down and across after five poolings of 256
    num_features = head_hidden_size = 2048

    def __init__(self, num_classes: int = 1584, drop_rate: float = 0.5, in_chans: int = 3) -> None:
        super().__init__()
        _require_colour(in_chans)
        self.features = nn.Sequential(*_build_convolutions(self.WIDTHS))
        self.fit = nn.AdaptiveAvgPool2d(self.SIDE)
        self.pre_logits = nn.Sequential(
            nn.Dropout(drop_rate),
            nn.Flatten(),
            nn.Linear(self.WIDTHS[-1][0] * self.SIDE**2, self.num_features),
            nn.BatchNorm1d(self.num_features),
            nn.PReLU(self.num_features),
        )
        self.head_drop = nn.Dropout(drop_rate)
        self.reset_classifier(num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(module.weight)
                nn.init.zeros_(cast(Tensor, module.bias))

    def forward_features(self, batch: Tensor) -> Tensor:
        """Return the map (n, 256, 8, 8) of a batch (n, 3, 256, 256)."""
        return cast(Tensor, self.features(batch))

    def forward_head(self, features: Tensor, pre_logits: bool = False) -> Tensor:
        """Return the 2,048 numbers of each work, or the classes (n, c)."""
        hidden = self.pre_logits(self.fit(features))
        return cast(Tensor, hidden if pre_logits else self.head(self.head_drop(hidden)))

    def forward(self, batch: Tensor) -> Tensor:
        """Return the classes (n, c), or the 2,048 numbers where there are none."""
        return self.forward_head(self.forward_features(batch))

    def get_classifier(self) -> nn.Module:
        """Return the last layer."""
        return self.head

    def reset_classifier(self, num_classes: int, global_pool: str | None = None) -> None:
        """Put another last layer in place; 0 classes: none."""
        self.num_classes = num_classes
        self.head = nn.Linear(self.num_features, num_classes) if num_classes else nn.Identity()

    def group_matcher(self, coarse: bool = False) -> dict[str, str]:
        """Return how the names of the weights follow one another, layer by layer."""
        return {"stem": r"^features\.0\.", "blocks": r"^features\.(\d+)", "head": r"^pre_logits"}


@register_model
def alexnet(pretrained: bool = False, **options: Any) -> _AlexNet:
    """Return AlexNet as timm builds networks."""
    return build_model_with_cfg(_AlexNet, "alexnet", pretrained, **options)


@register_model
def painters_vgg(pretrained: bool = False, **options: Any) -> _PaintersVgg:
    """Return the contest winner's network as timm builds networks; there are no weights to fetch."""
    return build_model_with_cfg(_PaintersVgg, "painters_vgg", pretrained, **options)


def _build_convolutions(widths: Sequence[tuple[int, int]]) -> list[nn.Module]:
    layers: list[nn.Module] = []
    n_inputs = 3
    for n_channels, n_convolutions in widths:
        for _ in range(n_convolutions):
            layers += [
                nn.Conv2d(n_inputs, n_channels, kernel_size=3, padding=1),
                nn.BatchNorm2d(n_channels),
                nn.PReLU(n_channels),
            ]
            n_inputs = n_channels
        layers.append(nn.MaxPool2d(kernel_size=2))
    return layers


def _require_colour(in_chans: int) -> None:
    if in_chans != 3:
        raise TypeError(f"three channels, not in_chans={in_chans}")


Trainable = Literal["none", "all"] | int  # what learns of a network: nothing, its last N blocks, or all of it


def _list_blocks(
    network: nn.Module, *, used_modules: Collection[str] | None = None
) -> tuple[tuple[str, ...], ...]:
    """Return the names of the parameters of each block, from the input on.

    A group of vectors alone (normalisation, slopes of a PReLU) belongs to the block before it. With used
    modules, only parameters of these.
    """
    if not hasattr(network, "group_matcher"):
        raise EncoderError(
            type(network).__name__,
            expected="a network that names its blocks",
            found="none named",
            remedy="train none of it, or all",
        )
    parameters = dict(network.named_parameters())
    blocks: list[list[str]] = []
    groups = group_parameters(network, network.group_matcher(coarse=False))  # type: ignore[operator]
    for _, names in sorted(groups.items()):
        kept = [name for name in names if used_modules is None or _find_module(name) in used_modules]
        if blocks and all(parameters[name].ndim < 2 for name in kept):
            blocks[-1].extend(kept)
        elif kept:
            blocks.append(kept)
    return tuple(tuple(block) for block in blocks)


def freeze_all_but(
    network: nn.Module, trainable: Trainable, *, used_modules: Collection[str] | None = None
) -> int:
    """Let the last blocks of a network learn, and nothing else; return how many weights these are.

    Blocks are counted among the used modules alone, if these are given; the others never learn.
    """
    learning = set(_choose(network, trainable, used_modules))
    n_trained = 0
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(name in learning)
        n_trained += parameter.numel() if name in learning else 0
    rest_frozen(network)
    return n_trained


def rest_frozen(network: nn.Module) -> None:
    """Put what does not learn into evaluation mode, in place.

    Running statistics of a frozen batch normalisation then stay. A module without parameters, such as a
    dropout, goes with the next one that has some: it drops nothing in front of a frozen one.
    """
    is_learning = any(parameter.requires_grad for parameter in network.parameters())
    for module in reversed(list(network.modules())):
        states = [parameter.requires_grad for parameter in module.parameters()]
        if states and next(module.children(), None) is None:
            is_learning = any(states)
        if not (any(states) if states else is_learning):
            module.training = False  # not eval(), which would reach what lies within


def _choose(network: nn.Module, trainable: Trainable, used_modules: Collection[str] | None) -> list[str]:
    if trainable == "none":
        return []
    if trainable == "all":
        names = [name for name, _ in network.named_parameters()]
        return [name for name in names if used_modules is None or _find_module(name) in used_modules]
    blocks = _list_blocks(network, used_modules=used_modules)
    if not 0 < trainable <= len(blocks):
        raise EncoderError(
            f"--trainable {trainable}",
            expected=f"1 to {len(blocks)} blocks of {type(network).__name__}",
            found=str(trainable),
            remedy="take fewer, or all",
        )
    return [name for block in blocks[-trainable:] for name in block]


def _find_module(parameter: str) -> str:
    return parameter.rpartition(".")[0]
