"""Tiny untrained networks written as weights files, and pictures to feed them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import timm
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn

from morelli.settings import Settings

CPU = Settings(device="cpu", precision="fp32", workers=0)


def make_network(model: str, *, seed: int = 0, num_classes: int = 10) -> nn.Module:
    """Return a network with random weights and running statistics, none of which is 0 or 1."""
    torch.manual_seed(seed)
    network = timm.create_model(model, pretrained=False, num_classes=10)
    network.eval()
    for name, weight in network.named_parameters():
        if weight.ndim == 1 and name.endswith("weight"):  # zero in the last norm of a residual block
            weight.data.uniform_(0.5, 1.5)
    for name, buffer in network.named_buffers():
        if name.endswith("running_mean"):
            buffer.normal_()
        elif name.endswith("running_var"):
            buffer.uniform_(0.5, 2)
    if num_classes != 10:  # last, so that all other weights stay the same
        network.reset_classifier(num_classes)
    return network


def save_weights(path: Path, model: str = "test_resnet", *, without: str = "", **options: int) -> Path:
    """Write the weights of a network, leaving out the keys that begin with a text."""
    state = make_network(model, **options).state_dict()
    kept = {key: value for key, value in state.items() if not (without and key.startswith(without))}
    if path.suffix == ".safetensors":
        save_file({key: value.contiguous() for key, value in kept.items()}, path)
    else:
        torch.save(kept, path)
    return path


def draw_pixels(width: int = 211, height: int = 170, *, seed: int = 0) -> Image.Image:
    """Return a picture with coarse shapes and fine grain."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (7, 9, 3), dtype=np.uint8)).resize((width, height))
    grain = rng.integers(-30, 30, (height, width, 3))
    return Image.fromarray((np.asarray(coarse).astype(int) + grain).clip(0, 255).astype(np.uint8))


def write_pictures(folder: Path, n: int, **size: int) -> list[Path]:
    """Write pictures that Pillow reads back exactly."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:02}.png" for number in range(n)]
    for number, path in enumerate(paths):
        draw_pixels(seed=number, **size).save(path)
    return paths
