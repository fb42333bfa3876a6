"""Weights from a file or from timm's hub, put into a network only when they fit.

A file may lack tensors of modules that run behind the last layer asked for, and of the classifier; everything
else must be there in the right shape, or the file is refused with the keys named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import timm
import torch
from safetensors.torch import save_file
from torch import nn

from morelli.encode import networks as architectures  # noqa: F401 - registers our own networks with timm
from morelli.errors import DownloadError, EncoderError, WeightsError, describe_fault
from morelli.files import replace_file

_COUNTERS = "num_batches_tracked"


def is_network(model: str) -> bool:
    """Whether timm builds a network of this name, its own or one of ours."""
    return bool(timm.is_model(model.split(".")[0].split("/")[-1]))


def create_network(model: str, *, pretrained: bool, arguments: Mapping[str, Any]) -> nn.Module:
    """Build a timm network without its classifier, in evaluation mode."""
    if not is_network(model):
        near = timm.list_models(f"*{model.split('.')[0][:8]}*")[:4]
        raise EncoderError(
            f"--encoder {model}",
            expected="'descriptors' or a timm model name",
            found="a name that timm does not know",
            remedy=f"take one of {', '.join(near) or 'timm.list_models()'}",
        )
    try:
        return timm.create_model(model, pretrained=pretrained, num_classes=0, **arguments).eval()
    except (TypeError, AssertionError) as error:
        raise EncoderError(
            f"--encoder {model}",
            expected="arguments that timm takes",
            found=describe_fault(error),
            remedy="correct them",
        ) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise DownloadError(
            f"--encoder {model}",
            expected="pretrained weights from timm's hub",
            found=describe_fault(error),
            remedy="go online once, or give a file with --weights FILE",
        ) from error


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """Read a state dict from .safetensors, or from .pth/.pt with ``weights_only=True``."""
    try:
        state = timm.models.load_state_dict(str(path), device="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise WeightsError(
            path, expected="a weights file", found="no such file", remedy="correct --weights"
        ) from error
    except Exception as error:  # whatever torch and safetensors raise on a file that is not theirs
        raise WeightsError(
            path,
            expected="a .safetensors file or a .pth state dict of tensors only",
            found=describe_fault(error)[:200],
            remedy="save the tensors with safetensors.torch.save_file",
        ) from error
    return {key: value for key, value in state.items() if isinstance(value, torch.Tensor)}


def load_weights(network: nn.Module, path: Path, *, used_modules: Iterable[str]) -> tuple[str, ...]:
    """Put the weights of a file into a network; return the unused modules that it does not have."""
    state = read_weights(path)
    expected = network.state_dict()
    classifiers = _classifier_names(network)
    wrong = [key for key in state if key in expected and state[key].shape != expected[key].shape]
    alien = [
        key
        for key in state
        if key not in expected and not key.startswith(classifiers) and _COUNTERS not in key
    ]
    absent = find_absent(network, state)
    used = set(used_modules)
    needed = [key for key in absent if key.rpartition(".")[0] in used]
    if wrong or alien or needed:
        raise WeightsError(
            path,
            expected=f"the tensors of {type(network).__name__} up to the layers asked for",
            found=_describe_misfit(wrong, alien, needed, state, expected),
            remedy="name the model that the file was saved from, or other --layers",
        )
    network.load_state_dict(state, strict=False)
    return tuple(sorted({".".join(key.split(".")[:2]) for key in absent}))


def find_absent(network: nn.Module, state: Mapping[str, torch.Tensor]) -> list[str]:
    """Return the names of the tensors of a network that a state dict does not have, counters aside."""
    return [key for key in network.state_dict() if key not in state and not key.endswith(_COUNTERS)]


def save_weights(network: nn.Module, path: Path, *, used_modules: Iterable[str] | None = None) -> None:
    """Write the weights of a network, or of some of its modules, as float32; whole or not at all."""
    used = None if used_modules is None else set(used_modules)
    state = {
        key: value.detach().cpu().float().contiguous().clone()
        for key, value in network.state_dict().items()
        if not key.endswith(_COUNTERS) and (used is None or key.rpartition(".")[0] in used)
    }
    with replace_file(path) as part:
        part.touch()
        mode = part.stat().st_mode  # as the user's mask has it
        save_file(state, part)
        part.chmod(mode)


def digest_weights(network: nn.Module, *, used_modules: Iterable[str]) -> str:
    """Return the SHA-256 over names and float32 values of the tensors in use, 64 hexadecimal digits.

    The same weights give the same digest whether they came as .safetensors, .pth or from the hub.
    """
    used = set(used_modules)
    digest = hashlib.sha256()
    for key, value in sorted(network.state_dict().items()):
        if key.rpartition(".")[0] in used and not key.endswith(_COUNTERS):
            digest.update(key.encode())
            digest.update(value.detach().cpu().float().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _classifier_names(network: nn.Module) -> tuple[str, ...]:
    config = getattr(network, "pretrained_cfg", {}) or {}
    names = config.get("classifier") or ("classifier", "head", "fc")
    return (names,) if isinstance(names, str) else tuple(names)


def _describe_misfit(
    wrong: list[str],
    alien: list[str],
    needed: list[str],
    state: Mapping[str, torch.Tensor],
    expected: Mapping[str, torch.Tensor],
) -> str:
    texts = []
    if wrong:
        shapes = f"{tuple(state[wrong[0]].shape)} instead of {tuple(expected[wrong[0]].shape)}"
        texts.append(f"{len(wrong)} of another shape ({wrong[0]}: {shapes})")
    if alien:
        texts.append(f"{len(alien)} that do not belong to it ({', '.join(alien[:3])})")
    if needed:
        texts.append(f"{len(needed)} missing ({', '.join(needed[:3])})")
    return "; ".join(texts)
