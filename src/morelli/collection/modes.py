"""Every way Pillow holds pixels, brought to 8-bit RGB as a viewer would show it.

`pictures` calls `convert_to_rgb` on each decoded picture, after which the rest of the package knows RGB only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from morelli.collection.profiles import convert_to_srgb

WHITE = (255, 255, 255)
"""Transparent pictures are laid on white, as paper and most viewers do."""

_STRAIGHT_ALPHA = {"La": "LA", "RGBa": "RGBA"}
_ALPHA_MODES = frozenset({"LA", "PA", "RGBA"})
_MAX_16_BIT = 65535


def convert_to_rgb(image: Image.Image, name: str) -> Image.Image:
    """Return a picture of any mode as 8-bit sRGB on white, without metadata.

    Deep grey (16 or 32 bits, floats) is scaled rather than clipped, an embedded colour profile is applied,
    and transparency, whether a channel, a palette entry or a colour key, shows white.

    Parameters
    ----------
    image
        A decoded picture of any mode.
    name
        What to call it in the log.

    Returns
    -------
    image
        RGB, a new picture of the same size. Its `info` is empty: the old profile and EXIF no longer hold.
    """
    image = _reduce_depth(image)
    if image.mode in _STRAIGHT_ALPHA:
        image = image.convert(_STRAIGHT_ALPHA[image.mode])
    colours = convert_to_srgb(image, name)
    if image.mode in _ALPHA_MODES or "transparency" in image.info:
        transparent = image.convert("RGBA")
        paper = Image.new("RGB", image.size, WHITE)
        paper.paste(colours or transparent.convert("RGB"), mask=transparent.getchannel("A"))
        return paper
    rgb = colours or image.convert("RGB")
    rgb.info = {}
    return rgb


def _reduce_depth(image: Image.Image) -> Image.Image:
    """Bring grey of more than 8 bits to 8; leave all else alone."""
    if image.mode.startswith("I;16"):
        return _restore_profile(_scale_grey(np.asarray(image), 0, _MAX_16_BIT), image)
    if image.mode == "I":
        return _restore_profile(_scale_grey(np.asarray(image), *_choose_integer_range(image)), image)
    if image.mode == "F":
        values = np.nan_to_num(np.asarray(image), posinf=0.0, neginf=0.0)
        return _restore_profile(_scale_grey(values, *_choose_float_range(values)), image)
    return image


def _restore_profile(grey: Image.Image, image: Image.Image) -> Image.Image:
    # Nothing else is carried over: a colour key names a grey of the old depth.
    grey.info = {key: image.info[key] for key in ("icc_profile",) if key in image.info}
    return grey


def _choose_integer_range(image: Image.Image) -> tuple[float, float]:
    """Take 32-bit integers for the 16-bit grey they usually hold (PNG, PGM); stretch what does not fit."""
    low, high = (float(value) for value in image.getextrema())  # type: ignore[arg-type]
    return (0, _MAX_16_BIT) if low >= 0 and high <= _MAX_16_BIT else (low, high)


def _choose_float_range(values: NDArray[np.float32]) -> tuple[float, float]:
    """Take floats for 0..1 or 0..255 where they fit; stretch what does not."""
    low, high = float(values.min()), float(values.max())
    if low >= 0 and high <= 1:
        return 0, 1
    return (0, 255) if low >= 0 and high <= 255 else (low, high)


def _scale_grey(values: NDArray[np.generic], low: float, high: float) -> Image.Image:
    span = (high - low) or 1.0  # one single value outside the known ranges becomes black
    scaled = (values.astype(np.float64) - low) * (255.0 / span)
    return Image.fromarray(np.rint(scaled).astype(np.uint8))
