"""Weights that end in the middle of a network: how far they reach, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from timm.data.config import resolve_model_data_config
from torch import nn

from morelli.encode.features import Features
from morelli.encode.spec import PartSpec
from morelli.encode.weights import create_network, find_absent, read_weights
from morelli.errors import WeightsError


def fit_to_weights(spec: PartSpec) -> PartSpec:
    """Return the same network, ending where its weights end.

    Parameters
    ----------
    spec
        With a weights file, or without one.

    Returns
    -------
    fitted
        `spec` itself where its weights hold all that it uses, or where it names layers. Else the last module
        that they reach stands in ``layers``, pooled by ``mean`` unless the spec asks for ``map``,
        ``mean+std`` or ``mean+std+covariance``.

    Raises
    ------
    WeightsError
        When the file cannot be read, or holds not even the first module.
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
