"""Composition: where a picture puts its colours and its detail, and how balanced it is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from morelli.encode.descriptors.canvas import Canvas

N_CELLS = 4
"""The picture is divided into this many rows and columns, whatever its proportions."""

LAYOUT_LEVEL, DETAIL_LEVEL = 2, 1

_FAINTEST = 1e-2
"""Added before the logarithm of detail: one CIELAB unit."""

_PLANES = ("lightness", "a", "b")
_PLACES = tuple(f"row_{row}.column_{column}" for row in range(N_CELLS) for column in range(N_CELLS))

COMPOSITION_NAMES = (
    *(f"composition.{plane}.{place}" for plane in (*_PLANES, "detail") for place in _PLACES),
    *(
        f"composition.asymmetry.{sides}.{plane}"
        for sides in ("left_right", "top_bottom")
        for plane in _PLANES
    ),
)
"""One name per number of `measure_composition`; rows from the top, columns from the left."""


def measure_composition(canvas: Canvas) -> NDArray[np.float32]:
    """Return where colours and detail are.

    Parameters
    ----------
    canvas
        The picture.

    Returns
    -------
    composition
        (70,) float32, as `COMPOSITION_NAMES` says: means of L*, a*, b* (divided by 100) and of the logarithm
        of detail in 4 by 4 cells; then the mean absolute difference from the mirrored picture, 0 when
        symmetric.

    References
    ----------
    A. Oliva and A. Torralba 2001, Modeling the shape of the scene, doi:10.1023/A:1011139631724 (4 by 4 cells;
    ours hold colour and undirected detail).
    """
    layout = canvas.levels[LAYOUT_LEVEL]
    curvature = cv2.Laplacian(canvas.lightness[DETAIL_LEVEL], -1)
    detail = np.log(np.abs(curvature) + _FAINTEST)
    cells = [_average_cells(plane) for plane in (*layout, detail)]
    mirrored = [np.abs(layout - np.flip(layout, axis)).mean(axis=(1, 2)) for axis in (2, 1)]
    return np.concatenate([*cells, *mirrored]).astype(np.float32)


def _average_cells(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    cells = cv2.resize(plane, (N_CELLS, N_CELLS), interpolation=cv2.INTER_AREA)
    return cells.ravel().astype(np.float32, copy=False)
