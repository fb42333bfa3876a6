"""All groups of an audit on one sheet of small pictures, to be looked through in a minute."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from PIL import Image

from morelli.collection.pictures import open_picture
from morelli.errors import PictureError

THUMBNAIL_PX, GAP_PX, GROUP_GAP_PX, WIDTH_PX = 64, 2, 10, 1200
_PAPER, _MISSING = (255, 255, 255), (200, 200, 200)
_QUALITY = 82


def draw_groups(works: pl.DataFrame, path: Path) -> int:
    """Draw the works of each group side by side and save the sheet as JPEG; return how many groups it shows.

    Parameters
    ----------
    works
        Columns id, path and group_id; works without a group are not drawn.
    path
        Where the sheet goes; without a group, nothing is left there.
    """
    grouped = works.drop_nulls("group_id").sort("group_id", "id")
    groups = [part["path"].to_list() for part in grouped.partition_by("group_id", maintain_order=True)]
    if not groups:
        path.unlink(missing_ok=True)
        return 0
    places, height = _lay_out(groups)
    sheet = Image.new("RGB", (WIDTH_PX, height), _PAPER)
    for (left, top), picture in zip(places, (file for group in groups for file in group), strict=True):
        sheet.paste(_shrink(Path(picture)), (left, top))
    sheet.save(path, quality=_QUALITY, optimize=True)
    return len(groups)


def _lay_out(groups: Sequence[Sequence[str]]) -> tuple[list[tuple[int, int]], int]:
    """Return the corner of each picture, groups kept in one line where they fit, and the sheet's height."""
    step = THUMBNAIL_PX + GAP_PX
    places: list[tuple[int, int]] = []
    left = top = GROUP_GAP_PX
    for group in groups:
        if left > GROUP_GAP_PX and left + step * len(group) > WIDTH_PX:
            left, top = GROUP_GAP_PX, top + THUMBNAIL_PX + GROUP_GAP_PX
        for _ in group:
            if left + step > WIDTH_PX:  # a group longer than a line
                left, top = GROUP_GAP_PX, top + step
            places.append((left, top))
            left += step
        left += GROUP_GAP_PX
    return places, top + THUMBNAIL_PX + GROUP_GAP_PX


def _shrink(path: Path) -> Image.Image:
    tile = Image.new("RGB", (THUMBNAIL_PX, THUMBNAIL_PX), _PAPER)
    try:
        small = open_picture(path, at_least=2 * THUMBNAIL_PX)
    except PictureError:
        tile.paste(_MISSING, (0, 0, THUMBNAIL_PX, THUMBNAIL_PX))
        return tile
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    tile.paste(small, ((THUMBNAIL_PX - small.width) // 2, (THUMBNAIL_PX - small.height) // 2))
    return tile
