"""One reading: measures, look and the tables a JPEG was saved with; what cannot be read is refused."""

from __future__ import annotations

import pytest

from collection.audit.pictures import draw_picture
from morelli.collection.audit.inspection import inspect_picture
from morelli.collection.audit.looks import take_look
from morelli.collection.audit.measures import MEASURES, measure_picture
from morelli.errors import PictureError


def test_a_file_tells_what_its_pixels_tell(tmp_path):
    image = draw_picture(0)
    image.save(tmp_path / "work.png")
    found = inspect_picture(tmp_path / "work.png")
    assert found.measures == measure_picture(image)
    assert found.look.descriptors.tobytes() == take_look(image).descriptors.tobytes()
    assert (found.luma_table, found.chroma_table) == (0, 0)


def test_the_finer_a_jpeg_was_saved_the_smaller_its_tables(tmp_path):
    tables = []
    for quality in (95, 75, 40):
        draw_picture(0).save(tmp_path / "work.jpg", quality=quality)
        found = inspect_picture(tmp_path / "work.jpg")
        tables.append((found.luma_table, found.chroma_table))
    assert tables == sorted(tables)
    assert tables[0][0] > 0
    assert tables[0][1] > 0


def test_a_grey_jpeg_has_a_table_of_lightness_only(tmp_path):
    draw_picture(0).convert("L").save(tmp_path / "work.jpg")
    found = inspect_picture(tmp_path / "work.jpg")
    assert found.luma_table > 0
    assert found.chroma_table == 0


def test_a_row_holds_every_measure_and_both_tables(tmp_path):
    draw_picture(0).save(tmp_path / "work.jpg")
    assert tuple(inspect_picture(tmp_path / "work.jpg").to_row()) == (*MEASURES, "luma_table", "chroma_table")


@pytest.mark.parametrize("content", [None, b"", b"not a picture"])
def test_what_is_no_picture_any_more_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "work.jpg").write_bytes(content)
    with pytest.raises(PictureError):
        inspect_picture(tmp_path / "work.jpg")


def test_a_picture_over_the_pixel_cap_is_refused(tmp_path):
    draw_picture(0).save(tmp_path / "work.png")
    with pytest.raises(PictureError):
        inspect_picture(tmp_path / "work.png", max_pixels=1000)
