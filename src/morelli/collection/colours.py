"""Colours as sRGB: depths, modes, transparency, and what a profile or a PNG's gamma says of them."""

from __future__ import annotations

import io
import logging
import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

_log = logging.getLogger(__name__)

_PROFILE_FAULTS = (ImageCms.PyCMSError, OSError, ValueError, TypeError, AttributeError)
_GREY_MODES = frozenset({"1", "L", "LA"})
_UNPROFILED_MODES = frozenset({"LAB"})
_MODE_OF_SPACE = {"GRAY": "L", "RGB ": "RGB", "CMYK": "CMYK"}
"""Pillow's mode for an ICC colour space signature (ICC.1:2022, table 19)."""

_SAME_COLOUR = 1
"""Largest difference of 255 over a grid of colours at which a profile counts as sRGB."""

_WHITE = (255, 255, 255)
"""Transparent pictures are laid on white, as paper and most viewers do."""

_STRAIGHT_ALPHA = {"La": "LA", "RGBa": "RGBA"}
_ALPHA_MODES = frozenset({"LA", "PA", "RGBA"})
_MAX_16_BIT = 65535
_BAND_SAMPLES = 2**22
"""Samples that are scaled at a time, so that eight bytes for each do not add up."""

_SRGB_GAMMA = 1 / 2.2
_SAME_GAMMA = 0.05
"""Relative difference up to which a gamma is sRGB's, as libpng has it (PNG_GAMMA_THRESHOLD)."""
_SRGB_CHROMATICITIES = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
"""White, red, green and blue, each x and y (IEC 61966-2-1)."""
_SAME_CHROMATICITY = 0.003
_WHITE_D50 = (0.9642, 1.0, 0.8249)
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
"""Cone responses in which white is adapted (ICC.1:2022, annex E)."""


def convert_to_rgb(image: Image.Image, name: str) -> Image.Image:
    """Return a picture of any mode as 8-bit sRGB on white, of the same size, without metadata.

    Deep grey is scaled rather than clipped; a transparent channel, palette entry or colour key shows white.
    The pixels of an RGB picture are used, not copied.
    """
    image = _reduce_depth(image)
    if image.info.get("without_alpha"):
        image = _keep_profile(image.convert(image.mode[:-1]), image)
    if image.mode in _STRAIGHT_ALPHA:
        image = _keep_profile(image.convert(_STRAIGHT_ALPHA[image.mode]), image)
    if image.mode in _ALPHA_MODES or "transparency" in image.info:
        transparent = image.convert("RGBA")
        colours = _convert_to_srgb(image, name)
        paper = Image.new("RGB", image.size, _WHITE)
        paper.paste(colours or transparent.convert("RGB"), mask=transparent.getchannel("A"))
        return paper
    rgb = _convert_to_srgb(image, name) or image
    # Not `copy`: a picture of 181 megapixels takes 724 MB.
    rgb = rgb._new(rgb.im) if rgb.mode == "RGB" else rgb.convert("RGB")
    rgb.info = {}
    return rgb


def _convert_to_srgb(image: Image.Image, name: str) -> Image.Image | None:
    """Return a picture of 8 bits in sRGB by its embedded profile, or None when plain conversion is right."""
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
    space = profile.profile.xcolor_space
    mode = _MODE_OF_SPACE.get(space)
    if mode is None or mode != _find_colour_mode(image.mode):
        raise ValueError(f"it is for {space.strip()}, the picture is {image.mode}")
    transform = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), mode, "RGB")
    if _changes_nothing(transform, mode):
        return None
    return ImageCms.applyTransform(image if image.mode == mode else image.convert(mode), transform)


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Say whether colours come out as they are: what a profile is called says little about that."""
    if mode == "CMYK":
        return False
    steps = np.arange(0, 256, 17, dtype=np.uint8)
    if mode == "RGB":
        probe = Image.fromarray(np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3))
    else:
        probe = Image.fromarray(steps.reshape(1, -1))
    shown = ImageCms.applyTransform(probe, transform)
    difference = np.asarray(shown, dtype=np.int16) - np.asarray(probe.convert("RGB"), dtype=np.int16)
    return int(np.abs(difference).max()) <= _SAME_COLOUR


def _find_colour_mode(mode: str) -> str:
    if mode in _GREY_MODES:
        return "L"
    return "CMYK" if mode == "CMYK" else "RGB"


def describe_gamma(image: Image.Image) -> bytes | None:
    """Return a profile that says what a PNG's `gAMA` and `cHRM` say; None where they are absent or sRGB's."""
    if "srgb" in image.info or not {"gamma", "chromaticity"} & image.info.keys():
        return None
    gamma = float(image.info.get("gamma", _SRGB_GAMMA))
    points = tuple(map(float, image.info.get("chromaticity", _SRGB_CHROMATICITIES)))
    is_srgb = np.allclose(points, _SRGB_CHROMATICITIES, rtol=0, atol=_SAME_CHROMATICITY)
    has_colour = image.mode not in _GREY_MODES and not image.mode.startswith("I")
    if not 0.05 < gamma < 20 or (abs(gamma / _SRGB_GAMMA - 1) < _SAME_GAMMA and (is_srgb or not has_colour)):
        return None
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(256 / gamma)) + bytes(2)
    if not has_colour:
        return _assemble_profile(b"GRAY", {b"kTRC": curve})
    colorants = _find_colorants(points)
    if colorants is None:
        return None
    names = (b"rXYZ", b"gXYZ", b"bXYZ")
    tags = {name: _encode_xyz(xyz) for name, xyz in zip(names, colorants, strict=True)}
    return _assemble_profile(b"RGB ", {**tags, b"rTRC": curve, b"gTRC": curve, b"bTRC": curve})


def _find_colorants(points: Sequence[float]) -> NDArray[np.float64] | None:
    """Return (3, 3) XYZ of red, green and blue under D50, from white's and their x and y; None if degenerate.

    As in B. Lindbloom, "RGB/XYZ Matrices" and "Chromatic Adaptation".
    """
    chromaticities = np.array(points).reshape(4, 2)
    if (chromaticities[:, 1] <= 0).any():
        return None
    x, y = chromaticities.T
    xyz = np.stack([x / y, np.ones(4), (1 - x - y) / y], axis=1)
    white, primaries = xyz[0], xyz[1:]
    if abs(np.linalg.det(primaries)) < 1e-6:
        return None
    colorants = primaries * np.linalg.solve(primaries.T, white)[:, None]
    gains = (_BRADFORD @ _WHITE_D50) / (_BRADFORD @ white)
    adapted = colorants @ (np.linalg.inv(_BRADFORD) @ np.diag(gains) @ _BRADFORD).T
    return adapted if np.isfinite(adapted).all() and np.abs(adapted).max() < 100 else None


def _encode_xyz(values: Sequence[float] | NDArray[np.float64]) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(struct.pack(">i", round(float(value) * 65536)) for value in values)


def _assemble_profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Return a display profile (ICC.1:2001-04, sections 6.1 and 6.3.1)."""
    text = b"gAMA and cHRM\0"
    description = b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78)
    tags = {
        b"desc": description,
        b"cprt": b"text" + bytes(4) + text,
        b"wtpt": _encode_xyz(_WHITE_D50),
        **tags,
    }
    offset = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        table += name + struct.pack(">II", offset + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    header = struct.pack(">I4sI", offset + len(body), b"lcms", 0x02400000) + b"mntr" + space + b"XYZ "
    header += struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _encode_xyz(_WHITE_D50)[8:]
    return header + bytes(128 - len(header)) + table + body


def _reduce_depth(image: Image.Image) -> Image.Image:
    """Bring grey of more than 8 bits to 8; leave all else alone."""
    if image.mode == "I" or image.mode == "F" or image.mode.startswith("I;16"):
        return _keep_profile(Image.fromarray(scale_samples(np.asarray(image))), image)
    return image


def scale_samples(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Return samples of any depth as 8 bits; values that are no number become black.

    Unsigned integers of 8 and 16 bits have their own range. Others are taken for what they usually hold, 0 to
    65535, 0 to 1 or 0 to 255, where they fit; else they are stretched.
    """
    if values.dtype == np.uint8:
        return values.astype(np.uint8, copy=False)
    bands = np.array_split(values, max(1, values.size // _BAND_SAMPLES))
    low, high = _choose_range(values.dtype, bands)
    span = (high - low) or 1.0  # one single value outside the known ranges becomes black
    shown = np.empty(values.shape, np.uint8)
    for band, out in zip(bands, np.array_split(shown, len(bands)), strict=True):
        out[...] = np.rint((_drop_nan(band) - low) * (255.0 / span))
    return shown


def _drop_nan(values: NDArray[np.generic]) -> NDArray[np.float64]:
    return np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)


def _choose_range(kind: np.dtype[np.generic], bands: Sequence[NDArray[np.generic]]) -> tuple[float, float]:
    if kind.kind == "u" and kind.itemsize == 2:
        return 0, _MAX_16_BIT
    ends = [(float(band.min()), float(band.max())) for band in map(_drop_nan, bands)]
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    known = (1, 255) if kind.kind == "f" else (_MAX_16_BIT,)
    fitting = next((top for top in known if low >= 0 and high <= top), None)
    return (low, high) if fitting is None else (0, fitting)


def _keep_profile(converted: Image.Image, image: Image.Image) -> Image.Image:
    # Nothing else is carried over: a colour key names a grey of the old depth.
    converted.info = {key: image.info[key] for key in ("icc_profile",) if key in image.info}
    return converted
