"""The layers between a backbone's vector and a loss: built from a recipe, given back as plain arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch import nn

from morelli.learn.recipe import Layer
from morelli.model.layers import Layers, Step
from morelli.model.standardisation import Standardisation


class Standardise(nn.Module):
    """Centres, scales and clips, as `Standardisation` does.

    Parameters
    ----------
    standardisation
        Learnt on the training works.
    """

    mean: torch.Tensor
    scale: torch.Tensor

    def __init__(self, standardisation: Standardisation) -> None:
        super().__init__()
        self.standardisation = standardisation
        self.register_buffer("mean", torch.from_numpy(standardisation.mean))
        self.register_buffer("scale", torch.from_numpy(standardisation.scale))

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        """Return (n, d) float32 within the clip."""
        clip = float(self.standardisation.clip)
        return ((vectors - self.mean) / self.scale).clamp(-clip, clip)


class Unit(nn.Module):
    """Divides rows by their lengths."""

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Return (n, d) unit rows; a zero row stays zero."""
        return nn.functional.normalize(rows, dim=1)


def build_layers(layers: Sequence[Layer], n_inputs: int) -> tuple[nn.Sequential, int]:
    """Return the layers of a head and how many numbers come out of them.

    Parameters
    ----------
    layers
        Of the recipe, in order.
    n_inputs
        Length of what goes in.

    Notes
    -----
    Affine layers start as PyTorch starts them: uniform within plus and minus one by the square root of the
    number of inputs.
    """
    modules: list[nn.Module] = []
    width = n_inputs
    for layer in layers:
        if layer.linear is not None:
            modules.append(nn.Linear(width, layer.linear))
            width = layer.linear
        elif layer.dropout is not None:
            modules.append(nn.Dropout(layer.dropout))
        elif layer.activation is not None:
            modules.append(nn.ReLU() if layer.activation == "relu" else nn.PReLU())
        else:
            modules.append(Unit())
    return nn.Sequential(*modules), width


def export_layers(modules: Iterable[nn.Module]) -> Layers:
    """Return what the modules do in evaluation, as arrays that NumPy applies."""
    return Layers(tuple(step for module in modules if (step := _export(module)) is not None))


def _export(module: nn.Module) -> Step | None:
    if isinstance(module, nn.Linear):
        biases = module.bias if module.bias is not None else torch.zeros(module.out_features)
        return Step("affine", *(np.ascontiguousarray(_array(part)) for part in (module.weight.T, biases)))
    if isinstance(module, nn.PReLU):
        return Step("prelu", _array(module.weight))
    if isinstance(module, nn.ReLU):
        return Step("relu")
    return Step("unit") if isinstance(module, Unit) else None


def _array(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().cpu().float().numpy()
