"""TIFF files of any layout, written plainly from an array (TIFF 6.0)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

import numpy as np

_KINDS = {"u": 1, "i": 2, "f": 3}
_BYTE, _LONG = 1, 4


def write_tiff(
    samples: np.ndarray,
    photometric: int,
    *,
    planar: int = 1,
    order: str = "<",
    packing: int = 1,
    rows: int = 7,
    tile: int = 0,
    predictor: int = 1,
    tags: Mapping[int, int | bytes | tuple[int, ...]] | None = None,
) -> bytes:
    """Return a file of one page with samples (h, w, s); tags are added, numbers as LONG, bytes as BYTE."""
    height, width, n_samples = samples.shape
    planes = [samples] if planar == 1 else np.split(samples, n_samples, axis=2)
    blocks = [
        _pack(block, order, packing, predictor) for plane in planes for block in _cut(plane, rows, tile)
    ]
    sizes = {322: tile, 323: tile} if tile else {278: rows}
    offsets, counts = (324, 325) if tile else (273, 279)
    entries: dict[int, int | bytes | tuple[int, ...]] = {
        256: width, 257: height, 258: (samples.dtype.itemsize * 8,) * n_samples, 259: packing,
        262: photometric, 277: n_samples, 284: planar, 317: predictor,
        339: (_KINDS[samples.dtype.kind],) * n_samples, counts: tuple(map(len, blocks)),
        offsets: (0,) * len(blocks), **sizes, **(tags or {}),
    }  # fmt: skip
    start = 8 + len(_write_directory(entries, order))
    entries[offsets] = tuple(start + sum(map(len, blocks[:at])) for at in range(len(blocks)))
    head = {"<": b"II\x2a\0", ">": b"MM\0\x2a"}[order] + struct.pack(order + "I", 8)
    return head + _write_directory(entries, order) + b"".join(blocks)


def _cut(plane: np.ndarray, rows: int, tile: int) -> list[np.ndarray]:
    height, width = plane.shape[:2]
    if not tile:
        return [plane[top : top + rows] for top in range(0, height, rows)]
    padded = np.pad(plane, ((0, -height % tile), (0, -width % tile), (0, 0)))
    return [
        padded[top : top + tile, left : left + tile]
        for top in range(0, padded.shape[0], tile)
        for left in range(0, padded.shape[1], tile)
    ]


def _pack(block: np.ndarray, order: str, packing: int, predictor: int) -> bytes:
    n_bytes = block.dtype.itemsize
    if predictor == 3:
        planes = block.astype(block.dtype.newbyteorder(">")).view(np.uint8)
        planes = (
            planes.reshape(len(block), -1, n_bytes).swapaxes(1, 2).reshape(len(block), -1, block.shape[2])
        )
        data = np.diff(planes, axis=1, prepend=np.uint8(0)).astype(np.uint8).tobytes()
    elif predictor == 2:
        whole = np.ascontiguousarray(block).view(f"u{n_bytes}")
        steps = np.concatenate([whole[:, :1], whole[:, 1:] - whole[:, :-1]], axis=1)
        data = steps.astype(steps.dtype.newbyteorder(order)).tobytes()
    else:
        data = block.astype(block.dtype.newbyteorder(order)).tobytes()
    return zlib.compress(data) if packing == 8 else data


def _write_directory(entries: Mapping[int, int | bytes | tuple[int, ...]], order: str) -> bytes:
    listed, body = b"", b""
    beyond = 8 + 2 + 12 * len(entries) + 4
    for tag in sorted(entries):
        value = entries[tag]
        if isinstance(value, bytes):
            kind, n, data = _BYTE, len(value), value.ljust(4, b"\0")
        else:
            values = value if isinstance(value, tuple) else (value,)
            kind, n, data = _LONG, len(values), b"".join(struct.pack(order + "I", one) for one in values)
        listed += struct.pack(order + "HHI", tag, kind, n)
        listed += data if len(data) == 4 else struct.pack(order + "I", beyond + len(body))
        body += data if len(data) != 4 else b""
    return struct.pack(order + "H", len(entries)) + listed + bytes(4) + body
