"""Props: the things of the studio, on the table and on the chair, from a fruit to a face.

Each function lays one thing on a `Layout`. Places are (x, y) in parts of the picture's short side: the foot
of a jug, the centre of everything else. Proportions are chosen by eye.
"""

from __future__ import annotations

import numpy as np

from morelli.demo.layout import Layout
from morelli.demo.palettes import Role
from morelli.demo.shapes import Place, circle_angle, cut_ellipse, cut_polygon, light_ball


def lay_form(
    layout: Layout,
    centre: Place,
    radii: Place,
    role: Role,
    light_side: float,
    *,
    shade: float = 0.0,
    detail: float = 0.3,
) -> None:
    """Lay a round form that is lit from one side.

    Parameters
    ----------
    layout
        The picture.
    centre, radii
        The form's outline as an upright ellipse.
    role
        Its colour.
    light_side
        -1 for light from the left to 1 for light from the right.
    shade
        Added to its light, -1 to 1.
    detail
        How much fineness it needs, 0 to 1.
    """
    light = light_ball(layout, centre, radii, light_side) + shade
    # arcs about a point below the form: rings about its own centre would look like a target
    angle = circle_angle(layout, (centre[0], centre[1] + 1.5 * radii[1]))
    layout.lay(cut_ellipse(layout, centre, radii), role, light=light, angle=angle, detail=detail)


def lay_fruit(layout: Layout, centre: Place, radius: float, role: Role, light_side: float) -> None:
    """Lay a fruit with its shadow on the table and a highlight."""
    x, y = centre
    fall = (x - 0.7 * radius * light_side, y + 0.75 * radius)
    layout.lay(
        0.7 * cut_ellipse(layout, fall, (1.3 * radius, 0.45 * radius)), Role.DEEP, light=-0.1, angle=0.0
    )
    lay_form(layout, centre, (radius, 0.95 * radius), role, light_side, detail=0.6)
    shine = (x + 0.35 * radius * light_side, y - 0.4 * radius)
    highlight = cut_ellipse(layout, shine, (0.2 * radius, 0.15 * radius))
    layout.lay(0.8 * highlight, Role.LIGHT, light=0.6, detail=1.0)


def lay_jug(layout: Layout, foot: Place, size: float, light_side: float, rng: np.random.Generator) -> None:
    """Lay a jug: its shadow, neck, belly and mouth."""
    x, y = foot
    role = Role(rng.choice([Role.DEEP, Role.LEAF, Role.AIR, Role.ACCENT]))
    belly, neck = rng.uniform(0.36, 0.5), rng.uniform(0.14, 0.22)
    shadow = cut_ellipse(layout, (x - 0.5 * size * light_side, y), (0.9 * size, 0.12 * size))
    layout.lay(0.7 * shadow, Role.DEEP, light=-0.3, angle=0.0)
    sides = ((-neck, -1.5), (neck, -1.5), (0.8 * belly, -0.6), (-0.8 * belly, -0.6))
    light = light_ball(layout, (x, y - 0.9 * size), (1.2 * neck * size, 3.0 * size), light_side)
    layout.lay(cut_polygon(layout, sides, foot, size), role, light=light, angle=np.pi / 2.0, detail=0.5)
    lay_form(layout, (x, y - 0.5 * size), (belly * size, 0.52 * size), role, light_side, detail=0.5)
    mouth = cut_ellipse(layout, (x, y - 1.5 * size), (1.15 * neck * size, 0.3 * neck * size))
    layout.lay(mouth, role, light=0.5, angle=0.0, detail=0.8)


def lay_cloth(layout: Layout, table: float, rng: np.random.Generator) -> None:
    """Lay a light cloth that hangs over part of the table, in folds."""
    left = rng.uniform(0.0, 0.5) * layout.width
    right = left + rng.uniform(0.3, 0.6) * layout.width
    low = layout.height
    corners = ((left, table + 0.08), (right, table + 0.05), (right + 0.1, low), (left - 0.12, low))
    folds = 0.5 * np.sin(14.0 * layout.x + 3.0 * layout.draw_noise(2.0, rng) + 2.0 * layout.y) - 0.2
    layout.lay(cut_polygon(layout, corners), Role.LIGHT, light=folds, angle=1.4 + 0.3 * folds, detail=0.25)


def lay_hair(layout: Layout, centre: Place, size: float, light_side: float, rng: np.random.Generator) -> Role:
    """Lay the hair behind a head, cropped or long, and return its role for the fringe."""
    x, y = centre
    role = Role(rng.choice([Role.DEEP, Role.DEEP, Role.EARTH, Role.ACCENT]))
    length = size * float(rng.choice([0.75, 0.85, 1.5]))
    lay_form(layout, (x, y - 0.95 * size + length), (0.85 * size, length), role, light_side, shade=-0.2)
    return role


def lay_head(layout: Layout, centre: Place, size: float, light_side: float, hair: Role) -> None:
    """Lay a face with its fringe, and the features as a few dark and warm touches."""
    x, y = centre[0] + 0.06 * size * light_side, centre[1] + 0.12 * size
    lay_form(layout, (x, y), (0.7 * size, 0.95 * size), Role.SKIN, light_side, shade=0.1, detail=0.7)
    fringe = (x - 0.15 * size * light_side, y - 0.87 * size)
    layout.lay(
        cut_ellipse(layout, fringe, (0.75 * size, 0.38 * size)), hair, light=0.2, angle=0.3, detail=0.4
    )
    for side in (-0.27, 0.27):
        eye = cut_ellipse(layout, (x + side * size, y - 0.1 * size), (0.13 * size, 0.07 * size))
        layout.lay(0.85 * eye, Role.DEEP, angle=0.0, detail=1.0)
    nose = cut_ellipse(layout, (x - 0.07 * size * light_side, y + 0.15 * size), (0.07 * size, 0.25 * size))
    layout.lay(0.35 * nose, Role.DEEP, angle=np.pi / 2.0, detail=1.0)
    mouth = cut_ellipse(layout, (x, y + 0.47 * size), (0.2 * size, 0.06 * size))
    layout.lay(0.7 * mouth, Role.ACCENT, light=-0.2, angle=0.0, detail=1.0)
