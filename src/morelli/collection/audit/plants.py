"""Copies of pictures changed in known ways, to measure how many of them a search for duplicates finds."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

Change = Literal["re-encoded", "resized", "shifted", "cropped", "cut", "mirrored", "framed"]
CHANGES: tuple[Change, ...] = get_args(Change)
"""Saved at quality 40; at 0.6 of its size; hue, saturation and brightness shifted; 60 % of its area; 60 % of
each side, 36 % of its area; left for right; a painted frame of 15 % around it. All are saved as JPEG."""

_QUALITY, _LOW_QUALITY = 90, 40
_SCALE = 0.6
_HUE, _SATURATION, _BRIGHTNESS = 12, 0.6, 1.15
_OUTER, _INNER = (120, 85, 40), (40, 28, 15)


def plant_copy(image: Image.Image, change: Change, rng: np.random.Generator) -> Image.Image:
    """Return a changed copy of a picture.

    Parameters
    ----------
    image
        RGB.
    change
        One of `CHANGES`.
    rng
        Chooses where a cut lies.
    """
    changes: dict[Change, Callable[[], Image.Image]] = {
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
