"""Layers applied with NumPy: the same numbers as plain loops, exact on disk, refused when they do not fit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from morelli.model import Layers, Step
from morelli.model.layers import STEP_KINDS

quarters = st.integers(-200, 200).map(lambda number: number / 4)  # squares of smaller numbers vanish
rows_of_four = arrays(np.float32, st.tuples(st.integers(1, 5), st.just(4)), elements=quarters)


def draw_step(kind: str, d: int, e: int, rng: np.random.Generator) -> Step:
    if kind == "affine":
        return Step(
            "affine", rng.normal(size=(d, e)).astype(np.float32), rng.normal(size=e).astype(np.float32)
        )
    if kind == "prelu":
        return Step("prelu", rng.uniform(0, 1, d).astype(np.float32))
    return Step(kind)


def apply_slowly(step: Step, row: list[float]) -> list[float]:
    if step.kind == "affine":
        columns = zip(step.weights.T.tolist(), step.biases.tolist(), strict=True)
        return [sum(x * w for x, w in zip(row, column, strict=True)) + b for column, b in columns]
    if step.kind == "relu":
        return [max(x, 0.0) for x in row]
    if step.kind == "prelu":
        slopes = step.weights.tolist() * (len(row) // len(step.weights))
        return [x if x > 0 else slope * x for x, slope in zip(row, slopes, strict=True)]
    if step.kind == "unit":
        length = math.sqrt(sum(x * x for x in row)) or 1.0
        return [x / length for x in row]
    if step.kind == "softmax":
        powers = [math.exp(x - max(row)) for x in row]
        return [power / sum(powers) for power in powers]
    return [1 / (1 + math.exp(-x)) for x in row]


@pytest.mark.parametrize("kind", STEP_KINDS)
@given(rows=rows_of_four, seed=st.integers(0, 9))
def test_each_layer_equals_a_plain_loop(kind, rows, seed):
    step = draw_step(kind, 4, 3, np.random.default_rng(seed))
    turned = step.transform(rows)
    assert turned.dtype == np.float32
    expected = [apply_slowly(step, row) for row in rows.tolist()]
    np.testing.assert_allclose(turned, expected, rtol=1e-4, atol=1e-4)


@settings(max_examples=40)
@given(
    kinds=st.lists(st.sampled_from(STEP_KINDS), max_size=5),
    rows=arrays(np.float32, (3, 4), elements=st.integers(-12, 12).map(lambda number: number / 4)),
)
def test_layers_follow_each_other_and_come_back_from_the_disk(kinds, rows):
    rng, width, steps = np.random.default_rng(0), 4, []
    for kind in kinds:
        steps.append(draw_step(kind, width, 3, rng))
        width = 3 if kind == "affine" else width
    layers = Layers(tuple(steps))
    turned = layers.transform(rows)
    expected = rows.tolist()
    for step in steps:
        expected = [apply_slowly(step, row) for row in expected]
    np.testing.assert_allclose(turned, expected, rtol=1e-3, atol=1e-3)
    assert turned.shape == (3, layers.n_outputs or 4)
    again = Layers.from_parts(layers.to_facts(), layers.to_arrays())
    np.testing.assert_array_equal(again.transform(rows), turned)
    assert again.n_parameters == layers.n_parameters
    assert repr(again) == f"Layers({' '.join(kinds)})"


def test_one_slope_serves_all_columns():
    step = Step("prelu", np.array([0.5], dtype=np.float32))
    assert step.transform(np.array([[-2, 4, -6]], dtype=np.float32)).tolist() == [[-1, 4, -3]]


def test_many_rows_go_through_in_blocks(monkeypatch):
    layers = Layers((draw_step("affine", 4, 3, np.random.default_rng(0)), Step("softmax")))
    rows = np.random.default_rng(1).normal(size=(23, 4)).astype(np.float32)
    whole = layers.transform(rows)
    monkeypatch.setattr("morelli.model.layers.BLOCK_ROWS", 5)
    np.testing.assert_allclose(layers.transform(rows), whole, atol=1e-6)
    assert layers.transform(rows[:0]).shape == (0, 3)


def test_no_layers_leave_rows_as_they_are():
    rows = np.ones((2, 3), dtype=np.float32)
    assert Layers().transform(rows) is rows
    assert (Layers().n_parameters, Layers().n_outputs) == (0, None)


def test_parameters_are_counted():
    steps = (
        Step("affine", np.zeros((25_088, 256), np.float32), np.zeros(256, np.float32)),
        Step("prelu", np.zeros(256, np.float32)),
        Step("affine", np.zeros((256, 64), np.float32), np.zeros(64, np.float32)),
    )
    assert Layers(steps).n_parameters == 25_088 * 256 + 256 + 256 + 256 * 64 + 64
    assert Layers(steps).n_outputs == 64


@pytest.mark.parametrize(
    ("kind", "weights", "biases", "message"),
    [
        ("tanh", None, None, "a layer 'tanh', not one of affine"),
        ("affine", None, None, "not those of a layer 'affine'"),
        ("affine", np.zeros((2, 3)), np.zeros(2), "not those of a layer 'affine'"),
        ("affine", np.zeros(3), np.zeros(3), "not those of a layer 'affine'"),
        ("prelu", np.zeros((2, 2)), None, "not those of a layer 'prelu'"),
        ("prelu", np.zeros(2), np.zeros(2), "not those of a layer 'prelu'"),
        ("relu", np.zeros(2), None, "not those of a layer 'relu'"),
    ],
)
def test_a_layer_with_other_arrays_is_refused(kind, weights, biases, message):
    with pytest.raises(ValueError, match=message):
        Step(kind, weights, biases)


def test_layers_that_do_not_fit_each_other_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="layer 2 takes rows of 4 numbers, and is given 3"):
        Layers((draw_step("affine", 5, 3, rng), Step("relu"), draw_step("affine", 4, 2, rng)))
    with pytest.raises(ValueError, match="layer 1 takes rows of 4 numbers, and is given 3"):
        Layers((draw_step("affine", 5, 3, rng), draw_step("prelu", 4, 4, rng)))
