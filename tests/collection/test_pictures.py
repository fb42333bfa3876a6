from __future__ import annotations

import io
import logging
import os
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFile

from collection.icc import ADOBE_COLORANTS, ADOBE_GAMMA, SRGB_COLORANTS, build_grey_profile, build_rgb_profile
from collection.odd_files import CAP_PIXELS, draw_picture, encode_picture, write_odd_files
from morelli.collection.colours import _convert_to_srgb, convert_to_rgb
from morelli.collection.formats import _PILLOWS
from morelli.collection.pictures import (
    PILLOW_FAULTS,
    decode_picture,
    open_file,
    open_picture,
    read_format,
)
from morelli.errors import PictureError, UsageError

ORIENTATION = 0x0112


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    write_odd_files(tmp_path)
    return tmp_path


def write_picture(path: Path, image: Image.Image, file_format: str, **options: object) -> Path:
    path.write_bytes(encode_picture(image, file_format, **options))
    return path


def test_every_format_is_one_that_pillow_opens() -> None:
    Image.init()
    assert [name for name in _PILLOWS if name not in Image.OPEN] == []


@pytest.mark.parametrize(
    "file_format", ["PNG", "GIF", "WEBP", "TIFF", "BMP", "JPEG2000", "PPM", "TGA", "PCX", "AVIF"]
)
def test_lossless_formats_give_their_pixels(tmp_path: Path, file_format: str) -> None:
    image = Image.new("RGB", (5, 4), (200, 100, 50))
    options = {"WEBP": {"lossless": True}, "AVIF": {"quality": 100, "subsampling": "4:4:4"}}.get(
        file_format, {}
    )
    opened = open_picture(write_picture(tmp_path / "a", image, file_format, **options))
    np.testing.assert_allclose(opened.getpixel((4, 3)), (200, 100, 50), atol=2 * (file_format == "AVIF"))


def test_a_picture_is_plain_rgb_without_metadata(odd: Path) -> None:
    for name, is_whole in write_odd_files(odd).items():
        if is_whole:
            image = open_picture(odd / name)
            assert (image.mode, image.info, type(image)) == ("RGB", {}, Image.Image), name


def test_every_broken_file_raises_a_picture_error_with_its_four_parts(odd: Path) -> None:
    for name, is_whole in write_odd_files(odd).items():
        if not is_whole:
            with pytest.raises(PictureError) as caught:
                open_picture(odd / name, max_pixels=CAP_PIXELS)
            assert name in caught.value.thing
            assert caught.value.expected
            assert caught.value.found
            assert caught.value.remedy


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("empty.jpg", "0 bytes"),
        ("page.jpg", "<!DOCTYPE ht"),
        ("postscript.jpg", "%!PS-Adobe-3"),
        ("cut.jpg", "truncated"),
        ("cut.png", "truncated"),
        ("over-the-cap.png", "400 x 300 pixels"),
        ("bomb.png", "pixels"),
        ("folder.jpg", "a folder"),
        ("pipe.jpg", "a device or pipe"),
        ("dangling.jpg", "no such file or directory"),
        ("loop.jpg", "too many levels of symbolic links"),
        ("absent.jpg", "no such file or directory"),
    ],
)
def test_the_error_says_what_was_found(odd: Path, name: str, found: str) -> None:
    with pytest.raises(PictureError) as caught:
        open_picture(odd / name, max_pixels=CAP_PIXELS)
    assert found in caught.value.found


@pytest.mark.parametrize("name", ["a\0b.jpg", "x" * 5000 + ".jpg"])
def test_impossible_names_raise_picture_errors(tmp_path: Path, name: str) -> None:
    with pytest.raises(PictureError):
        open_picture(tmp_path / name)


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_raises_a_picture_error(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.png", draw_picture(), "PNG")
    path.chmod(0)
    with pytest.raises(PictureError, match="permission denied"):
        open_picture(path)


def test_a_denied_file_is_reported_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_picture(tmp_path / "a.png", draw_picture(), "PNG")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(PictureError) as caught:
        open_file(path)
    assert caught.value.found == "permission denied"


@pytest.mark.parametrize("options", [{"max_pixels": 0}, {"at_least": 0}])
def test_options_below_one_are_refused(odd: Path, options: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        open_picture(odd / "grey.jpg", **options)


@pytest.mark.parametrize("fault", PILLOW_FAULTS)
def test_whatever_pillow_raises_becomes_a_picture_error(
    odd: Path, fault: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise fault("broken")

    monkeypatch.setattr(ImageFile.ImageFile, "load", fail)
    with pytest.raises(PictureError):
        open_picture(odd / "grey-alpha.png")


@settings(max_examples=150, deadline=None)
@given(
    file_format=st.sampled_from(["JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP", "JPEG2000"]),
    position=st.floats(0, 1, exclude_max=True),
    patch=st.binary(min_size=1, max_size=12),
)
def test_damage_anywhere_raises_a_picture_error_or_nothing(
    file_format: str, position: float, patch: bytes
) -> None:
    data = encode_picture(draw_picture(24, 16), file_format)
    start = int(position * len(data))
    damaged = data[:start] + patch + data[start + len(patch) :]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            picture = decode_picture(io.BytesIO(damaged), Path("damaged"), max_pixels=1_000_000)
        except PictureError:
            return
    assert picture.image.mode == "RGB"


class TestReducedScale:
    @pytest.mark.parametrize(
        ("at_least", "size"), [(None, (800, 600)), (300, (400, 300)), (75, (100, 75)), (10, (100, 75))]
    )
    def test_both_sides_keep_at_least_so_many_pixels(
        self, tmp_path: Path, at_least: int | None, size: tuple[int, int]
    ) -> None:
        path = write_picture(tmp_path / "a.jpg", draw_picture(800, 600), "JPEG")
        assert open_picture(path, at_least=at_least).size == size

    @settings(max_examples=40, deadline=None)
    @given(width=st.integers(1, 300), height=st.integers(1, 300), at_least=st.integers(1, 200))
    def test_no_side_falls_below_it_unless_it_was_below(self, width: int, height: int, at_least: int) -> None:
        data = encode_picture(Image.new("RGB", (width, height)), "JPEG")
        picture = decode_picture(io.BytesIO(data), Path("a.jpg"), at_least=at_least)
        assert min(picture.image.size) >= min(at_least, width, height)
        assert (picture.width, picture.height) == (width, height)

    def test_a_turned_picture_is_reduced_and_turned(self, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[ORIENTATION] = 8
        data = encode_picture(draw_picture(800, 600), "JPEG", exif=exif)
        picture = decode_picture(io.BytesIO(data), tmp_path, at_least=150)
        assert picture.image.size == (150, 200)
        assert (picture.width, picture.height) == (600, 800)

    def test_colours_stay(self, tmp_path: Path) -> None:
        path = write_picture(
            tmp_path / "a.jpg", Image.new("RGB", (400, 400), (200, 100, 50)), "JPEG", quality=95
        )
        np.testing.assert_allclose(open_picture(path, at_least=50).getpixel((9, 9)), (200, 100, 50), atol=3)

    def test_other_formats_come_whole(self, tmp_path: Path) -> None:
        path = write_picture(tmp_path / "a.png", draw_picture(800, 600), "PNG")
        assert open_picture(path, at_least=50).size == (800, 600)

    @pytest.mark.parametrize("options", [{}, {"progressive": True}])
    @pytest.mark.parametrize("n_missing", [1, 2, 20, 500])
    def test_a_cut_off_jpeg_is_found_out_at_every_scale(
        self, options: dict[str, bool], n_missing: int
    ) -> None:
        data = encode_picture(draw_picture(800, 600), "JPEG", **options)[:-n_missing]
        for at_least in (None, 300, 75):
            with pytest.raises(PictureError, match="truncated"):
                decode_picture(io.BytesIO(data), Path("cut.jpg"), at_least=at_least)


class TestTurning:
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_each_orientation_is_undone(self, orientation: int) -> None:
        upright = draw_picture(96, 64).resize((12, 8), Image.Resampling.NEAREST)
        T = Image.Transpose
        stored = {
            1: upright,
            2: upright.transpose(T.FLIP_LEFT_RIGHT),
            3: upright.transpose(T.ROTATE_180),
            4: upright.transpose(T.FLIP_TOP_BOTTOM),
            5: upright.transpose(T.TRANSPOSE),
            6: upright.transpose(T.ROTATE_90),
            7: upright.transpose(T.TRANSVERSE),
            8: upright.transpose(T.ROTATE_270),
        }[orientation]
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        data = encode_picture(stored, "PNG", exif=exif)
        picture = decode_picture(io.BytesIO(data), Path("turned.png"))
        np.testing.assert_array_equal(np.asarray(picture.image), np.asarray(upright))
        assert (picture.width, picture.height) == upright.size

    @pytest.mark.parametrize("name", ["turned.jpg", "turned.png", "turned.tif"])
    def test_the_red_quarter_of_a_turned_file_moves_to_the_right(self, odd: Path, name: str) -> None:
        with open_file(odd / name) as file:
            picture = decode_picture(file, odd / name)
        assert (picture.width, picture.height) == picture.image.size == (64, 96)
        red, green, blue = picture.image.getpixel((48, 20))
        assert red > 180 > max(green, blue)

    def test_a_damaged_block_is_logged_and_the_picture_kept(
        self, odd: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_: object) -> None:
            raise SyntaxError("not a TIFF file")

        monkeypatch.setattr(Image.Image, "getexif", fail)
        with caplog.at_level(logging.WARNING):
            assert open_picture(odd / "grey.jpg").size == (96, 64)
        assert "damaged EXIF" in caplog.text


def test_of_an_animation_the_first_frame_is_shown(odd: Path) -> None:
    for name in ("animated.webp", "animated.png", "animated.gif"):
        first = np.asarray(open_picture(odd / name)).astype(int)
        assert np.abs(first - np.asarray(draw_picture(seed=0))).mean() < 12, name


class TestPillowsOwnLimits:
    def test_a_low_limit_of_pillow_does_not_interfere(
        self, odd: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
        assert open_picture(odd / "grey.jpg").size == (96, 64)
        assert Image.MAX_IMAGE_PIXELS == 100

    def test_it_is_restored_after_an_error(self, odd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
        with pytest.raises(PictureError):
            open_picture(odd / "bomb.png")
        assert Image.MAX_IMAGE_PIXELS == 100

    def test_none_stays_none(self, odd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
        with pytest.raises(PictureError, match="60000 x 60000"):
            open_picture(odd / "bomb.png")
        assert Image.MAX_IMAGE_PIXELS is None

    def test_truncated_pictures_are_refused_even_where_pillow_was_told_to_accept_them(
        self, odd: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
        with pytest.raises(PictureError):
            open_picture(odd / "cut.jpg")
        assert ImageFile.LOAD_TRUNCATED_IMAGES is True

    def test_no_warning_leaks_and_the_filters_are_restored(self, odd: Path) -> None:
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            before = list(warnings.filters)
            for name in write_odd_files(odd):
                try:
                    open_picture(odd / name, max_pixels=CAP_PIXELS)
                except PictureError:
                    continue
            assert warnings.filters == before
        assert [str(warning.message) for warning in heard] == []

    def test_many_threads_leave_everything_as_it_was(
        self, odd: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
        before = list(warnings.filters)
        faults: list[BaseException] = []

        def work() -> None:
            try:
                for name in ("grey.jpg", "rgba.png", "palette.gif") * 10:
                    open_picture(odd / name)
            except PictureError as fault:
                faults.append(fault)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
        assert Image.MAX_IMAGE_PIXELS == 100
        assert warnings.filters == before


@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF", "TIFF", "WEBP"])
def test_a_header_tells_the_format_of_a_picture_that_is_cut_off(tmp_path: Path, name: str) -> None:
    data = encode_picture(draw_picture(), name)
    with io.BytesIO(data if name in {"TIFF", "WEBP"} else data[: len(data) // 2]) as file:
        assert read_format(file, tmp_path / "a.jpg") == name


@pytest.mark.parametrize(
    ("data", "found"), [(b"<html>", "begins with"), (encode_picture(draw_picture(), "PNG"), "96 x 64 pixels")]
)
def test_a_header_tells_what_cannot_be_used(tmp_path: Path, data: bytes, found: str) -> None:
    with io.BytesIO(data) as file, pytest.raises(PictureError, match=found):
        read_format(file, tmp_path / "a.jpg", max_pixels=100)


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
    assert _convert_to_srgb(make_profiled("RGB", (200, 100, 50), data), "picture") is None


def test_no_profile_is_nothing_to_follow() -> None:
    assert _convert_to_srgb(Image.new("RGB", (1, 1)), "picture") is None


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
