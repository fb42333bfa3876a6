"""Places in a picture: areas as shares of its sides, and the grid of overlapping windows laid over one."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from morelli.errors import UsageError

Intervals = NDArray[np.float64]  # (g, 2): beginnings and ends, as shares of a side


@dataclass(frozen=True)
class Area:
    """A rectangle within a picture, in shares of its width and height.

    >>> Area(0.1, 0, 0.9, 1).intersect(Area(0, 0.2, 0.8, 1))
    Area(left=0.1, top=0.2, right=0.8, bottom=1)
    """

    left: float = 0.0  # 0..1 from the upper left corner; left < right and top < bottom
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    def intersect(self, other: Area) -> Area:
        """Return what both have in common; both hold the middle of the picture, so it is never empty."""
        return Area(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def place(self, inner: Area) -> Area:
        """Return an area given in shares of this one in shares of the picture."""
        width, height = self.right - self.left, self.bottom - self.top
        return Area(
            self.left + inner.left * width,
            self.top + inner.top * height,
            self.left + inner.right * width,
            self.top + inner.bottom * height,
        )

    def to_pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom in whole pixels, at least one pixel wide and high."""
        left, top = min(round(self.left * width), width - 1), min(round(self.top * height), height - 1)
        return (
            left,
            top,
            max(left + 1, round(self.right * width)),
            max(top + 1, round(self.bottom * height)),
        )

    def overlap(self, other: Area) -> float:
        """Return the area of the intersection divided by that of the union, 0..1."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        common = max(width, 0.0) * max(height, 0.0)
        return common / (self.size + other.size - common)

    @property
    def size(self) -> float:
        """Share of the picture, 0..1."""
        return (self.right - self.left) * (self.bottom - self.top)


@dataclass(frozen=True)
class Grid:
    """Overlapping square windows over an area, as many across as down.

    >>> Grid(n_cells=3, window=0.5).intervals().tolist()
    [[0.0, 0.5], [0.25, 0.75], [0.5, 1.0]]
    """

    n_cells: int = 8  # windows in a row and in a column, at least 1
    window: float = 1 / 3  # side of a window as a share of the area's side, above 0 up to 1

    def intervals(self) -> Intervals:
        """Return (g, 2) beginnings and ends along one side; the first begins at 0, the last ends at 1."""
        starts = np.linspace(0, 1 - self.window, self.n_cells)
        return np.stack([starts, starts + self.window], axis=1)

    def areas(self) -> list[Area]:
        """Return the windows row by row from the top, n_cells squared of them, in shares of the area."""
        sides = self.intervals()
        return [Area(left, top, right, bottom) for top, bottom in sides for left, right in sides]

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Read what `dataclasses.asdict` wrote, through JSON or not."""
        return cls(**values)


def locate_intervals(grid: Grid, area: Area, seen: Area) -> tuple[Intervals, Intervals]:
    """Return a grid's windows over an area, (g, 2) down and across, in shares of what a network sees."""
    sides = grid.intervals()
    left, top, right, bottom = astuple(area)
    down = (top + sides * (bottom - top) - seen.top) / (seen.bottom - seen.top)
    across = (left + sides * (right - left) - seen.left) / (seen.right - seen.left)
    return np.clip(down, 0, 1), np.clip(across, 0, 1)


_CROP_SHARE = 0.8
"""Share of each side that a crop keeps: 64 % of the area, so that two opposite corners share 36 % of it."""

_PLACES = ((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.5, 0.5))

_MAX_CROPS = len(_PLACES)


def cut_crops(picture: Image.Image, n_crops: int) -> list[Image.Image]:
    """Return 0 to 5 overlapping crops of a picture, of 80 % of both sides: its four corners, then its middle.

    >>> [crop.size for crop in cut_crops(Image.new("RGB", (100, 50)), 2)]
    [(80, 40), (80, 40)]
    """
    if not 0 <= n_crops <= _MAX_CROPS:
        raise UsageError(
            "--crops",
            expected=f"a number from 0 to {_MAX_CROPS}",
            found=str(n_crops),
            remedy="give 4 for the corners, 0 to leave crops out",
        )
    width, height = (max(1, round(_CROP_SHARE * side)) for side in picture.size)
    corners = [
        (round(across * (picture.width - width)), round(down * (picture.height - height)))
        for across, down in _PLACES[:n_crops]
    ]
    return [picture.crop((left, top, left + width, top + height)) for left, top in corners]
