"""TIFF pages: which one is the picture, and the pixels of those that Pillow would show wrongly or not at all.

TIFF 6.0 (Adobe 1992) with its Technical Note 3 (floating point); tag numbers are from there.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

TIFF_PREFIXES: Final = (b"II\x2a\0", b"MM\0\x2a", b"II\x2b\0", b"MM\0\x2b")

_REDUCED, _MASK = 1, 4
"""Bits of NewSubfileType for a smaller copy of another page and for a mask."""

_MAX_PAGES = 1000
_TAGS = (
    254, 255, 256, 257, 258, 259, 262, 266, 271, 273, 274, 277, 278, 279, 284, 317, 322, 323, 324, 325, 330,
    338, 339, 34675, 50706,
)  # fmt: skip
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _CMYK = 0, 1, 2, 5
_COLOURS = {_WHITE_IS_ZERO: "L", _BLACK_IS_ZERO: "L", _RGB: "RGB", _CMYK: "CMYK"}
_PACKINGS = (1, 5, 8, 32773, 32946, 34925, 50000)
"""Compressions of plain bytes: none, LZW, Deflate, PackBits, Deflate, LZMA and Zstandard."""

_HEADER_BYTES = 8 + 2 + 9 * 12 + 4
"""Of a little file with nine tags."""

_KINDS = {1: "u", 2: "i", 3: "f"}


@dataclass(frozen=True, eq=False)
class Page:
    """One page of a TIFF file."""

    number: int
    tags: dict[int, Any]
    is_little: bool  # byte order
    is_big: bool  # BigTIFF

    def get(self, tag: int, otherwise: int) -> int:
        """Return a number, the first where the tag has several."""
        value = self.tags.get(tag, otherwise)
        return int(value[0] if isinstance(value, tuple) else value)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as stored."""
        return self.get(256, 0), self.get(257, 0)

    @property
    def bytes_per_pixel(self) -> int:
        """What all samples of a pixel take while they are brought together."""
        return 3 * self.get(277, 1) * max(1, self.get(258, 1) // 8)

    @property
    def is_reduced(self) -> bool:
        """Whether it is a smaller copy or a mask of another page."""
        return bool(self.get(254, 0) & (_REDUCED | _MASK)) or self.get(255, 1) == 2

    @property
    def is_raw(self) -> bool:
        """Whether the file is a camera's: a DNG, or a thumbnail with the sensor's data below it."""
        return 50706 in self.tags or (self.is_reduced and 330 in self.tags and 271 in self.tags)

    @property
    def is_pillows(self) -> bool:
        """Whether Pillow shows the page rightly: 8 bits beside each other, and the common deeper ones."""
        bits, kind, photo = self.get(258, 1), self.get(339, 1), self.get(262, 0)
        samples, packing = self.get(277, 1), self.get(259, 1)
        if self.get(284, 1) == 2:
            return bits < 8 or packing not in _PACKINGS
        if bits <= 8:
            return kind != 2
        if samples == 1:
            return photo == _BLACK_IS_ZERO and kind == 1 and bits in {12, 16}
        return (bits, kind) == (16, 1) and photo in {_RGB, _CMYK} and samples <= 4


def read_page(file: BinaryIO) -> Page:
    """Return the page that is the picture: the first that is no smaller copy of another, else the first."""
    pages = _read_pages(file)
    first = next(pages)
    return first if not first.is_reduced else next((page for page in pages if not page.is_reduced), first)


def _read_pages(file: BinaryIO) -> Iterator[Page]:
    file.seek(0)
    header = file.read(8)
    is_big = header[2:4] in {b"\x2b\0", b"\0\x2b"}
    header += file.read(8) if is_big else b""
    directory = ImageFileDirectory_v2(header)
    seen: set[int] = set()
    while directory.next and directory.next not in seen and len(seen) < _MAX_PAGES:
        seen.add(directory.next)
        file.seek(directory.next)
        directory.load(file)
        tags = {tag: directory[tag] for tag in _TAGS if tag in directory}
        yield Page(len(seen) - 1, tags, header[:2] == b"II", is_big)
    if not seen:
        raise ValueError("no page in the TIFF file")


def decode_page(file: BinaryIO, page: Page) -> tuple[NDArray[np.generic], str]:
    """Return the samples (h, w, s) of a page and Pillow's mode for them, or raise `ValueError`.

    Samples have their own depth; grey is black at zero only where the page says so.
    """
    photo, n_samples = page.get(262, 0), page.get(277, 1)
    mode = _COLOURS.get(photo)
    layout = (page.get(258, 1), page.get(339, 1), page.get(259, 1), page.get(266, 1))
    extra = page.tags.get(338, ())
    extra = (extra,) if isinstance(extra, int) else tuple(extra)
    if mode is None or n_samples < len(mode) or not _is_readable(page, *layout):
        raise ValueError(
            f"TIFF of {layout[0]} bits, format {layout[1]}, compression {layout[2]}, colours {photo}"
        )
    samples = _read_samples(file, page)
    if len(extra) and extra[0] in (1, 2) and mode in {"L", "RGB"} and n_samples > len(mode):
        return samples[..., : len(mode) + 1], mode + ("a" if extra[0] == 1 else "A")
    return samples[..., : len(mode)], mode


def _is_readable(page: Page, bits: int, kind: int, packing: int, fill: int) -> bool:
    depths = page.tags.get(258, 1)
    is_even = not isinstance(depths, tuple) or len(set(depths)) == 1
    has_type = bits in {8, 16, 32, 64} and kind in _KINDS and (kind, bits) != (3, 8)
    return is_even and has_type and packing in _PACKINGS and fill == 1 and page.get(317, 1) in {1, 2, 3}


def _read_samples(file: BinaryIO, page: Page) -> NDArray[np.generic]:
    (width, height), n_samples = page.size, page.get(277, 1)
    n_planes = n_samples if page.get(284, 1) == 2 else 1
    depth = n_samples // n_planes  # samples beside each other
    planes = []
    for plane in range(n_planes):
        pixels = np.concatenate(
            [np.concatenate(row, axis=1) for row in _read_blocks(file, page, plane, n_planes, depth)]
        )
        planes.append(pixels[:height, :width])
    return np.concatenate(planes, axis=2)


def _read_blocks(
    file: BinaryIO, page: Page, plane: int, n_planes: int, depth: int
) -> Iterator[list[NDArray[np.generic]]]:
    """Yield the rows of blocks of a plane: tiles, or strips as blocks of the whole width."""
    width, height = page.size
    is_tiled = 324 in page.tags
    block_width = page.get(322, 0) if is_tiled else width
    block_height = page.get(323, 0) if is_tiled else min(page.get(278, height), height)
    if block_width < 1 or block_height < 1:
        raise ValueError("TIFF blocks without a size")
    across, down = -(-width // block_width), -(-height // block_height)
    offsets, counts = (_list_numbers(page.tags.get(tag)) for tag in ((324, 325) if is_tiled else (273, 279)))
    if len(offsets) < across * down * n_planes or len(counts) < len(offsets):
        raise ValueError("TIFF blocks are missing")
    for row in range(down):
        rows = block_height if is_tiled else min(block_height, height - row * block_height)
        first = plane * across * down + row * across
        yield [
            _decode_block(file, page, offsets[number], counts[number], (rows, block_width, depth))
            for number in range(first, first + across)
        ]


def _list_numbers(value: Any) -> tuple[int, ...]:
    return () if value is None else (value,) if isinstance(value, int) else tuple(value)


def _decode_block(
    file: BinaryIO, page: Page, offset: int, count: int, shape: tuple[int, int, int]
) -> NDArray[np.generic]:
    bits, kind, predictor = page.get(258, 1), _KINDS[page.get(339, 1)], page.get(317, 1)
    file.seek(offset)
    data = _unpack(file.read(count), page.get(259, 1), shape[0], shape[1] * shape[2] * bits // 8)
    order = "<" if page.is_little else ">"
    if predictor == 3:  # bytes of one significance lie together, most significant first
        steps = np.frombuffer(data, np.uint8).reshape(shape[0], -1, shape[2])
        sums = np.add.accumulate(steps, axis=1, dtype=np.uint8).reshape(shape[0], bits // 8, -1)
        return np.ascontiguousarray(sums.swapaxes(1, 2)).view(f">{kind}{bits // 8}").reshape(shape)
    if predictor == 2:
        whole = np.frombuffer(data, f"{order}u{bits // 8}").reshape(shape)
        return np.add.accumulate(whole, axis=1, dtype=f"u{bits // 8}").view(f"{kind}{bits // 8}")
    return np.frombuffer(data, f"{order}{kind}{bits // 8}").reshape(shape)


def _unpack(data: bytes, packing: int, n_rows: int, row_bytes: int) -> bytes:
    """Return the bytes of a block; Pillow unpacks it as a grey picture in a file of its own."""
    if packing == 1:
        if len(data) < n_rows * row_bytes:
            raise ValueError("TIFF block is cut off")
        return data[: n_rows * row_bytes]
    entries = (
        (256, row_bytes), (257, n_rows), (258, 8), (259, packing), (262, 1), (273, _HEADER_BYTES), (277, 1),
        (278, n_rows), (279, len(data)),
    )  # fmt: skip
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    wrapped = io.BytesIO(b"II\x2a\0\x08\0\0\0\x09\0" + directory + bytes(4) + data)
    with Image.open(wrapped, formats=("TIFF",)) as grey:
        return grey.tobytes()
