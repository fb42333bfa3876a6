"""Scenery: the single things of landscapes and seascapes, from a sky to a boat.

Each function lays one thing on a `Layout`. Places are (x, y) in parts of the picture's short side, at the
foot of the thing; outlines are in parts of its size, measured from its foot. Proportions are chosen by eye.
"""

from __future__ import annotations

import numpy as np

from morelli.demo.layout import Layout
from morelli.demo.palettes import Role
from morelli.demo.shapes import (
    Outline,
    Place,
    circle_angle,
    cut_below,
    cut_ellipse,
    cut_polygon,
    draw_ridge,
    light_ball,
    soften_step,
)

UPRIGHT = np.pi / 2.0
"""The angle of what stands, radians."""

_STEM: Outline = ((-0.07, 0.0), (0.07, 0.0), (0.04, -1.2), (-0.04, -1.2))
_WALL: Outline = ((0.0, 0.0), (1.6, 0.0), (1.6, -0.8), (0.0, -0.8))
_ROOF: Outline = ((-0.1, -0.75), (1.7, -0.75), (1.4, -1.4), (0.2, -1.4))
_GABLE: Outline = ((0.0, 0.0), (0.0, -0.8), (-0.3, -1.2), (-0.6, -0.7), (-0.6, 0.0))
_HULL: Outline = ((-0.7, -0.22), (0.8, -0.26), (0.5, 0.0), (-0.5, 0.0))


def lay_sky(layout: Layout, horizon: float, rng: np.random.Generator) -> None:
    """Lay a sky over the whole picture, light at the horizon, with clouds."""
    low = np.square(np.clip(layout.y / np.float32(horizon), 0.0, 1.0))
    drift = 0.25 * layout.draw_noise(2.0, rng)
    layout.lay(np.ones_like(low), Role.AIR, light=0.3 * low - 0.15, angle=drift)
    layout.lay(0.75 * low, Role.LIGHT, light=0.3 * low)
    billows = 0.9 * layout.draw_noise(3.0, rng) + 0.4 * layout.draw_noise(7.0, rng)
    clouds = np.clip(billows - np.float32(rng.uniform(0.0, 0.6)), np.float32(0.0), np.float32(1.0))
    layout.lay(0.8 * clouds, Role.LIGHT, light=0.3, angle=drift + 0.5 * clouds, detail=0.15)


def lay_path(layout: Layout, horizon: float, rng: np.random.Generator) -> None:
    """Lay a path or stream that winds from the foreground to the horizon."""
    depth = np.clip((layout.y - horizon) / (layout.height - horizon), 0.0, 1.0)
    start, end = (rng.uniform(0.2, 0.8, 2) * layout.width).tolist()
    middle = end + (start - end) * depth + float(rng.uniform(-0.25, 0.25)) * np.sin(np.pi * depth)
    mask = soften_step(0.01 + 0.11 * depth - np.abs(layout.x - middle)) * cut_below(layout, horizon)
    layout.lay(0.85 * mask, Role.LIGHT, light=-0.3, angle=UPRIGHT + 0.4 * (start - end), detail=0.3)


def lay_tree(layout: Layout, foot: Place, size: float, light_side: float, rng: np.random.Generator) -> None:
    """Lay a tree: a shadow on the ground, a stem, and a crown of overlapping rounds."""
    x, y = foot
    shadow = cut_ellipse(layout, (x - 0.5 * size * light_side, y), (1.1 * size, 0.16 * size))
    layout.lay(0.7 * shadow, Role.DEEP, light=-0.2, angle=0.0)
    layout.lay(cut_polygon(layout, _STEM, foot, size), Role.DEEP, angle=UPRIGHT, detail=0.6)
    for _ in range(6):
        centre = (x + rng.normal(0.0, 0.4) * size, y - rng.normal(1.45, 0.35) * size)
        radii = (size * rng.uniform(0.35, 0.65), size * rng.uniform(0.3, 0.55))
        light = light_ball(layout, centre, radii, light_side) - 0.15
        round_mask = 0.92 * cut_ellipse(layout, centre, radii)
        layout.lay(round_mask, Role.LEAF, light=light, angle=circle_angle(layout, centre), detail=0.5)


def lay_house(layout: Layout, foot: Place, size: float) -> None:
    """Lay a house: a wall in light, a gable in shade, a roof in the accent colour."""
    layout.lay(cut_polygon(layout, _WALL, foot, size), Role.LIGHT, light=0.2, angle=UPRIGHT, detail=0.9)
    layout.lay(cut_polygon(layout, _GABLE, foot, size), Role.LIGHT, light=-0.9, angle=UPRIGHT, detail=0.9)
    layout.lay(cut_polygon(layout, _ROOF, foot, size), Role.ACCENT, light=0.1, angle=0.0, detail=0.9)


def lay_boat(layout: Layout, foot: Place, size: float, rng: np.random.Generator) -> None:
    """Lay a boat under sail, with its reflection."""
    lean = rng.normal(0.0, 0.08)
    sail = ((0.08, -0.3), (0.08 + lean, -2.0), (0.75, -0.4))
    jib = ((-0.02, -0.3), (-0.02 + lean, -1.6), (-0.6, -0.4))
    glimmer = cut_ellipse(layout, (foot[0], foot[1] + 0.3 * size), (0.6 * size, 0.35 * size))
    layout.lay(0.5 * glimmer, Role.DEEP, angle=0.0, detail=0.3)
    role = Role(rng.choice([Role.LIGHT, Role.ACCENT, Role.SKIN]))
    layout.lay(cut_polygon(layout, sail, foot, size), role, light=0.2, angle=1.8, detail=0.9)
    layout.lay(cut_polygon(layout, jib, foot, size), role, light=-0.3, angle=1.2, detail=0.9)
    layout.lay(cut_polygon(layout, _HULL, foot, size), Role.DEEP, light=-0.2, angle=0.0, detail=0.9)


def lay_headland(layout: Layout, horizon: float, is_right: bool, rng: np.random.Generator) -> None:
    """Lay a headland that falls from one side of the picture to the sea."""
    away = layout.width - layout.x if is_right else layout.x
    skyline = draw_ridge(layout, horizon - 0.2, 0.02, rng) + 0.45 * away / layout.width
    slope = -0.5 if is_right else 0.5
    layout.lay(cut_below(layout, skyline), Role.LEAF, light=-0.1, angle=slope, detail=0.3)
    layout.lay(0.6 * cut_below(layout, skyline + 0.07), Role.EARTH, light=-0.4)
