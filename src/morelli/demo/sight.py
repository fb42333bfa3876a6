"""The sight: what a painter sees of a layout, as the fields that guide the brush.

Colours come from the palette, directions from the form and the painter's own habits, and detail from the
subject and from the edges between colours.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from morelli.demo.hands import Manner
from morelli.demo.layout import Layout
from morelli.demo.palettes import Field

_EDGE_CONTRAST = 25.0  # CIELAB units over two cells from which an edge wants the finest strokes


@dataclass(frozen=True)
class Sight:
    """What is to be painted: colours, directions and detail, on the layout's grid.

    Parameters
    ----------
    lab
        (rows, columns, 3) float32 CIELAB.
    flow
        (rows, columns, 2) float32, cosine and sine of twice the stroke's angle.
    detail
        (rows, columns) float32, 0 to 1, where fine strokes are wanted.
    scale
        Pixels of the picture per grid cell.
    """

    lab: Field
    flow: Field
    detail: Field
    scale: float


def observe(layout: Layout, manner: Manner, size: tuple[int, int], rng: np.random.Generator) -> Sight:
    """See the layout in the palette's colours, with directions for the brush.

    Parameters
    ----------
    layout
        The subject.
    manner
        Gives palette, ``shading`` and the weights of the directions.
    size
        Width and height of the picture in pixels.
    rng
        Source of the swirl.
    """
    lab = layout.colour(manner.palette, manner["shading"])
    detail = np.clip(np.maximum(layout.detail, find_edges(lab) / _EDGE_CONTRAST), 0.0, 1.0)
    return Sight(lab, steer(layout, manner, rng), detail, size[0] / lab.shape[1])


def steer(layout: Layout, manner: Manner, rng: np.random.Generator) -> Field:
    """Direct the strokes: by the form's, a swirl and a hatch, weighed as the painter does.

    Parameters
    ----------
    layout
        Gives the form's direction.
    manner
        Gives ``form``, ``swirl``, ``swirl_scale``, ``hatch`` and ``hatch_angle``.
    rng
        Source of the swirl.

    Returns
    -------
    Field
        (rows, columns, 2) float32, cosine and sine of twice the angle, of any length.
    """
    turn = np.float32(np.pi) * layout.draw_noise(manner["swirl_scale"], rng)
    swirl = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    hatch = np.array([np.cos(2.0 * manner["hatch_angle"]), np.sin(2.0 * manner["hatch_angle"])], np.float32)
    # squares let the stronger habit win instead of blurring all three
    field: Field = (
        manner["form"] ** 2 * layout.flow + manner["swirl"] ** 2 * swirl + manner["hatch"] ** 2 * hatch
    ).astype(np.float32)
    return field


def sample_field(field: Field, points: NDArray[np.floating]) -> Field:
    """Return the field's values in the cells where the points lie.

    Parameters
    ----------
    field
        (rows, columns, ...) float32.
    points
        (n, 2) x and y in cells; points outside take the nearest cell.

    Returns
    -------
    Field
        (n, ...) float32.
    """
    columns = np.clip(points[:, 0].astype(np.intp), 0, field.shape[1] - 1)
    rows = np.clip(points[:, 1].astype(np.intp), 0, field.shape[0] - 1)
    values: Field = field[rows, columns]
    return values


def find_edges(lab: Field) -> Field:
    """Measure how fast the colour changes.

    Parameters
    ----------
    lab
        (rows, columns, 3) float32 CIELAB.

    Returns
    -------
    Field
        (rows, columns) float32, 0 or more, CIELAB units over two cells.
    """
    across, down = _slopes(lab)
    edges: Field = np.sqrt((across**2 + down**2).sum(axis=-1))
    return edges


def follow_edges(lab: Field) -> Field:
    """Find the direction along the edges, from the structure tensor summed over the three channels.

    Parameters
    ----------
    lab
        (rows, columns, 3) float32 CIELAB.

    Returns
    -------
    Field
        (rows, columns, 2) float32, cosine and sine of twice the angle, of any length.
    """
    across, down = _slopes(lab)
    twice = np.stack([(down**2 - across**2).sum(axis=-1), -2.0 * (across * down).sum(axis=-1)], axis=-1)
    return np.asarray(cv2.GaussianBlur(twice, (0, 0), 1.5), np.float32)


def _slopes(lab: Field) -> tuple[Field, Field]:
    smooth = cv2.GaussianBlur(lab, (0, 0), 1.0)
    across = np.asarray(cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=0.25), np.float32)
    return across, np.asarray(cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=0.25), np.float32)
