"""Contrast: how different the colours of neighbouring places are, from half-tones to hard juxtaposition."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from morelli.encode.descriptors.canvas import Canvas
from morelli.encode.descriptors.statistics import count_softly

LEVEL = 1
DISTANCES_PX = (4, 8, 16)
"""How far apart two places are, in half-size pixels: 4, 7 and 14 % of a square picture's side."""

OCTAVES = np.linspace(-9.0, 0.0, 10)
"""Colour differences are counted by their logarithm to base 2: from a fifth of a CIELAB unit to 100."""

_FAINTEST = 1e-3
"""Added before the logarithm: a tenth of a CIELAB unit."""

CONTRAST_NAMES = tuple(
    f"contrast.distance_{distance}_px.difference_{100 * 2**octave:.1f}"
    for distance in DISTANCES_PX
    for octave in OCTAVES
)
"""One name per number of `measure_contrast`; bins are named by their centres, in CIELAB units."""


def measure_contrast(canvas: Canvas) -> NDArray[np.float32]:
    """Return how often neighbours differ how much in colour.

    Parameters
    ----------
    canvas
        The picture.

    Returns
    -------
    contrast
        (30,) float32 in 0..1, as `CONTRAST_NAMES` says: per distance the square roots of a soft histogram of
        CIELAB differences (CIE 1976) between places side by side and above each other.
    """
    plane = canvas.levels[LEVEL]
    counts = [_count_differences(plane, distance) for distance in DISTANCES_PX]
    return np.sqrt(np.concatenate(counts)).astype(np.float32)


def _count_differences(plane: NDArray[np.float32], distance: int) -> NDArray[np.float64]:
    beside = plane[:, :, distance:] - plane[:, :, :-distance]
    above = plane[:, distance:] - plane[:, :-distance]
    squares = np.concatenate([np.square(part).sum(axis=0).ravel() for part in (beside, above)])
    octaves = np.log2(np.sqrt(squares) + _FAINTEST)
    return count_softly(octaves, OCTAVES[0], OCTAVES[-1], len(OCTAVES))
