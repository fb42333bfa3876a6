"""The losses and their gradients beside autograd, and whole descents beside torch's on the same batches."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info, threadpool_limits
from torch_spaces import descend_with_torch, twin_of

from morelli.learn.heads import ContrastiveSpace, SoftmaxSpace, spaces
from morelli.learn.heads.descent import (
    NormalisedSoftmax,
    SupervisedContrastive,
    _follow_cycle,
    descend,
    measure_projection,
)

from .test_spaces import QUICK, make_hands, pair_roc_auc

LABELS = {
    "pairs": [0, 1, 2, 0, 1, 2, 0],
    "some alone": [0, 1, 2, 3, 0, 3, 3],
    "all alone": [0, 1, 2, 3, 4, 5, 6],
    "one class": [2] * 7,
}


def make_losses(rng: np.random.Generator) -> list:
    return [
        SupervisedContrastive(0.1),
        SupervisedContrastive(0.7),
        NormalisedSoftmax(rng.normal(size=(4, 7)), 0.0625),
    ]


@pytest.mark.parametrize("codes", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("at", range(3))
def test_loss_and_gradients_are_those_of_autograd(at, codes):
    rng = np.random.default_rng(at)
    loss, codes = make_losses(rng)[at], np.array(codes)
    vectors, weight = rng.normal(size=(len(codes), 5)), rng.normal(size=(5, 4))
    value, of_weight, further = measure_projection(weight, loss, (vectors, codes))
    projection, twin = torch.nn.Parameter(torch.from_numpy(weight)), twin_of(loss)
    expected = twin(
        torch.nn.functional.normalize(torch.from_numpy(vectors) @ projection), torch.tensor(codes)
    )
    expected.backward()
    assert value == pytest.approx(expected.item(), abs=1e-9)
    np.testing.assert_allclose(of_weight, projection.grad, atol=1e-9)
    assert len(further) == len(loss.weights)
    for own, parameter in zip(further, twin.parameters(), strict=True):
        np.testing.assert_allclose(own, parameter.grad, atol=1e-9)


def test_a_vector_of_zeros_has_no_part_in_the_gradient():
    rng = np.random.default_rng(0)
    vectors, weight, codes = rng.normal(size=(6, 5)), rng.normal(size=(5, 4)), np.array([0, 0, 1, 1, 2, 2])
    vectors[3] = 0
    for loss in make_losses(rng):
        value, of_weight, _ = measure_projection(weight, loss, (vectors, codes))
        assert np.isfinite(value)
        assert np.isfinite(of_weight).all()


def test_the_contrastive_loss_by_hand():
    """Four unit rows, as in equation 2 of Khosla et al. 2020."""
    angles = np.deg2rad([0.0, 60.0, 90.0, 180.0])
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    labels, temperature, total = [0, 0, 1, 1], 0.5, 0.0
    for i in range(4):
        others = [j for j in range(4) if j != i]
        norm = np.log(sum(np.exp(rows[i] @ rows[j] / temperature) for j in others))
        positives = [j for j in others if labels[j] == labels[i]]
        total -= np.mean([rows[i] @ rows[j] / temperature - norm for j in positives]) / 4
    value, _, _ = SupervisedContrastive(temperature).measure(rows, np.array(labels))
    assert value == pytest.approx(total, abs=1e-12)


@pytest.mark.parametrize("n_steps", [1, 2, 9, 11, 30])
@pytest.mark.parametrize("at", range(3))
def test_a_descent_takes_the_steps_of_torch(at, n_steps):
    """Also with so few steps that the rate never rises."""
    ends = []
    for way in (descend, descend_with_torch):
        rng = np.random.default_rng(0)
        vectors, weight = (rng.normal(size=shape).astype(np.float32) for shape in ((40, 5), (5, 4)))
        loss, codes = make_losses(rng)[at], rng.integers(7, size=40)
        loss.weights = tuple(own.astype(np.float32) for own in loss.weights)

        def draw(rng=rng, vectors=vectors, codes=codes):
            rows = rng.integers(40, size=16)
            return vectors[rows], codes[rows]

        way(weight, loss, draw, n_steps=n_steps, learning_rate=1e-2, weight_decay=0.1)
        ends.append([weight, *loss.weights])
    for own, expected in zip(*ends, strict=True):
        np.testing.assert_allclose(own, expected, atol=2e-4)


def test_ten_steps_begin_at_the_highest_rate():
    """A tenth of them is one, where torch's schedule divides by zero."""
    shares = [_follow_cycle(step, 10) for step in range(10)]
    assert shares[0] == (1, 0.85)
    assert shares[-1] == pytest.approx((1 / 250_000, 0.95))


@pytest.mark.parametrize("kind", [ContrastiveSpace, SoftmaxSpace])
def test_spaces_tell_unseen_hands_apart_as_well_as_those_of_torch(kind, monkeypatch):
    """Over several seeds, the same batches for both: rounding is all that may differ."""
    vectors, artists = make_hands(20, 10, seed=0, nuisance=3.0)
    new_vectors, new_artists = make_hands(12, 8, seed=1, nuisance=3.0)
    aucs = []
    for way in (descend, descend_with_torch):
        monkeypatch.setattr(spaces, "descend", way)
        learners = [kind(n_steps=100, **{**QUICK, "random_state": seed}) for seed in range(4)]
        fitted = [learner.fit(vectors, artists) for learner in learners]
        aucs.append([pair_roc_auc(one.transform(new_vectors), new_artists) for one in fitted])
    assert np.mean(aucs[0]) > 0.7
    np.testing.assert_allclose(*aucs, atol=0.006)


def test_steps_keep_to_one_thread_and_give_the_others_back():
    counts = []

    def draw():
        counts.append(count_threads())
        return np.eye(4, dtype=np.float32), np.array([0, 0, 1, 1])

    def count_threads():
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    with threadpool_limits(2):
        descend(
            np.eye(4, dtype=np.float32),
            SupervisedContrastive(0.1),
            draw,
            n_steps=2,
            learning_rate=1e-3,
            weight_decay=0,
        )
        assert counts == [{1}, {1}]
        assert count_threads() == {2}
