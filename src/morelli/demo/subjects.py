"""Subjects: what the pictures show. All painters paint all of them; only the arrangement is their own.

A subject blocks in its motif on a `Layout`, back to front, and reads from the manner nothing but the habits
of composition: horizon, balance, symmetry, scale, crowding and the side of the light.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import cv2
import numpy as np

from morelli.demo.hands import Field, Manner, Role
from morelli.demo.sight import GRID, Layout

_Place = tuple[float, float]
"""x and y, or half the extents along them, in parts of the short side."""

_Outline = Sequence[_Place]
"""Corners, in order."""

_Subject = Callable[[Layout, Manner, np.random.Generator], None]

_SHIFT = 4  # fractional bits of OpenCV's coordinates: corners lie between cells

_EDGE = 1.2 / GRID  # half the width of a soft edge, in parts of the short side
_UPRIGHT = np.pi / 2.0  # the angle of what stands, radians

_STEM: _Outline = ((-0.07, 0.0), (0.07, 0.0), (0.04, -1.2), (-0.04, -1.2))
_WALL: _Outline = ((0.0, 0.0), (1.6, 0.0), (1.6, -0.8), (0.0, -0.8))
_ROOF: _Outline = ((-0.1, -0.75), (1.7, -0.75), (1.4, -1.4), (0.2, -1.4))
_GABLE: _Outline = ((0.0, 0.0), (0.0, -0.8), (-0.3, -1.2), (-0.6, -0.7), (-0.6, 0.0))
_HULL: _Outline = ((-0.7, -0.22), (0.8, -0.26), (0.5, 0.0), (-0.5, 0.0))
_COLLAR = ((-0.5, 1.5), (0.5, 1.5), (0.0, 2.4))  # in parts of the head's size, from its centre


def _soften_step(distance: Field, edge: float = _EDGE) -> Field:
    """Return a mask, 0 to 1, from a signed distance, positive inside, in parts of the short side."""
    share = np.clip(0.5 + distance / (2.0 * edge), 0.0, 1.0)
    mask: Field = share * share * (3.0 - 2.0 * share)
    return mask


def _cut_ellipse(layout: Layout, centre: _Place, radii: _Place) -> Field:
    """Return the mask of an upright ellipse; centre and radii in parts of the short side."""
    reach = np.hypot((layout.x - centre[0]) / radii[0], (layout.y - centre[1]) / radii[1])
    return _soften_step((1.0 - reach) * min(radii))


def _cut_below(layout: Layout, line: Field | float) -> Field:
    """Return the mask of all that lies below a line, given by its y for every column or for all."""
    return _soften_step(layout.y - line)


def _cut_polygon(layout: Layout, outline: _Outline, origin: _Place = (0.0, 0.0), size: float = 1.0) -> Field:
    """Return the mask of a polygon: corners in parts of `size` from `origin`."""
    rows, columns = layout.light.shape
    corners = (np.asarray(outline) * size + origin) * (columns / layout.width, rows / layout.height)
    mask = np.zeros((rows, columns), np.uint8)
    cv2.fillPoly(mask, [np.rint(corners * (1 << _SHIFT)).astype(np.int32)], 255, cv2.LINE_AA, _SHIFT)
    return mask.astype(np.float32) / np.float32(255.0)


def _turn_box(centre: _Place, radii: _Place, turn: float) -> _Outline:
    """Return the corners of a box, turned by so many radians about its centre."""
    cosine, sine = np.cos(turn), np.sin(turn)
    return [
        (float(centre[0] + cosine * across - sine * down), float(centre[1] + sine * across + cosine * down))
        for across, down in ((-radii[0], -radii[1]), (radii[0], -radii[1]), radii, (-radii[0], radii[1]))
    ]


def _circle_angle(layout: Layout, centre: _Place) -> Field:
    """Return the direction around a centre, radians, for forms that strokes go round."""
    angle: Field = np.arctan2(layout.y - centre[1], layout.x - centre[0]) + np.float32(np.pi / 2.0)
    return angle


def _light_ball(layout: Layout, centre: _Place, radii: _Place, light_side: float) -> Field:
    """Return the light on a ball, -1 to 1, brightest above and to one side.

    light_side: -1 for light from the left to 1 for light from the right.
    """
    across = (layout.x - centre[0]) / radii[0]
    down = (layout.y - centre[1]) / radii[1]
    light: Field = np.clip(0.75 * light_side * across - 0.6 * down, -1.0, 1.0)
    return light


def _draw_ridge(layout: Layout, height: float, roughness: float, rng: np.random.Generator) -> Field:
    """Return a skyline about a mean height, the y of each column, (1, columns)."""
    across = layout.x[:1] / layout.width
    line = np.full(across.shape, height, np.float32)
    for octave in range(1, 6):
        phase, strength = rng.uniform(0.0, 2.0 * np.pi), rng.normal()
        line += np.float32(roughness * strength / octave**1.3) * np.sin(octave * 3.1 * across + phase)
    return line


def _lay_form(
    layout: Layout,
    centre: _Place,
    radii: _Place,
    role: Role,
    light_side: float,
    *,
    shade: float = 0.0,
    detail: float = 0.3,
) -> None:
    """Lay a round form that is lit from one side; `shade` is added to its light."""
    light = _light_ball(layout, centre, radii, light_side) + shade
    # arcs about a point below the form: rings about its own centre would look like a target
    angle = _circle_angle(layout, (centre[0], centre[1] + 1.5 * radii[1]))
    layout.lay(_cut_ellipse(layout, centre, radii), role, light=light, angle=angle, detail=detail)


def _lay_fruit(layout: Layout, centre: _Place, radius: float, role: Role, light_side: float) -> None:
    """Lay a fruit with its shadow on the table and a highlight."""
    x, y = centre
    fall = (x - 0.7 * radius * light_side, y + 0.75 * radius)
    layout.lay(
        0.7 * _cut_ellipse(layout, fall, (1.3 * radius, 0.45 * radius)), Role.DEEP, light=-0.1, angle=0.0
    )
    _lay_form(layout, centre, (radius, 0.95 * radius), role, light_side, detail=0.6)
    shine = (x + 0.35 * radius * light_side, y - 0.4 * radius)
    highlight = _cut_ellipse(layout, shine, (0.2 * radius, 0.15 * radius))
    layout.lay(0.8 * highlight, Role.LIGHT, light=0.6, detail=1.0)


def _lay_jug(layout: Layout, foot: _Place, size: float, light_side: float, rng: np.random.Generator) -> None:
    """Lay a jug: its shadow, neck, belly and mouth."""
    x, y = foot
    role = Role(rng.choice([Role.DEEP, Role.LEAF, Role.AIR, Role.ACCENT]))
    belly, neck = rng.uniform(0.36, 0.5), rng.uniform(0.14, 0.22)
    shadow = _cut_ellipse(layout, (x - 0.5 * size * light_side, y), (0.9 * size, 0.12 * size))
    layout.lay(0.7 * shadow, Role.DEEP, light=-0.3, angle=0.0)
    sides = ((-neck, -1.5), (neck, -1.5), (0.8 * belly, -0.6), (-0.8 * belly, -0.6))
    light = _light_ball(layout, (x, y - 0.9 * size), (1.2 * neck * size, 3.0 * size), light_side)
    layout.lay(_cut_polygon(layout, sides, foot, size), role, light=light, angle=np.pi / 2.0, detail=0.5)
    _lay_form(layout, (x, y - 0.5 * size), (belly * size, 0.52 * size), role, light_side, detail=0.5)
    mouth = _cut_ellipse(layout, (x, y - 1.5 * size), (1.15 * neck * size, 0.3 * neck * size))
    layout.lay(mouth, role, light=0.5, angle=0.0, detail=0.8)


def _lay_cloth(layout: Layout, table: float, rng: np.random.Generator) -> None:
    """Lay a light cloth that hangs over part of the table, in folds."""
    left = rng.uniform(0.0, 0.5) * layout.width
    right = left + rng.uniform(0.3, 0.6) * layout.width
    low = layout.height
    corners = ((left, table + 0.08), (right, table + 0.05), (right + 0.1, low), (left - 0.12, low))
    folds = 0.5 * np.sin(14.0 * layout.x + 3.0 * layout.draw_noise(2.0, rng) + 2.0 * layout.y) - 0.2
    layout.lay(_cut_polygon(layout, corners), Role.LIGHT, light=folds, angle=1.4 + 0.3 * folds, detail=0.25)


def _lay_hair(
    layout: Layout, centre: _Place, size: float, light_side: float, rng: np.random.Generator
) -> Role:
    """Lay the hair behind a head, cropped or long, and return its role for the fringe."""
    x, y = centre
    role = Role(rng.choice([Role.DEEP, Role.DEEP, Role.EARTH, Role.ACCENT]))
    length = size * float(rng.choice([0.75, 0.85, 1.5]))
    _lay_form(layout, (x, y - 0.95 * size + length), (0.85 * size, length), role, light_side, shade=-0.2)
    return role


def _lay_head(layout: Layout, centre: _Place, size: float, light_side: float, hair: Role) -> None:
    """Lay a face with its fringe, and the features as a few dark and warm touches."""
    x, y = centre[0] + 0.06 * size * light_side, centre[1] + 0.12 * size
    _lay_form(layout, (x, y), (0.7 * size, 0.95 * size), Role.SKIN, light_side, shade=0.1, detail=0.7)
    fringe = (x - 0.15 * size * light_side, y - 0.87 * size)
    layout.lay(
        _cut_ellipse(layout, fringe, (0.75 * size, 0.38 * size)), hair, light=0.2, angle=0.3, detail=0.4
    )
    for side in (-0.27, 0.27):
        eye = _cut_ellipse(layout, (x + side * size, y - 0.1 * size), (0.13 * size, 0.07 * size))
        layout.lay(0.85 * eye, Role.DEEP, angle=0.0, detail=1.0)
    nose = _cut_ellipse(layout, (x - 0.07 * size * light_side, y + 0.15 * size), (0.07 * size, 0.25 * size))
    layout.lay(0.35 * nose, Role.DEEP, angle=np.pi / 2.0, detail=1.0)
    mouth = _cut_ellipse(layout, (x, y + 0.47 * size), (0.2 * size, 0.06 * size))
    layout.lay(0.7 * mouth, Role.ACCENT, light=-0.2, angle=0.0, detail=1.0)


def _lay_sky(layout: Layout, horizon: float, rng: np.random.Generator) -> None:
    """Lay a sky over the whole picture, light at the horizon, with clouds."""
    low = np.square(np.clip(layout.y / np.float32(horizon), 0.0, 1.0))
    drift = 0.25 * layout.draw_noise(2.0, rng)
    layout.lay(np.ones_like(low), Role.AIR, light=0.3 * low - 0.15, angle=drift)
    layout.lay(0.75 * low, Role.LIGHT, light=0.3 * low)
    billows = 0.9 * layout.draw_noise(3.0, rng) + 0.4 * layout.draw_noise(7.0, rng)
    clouds = np.clip(billows - np.float32(rng.uniform(0.0, 0.6)), np.float32(0.0), np.float32(1.0))
    layout.lay(0.8 * clouds, Role.LIGHT, light=0.3, angle=drift + 0.5 * clouds, detail=0.15)


def _lay_path(layout: Layout, horizon: float, rng: np.random.Generator) -> None:
    """Lay a path or stream that winds from the foreground to the horizon."""
    depth = np.clip((layout.y - horizon) / (layout.height - horizon), 0.0, 1.0)
    start, end = (rng.uniform(0.2, 0.8, 2) * layout.width).tolist()
    middle = end + (start - end) * depth + float(rng.uniform(-0.25, 0.25)) * np.sin(np.pi * depth)
    mask = _soften_step(0.01 + 0.11 * depth - np.abs(layout.x - middle)) * _cut_below(layout, horizon)
    layout.lay(0.85 * mask, Role.LIGHT, light=-0.3, angle=_UPRIGHT + 0.4 * (start - end), detail=0.3)


def _lay_tree(layout: Layout, foot: _Place, size: float, light_side: float, rng: np.random.Generator) -> None:
    """Lay a tree: a shadow on the ground, a stem, and a crown of overlapping rounds."""
    x, y = foot
    shadow = _cut_ellipse(layout, (x - 0.5 * size * light_side, y), (1.1 * size, 0.16 * size))
    layout.lay(0.7 * shadow, Role.DEEP, light=-0.2, angle=0.0)
    layout.lay(_cut_polygon(layout, _STEM, foot, size), Role.DEEP, angle=_UPRIGHT, detail=0.6)
    for _ in range(6):
        centre = (x + rng.normal(0.0, 0.4) * size, y - rng.normal(1.45, 0.35) * size)
        radii = (size * rng.uniform(0.35, 0.65), size * rng.uniform(0.3, 0.55))
        light = _light_ball(layout, centre, radii, light_side) - 0.15
        round_mask = 0.92 * _cut_ellipse(layout, centre, radii)
        layout.lay(round_mask, Role.LEAF, light=light, angle=_circle_angle(layout, centre), detail=0.5)


def _lay_house(layout: Layout, foot: _Place, size: float) -> None:
    """Lay a house: a wall in light, a gable in shade, a roof in the accent colour."""
    layout.lay(_cut_polygon(layout, _WALL, foot, size), Role.LIGHT, light=0.2, angle=_UPRIGHT, detail=0.9)
    layout.lay(_cut_polygon(layout, _GABLE, foot, size), Role.LIGHT, light=-0.9, angle=_UPRIGHT, detail=0.9)
    layout.lay(_cut_polygon(layout, _ROOF, foot, size), Role.ACCENT, light=0.1, angle=0.0, detail=0.9)


def _lay_boat(layout: Layout, foot: _Place, size: float, rng: np.random.Generator) -> None:
    """Lay a boat under sail, with its reflection."""
    lean = rng.normal(0.0, 0.08)
    sail = ((0.08, -0.3), (0.08 + lean, -2.0), (0.75, -0.4))
    jib = ((-0.02, -0.3), (-0.02 + lean, -1.6), (-0.6, -0.4))
    glimmer = _cut_ellipse(layout, (foot[0], foot[1] + 0.3 * size), (0.6 * size, 0.35 * size))
    layout.lay(0.5 * glimmer, Role.DEEP, angle=0.0, detail=0.3)
    role = Role(rng.choice([Role.LIGHT, Role.ACCENT, Role.SKIN]))
    layout.lay(_cut_polygon(layout, sail, foot, size), role, light=0.2, angle=1.8, detail=0.9)
    layout.lay(_cut_polygon(layout, jib, foot, size), role, light=-0.3, angle=1.2, detail=0.9)
    layout.lay(_cut_polygon(layout, _HULL, foot, size), Role.DEEP, light=-0.2, angle=0.0, detail=0.9)


def _lay_headland(layout: Layout, horizon: float, is_right: bool, rng: np.random.Generator) -> None:
    """Lay a headland that falls from one side of the picture to the sea."""
    away = layout.width - layout.x if is_right else layout.x
    skyline = _draw_ridge(layout, horizon - 0.2, 0.02, rng) + 0.45 * away / layout.width
    slope = -0.5 if is_right else 0.5
    layout.lay(_cut_below(layout, skyline), Role.LEAF, light=-0.1, angle=slope, detail=0.3)
    layout.lay(0.6 * _cut_below(layout, skyline + 0.07), Role.EARTH, light=-0.4)


def _place_masses(layout: Layout, manner: Manner, rng: np.random.Generator) -> list[float]:
    """Return the x of the picture's masses, the main one first, where this painter likes them."""
    main = float(np.clip(manner["balance"] + rng.normal(0.0, 0.05), 0.12, 0.88))
    places = [main]
    if rng.random() < manner["symmetry"]:
        places.append(1.0 - main)
    for _ in range(round(3.0 * manner["crowding"] * rng.random())):
        places.append(float(np.clip(main + rng.normal(0.0, 0.22), 0.05, 0.95)))
    return [layout.width * place for place in places]


def _lay_landscape(layout: Layout, manner: Manner, rng: np.random.Generator) -> None:
    """Lay hills and fields under a sky, trees where the painter places masses, perhaps a house."""
    horizon = manner["horizon"] * layout.height
    _lay_sky(layout, horizon, rng)
    for depth in range(2):
        ridge = _draw_ridge(layout, horizon + 0.05 * (depth - 1), 0.05, rng)
        slope = np.gradient(ridge[0], layout.width / ridge.shape[1])[None, :] * np.ones_like(layout.y)
        mask = _cut_below(layout, ridge) * (0.55 + 0.45 * depth)
        role = Role.LEAF if depth else Role.AIR
        layout.lay(mask, role, light=0.5 - 0.5 * depth, angle=np.arctan(slope), detail=0.2)
    field = _draw_ridge(layout, horizon + 0.1, 0.03, rng)
    bands = 0.5 * layout.draw_noise(5.0, rng) - 0.6 * (layout.y - horizon)
    furrows = 0.12 * layout.draw_noise(2.0, rng)
    layout.lay(_cut_below(layout, field), Role.EARTH, light=bands, angle=furrows, detail=0.25)
    _lay_path(layout, horizon + 0.1, rng)
    for x in _place_masses(layout, manner, rng):
        size = manner["scale"] * rng.uniform(0.13, 0.24)
        _lay_tree(layout, (x, horizon + rng.uniform(0.05, 0.16)), size, manner["light_side"], rng)
    if rng.random() < 0.5:
        _lay_house(layout, (rng.uniform(0.15, 0.85) * layout.width, horizon + 0.1), 0.09 * manner["scale"])


def _lay_seascape(layout: Layout, manner: Manner, rng: np.random.Generator) -> None:
    """Lay open water with sails, a low sun and its track, perhaps a headland."""
    horizon = manner["horizon"] * layout.height
    _lay_sky(layout, horizon, rng)
    sun = (rng.uniform(0.2, 0.8) * layout.width, horizon - rng.uniform(0.08, 0.3))
    disc = 0.9 * _cut_ellipse(layout, sun, (0.05, 0.05))
    layout.lay(disc, Role.LIGHT, light=1.0, angle=_circle_angle(layout, sun))
    if rng.random() < 0.5:
        _lay_headland(layout, horizon, manner["balance"] > 0.5, rng)
    waves = 0.35 * np.sin(60.0 * (layout.y - horizon) / (0.4 + layout.y) + 3.0 * layout.draw_noise(3.0, rng))
    sea = _cut_below(layout, horizon)
    layout.lay(sea, Role.AIR, light=waves - 0.35, angle=0.1 * layout.draw_noise(3.0, rng), detail=0.2)
    layout.lay(sea * np.clip(1.6 * (layout.y - horizon), 0.0, 0.75), Role.DEEP, light=waves)
    track = sea * np.exp(-(((layout.x - sun[0]) / (0.04 + 0.25 * np.abs(layout.y - horizon))) ** 2))
    layout.lay(track * np.clip(0.45 + 1.2 * waves, 0.0, 0.9), Role.LIGHT, light=0.4, detail=0.4)
    for x in _place_masses(layout, manner, rng):
        _lay_boat(layout, (x, horizon + rng.uniform(0.02, 0.2)), manner["scale"] * rng.uniform(0.1, 0.2), rng)


def _lay_still_life(layout: Layout, manner: Manner, rng: np.random.Generator) -> None:
    """Lay fruit and a jug on a table before a wall."""
    table = (0.35 + 0.45 * manner["horizon"]) * layout.height
    wall = 0.4 * layout.draw_noise(2.0, rng) + 0.6 * manner["light_side"] * (layout.x / layout.width - 0.5)
    layout.lay(np.ones_like(wall), Role.AIR, light=wall - 0.15, angle=0.9 + 0.3 * layout.draw_noise(2.0, rng))
    layout.lay(np.full_like(wall, 0.45), Role.DEEP, light=wall)
    layout.lay(_cut_below(layout, table), Role.EARTH, light=-0.5 * (layout.y - table), angle=0.0, detail=0.1)
    _lay_cloth(layout, table, rng)
    xs = _place_masses(layout, manner, rng)
    _lay_jug(layout, (xs[0], table + 0.1), 0.3 * manner["scale"], manner["light_side"], rng)
    for _ in range(3 + round(5 * manner["crowding"])):
        x = float(rng.choice(xs)) + rng.normal(0.0, 0.2)
        radius = manner["scale"] * rng.uniform(0.055, 0.09)
        role = Role(rng.choice([Role.ACCENT, Role.ACCENT, Role.LEAF, Role.LIGHT, Role.SKIN]))
        _lay_fruit(layout, (x, table + rng.uniform(0.06, 0.2)), radius, role, manner["light_side"])


def _lay_figure(layout: Layout, manner: Manner, rng: np.random.Generator) -> None:
    """Lay a half-length figure before a plain ground."""
    side = manner["light_side"]
    shade = 0.4 * layout.draw_noise(2.0, rng) - 0.8 * side * (layout.x / layout.width - 0.5) - 0.2
    around = _circle_angle(layout, (0.5 * layout.width, layout.height)) + 0.7 * layout.draw_noise(2.0, rng)
    layout.lay(np.ones_like(shade), Role.AIR, light=shade, angle=around)
    wall = Role(rng.choice([Role.DEEP, Role.LEAF, Role.EARTH]))
    layout.lay(np.full_like(shade, rng.uniform(0.3, 0.85)), wall, light=shade)
    aside = 0.6 * (manner["balance"] - 0.5) * (1.0 - manner["symmetry"])
    size = 0.15 * (0.4 + 0.6 * manner["scale"]) * layout.height**0.5
    x = (0.5 + aside) * layout.width + rng.normal(0.0, 0.03)
    y = (0.22 + 0.25 * manner["horizon"]) * layout.height
    hair = _lay_hair(layout, (x, y), size, side, rng)
    dress = Role(rng.choice([Role.DEEP, Role.ACCENT, Role.LEAF, Role.EARTH, Role.AIR]))
    body = (x + rng.normal(0.0, 0.03), y + 3.7 * size)
    _lay_form(layout, body, (2.0 * size, 2.3 * size), dress, side, detail=0.2)
    _lay_form(layout, (x, y + 1.15 * size), (0.36 * size, 0.75 * size), Role.SKIN, side, shade=-0.35)
    layout.lay(_cut_polygon(layout, _COLLAR, (x, y), size), Role.LIGHT, light=0.2, detail=0.4)
    _lay_head(layout, (x, y), size, side, hair)


def _lay_abstract(layout: Layout, manner: Manner, rng: np.random.Generator) -> None:
    """Lay overlapping planes, discs and bars, weighted to the painter's side."""
    light = 0.4 * layout.draw_noise(2.0, rng)
    layout.lay(np.ones_like(light), Role.LIGHT, light=light, angle=rng.uniform(0.0, np.pi))
    xs = _place_masses(layout, manner, rng)
    for _ in range(7 + round(8 * manner["crowding"])):
        x = float(rng.choice(xs)) + rng.normal(0.0, 0.28)
        centre = (x, rng.normal(manner["horizon"], 0.27) * layout.height)
        size = manner["scale"] * rng.uniform(0.1, 0.32)
        turn = rng.uniform(0.0, np.pi)
        if rng.random() < 0.4:
            mask, angle = _cut_ellipse(layout, centre, (size, size)), _circle_angle(layout, centre)
        else:
            mask = _cut_polygon(layout, _turn_box(centre, (size * 1.3, size * rng.uniform(0.15, 0.9)), turn))
            angle = np.full_like(layout.x, turn)
        light = np.clip(0.5 * manner["light_side"] * (layout.x - x) / size, -1.0, 1.0)
        role = Role(int(rng.integers(len(Role))))
        layout.lay(mask * rng.uniform(0.7, 1.0), role, light=light, angle=angle, detail=0.3)


SUBJECTS: Mapping[str, _Subject] = {
    "landscape": _lay_landscape,
    "seascape": _lay_seascape,
    "still life": _lay_still_life,
    "figure": _lay_figure,
    "abstract": _lay_abstract,
}
"""The subjects by the name that the `genre` column gives them."""
