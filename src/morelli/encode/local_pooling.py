"""What a layer says within windows, in place of what it says over all its positions."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from morelli.encode.grid import Intervals
from morelli.encode.root_covariance import MAX_CHANNELS, measure_covariance, project_channels, take_root


def pool_windows(maps: torch.Tensor, down: Intervals, across: Intervals, *, pooling: str) -> torch.Tensor:
    """Return what a layer says within each window.

    Parameters
    ----------
    maps
        (n, c, h, w) float32, the output of a layer.
    down, across
        (g, 2) each: windows as shares of height and width; all rows are combined with all columns. A
        position that a window covers in part counts by that part.
    pooling
        "mean", "mean+std" or "mean+std+covariance", as of `Features`.

    Returns
    -------
    patches
        (n, g, g, c) float32, or longer where more than the mean is asked for, in the order in which whole
        pictures are pooled. One window over everything gives the pooled vector itself.
    """
    rows = torch.from_numpy(cover_positions(down, maps.shape[2])).to(maps)
    columns = torch.from_numpy(cover_positions(across, maps.shape[3])).to(maps)
    centre = maps.mean(dim=(2, 3), keepdim=True)
    spread = maps - centre  # squares of values far from 0 would cancel
    mean = _average(spread, rows, columns)
    if pooling == "mean":
        return (mean + centre).permute(0, 2, 3, 1)
    variance = (_average(spread**2, rows, columns) - mean**2).clamp(min=0)
    moments = torch.cat([mean + centre, variance.sqrt()], dim=1).permute(0, 2, 3, 1)
    if pooling == "mean+std" or maps.shape[1] > MAX_CHANNELS:
        return moments
    return torch.cat([moments, _root_covariances(spread, rows, columns)], dim=-1)


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


def _root_covariances(maps: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
    """Return the roots of the covariances within windows, (n, g, g, e), of maps (n, c, h, w)."""
    projected = project_channels(maps.flatten(2))
    channels = projected.reshape(*projected.shape[:2], *maps.shape[2:])
    windows = []
    for down in rows:
        rows_seen = down.nonzero()[:, 0]
        for across in columns:
            columns_seen = across.nonzero()[:, 0]
            seen = channels[:, :, rows_seen][..., columns_seen].flatten(2)
            weights = torch.outer(down[rows_seen], across[columns_seen]).flatten()
            windows.append(take_root(measure_covariance(seen, weights)))
    return torch.stack(windows, dim=1).reshape(len(maps), len(rows), len(columns), -1)
