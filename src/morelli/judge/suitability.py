"""Whether a model may be asked about a picture at all: by its pixels, and by its distance from paintings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from PIL import Image

from morelli.audit.findings import FLAGS, raise_flags
from morelli.audit.inspection import WORKING_PX, measure_line, measure_picture
from morelli.collection.pictures import Picture
from morelli.collection.work import LABEL_SEPARATOR
from morelli.errors import PictureError
from morelli.model.artefact import Model

_UNSUITABLE = {
    "empty": FLAGS["blank"].meaning,
    **{name: FLAGS[name].meaning for name in ("tiny", "strip")},
    "page": "a page of writing",
}
"""Names of the doubts that make a picture unsuitable, and what they say of it. Frames, captions and colour
bars do not: there is a painting beside them."""

_DOUBTFUL = {
    "blank": FLAGS["blank"].meaning,
    "greyscale": "in one ink or tone: a monochrome work, or a reproduction without its colours",
}
"""Doubts that an answer carries: there are paintings like that."""

_MIN_SIDE_PX = 16
_MIN_CONTRAST = 1.0
"""Least shorter side, and deviation of grey (0 to 255), of a picture with anything to see."""

_PAGE_LINES = 24  # bands that a picture is cut into; a page of 10 to 60 lines has writing in most of them
_PAGE_SHARE = 0.3  # of the picture that looks like writing, from which on it is a page: docs/judgements.md


def list_doubts(picture: Picture) -> tuple[str, ...]:
    """Return what stands against judging a picture: names of `_UNSUITABLE`, then of `_DOUBTFUL`, in order.

    Its size counts as that of the whole file; its pixels may be fewer.
    """
    size = {"width": picture.width, "height": picture.height}
    measures = measure_picture(picture.image)
    row = pl.DataFrame([{"id": "", **size, **asdict(measures)}])
    found = set((raise_flags(row)["flags"][0] or "").split("|"))
    if _measure_page(picture.image) >= _PAGE_SHARE:
        found.add("page")
    if measures.contrast < _MIN_CONTRAST:
        found = found - {"blank", "greyscale"} | {"empty"}
    return tuple(name for name in (*_UNSUITABLE, *_DOUBTFUL) if name in found)


def require_sight(picture: Picture, path: Path, doubts: Sequence[str]) -> None:
    """Raise `PictureError` when there is nothing to see, so that any answer would be made up."""
    is_speck = min(picture.width, picture.height) < _MIN_SIDE_PX
    if is_speck or "empty" in doubts:
        size = f"{picture.width} x {picture.height} pixels"
        raise PictureError(
            path,
            expected="a picture of a painting",
            found=f"{size}, too small to show anything" if is_speck else _UNSUITABLE["empty"],
            remedy="give a photograph of the work",
        )


def list_clauses(doubts: Sequence[str], *, is_suitable: bool) -> tuple[str, ...]:
    """Return what doubts say, of those that leave a picture suitable or of the others."""
    said = _DOUBTFUL if is_suitable else _UNSUITABLE
    return tuple(clause for name, clause in said.items() if name in doubts)


def _measure_page(image: Image.Image) -> float:
    """Return the share of a picture that looks like writing, 0..1: thin strokes on a plain ground."""
    grey = image.convert("L")
    grey.thumbnail((WORKING_PX, WORKING_PX), Image.Resampling.BOX)
    pixels = np.asarray(grey, dtype=np.float32)
    return max(_share_written(pixels), _share_written(np.rot90(pixels)))


def _share_written(pixels: NDArray[np.float32]) -> float:
    bands = np.array_split(pixels, min(_PAGE_LINES, max(1, len(pixels) // 3)))
    return float(np.mean([measure_line(band) for band in bands]))


def find_unsuitable(
    model: Model,
    vectors: NDArray[np.float32],
    names: Sequence[str],
    doubts: Mapping[str, Sequence[str]] | None = None,
) -> tuple[str, ...]:
    """Return a clause for each reason why a picture is unsuitable; none where all may be judged.

    Parameters
    ----------
    vectors
        (n, d) float32; how far they may lie off is part of the model.
    names
        (n,) what the pictures are called.
    doubts
        By name of the picture, what `list_doubts` found.
    """
    seen = [
        f"{name}: {clause}"
        for name in names
        for clause in list_clauses((doubts or {}).get(name, ()), is_suitable=False)
    ]
    domain = model.domain
    if domain is None:
        return tuple(seen)
    distances = domain.measure_distances(vectors)
    far = [
        f"{name}: unlike the works that the model learnt from (distance {distance:.2f}, "
        f"where {domain.quantile:.1%} of the validation works lie within {domain.threshold:.2f})"
        for name, distance in zip(names, distances, strict=True)
        if distance > domain.threshold
    ]
    return (*seen, *far)


def find_outside(model: Model, labels: Sequence[tuple[int | None, str | None]]) -> list[str | None]:
    """Return how works lie outside of what the ratios were calibrated on; see `Population.find_outside`."""
    population = model.comparison.calibration.population
    if population is None:
        return [None] * len(labels)
    return [
        population.find_outside(year, style.split(LABEL_SEPARATOR) if style else ()) for year, style in labels
    ]
