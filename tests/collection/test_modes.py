from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from morelli.collection.modes import convert_to_rgb
from morelli.collection.pictures import decode_picture

from .odd_files import encode_picture

DEEP = np.array([[0, 257 * 10, 257 * 128, 65535]], dtype=np.uint16)
DEEP_SHOWN = [0, 10, 128, 255]


def show_row(image: Image.Image, file_format: str, **options: object) -> list[tuple[int, ...]]:
    """Save, open again and return the first row as a viewer would show it."""
    data = encode_picture(image, file_format, **options)
    opened = decode_picture(io.BytesIO(data), Path("picture")).image
    assert opened.size == image.size
    return [opened.getpixel((x, 0)) for x in range(opened.width)]


def show_greys(values: np.ndarray, file_format: str = "TIFF") -> list[int]:
    row = show_row(Image.fromarray(values), file_format)
    assert all(len(set(pixel)) == 1 for pixel in row)
    return [pixel[0] for pixel in row]


def draw_palette() -> Image.Image:
    image = Image.new("P", (3, 1))
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    for index in range(3):
        image.putpixel((index, 0), index)
    return image


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled_not_clipped(file_format: str) -> None:
    assert show_greys(DEEP, file_format) == DEEP_SHOWN


def test_16_bit_grey_of_the_other_byte_order_is_the_same() -> None:
    assert show_greys(DEEP.astype(">u2")) == DEEP_SHOWN


def test_32_bit_integers_hold_16_bit_grey() -> None:
    assert show_greys(DEEP.astype(np.int32)) == DEEP_SHOWN


def test_integers_beyond_16_bits_are_stretched() -> None:
    assert show_greys(np.array([[-100, 0, 155]], dtype=np.int32)) == [0, 100, 255]
    assert show_greys(np.array([[0, 40_000, 102_000]], dtype=np.int32)) == [0, 100, 255]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([0, 0.5, 1], [0, 128, 255]),
        ([0.2, 0.4, 0.2], [51, 102, 51]),
        ([0, 100, 255], [0, 100, 255]),
        ([-1, 0, 1], [0, 128, 255]),
        ([0, 500, 1000], [0, 128, 255]),
        ([0, np.nan, 1], [0, 0, 255]),
        ([0, np.inf, 1], [0, 0, 255]),
        ([300, 300, 300], [0, 0, 0]),
    ],
)
def test_floats_are_read_as_0_to_1_or_0_to_255_or_stretched(values: list[float], shown: list[int]) -> None:
    assert show_greys(np.array([values], dtype=np.float32)) == shown


def test_one_bit_and_grey() -> None:
    assert show_row(Image.new("1", (1, 1), 1), "PNG") == [(255, 255, 255)]
    assert show_row(Image.new("L", (1, 1), 77), "PNG") == [(77, 77, 77)]


def test_palette_colours() -> None:
    assert show_row(draw_palette(), "PNG") == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]


def test_a_transparent_palette_entry_shows_white() -> None:
    shown = [(255, 0, 0), (255, 255, 255), (0, 0, 255)]
    assert show_row(draw_palette(), "PNG", transparency=1) == shown
    assert show_row(draw_palette(), "GIF", transparency=1) == shown


def test_palette_alphas_mix_with_white() -> None:
    row = show_row(draw_palette(), "PNG", transparency=bytes([255, 128, 0]))
    assert row == [(255, 0, 0), (127, 255, 127), (255, 255, 255)]


@pytest.mark.parametrize(
    ("mode", "colour", "shown"),
    [
        ("LA", (0, 128), (127, 127, 127)),
        ("RGBA", (255, 0, 0, 128), (255, 127, 127)),
        ("RGBA", (9, 9, 9, 0), (255, 255, 255)),
    ],
)
def test_transparency_mixes_with_white(
    mode: str, colour: tuple[int, ...], shown: tuple[int, int, int]
) -> None:
    assert show_row(Image.new(mode, (1, 1), colour), "PNG") == [shown]


@pytest.mark.parametrize(("mode", "key"), [("1", 0), ("L", 7), ("RGB", (1, 2, 3))])
def test_a_colour_key_shows_white(mode: str, key: int | tuple[int, ...]) -> None:
    assert show_row(Image.new(mode, (1, 1), key), "PNG", transparency=key) == [(255, 255, 255)]


def test_a_colour_key_of_16_bit_grey_does_not_stain_8_bit_grey() -> None:
    assert show_row(Image.fromarray(DEEP), "PNG", transparency=10)[1] == (10, 10, 10)


@pytest.mark.parametrize(
    ("mode", "colour", "shown"),
    [
        ("La", (64, 128), (191, 191, 191)),
        ("RGBa", (128, 0, 0, 128), (255, 127, 127)),
        ("HSV", (0, 255, 255), (255, 0, 0)),
        ("RGBX", (1, 2, 3, 0), (1, 2, 3)),
        ("CMYK", (0, 255, 255, 0), (255, 0, 0)),
        ("YCbCr", (76, 85, 255), (254, 0, 0)),
    ],
)
def test_modes_that_few_files_have(mode: str, colour: tuple[int, ...], shown: tuple[int, int, int]) -> None:
    assert convert_to_rgb(Image.new(mode, (1, 1), colour), "picture").getpixel((0, 0)) == shown


@pytest.mark.parametrize("mode", ["PA", "I;16", "I;16L", "I;16B", "I", "F"])
def test_every_mode_comes_out_as_rgb(mode: str) -> None:
    assert convert_to_rgb(Image.new(mode, (3, 2)), "picture").mode == "RGB"


def test_lab_white_and_red() -> None:
    planes = [Image.new("L", (1, 1), value) for value in (255, 128, 128)]
    np.testing.assert_allclose(show_row(Image.merge("LAB", planes), "TIFF"), [(255, 255, 255)], atol=1)
    # sRGB red is L* 54.29, a* 80.81, b* 69.89 under D50 (B. Lindbloom): 54.29 * 2.55, 128 + 81, 128 + 70.
    planes = [Image.new("L", (1, 1), value) for value in (138, 209, 198)]
    np.testing.assert_allclose(show_row(Image.merge("LAB", planes), "TIFF"), [(255, 0, 0)], atol=8)


def test_cmyk_jpeg_as_adobe_writes_it() -> None:
    image = Image.new("CMYK", (16, 1), (0, 255, 255, 0))
    np.testing.assert_allclose(show_row(image, "JPEG", quality=100)[0], (255, 0, 0), atol=2)


def test_ycck_jpeg() -> None:
    # Stored inverted, ink (0, 255, 255) is YCbCr (179, 171, 0) by JFIF's formula, and no black is 255;
    # Pillow inverts what it stores, so it is given the complements.
    image = Image.new("CMYK", (16, 1), (255 - 179, 255 - 171, 255, 0))
    data = encode_picture(image, "JPEG", quality=100)
    marker = data.index(b"Adobe") + len(b"Adobe") + 6
    assert data[marker] == 0, "Pillow writes plain CMYK"
    data = data[:marker] + b"\2" + data[marker + 1 :]
    shown = decode_picture(io.BytesIO(data), Path("ycck.jpg")).image.getpixel((5, 0))
    np.testing.assert_allclose(shown, (255, 0, 0), atol=3)


def test_no_metadata_is_left_and_the_original_is_untouched() -> None:
    image = Image.new("RGB", (1, 1))
    image.info["comment"] = "kept"
    assert convert_to_rgb(image, "picture").info == {}
    assert image.info == {"comment": "kept"}
