"""The blocks of a network in order, and which of them learn.

timm's networks say themselves how their parameters follow one another (``group_matcher``); a block is one of
those groups: the stem, a residual block, a transformer layer, a convolution.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from timm.models import group_parameters
from torch import nn

from morelli.errors import EncoderError

Trainable = Literal["none", "all"] | int
"""What learns of a network: nothing, its last N blocks, or all of it."""


def list_blocks(
    network: nn.Module, *, used_modules: Collection[str] | None = None
) -> tuple[tuple[str, ...], ...]:
    """Return the names of the parameters of each block, from the input on.

    A group of vectors alone (normalisation, slopes of a PReLU) belongs to the block before it.

    Parameters
    ----------
    network
        One of timm's, or of `morelli.encode.architectures`.
    used_modules
        Only parameters of these; None: all.

    Raises
    ------
    EncoderError
        When the network does not say what its blocks are.
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
    """Let the last blocks of a network learn, and nothing else.

    Parameters
    ----------
    network
        Changed in place: which of its parameters ask for gradients, and the mode of what does not learn.
    trainable
        "none", how many blocks, or "all".
    used_modules
        Blocks are counted among these alone, the others never learn; None: all.

    Returns
    -------
    n_trained
        Number of weights that learn.

    Raises
    ------
    EncoderError
        When the network has fewer blocks, or does not name them.
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
    blocks = list_blocks(network, used_modules=used_modules)
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
