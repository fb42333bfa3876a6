"""A network that runs up to the last layer asked for and pools what passed there, with its gradients.

Middle layers carry the hand better than the last one: the mean of a channel over all positions says how much
of a texture there is, its standard deviation how unevenly it is laid (Gatys et al. 2016, doi
10.1109/CVPR.2016.265, and Huang & Belongie 2017, doi 10.1109/ICCV.2017.167, use such statistics as the style
of a picture). `Backbone` looks through it at stored pictures, training through it at its weights.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any, Self, cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.hooks import RemovableHandle

from morelli.encode.networks import Trainable, freeze_all_but, rest_frozen
from morelli.encode.pooling import MAX_CHANNELS, measure_covariance, project_channels, take_root
from morelli.errors import EncoderError

_MAP_SIDE = 7
"""Positions of a pooled map down and across: those of ResNet-18 on 224 pixels, 512 x 7 x 7 = 25,088."""


class _Stop(Exception):  # noqa: N818 - it ends a forward pass early, it is no error
    """Raised by the last hook, so that no layer behind it is computed."""


class Features(nn.Module):
    """The pooled layers of one network.

    Its parameters are those of the network; it can be copied, sent to other processes, and trained as part of
    another module.
    """

    def __init__(self, network: nn.Module, layers: Sequence[str], pooling: str) -> None:
        super().__init__()
        self.network = network
        self.layers, self.pooling = tuple(layers), pooling
        self._outputs: dict[str, Tensor] = {}
        self._hooks: list[RemovableHandle] = []
        self.used_modules: frozenset[str] | None = None
        modules = dict(network.named_modules())
        for layer in self.layers:
            _require_layer(layer, modules, network)
            self._hooks.append(modules[layer].register_forward_hook(partial(self._keep_output, layer)))
        if pooling == "cls" and not self._n_prefix:
            raise EncoderError(
                "--pooling cls",
                expected="a network with a class token",
                found=type(network).__name__,
                remedy="take mean or mean+std",
            )

    def forward(self, batch: Tensor) -> Tensor:
        """Return the pooled vectors (n, d) float32 of a normalised batch (n, 3, size_px, size_px)."""
        last = self._run(batch)
        if self.layers:
            pooled = [self._pool(self._outputs[layer]) for layer in self.layers]
            self._outputs.clear()
            return torch.cat(pooled, dim=1)
        if self.pooling == "own":
            return self.network.forward_head(last, pre_logits=True).float().flatten(1)  # type: ignore
        return self._pool(cast(Tensor, last))

    def compute_maps(self, batch: Tensor) -> list[Tensor]:
        """Return the output of each layer as (n, c, h, w) float32, without class tokens."""
        self._run(batch)
        maps = [self._to_map(self._outputs[layer]) for layer in self.layers]
        self._outputs.clear()
        return maps

    def trace_modules(self, batch: Tensor) -> frozenset[str]:
        """Return the names of the modules that run up to the last layer asked for, and remember them."""
        seen: list[str] = []
        handles = [
            module.register_forward_pre_hook(lambda *_, name=name: seen.append(name))
            for name, module in self.network.named_modules()
        ]
        try:
            with torch.inference_mode():
                self(batch)
        finally:
            for handle in handles:
                handle.remove()
        self.used_modules = frozenset({*seen, ""})
        return self.used_modules

    def freeze_all_but(self, trainable: Trainable) -> int:
        """Let the last blocks before the last layer asked for learn; return how many weights these are."""
        return freeze_all_but(self.network, trainable, used_modules=self.used_modules)

    def train(self, mode: bool = True) -> Self:
        """Set the mode of what learns; frozen blocks stay as they are in evaluation, statistics included."""
        super().train(mode)
        rest_frozen(self.network)
        return self

    def release(self) -> None:
        """Let the network run whole again, for others to use."""
        for hook in self._hooks:
            hook.remove()

    def _run(self, batch: Tensor) -> Tensor | None:
        """Keep the outputs of the layers asked for, and return the last features where none is."""
        self._outputs.clear()
        try:
            return self.network.forward_features(batch)  # type: ignore
        except _Stop:
            return None

    def _keep_output(self, layer: str, module: nn.Module, inputs: Any, output: Tensor) -> None:
        self._outputs[layer] = output
        if len(self._outputs) == len(self.layers):
            raise _Stop

    def _pool(self, output: Tensor) -> Tensor:
        if self.pooling == "map":
            return _pool_map(self._to_map(output))
        output = output.float()
        if output.ndim == 4:  # (n, c, h, w), or (n, h, w, c) in the networks that say so
            positions = output.flatten(1, 2) if self._is_nhwc else output.flatten(2).transpose(1, 2)
        else:  # (n, tokens, c), the class token first
            if self.pooling == "cls":
                return output[:, 0]
            positions = output[:, self._n_prefix :]
        moments = [positions.mean(dim=1)]
        if self.pooling != "mean":
            moments.append(positions.std(dim=1, correction=0))
        if self.pooling == "mean+std+covariance" and positions.shape[2] <= MAX_CHANNELS:
            with torch.autocast(positions.device.type, enabled=False):
                channels = project_channels(positions.transpose(1, 2))
                moments.append(take_root(measure_covariance(channels)))
        return torch.cat(moments, dim=1)

    def _to_map(self, output: Tensor) -> Tensor:
        output = output.float()
        if output.ndim == 4:
            return output.permute(0, 3, 1, 2) if self._is_nhwc else output
        tokens = output[:, self._n_prefix :]
        side = math.isqrt(tokens.shape[1])
        if side**2 != tokens.shape[1]:
            raise EncoderError(
                f"layers of {type(self.network).__name__}",
                expected="positions that form a square",
                found=f"{tokens.shape[1]} tokens",
                remedy="take layers of a network with a map of positions",
            )
        return tokens.transpose(1, 2).reshape(len(tokens), -1, side, side)

    @property
    def _is_nhwc(self) -> bool:
        return bool(getattr(self.network, "output_fmt", "NCHW") == "NHWC")

    @property
    def _n_prefix(self) -> int:
        return int(getattr(self.network, "num_prefix_tokens", 0))


def _pool_map(output: Tensor) -> Tensor:
    """Return (n, c * h * w) of a map, channel by channel; sides above `_MAP_SIDE` are averaged down to it."""
    height, width = (min(_MAP_SIDE, side) for side in output.shape[2:])
    if (height, width) != tuple(output.shape[2:]):
        output = functional.adaptive_avg_pool2d(output, (height, width))
    return output.flatten(1)


def _require_layer(layer: str, modules: dict[str, nn.Module], network: nn.Module) -> None:
    if layer not in modules or not layer:
        near = [name for name in modules if name and name.count(".") <= 1][:40]
        raise EncoderError(
            f"--layers {layer}",
            expected=f"a module of {type(network).__name__}",
            found="no such module",
            remedy=f"take from {', '.join(near)}",
        )
