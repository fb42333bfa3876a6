"""The vector: all blocks of measurements of one picture in a row, with a name for each number."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from morelli.encode.descriptors.canvas import Canvas, stretch_canvas
from morelli.encode.descriptors.colour import (
    COLOUR_NAMES,
    COMPOSITION_NAMES,
    CONTRAST_NAMES,
    measure_colour,
    measure_composition,
    measure_contrast,
)
from morelli.encode.descriptors.covariance import COVARIANCE_NAMES, measure_covariance
from morelli.encode.descriptors.patterns import PATTERN_NAMES, measure_patterns
from morelli.encode.descriptors.strokes import BAND_NAMES, STROKE_NAMES, measure_bands, measure_strokes

DESCRIPTORS_VERSION = "1"
"""Part of an encoder's fingerprint. It changes with every change of any number below, however small."""


_BLOCKS: tuple[tuple[tuple[str, ...], Callable[[Canvas], NDArray[np.float32]]], ...] = (
    (COLOUR_NAMES, measure_colour),
    (CONTRAST_NAMES, measure_contrast),
    (PATTERN_NAMES, measure_patterns),
    (BAND_NAMES, measure_bands),
    (COVARIANCE_NAMES, measure_covariance),
    (STROKE_NAMES, measure_strokes),
    (COMPOSITION_NAMES, measure_composition),
)
"""All blocks in the order of the vector: a readable name per number, and what measures them."""

DESCRIPTOR_NAMES: tuple[str, ...] = tuple(name for names, _ in _BLOCKS for name in names)
"""One readable name per dimension; what stands before the first dot is the block."""

N_DIMENSIONS = len(DESCRIPTOR_NAMES)  # length of the vector, d


def describe_picture(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the descriptors (d,) of an sRGB picture (h, w, 3) uint8, neither centred nor scaled.

    Best with at least `PICTURE_SIZE_PX` a side. Whatever learns from them standardises each dimension first.

    >>> red = np.full((50, 80, 3), (255, 0, 0), np.uint8)
    >>> dict(zip(DESCRIPTOR_NAMES, describe_picture(red)))["colour.lightness.mean"].round(2)
    np.float32(0.53)
    """
    canvas = stretch_canvas(picture)
    return np.concatenate([measure(canvas) for _, measure in _BLOCKS])
