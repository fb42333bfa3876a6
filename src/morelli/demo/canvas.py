"""The canvas: laying strokes on it, outlining, softening, and the light that falls on thick paint.

It has four channels: blue, green, red, and the height of the paint, so that one drawing call does both.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from morelli.demo.palettes import Field, convert_lab
from morelli.demo.strokes import Strokes

Picture = NDArray[np.uint8]

_SHIFT = 4  # fractional bits of OpenCV's coordinates: strokes end between pixels
_FLAT = 110  # height of bare ground

_SLOPE_TO_LIGHT = 0.4 * np.array([[-1.0, -0.5, 0.0], [-0.5, 0.0, 0.5], [0.0, 0.5, 1.0]])

STREAKED_PX = 4.0
"""Strokes thinner than this show no bristles."""


def prime_canvas(lab: Field, ground: Field, size: tuple[int, int], show: float) -> Picture:
    """Return a canvas with its ground and a thin underpainting.

    Parameters
    ----------
    lab
        (rows, columns, 3) float32 CIELAB of what is to be painted.
    ground
        (3,) float32 CIELAB of the ground.
    size
        Width and height in pixels.
    show
        How far the underpainting hides the ground, 0 to 1.

    Returns
    -------
    Picture
        (height, width, 4) uint8.
    """
    thin = cv2.blur(lab, (9, 9)) * np.float32(show) + ground * np.float32(1.0 - show)
    colours = cv2.resize(convert_lab(thin.astype(np.float32)), size, interpolation=cv2.INTER_LINEAR)
    height = np.full((size[1], size[0], 1), _FLAT, np.uint8)
    return np.concatenate([colours, height], axis=-1)


def lay_strokes(
    canvas: Picture,
    strokes: Strokes,
    *,
    taper: float,
    bristle: float,
    opacity: float,
    rng: np.random.Generator,
) -> Picture:
    """Return the canvas with one more layer of strokes.

    Parameters
    ----------
    canvas
        (height, width, 4) uint8; it is left as it is.
    strokes
        The layer, in the order of painting.
    taper
        0 for blunt ends to 1 for pointed ones.
    bristle
        How strongly the bristles streak, 0 to 1.
    opacity
        How far the layer hides what is under it, 0 to 1.
    rng
        Source of the streaks.
    """
    layer = canvas.copy()
    outlines = _round_points(strokes.outline(taper))
    colours = strokes.colours.tolist()
    if bristle < 0.15 or float(strokes.widths.mean()) < STREAKED_PX:
        for outline, colour in zip(outlines, colours, strict=True):
            cv2.fillPoly(layer, [outline], colour, cv2.LINE_AA, _SHIFT)
    else:
        streaks = _place_streaks(strokes, rng)
        shades = _shade_streaks(strokes, bristle, rng)
        for outline, colour, streak, shade in zip(outlines, colours, streaks, shades, strict=True):
            cv2.fillPoly(layer, [outline], colour, cv2.LINE_AA, _SHIFT)
            cv2.polylines(layer, [streak[0]], False, shade[0], 1, cv2.LINE_AA, _SHIFT)
            cv2.polylines(layer, [streak[1]], False, shade[1], 1, cv2.LINE_AA, _SHIFT)
    return np.asarray(cv2.addWeighted(layer, opacity, canvas, 1.0 - opacity, 0.0), np.uint8)


def soften_edges(canvas: Picture, softness: float) -> Picture:
    """Return the canvas with its edges drawn into each other, as with a dry broad brush.

    Parameters
    ----------
    canvas
        (height, width, 4) uint8.
    softness
        0 leaves it as it is, 1 leaves only the blur.
    """
    reach = min(canvas.shape[:2]) / 200.0
    blurred = cv2.GaussianBlur(canvas, (0, 0), reach)
    return np.asarray(cv2.addWeighted(blurred, softness, canvas, 1.0 - softness, 0.0), np.uint8)


def light_relief(canvas: Picture, impasto: float) -> Picture:
    """Return the picture as it looks with light from the upper left grazing the paint.

    Parameters
    ----------
    canvas
        (height, width, 4) uint8.
    impasto
        How thick the paint is, 0 to 1.

    Returns
    -------
    Picture
        (height, width, 3) uint8, blue, green, red.
    """
    relief = cv2.filter2D(canvas[..., 3], cv2.CV_16S, impasto * _SLOPE_TO_LIGHT)
    return np.asarray(cv2.add(canvas[..., :3], cv2.merge([relief] * 3), dtype=cv2.CV_8U), np.uint8)


def _round_points(points: Field) -> NDArray[np.int32]:
    return np.rint(points * (1 << _SHIFT)).astype(np.int32)


def _place_streaks(strokes: Strokes, rng: np.random.Generator) -> NDArray[np.int32]:
    """Return (n, 2, STEPS, 2) fixed-point paths of two bristles on either side of each spine."""
    offsets = np.array([-0.25, 0.25]) + rng.uniform(-0.12, 0.12, (len(strokes), 2))
    aside = (offsets * strokes.widths[:, None])[:, :, None, None] * strokes.normals[:, None]
    return _round_points((strokes.spines[:, None] + aside).astype(np.float32))


def _shade_streaks(strokes: Strokes, bristle: float, rng: np.random.Generator) -> list[list[list[int]]]:
    """Return (n, 2, 4) colours: one bristle lighter and higher, one darker and lower than the stroke."""
    change = rng.uniform(10.0, 30.0, (len(strokes), 2, 1)) * bristle * np.array([[[1.0], [-1.0]]])
    shades = np.clip(strokes.colours[:, None, :] + change * np.array([1.0, 1.0, 1.0, 1.6]), 0, 255)
    lists: list[list[list[int]]] = shades.astype(np.uint8).tolist()
    return lists
