"""A folder of files as collections really have them: odd but whole, and broken in every way we know."""

from __future__ import annotations

import io
import os
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from .icc import ADOBE_COLORANTS, ADOBE_GAMMA, build_rgb_profile

CAP_PIXELS = 100_000
"""Pass this as `max_pixels`: all odd files but one keep below it."""

_DAMAGED_EXIF = b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01\x03\0\x01\0"
_ORIENTATION = 0x0112


def draw_picture(width: int = 96, height: int = 64, seed: int = 0) -> Image.Image:
    """Draw a picture no two of whose quarters are alike, with enough grain for damage to show."""
    grain = np.random.default_rng(seed).integers(0, 40, (height, width, 3))
    pixels = grain.astype(np.uint8)
    pixels[: height // 2, : width // 2, 0] += 200
    pixels[: height // 2, width // 2 :, 1] += 200
    pixels[height // 2 :, : width // 2, 2] += 200
    return Image.fromarray(pixels)


def encode_picture(image: Image.Image, file_format: str, **options: object) -> bytes:
    """Return the bytes that Pillow would write to a file."""
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def write_odd_files(folder: Path) -> dict[str, bool]:
    """Write odd and broken files, and tell of each by name whether it should be collected.

    Pictures are at most 96 x 64, all but one, which is over `CAP_PIXELS`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    whole, broken = _encode_whole(), _encode_broken()
    for name, data in (whole | broken).items():
        (folder / name).write_bytes(data)
    return dict.fromkeys(whole, True) | dict.fromkeys(broken, False) | _make_strangers(folder)


def _encode_whole() -> dict[str, bytes]:
    picture = draw_picture()
    return _encode_modes(picture) | _encode_containers(picture) | _encode_metadata(picture)


def _encode_modes(picture: Image.Image) -> dict[str, bytes]:
    deep = np.asarray(picture.convert("L")).astype(np.uint16) * 257
    palette = picture.quantize(16)
    transparent = picture.copy()
    transparent.putalpha(128)
    return {
        "grey.jpg": encode_picture(picture.convert("L"), "JPEG"),
        "one-bit.png": encode_picture(picture.convert("1"), "PNG"),
        "palette.gif": encode_picture(palette, "GIF"),
        "palette-transparent.png": encode_picture(palette, "PNG", transparency=0),
        "palette-alphas.png": encode_picture(palette, "PNG", transparency=bytes(range(0, 256, 16))),
        "grey-alpha.png": encode_picture(picture.convert("LA"), "PNG"),
        "rgba.png": encode_picture(transparent, "PNG"),
        "cmyk.jpg": encode_picture(picture.convert("CMYK"), "JPEG"),
        "deep-grey.png": encode_picture(Image.fromarray(deep), "PNG"),
        "float.tif": encode_picture(Image.fromarray(deep.astype(np.float32) / 65535), "TIFF"),
        "lab.tif": encode_picture(Image.merge("LAB", picture.split()), "TIFF"),
        "ycbcr.tif": encode_picture(picture.convert("YCbCr"), "TIFF"),
    }


def _encode_containers(picture: Image.Image) -> dict[str, bytes]:
    second = draw_picture(seed=1)
    frames = {"save_all": True, "append_images": [second], "duration": 100}
    return {
        "animated.gif": encode_picture(picture.quantize(16), "GIF", **frames),
        "animated.webp": encode_picture(picture, "WEBP", **frames),
        "animated.png": encode_picture(picture, "PNG", **frames),
        "progressive.jpg": encode_picture(picture, "JPEG", progressive=True),
        "trailing-garbage.jpg": encode_picture(picture, "JPEG") + b"\0garbage" * 100,
        "really-png.jpg": encode_picture(picture, "PNG"),
        "UPPER.JPG": encode_picture(picture, "JPEG", quality=90),
        "two words Dürer 葛飾.jpg": encode_picture(picture, "JPEG", quality=91),
        "new\nline.jpg": encode_picture(picture, "JPEG", quality=92),
        "one-pixel.png": encode_picture(Image.new("RGB", (1, 1)), "PNG"),
    }


def _encode_metadata(picture: Image.Image) -> dict[str, bytes]:
    turned = Image.Exif()
    turned[_ORIENTATION] = 6
    adobe = build_rgb_profile(ADOBE_COLORANTS, ADOBE_GAMMA)
    return {
        "turned.jpg": encode_picture(picture, "JPEG", exif=turned),
        "turned.png": encode_picture(picture, "PNG", exif=turned),
        "turned.tif": encode_picture(picture, "TIFF", tiffinfo={_ORIENTATION: 6}),
        "damaged-exif.jpg": encode_picture(picture, "JPEG", exif=_DAMAGED_EXIF),
        "profile.jpg": encode_picture(picture, "JPEG", icc_profile=adobe),
        "damaged-profile.jpg": encode_picture(picture, "JPEG", icc_profile=b"not a profile" * 20),
        "foreign-profile.jpg": encode_picture(picture.convert("L"), "JPEG", quality=60, icc_profile=adobe),
    }


def _encode_broken() -> dict[str, bytes]:
    picture = draw_picture()
    jpeg, png = encode_picture(picture, "JPEG", quality=95), encode_picture(picture, "PNG")
    gif, tiff = encode_picture(picture.quantize(16), "GIF"), encode_picture(picture, "TIFF")
    data = png.index(b"IDAT")
    return {
        "empty.jpg": b"",
        "text.jpg": b"This is not a picture.\n" * 20,
        "page.jpg": b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
        "zeros.jpg": bytes(1000),
        "header-only.jpg": jpeg[:20],
        "cut.jpg": jpeg[: len(jpeg) // 2],
        "last-byte-missing.jpg": jpeg[:-1],
        "cut-progressive.jpg": encode_picture(picture, "JPEG", progressive=True)[:-200],
        "cut.png": png[: len(png) // 2],
        "bad-checksum.png": png[: data + 40] + bytes(8) + png[data + 48 :],
        "cut.gif": gif[: len(gif) // 2],
        "cut.tif": tiff[: len(tiff) // 2],
        "cut.webp": encode_picture(picture, "WEBP")[:100],
        "zero-sized.gif": b"GIF89a" + bytes(7) + b";",
        "postscript.jpg": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n",
        "over-the-cap.png": encode_picture(Image.new("1", (400, 300)), "PNG"),
        "bomb.png": _announce_size(png, 60_000, 60_000),
    }


def _announce_size(png: bytes, width: int, height: int) -> bytes:
    """Write another size into a PNG's header chunk: its type at byte 12, its checksum at byte 29."""
    chunk = png[12:16] + width.to_bytes(4, "big") + height.to_bytes(4, "big") + png[24:29]
    return png[:12] + chunk + zlib.crc32(chunk).to_bytes(4, "big") + png[33:]


def _make_strangers(folder: Path) -> dict[str, bool]:
    """Make what is no file at all, though named like a picture."""
    (folder / "folder.jpg").mkdir(exist_ok=True)
    for name, target in {"dangling.jpg": "nowhere.jpg", "loop.jpg": "loop.jpg"}.items():
        if not os.path.lexists(folder / name):
            (folder / name).symlink_to(target)
    strangers = ["folder.jpg", "dangling.jpg", "loop.jpg"]
    if hasattr(os, "mkfifo"):
        if not (folder / "pipe.jpg").exists():
            os.mkfifo(folder / "pipe.jpg")
        strangers.append("pipe.jpg")
    return dict.fromkeys(strangers, False)
