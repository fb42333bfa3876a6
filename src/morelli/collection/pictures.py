"""Pictures as a viewer would show them, or a `PictureError` that says why not.

Everything that looks at pixels goes through here: `reading` for hashes, the encoders for vectors, the pages
for thumbnails. Below it lie `limits` (what Pillow may do), `modes` and `profiles` (how pixels become RGB).
"""

from __future__ import annotations

import logging
import os
import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Final

from PIL import Image, UnidentifiedImageError

from morelli.collection.limits import pillow_terms
from morelli.collection.modes import convert_to_rgb
from morelli.errors import PictureError, UsageError

_log = logging.getLogger(__name__)

MAX_PIXELS: Final = 200_000_000
"""The default cap: 600 MB as RGB, above nearly all museum photographs, below what stalls a laptop."""

PICTURE_FORMATS: Final = (
    "JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "DIB", "JPEG2000", "AVIF", "PPM", "TGA", "PCX", "PSD",
)  # fmt: skip
"""Pillow's names of the formats that are opened. EPS and its like are not: they are programs, run on
opening."""

PICTURE_SUFFIXES: Final = frozenset({
    ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".gif", ".webp", ".tif", ".tiff", ".bmp",
    ".dib", ".jp2", ".j2k", ".jpf", ".jpx", ".avif", ".ppm", ".pgm", ".pbm", ".pnm", ".tga", ".pcx", ".psd",
})  # fmt: skip
"""Endings, in lower case, by which a file counts as a picture before it is opened."""

PILLOW_FAULTS: Final = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, AttributeError, EOFError, ArithmeticError,
    RuntimeError, AssertionError, MemoryError, struct.error, zlib.error, Image.DecompressionBombError,
)  # fmt: skip
"""All that Pillow's plugins are known to raise on damaged files."""

_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each EXIF orientation (CIPA DC-008-2019, section 4.6.4)."""
_KEEPS_SIDES = frozenset(_TURNS[orientation] for orientation in (2, 3, 4))
"""The other turns exchange width and height."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture and what its file said.

    Parameters
    ----------
    image
        RGB, upright; smaller than the file's picture when it was decoded at reduced scale.
    width, height
        Size in pixels of the whole picture, upright.
    format
        Pillow's name of the file format, such as "JPEG".
    """

    image: Image.Image
    width: int
    height: int
    format: str


def open_picture(path: Path, *, max_pixels: int = MAX_PIXELS, at_least: int | None = None) -> Image.Image:
    """Return a picture in RGB as a viewer would show it.

    The first frame, turned by its EXIF orientation, in sRGB by its embedded profile, on white where
    transparent.

    Parameters
    ----------
    path
        A file of one of `PICTURE_FORMATS`, whatever its ending.
    max_pixels
        Refuse pictures whose header announces more than this, before decoding them.
    at_least
        Decode JPEGs at 1/2, 1/4 or 1/8 scale, as far as both sides keep this many pixels: many times faster
        for thumbnails. Other formats come whole.

    Returns
    -------
    image
        RGB, 8 bits per channel, decoded, independent of the file.

    Raises
    ------
    PictureError
        When the file is missing, unreadable, no picture, damaged, cut off, or over the cap.
    UsageError
        When `max_pixels` or `at_least` is below 1.
    """
    with open_file(path) as file:
        return decode_picture(file, path, max_pixels=max_pixels, at_least=at_least).image


def halve_picture(image: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Return the left and the right half; of a picture one pixel wide, twice the whole."""
    middle = image.width // 2
    if middle == 0:
        return image, image
    left = image.crop((0, 0, middle, image.height))
    return left, image.crop((image.width - middle, 0, image.width, image.height))


def open_file(path: Path) -> BufferedReader:
    """Return a regular file opened for reading bytes.

    Raises
    ------
    PictureError
        When it is missing, a folder, a pipe, empty, or may not be read.
    """
    try:
        mode, size_bytes = (status := os.stat(path)).st_mode, status.st_size
        if stat.S_ISREG(mode) and size_bytes > 0:
            return open(path, "rb")
    except (OSError, ValueError) as fault:  # ValueError: a name with a null character
        reason = (getattr(fault, "strerror", None) or str(fault)).lower()
        raise PictureError(
            path, expected="a readable file", found=reason, remedy="check the path and its permissions"
        ) from fault
    found = "a folder" if stat.S_ISDIR(mode) else "0 bytes" if stat.S_ISREG(mode) else "a device or pipe"
    raise PictureError(path, expected="a picture", found=found, remedy="copy the picture again")


def decode_picture(
    file: BinaryIO, path: Path, *, max_pixels: int = MAX_PIXELS, at_least: int | None = None
) -> Picture:
    """Return the picture in an open file; the last byte that its pixels need has then been read.

    Parameters
    ----------
    file
        A seekable binary file, read from its beginning.
    path
        What to call it in errors.
    max_pixels, at_least
        As in `open_picture`.

    Raises
    ------
    PictureError
        When the file is no picture, damaged, cut off, or over the cap.
    UsageError
        When `max_pixels` or `at_least` is below 1.
    """
    _check_option("max_pixels", max_pixels)
    _check_option("at_least", 1 if at_least is None else at_least)
    with (
        _name_faults(file, path, max_pixels),
        pillow_terms(max_pixels),
        Image.open(file, formats=PICTURE_FORMATS) as image,
    ):
        _check_size(path, image.size, max_pixels)
        return _decode_image(image, path, at_least)


def read_format(file: BinaryIO, path: Path, *, max_pixels: int = MAX_PIXELS) -> str:
    """Return the format of the picture in an open file by its header alone: Pillow's name, such as "JPEG".

    Parameters
    ----------
    file, path, max_pixels
        As in `decode_picture`.

    Raises
    ------
    PictureError
        When the file is no picture, or its header is damaged or announces more pixels than the cap.
    """
    with (
        _name_faults(file, path, max_pixels),
        pillow_terms(max_pixels),
        Image.open(file, formats=PICTURE_FORMATS) as image,
    ):
        _check_size(path, image.size, max_pixels)
        return image.format or ""


@contextmanager
def _name_faults(file: BinaryIO, path: Path, max_pixels: int) -> Iterator[None]:
    try:
        yield
    except UnidentifiedImageError as fault:
        raise _describe_stranger(file, path) from fault
    except Image.DecompressionBombError as fault:
        raise _describe_giant(path, f"more than {2 * max_pixels:,} pixels", max_pixels) from fault
    except PILLOW_FAULTS as fault:
        raise PictureError(
            path,
            expected="a whole picture",
            found=f"damage ({str(fault).rstrip('.') or type(fault).__name__})",
            remedy="copy or download the file again",
        ) from fault


def _check_option(name: str, value: int) -> None:
    if value < 1:
        raise UsageError(name, expected="at least 1 pixel", found=str(value), remedy="give a larger number")


def _check_size(path: Path, size: tuple[int, int], max_pixels: int) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise PictureError(
            path, expected="a picture", found=f"{width} x {height} pixels", remedy="copy the file again"
        )
    if width * height > max_pixels:
        raise _describe_giant(path, f"{width} x {height} pixels", max_pixels)


def _describe_giant(path: Path, found: str, max_pixels: int) -> PictureError:
    return PictureError(
        path,
        expected=f"at most {max_pixels:,} pixels",
        found=found,
        remedy="make a smaller copy or raise the cap on pixels",
    )


def _describe_stranger(file: BinaryIO, path: Path) -> PictureError:
    file.seek(0)
    return PictureError(
        path,
        expected="a picture in a known format",
        found=f"a file that begins with {file.read(12)!r}",
        remedy="save it as JPEG, PNG or TIFF",
    )


def _decode_image(image: Image.Image, path: Path, at_least: int | None) -> Picture:
    whole = image.size
    is_reduced = at_least is not None and image.draft(None, (at_least, at_least)) is not None
    image.load()
    if not is_reduced:
        whole = image.size  # TIFF is turned upright while loading
    turn = _find_turn(image, path)
    upright = convert_to_rgb(image, str(path))
    if turn is not None:
        upright = upright.transpose(turn)
    width, height = whole if turn is None or turn in _KEEPS_SIDES else whole[::-1]
    return Picture(upright, width, height, image.format or "")


def _find_turn(image: Image.Image, path: Path) -> Image.Transpose | None:
    # Not ImageOps.exif_transpose: it also rewrites the EXIF block and so fails on pictures whose block is
    # damaged.
    try:
        return _TURNS.get(image.getexif().get(_ORIENTATION_TAG, 1))
    except PILLOW_FAULTS as fault:
        _log.warning("%s: damaged EXIF block ignored: %s", path, fault)
        return None
