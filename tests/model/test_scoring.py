"""Pair rules: the scores of plain loops, the same in pairs and in tables, symmetric, exact on disk."""

from __future__ import annotations

import math
from statistics import StatisticsError, correlation

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from morelli.model import Layers, Rule, Step
from morelli.model.scoring import _RULE_KINDS, _STEP_KINDS, _measure_distances

vectors = arrays(np.float32, (5, 4), elements=st.floats(-4, 4, width=32))


def draw_affine(d: int, e: int, seed: int) -> Step:
    rng = np.random.default_rng(seed)
    return Step("affine", rng.normal(size=(d, e)).astype(np.float32), rng.normal(size=e).astype(np.float32))


def make_rule(kind: str, *, has_layers: bool = True, n_hidden: int | None = 6) -> Rule:
    """Return a rule on vectors of four numbers."""
    layers = Layers((draw_affine(4, 3, 1), Step("softmax"))) if has_layers else Layers()
    if kind != "network":
        return Rule(kind, layers)
    width = 2 * (layers.n_outputs or 4)
    hidden = () if n_hidden is None else (draw_affine(width, n_hidden, 2), Step("relu"))
    return Rule(kind, layers, Layers((*hidden, draw_affine(n_hidden or width, 1, 3))))


def score_slowly(rule: Rule, left: np.ndarray, right: np.ndarray) -> float:
    """Return the score of two vectors by the definition."""
    one, other = (rule.layers.transform(vector[None])[0].astype(float).tolist() for vector in (left, right))
    if rule.kind == "euclidean":
        return -math.dist(one, other)
    if rule.kind == "cosine":
        dot = sum(a * b for a, b in zip(one, other, strict=True))
        return dot / (math.hypot(*one) * math.hypot(*other))
    if rule.kind == "dot":
        return sum(a * b for a, b in zip(one, other, strict=True))
    if rule.kind == "pearson":
        try:
            return correlation(one, other)
        except StatisticsError:
            return 0.0
    if rule.kind == "same-argmax":
        return float(one.index(max(one)) == other.index(max(other)))
    both = (np.array([[*one, *other]], np.float32), np.array([[*other, *one]], np.float32))
    return sum(float(rule.network.transform(row)[0, 0]) for row in both) / 2


@pytest.mark.parametrize("has_layers", [True, False])
@pytest.mark.parametrize("kind", _RULE_KINDS)
def test_each_rule_equals_its_definition(kind, has_layers):
    rule = make_rule(kind, has_layers=has_layers)
    rng = np.random.default_rng(0)
    left, right = (rng.normal(size=(n, 4)).astype(np.float32) for n in (5, 7))
    expected = [[score_slowly(rule, one, other) for other in right] for one in left]
    left_rows, right_rows = rule.to_rows(left), rule.to_rows(right)
    assert left_rows.dtype == np.float32
    table = rule.score_all(left_rows, right_rows)
    assert table.dtype == (np.float32 if kind == "cosine" else np.float64)
    np.testing.assert_allclose(table, expected, atol=2e-5)
    pairs = rule.score_pairs(np.repeat(left_rows, 7, axis=0), np.tile(right_rows, (5, 1)))
    np.testing.assert_allclose(pairs, np.ravel(expected), atol=2e-5)
    if kind == "cosine":  # of the mean directions: the mean over the lengths of the means
        lengths = (np.linalg.norm(rows.mean(axis=0)) for rows in (left_rows, right_rows))
        expected = np.array(expected) / math.prod(lengths)
    assert rule.score_sets(left_rows, right_rows) == pytest.approx(np.mean(expected), abs=2e-5)


@pytest.mark.parametrize("kind", _RULE_KINDS)
@given(values=vectors)
def test_pairs_and_tables_agree_and_no_work_comes_first(kind, values):
    rule = make_rule(kind)
    rows = rule.to_rows(values)
    table = rule.score_all(rows, rows)
    assert np.isfinite(table).all()
    np.testing.assert_allclose(table, table.T, atol=1e-6)
    left, right = np.indices(table.shape).reshape(2, -1)
    np.testing.assert_allclose(rule.score_pairs(rows[left], rows[right]), table.ravel(), atol=1e-5)
    assert rule.score_sets(rows[:2], rows[2:]) == pytest.approx(rule.score_sets(rows[2:], rows[:2]), abs=1e-6)


@pytest.mark.parametrize("kind", ["euclidean", "pearson", "same-argmax"])
@given(values=vectors)
def test_nothing_is_more_alike_than_a_work_and_itself(kind, values):
    rule = make_rule(kind, has_layers=False)
    rows = rule.to_rows(values)
    table = rule.score_all(rows, rows)
    assert (table <= np.diag(table)[:, None] + 1e-4).all() or kind == "pearson"  # a constant row scores 0
    assert rule.score_pairs(rows, rows) == pytest.approx(
        {"euclidean": 0.0, "pearson": np.linalg.norm(rows, axis=1) ** 2, "same-argmax": 1.0}[kind], abs=1e-5
    )


def test_scores_by_hand():
    works = np.array([[3, 4], [0, 0], [4, 3]], dtype=np.float32)
    euclidean, dot, same = (Rule(kind) for kind in ("euclidean", "dot", "same-argmax"))
    assert euclidean.score_all(works[:1], works).tolist() == [[0, -5, pytest.approx(-math.sqrt(2))]]
    assert dot.score_all(works[:1], works).tolist() == [[25, 0, 24]]
    assert same.score_all(same.to_rows(works), same.to_rows(works)).tolist() == [
        [1, 0, 0],
        [0, 1, 1],
        [0, 1, 1],
    ]
    assert Rule("pearson").to_rows(np.ones((1, 3), dtype=np.float32)).tolist() == [[0, 0, 0]]


def test_a_network_by_hand():
    """One hidden number max(a - 2b, 0) on works of one number; its double is the score."""
    first = Step("affine", np.array([[1], [-2]], np.float32), np.zeros(1, np.float32))
    last = Step("affine", np.array([[2]], np.float32), np.ones(1, np.float32))
    rule = Rule("network", network=Layers((first, Step("relu"), last)))
    rows = rule.to_rows(np.array([[5], [1]], np.float32))
    assert rows.tolist() == [[5, -10], [1, -2]]
    assert rule.score_pairs(rows[:1], rows[1:]).tolist() == [(2 * 3 + 1 + 2 * 0 + 1) / 2]
    assert rule.n_parameters == 5


@pytest.mark.parametrize("kind", _RULE_KINDS)
@pytest.mark.parametrize("n_cells", [1, 17, 100])
def test_blocks_change_no_score(kind, n_cells, monkeypatch):
    rule = make_rule(kind)
    rows = rule.to_rows(np.random.default_rng(5).normal(size=(13, 4)).astype(np.float32))
    table, pairs = rule.score_all(rows, rows[:9]), rule.score_pairs(rows[:9], rows[4:])
    monkeypatch.setattr("morelli.model.scoring._BLOCK_CELLS", n_cells)
    np.testing.assert_allclose(rule.score_all(rows, rows[:9]), table, atol=1e-6)
    np.testing.assert_allclose(rule.score_pairs(rows[:9], rows[4:]), pairs, atol=1e-6)
    assert rule.score_pairs(rows[:0], rows[:0]).shape == (0,)


@pytest.mark.parametrize("kind", _RULE_KINDS)
@pytest.mark.parametrize("n_hidden", [6, None])
def test_a_rule_comes_back_from_the_disk(kind, n_hidden):
    rule = make_rule(kind, n_hidden=n_hidden)
    again = Rule.from_parts(rule.to_facts(), rule.to_arrays())
    values = np.random.default_rng(2).normal(size=(4, 4)).astype(np.float32)
    rows = rule.to_rows(values)
    np.testing.assert_array_equal(again.to_rows(values), rows)
    np.testing.assert_array_equal(again.score_all(rows, rows), rule.score_all(rows, rows))
    assert again.n_parameters == rule.n_parameters


@given(
    left=arrays(np.float32, (3, 2), elements=st.floats(-1, 1, width=32)),
    right=arrays(np.float32, (4, 2), elements=st.floats(-1, 1, width=32)),
    shift=st.floats(-1e4, 1e4, width=32),
)
def test_distances_do_not_depend_on_the_origin(left, right, shift):
    moved = [(rows + np.float32(shift)).astype(np.float32) for rows in (left, right)]
    expected = [[math.dist(one, other) for other in moved[1].tolist()] for one in moved[0].tolist()]
    np.testing.assert_allclose(_measure_distances(*moved), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "network", "message"),
    [
        ("angle", None, "a rule 'angle', not one of cosine"),
        ("network", None, "a rule 'network' without a network"),
        ("dot", Layers(), "a rule 'dot' with a network"),
        ("network", Layers(), "does not begin with an affine layer"),
        ("network", Layers((Step("relu"), draw_affine(4, 1, 0))), "does not begin with an affine layer"),
        ("network", Layers((draw_affine(3, 1, 0),)), "does not begin with an affine layer"),
        ("network", Layers((draw_affine(4, 2, 0),)), "gives 2 numbers and not one"),
    ],
)
def test_a_rule_of_another_shape_is_refused(kind, network, message):
    with pytest.raises(ValueError, match=message):
        Rule(kind, network=network)


# Layers applied with NumPy: the same numbers as plain loops, exact on disk, refused when they do not fit.

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


@pytest.mark.parametrize("kind", _STEP_KINDS)
@given(rows=rows_of_four, seed=st.integers(0, 9))
def test_each_layer_equals_a_plain_loop(kind, rows, seed):
    step = draw_step(kind, 4, 3, np.random.default_rng(seed))
    turned = step.transform(rows)
    assert turned.dtype == np.float32
    expected = [apply_slowly(step, row) for row in rows.tolist()]
    np.testing.assert_allclose(turned, expected, rtol=1e-4, atol=1e-4)


@settings(max_examples=40)
@given(
    kinds=st.lists(st.sampled_from(_STEP_KINDS), max_size=5),
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
    monkeypatch.setattr("morelli.model.scoring._BLOCK_ROWS", 5)
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
