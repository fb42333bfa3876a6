"""Bands: how much detail a picture has at each scale and orientation, and how that detail is itself arranged.

The first order is the amplitude of oriented filters. The second order filters those amplitudes again:
hatching, for instance, is fine detail along one direction whose amplitude varies coarsely along another.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from morelli.encode.descriptors.canvas import Canvas
from morelli.encode.descriptors.steering import ORIENTATIONS_DEGREES, measure_amplitudes

N_COARSER_OCTAVES = (2, 2, 1, 0)
"""For each level of the first order: at how many coarser scales its amplitudes are filtered again."""

_FAINTEST = 1e-3
"""Added before logarithms: an amplitude of a tenth of a CIELAB unit."""

_STRIDE = 2
"""The second order is taken of, and along, every other orientation: 0, 60 and 120 degrees."""

BAND_NAMES = (
    *(
        f"bands.level_{level}.along_{degrees}_degrees.{name}"
        for level in range(len(N_COARSER_OCTAVES))
        for name in ("mean", "spread")
        for degrees in ORIENTATIONS_DEGREES
    ),
    *(
        f"bands.level_{level}.along_{first}_degrees.then_{octave + 1}_coarser.along_{second}_degrees"
        for level, n_octaves in enumerate(N_COARSER_OCTAVES)
        for first in ORIENTATIONS_DEGREES[::_STRIDE]
        for octave in range(n_octaves)
        for second in ORIENTATIONS_DEGREES[::_STRIDE]
    ),
)
"""One name per number of `measure_bands`. Level l answers to waves of about 4.7 times 2 to the l pixels."""


def measure_bands(canvas: Canvas) -> NDArray[np.float32]:
    """Return the energy of lightness by scale and orientation, in two orders.

    Parameters
    ----------
    canvas
        The picture.

    Returns
    -------
    bands
        (93,) float32, as `BAND_NAMES` says. First order: natural logarithms of mean and standard deviation
        of the amplitude. Second order: logarithm of the mean amplitude of the amplitude, less that of the
        first, so that contrast cancels.

    References
    ----------
    J. Portilla and E. P. Simoncelli 2000, doi:10.1023/A:1026553619983 (statistics of amplitudes). J. Bruna
    and S. Mallat 2013, doi:10.1109/TPAMI.2012.230 (the second order; ours uses steerable filters on a
    pyramid).
    """
    amplitudes = [measure_amplitudes(plane) for plane in canvas.lightness[: len(N_COARSER_OCTAVES)]]
    first = [np.log(_summarise(bands) + _FAINTEST) for bands in amplitudes]
    second = [
        _measure_again(band, n_octaves)
        for bands, n_octaves in zip(amplitudes, N_COARSER_OCTAVES, strict=True)
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
        means = measure_amplitudes(band, stride=_STRIDE).mean(axis=(1, 2))
        answers.append(np.log(means + _FAINTEST) - first)
    return np.concatenate(answers) if answers else np.empty(0, np.float32)
