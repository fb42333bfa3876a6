"""The layout: a picture before it is painted, as small fields of colour roles, light and direction.

Subjects lay shapes on it back to front, as a painter blocks in a motif. Lengths are in parts of the picture's
short side, x to the right and y down from the top left corner, so that a circle stays one in every format.
"""

from __future__ import annotations

import cv2
import numpy as np

from morelli.demo.palettes import Field, Role

GRID = 128
"""Cells along the long side: coarse enough to be quick, fine enough that strokes hide the cells."""


class Layout:
    """A picture before it is painted.

    Parameters
    ----------
    aspect
        Width over height.
    ground
        The role that covers everything at first.

    Attributes
    ----------
    mix
        (rows, columns, 7) float32, the share of each `Role`, summing to 1.
    light
        (rows, columns) float32, -1 in full shadow to 1 in full light.
    flow
        (rows, columns, 2) float32, cosine and sine of twice the form's angle: directions without a sense.
    detail
        (rows, columns) float32, 0 where a coarse stroke will do to 1 where the finest is needed.
    x, y
        (rows, columns) float32, the cells' centres.
    width, height
        The picture's sides; the shorter is 1.
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
        """Lay a shape over what is there.

        Parameters
        ----------
        mask
            (rows, columns) float32, 0 outside the shape to 1 inside.
        role
            The shape's colour.
        light
            Its light, a number or a field, -1 to 1.
        angle
            The direction of its form in radians from the x axis towards y; None keeps what was there.
        detail
            How much fineness it needs, 0 to 1.
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
        """Draw a smooth random field.

        Parameters
        ----------
        waves
            Random values along the short side; more make it finer.
        rng
            Source of the values.

        Returns
        -------
        Field
            (rows, columns) float32, about normal, standard deviation somewhat below 1.
        """
        knots = (max(2, round(waves * self.height)), max(2, round(waves * self.width)))
        coarse = rng.standard_normal(knots).astype(np.float32)
        rows, columns = self.light.shape
        return np.asarray(cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC), np.float32)

    def colour(self, palette: Field, shading: float) -> Field:
        """Return the picture's colours as flat areas with light and shade.

        Parameters
        ----------
        palette
            (7, 3) float32 CIELAB, one row per `Role`.
        shading
            L* between the middle and full light.

        Returns
        -------
        Field
            (rows, columns, 3) float32 CIELAB.
        """
        # einsum keeps away from BLAS, whose result may depend on the number of its threads
        lab: Field = np.einsum("ijr,rc->ijc", self.mix, palette)
        lab[..., 0] = np.clip(lab[..., 0] + shading * self.light, 3.0, 98.0)
        return lab
