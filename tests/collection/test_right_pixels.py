"""One table: each format, mode, depth, profile, orientation and layout against the same picture in sRGB."""

from __future__ import annotations

import io
import itertools
import struct
import zlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from collection.icc import (
    ADOBE_COLORANTS,
    ADOBE_GAMMA,
    SRGB_COLORANTS,
    build_grey_profile,
    build_rgb_profile,
)
from collection.odd_files import encode_picture
from collection.tiff_files import write_tiff
from morelli.collection import formats
from morelli.collection.pictures import decode_picture
from morelli.errors import PictureError

WIDTH, HEIGHT = 48, 32
HAS_EXTRAS = all(find_spec(name) for name in ("pillow_heif", "pillow_jxl", "rawpy"))
if HAS_EXTRAS:
    import pillow_heif
    import pillow_jxl  # noqa: F401

    pillow_heif.register_heif_opener()

P3_COLORANTS = (
    (0.515102, 0.241182, -0.001050),
    (0.291965, 0.692236, 0.041882),
    (0.157153, 0.066582, 0.784378),
)
"""Display P3 under D50 (SMPTE EG 432-1, Bradford-adapted)."""


def draw_quarters() -> np.ndarray:
    """Four muted colours, inside of every gamut here, of which no turn or mirror is another."""
    pixels = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    pixels[:16, :24], pixels[:16, 24:] = (190, 90, 70), (80, 150, 90)
    pixels[16:, :24], pixels[16:, 24:] = (70, 90, 170), (200, 190, 120)
    return pixels


SRGB = draw_quarters()
GREY = np.asarray(Image.fromarray(SRGB).convert("L"))


def encode_space(colorants: tuple[tuple[float, ...], ...], gamma: float) -> np.ndarray:
    """Say the same colours in another space, by its definition."""
    shown = SRGB / 255
    linear = np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)
    other = np.clip(linear @ np.array(SRGB_COLORANTS) @ np.linalg.inv(np.array(colorants)), 0, 1)
    return np.rint(255 * other ** (1 / gamma)).astype(np.uint8)


def name_srgb(profile: bytes) -> bytes:
    return profile.replace(b"made for a test", b"sRGB, so called")


PROFILES = {
    "adobe": (encode_space(ADOBE_COLORANTS, ADOBE_GAMMA), build_rgb_profile(ADOBE_COLORANTS, ADOBE_GAMMA)),
    "p3": (encode_space(P3_COLORANTS, 2.2), build_rgb_profile(P3_COLORANTS, 2.2)),
    "called-srgb": (
        encode_space(ADOBE_COLORANTS, ADOBE_GAMMA),
        name_srgb(build_rgb_profile(ADOBE_COLORANTS, ADOBE_GAMMA)),
    ),
}
LOSSLESS = {"WEBP": {"lossless": True}, "JPEG": {"quality": 98, "subsampling": 0},
            "AVIF": {"quality": 98, "subsampling": "4:4:4"}, "HEIF": {"quality": 98, "chroma": 444},
            "JXL": {"lossless": True}}  # fmt: skip
EXTRAS = ("HEIF", "JXL") if HAS_EXTRAS else ()
WITH_EXIF = ("JPEG", "PNG", "TIFF", "WEBP", "AVIF", *EXTRAS[:1])
WITH_PROFILE = ("JPEG", "PNG", "TIFF", "WEBP", "AVIF", *EXTRAS[:1])
MODES = {
    "JPEG": ("L", "RGB", "CMYK"), "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F", "LAB", "YCbCr"),
    "GIF": ("L", "P", "RGB"), "WEBP": ("RGB", "RGBA"), "BMP": ("1", "L", "P", "RGB", "RGBA"),
    "JPEG2000": ("L", "LA", "RGB", "RGBA", "I;16"), "AVIF": ("RGB", "RGBA"), "PPM": ("1", "L", "RGB", "I;16"),
    "TGA": ("1", "L", "LA", "P", "RGB", "RGBA"), "PCX": ("1", "L", "P", "RGB"), "HEIF": ("L", "RGB", "RGBA"),
    "JXL": ("L", "LA", "RGB", "RGBA"),
}  # fmt: skip
TURNS = {1: None, 2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE",
         6: "ROTATE_90", 7: "TRANSVERSE", 8: "ROTATE_270"}  # fmt: skip


def convert(mode: str) -> Image.Image:
    image = Image.fromarray(SRGB)
    if mode == "1":
        return Image.fromarray((GREY > 110).astype(np.uint8) * 255).convert("1")
    if mode == "I;16":
        return Image.fromarray(GREY.astype(np.uint16) * 257)
    if mode == "I":
        return Image.fromarray(GREY.astype(np.int32) * 257)
    if mode == "F":
        return Image.fromarray(GREY.astype(np.float32) / 255)
    if mode == "LAB":
        from PIL import ImageCms

        srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        return ImageCms.profileToProfile(image, srgb, lab, outputMode="LAB")
    return (
        image.quantize(8)
        if mode == "P"
        else image.convert("L" if mode in ("L", "LA") else "RGB").convert(mode)
    )


def expect(mode: str) -> np.ndarray:
    if mode == "1":
        return np.repeat((GREY > 110)[..., None] * 255, 3, axis=2)
    return np.repeat(GREY[..., None], 3, axis=2) if mode in {"L", "LA", "I;16", "I", "F"} else SRGB


def list_modes() -> Iterator[tuple[str, bytes, np.ndarray]]:
    for kind, modes in MODES.items():
        if kind in {"HEIF", "JXL"} and not HAS_EXTRAS:
            continue
        for mode in modes:
            yield (
                f"{kind} {mode}",
                encode_picture(convert(mode), kind, **LOSSLESS.get(kind, {})),
                expect(mode),
            )


def list_profiles() -> Iterator[tuple[str, bytes, np.ndarray]]:
    for kind, (name, (pixels, profile)) in itertools.product(WITH_PROFILE, PROFILES.items()):
        for mode in ("RGB", "RGBA") if kind != "JPEG" else ("RGB",):
            image = Image.fromarray(pixels).convert(mode)
            options = {**LOSSLESS.get(kind, {}), "icc_profile": profile}
            yield f"{kind} {mode} {name}", encode_picture(image, kind, **options), SRGB
    for name, (pixels, profile) in PROFILES.items():
        yield (
            f"JPEG2000 {name}",
            add_jp2_profile(encode_picture(Image.fromarray(pixels), "JPEG2000"), profile),
            SRGB,
        )
    linear = np.rint(255 * (GREY / 255.0) ** 2.2).astype(np.uint8)
    for kind in ("JPEG", "PNG", "TIFF"):
        options = {**({"quality": 100} if kind == "JPEG" else {}), "icc_profile": build_grey_profile(1.0)}
        shown = np.repeat(show_linear(linear)[..., None], 3, axis=2)
        yield f"{kind} grey profile", encode_picture(Image.fromarray(linear), kind, **options), shown


def show_linear(values: np.ndarray) -> np.ndarray:
    linear = values / 255
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def list_turns() -> Iterator[tuple[str, bytes, np.ndarray]]:
    for kind, (orientation, turn) in itertools.product(WITH_EXIF, TURNS.items()):
        image, exif = Image.fromarray(SRGB), Image.Exif()
        exif[0x0112] = orientation
        stored = image if turn is None else image.transpose(Image.Transpose[turn])
        yield (
            f"{kind} turn {orientation}",
            encode_picture(stored, kind, exif=exif.tobytes(), **LOSSLESS.get(kind, {})),
            SRGB,
        )
    for orientation, turn in TURNS.items():
        turned = Image.fromarray(SRGB)
        stored = turned if turn is None else turned.transpose(Image.Transpose[turn])
        samples = np.asarray(stored).astype(np.uint16) * 257
        yield (
            f"TIFF planes turn {orientation}",
            write_tiff(samples, 2, planar=2, tags={274: orientation}),
            SRGB,
        )


def list_layouts() -> Iterator[tuple[str, bytes, np.ndarray]]:
    grey, alpha = GREY[..., None], np.full((HEIGHT, WIDTH, 1), 255, np.uint8)
    inks = np.concatenate([255 - SRGB, np.zeros_like(alpha)], axis=2)
    colours = (
        ("white is zero", 0, 255 - grey, {}, expect("L")), ("grey", 1, grey, {}, expect("L")),
        ("grey alpha", 1, np.concatenate([grey, alpha], axis=2), {338: 2}, expect("L")),
        ("rgb", 2, SRGB, {}, SRGB), ("rgba", 2, np.concatenate([SRGB, alpha], axis=2), {338: 2}, SRGB),
        ("rgb times alpha", 2, np.concatenate([SRGB, alpha], axis=2), {338: 1}, SRGB),
        ("rgb and another", 2, np.concatenate([SRGB, alpha // 3], axis=2), {338: 0}, SRGB),
        ("cmyk", 5, inks, {}, SRGB),
    )  # fmt: skip
    for depth, (name, photometric, samples, tags, shown) in itertools.product(
        ("u1", "u2", "i4", "f2", "f4", "f8"), colours
    ):
        scaled = {"u": 1 if depth == "u1" else 257, "i": 257, "f": 1 / 255}[depth[0]] * samples.astype(float)
        for planar, order, (packing, predictor), tile in itertools.product(
            (1, 2), "<>", ((1, 1), (8, 1), (8, 3 if depth[0] == "f" else 2)), (0, 16)
        ):
            options = {
                "planar": planar,
                "order": order,
                "packing": packing,
                "predictor": predictor,
                "tile": tile,
            }
            data = write_tiff(scaled.astype(depth), photometric, tags=tags, **options)
            yield f"TIFF {name} {depth} {options}", data, shown


def list_oddities() -> Iterator[tuple[str, bytes, np.ndarray]]:
    yield "TGA without alpha", make_tga(alpha_bits=0), SRGB
    yield "TGA with alpha", make_tga(alpha_bits=8), np.full_like(SRGB, 255)
    small = Image.fromarray(SRGB).resize((12, 8))
    for name, tags in {"reduced": {254: 1}, "mask": {254: 4}, "old": {255: 2}}.items():
        yield f"TIFF {name} first", make_pages(small, Image.fromarray(SRGB), tags), SRGB
    png = encode_picture(Image.fromarray(SRGB), "PNG")
    long = "x" * 3_000_000
    yield "PNG zTXt", add_text(zip=True, text=long), SRGB
    yield "PNG tEXt", add_text(zip=False, text=long), SRGB
    yield "PNG iTXt", add_text(zip=True, text=long, international=True), SRGB
    pixels, profile = PROFILES["adobe"]
    padded = pad_profile(profile, 1_600_000)
    yield "PNG big profile", encode_picture(Image.fromarray(pixels), "PNG", icc_profile=padded), SRGB
    bomb = b"iCCPx\0\0" + zlib.compress(bytes(40_000_000))
    yield "PNG bomb of a profile", insert_chunk(png, bomb), SRGB
    adobe_points = (31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)
    gamma = b"gAMA" + struct.pack(">I", round(100_000 / ADOBE_GAMMA))
    primaries = b"cHRM" + struct.pack(">8I", *adobe_points)
    other = encode_picture(Image.fromarray(pixels), "PNG")
    yield "PNG cHRM and gAMA", insert_chunk(insert_chunk(other, primaries), gamma), SRGB
    yield "PNG cHRM", insert_chunk(other, primaries), SRGB
    linear = np.rint(255 * (GREY / 255.0) ** 2.2).astype(np.uint8)
    shown = np.repeat(show_linear(linear)[..., None], 3, axis=2)
    line = b"gAMA" + struct.pack(">I", 100_000)
    yield "PNG grey gAMA", insert_chunk(encode_picture(Image.fromarray(linear), "PNG"), line), shown
    deep = encode_picture(Image.fromarray(linear.astype(np.uint16) * 257), "PNG")
    yield "PNG deep grey gAMA", insert_chunk(deep, line), shown
    yield "PNG gAMA under sRGB", insert_chunk(insert_chunk(png, line), b"sRGB\0"), SRGB
    yield "PNG gAMA of sRGB", insert_chunk(png, b"gAMA" + struct.pack(">I", 45455)), SRGB


def make_tga(*, alpha_bits: int) -> bytes:
    head = struct.pack("<3x9xHHBB", WIDTH, HEIGHT, 32, 0x20 | alpha_bits)
    pixels = np.concatenate([SRGB[..., ::-1], np.zeros((HEIGHT, WIDTH, 1), np.uint8)], axis=2)
    return head[:2] + b"\x02" + head[3:] + pixels.tobytes()


def make_pages(first: Image.Image, second: Image.Image, tags: dict[int, int]) -> bytes:
    first.encoderinfo = {"tiffinfo": tags}
    buffer = io.BytesIO()
    first.save(buffer, "TIFF", save_all=True, append_images=[second], tiffinfo=tags)
    data = bytearray(buffer.getvalue())
    # Pillow writes the tags on both pages: take the second page's away.
    at = int.from_bytes(data[4:8], "little")
    n = int.from_bytes(data[at : at + 2], "little")
    at = int.from_bytes(data[at + 2 + 12 * n : at + 6 + 12 * n], "little")
    n = int.from_bytes(data[at : at + 2], "little")
    for entry in range(at + 2, at + 2 + 12 * n, 12):
        if int.from_bytes(data[entry : entry + 2], "little") in tags:
            data[entry + 8 : entry + 12] = (0 if 254 in tags else 1).to_bytes(4, "little")
    return bytes(data)


def add_text(*, zip: bool, text: str, international: bool = False) -> bytes:
    info = PngImagePlugin.PngInfo()
    if international:
        info.add_itxt("XML:com.adobe.xmp", text, zip=zip)
    else:
        info.add_text("Comment", text, zip=zip)
    return encode_picture(Image.fromarray(SRGB), "PNG", pnginfo=info)


def pad_profile(profile: bytes, n_bytes: int) -> bytes:
    return n_bytes.to_bytes(4, "big") + profile[4:] + bytes(n_bytes - len(profile))


def insert_chunk(png: bytes, chunk: bytes) -> bytes:
    """Put a chunk behind the header of 33 bytes."""
    framed = (len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    return png[:33] + framed + png[33:]


def add_jp2_profile(jp2: bytes, profile: bytes) -> bytes:
    """Name the profile in the colour box in place of an enumerated space (ISO/IEC 15444-1, I.5.3.3)."""
    colour = jp2.index(b"colr") - 4
    length = int.from_bytes(jp2[colour : colour + 4], "big")
    box = (11 + len(profile)).to_bytes(4, "big") + b"colr\2\0\0" + profile
    header = jp2.index(b"jp2h") - 4
    longer = int.from_bytes(jp2[header : header + 4], "big") + len(box) - length
    data = jp2[:colour] + box + jp2[colour + length :]
    return data[:header] + longer.to_bytes(4, "big") + data[header + 4 :]


TABLE = {
    name: (data, shown)
    for rows in (list_modes, list_profiles, list_turns, list_oddities, list_layouts)
    for name, data, shown in rows()
}


def measure(data: bytes, shown: np.ndarray) -> float:
    """Return the 98th percentile of the differences from the twin, 0 to 255; edges are blurred by codecs."""
    image = decode_picture(io.BytesIO(data), Path("picture")).image
    assert image.size == (WIDTH, HEIGHT)
    return float(np.percentile(np.abs(np.asarray(image, float) - shown), 98))


def test_each_row_of_the_table_is_its_srgb_twin() -> None:
    wrong = {}
    for name, (data, shown) in TABLE.items():
        try:
            if (difference := measure(data, shown)) > 4:
                wrong[name] = str(difference)
        except PictureError as fault:
            wrong[name] = str(fault)
    assert wrong == {}
    assert len(TABLE) > 1000


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIF"),
        (b"\xff\x0a" + bytes(60), "JXL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(60), "JXL"),
        (b"FUJIFILMCCD-RAW " + bytes(60), "RAW"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "RAW"),
        (write_tiff(np.zeros((4, 4, 1), np.uint8), 1, tags={50706: 1}), "RAW"),
    ],
)
def test_without_its_plugin_a_format_is_named_with_the_line_to_type(
    start: bytes, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "find_spec", lambda _: None)
    with pytest.raises(PictureError) as caught:
        decode_picture(io.BytesIO(start), Path("a.jpg"))
    assert caught.value.found == f'{kind}, which needs: pip install "morelli[formats]"'


def make_dng() -> bytes:
    """Return what a sensor with a Bayer pattern would see (Adobe 2023, DNG 1.7, chapter 4)."""
    shown = np.kron(SRGB, np.ones((8, 8, 1))) / 255
    linear = np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)
    sensor = np.empty(linear.shape[:2], np.uint16)
    for top, left, colour in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2)):
        sensor[top::2, left::2] = np.rint(65535 * linear[top::2, left::2, colour])
    tags = {50706: b"\1\4\0\0", 33421: (2, 2), 33422: b"\0\1\1\2", 50710: b"\0\1\2", 271: b"Maker\0",
            272: b"Model\0"}  # fmt: skip
    return write_tiff(sensor[..., None], 32803, rows=256, tags=tags)


def test_a_raw_picture_is_developed_or_its_plugin_named() -> None:
    data = io.BytesIO(make_dng())
    if not HAS_EXTRAS:
        with pytest.raises(PictureError, match="RAW, which needs"):
            decode_picture(data, Path("a.dng"))
        return
    picture = decode_picture(data, Path("a.dng"))
    assert (picture.format, picture.image.size) == ("RAW", (8 * WIDTH, 8 * HEIGHT))
    seen = np.asarray(picture.image.reduce(8), float).reshape(-1, 3)
    for band in range(3):  # the camera tells no white balance, so that only differences are its own
        assert np.corrcoef(seen[:, band], SRGB.reshape(-1, 3)[:, band])[0, 1] > 0.9
    with pytest.raises(PictureError, match="pixels"):
        decode_picture(io.BytesIO(make_dng()), Path("a.dng"), max_pixels=1000)


def test_avif_needs_no_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "find_spec", lambda _: None)
    assert measure(*TABLE["AVIF RGB"]) < 4


def test_layouts_that_nobody_reads_are_refused() -> None:
    samples = np.zeros((8, 8, 3), np.uint16)
    for options in ({"planar": 2, "tags": {259: 7}}, {"planar": 2, "tags": {266: 2}}, {"tags": {262: 9}}):
        with pytest.raises(PictureError):
            decode_picture(io.BytesIO(write_tiff(samples, 2, **options)), Path("a.tif"))


def test_a_cut_off_plane_is_damage() -> None:
    data = write_tiff(SRGB.astype(np.uint16) * 257, 2, planar=2)
    with pytest.raises(PictureError, match="cut off"):
        decode_picture(io.BytesIO(data[:-10]), Path("a.tif"))


def test_a_page_over_the_cap_is_refused_before_it_is_read() -> None:
    data = write_tiff(SRGB.astype(np.uint16), 2, planar=2)
    with pytest.raises(PictureError, match="48 x 32 pixels"):
        decode_picture(io.BytesIO(data), Path("a.tif"), max_pixels=1000)


def test_a_big_text_costs_no_other_metadata() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "x" * 3_000_000, zip=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = Image.fromarray(SRGB).transpose(Image.Transpose.ROTATE_90)
    pixels = encode_picture(stored, "PNG", pnginfo=info, exif=exif)
    assert measure(pixels, SRGB) == 0
