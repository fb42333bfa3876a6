"""The canvas: a picture brought to one size and into a perceptual colour space, at several scales.

Every measurement of this package reads a `Canvas`, so that a 10-megapixel scan and a thumbnail of one work
are described alike. Before this comes decoding; after it come the blocks of measurements and their assembly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from morelli.errors import PictureError

PICTURE_SIZE_PX = 224
"""Side of the square whose area every canvas has. A decoder must deliver at least this many pixels a side."""

_SHORTEST_SIDE_PX = 64
"""No side of a canvas is shorter, so that a very long picture still has 8 pixels at its coarsest level."""

_N_LEVELS = 4  # scales of a canvas; each halves the one before

_SPREAD_FLOOR = np.float32(1e-3)
"""Added to every spread before dividing by it: a tenth of one CIELAB unit, far below what an eye can see."""


@dataclass(frozen=True, eq=False)
class Canvas:
    """A picture as planes of CIELAB at several scales."""

    # (3, h, w) float32 each, finest first: CIELAB divided by 100, L* in 0..1 and a*, b* in about -1.1..1.1;
    # each level is half as high and wide as the one before, rounded up
    levels: tuple[NDArray[np.float32], ...]

    @property
    def lightness(self) -> tuple[NDArray[np.float32], ...]:
        """The L* plane of every level: (h, w) float32 in 0..1, finest first."""
        return tuple(level[0] for level in self.levels)


def stretch_canvas(picture: NDArray[np.uint8]) -> Canvas:
    """Bring an sRGB picture (h, w, 3) uint8 to the canonical area and into CIELAB (CIE 15:2004, D65).

    The finest level keeps the proportions, except where a side would be shorter than `_SHORTEST_SIDE_PX`. The
    pyramid is that of Burt and Adelson 1983, doi:10.1109/TCOM.1983.1095851.
    """
    _check_picture(picture)
    height, width = picture.shape[:2]
    size = _fit_side(width, height), _fit_side(height, width)
    method = cv2.INTER_AREA if height * width > PICTURE_SIZE_PX**2 else cv2.INTER_LINEAR
    resized = cv2.resize(np.ascontiguousarray(picture), size, interpolation=method)
    levels = [cv2.cvtColor(resized.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)]
    while len(levels) < _N_LEVELS:
        levels.append(cv2.pyrDown(levels[-1]))
    return Canvas(tuple(_stack_planes(level) for level in levels))


def _check_picture(picture: NDArray[np.uint8]) -> None:
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or 0 in picture.shape:
        raise PictureError(
            "picture",
            expected="an sRGB array (h, w, 3) of uint8 with at least one pixel",
            found=f"shape {picture.shape} of {picture.dtype}",
            remedy="decode it to 8-bit RGB first",
        )


def _stack_planes(level: cv2.typing.MatLike) -> NDArray[np.float32]:
    planes = level.transpose(2, 0, 1).astype(np.float32, order="C")
    return planes / np.float32(100)


def _fit_side(side: int, other: int) -> int:
    ideal = PICTURE_SIZE_PX * math.sqrt(side / other)
    return round(min(max(ideal, _SHORTEST_SIDE_PX), PICTURE_SIZE_PX**2 / _SHORTEST_SIDE_PX))


def count_softly(
    values: NDArray[np.float32],
    low: float,
    high: float,
    n_bins: int,
    *,
    weights: NDArray[np.float32] | None = None,
    is_circular: bool = False,
) -> NDArray[np.float64]:
    """Return a histogram (n_bins,) that sums to 1, in which each value is shared by its two nearest bins.

    `low` and `high` are the centres of the first and the last bin, or where a circle closes; values beyond
    them count as they do. All is 0 when the weights are.

    >>> count_softly(np.float32([0.0, 0.25]), 0.0, 1.0, 3).tolist()
    [0.75, 0.25, 0.0]
    """
    n_steps = n_bins if is_circular else n_bins - 1
    place = (values.ravel() - low) * (n_steps / (high - low))
    if not is_circular:
        place = np.clip(place, 0, n_steps)
    below = np.floor(place)
    share = place - below
    left = below.astype(np.intp)
    right = left + 1
    left, right = (left % n_bins, right % n_bins) if is_circular else (left, np.minimum(right, n_steps))
    mass = np.ones_like(share) if weights is None else weights.ravel()
    counts = np.bincount(left, mass * (1 - share), n_bins) + np.bincount(right, mass * share, n_bins)
    total = counts.sum()
    shares: NDArray[np.float64] = counts / max(total, np.finfo(np.float64).tiny)
    return shares


def measure_moments(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return mean, spread s, skewness and peakedness (r, 4) of each of the rows (r, m).

    The latter are the cube root of the third central moment and the fourth root of the fourth, both over s:
    the roots keep heavy tails from dominating.
    """
    mean = rows.mean(axis=1)
    centred = rows - mean[:, None]
    squares = centred * centred
    spread = np.sqrt(squares.mean(axis=1))
    third = np.cbrt(np.vecdot(squares, centred) / rows.shape[1])
    fourth = (np.vecdot(squares, squares) / rows.shape[1]) ** 0.25
    scale = spread + _SPREAD_FLOOR
    return np.stack([mean, spread, third / scale, fourth / scale], axis=1)


def measure_lengths(across: NDArray[np.float32], down: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the lengths of vectors given by their two components.

    `np.hypot` is ten times slower; the last bit of `cv2.magnitude` depends on where its input lies in memory.
    """
    lengths = across * across
    lengths += down * down
    np.sqrt(lengths, out=lengths)
    return lengths


def covary_rows(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the covariances (r, r) of rows (r, m), divided by m; `np.cov` would copy the rows once more."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    covariance: NDArray[np.float32] = centred @ centred.T / rows.shape[1]
    return covariance


def correlate_rows(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the correlations (r, r) of rows (r, m); 0 where a row is constant."""
    covariance = covary_rows(rows)
    spread = np.sqrt(covariance.diagonal()) + _SPREAD_FLOOR
    return covariance / spread[:, None] / spread


def pair_upper(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the entries above the diagonal, row by row: (r (r - 1) / 2,)."""
    upper: NDArray[np.float32] = matrix[np.triu_indices(len(matrix), 1)]
    return upper
