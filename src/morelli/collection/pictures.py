"""Pictures as a viewer would show them, or a `PictureError` that says why not.

Everything that looks at pixels goes through here: `reading` for hashes, the encoders for vectors, the pages
for thumbnails.
"""

from __future__ import annotations

import logging
import os
import stat
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Final

from PIL import Image, ImageFile, UnidentifiedImageError

from morelli.collection.colours import convert_to_rgb
from morelli.collection.formats import REDUCIBLE, open_image
from morelli.collection.memory import Take
from morelli.errors import PictureError, UsageError

_log = logging.getLogger(__name__)

MAX_PIXELS: Final = 200_000_000
"""The default cap: 600 MB as RGB, above nearly all museum photographs, below what stalls a laptop."""

PILLOW_FAULTS: Final = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, AttributeError, EOFError, ArithmeticError,
    RuntimeError, AssertionError, MemoryError, struct.error, zlib.error, Image.DecompressionBombError,
)  # fmt: skip
"""All that Pillow's plugins are known to raise on damaged files."""

_PILLOW_MODULES = r"PIL(\.[A-Za-z]+)*$"

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
    """A decoded picture and what its file tells."""

    image: Image.Image  # RGB, upright; smaller than the file's picture when it was decoded at reduced scale
    width: int  # pixels of the whole picture, upright; so is `height`
    height: int
    format: str  # Pillow's name, such as "JPEG"


def open_picture(
    path: str | Path, *, max_pixels: int = MAX_PIXELS, at_least: int | None = None, take: Take | None = None
) -> Image.Image:
    """Return a picture's first frame in RGB, upright, in sRGB by its profile, on white where transparent.

    Pictures whose header announces more than `max_pixels` are refused before decoding. JPEGs are decoded at
    1/2, 1/4 or 1/8 scale as far as both sides keep `at_least` pixels: many times faster for thumbnails.
    """
    path = Path(path)
    with open_file(path) as file:
        return decode_picture(file, path, max_pixels=max_pixels, at_least=at_least, take=take).image


def decode_picture(
    file: BinaryIO,
    path: Path,
    *,
    max_pixels: int = MAX_PIXELS,
    at_least: int | None = None,
    take: Take | None = None,
) -> Picture:
    """Return the picture in an open file, with the options of `open_picture`.

    Memory for it is taken by `take`, when its header is known. The last byte that its pixels need has been
    read at the end.
    """
    _check_option("max_pixels", max_pixels)
    _check_option("at_least", 1 if at_least is None else at_least)
    with _open_image(file, path, max_pixels, at_least, take) as image:
        return _decode_image(image, path, at_least)


def read_format(file: BinaryIO, path: Path, *, max_pixels: int = MAX_PIXELS) -> str:
    """Return the format of the picture in an open file by its header alone: Pillow's name, such as "JPEG"."""
    with _open_image(file, path, max_pixels) as image:
        return image.format or ""


def open_file(path: Path) -> BufferedReader:
    """Return a regular file that is not empty, opened for reading bytes."""
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


def halve_picture(image: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Return the left and the right half; of a picture one pixel wide, twice the whole."""
    middle = image.width // 2
    if middle == 0:
        return image, image
    left = image.crop((0, 0, middle, image.height))
    return left, image.crop((image.width - middle, 0, image.width, image.height))


class _SharedTerms:
    """Counts who is decoding; the first one in changes Pillow's variables, the last one out restores them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._n_inside = 0
        self._undo = ExitStack()

    def enter(self, max_pixels: int) -> None:
        with self._lock:
            if self._n_inside == 0:
                self._undo = _impose_terms()
            self._n_inside += 1
            # Never tightened: another thread of the host program may be using Pillow on its own terms.
            if Image.MAX_IMAGE_PIXELS is not None:
                Image.MAX_IMAGE_PIXELS = max(Image.MAX_IMAGE_PIXELS, max_pixels)

    def leave(self) -> None:
        with self._lock:
            self._n_inside -= 1
            if self._n_inside == 0:
                self._undo.close()


def _impose_terms() -> ExitStack:
    undo = ExitStack()
    undo.callback(setattr, Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)
    undo.callback(setattr, ImageFile, "LOAD_TRUNCATED_IMAGES", ImageFile.LOAD_TRUNCATED_IMAGES)
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    # By module, so that the warnings of everything else that runs meanwhile are still heard. And one filter
    # rather than warnings.catch_warnings, which would also take back what other threads set in the meantime.
    warnings.filterwarnings("ignore", module=_PILLOW_MODULES)
    undo.callback(_drop_filter)
    return undo


def _drop_filter() -> None:
    kept = [entry for entry in warnings.filters if getattr(entry[3], "pattern", None) != _PILLOW_MODULES]
    warnings.filters = kept


_TERMS = _SharedTerms()


@contextmanager
def _pillow_terms(max_pixels: int) -> Iterator[None]:
    """Let Pillow decode up to a cap, silently, and refuse truncated files; for use from any thread.

    Pillow's own limit is raised to the cap where it is lower, so frames and tiles that a header does not
    announce stay bounded; the caller checks the announced size itself.
    """
    _TERMS.enter(max_pixels)
    try:
        yield
    finally:
        _TERMS.leave()


@contextmanager
def _open_image(
    file: BinaryIO, path: Path, max_pixels: int, at_least: int | None = None, take: Take | None = None
) -> Iterator[Image.Image]:
    """Yield Pillow's image of an open file within the cap; what goes wrong with it is a `PictureError`."""

    def admit(size: tuple[int, int], bytes_per_pixel: int, is_reducible: bool) -> None:
        _check_size(path, size, max_pixels)
        if take is not None:
            take(
                size[0]
                * size[1]
                * bytes_per_pixel
                // _find_scale(size, at_least if is_reducible else None) ** 2
            )

    try:
        with _pillow_terms(max_pixels), open_image(file, path, admit) as image:
            yield image
    except UnidentifiedImageError as fault:
        raise _describe_unknown(file, path) from fault
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


def _find_scale(size: tuple[int, int], at_least: int | None) -> int:
    """Return by how much Pillow reduces a JPEG while decoding it: 1, 2, 4 or 8 (`Image.draft`)."""
    if at_least is None:
        return 1
    return next((scale for scale in (8, 4, 2) if min(size) // scale >= at_least), 1)


def _describe_giant(path: Path, found: str, max_pixels: int) -> PictureError:
    return PictureError(
        path,
        expected=f"at most {max_pixels:,} pixels",
        found=found,
        remedy="make a smaller copy or raise the cap on pixels",
    )


def _describe_unknown(file: BinaryIO, path: Path) -> PictureError:
    file.seek(0)
    return PictureError(
        path,
        expected="a picture in a known format",
        found=f"a file that begins with {file.read(12)!r}",
        remedy="save it as JPEG, PNG or TIFF",
    )


def _decode_image(image: Image.Image, path: Path, at_least: int | None) -> Picture:
    whole = image.size
    is_reduced = (
        at_least is not None
        and image.format in REDUCIBLE
        and image.draft(None, (at_least, at_least)) is not None
    )
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
