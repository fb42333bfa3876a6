"""What one reading of a picture tells an audit: how sharp, grey, blank or framed its reproduction is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from morelli.collection.duplicates.looks import Look, take_look
from morelli.collection.memory import Take
from morelli.collection.pictures import MAX_PIXELS, PILLOW_FAULTS, decode_picture, open_file

WORKING_PX = 512
"""The long side at which a picture is measured; smaller ones are measured as they are."""

_SMALL_PX = 64  # side of the copy whose contrast and colours count
_OUTER_SHARE = 0.04  # of the sides, that is the edge of a picture

_MARGIN_SHARE = 0.25
"""How deep into the picture a frame is looked for."""

_BAND_SHARE = 0.12
"""How deep a colour bar or a caption is looked for."""

_EDGE_STEP = 6.0
"""Difference of colour, CIELAB units, that makes a step: some three times what an eye just notices."""

EDGE_SHARE = 0.85
"""Share of a side's length along which a step must run to be an edge."""

_EDGE_EXCESS = 0.4
"""How much larger that share must be than in the middle one of all rows of the margin."""

PATCH_STEP, PATCH_SPREAD = 12.0, 4.0
"""Patches of a colour bar differ by more than the one, and vary within by less than the other."""

_MIN_PATCHES = 4
"""Fewer plain patches than this are no colour bar."""

_MAX_GAP_SHARE = 0.03
"""Patches of a colour bar adjoin: at most this share of the border's length lies between two."""

_TEXT_STEP = 30.0
"""Difference of grey, 0..255, between writing and its ground."""


@dataclass(frozen=True)
class _Measures:
    """Numbers about one reproduction.

    colour_spread is the deviation of a* and b*, CIELAB, from what lightness alone explains (a parabola for
    each): 0 for anything printed in one ink, however tinted.
    """

    sharpness: float  # what a blur of one pixel takes away, as a share of the deviation of the grey, 0..1
    contrast: float  # deviation of the grey of a 64-pixel copy, 0..127
    colour_spread: float
    frame_sides: int  # 0..4, along which an edge runs from corner to corner
    bar_patches: int  # of a colour bar, on the border that has most
    text_share: float  # of a border that looks like writing, 0..1
    mean_l: float  # mean colour, CIELAB
    mean_a: float
    mean_b: float
    edge_l: float  # of the outermost 4 %, and its deviation in lightness
    edge_a: float
    edge_b: float
    edge_spread: float


MEASURES: tuple[str, ...] = tuple(field.name for field in fields(_Measures))


def measure_picture(image: Image.Image) -> _Measures:
    """Return the measures of a picture in RGB."""
    scale = min(1.0, WORKING_PX / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    working = image if scale == 1 else image.resize(size, Image.Resampling.BOX, reducing_gap=2.0)
    lab = _convert_to_lab(working)
    small = _convert_to_lab(working.resize((_SMALL_PX, _SMALL_PX), Image.Resampling.BOX))
    edge = lab[_mark_edge(lab.shape[:2])]
    grey = lab[..., 0] * 2.55
    mean, edge_mean = small.mean(axis=(0, 1)), edge.mean(axis=0)
    return _Measures(
        sharpness=_measure_sharpness(grey),
        contrast=float(small[..., 0].std() * 2.55),
        colour_spread=_measure_colours(small.reshape(-1, 3)),
        frame_sides=_measure_frame(lab),
        bar_patches=_measure_bar(lab),
        text_share=_measure_text(grey),
        mean_l=float(mean[0]),
        mean_a=float(mean[1]),
        mean_b=float(mean[2]),
        edge_l=float(edge_mean[0]),
        edge_a=float(edge_mean[1]),
        edge_b=float(edge_mean[2]),
        edge_spread=float(edge[:, 0].std()),
    )


@dataclass(frozen=True, eq=False)
class Inspection:
    """What one picture told; sums of the JPEG quantisation tables: the smaller, the finer it was saved."""

    measures: _Measures
    look: Look
    luma_table: int  # of lightness; 0 for other formats
    chroma_table: int  # of colour; 0 for other formats

    def to_row(self) -> dict[str, Any]:
        """Return the numbers as a row of a table, without the look."""
        return {**asdict(self.measures), "luma_table": self.luma_table, "chroma_table": self.chroma_table}


def inspect_picture(path: Path, *, max_pixels: int = MAX_PIXELS, take: Take | None = None) -> Inspection:
    """Return what a picture tells an audit."""
    with open_file(path) as file:
        image = decode_picture(file, path, max_pixels=max_pixels, at_least=WORKING_PX, take=take).image
        file.seek(0)
        tables = _read_tables(file)
    return Inspection(measure_picture(image), take_look(image), *tables)


def _convert_to_lab(image: Image.Image) -> NDArray[np.float32]:
    pixels = np.asarray(image.convert("RGB"), dtype=np.float32) / 255
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB), dtype=np.float32)


def _measure_sharpness(grey: NDArray[np.float32]) -> float:
    fine = grey - cv2.GaussianBlur(grey, (0, 0), 1.0)
    return float(fine.std() / max(float(grey.std()), 1.0))


def _measure_colours(lab: NDArray[np.float32]) -> float:
    lightness = lab[:, :1].astype(np.float64) / 100
    powers = np.concatenate([np.ones_like(lightness), lightness, lightness**2], axis=1)
    curve = np.linalg.lstsq(powers, lab[:, 1:].astype(np.float64), rcond=None)[0]
    rest = lab[:, 1:] - powers @ curve
    return float(np.sqrt((rest**2).mean(axis=0).sum()))


def _mark_edge(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    depth = [max(1, round(_OUTER_SHARE * side)) for side in shape]
    is_edge = np.ones(shape, dtype=np.bool_)
    is_edge[depth[0] : -depth[0], depth[1] : -depth[1]] = False
    return is_edge


def _read_tables(file: Any) -> tuple[int, int]:
    try:
        with Image.open(file, formats=["JPEG"]) as image:
            tables = getattr(image, "quantization", {})
    except PILLOW_FAULTS:
        return 0, 0
    return sum(tables.get(0, ())), sum(tables.get(1, ()))


def _measure_frame(lab: NDArray[np.float32]) -> int:
    """Return along how many sides, 0..4, of (h, w, 3) CIELAB an edge runs from corner to corner."""
    return sum(_has_edge(side) for side in _lay_flat(lab, _MARGIN_SHARE))


def _measure_bar(lab: NDArray[np.float32]) -> int:
    """Return how many plain patches of different colours stand in a row along the border that has most.

    Fewer than four are no row and count 0.
    """
    return max(_count_patches(side) for side in _lay_flat(lab, _BAND_SHARE))


def _measure_text(grey: NDArray[np.float32]) -> float:
    """Return the share, 0..1, of a border's length that looks like writing; of the border that has most."""
    return max(_share_written(side[..., 0]) for side in _lay_flat(grey[..., None], _BAND_SHARE))


def _lay_flat(pixels: NDArray[np.float32], share: float) -> list[NDArray[np.float32]]:
    """Return the four margins with their border as first row, (depth, length, channels)."""
    turned = (np.rot90(pixels, turn) for turn in range(4))
    return [side[: max(3, round(share * len(side)))] for side in turned]


def _has_edge(side: NDArray[np.float32]) -> bool:
    """Tell whether one row parallel to the border has a step of colour along nearly its whole length.

    The step is taken over two rows, so that an edge between pixels counts; corners are left out, where the
    frame of the neighbouring side lies.
    """
    steps = np.sqrt(((side[2:] - side[:-2]) ** 2).sum(axis=2))
    corner = round(_MARGIN_SHARE * 0.7 * side.shape[1])
    inner = steps[:, corner : side.shape[1] - corner]
    if inner.size == 0:  # fewer than three rows
        return False
    shares = (inner > _EDGE_STEP).mean(axis=1)
    # rough brushwork has steps in every row; an edge stands out from its surroundings
    return bool(shares.max() > EDGE_SHARE and shares.max() - np.median(shares) > _EDGE_EXCESS)


def _count_patches(side: NDArray[np.float32]) -> int:
    """Count runs of plain, clearly different colours along each third of a margin's depth."""
    depth = max(1, len(side) // 3)
    return max(_count_runs(side[row : row + depth]) for row in range(0, len(side) - depth + 1, depth))


def _count_runs(band: NDArray[np.float32]) -> int:
    """Count the longest row of plain patches that follow each other closely and are of like length."""
    colours = band.mean(axis=0)
    is_plain = np.abs(band - colours).mean(axis=0).max(axis=1) < PATCH_SPREAD
    steps = np.sqrt((np.diff(colours, axis=0) ** 2).sum(axis=1))
    is_same = (steps < PATCH_SPREAD) & is_plain[1:] & is_plain[:-1]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_same.astype(np.int8), [0]])))
    starts, ends = edges[::2], edges[1::2]
    is_long = ends - starts >= max(3, round(0.02 * len(colours)))
    if is_long.sum() < _MIN_PATCHES:
        return 0
    kinds: list[NDArray[np.float32]] = []
    longest, last, length = 0, -len(colours), 0
    for start, end in zip(starts[is_long], ends[is_long], strict=True):
        colour = colours[start : end + 1].mean(axis=0)
        is_next = start - last <= _MAX_GAP_SHARE * len(colours) and length / 2 <= end - start <= 2 * length
        is_new = not kinds or bool((((np.array(kinds) - colour) ** 2).sum(axis=1) > PATCH_STEP**2).all())
        kinds = [*kinds, colour] if is_next and is_new else [colour]
        longest, last, length = max(longest, len(kinds)), end, end - start
    return longest


def _share_written(side: NDArray[np.float32]) -> float:
    """Return the share of columns, in windows, that are ground with thin strokes on it.

    Writing has one ground that fills most of its line, and many short changes to and from another grey.
    """
    height = max(3, len(side) // 2)
    return max(measure_line(side[row : row + height]) for row in (0, max(0, len(side) - height)))


def measure_line(line: NDArray[np.float32]) -> float:
    """Return the share of a strip (h, w) of grey 0..255 that looks like writing, 0..1, window by window."""
    ground = np.median(line)
    is_ink = np.abs(line - ground) > _TEXT_STEP
    is_ground = np.abs(line - ground) < _TEXT_STEP / 3
    changes = np.abs(np.diff(is_ink.astype(np.int8), axis=1))
    window = max(8, line.shape[1] // 12)
    n_windows = changes.shape[1] // window
    shares = [slice(number * window, (number + 1) * window) for number in range(n_windows)]
    written = [
        is_ground[:, part].mean() > 0.6
        and is_ink[:, part].mean() < 0.3
        and changes[:, part].sum(axis=1).max() >= max(3, window / 8)
        for part in shares
    ]
    return float(np.mean(written)) if written else 0.0
