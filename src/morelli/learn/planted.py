"""Pairs whose answer is known without a label: halves of one picture, and pictures beside changed copies.

Two halves of a picture have its colours, and halves of two pictures have those of two: that calibrates the
palette. A changed copy shows the same work, and another picture another: that gives the rates of the
alignment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from threadpoolctl import threadpool_limits

from morelli.collection.audit.links import link_looks
from morelli.collection.audit.looks import Look, take_look
from morelli.collection.audit.plants import CHANGES, plant_copy
from morelli.collection.pictures import halve_picture, open_picture
from morelli.encode.descriptors import N_DIMENSIONS, PICTURE_SIZE_PX
from morelli.encode.descriptors.canvas import stretch_canvas
from morelli.encode.descriptors.colour import COLOUR_NAMES, measure_colour
from morelli.errors import PictureError
from morelli.model.signals import PALETTE, FoundRates
from morelli.model.sources import DESCRIPTORS

N_HALVED = 150
"""Pictures that are cut into halves: 22,350 pairs of halves of two pictures."""

N_COPIED = 16
"""Pictures that are copied, once for each change."""

N_ALIGNED = 1000
"""Pairs of different works that are aligned."""


def read_pictures(paths: Iterable[str], n: int) -> list[Image.Image]:
    """Return the first n pictures that can still be read, at a small scale."""
    found: list[Image.Image] = []
    for path in paths:
        if len(found) == n:
            break
        try:
            found.append(open_picture(Path(path), at_least=2 * PICTURE_SIZE_PX))
        except PictureError:
            continue  # an audit or an embedding has listed it; the next one serves as well
    return found


def score_halves(images: Sequence[Image.Image]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the palette's score of every left half with every right half, and which are of one picture.

    Parameters
    ----------
    images
        (n,) at least two.

    Returns
    -------
    scores, same
        (n * n,) each.
    """
    halves = [halve_picture(image) for image in images]
    left, right = (
        PALETTE.transform({DESCRIPTORS: _describe_colours(side)}) for side in zip(*halves, strict=True)
    )
    return (left @ right.T).astype(np.float64).ravel(), np.eye(len(images), dtype=bool).ravel()


def rate_alignment(images: Sequence[Image.Image], rng: np.random.Generator) -> FoundRates:
    """Return how often an alignment finds changed copies, and how often it takes two works for one.

    Parameters
    ----------
    images
        (n,) pictures of different works, at least two.
    rng
        Chooses where cuts lie, and the pairs of different works.
    """
    looks = [take_look(image) for image in images]
    left, right = np.triu_indices(len(images), k=1)
    chosen = rng.permutation(len(left))[:N_ALIGNED]
    with threadpool_limits(1):  # small products, as in `morelli.collection.audit.links`
        found = [
            link_looks(looks[place], take_look(plant_copy(image, change, rng))) is not None
            for place, image in enumerate(images[:N_COPIED])
            for change in CHANGES
        ]
        mistaken = _count_links(looks, left[chosen], right[chosen])
    return FoundRates(len(found), sum(found), len(chosen), mistaken)


def _count_links(looks: Sequence[Look], left: NDArray[np.intp], right: NDArray[np.intp]) -> int:
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    return sum(link_looks(looks[one], looks[other]) is not None for one, other in pairs)


def _describe_colours(images: Iterable[Image.Image]) -> NDArray[np.float32]:
    """Return descriptors of which only the first block, colour, is measured."""
    colours = [measure_colour(stretch_canvas(np.asarray(image))) for image in images]
    rows = np.zeros((len(colours), N_DIMENSIONS), dtype=np.float32)
    rows[:, : len(COLOUR_NAMES)] = colours
    return rows
