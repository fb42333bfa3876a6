"""Which channels of a layer go together over a picture: the matrix square root of their covariance.

A mean and a standard deviation say of each channel alone how much of a texture there is and how unevenly it
is laid; the covariance says which textures come together. Its entries are dominated by a few strong
directions, and the square root of the matrix evens these out (Li et al. 2017, arXiv 1703.08050).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.fft import dct
from torch import Tensor

from morelli.encode.views import Intervals

MAX_CHANNELS = 128
"""Layers with more have too few positions for a covariance of theirs: at 320 pixels 10 x 10 for 160."""

_N_DIRECTIONS = 64
"""Fixed directions that more channels are projected onto, so that a layer adds at most 2,080 numbers."""

_N_STEPS = 5  # Newton-Schulz steps, as many as Li et al. 2018 (arXiv 1712.01034) take; more changed no result
_SMALLEST_TRACE = 1e-12


@cache
def _choose_directions(n_channels: int) -> Tensor | None:
    """Return the orthonormal columns (c, `_N_DIRECTIONS`) float32, or None where there are no more channels.

    They are the slowest waves of the discrete cosine transform (Ahmed et al. 1974, doi
    10.1109/T-C.1974.223784): the order of a network's channels means nothing, so that any fixed directions
    serve, and these are the same on every machine.
    """
    if n_channels <= _N_DIRECTIONS:
        return None
    waves = dct(np.eye(n_channels), norm="ortho", axis=0)[:_N_DIRECTIONS]
    return torch.from_numpy(np.ascontiguousarray(waves.T, dtype=np.float32))


def project_channels(maps: Tensor) -> Tensor:
    """Return (..., c, p) as (..., min(c, `_N_DIRECTIONS`), p)."""
    directions = _choose_directions(maps.shape[-2])
    return maps if directions is None else directions.to(maps).T @ maps


def measure_covariance(channels: Tensor, weights: Tensor | None = None) -> Tensor:
    """Return the covariances (n, k, k) of channels (n, k, p) over positions of (p,) weights that sum to 1."""
    if weights is None:
        weights = channels.new_full((channels.shape[-1],), 1 / channels.shape[-1])
    spread = channels - (channels @ weights).unsqueeze(-1)
    return (spread * weights) @ spread.transpose(-1, -2)


def take_root(covariances: Tensor) -> Tensor:
    """Return the upper triangles (n, k (k + 1) / 2), by row, of the square roots of covariances (n, k, k).

    What stands off the diagonal is multiplied by the square root of 2, so that distances are those between
    the whole matrices.

    With Y = A / tr A and Z = I, `_N_STEPS` times Y, Z = Y T, T Z where T = (3 I - Z Y) / 2 (Higham 2008,
    Functions of Matrices, equation 6.35): matrix products only, so that it is fast on any device and has
    gradients. Of eigenvalues below a twentieth of the trace the root is found too small.

    >>> take_root(torch.diag(torch.tensor([4.0, 1.0]))[None]).round(decimals=2).tolist()
    [[2.0, 0.0, 1.0]]
    """
    size = covariances.shape[-1]
    identity = torch.eye(size, dtype=covariances.dtype, device=covariances.device)
    trace = covariances.diagonal(dim1=-2, dim2=-1).sum(-1).clamp(min=_SMALLEST_TRACE)[:, None, None]
    root, inverse = covariances / trace, identity.expand_as(covariances)
    for _ in range(_N_STEPS):
        step = (3 * identity - inverse @ root) / 2
        root, inverse = root @ step, step @ inverse
    rows, columns = torch.triu_indices(size, size, device=covariances.device)
    scales = torch.where(rows == columns, 1.0, 2**0.5)
    return (root * trace.sqrt())[:, rows, columns] * scales


def pool_windows(maps: torch.Tensor, down: Intervals, across: Intervals, *, pooling: str) -> torch.Tensor:
    """Return (n, g, g, d): the output (n, c, h, w) of a layer pooled within windows down and across.

    A position that a window covers in part counts by that part. One window over everything gives the pooled
    vector itself.
    """
    rows = torch.from_numpy(_cover_positions(down, maps.shape[2])).to(maps)
    columns = torch.from_numpy(_cover_positions(across, maps.shape[3])).to(maps)
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


def _cover_positions(intervals: Intervals, n_positions: int) -> NDArray[np.float32]:
    """Return how much each position of a side counts in each window: (g, p), rows summing to 1."""
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
