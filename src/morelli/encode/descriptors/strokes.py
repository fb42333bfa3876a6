"""Strokes: which way the paint runs, how firmly, how steeply and how it bends, and detail by scale and angle.

Strokes are read off the structure tensor, the local average of products of gradients: its difference of
eigenvalues says how far one direction prevails, and its main axis which one that is; a stroke runs across it.
Bands are the amplitudes of oriented filters, and those of the amplitudes in turn.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from morelli.encode.descriptors.canvas import Canvas, count_softly, measure_lengths

_N_LEVELS_WITH_STROKES = 3
N_ANGLES, N_COHERENCES, N_STEEPNESSES, N_BENDS = 12, 8, 10, 8

_STEEPNESS_OCTAVES = (-10.0, -1.0)
"""Gradients are counted by their logarithm to base 2: from 0.1 CIELAB units per pixel to 50."""

_MOST_BEND = 0.8
"""Radians per pixel at which turning counts as most: half a turn in four pixels, as at the end of a dab."""

_SCHARR = 1 / 32  # makes Scharr's kernel answer 1 to a slope of 1 per pixel
_ENERGY_FLOOR = 1e-6
"""Squared gradient, (0.1 CIELAB units per pixel) squared, below which a direction means nothing."""

STROKE_NAMES = tuple(
    f"strokes.level_{level}.{name}"
    for level in range(_N_LEVELS_WITH_STROKES)
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
class _StructureTensor:
    """The local average of products of gradients (Bigun and Granlund 1987, ICCV), as (h, w) planes."""

    energy: NDArray[np.float32]  # the mean squared gradient, which is the sum of the eigenvalues
    cosine: NDArray[np.float32]  # the difference of the eigenvalues times that of twice the gradient's angle
    sine: NDArray[np.float32]

    @property
    def coherence(self) -> NDArray[np.float32]:
        """How far one direction prevails, 0 (none) to 1 (all gradients are parallel)."""
        return self.split / (self.energy + _ENERGY_FLOOR)

    @property
    def split(self) -> NDArray[np.float32]:
        """The difference of the eigenvalues, at least 0."""
        return measure_lengths(self.cosine, self.sine)

    @property
    def stroke_angle(self) -> NDArray[np.float32]:
        """The direction along the stroke, 0..pi, counter-clockwise from the right."""
        return (np.arctan2(self.sine, self.cosine) + np.float32(np.pi)) / np.float32(2)

    def widen(self) -> _StructureTensor:
        """Return the tensor averaged over about twice as many pixels a side, at half the resolution."""
        return _StructureTensor(_shrink(self.energy), _shrink(self.cosine), _shrink(self.sine))


def _average_gradients(plane: NDArray[np.float32]) -> _StructureTensor:
    """Return the structure tensor of a plane (h, w) at half its resolution, over about 5 by 5 pixels.

    The kernel is that of Scharr 2000, doi:10.11588/heidok.00000962.
    """
    across = cv2.Scharr(plane, -1, 1, 0, scale=_SCHARR)
    down = cv2.Scharr(plane, -1, 0, 1, scale=_SCHARR)
    xx, yy, xy = (_shrink(product) for product in (across * across, down * down, across * down))
    return _StructureTensor(energy=xx + yy, cosine=xx - yy, sine=-2 * xy)


def measure_strokes(canvas: Canvas) -> NDArray[np.float32]:
    """Return (189,) in 0..1: by level histograms as square roots, and the order, 1 where all runs one way.

    Angles and bends are weighted by the square root of the difference of eigenvalues, so that blank areas,
    whose direction is noise, do not vote. The root makes Euclidean distance Hellinger's (1909,
    doi:10.1515/crll.1909.136.210), in which rare bins count.
    """
    planes = canvas.lightness[:_N_LEVELS_WITH_STROKES]
    return np.concatenate([_measure_level(plane) for plane in planes]).astype(np.float32)


def _measure_level(plane: NDArray[np.float32]) -> NDArray[np.float64]:
    tensor = _average_gradients(plane)
    vote = np.sqrt(tensor.split)
    steepness = np.log2(tensor.energy + _ENERGY_FLOOR) / 2
    histograms = [
        count_softly(tensor.stroke_angle, 0, np.pi, N_ANGLES, weights=vote, is_circular=True),
        *_count_coherence(tensor),
        *_count_coherence(tensor.widen()),
        count_softly(steepness, *_STEEPNESS_OCTAVES, N_STEEPNESSES),
        count_softly(_measure_bends(tensor), 0, _MOST_BEND, N_BENDS, weights=vote),
    ]
    order = tensor.split.mean() / (tensor.energy.mean() + _ENERGY_FLOOR)
    return np.append(np.sqrt(np.concatenate(histograms)), order)


def _count_coherence(tensor: _StructureTensor) -> list[NDArray[np.float64]]:
    votes = (None, np.sqrt(tensor.energy))
    return [count_softly(tensor.coherence, 0, 1, N_COHERENCES, weights=vote) for vote in votes]


def _measure_bends(tensor: _StructureTensor) -> NDArray[np.float32]:
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


_ORIENTATIONS_DEGREES: tuple[int, ...] = (0, 30, 60, 90, 120, 150)
"""Directions of fastest change; 0 answers to vertical lines, and they turn counter-clockwise as angles do."""

_SAMPLES = (np.arange(-4, 5) * 0.67).astype(np.float32)
"""Where the 9 taps lie; spacing and count are those of Freeman and Adelson 1991, tables III and V."""

_Taps = tuple[NDArray[np.float32], NDArray[np.float32]]


_BLOCK_PX = 8192
"""Pixels steered at a time: few enough to stay in the processor's cache, which halves the time."""


def _measure_amplitudes(plane: NDArray[np.float32], *, stride: int = 1) -> NDArray[np.float32]:
    """Return the local amplitudes (6 / stride, h, w) of a plane of at least 5 by 5 pixels, by orientation.

    Strongest for waves of about 4.7 pixels. With stride 2 every other orientation. The filters are those of
    Freeman and Adelson 1991, The design and use of steerable filters, doi:10.1109/34.93808.
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
    angle = -np.radians(_ORIENTATIONS_DEGREES)
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([c**2, 2 * c * s, s**2], axis=1).astype(np.float32)


def _steer_odd() -> NDArray[np.float32]:
    """(6, 4): what to take of each H2 filter."""
    angle = -np.radians(_ORIENTATIONS_DEGREES)
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([c**3, 3 * c**2 * s, 3 * c * s**2, s**3], axis=1).astype(np.float32)


_EVEN_BASIS, _ODD_BASIS = _draw_even_basis(), _draw_odd_basis()
_EVEN_STEERING, _ODD_STEERING = _steer_even(), _steer_odd()


_N_COARSER_OCTAVES = (2, 2, 1, 0)
"""For each level of the first order: at how many coarser scales its amplitudes are filtered again."""

_FAINTEST = 1e-3  # added before logarithms: an amplitude of a tenth of a CIELAB unit
_STRIDE = 2  # the second order is taken of, and along, every other orientation: 0, 60 and 120 degrees

BAND_NAMES = (
    *(
        f"bands.level_{level}.along_{degrees}_degrees.{name}"
        for level in range(len(_N_COARSER_OCTAVES))
        for name in ("mean", "spread")
        for degrees in _ORIENTATIONS_DEGREES
    ),
    *(
        f"bands.level_{level}.along_{first}_degrees.then_{octave + 1}_coarser.along_{second}_degrees"
        for level, n_octaves in enumerate(_N_COARSER_OCTAVES)
        for first in _ORIENTATIONS_DEGREES[::_STRIDE]
        for octave in range(n_octaves)
        for second in _ORIENTATIONS_DEGREES[::_STRIDE]
    ),
)
"""One name per number of `measure_bands`. Level l answers to waves of about 4.7 times 2 to the l pixels."""


def measure_bands(canvas: Canvas) -> NDArray[np.float32]:
    """Return (93,): the logarithmic energy of lightness by scale and orientation, in two orders.

    First mean and standard deviation of the amplitude (Portilla and Simoncelli 2000,
    doi:10.1023/A:1026553619983); then the mean amplitude of the amplitude, less that of the first, so that
    contrast cancels (Bruna and Mallat 2013, doi:10.1109/TPAMI.2012.230, with steerable filters on a pyramid).
    """
    amplitudes = [_measure_amplitudes(plane) for plane in canvas.lightness[: len(_N_COARSER_OCTAVES)]]
    first = [np.log(_summarise(bands) + _FAINTEST) for bands in amplitudes]
    second = [
        _measure_again(band, n_octaves)
        for bands, n_octaves in zip(amplitudes, _N_COARSER_OCTAVES, strict=True)
        for band in bands[::_STRIDE]
    ]
    return np.concatenate([*first, *second]).astype(np.float32)


def _summarise(bands: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.array([*(band.mean() for band in bands), *(band.std() for band in bands)])


def _measure_again(band: NDArray[np.float32], n_octaves: int) -> NDArray[np.float32]:
    first = np.log(band.mean() + _FAINTEST)
    answers = []
    for _ in range(n_octaves):
        band = cv2.pyrDown(band).astype(np.float32, copy=False)
        means = _measure_amplitudes(band, stride=_STRIDE).mean(axis=(1, 2))
        answers.append(np.log(means + _FAINTEST) - first)
    return np.concatenate(answers) if answers else np.empty(0, np.float32)
