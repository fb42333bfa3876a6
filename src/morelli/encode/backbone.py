"""One network with its transform and card: where it runs, in which precision, where its weights end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from timm.data.config import resolve_model_data_config
from torch import nn

from morelli.encode.features import Features
from morelli.encode.pooling import pool_windows
from morelli.encode.spec import PartCard, PartSpec
from morelli.encode.transform import CROP_MODES, RESAMPLING, Transform
from morelli.encode.views import Intervals
from morelli.encode.weights import create_network, digest_weights, find_absent, load_weights, read_weights
from morelli.errors import EncoderError, UsageError, WeightsError


class Backbone:
    """One network with its transform, ready to turn squares into vectors.

    Matrix work is done in `half`, bfloat16 or float16, else in float32. With a random seed the weights stay
    as they are drawn from it, and none are read.
    """

    def __init__(
        self,
        spec: PartSpec,
        *,
        device: torch.device,
        half: torch.dtype | None = None,
        random_seed: int | None = None,
    ) -> None:
        if random_seed is not None:
            spec = spec.model_copy(update={"weights": None})
        network = _create_network(spec, random_seed)
        _replace_by_identity(network, spec)
        self.pooling = _resolve_pooling(spec)
        self.transform = _resolve_transform(network, spec)
        self._device, self._half = device, half
        self.features = Features(network.to(device), spec.layers, self.pooling)
        used = self.features.trace_modules(self.normalise(self._blank()))
        missing = () if spec.weights is None else load_weights(network, spec.weights, used_modules=used)
        network.to(device).to(memory_format=torch.channels_last)
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
        """Return the pooled vectors (n, d) of squares (n, size_px, size_px, 3) that `transform` made."""
        return self.forward(self.normalise(squares)).cpu().numpy()

    @property
    def has_map(self) -> bool:
        """Whether its vector is pooled from layers whose positions can be told apart."""
        return bool(self.features.layers) and self.pooling in {"mean", "mean+std", "mean+std+covariance"}

    def encode_windows(
        self, squares: NDArray[np.uint8], down: Intervals, across: Intervals
    ) -> NDArray[np.float32]:
        """Return what the vectors would be if only the positions within a window were pooled.

        Windows are shares of the square's sides; they give (n, g, g, d). A layer sees beyond the window as
        far as its receptive field reaches.
        """
        with torch.inference_mode():
            with self._autocast():
                maps = self.features.compute_maps(self.normalise(squares))
            parts = [pool_windows(each, down, across, pooling=self.pooling) for each in maps]
            return torch.cat(parts, dim=-1).cpu().numpy()

    def normalise(self, squares: NDArray[np.uint8]) -> torch.Tensor:
        """Return squares (n, size_px, size_px, 3) uint8 as a batch (n, 3, size_px, size_px) float32."""
        batch = torch.from_numpy(squares).to(self._device).permute(0, 3, 1, 2)
        mean = torch.tensor(self.transform.mean, device=self._device).view(3, 1, 1) * 255
        std = torch.tensor(self.transform.std, device=self._device).view(3, 1, 1) * 255
        return ((batch.float() - mean) / std).contiguous(memory_format=torch.channels_last)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Return the pooled vectors (n, d) float32 of a normalised batch (n, 3, size_px, size_px)."""
        with torch.inference_mode(), self._autocast():
            return self.trace(batch)

    def trace(self, batch: torch.Tensor) -> torch.Tensor:
        """Return what `forward` does, with gradients; precision and mode are the caller's to set."""
        return cast(torch.Tensor, self.features(batch))

    @property
    def network(self) -> nn.Module:
        """The network without its classifier; its weights may be trained in place."""
        return self.features.network

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self._device.type, self._half or torch.bfloat16, enabled=self._half is not None)

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
            remedy="take cls, mean, mean+std, mean+std+covariance or map with layers",
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


def resolve_device(name: str) -> torch.device:
    """Return the device of a name; "auto" takes CUDA, then MPS, then the CPU."""
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise UsageError(
            f"--device {name}",
            expected="auto, cpu, cuda, cuda:N or mps, and that device in this machine",
            found=str(error).splitlines()[0],
            remedy="take --device auto",
        ) from error
    return device


def _has_fast_bf16(device: torch.device) -> bool:
    """Say whether bfloat16 is multiplied natively: AVX-512 BF16 or AMX on a CPU, Ampere or later on a GPU."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
    return False


def choose_half(device: torch.device, precision: str) -> torch.dtype | None:
    """Return the type of 16 bits for matrix work, or None for float32; fp16 is refused on a CPU."""
    if precision == "fp16" and device.type == "cpu":
        raise UsageError(
            "--precision fp16",
            expected="a GPU",
            found="the CPU, which is slow or wrong in float16",
            remedy="take bf16 or fp32",
        )
    if precision == "auto":
        return torch.bfloat16 if _has_fast_bf16(device) else None
    return {"fp32": None, "bf16": torch.bfloat16, "fp16": torch.float16}[precision]


def fit_to_weights(spec: PartSpec) -> PartSpec:
    """Return the same network, ending where its weights end.

    Where these do not hold all that a spec without layers uses, the last module that they reach stands in
    ``layers``, pooled by ``mean`` unless the spec asks for another pooling of layers.
    """
    if spec.weights is None or spec.layers:
        return spec
    with torch.device("meta"):  # shapes without numbers, so that nothing is computed
        network = create_network(spec.model, pretrained=False, arguments=spec.arguments)
    absent = {key.rpartition(".")[0] for key in find_absent(network, read_weights(spec.weights))}
    if not absent & _list_used(network, (), spec.size_px):
        return spec
    pooling = "mean" if spec.pooling in {"auto", "own", "cls"} else spec.pooling
    for layer in _list_candidates(network):
        if not absent & _list_used(network, (layer,), spec.size_px):
            return spec.model_copy(update={"layers": (layer,), "pooling": pooling})
    raise WeightsError(
        spec.weights,
        expected=f"at least the first module of {spec.model}",
        found="none that is whole",
        remedy="name the model that the file was saved from",
    )


def _list_used(network: nn.Module, layers: tuple[str, ...], size_px: int | None) -> frozenset[str]:
    """Return the names of the modules that run up to some layers, or up to the network's own vector."""
    side = size_px or int(resolve_model_data_config(network)["input_size"][-1])  # type: ignore[no-untyped-call]
    features = Features(network, layers, "mean" if layers else "own")
    used = features.trace_modules(torch.zeros(1, 3, side, side, device="meta"))
    features.release()
    return used


def _list_candidates(network: nn.Module) -> Iterator[str]:
    """Yield modules that hold weights, at most two deep, from the last; a stage before what lies in it."""
    names = [
        name
        for name, module in network.named_modules()
        if name and name.count(".") <= 1 and next(module.parameters(), None) is not None
    ]
    for name in reversed(names):
        parent = name.rpartition(".")[0]
        is_last = [each for each in names if each.startswith(f"{parent}.")][-1:] == [name]
        if parent and is_last:
            yield parent
        if parent or not any(each.startswith(f"{name}.") for each in names):
            yield name
