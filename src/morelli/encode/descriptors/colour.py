"""Colour: which colours a picture has, how neighbouring places differ, and where colours and detail stand."""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from morelli.encode.descriptors.canvas import (
    Canvas,
    correlate_rows,
    count_softly,
    measure_lengths,
    measure_moments,
    pair_upper,
)

_LEVEL = 1  # colours are counted at half size: pigments, not the noise of single pixels
_LIGHTNESSES = np.linspace(0.0, 1.0, 16)
_GREEN_TO_RED = np.linspace(-0.5, 0.7, 16)
_BLUE_TO_YELLOW = np.linspace(-0.5, 0.8, 16)
_CHROMAS = np.linspace(0.0, 0.8, 12)
_HUES_DEGREES = np.arange(0, 360, 20)
"""Centres of the bins, in CIELAB divided by 100. Few paints lie beyond the ends of a* and b*; those count
as the ends."""

_PLANES = ("lightness", "a", "b", "chroma")
_MOMENTS = ("mean", "spread", "skewness", "peakedness")

COLOUR_NAMES = (
    *(f"colour.lightness.at_{100 * centre:.0f}" for centre in _LIGHTNESSES),
    *(f"colour.a.at_{100 * centre:.0f}" for centre in _GREEN_TO_RED),
    *(f"colour.b.at_{100 * centre:.0f}" for centre in _BLUE_TO_YELLOW),
    *(f"colour.chroma.at_{100 * centre:.0f}" for centre in _CHROMAS),
    *(f"colour.hue.at_{degrees}_degrees" for degrees in _HUES_DEGREES),
    *(f"colour.{plane}.{moment}" for plane in _PLANES for moment in _MOMENTS),
    *(f"colour.correlation.{one}_with_{other}" for one, other in combinations(_PLANES, 2)),
)
"""One name per number of `measure_colour`; bins are named by their centres, in CIELAB units and degrees."""


def measure_colour(canvas: Canvas) -> NDArray[np.float32]:
    """Return (100,): how much of each colour a picture has, and how its colours go together.

    Histograms after Swain and Ballard 1991, doi:10.1007/BF00130487, as roots, which make Euclidean distance
    Hellinger's; hue is weighted by chroma, because the hue of a grey is noise. Moments after Stricker and
    Orengo 1995, doi:10.1117/12.205308.
    """
    lightness, a, b = canvas.levels[_LEVEL].reshape(3, -1)
    rows = np.stack([lightness, a, b, measure_lengths(a, b)])
    moments = measure_moments(rows)
    correlations = pair_upper(correlate_rows(rows))
    return np.concatenate([_count_colours(rows), moments.ravel(), correlations]).astype(np.float32)


def _count_colours(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    bins = (_LIGHTNESSES, _GREEN_TO_RED, _BLUE_TO_YELLOW, _CHROMAS)
    counts = [
        count_softly(row, centres[0], centres[-1], len(centres))
        for row, centres in zip(rows, bins, strict=True)
    ]
    _, a, b, chroma = rows
    hue = np.arctan2(b, a)
    counts.append(count_softly(hue, 0, 2 * np.pi, len(_HUES_DEGREES), weights=chroma, is_circular=True))
    return np.sqrt(np.concatenate(counts))


_DISTANCES_PX = (4, 8, 16)
"""How far apart two places are, in half-size pixels: 4, 7 and 14 % of a square picture's side."""

_OCTAVES = np.linspace(-9.0, 0.0, 10)
"""Colour differences are counted by their logarithm to base 2: from a fifth of a CIELAB unit to 100."""

_FAINTEST_CONTRAST = 1e-3  # added before the logarithm: a tenth of a CIELAB unit

CONTRAST_NAMES = tuple(
    f"contrast.distance_{distance}_px.difference_{100 * 2**octave:.1f}"
    for distance in _DISTANCES_PX
    for octave in _OCTAVES
)
"""One name per number of `measure_contrast`; bins are named by their centres, in CIELAB units."""


def measure_contrast(canvas: Canvas) -> NDArray[np.float32]:
    """Return (30,) in 0..1: how often neighbours differ how much in colour (CIE 1976), as square roots."""
    plane = canvas.levels[_LEVEL]
    counts = [_count_differences(plane, distance) for distance in _DISTANCES_PX]
    return np.sqrt(np.concatenate(counts)).astype(np.float32)


def _count_differences(plane: NDArray[np.float32], distance: int) -> NDArray[np.float64]:
    beside = plane[:, :, distance:] - plane[:, :, :-distance]
    above = plane[:, distance:] - plane[:, :-distance]
    squares = np.concatenate([np.square(part).sum(axis=0).ravel() for part in (beside, above)])
    octaves = np.log2(np.sqrt(squares) + _FAINTEST_CONTRAST)
    return count_softly(octaves, _OCTAVES[0], _OCTAVES[-1], len(_OCTAVES))


_N_CELLS = 4  # the picture is divided into this many rows and columns, whatever its proportions
LAYOUT_LEVEL, DETAIL_LEVEL = 2, 1

_FAINTEST_DETAIL = 1e-2  # added before the logarithm of detail: one CIELAB unit
_COMPOSITION_PLANES = ("lightness", "a", "b")
_PLACES = tuple(f"row_{row}.column_{column}" for row in range(_N_CELLS) for column in range(_N_CELLS))

COMPOSITION_NAMES = (
    *(f"composition.{plane}.{place}" for plane in (*_COMPOSITION_PLANES, "detail") for place in _PLACES),
    *(
        f"composition.asymmetry.{sides}.{plane}"
        for sides in ("left_right", "top_bottom")
        for plane in _COMPOSITION_PLANES
    ),
)
"""One name per number of `measure_composition`; rows from the top, columns from the left."""


def measure_composition(canvas: Canvas) -> NDArray[np.float32]:
    """Return (70,): means of colour and of log detail by cell, and differences from the mirrored picture.

    The cells are those of Oliva and Torralba 2001, doi:10.1023/A:1011139631724; ours hold colour and
    undirected detail. The differences are 0 when symmetric.
    """
    layout = canvas.levels[LAYOUT_LEVEL]
    curvature = cv2.Laplacian(canvas.lightness[DETAIL_LEVEL], -1)
    detail = np.log(np.abs(curvature) + _FAINTEST_DETAIL)
    cells = [_average_cells(plane) for plane in (*layout, detail)]
    mirrored = [np.abs(layout - np.flip(layout, axis)).mean(axis=(1, 2)) for axis in (2, 1)]
    return np.concatenate([*cells, *mirrored]).astype(np.float32)


def _average_cells(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    cells = cv2.resize(plane, (_N_CELLS, _N_CELLS), interpolation=cv2.INTER_AREA)
    return cells.ravel().astype(np.float32, copy=False)
