from __future__ import annotations

import logging

import numpy as np
import pytest
from PIL import Image, ImageCms

from morelli.collection.modes import convert_to_rgb
from morelli.collection.profiles import convert_to_srgb

from .icc import ADOBE_COLORANTS, ADOBE_GAMMA, SRGB_COLORANTS, build_grey_profile, build_rgb_profile


def make_profiled(mode: str, colour: int | tuple[int, ...], profile: bytes) -> Image.Image:
    image = Image.new(mode, (2, 2), colour)
    image.info["icc_profile"] = profile
    return image


def convert_by_hand(
    colour: tuple[int, int, int], colorants: tuple[tuple[float, ...], ...], gamma: float
) -> np.ndarray:
    """Follow IEC 61966-2-1 with plain matrices."""
    linear = (np.array(colour) / 255) ** gamma @ np.array(colorants) @ np.linalg.inv(np.array(SRGB_COLORANTS))
    linear = np.clip(linear, 0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("colour", [(200, 100, 50), (128, 128, 128), (10, 200, 90), (255, 255, 255)])
def test_adobe_rgb_is_converted(colour: tuple[int, int, int]) -> None:
    image = make_profiled("RGB", colour, build_rgb_profile(ADOBE_COLORANTS, ADOBE_GAMMA))
    shown = convert_to_rgb(image, "picture").getpixel((0, 0))
    np.testing.assert_allclose(shown, convert_by_hand(colour, ADOBE_COLORANTS, ADOBE_GAMMA), atol=2)


def test_exchanged_primaries_are_exchanged_back() -> None:
    red, green, blue = SRGB_COLORANTS
    image = make_profiled("RGB", (255, 0, 0), build_rgb_profile((green, red, blue), 2.2))
    np.testing.assert_allclose(convert_to_rgb(image, "picture").getpixel((0, 0)), (0, 255, 0), atol=3)


def test_transparency_is_kept_apart_from_colour() -> None:
    red, green, blue = SRGB_COLORANTS
    image = make_profiled("RGBA", (255, 0, 0, 0), build_rgb_profile((green, red, blue), 2.2))
    image.putpixel((1, 1), (255, 0, 0, 255))
    shown = convert_to_rgb(image, "picture")
    assert shown.getpixel((0, 0)) == (255, 255, 255)
    np.testing.assert_allclose(shown.getpixel((1, 1)), (0, 255, 0), atol=3)


def test_a_grey_profile_is_followed() -> None:
    shown = convert_to_rgb(make_profiled("L", 128, build_grey_profile(1.0)), "picture").getpixel((0, 0))
    np.testing.assert_allclose(shown, 255 * (1.055 * (128 / 255) ** (1 / 2.4) - 0.055), atol=2)


def test_srgb_is_left_alone() -> None:
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert convert_to_srgb(make_profiled("RGB", (200, 100, 50), data), "picture") is None


def test_no_profile_is_nothing_to_follow() -> None:
    assert convert_to_srgb(Image.new("RGB", (1, 1)), "picture") is None


@pytest.mark.parametrize(
    ("mode", "colour", "data"),
    [
        ("RGB", (200, 100, 50), b"not a profile" * 20),
        ("RGB", (200, 100, 50), build_rgb_profile(ADOBE_COLORANTS, ADOBE_GAMMA)[:200]),
        ("L", 100, build_rgb_profile(ADOBE_COLORANTS, ADOBE_GAMMA)),
        ("CMYK", (0, 0, 0, 0), build_rgb_profile(ADOBE_COLORANTS, ADOBE_GAMMA)),
    ],
)
def test_a_profile_that_cannot_be_followed_is_ignored_and_logged(
    mode: str, colour: int | tuple[int, ...], data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    image = make_profiled(mode, colour, data)
    plain = Image.new(mode, (2, 2), colour).convert("RGB")
    with caplog.at_level(logging.WARNING):
        assert convert_to_rgb(image, "a.jpg").getpixel((0, 0)) == plain.getpixel((0, 0))
    assert "a.jpg: embedded colour profile ignored" in caplog.text
