from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.demo.hands import SCHOOLS, Role
from morelli.demo.sight import GRID, Layout
from morelli.demo.subjects import (
    _circle_angle,
    _cut_below,
    _cut_ellipse,
    _cut_polygon,
    _soften_step,
    _turn_box,
)

aspects = st.floats(0.5, 2.0)


@given(aspect=aspects)
@settings(max_examples=40, deadline=None)
def test_cells_are_square_and_the_short_side_is_one(aspect: float) -> None:
    layout = Layout(aspect)
    rows, columns = layout.light.shape
    assert max(rows, columns) == GRID
    assert min(layout.width, layout.height) == 1.0
    assert abs(layout.width / columns - layout.height / rows) < 0.01 * layout.width / columns


@given(aspect=aspects, share=st.floats(0.0, 1.0))
@settings(max_examples=40, deadline=None)
def test_shares_of_roles_sum_to_one(aspect: float, share: float) -> None:
    layout = Layout(aspect)
    layout.lay(np.full_like(layout.light, share), Role.LEAF)
    layout.lay(_cut_below(layout, 0.5), Role.DEEP)
    np.testing.assert_allclose(layout.mix.sum(axis=-1), 1.0, atol=1e-5)


def test_laying_all_over_hides_what_was_there() -> None:
    layout = Layout(1.2)
    layout.lay(np.ones_like(layout.light), Role.ACCENT, light=0.5, angle=np.pi / 2.0, detail=0.25)
    assert np.all(layout.mix[..., Role.ACCENT] == 1.0)
    assert np.all(layout.light == 0.5)
    assert np.all(layout.detail == 0.25)
    np.testing.assert_allclose(layout.flow[0, 0], [-1.0, 0.0], atol=1e-6)


def test_colours_are_those_of_a_plain_loop() -> None:
    layout = Layout(1.0)
    layout.lay(_cut_ellipse(layout, (0.5, 0.5), (0.3, 0.2)), Role.SKIN, light=0.4)
    palette = SCHOOLS[2].anchors
    lab = layout.colour(palette, shading=10.0)
    for row, column in ((0, 0), (64, 64), (64, 26)):
        slow = sum(layout.mix[row, column, role] * palette[role] for role in Role)
        slow[0] += 10.0 * layout.light[row, column]
        np.testing.assert_allclose(lab[row, column], slow, rtol=1e-5)


def test_noise_depends_on_its_generator_only() -> None:
    layout = Layout(1.5)
    first, again = (layout.draw_noise(3.0, np.random.default_rng(4)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert first.shape == layout.light.shape


def test_masks_have_the_areas_of_their_shapes() -> None:
    layout = Layout(1.0)
    assert _cut_ellipse(layout, (0.5, 0.5), (0.3, 0.2)).mean() == pytest.approx(np.pi * 0.06, rel=0.02)
    assert _cut_below(layout, 0.25).mean() == pytest.approx(0.75, abs=0.01)
    box = _turn_box((0.5, 0.5), (0.2, 0.1), 0.7)
    assert _cut_polygon(layout, box).mean() == pytest.approx(0.08, rel=0.06)


def test_a_polygon_is_moved_and_sized_from_its_origin() -> None:
    layout = Layout(1.0)
    placed = _cut_polygon(layout, ((0.0, 0.0), (2.0, 0.0), (0.0, 2.0)), (0.2, 0.3), 0.1)
    plain = _cut_polygon(layout, ((0.2, 0.3), (0.4, 0.3), (0.2, 0.5)))
    np.testing.assert_allclose(placed, plain)


def test_a_soft_step_is_half_at_the_edge() -> None:
    np.testing.assert_allclose(_soften_step(np.array([-1.0, 0.0, 1.0], np.float32)), [0.0, 0.5, 1.0])


def test_the_direction_around_a_centre_is_square_to_the_radius() -> None:
    layout = Layout(1.0)
    angle = _circle_angle(layout, (0.5, 0.5))
    radial = np.cos(angle) * (layout.x - 0.5) + np.sin(angle) * (layout.y - 0.5)
    np.testing.assert_allclose(radial, 0.0, atol=1e-6)
