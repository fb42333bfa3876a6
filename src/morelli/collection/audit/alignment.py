"""Whether two pictures show the same painting, and how one lies on the other.

Features that answer each other must agree on one affine map, and under that map the grey of both pictures
must agree as well. So a shared subject, frame or caption is not taken for a shared painting.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from morelli.collection.audit.looks import SIDE_PX, THUMBNAIL_PX, Look

MIN_INLIERS = 7
"""Features that must agree on the map. Of 2,000 random pairs of real paintings none had more than 4."""

MIN_CORRELATION = 0.8
"""Least correlation of the grey of both where they overlap. Portraits of different people in one pose reach
0.7; the same painting framed, recoloured or cut stays above 0.9."""

FEW_INLIERS, SURE_CORRELATION = 12, 0.9
"""Where fewer features agree than the one, the grey must agree as well as the other says: among 7,602 works
of WikiArt eight pairs of different portraits in one pose had 7 to 11 features and 0.81 to 0.88."""

MAX_RATIO = 0.8
"""A feature's best answer must be this much nearer than its second best (Lowe 2004, section 7.1)."""

MAX_ERROR_PX = 4.0
"""How far, at `SIDE_PX`, a feature may lie from where the map puts it."""

_MAX_STRETCH = 4.0
_MIN_OVERLAP = 0.04
_CORNERS = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float32)


@dataclass(frozen=True)
class Alignment:
    """How one picture lies on another.

    Parameters
    ----------
    inliers
        Features of both that agree.
    correlation
        Of the grey of both where they overlap, -1..1.
    left_share, right_share
        How much of each picture the other one shows, 0..1.
    turn
        Degrees from upright, 0..180.
    """

    inliers: int
    correlation: float
    left_share: float
    right_share: float
    turn: float


def align_looks(left: Look, right: Look) -> Alignment | None:
    """Return how the right picture lies on the left, or None when they do not show the same.

    Parameters
    ----------
    left, right
        As `take_look` returns them; give `right.mirror()` to ask about the mirror image.
    """
    pairs = _match(left.descriptors, right.descriptors)
    if len(pairs) < MIN_INLIERS:
        return None
    sizes = [_frame_size(look.aspect) for look in (left, right)]
    source = left.points[pairs[:, 0]] * sizes[0]
    target = right.points[pairs[:, 1]] * sizes[1]
    found, mask = cv2.estimateAffine2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=MAX_ERROR_PX, maxIters=500, confidence=0.995
    )
    if found is None or not _is_plausible(affine := np.asarray(found, dtype=np.float64)):
        return None
    n_inliers = _count_places(source[mask.ravel() > 0], target[mask.ravel() > 0])
    if n_inliers < MIN_INLIERS:
        return None
    unit = _normalise(affine, *sizes)
    correlation, left_share = _compare_grey(left.thumbnail, right.thumbnail, unit)
    enough = SURE_CORRELATION if n_inliers < FEW_INLIERS else MIN_CORRELATION
    if correlation < enough or left_share < _MIN_OVERLAP:
        return None
    right_share = min(1.0, left_share * abs(float(np.linalg.det(unit[:, :2]))))
    turn = abs(float(np.degrees(np.arctan2(affine[1, 0], affine[0, 0]))))
    return Alignment(n_inliers, correlation, left_share, right_share, turn)


def _frame_size(aspect: float) -> NDArray[np.float32]:
    """Return width and height of a picture whose long side is `SIDE_PX`."""
    return np.array([min(1.0, aspect), min(1.0, 1 / aspect)], dtype=np.float32) * SIDE_PX


def _match(left: NDArray[np.uint8], right: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Return (p, 2) features that are each other's best answer, clearly better than the second."""
    if len(left) < MIN_INLIERS or len(right) < MIN_INLIERS:
        return np.zeros((0, 2), dtype=np.intp)
    a, b = left.astype(np.float32), right.astype(np.float32)
    distances = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    rows, best = np.arange(len(a)), distances.argmin(axis=1)
    nearest = distances[rows, best].copy()
    distances[rows, best] = np.inf
    rows = np.flatnonzero(nearest < MAX_RATIO**2 * distances.min(axis=1))
    if len(rows) < MIN_INLIERS:  # nearly all pairs of different paintings end here
        return np.zeros((0, 2), dtype=np.intp)
    distances[np.arange(len(a)), best] = nearest
    is_mutual = distances[:, best[rows]].argmin(axis=0) == rows
    return np.stack([rows[is_mutual], best[rows[is_mutual]]], axis=1)


def _is_plausible(affine: NDArray[np.float64]) -> bool:
    """Tell whether a map neither mirrors nor stretches more than photographs of one painting may differ."""
    linear = affine[:, :2]
    stretches = np.linalg.svd(linear, compute_uv=False)
    is_bounded = stretches[0] < _MAX_STRETCH and stretches[1] > 1 / _MAX_STRETCH
    return bool(is_bounded and stretches[0] < 2 * stretches[1] and np.linalg.det(linear) > 0)


def _count_places(source: NDArray[np.float32], target: NDArray[np.float32]) -> int:
    """Count agreeing features at different places: one place often has features of several directions."""
    places = np.round(np.concatenate([source, target], axis=1) / 2).astype(np.int64)
    return min(len(np.unique(places[:, :2], axis=0)), len(np.unique(places[:, 2:], axis=0)))


def _normalise(
    found: NDArray[np.float64], left_size: NDArray[np.float32], right_size: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return the map between pictures whose sides are both 1."""
    unit = found / right_size[:, None]
    unit[:, :2] *= left_size
    return np.asarray(unit)


def _compare_grey(
    left: NDArray[np.uint8], right: NDArray[np.uint8], unit: NDArray[np.float64]
) -> tuple[float, float]:
    """Return the correlation of both pictures where they overlap, and the share of the left that does."""
    centre = np.array([0.5, 0.5])
    pixels = unit * [1, 1, THUMBNAIL_PX]
    pixels[:, 2] += unit[:, :2] @ centre - centre  # pixel centres lie half a pixel inside
    size = (THUMBNAIL_PX, THUMBNAIL_PX)
    flags, border = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, cv2.BORDER_REPLICATE
    moved = cv2.warpAffine(right, pixels, size, flags=flags, borderMode=border).astype(np.float64)
    inside = cv2.warpAffine(np.full(size, 255, np.uint8), pixels, size, flags=flags) > 127
    if inside.sum() < 16:
        return -1.0, 0.0
    a, b = left[inside].astype(np.float64), moved[inside]
    a, b = a - a.mean(), b - b.mean()
    scale = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / scale) if scale > 0 else -1.0, float(inside.mean())
