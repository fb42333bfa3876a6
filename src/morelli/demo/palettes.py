"""Palettes: what colour each part of a picture has in a school, and how one painter departs from it.

A subject never names a colour, only a `Role`; the palette gives every role its colour. All colours are CIELAB
under D65 (L* 0 to 100, a* and b* about -60 to 60), where equal steps look about equally large.
"""

from __future__ import annotations

from enum import IntEnum

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]

ANCHOR_STEP = 6.0
"""How far one unit of a painter's latent moves one anchor, in CIELAB units; chosen by eye."""


class Role(IntEnum):
    """The part a colour plays in a picture; the row of its anchor in a palette."""

    LIGHT = 0
    AIR = 1
    EARTH = 2
    LEAF = 3
    DEEP = 4
    ACCENT = 5
    SKIN = 6


def mix_palette(
    anchors: Field,
    departures: NDArray[np.float64],
    *,
    tint: tuple[float, float],
    chroma: float,
    key: float,
    contrast: float,
) -> Field:
    """Mix a painter's palette from the anchors of the school.

    Parameters
    ----------
    anchors
        (7, 3) float32, the school's CIELAB colour for each `Role`.
    departures
        (7, 3), the painter's own shift of each anchor in units of `ANCHOR_STEP`.
    tint
        Shift of all a* and b*, in CIELAB units.
    chroma
        Factor on the distance from grey.
    key
        Shift of all L*, in CIELAB units.
    contrast
        Factor on the distance of L* from the palette's mean.

    Returns
    -------
    Field
        (7, 3) float32, L* between 4 and 97.
    """
    palette = anchors + ANCHOR_STEP * departures
    palette[:, 1:] = palette[:, 1:] * chroma + np.asarray(tint)
    middle = palette[:, 0].mean()
    palette[:, 0] = np.clip(middle + (palette[:, 0] - middle) * contrast + key, 4.0, 97.0)
    return palette.astype(np.float32)


def convert_lab(lab: Field) -> NDArray[np.uint8]:
    """Convert colours to those that OpenCV paints with.

    Parameters
    ----------
    lab
        (..., 3) float32 CIELAB.

    Returns
    -------
    NDArray[np.uint8]
        (..., 3) sRGB in blue, green, red order; colours outside sRGB are clipped.
    """
    flat = np.ascontiguousarray(lab, dtype=np.float32).reshape(-1, 1, 3)
    bgr = np.clip(cv2.cvtColor(flat, cv2.COLOR_LAB2BGR), 0.0, 1.0)
    return np.asarray(np.rint(bgr * 255.0), np.uint8).reshape(lab.shape)
