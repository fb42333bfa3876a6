"""Heads as modules and as arrays: the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from morelli.learn.heads import Standardise, build_layers, export_layers
from morelli.learn.recipe import Layer
from morelli.model.standardisation import Standardisation

RNG = np.random.default_rng(0)

LAYERS = (
    Layer(dropout=0.25),
    Layer(linear=5),
    Layer(activation="prelu"),
    Layer(dropout=0.3),
    Layer(linear=4),
    Layer(activation="relu"),
    Layer(linear=3),
    Layer(normalise="unit"),
)


@pytest.mark.parametrize("n_layers", range(len(LAYERS) + 1))
def test_exported_layers_give_what_the_modules_give_in_evaluation(n_layers: int) -> None:
    torch.manual_seed(0)
    modules, width = build_layers(LAYERS[:n_layers], 6)
    rows = RNG.normal(size=(9, 6)).astype(np.float32)
    expected = modules.eval()(torch.from_numpy(rows)).detach().numpy()
    assert expected.shape == (9, width)
    np.testing.assert_allclose(export_layers(modules).transform(rows), expected, atol=1e-6)


def test_an_affine_layer_without_biases() -> None:
    module = nn.Linear(3, 2, bias=False)
    rows = RNG.normal(size=(4, 3)).astype(np.float32)
    expected = module(torch.from_numpy(rows)).detach().numpy()
    np.testing.assert_allclose(export_layers([module]).transform(rows), expected, atol=1e-6)


def test_standardising_is_that_of_the_model() -> None:
    vectors = (RNG.normal(size=(30, 4)) * [1, 5, 0.1, 0] + 3).astype(np.float32)
    standardisation = Standardisation.fit(vectors)
    far = vectors * 10
    np.testing.assert_allclose(
        Standardise(standardisation)(torch.from_numpy(far)).numpy(), standardisation.transform(far), rtol=1e-5
    )
