"""Covariance: which properties of a pixel go together, such as warm and light, or steep and grey.

It is the second-order summary of colour and texture in one, and the strongest single block of this encoder.
"""

from __future__ import annotations

from itertools import combinations_with_replacement

import cv2
import numpy as np
from numpy.typing import NDArray

from morelli.encode.descriptors.canvas import Canvas, covary_rows, measure_lengths

_LEVELS = (1, 2)  # half and quarter size; the finest level takes most time and tells no more about artists

_PROPERTIES = (
    "lightness",
    "a",
    "b",
    "chroma",
    "slope_across",
    "slope_down",
    "slope_of_a",
    "slope_of_b",
    "bow_across",
    "bow_down",
    "bow_diagonal",
)
"""What is known of a pixel: colour, first derivatives (slopes) and second derivatives of lightness (bows)."""

_FLOOR = 1e-6
"""Added to every variance, (0.1 CIELAB units) squared, so that the logarithm of a blank picture is finite."""

_SCHARR, _BOW, _TWIST = 1 / 32, 1 / 8, 1 / 4
"""Make the kernels answer 1 to a unit slope per pixel, and at most about 1 to second derivatives."""

COVARIANCE_NAMES = tuple(
    f"covariance.level_{level}.{one}_with_{other}"
    for level in _LEVELS
    for one, other in combinations_with_replacement(_PROPERTIES, 2)
)
"""One name per number of `measure_covariance`."""


def measure_covariance(canvas: Canvas) -> NDArray[np.float32]:
    """Return (132,): the upper half of the matrix logarithm of the covariance of pixel properties, by scale.

    Covariances lie on a curved space; their matrix logarithm is where means and inner products make sense
    (Arsigny et al. 2006, doi:10.1002/mrm.20965; the descriptor is that of Tuzel, Porikli and Meer 2006,
    doi:10.1007/11744047_45, with colour slopes).
    """
    matrices = [covary_rows(_measure_properties(canvas.levels[level])) for level in _LEVELS]
    logarithms = [_take_logarithm(matrix.astype(np.float64)) for matrix in matrices]
    return np.concatenate(logarithms).astype(np.float32)


def _measure_properties(level: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (11, h w), in the order of `_PROPERTIES`, of a level (3, h, w); slopes and bows are absolute."""
    lightness, a, b = level
    across, down = _slope(lightness, 1, 0), _slope(lightness, 0, 1)
    bows = [
        cv2.Sobel(lightness, -1, *order, scale=scale)
        for order, scale in (((2, 0), _BOW), ((0, 2), _BOW), ((1, 1), _TWIST))
    ]
    steepness = [measure_lengths(_slope(plane, 1, 0), _slope(plane, 0, 1)) for plane in (a, b)]
    planes = [lightness, a, b, measure_lengths(a, b), np.abs(across), np.abs(down), *steepness, *np.abs(bows)]
    return np.stack(planes).reshape(len(_PROPERTIES), -1)


def _take_logarithm(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the upper half (p (p + 1) / 2,) of the natural matrix logarithm, with the norm of the whole."""
    values, vectors = np.linalg.eigh(covariance)
    logarithm = (vectors * np.log(np.maximum(values, 0) + _FLOOR)) @ vectors.T
    rows, columns = np.triu_indices(len(covariance))
    upper: NDArray[np.float64] = logarithm[rows, columns] * np.where(rows == columns, 1.0, np.sqrt(2.0))
    return upper


def _slope(plane: NDArray[np.float32], right: int, down: int) -> NDArray[np.float32]:
    return cv2.Scharr(plane, -1, right, down, scale=_SCHARR).astype(np.float32, copy=False)
