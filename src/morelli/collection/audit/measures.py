"""What one picture says about its own reproduction: sharp or blurred, framed, grey, blank.

Each measure is a number with a meaning; `flags` holds the thresholds. `shortcuts` asks whether such numbers
give the artist away.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from morelli.collection.audit.margins import measure_bar, measure_frame, measure_text

WORKING_PX = 512
"""The long side at which a picture is measured; smaller ones are measured as they are."""

_SMALL_PX = 64
_EDGE_SHARE = 0.04


@dataclass(frozen=True)
class Measures:
    """Numbers about one reproduction.

    Parameters
    ----------
    sharpness
        What a blur of one pixel takes away, as a share of the deviation of the grey; 0..1.
    contrast
        Deviation of the grey of a 64-pixel copy, 0..127.
    colour_spread
        Deviation of the colours in the CIELAB plane a*, b* from what their lightness alone explains (a
        parabola for each of a*, b*): 0 for anything printed in one ink, however tinted.
    frame_sides
        Sides, 0..4, along which a straight edge runs close to the border.
    bar_patches
        Plain patches of different colours in a row along one border.
    text_share
        Share of the longest border's length that looks like writing, 0..1.
    mean_l, mean_a, mean_b
        Mean colour in CIELAB: lightness 0..100, a* and b* about -128..127.
    edge_l, edge_a, edge_b, edge_spread
        Mean colour of the outermost 4 % and its deviation in lightness.
    """

    sharpness: float
    contrast: float
    colour_spread: float
    frame_sides: int
    bar_patches: int
    text_share: float
    mean_l: float
    mean_a: float
    mean_b: float
    edge_l: float
    edge_a: float
    edge_b: float
    edge_spread: float


MEASURES: tuple[str, ...] = tuple(field.name for field in fields(Measures))


def measure_picture(image: Image.Image) -> Measures:
    """Return the measures of a picture in RGB."""
    scale = min(1.0, WORKING_PX / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    working = image if scale == 1 else image.resize(size, Image.Resampling.BOX, reducing_gap=2.0)
    lab = _convert_to_lab(working)
    small = _convert_to_lab(working.resize((_SMALL_PX, _SMALL_PX), Image.Resampling.BOX))
    edge = lab[_mark_edge(lab.shape[:2])]
    grey = lab[..., 0] * 2.55
    mean, edge_mean = small.mean(axis=(0, 1)), edge.mean(axis=0)
    return Measures(
        sharpness=_measure_sharpness(grey),
        contrast=float(small[..., 0].std() * 2.55),
        colour_spread=_measure_colours(small.reshape(-1, 3)),
        frame_sides=measure_frame(lab),
        bar_patches=measure_bar(lab),
        text_share=measure_text(grey),
        mean_l=float(mean[0]),
        mean_a=float(mean[1]),
        mean_b=float(mean[2]),
        edge_l=float(edge_mean[0]),
        edge_a=float(edge_mean[1]),
        edge_b=float(edge_mean[2]),
        edge_spread=float(edge[:, 0].std()),
    )


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
    depth = [max(1, round(_EDGE_SHARE * side)) for side in shape]
    is_edge = np.ones(shape, dtype=np.bool_)
    is_edge[depth[0] : -depth[0], depth[1] : -depth[1]] = False
    return is_edge
