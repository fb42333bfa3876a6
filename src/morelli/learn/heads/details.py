"""How alike the closest details of two hands are, measured on pictures of the val part."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.collection.work import Skip
from morelli.encode.encoder import Encoder
from morelli.encode.views import Grid
from morelli.errors import PictureError, UsageError
from morelli.model.comparison import ComparisonHead
from morelli.model.details import DetailsCalibration, link_mutually
from morelli.settings import Progress

_log = logging.getLogger(__name__)

_MIN_PICTURES = 10  # fewer give fewer than 45 pairs, of which the 99th percentile cannot be told


@dataclass(frozen=True, eq=False)
class _FittedDetails:
    """What was measured, and what could not be."""

    calibration: DetailsCalibration
    skips: tuple[Skip, ...]


def fit_details(
    head: ComparisonHead,
    encoder: Encoder,
    works: pl.DataFrame,
    *,
    n_pictures: int,
    seed: int = 0,
    progress: Progress | None = None,
) -> _FittedDetails:
    """Measure the closest details of all pairs by different artists among some pictures of the val part.

    Every artist has about equally many pictures. Where the head was learnt from these works as well, their
    artists lie further apart in its space than unknown ones do, and the threshold is somewhat too low.
    """
    grid = Grid()
    rows: list[NDArray[np.float32]] = []
    artists: list[str] = []
    skips: list[Skip] = []
    chosen = _draw_evenly(works, n_pictures, seed=seed)
    for done, (artist, path) in enumerate(chosen.select("artist", "path").iter_rows(), start=1):
        try:
            picture = encoder.open_picture(Path(path)).image
        except PictureError as error:
            skips.append(Skip.of_fault(path, error))
            continue
        rows.append(head.transform(encoder.encode_patches(picture, grid).vectors))
        artists.append(artist)
        if progress is not None:
            progress("details", done, len(chosen))
    for skip in skips:
        _log.warning("%s: %s", skip.path, skip.reason)
    if len(rows) < _MIN_PICTURES or len(set(artists)) < 2:
        raise UsageError(
            "--details",
            expected=f"at least {_MIN_PICTURES} pictures by two artists or more in the val part",
            found=f"{len(rows)} that can be read, by {len(set(artists))}",
            remedy="ask for more, or bring the pictures back to where the gallery found them",
        )
    best = _measure_best(rows, artists)
    return _FittedDetails(DetailsCalibration(grid, best, len(rows)), tuple(skips))


def _draw_evenly(works: pl.DataFrame, n: int, *, seed: int) -> pl.DataFrame:
    """Return n works, or all there are, so that no artist has two more than another who has works left."""
    order = np.random.default_rng(seed).permutation(len(works))
    shuffled = works[order.tolist()]
    turn = pl.int_range(pl.len()).over("artist").alias("turn")
    drawn: pl.DataFrame = shuffled.with_columns(turn).sort("turn", maintain_order=True).head(n).drop("turn")
    return drawn


def _measure_best(rows: list[NDArray[np.float32]], artists: list[str]) -> NDArray[np.float32]:
    pairs = combinations(range(len(rows)), 2)
    best = [link_mutually(rows[i], rows[j])[0].score for i, j in pairs if artists[i] != artists[j]]
    return np.sort(np.array(best, dtype=np.float32))
