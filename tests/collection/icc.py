"""Colour profiles built by hand, because Pillow brings sRGB only."""

from __future__ import annotations

import struct

# Colorants relative to D50 (B. Lindbloom, "RGB/XYZ Matrices", Bradford-adapted).
SRGB_COLORANTS = (
    (0.4360747, 0.2225045, 0.0139322),
    (0.3850649, 0.7168786, 0.0971045),
    (0.1430804, 0.0606169, 0.7141733),
)
ADOBE_COLORANTS = (
    (0.6097559, 0.3111242, 0.0194811),
    (0.2052401, 0.6256560, 0.0608902),
    (0.1492240, 0.0632197, 0.7448387),
)
ADOBE_GAMMA = 2.19921875
WHITE_D50 = (0.9642, 1.0, 0.8249)


def build_rgb_profile(colorants: tuple[tuple[float, float, float], ...], gamma: float) -> bytes:
    """Return a matrix profile (ICC.1:2001-04, section 6.3.1.2)."""
    xyz = [_encode_xyz(colorant) for colorant in colorants]
    curve = _encode_curve(gamma)
    names = (b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC")
    return _assemble(b"RGB ", dict(zip(names, [*xyz, curve, curve, curve], strict=True)))


def build_grey_profile(gamma: float) -> bytes:
    """Return a grey profile (ICC.1:2001-04, section 6.3.1.1)."""
    return _assemble(b"GRAY", {b"kTRC": _encode_curve(gamma)})


def _encode_fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _encode_xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(map(_encode_fixed, values))


def _encode_curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"


def _assemble(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    text = b"made for a test\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78),
        b"cprt": b"text\0\0\0\0" + text,
        b"wtpt": _encode_xyz(WHITE_D50),
        **tags,
    }
    offset = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">II", offset + len(body), len(data))
        body += data
    header = struct.pack(">I", offset + len(body)) + b"lcms" + struct.pack(">I", 0x02400000) + b"mntr" + space
    header += b"XYZ " + struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    header += b"".join(map(_encode_fixed, WHITE_D50))
    return header + bytes(128 - len(header)) + table + body
