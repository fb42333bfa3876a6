"""Losses against slow twins, and what they make of labels that are missing."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from pytorch_metric_learning.distances import LpDistance
from pytorch_metric_learning.losses import ContrastiveLoss
from pytorch_metric_learning.reducers import DoNothingReducer
from torch import nn

from morelli.learn.network.losses import (
    Classes,
    SameOrNot,
    Standardise,
    _Contrastive,
    _MetricLoss,
    _TripletMargin,
    build_layers,
    export_layers,
)
from morelli.learn.recipe import Layer, Loss
from morelli.model.standardisation import Standardisation

RNG = np.random.default_rng(0)


def draw(n: int, width: int = 3) -> torch.Tensor:
    return torch.from_numpy(RNG.normal(size=(n, width)).astype(np.float32)).requires_grad_()


def distance(a: torch.Tensor, b: torch.Tensor) -> float:
    return math.dist(a.tolist(), b.tolist())


def test_contrastive_loss_is_the_distance_or_what_lacks_to_the_margin() -> None:
    rows, same = draw(8), torch.tensor([True, False, True, False])
    losses, rights = _Contrastive(2.0)(rows, {"same": same})
    for place in range(4):
        apart = distance(rows[2 * place], rows[2 * place + 1])
        assert float(losses[place]) == pytest.approx(apart if same[place] else max(0, 2 - apart), abs=1e-4)
        assert float(rights[place]) == float((apart < 1) == bool(same[place]))
    losses.mean().backward()
    assert rows.grad is not None
    assert rows.grad.abs().sum() > 0


@pytest.mark.parametrize("kind", [True, False])
def test_contrastive_loss_of_pairs_of_one_kind_only(kind: bool) -> None:
    losses, _ = _Contrastive(1.0)(draw(6), {"same": torch.full((3,), kind)})
    assert losses.shape == (3,)
    assert torch.isfinite(losses).all()


def test_contrastive_loss_is_that_of_pytorch_metric_learning() -> None:
    rows, same = draw(12), torch.tensor([True, True, False, True, False, False])
    theirs = ContrastiveLoss(
        neg_margin=2.0,
        distance=LpDistance(normalize_embeddings=False),
        reducer=DoNothingReducer(),
    )
    left, right = torch.arange(0, 12, 2), torch.arange(1, 12, 2)
    parts = theirs(rows, indices_tuple=(left[same], right[same], left[~same], right[~same]))
    losses, _ = _Contrastive(2.0)(rows, {"same": same})
    torch.testing.assert_close(losses[same], parts["pos_loss"]["losses"])
    torch.testing.assert_close(losses[~same], parts["neg_loss"]["losses"])


def test_triplet_loss_is_the_difference_of_distances_and_the_margin() -> None:
    rows = draw(12)
    losses, rights = _TripletMargin(5.0)(rows, {})
    for place in range(4):
        anchor, positive, negative = rows[3 * place : 3 * place + 3]
        near, far = distance(anchor, positive), distance(anchor, negative)
        assert float(losses[place]) == pytest.approx(max(0, near - far + 5), abs=1e-4)
        assert float(rights[place]) == float(near < far)


def test_triplet_loss_is_that_of_torch() -> None:
    rows = draw(30)
    losses, _ = _TripletMargin(5.0)(rows, {})
    theirs = torch.nn.TripletMarginLoss(margin=5.0, eps=0, reduction="none")
    expected = theirs(rows[0::3], rows[1::3], rows[2::3])
    torch.testing.assert_close(losses, expected, atol=1e-4, rtol=1e-4)


def sizes(*counts: int) -> torch.Tensor:
    return torch.tensor(counts)


def test_cross_entropy_leaves_unknown_labels_out() -> None:
    loss = Loss(name="cross-entropy", labels=("artist", "style"))
    criterion = Classes(3, {"artist": sizes(4, 4), "style": sizes(5, 3)}, loss, 0.0)
    rows = draw(3)
    targets = {"artist": torch.tensor([0, 1, -1]), "style": torch.tensor([1, -1, -1])}
    losses, rights = criterion(rows, targets)
    for label, place in (("artist", 0), ("style", 0)):
        assert criterion.layers[label].out_features == 2, (label, place)
    each = {label: torch.log_softmax(criterion.layers[label](rows), dim=1) for label in ("artist", "style")}
    assert float(losses[0]) == pytest.approx(
        float(-(each["artist"][0, 0] + each["style"][0, 1]) / 2), abs=1e-5
    )
    assert float(losses[1]) == pytest.approx(float(-each["artist"][1, 1]), abs=1e-5)
    assert float(losses[2]) == 0
    assert math.isnan(float(rights[2]))


def test_a_label_of_one_class_is_left_out() -> None:
    loss = Loss(name="cross-entropy", labels=("artist", "genre"))
    criterion = Classes(3, {"artist": sizes(4, 4), "genre": sizes(8)}, loss, 0.0)
    assert criterion.labels == ["artist"]


@pytest.mark.parametrize("name", ["binary-cross-entropy", "one-vs-rest"])
def test_binary_cross_entropy_is_summed_over_classes(name: str) -> None:
    criterion = Classes(3, {"artist": sizes(1, 3, 4)}, Loss(name=name), 0.0)
    rows, truth = draw(2), torch.tensor([2, 0])
    losses, _ = criterion(rows, {"artist": truth})
    odds = [7 / 1, 5 / 3, 4 / 4] if name == "one-vs-rest" else [1, 1, 1]
    for place in range(2):
        logits = criterion.layers["artist"](rows[place]).tolist()
        expected = sum(
            odds[c] * math.log1p(math.exp(-z)) if c == truth[place] else math.log1p(math.exp(z))
            for c, z in enumerate(logits)
        )
        assert float(losses[place]) == pytest.approx(expected, abs=1e-4)


def test_the_pair_network_reads_left_and_right_side_by_side() -> None:
    criterion = SameOrNot(3, (Layer(linear=4), Layer(activation="relu")))
    rows = draw(4)
    losses, rights = criterion(rows, {"same": torch.tensor([True, False])})
    for place, same in enumerate((True, False)):
        logit = float(criterion.network(torch.cat([rows[2 * place], rows[2 * place + 1]])[None]))
        assert float(losses[place]) == pytest.approx(
            math.log1p(math.exp(-logit if same else logit)), abs=1e-5
        )
        assert float(rights[place]) == float((logit > 0) == same)


@pytest.mark.parametrize("name", ["supervised-contrastive", "proxy-anchor", "arcface", "multi-similarity"])
def test_metric_losses_fall_when_hands_are_told_apart(name: str) -> None:
    torch.manual_seed(0)
    criterion = _MetricLoss(Loss(name=name), 4, 2)
    artists = torch.tensor([0, 0, 1, 1, -1])
    near = torch.eye(4)[[0, 0, 1, 1, 2]]
    mixed = torch.eye(4)[[0, 1, 0, 1, 2]]
    if name in {"proxy-anchor", "arcface"}:  # those have proxies of their own, which stand where they like
        weights = next(criterion.parameters())
        with torch.no_grad():
            weights.copy_(torch.eye(4)[:2] if weights.shape == (2, 4) else torch.eye(4)[:2].T)
    apart, rights = criterion(near, {"artist": artists})
    confused, wrongs = criterion(mixed, {"artist": artists})
    assert float(apart.mean()) < float(confused.mean())
    assert rights[:4].tolist() == [1, 1, 1, 1]
    assert wrongs[:4].tolist() == [0, 0, 0, 0]
    assert math.isnan(float(rights[4]))


# Heads as modules and as arrays: the same numbers.

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
