from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.demo.hands import _TRAITS, SCHOOLS, Manner, Role, draw_hand
from morelli.demo.painting import _STEPS, _scatter_seeds, _trace_strokes, paint
from morelli.demo.sight import Layout, Sight, _steer, find_edges, follow_edges, observe, sample_field
from morelli.demo.subjects import SUBJECTS


def make_manner(**habits: float) -> Manner:
    middle = {name: (low + high) / 2.0 for name, (low, high) in _TRAITS.items()}
    return Manner(SCHOOLS[0].anchors, {**middle, **habits})


def make_sight(size: int = 32, scale: float = 8.0) -> Sight:
    """Make a plain grey field whose direction is along x."""
    lab = np.full((size, size, 3), [50.0, 0.0, 0.0], np.float32)
    flow = np.full((size, size, 2), [1.0, 0.0], np.float32)
    return Sight(lab, flow, np.zeros((size, size), np.float32), scale)


@given(seed=st.integers(0, 1000), spacing=st.floats(2.0, 400.0), finish=st.floats(0.0, 1.0))
@settings(max_examples=30, deadline=None)
def test_there_is_a_stroke_whatever_the_spacing(seed: int, spacing: float, finish: float) -> None:
    seeds = _scatter_seeds(make_sight(), spacing, finish, np.random.default_rng(seed))
    assert len(seeds) >= 1
    strokes = _trace_strokes(make_sight(), seeds, 6.0, make_manner(), np.random.default_rng(seed))
    assert len(strokes) == len(seeds)
    assert np.all(strokes.widths > 0.0)
    assert np.isfinite(strokes.outline(0.5)).all()


def test_seeds_are_as_many_as_the_spacing_says() -> None:
    seeds = _scatter_seeds(make_sight(), 8.0, 1.0, np.random.default_rng(0))
    assert len(seeds) == 32 * 32
    assert 400 < len(_scatter_seeds(make_sight(), 8.0, 0.5, np.random.default_rng(0))) < 620


def test_a_straight_hand_on_a_straight_field_draws_straight_strokes() -> None:
    seeds = np.array([[100.0, 100.0], [150.0, 60.0]], np.float32)
    manner = make_manner(bend=0.0, wobble=0.0, stroke_length=6.0)
    strokes = _trace_strokes(make_sight(), seeds, 5.0, manner, np.random.default_rng(0))
    np.testing.assert_allclose(strokes.spines[..., 1], np.repeat(seeds[:, 1:], _STEPS, axis=1))
    lengths = np.abs(strokes.spines[:, -1, 0] - strokes.spines[:, 0, 0])
    assert np.all((lengths >= 0.7 * 30.0 - 1e-3) & (lengths <= 1.3 * 30.0 + 1e-3))
    np.testing.assert_allclose(np.abs(strokes.normals[..., 1]), 1.0)


def test_strokes_stop_at_an_edge() -> None:
    sight = make_sight()
    sight.lab[:, 16:] = [90.0, 0.0, 0.0]
    seeds = np.stack([np.full(40, 100.0), np.linspace(10.0, 240.0, 40)], axis=1).astype(np.float32)
    manner = make_manner(bend=0.0, wobble=0.0, stroke_length=14.0, edge_hold=20.0)
    strokes = _trace_strokes(sight, seeds, 8.0, manner, np.random.default_rng(0))
    free_step = 1.3 * 8.0 * 14.0 / (_STEPS - 1)
    assert strokes.spines[..., 0].max() <= max(128.0, 100.0 + free_step)


def test_an_outline_is_as_wide_as_its_stroke() -> None:
    seeds = np.full((3, 2), 100.0, np.float32)
    strokes = _trace_strokes(make_sight(), seeds, 10.0, make_manner(), np.random.default_rng(0))
    outline = strokes.outline(0.0)
    across = np.linalg.norm(outline[:, :_STEPS] - outline[:, ::-1][:, :_STEPS], axis=-1)
    assert np.all(across <= strokes.widths[:, None] + 1e-3)
    np.testing.assert_allclose(across.max(axis=1), strokes.widths, rtol=0.02)


def test_the_strongest_habit_steers() -> None:
    layout = Layout(1.0)
    manner = make_manner(form=0.0, swirl=0.0, hatch=1.0, hatch_angle=0.6)
    flow = _steer(layout, manner, np.random.default_rng(0))
    np.testing.assert_allclose(0.5 * np.arctan2(flow[..., 1], flow[..., 0]), 0.6, atol=1e-5)
    manner = make_manner(form=1.0, swirl=0.0, hatch=0.0)
    np.testing.assert_allclose(_steer(layout, manner, np.random.default_rng(0)), layout.flow)


def test_edges_are_found_and_followed() -> None:
    lab = np.zeros((32, 32, 3), np.float32)
    lab[:, 16:, 0] = 50.0
    edges = find_edges(lab)
    assert edges[16, 15] > 10.0
    assert edges[16, 4] < 1e-3
    flow = follow_edges(lab)
    assert abs(0.5 * np.arctan2(flow[16, 15, 1], flow[16, 15, 0])) == np.float32(np.pi / 2.0)


def test_points_outside_take_the_nearest_cell() -> None:
    field = np.arange(12, dtype=np.float32).reshape(3, 4)
    points = np.array([[-5.0, 0.0], [99.0, 99.0], [1.9, 2.1]])
    np.testing.assert_array_equal(sample_field(field, points), [0.0, 11.0, 9.0])


def test_detail_is_a_share() -> None:
    layout = Layout(0.8)
    layout.lay(np.ones_like(layout.light), Role.LIGHT, detail=5.0)
    sight = observe(layout, make_manner(), (256, 320), np.random.default_rng(0))
    assert sight.detail.max() == 1.0
    assert sight.scale * sight.lab.shape[1] == 256


def test_every_subject_can_be_painted_at_the_ends_of_every_habit() -> None:
    for end in (0, 1):
        manner = make_manner(**{name: trait[end] for name, trait in _TRAITS.items()})
        for genre in SUBJECTS:
            picture = paint(manner, genre, (256, 300), np.random.default_rng(0))
            assert picture.shape == (300, 256, 3)
            assert picture.dtype == np.uint8
            assert picture.std() > 2.0


def test_the_same_subject_differs_between_hands() -> None:
    pictures = [
        paint(
            hand.vary(hand.first_year, np.random.default_rng(0)),
            "figure",
            (256, 256),
            np.random.default_rng(0),
        )
        for hand in (draw_hand(0, 0), draw_hand(0, 5))
    ]
    assert np.abs(pictures[0].astype(float) - pictures[1]).mean() > 5.0
