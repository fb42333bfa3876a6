"""Occlusion: how much of the evidence goes when a region of a picture is hidden.

A region that falls away with the likelihood ratio spoke for one hand; one whose hiding raises it spoke for
two (Zeiler and Fergus 2014, doi:10.1007/978-3-319-10590-1_53, for classes; here for pairs).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from morelli.encode.encoder import Encoder
from morelli.encode.grid import Area
from morelli.model.comparison import ComparisonHead

Map = NDArray[np.float64]

HiddenInputs = tuple[Sequence[Sequence[NDArray[Any]]], Sequence[Sequence[NDArray[Any]]]]
"""Of the left and of the right picture: the inputs of all parts of an encoder for the whole picture, then for
each mask."""

N_REGIONS = 6
"""Regions across and down. Finer ones hide too little to change a vector that sums up the whole picture."""

FEATHER = 0.2
"""Half the width of the soft edge of a hidden region, in regions: a sharp one would itself be a detail."""

_MAX_ENLARGEMENT = 2
"""A picture is first reduced to this many times what the encoder reads, so that scans take no longer."""


@dataclass(frozen=True, eq=False)
class Occlusion:
    """What hiding each region of two pictures does to the evidence.

    Parameters
    ----------
    log10_likelihood_ratio
        Of the whole pictures.
    left, right
        (r, r) float64: how much it falls when that region of the left or right picture is hidden; positive
        where the region speaks for one hand, negative where it speaks for two.
    areas
        What the maps cover of the left and of the right picture, in shares of its sides.
    """

    log10_likelihood_ratio: float
    left: Map
    right: Map
    areas: tuple[Area, Area]


@dataclass(frozen=True, eq=False)
class HiddenVectors:
    """Two pictures with regions hidden, as vectors.

    Parameters
    ----------
    left, right
        (1 + m, d) float32 each; the first is the whole picture, the others have a mask's regions hidden.
    """

    left: NDArray[np.float32]
    right: NDArray[np.float32]

    def measure_falls(self, head: ComparisonHead) -> tuple[float, Map]:
        """Return the log10 likelihood ratio of the whole pictures, and (2, m) by how much it falls."""
        left, right = (head.read_rows(vectors) for vectors in (self.left, self.right))
        others = (head.score_all(left, right[:1]), head.score_all(right, left[:1]))  # the other stays whole
        scores = np.hstack(others).T
        evidence = head.extrapolate(scores)
        whole = float(head.log10_likelihood_ratio(scores[0, 0]))
        return whole, evidence[:, :1] - evidence[:, 1:]


def measure_occlusion(head: ComparisonHead, hidden: HiddenVectors, areas: tuple[Area, Area]) -> Occlusion:
    """Return the maps of vectors made with `mask_each_region`."""
    whole, falls = hidden.measure_falls(head)
    left, right = falls.reshape(2, N_REGIONS, N_REGIONS)
    return Occlusion(whole, left, right, areas)


def mask_each_region(n_regions: int = N_REGIONS) -> NDArray[np.bool_]:
    """Return (r * r, r, r) masks, each of one region, row by row from the top."""
    return np.eye(n_regions**2, dtype=bool).reshape(-1, n_regions, n_regions)


def prepare_hidden(
    encoder: Encoder, pictures: Sequence[Image.Image], masks: Sequence[NDArray[np.bool_]]
) -> HiddenInputs:
    """Return what an encoder is to read of two pictures, whole and with regions hidden.

    Parameters
    ----------
    encoder
        Any.
    pictures
        (2,) RGB, as `reduce_picture` returns them.
    masks
        (2,) of (m, r, r) each: what to hide of the left and of the right picture.
    """
    left, right = (
        encoder.prepare_images([picture, *hide_regions(picture, own, encoder.find_area(*picture.size))])
        for picture, own in zip(pictures, masks, strict=True)
    )
    return left, right


def encode_hidden(encoder: Encoder, inputs: HiddenInputs) -> HiddenVectors:
    """Return the vectors for what `prepare_hidden` made with this encoder, or with the one it randomises."""
    left, right = (encoder.encode_inputs(side) for side in inputs)
    return HiddenVectors(left, right)


def hide_regions(picture: Image.Image, masks: NDArray[np.bool_], area: Area) -> list[Image.Image]:
    """Return a copy of a picture for each mask, its regions covered with the picture's mean colour.

    Parameters
    ----------
    picture
        RGB.
    masks
        (m, r, r): true where to hide, rows from the top.
    area
        Where the regions lie in the picture; beyond it, nothing is hidden.
    """
    pixels = np.asarray(picture, dtype=np.float32)
    change = pixels.mean(axis=(0, 1)) - pixels
    down = _feather(masks.shape[1], area.top, area.bottom, picture.height)
    across = _feather(masks.shape[2], area.left, area.right, picture.width)
    copies = []
    for mask in masks:
        cover = (down.T @ mask @ across)[..., None]
        copies.append(Image.fromarray(np.rint(pixels + cover * change).astype(np.uint8)))
    return copies


def reduce_picture(picture: Image.Image, side_px: int) -> Image.Image:
    """Return a picture whose short side is at most twice what an encoder reads."""
    short = min(picture.size)
    if short <= _MAX_ENLARGEMENT * side_px:
        return picture
    scale = _MAX_ENLARGEMENT * side_px / short
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _feather(n_regions: int, start: float, end: float, n_pixels: int) -> NDArray[np.float32]:
    """Return (r, n_pixels) weights of 0..1 that add up to 1 within the area and are 0 beyond it."""
    places = (np.arange(n_pixels) + 0.5) / n_pixels  # pixel centres
    is_inside = (places > start) & (places < end)
    within = np.clip((places - start) / (end - start) * n_regions, FEATHER, n_regions - FEATHER)
    distances = np.abs(within - (np.arange(n_regions)[:, None] + 0.5))
    weights = np.clip((0.5 + FEATHER - distances) / (2 * FEATHER), 0, 1) * is_inside
    return weights.astype(np.float32)
