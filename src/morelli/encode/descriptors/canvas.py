"""The canvas: a picture brought to one size and into a perceptual colour space, at several scales.

Every measurement of this package reads a `Canvas`, so that a 10-megapixel scan and a thumbnail of one work
are described alike. Before this comes decoding; after it come the blocks of measurements and their assembly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from morelli.errors import PictureError

PICTURE_SIZE_PX = 224
"""Side of the square whose area every canvas has. A decoder must deliver at least this many pixels a side."""

SHORTEST_SIDE_PX = 64
"""No side of a canvas is shorter, so that a very long picture still has 8 pixels at its coarsest level."""

N_LEVELS = 4
"""Scales of a canvas; each halves the one before."""


@dataclass(frozen=True, eq=False)
class Canvas:
    """A picture as planes of CIELAB at several scales.

    Parameters
    ----------
    levels
        `N_LEVELS` arrays (3, h, w) float32, finest first: L* in 0..1 and a*, b* in about -1.1..1.1, which is
        CIELAB divided by 100. Each level is half as high and wide as the one before, rounded up.
    """

    levels: tuple[NDArray[np.float32], ...]

    @property
    def lightness(self) -> tuple[NDArray[np.float32], ...]:
        """The L* plane of every level: (h, w) float32 in 0..1, finest first."""
        return tuple(level[0] for level in self.levels)


def stretch_canvas(picture: NDArray[np.uint8]) -> Canvas:
    """Bring a picture to the canonical area and into CIELAB.

    Parameters
    ----------
    picture
        (h, w, 3) uint8, sRGB.

    Returns
    -------
    canvas
        Its finest level has an area of about `PICTURE_SIZE_PX` squared and the picture's proportions, except
        where a side would be shorter than `SHORTEST_SIDE_PX`.

    Raises
    ------
    PictureError
        When the array is not an sRGB picture with at least one pixel.

    References
    ----------
    CIE 15:2004, Colorimetry (CIELAB, white point D65). Burt and Adelson 1983, doi:10.1109/TCOM.1983.1095851
    (the pyramid).
    """
    _check_picture(picture)
    height, width = picture.shape[:2]
    size = _fit_side(width, height), _fit_side(height, width)
    method = cv2.INTER_AREA if height * width > PICTURE_SIZE_PX**2 else cv2.INTER_LINEAR
    resized = cv2.resize(np.ascontiguousarray(picture), size, interpolation=method)
    levels = [cv2.cvtColor(resized.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)]
    while len(levels) < N_LEVELS:
        levels.append(cv2.pyrDown(levels[-1]))
    return Canvas(tuple(_stack_planes(level) for level in levels))


def _check_picture(picture: NDArray[np.uint8]) -> None:
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or 0 in picture.shape:
        raise PictureError(
            "picture",
            expected="an sRGB array (h, w, 3) of uint8 with at least one pixel",
            found=f"shape {picture.shape} of {picture.dtype}",
            remedy="decode it to 8-bit RGB first",
        )


def _stack_planes(level: cv2.typing.MatLike) -> NDArray[np.float32]:
    planes = level.transpose(2, 0, 1).astype(np.float32, order="C")
    return planes / np.float32(100)


def _fit_side(side: int, other: int) -> int:
    ideal = PICTURE_SIZE_PX * math.sqrt(side / other)
    return round(min(max(ideal, SHORTEST_SIDE_PX), PICTURE_SIZE_PX**2 / SHORTEST_SIDE_PX))
