"""Patches: what an encoder says of places within a picture, in the dimensions of the whole one's vector.

A part that pools layers over all positions is pooled within windows instead: one pass gives all of them. A
part without positions (descriptors, a network's own last features, a class token) looks at each window as if
it were a picture of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from morelli.encode.descriptors import describe_picture
from morelli.encode.grid import Area, Grid, locate_intervals
from morelli.encode.transform import Transform

if TYPE_CHECKING:
    from morelli.encode.backbone import Backbone

_BATCH_SIZE = 32


@dataclass(frozen=True, eq=False)
class Patches:
    """Vectors of places in one picture.

    Parameters
    ----------
    vectors
        (g * g, d) float32, row by row from the top; d as of the whole picture.
    areas
        (g * g,) where each lies, in shares of the picture.
    """

    vectors: NDArray[np.float32]
    areas: tuple[Area, ...]


def find_common_area(transforms: Sequence[Transform | None], size: tuple[int, int]) -> Area:
    """Return what all parts of an encoder see of a picture with width and height in pixels."""
    seen = [Area() if step is None else step.find_area(*size) for step in transforms]
    return reduce(Area.intersect, seen)


def encode_patches(
    transforms: Sequence[Transform | None],
    backbones: Sequence[Backbone | None],
    picture: Image.Image,
    grid: Grid,
) -> Patches:
    """Return the patches of one picture.

    Parameters
    ----------
    transforms, backbones
        One per part of the encoder; None stands for the descriptors.
    picture
        RGB.
    grid
        Laid over what all parts see of the picture.
    """
    common = find_common_area(transforms, picture.size)
    areas = tuple(common.place(window) for window in grid.areas())
    columns = []
    for step, backbone in zip(transforms, backbones, strict=True):
        if step is not None and backbone is not None and backbone.has_map:
            windows = locate_intervals(grid, common, step.find_area(*picture.size))
            pooled = backbone.encode_windows(np.stack([step.apply(picture)]), *windows)
            columns.append(pooled.reshape(len(areas), -1))
        else:
            tiles = [picture.crop(area.to_pixels(*picture.size)) for area in areas]
            columns.append(_encode_tiles(step, backbone, tiles))
    return Patches(np.concatenate(columns, axis=1).astype(np.float32), areas)


def _encode_tiles(
    step: Transform | None, backbone: Backbone | None, tiles: Sequence[Image.Image]
) -> NDArray[np.float32]:
    if step is None or backbone is None:
        return np.stack([describe_picture(np.asarray(tile)) for tile in tiles])
    squares = np.stack([step.apply(tile) for tile in tiles])
    starts = range(0, len(squares), _BATCH_SIZE)
    return np.concatenate([backbone.encode(squares[start : start + _BATCH_SIZE]) for start in starts])
