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
from PIL import Image, ImageFile

from morelli.collection.pictures import (
    PICTURE_FORMATS,
    PILLOW_FAULTS,
    decode_picture,
    open_file,
    open_picture,
    read_format,
)
from morelli.errors import PictureError, UsageError

from .odd_files import CAP_PIXELS, draw_picture, encode_picture, write_odd_files

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
    assert [name for name in PICTURE_FORMATS if name not in Image.OPEN] == []


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
