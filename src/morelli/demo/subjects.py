"""Subjects: what the pictures show. All painters paint all of them; only the arrangement is their own.

A subject blocks in its motif on a `Layout`, back to front, and reads from the manner nothing but the habits
of composition: horizon, balance, symmetry, scale, crowding and the side of the light.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from morelli.demo.hands import Manner
from morelli.demo.layout import Layout
from morelli.demo.palettes import Role
from morelli.demo.props import lay_cloth, lay_form, lay_fruit, lay_hair, lay_head, lay_jug
from morelli.demo.scenery import lay_boat, lay_headland, lay_house, lay_path, lay_sky, lay_tree
from morelli.demo.shapes import circle_angle, cut_below, cut_ellipse, cut_polygon, draw_ridge, turn_box

_COLLAR = ((-0.5, 1.5), (0.5, 1.5), (0.0, 2.4))  # in parts of the head's size, from its centre

Subject = Callable[[Layout, Manner, np.random.Generator], None]


def place_masses(layout: Layout, manner: Manner, rng: np.random.Generator) -> list[float]:
    """Choose the x of the picture's masses, the main one first, where this painter likes them.

    Parameters
    ----------
    layout
        The grid.
    manner
        Gives ``balance``, ``symmetry`` and ``crowding``.
    rng
        Source of each work's departure from habit.

    Returns
    -------
    list of float
        One to five places, in parts of the short side.
    """
    main = float(np.clip(manner["balance"] + rng.normal(0.0, 0.05), 0.12, 0.88))
    places = [main]
    if rng.random() < manner["symmetry"]:
        places.append(1.0 - main)
    for _ in range(round(3.0 * manner["crowding"] * rng.random())):
        places.append(float(np.clip(main + rng.normal(0.0, 0.22), 0.05, 0.95)))
    return [layout.width * place for place in places]


def lay_landscape(layout: Layout, manner: Manner, rng: np.random.Generator) -> None:
    """Lay hills and fields under a sky, trees where the painter places masses, perhaps a house."""
    horizon = manner["horizon"] * layout.height
    lay_sky(layout, horizon, rng)
    for depth in range(2):
        ridge = draw_ridge(layout, horizon + 0.05 * (depth - 1), 0.05, rng)
        slope = np.gradient(ridge[0], layout.width / ridge.shape[1])[None, :] * np.ones_like(layout.y)
        mask = cut_below(layout, ridge) * (0.55 + 0.45 * depth)
        role = Role.LEAF if depth else Role.AIR
        layout.lay(mask, role, light=0.5 - 0.5 * depth, angle=np.arctan(slope), detail=0.2)
    field = draw_ridge(layout, horizon + 0.1, 0.03, rng)
    bands = 0.5 * layout.draw_noise(5.0, rng) - 0.6 * (layout.y - horizon)
    furrows = 0.12 * layout.draw_noise(2.0, rng)
    layout.lay(cut_below(layout, field), Role.EARTH, light=bands, angle=furrows, detail=0.25)
    lay_path(layout, horizon + 0.1, rng)
    for x in place_masses(layout, manner, rng):
        size = manner["scale"] * rng.uniform(0.13, 0.24)
        lay_tree(layout, (x, horizon + rng.uniform(0.05, 0.16)), size, manner["light_side"], rng)
    if rng.random() < 0.5:
        lay_house(layout, (rng.uniform(0.15, 0.85) * layout.width, horizon + 0.1), 0.09 * manner["scale"])


def lay_seascape(layout: Layout, manner: Manner, rng: np.random.Generator) -> None:
    """Lay open water with sails, a low sun and its track, perhaps a headland."""
    horizon = manner["horizon"] * layout.height
    lay_sky(layout, horizon, rng)
    sun = (rng.uniform(0.2, 0.8) * layout.width, horizon - rng.uniform(0.08, 0.3))
    disc = 0.9 * cut_ellipse(layout, sun, (0.05, 0.05))
    layout.lay(disc, Role.LIGHT, light=1.0, angle=circle_angle(layout, sun))
    if rng.random() < 0.5:
        lay_headland(layout, horizon, manner["balance"] > 0.5, rng)
    waves = 0.35 * np.sin(60.0 * (layout.y - horizon) / (0.4 + layout.y) + 3.0 * layout.draw_noise(3.0, rng))
    sea = cut_below(layout, horizon)
    layout.lay(sea, Role.AIR, light=waves - 0.35, angle=0.1 * layout.draw_noise(3.0, rng), detail=0.2)
    layout.lay(sea * np.clip(1.6 * (layout.y - horizon), 0.0, 0.75), Role.DEEP, light=waves)
    track = sea * np.exp(-(((layout.x - sun[0]) / (0.04 + 0.25 * np.abs(layout.y - horizon))) ** 2))
    layout.lay(track * np.clip(0.45 + 1.2 * waves, 0.0, 0.9), Role.LIGHT, light=0.4, detail=0.4)
    for x in place_masses(layout, manner, rng):
        lay_boat(layout, (x, horizon + rng.uniform(0.02, 0.2)), manner["scale"] * rng.uniform(0.1, 0.2), rng)


def lay_still_life(layout: Layout, manner: Manner, rng: np.random.Generator) -> None:
    """Lay fruit and a jug on a table before a wall."""
    table = (0.35 + 0.45 * manner["horizon"]) * layout.height
    wall = 0.4 * layout.draw_noise(2.0, rng) + 0.6 * manner["light_side"] * (layout.x / layout.width - 0.5)
    layout.lay(np.ones_like(wall), Role.AIR, light=wall - 0.15, angle=0.9 + 0.3 * layout.draw_noise(2.0, rng))
    layout.lay(np.full_like(wall, 0.45), Role.DEEP, light=wall)
    layout.lay(cut_below(layout, table), Role.EARTH, light=-0.5 * (layout.y - table), angle=0.0, detail=0.1)
    lay_cloth(layout, table, rng)
    xs = place_masses(layout, manner, rng)
    lay_jug(layout, (xs[0], table + 0.1), 0.3 * manner["scale"], manner["light_side"], rng)
    for _ in range(3 + round(5 * manner["crowding"])):
        x = float(rng.choice(xs)) + rng.normal(0.0, 0.2)
        radius = manner["scale"] * rng.uniform(0.055, 0.09)
        role = Role(rng.choice([Role.ACCENT, Role.ACCENT, Role.LEAF, Role.LIGHT, Role.SKIN]))
        lay_fruit(layout, (x, table + rng.uniform(0.06, 0.2)), radius, role, manner["light_side"])


def lay_figure(layout: Layout, manner: Manner, rng: np.random.Generator) -> None:
    """Lay a half-length figure before a plain ground."""
    side = manner["light_side"]
    shade = 0.4 * layout.draw_noise(2.0, rng) - 0.8 * side * (layout.x / layout.width - 0.5) - 0.2
    around = circle_angle(layout, (0.5 * layout.width, layout.height)) + 0.7 * layout.draw_noise(2.0, rng)
    layout.lay(np.ones_like(shade), Role.AIR, light=shade, angle=around)
    wall = Role(rng.choice([Role.DEEP, Role.LEAF, Role.EARTH]))
    layout.lay(np.full_like(shade, rng.uniform(0.3, 0.85)), wall, light=shade)
    aside = 0.6 * (manner["balance"] - 0.5) * (1.0 - manner["symmetry"])
    size = 0.15 * (0.4 + 0.6 * manner["scale"]) * layout.height**0.5
    x = (0.5 + aside) * layout.width + rng.normal(0.0, 0.03)
    y = (0.22 + 0.25 * manner["horizon"]) * layout.height
    hair = lay_hair(layout, (x, y), size, side, rng)
    dress = Role(rng.choice([Role.DEEP, Role.ACCENT, Role.LEAF, Role.EARTH, Role.AIR]))
    body = (x + rng.normal(0.0, 0.03), y + 3.7 * size)
    lay_form(layout, body, (2.0 * size, 2.3 * size), dress, side, detail=0.2)
    lay_form(layout, (x, y + 1.15 * size), (0.36 * size, 0.75 * size), Role.SKIN, side, shade=-0.35)
    layout.lay(cut_polygon(layout, _COLLAR, (x, y), size), Role.LIGHT, light=0.2, detail=0.4)
    lay_head(layout, (x, y), size, side, hair)


def lay_abstract(layout: Layout, manner: Manner, rng: np.random.Generator) -> None:
    """Lay overlapping planes, discs and bars, weighted to the painter's side."""
    light = 0.4 * layout.draw_noise(2.0, rng)
    layout.lay(np.ones_like(light), Role.LIGHT, light=light, angle=rng.uniform(0.0, np.pi))
    xs = place_masses(layout, manner, rng)
    for _ in range(7 + round(8 * manner["crowding"])):
        x = float(rng.choice(xs)) + rng.normal(0.0, 0.28)
        centre = (x, rng.normal(manner["horizon"], 0.27) * layout.height)
        size = manner["scale"] * rng.uniform(0.1, 0.32)
        turn = rng.uniform(0.0, np.pi)
        if rng.random() < 0.4:
            mask, angle = cut_ellipse(layout, centre, (size, size)), circle_angle(layout, centre)
        else:
            mask = cut_polygon(layout, turn_box(centre, (size * 1.3, size * rng.uniform(0.15, 0.9)), turn))
            angle = np.full_like(layout.x, turn)
        light = np.clip(0.5 * manner["light_side"] * (layout.x - x) / size, -1.0, 1.0)
        role = Role(int(rng.integers(len(Role))))
        layout.lay(mask * rng.uniform(0.7, 1.0), role, light=light, angle=angle, detail=0.3)


SUBJECTS: Mapping[str, Subject] = {
    "landscape": lay_landscape,
    "seascape": lay_seascape,
    "still life": lay_still_life,
    "figure": lay_figure,
    "abstract": lay_abstract,
}
"""The subjects by the name that the `genre` column gives them."""
