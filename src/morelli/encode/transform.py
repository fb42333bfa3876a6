"""How a picture becomes the square of numbers that a network was trained on.

The values come from timm's data config of the weights. The work is done by Pillow and NumPy alone, so that
the processes which decode pictures need not load torch; the result is the same as timm's own evaluation
transform.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from morelli.encode.views import Area

RESAMPLING = {
    "bicubic": Image.Resampling.BICUBIC,
    "bilinear": Image.Resampling.BILINEAR,
    "nearest": Image.Resampling.NEAREST,
    "lanczos": Image.Resampling.LANCZOS,
}
"""timm's names of the interpolations that Pillow has under the same meaning."""

CROP_MODES = ("center", "squash")

_MAX_ASPECT_RATIO = 32
"""A centre crop looks at the middle of longer strips only: resizing a whole one could take gigabytes."""


@dataclass(frozen=True)
class Transform:
    """Resizing, cropping and normalisation of one network."""

    size_px: int  # side of the square that the network sees
    crop_fraction: float = 1.0  # share of the resized short side that the crop keeps (timm's ``crop_pct``)
    crop_mode: str = "center"  # the middle is cut out; "squash": both sides are resized, nothing is cut away
    interpolation: str = "bicubic"  # "bicubic", "bilinear", "nearest" or "lanczos"
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)  # per channel, in units of 0..1
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Transform:
        """Read what `dataclasses.asdict` wrote, through JSON or not."""
        return cls(**{**values, "mean": tuple(values["mean"]), "std": tuple(values["std"])})

    @property
    def scale_px(self) -> int:
        """Length in pixels of the short side ("squash": of each side) before the crop."""
        return math.floor(self.size_px / self.crop_fraction)

    def apply(self, picture: Image.Image) -> NDArray[np.uint8]:
        """Return the square that the network sees, (size_px, size_px, 3) uint8, not yet normalised."""
        if self.crop_mode == "center":
            picture = _cut_strip(picture)
        resized = picture.resize(self._resized_size(*picture.size), RESAMPLING[self.interpolation])
        left = round((resized.width - self.size_px) / 2)
        top = round((resized.height - self.size_px) / 2)
        return np.asarray(resized.crop((left, top, left + self.size_px, top + self.size_px)))

    def find_area(self, width: int, height: int) -> Area:
        """Return the part of a picture of a size in pixels that the square shows."""
        strip = _measure_strip(width, height) if self.crop_mode == "center" else (width, height)
        resized = self._resized_size(*strip)
        shown = [
            (side / whole) * (self.size_px / scaled)
            for side, whole, scaled in zip(strip, (width, height), resized, strict=True)
        ]
        return Area((1 - shown[0]) / 2, (1 - shown[1]) / 2, (1 + shown[0]) / 2, (1 + shown[1]) / 2)

    def _resized_size(self, width: int, height: int) -> tuple[int, int]:
        if self.crop_mode == "squash":
            return self.scale_px, self.scale_px
        if width <= height:
            return self.scale_px, int(self.scale_px * height / width)
        return int(self.scale_px * width / height), self.scale_px


def _measure_strip(width: int, height: int) -> tuple[int, int]:
    """Return the size that is left when a strip is cut to `_MAX_ASPECT_RATIO`."""
    longest = _MAX_ASPECT_RATIO * min(width, height)
    return (width - 2 * (max(width - longest, 0) // 2), height - 2 * (max(height - longest, 0) // 2))


def _cut_strip(picture: Image.Image) -> Image.Image:
    """Return the middle of a picture longer than `_MAX_ASPECT_RATIO` times its width; others as they are."""
    width, height = _measure_strip(*picture.size)
    if (width, height) == picture.size:
        return picture
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return picture.crop((left, top, left + width, top + height))
