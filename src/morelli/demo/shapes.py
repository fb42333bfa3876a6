"""Shapes: the masks that subjects are built from, with edges one grid cell soft.

Every function takes the layout only for its grid; laying the shape is the subject's business.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from morelli.demo.layout import GRID, Layout
from morelli.demo.palettes import Field

Place = tuple[float, float]
"""x and y, or half the extents along them, in parts of the short side."""

Outline = Sequence[Place]
"""Corners, in order."""

_SHIFT = 4  # fractional bits of OpenCV's coordinates: corners lie between cells

EDGE = 1.2 / GRID
"""Half the width of a soft edge, in parts of the short side."""


def soften_step(distance: Field, edge: float = EDGE) -> Field:
    """Make a mask from a signed distance.

    Parameters
    ----------
    distance
        (rows, columns) float32, positive inside, in parts of the short side.
    edge
        Half the width over which the mask rises from 0 to 1.

    Returns
    -------
    Field
        (rows, columns) float32, 0 to 1.
    """
    share = np.clip(0.5 + distance / (2.0 * edge), 0.0, 1.0)
    mask: Field = share * share * (3.0 - 2.0 * share)
    return mask


def cut_ellipse(layout: Layout, centre: Place, radii: Place) -> Field:
    """Cut the mask of an upright ellipse; centre and radii in parts of the short side."""
    reach = np.hypot((layout.x - centre[0]) / radii[0], (layout.y - centre[1]) / radii[1])
    return soften_step((1.0 - reach) * min(radii))


def cut_below(layout: Layout, line: Field | float) -> Field:
    """Cut the mask of all that lies below a line, given by its y for every column or for all."""
    return soften_step(layout.y - line)


def cut_polygon(layout: Layout, outline: Outline, origin: Place = (0.0, 0.0), size: float = 1.0) -> Field:
    """Cut the mask of a polygon.

    Parameters
    ----------
    layout
        The grid.
    outline
        The polygon's corners, in parts of `size` from `origin`.
    origin
        In parts of the short side.
    size
        In parts of the short side.

    Returns
    -------
    Field
        (rows, columns) float32, 0 to 1.
    """
    rows, columns = layout.light.shape
    corners = (np.asarray(outline) * size + origin) * (columns / layout.width, rows / layout.height)
    mask = np.zeros((rows, columns), np.uint8)
    cv2.fillPoly(mask, [np.rint(corners * (1 << _SHIFT)).astype(np.int32)], 255, cv2.LINE_AA, _SHIFT)
    return mask.astype(np.float32) / np.float32(255.0)


def turn_box(centre: Place, radii: Place, turn: float) -> Outline:
    """Return the corners of a box, turned by so many radians about its centre."""
    cosine, sine = np.cos(turn), np.sin(turn)
    return [
        (float(centre[0] + cosine * across - sine * down), float(centre[1] + sine * across + cosine * down))
        for across, down in ((-radii[0], -radii[1]), (radii[0], -radii[1]), radii, (-radii[0], radii[1]))
    ]


def circle_angle(layout: Layout, centre: Place) -> Field:
    """Return the direction around a centre, radians, for forms that strokes go round."""
    angle: Field = np.arctan2(layout.y - centre[1], layout.x - centre[0]) + np.float32(np.pi / 2.0)
    return angle


def light_ball(layout: Layout, centre: Place, radii: Place, light_side: float) -> Field:
    """Return the light on a ball, -1 to 1, brightest above and to one side.

    Parameters
    ----------
    layout
        The grid.
    centre, radii
        The ball's outline as an ellipse.
    light_side
        -1 for light from the left to 1 for light from the right.
    """
    across = (layout.x - centre[0]) / radii[0]
    down = (layout.y - centre[1]) / radii[1]
    light: Field = np.clip(0.75 * light_side * across - 0.6 * down, -1.0, 1.0)
    return light


def draw_ridge(layout: Layout, height: float, roughness: float, rng: np.random.Generator) -> Field:
    """Draw a skyline, the y of each column.

    Parameters
    ----------
    layout
        The grid.
    height
        The skyline's mean y.
    roughness
        Its rise and fall, in parts of the short side.
    rng
        Source of its form.

    Returns
    -------
    Field
        (1, columns) float32.
    """
    across = layout.x[:1] / layout.width
    line = np.full(across.shape, height, np.float32)
    for octave in range(1, 6):
        phase, strength = rng.uniform(0.0, 2.0 * np.pi), rng.normal()
        line += np.float32(roughness * strength / octave**1.3) * np.sin(octave * 3.1 * across + phase)
    return line
