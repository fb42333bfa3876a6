"""The sheet of groups: every group whole, in its place, and pictures that are gone shown as such."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from morelli.evaluate.audit_sheet import GAP_PX, GROUP_GAP_PX, THUMBNAIL_PX, WIDTH_PX, draw_groups

RED, BLUE = (200, 30, 30), (30, 30, 200)


@pytest.fixture
def works(tmp_path: Path) -> pl.DataFrame:
    for name, colour in (("a", RED), ("b", BLUE), ("c", RED)):
        Image.new("RGB", (100, 100), colour).save(tmp_path / f"{name}.png")
    return pl.DataFrame(
        {
            "id": ["a", "b", "c", "d"],
            "path": [str(tmp_path / f"{name}.png") for name in "abcd"],
            "group_id": ["a", "a", None, "d"],
        }
    )


def pixel(sheet: np.ndarray, column: int, gap: int = 0) -> tuple[int, ...]:
    left = GROUP_GAP_PX + column * (THUMBNAIL_PX + GAP_PX) + gap * GROUP_GAP_PX
    return tuple(sheet[GROUP_GAP_PX + THUMBNAIL_PX // 2, left + THUMBNAIL_PX // 2].tolist())


def test_works_stand_beside_each_other_by_group(works: pl.DataFrame, tmp_path: Path) -> None:
    assert draw_groups(works, tmp_path / "sheet.jpg") == 2
    sheet = np.asarray(Image.open(tmp_path / "sheet.jpg"))
    assert sheet.shape[1] == WIDTH_PX
    assert np.abs(np.subtract(pixel(sheet, 0), RED)).max() < 12
    assert np.abs(np.subtract(pixel(sheet, 1), BLUE)).max() < 12
    assert np.ptp(pixel(sheet, 2, gap=1)) < 6  # the picture of "d" is gone: grey


def test_without_groups_no_sheet_is_left(works: pl.DataFrame, tmp_path: Path) -> None:
    (tmp_path / "sheet.jpg").write_text("of an earlier audit", encoding="utf-8")
    assert draw_groups(works.with_columns(group_id=pl.lit(None, pl.String)), tmp_path / "sheet.jpg") == 0
    assert not (tmp_path / "sheet.jpg").exists()


def test_a_group_longer_than_a_line_goes_on_in_the_next(tmp_path: Path) -> None:
    Image.new("RGB", (80, 80), RED).save(tmp_path / "a.png")
    n = 2 * WIDTH_PX // THUMBNAIL_PX
    works = pl.DataFrame(
        {"id": [f"{k:03d}" for k in range(n)], "path": str(tmp_path / "a.png"), "group_id": "000"}
    )
    assert draw_groups(works, tmp_path / "sheet.jpg") == 1
    sheet = np.asarray(Image.open(tmp_path / "sheet.jpg").convert("L"))
    step = THUMBNAIL_PX + GAP_PX
    assert (sheet[GROUP_GAP_PX + step + 5, :] < 200).sum() > WIDTH_PX * 0.8
