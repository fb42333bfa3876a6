"""A network that stops at the last layer asked for and pools what passed there.

Middle layers carry the hand better than the last one: the mean of a channel over all positions says how much
of a texture there is, its standard deviation how unevenly it is laid (Gatys et al. 2016, doi
10.1109/CVPR.2016.265, and Huang & Belongie 2017, doi 10.1109/ICCV.2017.167, use such statistics as the style
of a picture).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from timm.data.config import resolve_model_data_config
from torch import nn

from morelli.encode.card import PartCard
from morelli.encode.grid import Intervals
from morelli.encode.local_pooling import pool_windows
from morelli.encode.spec import PartSpec
from morelli.encode.transform import CROP_MODES, RESAMPLING, Transform
from morelli.encode.weights import create_network, digest_weights, load_weights
from morelli.errors import EncoderError


class _Stop(Exception):  # noqa: N818 - it ends a forward pass early, it is no error
    """Raised by the last hook, so that no layer behind it is computed."""


class Backbone:
    """One network with its transform, ready to turn squares into vectors.

    Parameters
    ----------
    spec
        Which network, weights, layers and pooling.
    device
        Where it runs.
    is_bf16
        Whether matrix work is done in bfloat16.
    random_seed
        Leave the weights as they are drawn from this seed and read none; None reads them.
    """

    def __init__(
        self, spec: PartSpec, *, device: torch.device, is_bf16: bool, random_seed: int | None = None
    ) -> None:
        if random_seed is not None:
            spec = spec.model_copy(update={"weights": None})
        network = _create_network(spec, random_seed)
        _replace_by_identity(network, spec)
        self._layers = spec.layers
        self._outputs: dict[str, torch.Tensor] = {}
        self.pooling = _resolve_pooling(spec)
        self.transform = _resolve_transform(network, spec)
        self._device, self._is_bf16 = device, is_bf16
        self._network = network.to(device)
        self._hook_layers(spec)
        used = self._trace_modules()
        missing = () if spec.weights is None else load_weights(network, spec.weights, used_modules=used)
        self._network = network.to(device).to(memory_format=torch.channels_last)
        self.card = PartCard(
            model=spec.model,
            version=_describe_arguments(spec),
            layers=spec.layers,
            pooling=self.pooling,
            weights=digest_weights(network, used_modules=used),
            transform=self.transform,
            dimension=self.encode(self._blank()).shape[1],
            origin=str(spec.weights or "timm hub"),
            note=f"weights without {', '.join(missing)}, which are not used" if missing else "",
        )

    def encode(self, squares: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the pooled vectors of squares that `transform` made.

        Parameters
        ----------
        squares
            (n, size_px, size_px, 3) uint8.

        Returns
        -------
        vectors
            (n, d) float32.
        """
        return self.forward(self._normalise(squares)).cpu().numpy()

    @property
    def has_map(self) -> bool:
        """Whether its vector is pooled from layers whose positions can be told apart."""
        return bool(self._layers) and self.pooling in {"mean", "mean+std"}

    def encode_windows(
        self, squares: NDArray[np.uint8], down: Intervals, across: Intervals
    ) -> NDArray[np.float32]:
        """Return what the vectors would be if only the positions within a window were pooled.

        Parameters
        ----------
        squares
            (n, size_px, size_px, 3) uint8.
        down, across
            (g, 2) each, as shares of the square's sides.

        Returns
        -------
        patches
            (n, g, g, d) float32; a layer sees beyond the window as far as its receptive field reaches.

        Raises
        ------
        EncoderError
            When the positions of a layer do not form a square.
        """
        with torch.inference_mode():
            self._run(self._normalise(squares))
            parts = [
                pool_windows(
                    self._to_map(self._outputs[layer]), down, across, with_std=self.pooling == "mean+std"
                )
                for layer in self._layers
            ]
            return torch.cat(parts, dim=-1).cpu().numpy()

    def _normalise(self, squares: NDArray[np.uint8]) -> torch.Tensor:
        batch = torch.from_numpy(squares).to(self._device).permute(0, 3, 1, 2)
        mean = torch.tensor(self.transform.mean, device=self._device).view(3, 1, 1) * 255
        std = torch.tensor(self.transform.std, device=self._device).view(3, 1, 1) * 255
        return ((batch.float() - mean) / std).contiguous(memory_format=torch.channels_last)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Return the pooled vectors (n, d) float32 of a normalised batch (n, 3, size_px, size_px)."""
        with torch.inference_mode(), torch.autocast(self._device.type, torch.bfloat16, enabled=self._is_bf16):
            last = self._run(batch)
            if not self._layers:
                return self._pool_last(last)
            pooled = [self._pool(self._outputs[layer]) for layer in self._layers]
            return torch.cat(pooled, dim=1)

    def _run(self, batch: torch.Tensor) -> torch.Tensor | None:
        """Keep the outputs of the layers asked for, and return the last features where none is."""
        self._outputs.clear()
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._is_bf16):
            try:
                return self._network.forward_features(batch)  # type: ignore
            except _Stop:
                return None

    def _pool_last(self, last: torch.Tensor | None) -> torch.Tensor:
        if self.pooling == "own":
            return self._network.forward_head(last, pre_logits=True).float().flatten(1)  # type: ignore
        return self._pool(cast(torch.Tensor, last))

    def _pool(self, output: torch.Tensor) -> torch.Tensor:
        output = output.float()
        if output.ndim == 4:  # (n, c, h, w), or (n, h, w, c) in the networks that say so
            positions = output.flatten(1, 2) if self._is_nhwc else output.flatten(2).transpose(1, 2)
        else:  # (n, tokens, c), the class token first
            n_prefix = getattr(self._network, "num_prefix_tokens", 0)
            if self.pooling == "cls":
                return output[:, 0]
            positions = output[:, n_prefix:]
        mean = positions.mean(dim=1)
        if self.pooling == "mean":
            return mean
        return torch.cat([mean, positions.std(dim=1, correction=0)], dim=1)

    @property
    def _is_nhwc(self) -> bool:
        return bool(getattr(self._network, "output_fmt", "NCHW") == "NHWC")

    def _to_map(self, output: torch.Tensor) -> torch.Tensor:
        """Return the output of a layer as (n, c, h, w) float32, without class tokens."""
        output = output.float()
        if output.ndim == 4:
            return output.permute(0, 3, 1, 2) if self._is_nhwc else output
        tokens = output[:, getattr(self._network, "num_prefix_tokens", 0) :]
        side = math.isqrt(tokens.shape[1])
        if side**2 != tokens.shape[1]:
            raise EncoderError(
                f"layers of {self.card.model}",
                expected="positions that form a square",
                found=f"{tokens.shape[1]} tokens",
                remedy="take layers of a network with a map of positions",
            )
        return tokens.transpose(1, 2).reshape(len(tokens), -1, side, side)

    def _hook_layers(self, spec: PartSpec) -> None:
        modules = dict(self._network.named_modules())
        for layer in spec.layers:
            if layer not in modules or not layer:
                near = [name for name in modules if name and name.count(".") <= 1][:40]
                raise EncoderError(
                    f"--layers {layer}",
                    expected=f"a module of {spec.model}",
                    found="no such module",
                    remedy=f"take from {', '.join(near)}",
                )
            modules[layer].register_forward_hook(self._keep_output(layer))
        if self.pooling == "cls" and not getattr(self._network, "num_prefix_tokens", 0):
            raise EncoderError(
                "--pooling cls",
                expected="a network with a class token",
                found=spec.model,
                remedy="take mean or mean+std",
            )

    def _keep_output(self, layer: str) -> Any:
        def hook(module: nn.Module, inputs: Any, output: torch.Tensor) -> None:
            self._outputs[layer] = output
            if len(self._outputs) == len(self._layers):
                raise _Stop

        return hook

    def _trace_modules(self) -> list[str]:
        """Return the names of the modules that run up to the last layer asked for."""
        seen: list[str] = []
        handles = [
            module.register_forward_pre_hook(lambda *_, name=name: seen.append(name))
            for name, module in self._network.named_modules()
        ]
        self.encode(self._blank())
        for handle in handles:
            handle.remove()
        return [*seen, ""]

    def _blank(self) -> NDArray[np.uint8]:
        return np.zeros((1, self.transform.size_px, self.transform.size_px, 3), dtype=np.uint8)


def _create_network(spec: PartSpec, random_seed: int | None) -> nn.Module:
    if random_seed is None:
        return create_network(spec.model, pretrained=spec.weights is None, arguments=spec.arguments)
    with torch.random.fork_rng():
        torch.manual_seed(random_seed)
        return create_network(spec.model, pretrained=False, arguments=spec.arguments)


def _resolve_pooling(spec: PartSpec) -> str:
    if spec.pooling == "auto":
        return "mean+std" if spec.layers else "own"
    if spec.pooling == "own" and spec.layers:
        raise EncoderError(
            "--pooling own",
            expected="no --layers",
            found=", ".join(spec.layers),
            remedy="take cls, mean or mean+std with layers",
        )
    return spec.pooling


def _resolve_transform(network: nn.Module, spec: PartSpec) -> Transform:
    config = resolve_model_data_config(network)  # type: ignore[no-untyped-call]
    crop_mode = "squash" if spec.crop == "squash" else str(config["crop_mode"])
    if crop_mode not in CROP_MODES or config["interpolation"] not in RESAMPLING:
        raise EncoderError(
            f"--encoder {spec.model}",
            expected=f"crop mode {' or '.join(CROP_MODES)}, interpolation {', '.join(RESAMPLING)}",
            found=f"{crop_mode} and {config['interpolation']} in the weights' data config",
            remedy="take --crop squash, or other weights",
        )
    return Transform(
        size_px=spec.size_px or int(config["input_size"][-1]),
        crop_fraction=1.0 if spec.crop == "squash" else float(config["crop_pct"]),
        crop_mode=crop_mode,
        interpolation=str(config["interpolation"]),
        mean=spec.mean or tuple(config["mean"]),
        std=spec.std or tuple(config["std"]),
    )


def _replace_by_identity(network: nn.Module, spec: PartSpec) -> None:
    for name in spec.linear:
        parent, _, child = name.rpartition(".")
        try:
            setattr(network.get_submodule(parent), child, nn.Identity())
        except AttributeError as error:
            raise EncoderError(
                f"linear: {name}",
                expected=f"a module of {spec.model}",
                found="no such module",
                remedy="correct the encoder file",
            ) from error


def _describe_arguments(spec: PartSpec) -> str:
    extras: Sequence[str] = [f"{key}={value!r}" for key, value in sorted(spec.arguments.items())]
    return ",".join([*extras, *(f"linear={name}" for name in spec.linear)])
