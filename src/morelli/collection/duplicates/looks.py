"""What a picture looks like to the search for duplicates, and whether two looks are of one painting.

A look is local features and a small grey copy. The features are SIFT (Lowe 2004,
doi:10.1023/B:VISI.0000029664.99615.94) of a reduced picture: they survive re-encoding, other colours, other
sizes and cuts.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageOps

_SIDE_PX = 160
"""The long side at which features are taken: enough to align works, quick enough for whole museums."""

_N_FEATURES = 128
"""The strongest features that are kept of a picture."""

THUMBNAIL_PX = 64
"""Side of the grey copy, squashed to a square."""

_CONTRAST_THRESHOLD = 0.02  # half of Lowe's 0.04: pale drawings and washes have few features otherwise

_BINS = np.arange(128).reshape(4, 4, 8)
MIRROR_ORDER: NDArray[np.intp] = _BINS[::-1][:, :, (8 - np.arange(8)) % 8].ravel()
"""The order of a descriptor's 128 numbers (4 rows, 4 columns, 8 directions) in the mirrored picture.

A mirror image turns the feature's own frame over its axis of orientation: rows change places and directions
their sign. So features of the mirrored picture need not be taken again.
"""

_MIN_INLIERS = 7
"""Features that must agree on the map. Of 2,000 random pairs of real paintings none had more than 4."""

_MIN_CORRELATION = 0.8
"""Least correlation of the grey of both where they overlap. Portraits of different people in one pose reach
0.7; the same painting framed, recoloured or cut stays above 0.9."""

FEW_INLIERS, SURE_CORRELATION = 12, 0.9
"""Where fewer features agree than the one, the grey must agree as well as the other says: among 7,602 works
of WikiArt eight pairs of different portraits in one pose had 7 to 11 features and 0.81 to 0.88."""

_MAX_RATIO = 0.8
"""A feature's best answer must be this much nearer than its second best (Lowe 2004, section 7.1)."""

_MAX_ERROR_PX = 4.0
"""How far, at `_SIDE_PX`, a feature may lie from where the map puts it."""

_MAX_STRETCH = 4.0
_MIN_OVERLAP = 0.04

_Change = Literal["re-encoded", "resized", "shifted", "cropped", "cut", "mirrored", "framed"]
CHANGES: tuple[_Change, ...] = get_args(_Change)
"""Saved at quality 40; at 0.6 of its size; hue, saturation and brightness shifted; 60 % of its area; 60 % of
each side, 36 % of its area; left for right; a painted frame of 15 % around it. All are saved as JPEG."""

_QUALITY, _LOW_QUALITY = 90, 40
_SCALE = 0.6
_HUE, _SATURATION, _BRIGHTNESS = 12, 0.6, 1.15
_OUTER, _INNER = (120, 85, 40), (40, 28, 15)


@dataclass(frozen=True, eq=False)
class Look:
    """The appearance of one picture."""

    points: NDArray[np.float32]  # (m, 2) x and y of each feature, 0..1 of width and height
    descriptors: NDArray[np.uint8]  # (m, 128)
    aspect: float  # width / height
    thumbnail: NDArray[np.uint8]  # (64, 64) grey

    def mirror(self) -> Look:
        """Return the look of the mirrored picture."""
        points = np.stack([1 - self.points[:, 0], self.points[:, 1]], axis=1)
        return Look(points, self.descriptors[:, MIRROR_ORDER], self.aspect, self.thumbnail[:, ::-1])


def take_look(image: Image.Image) -> Look:
    """Return the look of a picture of any size, RGB or grey."""
    grey = image.convert("L")
    scale = _SIDE_PX / max(grey.size)
    width, height = (max(1, round(side * scale)) for side in grey.size)
    pixels = np.asarray(grey.resize((width, height), Image.Resampling.LANCZOS))
    sift = cv2.SIFT.create(nfeatures=_N_FEATURES, contrastThreshold=_CONTRAST_THRESHOLD)
    found, descriptors = sift.detectAndCompute(pixels, None)
    # OpenCV keeps all features that tie with the last one; the order makes the choice reproducible
    order = sorted(range(len(found)), key=lambda n: (-found[n].response, found[n].pt))[:_N_FEATURES]
    places = np.array([found[n].pt for n in order]).reshape(-1, 2)
    points = ((places + 0.5) / [width, height]).astype(np.float32)
    rows = np.zeros((0, 128)) if descriptors is None else descriptors[order]
    small = grey.resize((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.BOX)
    return Look(points, rows.astype(np.uint8), image.width / image.height, np.asarray(small))


@dataclass(frozen=True)
class Alignment:
    """How one picture lies on another."""

    inliers: int  # features of both that agree
    correlation: float  # of the grey of both where they overlap, -1..1
    left_share: float  # how much of the picture the other one shows, 0..1; so is `right_share`
    right_share: float
    turn: float  # degrees from upright, 0..180


def align_looks(left: Look, right: Look) -> Alignment | None:
    """Return how the right picture lies on the left, or None when they do not show the same."""
    pairs = _match(left.descriptors, right.descriptors)
    if len(pairs) < _MIN_INLIERS:
        return None
    sizes = [_frame_size(look.aspect) for look in (left, right)]
    source = left.points[pairs[:, 0]] * sizes[0]
    target = right.points[pairs[:, 1]] * sizes[1]
    found, mask = cv2.estimateAffine2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=_MAX_ERROR_PX, maxIters=500, confidence=0.995
    )
    if found is None or not _is_plausible(affine := np.asarray(found, dtype=np.float64)):
        return None
    n_inliers = _count_places(source[mask.ravel() > 0], target[mask.ravel() > 0])
    if n_inliers < _MIN_INLIERS:
        return None
    unit = _normalise(affine, *sizes)
    correlation, left_share = _compare_grey(left.thumbnail, right.thumbnail, unit)
    enough = SURE_CORRELATION if n_inliers < FEW_INLIERS else _MIN_CORRELATION
    if correlation < enough or left_share < _MIN_OVERLAP:
        return None
    right_share = min(1.0, left_share * abs(float(np.linalg.det(unit[:, :2]))))
    turn = abs(float(np.degrees(np.arctan2(affine[1, 0], affine[0, 0]))))
    return Alignment(n_inliers, correlation, left_share, right_share, turn)


def _frame_size(aspect: float) -> NDArray[np.float32]:
    """Return width and height of a picture whose long side is `_SIDE_PX`."""
    return np.array([min(1.0, aspect), min(1.0, 1 / aspect)], dtype=np.float32) * _SIDE_PX


def _match(left: NDArray[np.uint8], right: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Return (p, 2) features that are each other's best answer, clearly better than the second."""
    if len(left) < _MIN_INLIERS or len(right) < _MIN_INLIERS:
        return np.zeros((0, 2), dtype=np.intp)
    a, b = left.astype(np.float32), right.astype(np.float32)
    distances = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    rows, best = np.arange(len(a)), distances.argmin(axis=1)
    nearest = distances[rows, best].copy()
    distances[rows, best] = np.inf
    rows = np.flatnonzero(nearest < _MAX_RATIO**2 * distances.min(axis=1))
    if len(rows) < _MIN_INLIERS:  # nearly all pairs of different paintings end here
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


def plant_copy(image: Image.Image, change: _Change, rng: np.random.Generator) -> Image.Image:
    """Return a copy of an RGB picture changed in one of `CHANGES`; `rng` chooses where a cut lies."""
    changes: dict[_Change, Callable[[], Image.Image]] = {
        "re-encoded": lambda: image,
        "resized": lambda: image.resize(_scale(image, _SCALE), Image.Resampling.LANCZOS),
        "shifted": lambda: _shift(image),
        "cropped": lambda: _cut(image, _SCALE**0.5, rng),
        "cut": lambda: _cut(image, _SCALE, rng),
        "mirrored": lambda: ImageOps.mirror(image),
        "framed": lambda: _frame(image),
    }
    return _save(changes[change](), _LOW_QUALITY if change == "re-encoded" else _QUALITY)


def _scale(image: Image.Image, share: float) -> tuple[int, int]:
    return max(1, round(image.width * share)), max(1, round(image.height * share))


def _shift(image: Image.Image) -> Image.Image:
    hsv = np.array(image.convert("HSV"))
    hsv[..., 0] += np.uint8(_HUE)  # the circle of hues closes by itself
    shifted = Image.fromarray(hsv, "HSV").convert("RGB")
    return ImageEnhance.Brightness(ImageEnhance.Color(shifted).enhance(_SATURATION)).enhance(_BRIGHTNESS)


def _cut(image: Image.Image, share: float, rng: np.random.Generator) -> Image.Image:
    width, height = _scale(image, share)
    left, top = rng.integers(image.width - width + 1), rng.integers(image.height - height + 1)
    return image.crop((int(left), int(top), int(left) + width, int(top) + height))


def _frame(image: Image.Image) -> Image.Image:
    border = round(0.12 * image.width)
    return ImageOps.expand(ImageOps.expand(image, border // 4, _INNER), border, _OUTER)


def _save(image: Image.Image, quality: int) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    buffer.seek(0)
    return Image.open(buffer).convert("RGB")
