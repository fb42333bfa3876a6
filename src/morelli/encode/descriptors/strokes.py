"""Strokes: which way the paint runs, how firmly, how steeply and how it bends, at several scales.

All of it is read off the structure tensor, the local average of products of gradients. Its difference of
eigenvalues says how far one direction prevails, and its main axis which one that is; a stroke runs across it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from morelli.encode.descriptors.canvas import Canvas
from morelli.encode.descriptors.statistics import count_softly, measure_lengths

N_LEVELS_WITH_STROKES = 3
N_ANGLES, N_COHERENCES, N_STEEPNESSES, N_BENDS = 12, 8, 10, 8

STEEPNESS_OCTAVES = (-10.0, -1.0)
"""Gradients are counted by their logarithm to base 2: from 0.1 CIELAB units per pixel to 50."""

MOST_BEND = 0.8
"""Radians per pixel at which turning counts as most: half a turn in four pixels, as at the end of a dab."""

_SCHARR = 1 / 32
"""Makes Scharr's kernel answer 1 to a slope of 1 per pixel."""

_ENERGY_FLOOR = 1e-6
"""Squared gradient, (0.1 CIELAB units per pixel) squared, below which a direction means nothing."""

STROKE_NAMES = tuple(
    f"strokes.level_{level}.{name}"
    for level in range(N_LEVELS_WITH_STROKES)
    for name in (
        *(f"angle_{180 * i // N_ANGLES}_degrees" for i in range(N_ANGLES)),
        *(
            f"coherence_{i / (N_COHERENCES - 1):.2f}.{window}.{votes}"
            for window in ("narrow", "wide")
            for votes in ("by_area", "by_steepness")
            for i in range(N_COHERENCES)
        ),
        *(f"steepness_{i}" for i in range(N_STEEPNESSES)),
        *(f"bend_{i}" for i in range(N_BENDS)),
        "order",
    )
)
"""One name per number of `measure_strokes`; angles along the stroke, counter-clockwise from the right."""


@dataclass(frozen=True, eq=False)
class StructureTensor:
    """The local average of products of gradients, in the form of its double angle.

    Parameters
    ----------
    energy
        (h, w) float32, at least 0: the mean squared gradient, which is the sum of the eigenvalues.
    cosine, sine
        (h, w) float32: the difference of the eigenvalues times cosine and sine of twice the gradient's angle.
    """

    energy: NDArray[np.float32]
    cosine: NDArray[np.float32]
    sine: NDArray[np.float32]

    @property
    def coherence(self) -> NDArray[np.float32]:
        """How far one direction prevails: (h, w) float32, 0 (none) to 1 (all gradients are parallel)."""
        return self.split / (self.energy + _ENERGY_FLOOR)

    @property
    def split(self) -> NDArray[np.float32]:
        """The difference of the eigenvalues: (h, w) float32, at least 0."""
        return measure_lengths(self.cosine, self.sine)

    @property
    def stroke_angle(self) -> NDArray[np.float32]:
        """The direction along the stroke: (h, w) float32, 0..pi, counter-clockwise from the right."""
        return (np.arctan2(self.sine, self.cosine) + np.float32(np.pi)) / np.float32(2)

    def widen(self) -> StructureTensor:
        """Return the tensor averaged over about twice as many pixels a side, at half the resolution."""
        return StructureTensor(_shrink(self.energy), _shrink(self.cosine), _shrink(self.sine))


def average_gradients(plane: NDArray[np.float32]) -> StructureTensor:
    """Return the structure tensor of a plane at half its resolution.

    Parameters
    ----------
    plane
        (h, w) float32.

    Returns
    -------
    tensor
        Of size ((h + 1) // 2, (w + 1) // 2): products of gradients, averaged over about 5 by 5 pixels.

    References
    ----------
    J. Bigun and G. H. Granlund 1987, Optimal orientation detection of linear symmetry, ICCV. H. Scharr 2000,
    doi:10.11588/heidok.00000962 (the kernel).
    """
    across = cv2.Scharr(plane, -1, 1, 0, scale=_SCHARR)
    down = cv2.Scharr(plane, -1, 0, 1, scale=_SCHARR)
    xx, yy, xy = (_shrink(product) for product in (across * across, down * down, across * down))
    return StructureTensor(energy=xx + yy, cosine=xx - yy, sine=-2 * xy)


def measure_strokes(canvas: Canvas) -> NDArray[np.float32]:
    """Return how the strokes of a picture run, scale by scale.

    Parameters
    ----------
    canvas
        The picture.

    Returns
    -------
    strokes
        (189,) float32 in 0..1, as `STROKE_NAMES` says: per level four histograms, each bin as its square
        root, and the order, which is 1 where all paint runs one way locally and 0 where none prevails.

    Notes
    -----
    Angles and bends are weighted by the square root of the difference of eigenvalues, so that blank areas,
    whose direction is noise, do not vote. The root makes Euclidean distance Hellinger's (1909,
    doi:10.1515/crll.1909.136.210), in which rare bins count.
    """
    planes = canvas.lightness[:N_LEVELS_WITH_STROKES]
    return np.concatenate([_measure_level(plane) for plane in planes]).astype(np.float32)


def _measure_level(plane: NDArray[np.float32]) -> NDArray[np.float64]:
    tensor = average_gradients(plane)
    vote = np.sqrt(tensor.split)
    steepness = np.log2(tensor.energy + _ENERGY_FLOOR) / 2
    histograms = [
        count_softly(tensor.stroke_angle, 0, np.pi, N_ANGLES, weights=vote, is_circular=True),
        *_count_coherence(tensor),
        *_count_coherence(tensor.widen()),
        count_softly(steepness, *STEEPNESS_OCTAVES, N_STEEPNESSES),
        count_softly(_measure_bends(tensor), 0, MOST_BEND, N_BENDS, weights=vote),
    ]
    order = tensor.split.mean() / (tensor.energy.mean() + _ENERGY_FLOOR)
    return np.append(np.sqrt(np.concatenate(histograms)), order)


def _count_coherence(tensor: StructureTensor) -> list[NDArray[np.float64]]:
    votes = (None, np.sqrt(tensor.energy))
    return [count_softly(tensor.coherence, 0, 1, N_COHERENCES, weights=vote) for vote in votes]


def _measure_bends(tensor: StructureTensor) -> NDArray[np.float32]:
    """How fast the direction turns: (h, w) float32, radians per pixel of the tensor."""
    length = tensor.split + _ENERGY_FLOOR
    turns = [
        cv2.Scharr(part / length, -1, *axis, scale=_SCHARR)
        for part in (tensor.cosine, tensor.sine)
        for axis in ((1, 0), (0, 1))
    ]
    bends: NDArray[np.float32] = np.linalg.norm(np.stack(turns), axis=0) / 2  # half the double angle's turn
    return bends


def _shrink(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    return cv2.pyrDown(plane).astype(np.float32, copy=False)
