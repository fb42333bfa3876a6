"""The mean and standard deviation of a layer within windows, in place of those over all its positions."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from morelli.encode.grid import Intervals


def pool_windows(maps: torch.Tensor, down: Intervals, across: Intervals, *, with_std: bool) -> torch.Tensor:
    """Return what a layer says within each window.

    Parameters
    ----------
    maps
        (n, c, h, w) float32, the output of a layer.
    down, across
        (g, 2) each: windows as shares of height and width; all rows are combined with all columns. A
        position that a window covers in part counts by that part.
    with_std
        Whether standard deviations follow the means.

    Returns
    -------
    patches
        (n, g, g, c) float32, or (n, g, g, 2 c), in the order in which whole pictures are pooled. One window
        over everything gives the pooled vector itself.
    """
    rows = torch.from_numpy(cover_positions(down, maps.shape[2])).to(maps)
    columns = torch.from_numpy(cover_positions(across, maps.shape[3])).to(maps)
    centre = maps.mean(dim=(2, 3), keepdim=True)
    spread = maps - centre  # squares of values far from 0 would cancel
    mean = _average(spread, rows, columns)
    if not with_std:
        return (mean + centre).permute(0, 2, 3, 1)
    variance = (_average(spread**2, rows, columns) - mean**2).clamp(min=0)
    return torch.cat([mean + centre, variance.sqrt()], dim=1).permute(0, 2, 3, 1)


def cover_positions(intervals: Intervals, n_positions: int) -> NDArray[np.float32]:
    """Return how much each position of a side counts in each window.

    Parameters
    ----------
    intervals
        (g, 2) beginnings and ends, 0..1.
    n_positions
        How many positions of equal length the side has, p.

    Returns
    -------
    weights
        (g, p) float32, at least 0, rows summing to 1.

    Examples
    --------
    >>> [round(float(weight), 3) for weight in cover_positions(np.array([[0.0, 0.75]]), 2)[0]]
    [0.667, 0.333]
    """
    edges = np.linspace(0, 1, n_positions + 1)
    low = np.maximum(intervals[:, :1], edges[:-1])
    high = np.minimum(intervals[:, 1:], edges[1:])
    covered = np.clip(high - low, 0, None)
    weights: NDArray[np.float32] = (covered / covered.sum(axis=1, keepdims=True)).astype(np.float32)
    return weights


def _average(maps: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
    """Return weighted means (n, c, g, g) of maps (n, c, h, w)."""
    return rows @ maps @ columns.T
