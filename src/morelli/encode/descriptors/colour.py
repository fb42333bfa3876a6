"""Colour: which colours a picture has and how much of each, wherever they stand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from morelli.encode.descriptors.canvas import Canvas
from morelli.encode.descriptors.statistics import (
    correlate_rows,
    count_softly,
    measure_lengths,
    measure_moments,
    pair_upper,
)

LEVEL = 1
"""Colours are counted at half size: pigments, not the noise of single pixels."""

LIGHTNESSES = np.linspace(0.0, 1.0, 16)
GREEN_TO_RED = np.linspace(-0.5, 0.7, 16)
BLUE_TO_YELLOW = np.linspace(-0.5, 0.8, 16)
CHROMAS = np.linspace(0.0, 0.8, 12)
HUES_DEGREES = np.arange(0, 360, 20)
"""Centres of the bins, in CIELAB divided by 100. Few paints lie beyond the ends of a* and b*; those count
as the ends."""

_PLANES = ("lightness", "a", "b", "chroma")
_MOMENTS = ("mean", "spread", "skewness", "peakedness")

COLOUR_NAMES = (
    *(f"colour.lightness.at_{100 * centre:.0f}" for centre in LIGHTNESSES),
    *(f"colour.a.at_{100 * centre:.0f}" for centre in GREEN_TO_RED),
    *(f"colour.b.at_{100 * centre:.0f}" for centre in BLUE_TO_YELLOW),
    *(f"colour.chroma.at_{100 * centre:.0f}" for centre in CHROMAS),
    *(f"colour.hue.at_{degrees}_degrees" for degrees in HUES_DEGREES),
    *(f"colour.{plane}.{moment}" for plane in _PLANES for moment in _MOMENTS),
    *(f"colour.correlation.{one}_with_{other}" for one, other in combinations(_PLANES, 2)),
)
"""One name per number of `measure_colour`; bins are named by their centres, in CIELAB units and degrees."""


def measure_colour(canvas: Canvas) -> NDArray[np.float32]:
    """Return how much of each colour a picture has.

    Parameters
    ----------
    canvas
        The picture.

    Returns
    -------
    colour
        (100,) float32, as `COLOUR_NAMES` says: five soft histograms, each bin as its square root; moments of
        L*, a*, b* and chroma; and how these four go together.

    Notes
    -----
    Hue is weighted by chroma, because the hue of a grey is noise. The root makes Euclidean distance
    Hellinger's, as in RootSIFT (Arandjelovic and Zisserman 2012, doi:10.1109/CVPR.2012.6248018).

    References
    ----------
    M. J. Swain and D. H. Ballard 1991, Color indexing, doi:10.1007/BF00130487. M. Stricker and M. Orengo
    1995, Similarity of color images, doi:10.1117/12.205308 (moments; ours are roots over the spread).
    """
    lightness, a, b = canvas.levels[LEVEL].reshape(3, -1)
    rows = np.stack([lightness, a, b, measure_lengths(a, b)])
    moments = measure_moments(rows)
    correlations = pair_upper(correlate_rows(rows))
    return np.concatenate([_count_colours(rows), moments.ravel(), correlations]).astype(np.float32)


def _count_colours(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    bins = (LIGHTNESSES, GREEN_TO_RED, BLUE_TO_YELLOW, CHROMAS)
    counts = [
        count_softly(row, centres[0], centres[-1], len(centres))
        for row, centres in zip(rows, bins, strict=True)
    ]
    _, a, b, chroma = rows
    hue = np.arctan2(b, a)
    counts.append(count_softly(hue, 0, 2 * np.pi, len(HUES_DEGREES), weights=chroma, is_circular=True))
    return np.sqrt(np.concatenate(counts))
