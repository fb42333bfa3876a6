"""Embedded colour profiles: the colours that were meant, in sRGB.

`modes` asks here first and converts plainly when there is no profile to follow.
"""

from __future__ import annotations

import io
import logging

from PIL import Image, ImageCms

_log = logging.getLogger(__name__)

_PROFILE_FAULTS = (ImageCms.PyCMSError, OSError, ValueError, TypeError, AttributeError)
_GREY_MODES = frozenset({"1", "L", "LA"})
_UNPROFILED_MODES = frozenset({"LAB"})
_MODE_OF_SPACE = {"GRAY": "L", "RGB ": "RGB", "CMYK": "CMYK"}
"""Pillow's mode for an ICC colour space signature (ICC.1:2022, table 19)."""


def convert_to_srgb(image: Image.Image, name: str) -> Image.Image | None:
    """Return the picture in sRGB by its embedded profile, or None when plain conversion is right.

    Parameters
    ----------
    image
        A decoded picture of 8 bits per channel.
    name
        What to call it in the log.

    Returns
    -------
    image
        RGB without transparency; None when there is no profile, it is sRGB already, or it cannot be followed
        (which is logged as a warning).
    """
    data = image.info.get("icc_profile")
    if not data or image.mode in _UNPROFILED_MODES:
        return None
    try:
        return _apply_profile(image, data)
    except _PROFILE_FAULTS as fault:
        _log.warning("%s: embedded colour profile ignored: %s", name, fault)
        return None


def _apply_profile(image: Image.Image, data: bytes) -> Image.Image | None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
    if "srgb" in ImageCms.getProfileDescription(profile).casefold():
        return None
    space = profile.profile.xcolor_space
    mode = _MODE_OF_SPACE.get(space)
    if mode is None or mode != _find_colour_mode(image.mode):
        raise ValueError(f"it is for {space.strip()}, the picture is {image.mode}")
    return ImageCms.profileToProfile(
        image.convert(mode), profile, ImageCms.createProfile("sRGB"), outputMode="RGB"
    )


def _find_colour_mode(mode: str) -> str:
    """Name the mode that holds the same colours without palette or transparency."""
    if mode in _GREY_MODES:
        return "L"
    return "CMYK" if mode == "CMYK" else "RGB"
