"""Patterns: how often each arrangement of brighter and darker neighbours occurs, at several scales.

Local binary patterns compare a pixel with the ring of its eight neighbours. They see what the brush leaves at
the limit of resolution (spots, edges, corners, line ends) and ignore how strong the light was.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from morelli.encode.descriptors.canvas import Canvas

CLEAR_STEP, SLIGHT_STEP = 0.02, 0.005
"""How much brighter a neighbour must be to count: 2 and 0.5 CIELAB units. About 2.3 is a difference just
noticed (Mahy, Van Eycken and Oosterlinck 1994, Color Research and Application 19:105)."""

_RING = ((0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1))
"""The neighbours as (down, right), counter-clockwise from the right; neighbour i sets bit i of the code."""

_N_RING = len(_RING)


def _list_turned_codes() -> NDArray[np.intp]:
    """Return the (256,) class of each code when arrangements may be turned.

    That is 0..8, the number of brighter neighbours, for uniform codes, in which those stand together, and 9
    for all others ("riu2" of Ojala et al. 2002, doi:10.1109/TPAMI.2002.1017623, on square rings).
    """
    return np.where(_is_uniform(), _list_bits().sum(axis=1), _N_RING + 1)


def _list_fixed_codes() -> NDArray[np.intp]:
    """Return the (256,) class when directions matter: 0..57 for uniform codes, 58 for all others ("u2")."""
    is_uniform = _is_uniform()
    return np.where(is_uniform, np.cumsum(is_uniform) - 1, is_uniform.sum())


def _list_bits() -> NDArray[np.intp]:
    return (np.arange(256)[:, None] >> np.arange(_N_RING)) & 1


def _is_uniform() -> NDArray[np.bool_]:
    bits = _list_bits()
    n_changes: NDArray[np.intp] = np.count_nonzero(bits != np.roll(bits, 1, axis=1), axis=1)
    return n_changes <= 2


_TURNED, _FIXED = _list_turned_codes(), _list_fixed_codes()
_N_TURNED, _N_FIXED = int(_TURNED.max()) + 1, int(_FIXED.max()) + 1
_LIGHTNESS, _A, _B = range(3)

_TURNED_COUNTS = (
    *((level, _LIGHTNESS, step) for level in range(3) for step in (0.0, CLEAR_STEP)),
    *((1, plane, SLIGHT_STEP) for plane in (_A, _B)),
)
_FIXED_COUNTS = tuple((level, _LIGHTNESS, CLEAR_STEP) for level in range(2))
"""What is counted: (level of the canvas, plane, step). In paint a* and b* vary less than L*."""

PATTERN_NAMES = tuple(
    f"patterns.{kind}.level_{level}.{('lightness', 'a', 'b')[plane]}.step_{100 * step:g}.class_{i}"
    for kind, counted, n_classes in (
        ("turned", _TURNED_COUNTS, _N_TURNED),
        ("fixed", _FIXED_COUNTS, _N_FIXED),
    )
    for level, plane, step in counted
    for i in range(n_classes)
)
"""One name per number of `measure_patterns`; steps in CIELAB units."""


def _encode_rings(plane: NDArray[np.float32], step: float) -> NDArray[np.uint8]:
    """Return (h - 2, w - 2) codes of pixels that have eight neighbours; bit i: neighbour i is brighter."""
    height, width = plane.shape
    threshold = plane[1:-1, 1:-1] + np.float32(step)
    codes = np.zeros(threshold.shape, np.uint8)
    for bit, (down, right) in enumerate(_RING):
        neighbour = plane[1 + down : height - 1 + down, 1 + right : width - 1 + right]
        codes |= (neighbour > threshold).view(np.uint8) << np.uint8(bit)
    return codes


def measure_patterns(canvas: Canvas) -> NDArray[np.float32]:
    """Return how often each class of arrangements occurs: (198,), square roots of shares of pixels."""
    wanted = dict.fromkeys((*_TURNED_COUNTS, *_FIXED_COUNTS))
    shares = {key: _share_codes(canvas.levels[key[0]][key[1]], key[2]) for key in wanted}
    turned = [np.bincount(_TURNED, shares[key], _N_TURNED) for key in _TURNED_COUNTS]
    fixed = [np.bincount(_FIXED, shares[key], _N_FIXED) for key in _FIXED_COUNTS]
    shares_by_class: NDArray[np.float64] = np.concatenate([*turned, *fixed])
    return np.sqrt(shares_by_class).astype(np.float32)


def _share_codes(plane: NDArray[np.float32], step: float) -> NDArray[np.float64]:
    codes = _encode_rings(plane, step)
    return np.bincount(codes.ravel(), minlength=256) / codes.size
