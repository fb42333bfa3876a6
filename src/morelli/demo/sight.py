"""The sight: what a painter sees of a layout, as the fields that guide the brush.

Colours come from the palette, directions from the form and the painter's own habits, and detail from the
subject and from the edges between colours.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from morelli.demo.hands import Field, Manner, Role

GRID = 128
"""Cells along the long side: coarse enough to be quick, fine enough that strokes hide the cells."""

_EDGE_CONTRAST = 25.0  # CIELAB units over two cells from which an edge wants the finest strokes


class Layout:
    """A picture before it is painted, as fields of (rows, columns, ...) float32; its shorter side is 1.

    mix: (..., 7) shares of each `Role`, summing to 1; light: -1 in full shadow to 1 in full light; flow:
    (..., 2) cosine and sine of twice the form's angle, directions without a sense; detail: 0 where a coarse
    stroke will do to 1 where the finest is needed; x, y: the centres of the cells.
    """

    def __init__(self, aspect: float, ground: Role = Role.AIR) -> None:
        rows, columns = (round(GRID / aspect), GRID) if aspect >= 1.0 else (GRID, round(GRID * aspect))
        self.width, self.height = max(aspect, 1.0), max(1.0 / aspect, 1.0)
        self.mix = np.zeros((rows, columns, len(Role)), np.float32)
        self.mix[..., ground] = 1.0
        self.light = np.zeros((rows, columns), np.float32)
        self.flow = np.zeros((rows, columns, 2), np.float32)
        self.flow[..., 0] = 1.0
        self.detail = np.zeros((rows, columns), np.float32)
        across = (np.arange(columns, dtype=np.float32) + 0.5) * np.float32(self.width / columns)
        down = (np.arange(rows, dtype=np.float32) + 0.5) * np.float32(self.height / rows)
        self.x, self.y = np.meshgrid(across, down)

    def lay(
        self,
        mask: Field,
        role: Role,
        *,
        light: Field | float = 0.0,
        angle: Field | float | None = None,
        detail: float = 0.0,
    ) -> None:
        """Lay a shape over what is there: a mask from 0 to 1, with its colour and light, -1 to 1.

        angle: the direction of its form, radians from the x axis towards y; None keeps what was there.
        detail: how much fineness it needs, 0 to 1.
        """
        self.mix *= (1.0 - mask)[..., None]
        self.mix[..., role] += mask
        self.light += mask * (light - self.light)
        self.detail += mask * (detail - self.detail)
        if angle is not None:
            doubled = 2.0 * np.asarray(angle, dtype=np.float32)
            self.flow[..., 0] += mask * (np.cos(doubled) - self.flow[..., 0])
            self.flow[..., 1] += mask * (np.sin(doubled) - self.flow[..., 1])

    def draw_noise(self, waves: float, rng: np.random.Generator) -> Field:
        """Return a smooth random field, about normal; more waves along the short side are finer."""
        knots = (max(2, round(waves * self.height)), max(2, round(waves * self.width)))
        coarse = rng.standard_normal(knots).astype(np.float32)
        rows, columns = self.light.shape
        return np.asarray(cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC), np.float32)

    def colour(self, palette: Field, shading: float) -> Field:
        """Return the colours, (rows, columns, 3) CIELAB, with `shading` units of L* to full light."""
        # einsum keeps away from BLAS, whose result may depend on the number of its threads
        lab: Field = np.einsum("ijr,rc->ijc", self.mix, palette)
        lab[..., 0] = np.clip(lab[..., 0] + shading * self.light, 3.0, 98.0)
        return lab


@dataclass(frozen=True)
class Sight:
    """What is to be painted, on the grid of the layout."""

    lab: Field  # (rows, columns, 3) CIELAB
    flow: Field  # (rows, columns, 2) cosine and sine of twice the stroke's angle
    detail: Field  # (rows, columns) 0 to 1, where fine strokes are wanted
    scale: float  # pixels of the picture per cell


def observe(layout: Layout, manner: Manner, size: tuple[int, int], rng: np.random.Generator) -> Sight:
    """Return the layout in the palette's colours, with directions for the brush; size in pixels."""
    lab = layout.colour(manner.palette, manner["shading"])
    detail = np.clip(np.maximum(layout.detail, find_edges(lab) / _EDGE_CONTRAST), 0.0, 1.0)
    return Sight(lab, _steer(layout, manner, rng), detail, size[0] / lab.shape[1])


def _steer(layout: Layout, manner: Manner, rng: np.random.Generator) -> Field:
    """Return (rows, columns, 2) directions: the form's, a swirl and a hatch, weighed as the painter does."""
    turn = np.float32(np.pi) * layout.draw_noise(manner["swirl_scale"], rng)
    swirl = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    hatch = np.array([np.cos(2.0 * manner["hatch_angle"]), np.sin(2.0 * manner["hatch_angle"])], np.float32)
    # squares let the stronger habit win instead of blurring all three
    field: Field = (
        manner["form"] ** 2 * layout.flow + manner["swirl"] ** 2 * swirl + manner["hatch"] ** 2 * hatch
    ).astype(np.float32)
    return field


def sample_field(field: Field, points: NDArray[np.floating]) -> Field:
    """Return (n, ...) values of a field in the cells where (n, 2) points lie, x and y in cells.

    Points outside take the nearest cell.
    """
    columns = np.clip(points[:, 0].astype(np.intp), 0, field.shape[1] - 1)
    rows = np.clip(points[:, 1].astype(np.intp), 0, field.shape[0] - 1)
    values: Field = field[rows, columns]
    return values


def find_edges(lab: Field) -> Field:
    """Return how fast the colour changes, (rows, columns), in CIELAB units over two cells."""
    across, down = _slopes(lab)
    edges: Field = np.sqrt((across**2 + down**2).sum(axis=-1))
    return edges


def follow_edges(lab: Field) -> Field:
    """Return the direction along the edges as cosine and sine of twice the angle, of any length.

    It follows from the structure tensor summed over the three channels.
    """
    across, down = _slopes(lab)
    twice = np.stack([(down**2 - across**2).sum(axis=-1), -2.0 * (across * down).sum(axis=-1)], axis=-1)
    return np.asarray(cv2.GaussianBlur(twice, (0, 0), 1.5), np.float32)


def _slopes(lab: Field) -> tuple[Field, Field]:
    smooth = cv2.GaussianBlur(lab, (0, 0), 1.0)
    across = np.asarray(cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=0.25), np.float32)
    return across, np.asarray(cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=0.25), np.float32)
