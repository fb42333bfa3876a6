"""Oriented filters: how strongly a plane varies along each orientation, at the scale of its pixels.

The quadrature pair G2/H2 of Freeman and Adelson answers to any orientation from seven separable filters. Even
and odd answers together give an amplitude that does not care whether it sits on a line, an edge or between:
what a brush leaves behind, not where exactly. Run on the levels of a canvas, it becomes a pyramid of scales.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from morelli.encode.descriptors.statistics import measure_lengths

ORIENTATIONS_DEGREES: tuple[int, ...] = (0, 30, 60, 90, 120, 150)
"""Directions of fastest change; 0 answers to vertical lines, and they turn counter-clockwise as angles do."""

_SAMPLES = (np.arange(-4, 5) * 0.67).astype(np.float32)
"""Where the 9 taps lie; spacing and count are those of Freeman and Adelson 1991, tables III and V."""

_Taps = tuple[NDArray[np.float32], NDArray[np.float32]]


_BLOCK_PX = 8192
"""Pixels steered at a time: few enough to stay in the processor's cache, which halves the time."""


def measure_amplitudes(plane: NDArray[np.float32], *, stride: int = 1) -> NDArray[np.float32]:
    """Return the local amplitude along every orientation.

    Parameters
    ----------
    plane
        (h, w) float32, at least 5 by 5 pixels.
    stride
        1 for all orientations, 2 for every other.

    Returns
    -------
    amplitudes
        (6 / stride, h, w) float32, at least 0, in the order of `ORIENTATIONS_DEGREES`; strongest for waves
        of about 4.7 pixels.

    References
    ----------
    W. T. Freeman and E. H. Adelson 1991, The design and use of steerable filters, doi:10.1109/34.93808.
    """
    even, odd = _filter_rows(plane, _EVEN_BASIS), _filter_rows(plane, _ODD_BASIS)
    steer_even, steer_odd = _EVEN_STEERING[::stride], _ODD_STEERING[::stride]
    amplitudes = np.empty((len(steer_even), plane.size), np.float32)
    for start in range(0, plane.size, _BLOCK_PX):
        block = slice(start, start + _BLOCK_PX)
        amplitudes[:, block] = measure_lengths(steer_even @ even[:, block], steer_odd @ odd[:, block])
    return amplitudes.reshape(-1, *plane.shape)


def _filter_rows(plane: NDArray[np.float32], basis: tuple[_Taps, ...]) -> NDArray[np.float32]:
    answers = np.empty((len(basis), *plane.shape), np.float32)
    for answer, taps in zip(answers, basis, strict=True):
        cv2.sepFilter2D(plane, -1, *taps, dst=answer, borderType=cv2.BORDER_REFLECT_101)
    return answers.reshape(len(basis), -1)


def _draw_even_basis() -> tuple[_Taps, ...]:
    """G2: the second derivative of a Gaussian (Freeman and Adelson 1991, table III), as (x, y) taps."""
    x, bell = _SAMPLES, np.exp(-(_SAMPLES**2))
    curved, linear = 0.9213 * (2 * x**2 - 1) * bell, x * bell
    return (curved, bell), (1.843 * linear, linear), (bell, curved)


def _draw_odd_basis() -> tuple[_Taps, ...]:
    """H2: a fit to the Hilbert transform of G2 (Freeman and Adelson 1991, table V), as (x, y) taps."""
    x, bell = _SAMPLES, np.exp(-(_SAMPLES**2))
    cubic, curved, linear = 0.978 * (-2.254 * x + x**3) * bell, 0.978 * (-0.7515 + x**2) * bell, x * bell
    return (cubic, bell), (curved, linear), (linear, curved), (bell, cubic)


def _steer_even() -> NDArray[np.float32]:
    """(6, 3): what to take of each G2 filter. Rows grow downwards, so the angle is turned over."""
    angle = -np.radians(ORIENTATIONS_DEGREES)
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([c**2, 2 * c * s, s**2], axis=1).astype(np.float32)


def _steer_odd() -> NDArray[np.float32]:
    """(6, 4): what to take of each H2 filter."""
    angle = -np.radians(ORIENTATIONS_DEGREES)
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([c**3, 3 * c**2 * s, 3 * c * s**2, s**3], axis=1).astype(np.float32)


_EVEN_BASIS, _ODD_BASIS = _draw_even_basis(), _draw_odd_basis()
_EVEN_STEERING, _ODD_STEERING = _steer_even(), _steer_odd()
