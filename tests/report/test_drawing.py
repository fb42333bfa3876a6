"""Pictures inside a page: drawings in the page's colours, small copies of works."""

from __future__ import annotations

import base64
import io

from PIL import Image

from morelli.report.drawing import _VARIABLES, embed_drawing, embed_thumbnail, use_page_style
from morelli.report.plots import draw_recall


def test_a_drawing_takes_its_colours_from_the_page(report):
    with use_page_style():
        svg = embed_drawing(draw_recall(report.tables["recall"]))
        again = embed_drawing(draw_recall(report.tables["recall"]))
    assert svg == again
    assert svg.startswith("<svg")
    assert "var(--seen)" in svg
    assert "var(--ink)" in svg
    assert not any(colour.lower() in svg.lower() for colour in _VARIABLES)
    root = svg[: svg.index(">")]
    assert "viewBox" in root
    assert " width=" not in root


def test_a_thumbnail_is_small_and_upright(tmp_path):
    path = tmp_path / "big.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.new("RGB", (900, 300), "red").save(path, exif=exif)
    uri = embed_thumbnail(str(path))
    picture = Image.open(io.BytesIO(base64.b64decode(uri.removeprefix("data:image/jpeg;base64,"))))
    assert picture.format == "JPEG"
    assert picture.size == (73, 220)


def test_what_cannot_be_read_is_none(tmp_path):
    assert embed_thumbnail(str(tmp_path / "missing.jpg")) is None
    (tmp_path / "damaged.jpg").write_bytes(b"\xff\xd8 nothing")
    assert embed_thumbnail(str(tmp_path / "damaged.jpg")) is None
