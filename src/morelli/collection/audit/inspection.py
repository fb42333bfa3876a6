"""One reading of a picture for everything an audit asks of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from morelli.collection.audit.looks import Look, take_look
from morelli.collection.audit.measures import WORKING_PX, Measures, measure_picture
from morelli.collection.pictures import MAX_PIXELS, PILLOW_FAULTS, decode_picture, open_file


@dataclass(frozen=True, eq=False)
class Inspection:
    """What one picture told.

    Parameters
    ----------
    measures, look
        Of the pixels.
    luma_table, chroma_table
        Sums of the JPEG quantisation tables of lightness and colour: the smaller, the finer it was saved. 0
        for other formats.
    """

    measures: Measures
    look: Look
    luma_table: int
    chroma_table: int

    def to_row(self) -> dict[str, Any]:
        """Return the numbers as a row of a table, without the look."""
        return {**asdict(self.measures), "luma_table": self.luma_table, "chroma_table": self.chroma_table}


def inspect_picture(path: Path, *, max_pixels: int = MAX_PIXELS) -> Inspection:
    """Return what a picture tells an audit.

    Raises
    ------
    PictureError
        When it cannot be used any more.
    """
    with open_file(path) as file:
        image = decode_picture(file, path, max_pixels=max_pixels, at_least=WORKING_PX).image
        file.seek(0)
        tables = _read_tables(file)
    return Inspection(measure_picture(image), take_look(image), *tables)


def _read_tables(file: Any) -> tuple[int, int]:
    try:
        with Image.open(file, formats=["JPEG"]) as image:
            tables = getattr(image, "quantization", {})
    except PILLOW_FAULTS:
        return 0, 0
    return sum(tables.get(0, ())), sum(tables.get(1, ()))
