"""Formats of pictures: who opens which, and what Pillow leaves out, takes wrongly or stumbles over."""

from __future__ import annotations

import ctypes
import io
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from PIL import Image, PngImagePlugin

from morelli.collection.colours import describe_gamma, scale_samples
from morelli.collection.tiff import TIFF_PREFIXES, Page, decode_page, read_page
from morelli.errors import PictureError

_PILLOWS: Final = (
    "JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "DIB", "JPEG2000", "AVIF", "PPM", "TGA", "PCX", "PSD",
)  # fmt: skip
"""Pillow's names of the formats that are opened. EPS and its like are not: they are programs, run on
opening."""

_RAW_SUFFIXES: Final = frozenset({
    ".dng", ".cr2", ".cr3", ".nef", ".nrw", ".arw", ".srf", ".sr2", ".orf", ".rw2", ".raf", ".pef", ".srw",
    ".3fr", ".iiq", ".erf", ".kdc", ".dcr", ".mos", ".mrw", ".x3f",
})  # fmt: skip

PICTURE_SUFFIXES: Final = _RAW_SUFFIXES | frozenset({
    ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".gif", ".webp", ".tif", ".tiff", ".bmp",
    ".dib", ".jp2", ".j2k", ".jpf", ".jpx", ".avif", ".ppm", ".pgm", ".pbm", ".pnm", ".tga", ".pcx", ".psd",
    ".heic", ".heif", ".hif", ".jxl",
})  # fmt: skip
"""Endings, in lower case, by which a file counts as a picture before it is opened."""

_PLUGINS: Final = {"HEIF": "pillow_heif", "JXL": "pillow_jxl", "RAW": "rawpy"}
_INSTALL: Final = 'pip install "morelli[formats]"'

Admit = Callable[[tuple[int, int], int, bool], None]
"""Called with a size in pixels, the bytes that each takes, and whether a smaller scale may be decoded."""

_WORKING_BYTES: Final = 8
"""Of a pixel that Pillow keeps in four, with as much for what is made of it."""

REDUCIBLE: Final = frozenset({"JPEG", "MPO"})
"""Formats decoded at a smaller scale; HEIF would show an embedded thumbnail instead."""

_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"})
_RAW_STARTS = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb", b"\0MRM")
_JXL_STARTS = (b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n")
_PNG_START = b"\x89PNG\r\n\x1a\n"

_MAX_PROFILE_BYTES = 2**24
"""Unpacked size over which a PNG's profile is taken for a decompression bomb and passed over."""
_TEXT_CHUNKS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_JXL_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))


@contextmanager
def open_image(file: BinaryIO, path: Path, admit: Admit) -> Iterator[Image.Image]:
    """Yield the image of an open file, whose pixels are read by `load`; `admit` is asked before any is.

    Its `info` holds the profile that its file names in whatever way.
    """
    kind, page = _recognise(file, path)
    if kind in _PLUGINS and find_spec(_PLUGINS[kind]) is None:
        raise PictureError(
            path,
            expected="a format that can be opened",
            found=f"{kind}, which needs: {_INSTALL}",
            remedy=_INSTALL,
        )
    if kind == "RAW":
        yield _develop_raw(file, admit)
        return
    if page is not None and not page.is_pillows:
        admit(page.size, page.bytes_per_pixel + _WORKING_BYTES, False)
        yield _build_page(file, page)
        return
    profile = None
    if kind == "HEIF":
        import_module("pillow_heif").register_heif_opener()
    elif kind == "JXL":
        admit(_read_jxl_size(file), 4 * _WORKING_BYTES, False)
        import_module("pillow_jxl")
    elif kind == "PNG":
        file, profile = _leave_out_chunks(file)
    file.seek(0)
    with Image.open(file, formats=(kind,) if kind in _PLUGINS else _PILLOWS) as image:
        if page is not None and page.number:
            image.seek(page.number)
        admit(image.size, _estimate_bytes(image), image.format in REDUCIBLE)
        _complete_info(image, file, profile)
        yield image


def _estimate_bytes(image: Image.Image) -> int:
    """Return the bytes that a pixel takes: decoded, and again for each conversion."""
    is_plain = image.mode in {"1", "L", "RGB"} and not {"icc_profile", "transparency"} & image.info.keys()
    return _WORKING_BYTES * (1 if is_plain else 2) + 6 * bool(image.info.get("progressive"))


def _recognise(file: BinaryIO, path: Path) -> tuple[str, Page | None]:
    """Return the format where it is not left to Pillow to find, and the page of a TIFF."""
    file.seek(0)
    start = file.read(64)
    file.seek(0)
    if start.startswith(_PNG_START):
        return "PNG", None
    if start.startswith(_JXL_STARTS):
        return "JXL", None
    if start[4:8] == b"ftyp":
        return _recognise_brand(start), None
    if start.startswith(_RAW_STARTS) or start[8:10] == b"CR":
        return "RAW", None
    if not start.startswith(TIFF_PREFIXES):
        return "", None
    _silence_libtiff()
    page = read_page(file)
    is_raw = page.is_raw or path.suffix.lower() in _RAW_SUFFIXES
    return ("RAW", None) if is_raw else ("TIFF", page)


@cache
def _silence_libtiff() -> None:
    """Keep Pillow's copy of libtiff from writing lines to stderr: what it says comes as an error, too."""
    for library in (Path(Image.__file__).parents[1] / "pillow.libs").glob("libtiff*.so*"):
        with suppress(OSError, AttributeError):
            ctypes.CDLL(str(library)).TIFFSetErrorHandler(None)


def _recognise_brand(start: bytes) -> str:
    brands = {start[8:12], *(start[at : at + 4] for at in range(16, min(start[3], len(start)), 4))}
    if start[8:12] == b"crx ":
        return "RAW"
    is_heif = brands & _HEIF_BRANDS or (start[8:12] in {b"mif1", b"msf1"} and not brands & {b"avif", b"avis"})
    return "HEIF" if is_heif and start[8:12] not in {b"avif", b"avis"} else ""


def _build_page(file: BinaryIO, page: Page) -> Image.Image:
    """Return the picture of a page whose samples Pillow does not read."""
    samples, mode = decode_page(file, page)
    pixels = scale_samples(samples)
    if page.get(262, 0) == 0:
        pixels[..., 0] = 255 - pixels[..., 0]
    bands = [Image.fromarray(np.ascontiguousarray(pixels[..., at])) for at in range(pixels.shape[2])]
    image = bands[0] if mode == "L" else Image.merge(mode.upper(), bands)
    if mode.endswith("a"):
        image = _divide_by_alpha(image)
    if isinstance(profile := page.tags.get(34675), bytes):
        image.info["icc_profile"] = profile
    image.getexif()[0x0112] = page.get(274, 1)
    image.format = "TIFF"
    return image


def _divide_by_alpha(image: Image.Image) -> Image.Image:
    """Undo that colours were multiplied by their alpha (ExtraSamples 1)."""
    pixels = np.asarray(image).astype(np.float32)
    straight = pixels[..., :-1] * 255 / np.maximum(pixels[..., -1:], 1)
    pixels[..., :-1] = np.rint(np.clip(straight, 0, 255))
    return Image.fromarray(pixels.astype(np.uint8))


def _develop_raw(file: BinaryIO, admit: Admit) -> Image.Image:
    """Return what a camera's sensor saw, developed in sRGB with the camera's white balance, upright."""
    import rawpy

    try:
        file.seek(0)
        with rawpy.imread(file) as raw:
            admit((raw.sizes.width, raw.sizes.height), 4 * _WORKING_BYTES, False)
            pixels = raw.postprocess(use_camera_wb=True)
    except (rawpy.LibRawError, rawpy.NotSupportedError) as fault:
        raise ValueError(f"RAW: {fault}") from fault
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)  # a sensor without colours
    image.format = "RAW"
    return image


def _complete_info(image: Image.Image, file: BinaryIO, profile: bytes | None) -> None:
    """Put into `info` what Pillow leaves out of it, and take out what does not hold."""
    if image.format == "PNG":
        found = profile or image.info.get("icc_profile") or describe_gamma(image)
        if found:
            image.info["icc_profile"] = found
    elif image.format == "JPEG2000":
        if found := _find_jp2_profile(file):
            image.info["icc_profile"] = found
    elif image.format == "JXL" and not getattr(image, "jpeg", False):
        image.info.pop("exif", None)  # the decoder has turned it already (ISO/IEC 18181-2, annex on Exif)
    elif image.format == "TGA":
        _drop_no_alpha(image, file)


def _drop_no_alpha(image: Image.Image, file: BinaryIO) -> None:
    """Read a TGA whose header counts no bits of alpha as one without (Truevision 1991, field 5.6)."""
    at = file.tell()
    file.seek(0)
    header = file.read(18)
    file.seek(at)
    if image.mode in {"RGBA", "LA"} and header[17] & 15 == 0:
        image.info["without_alpha"] = True


def _find_jp2_profile(file: BinaryIO) -> bytes | None:
    """Return the profile in the colour box of a JPEG 2000 file (ISO/IEC 15444-1, annex I.5.3.3)."""
    at = file.tell()
    file.seek(0, os.SEEK_END)
    end = file.tell()
    try:
        for kind, start, stop in _walk_boxes(file, 0, end):
            if kind != b"jp2h":
                continue
            for inner, first, last in _walk_boxes(file, start, stop):
                if inner == b"colr" and last - first > 3:
                    file.seek(first)
                    box = file.read(min(last - first, _MAX_PROFILE_BYTES))
                    return box[3:] if box[0] in (2, 3) else None
    finally:
        file.seek(at)
    return None


def _walk_boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind of each box, and where its content begins and ends."""
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16)
        length, kind, start = int.from_bytes(head[:4], "big"), head[4:8], at + 8
        if length == 1:
            length, start = int.from_bytes(head[8:16], "big"), at + 16
        stop = end if length == 0 else at + length
        if not start <= stop <= end:
            return
        yield kind, start, stop
        at = stop


def _read_jxl_size(file: BinaryIO) -> tuple[int, int]:
    """Return width and height that a JPEG XL file announces (ISO/IEC 18181-1, size header)."""
    file.seek(0)
    start = file.read(12)
    at = 2
    if not start.startswith(_JXL_STARTS[0]):
        file.seek(0, os.SEEK_END)
        boxes = _walk_boxes(file, 0, file.tell())
        at = next(
            (first + 2 + 4 * (kind == b"jxlp") for kind, first, _ in boxes if kind in (b"jxlc", b"jxlp")), 0
        )
    file.seek(at)
    bits = int.from_bytes(file.read(16), "little")

    def take(n: int) -> int:
        nonlocal bits
        value, bits = bits & ((1 << n) - 1), bits >> n
        return value

    def take_side() -> int:
        return take((9, 13, 18, 30)[take(2)]) + 1

    is_small = take(1)
    height = 8 * (take(5) + 1) if is_small else take_side()
    if ratio := take(3):
        over, under = _JXL_RATIOS[ratio - 1]
        return height * over // under, height
    return (8 * (take(5) + 1) if is_small else take_side()), height


def _leave_out_chunks(file: BinaryIO) -> tuple[BinaryIO, bytes | None]:
    """Return a PNG without the texts and the profile that Pillow refuses for their size, and the profile.

    A profile over `_MAX_PROFILE_BYTES` is a bomb and none at all. Pixels are not touched.
    """
    cuts, profile, n_text = [], None, 0
    for kind, start, length in _walk_chunks(file):
        if kind in _TEXT_CHUNKS:
            size = _measure_text(file, kind, start, length)
            n_text += size
            if size > PngImagePlugin.MAX_TEXT_CHUNK or n_text > PngImagePlugin.MAX_TEXT_MEMORY:
                cuts.append((start - 8, start + length + 4))
        elif kind == b"iCCP":
            file.seek(start)
            _, _, packed = file.read(length).partition(b"\0")
            found = _unpack_some(packed[1:], _MAX_PROFILE_BYTES + 1)
            if len(found) > PngImagePlugin.MAX_TEXT_CHUNK:
                cuts.append((start - 8, start + length + 4))
                profile = found if len(found) <= _MAX_PROFILE_BYTES else None
    return (_Spliced(file, cuts) if cuts else file), profile  # type: ignore[return-value]


def _walk_chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start and length of each whole chunk of a PNG."""
    file.seek(0, os.SEEK_END)
    end, at = file.tell(), len(_PNG_START)
    while at + 12 <= end:
        file.seek(at)
        head = file.read(8)
        length = int.from_bytes(head[:4], "big")
        if at + 12 + length > end:
            return
        yield head[4:], at + 8, length
        at += 12 + length


def _measure_text(file: BinaryIO, kind: bytes, start: int, length: int) -> int:
    """Return how long a text is when unpacked, not counting on beyond what Pillow takes."""
    if kind == b"tEXt" or length < 2:
        return length
    file.seek(start)
    _, _, rest = file.read(length).partition(b"\0")
    if kind == b"iTXt":
        if rest[:1] != b"\1":
            return length
        rest = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
        return len(_unpack_some(rest, PngImagePlugin.MAX_TEXT_CHUNK + 1))
    return len(_unpack_some(rest[1:], PngImagePlugin.MAX_TEXT_CHUNK + 1))


def _unpack_some(packed: bytes, n_bytes: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, n_bytes)
    except zlib.error:
        return b""


class _Spliced(io.RawIOBase):
    """A file without some stretches of it, read from its own start."""

    def __init__(self, file: BinaryIO, cuts: list[tuple[int, int]]) -> None:
        file.seek(0, os.SEEK_END)
        edges = [0, *(edge for cut in cuts for edge in cut), file.tell()]
        self._file, self._at = file, 0
        self._kept = [(first, last) for first, last in list(pairwise(edges))[::2] if first < last]

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move the position."""
        size = sum(last - first for first, last in self._kept)
        self._at = max(0, offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: size}[whence])
        return self._at

    def read(self, n_bytes: int | None = -1) -> bytes:
        """Return the next bytes, all without a number."""
        parts, skipped = [], self._at
        wanted = -1 if n_bytes is None else n_bytes
        for first, last in self._kept:
            length = last - first
            if skipped >= length:
                skipped -= length
                continue
            self._file.seek(first + skipped)
            part = self._file.read(length - skipped if wanted < 0 else min(wanted, length - skipped))
            parts.append(part)
            skipped = 0
            if wanted >= 0 and (wanted := wanted - len(part)) == 0:
                break
        found = b"".join(parts)
        self._at += len(found)
        return found
