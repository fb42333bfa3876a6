"""Commissions: what is to be painted, one work at a time, before anything is.

A commission knows everything but the picture. It depends on the seed and two numbers only, so a smaller
collection is a part of a larger one, and works can be drawn in any order by any number of processes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from morelli.demo.hands import Manner, draw_hand
from morelli.demo.schools import SCHOOLS
from morelli.demo.signatures import name_painter, slugify, title_work
from morelli.demo.subjects import SUBJECTS

SIZE_PX = (256, 512)
"""The least and the greatest side of a picture, in pixels, for every painter."""

QUALITY = (88, 92)
"""The least and the greatest JPEG quality, for every painter."""

RECIPE_VERSION = 2
"""To be raised whenever the same seed gives other pictures, so that old ones are drawn again."""

_WORKS_STREAM = 3  # keeps these draws apart from the hands' and the names', which start from the same seed


@dataclass(frozen=True)
class Commission:
    """One work that is to be painted.

    Parameters
    ----------
    path
        Where, relative to the collection's folder, with forward slashes.
    artist, title, year, style, genre
        As the table gives them.
    manner
        The painter's habits in this work.
    size
        Width and height in pixels.
    quality
        JPEG quality.
    recipe
        What the picture depends on, for its stamp.
    seeds
        Source of the picture's own randomness.
    """

    path: str
    artist: str
    title: str
    year: int
    style: str
    genre: str
    manner: Manner
    size: tuple[int, int]
    quality: int
    recipe: str
    seeds: np.random.SeedSequence


def commission_work(seed: int, painter: int, work: int) -> Commission:
    """Decide everything about one work but its picture.

    Parameters
    ----------
    seed
        The collection's seed, 0 or more.
    painter, work
        Their numbers, 0 or more; genres follow each other in turn.
    """
    facts, habits, brush = np.random.SeedSequence([seed, _WORKS_STREAM, painter, work]).spawn(3)
    rng = np.random.default_rng(facts)
    hand = draw_hand(seed, painter)
    artist = name_painter(seed, painter)
    genre = list(SUBJECTS)[work % len(SUBJECTS)]
    title = title_work(genre, rng)
    year = int(rng.integers(hand.first_year, hand.last_year + 1))
    return Commission(
        path=f"{slugify(artist, '_')}/{work:03d}-{slugify(title).lower()}.jpg",
        artist=artist,
        title=title,
        year=year,
        style=SCHOOLS[hand.school].name,
        genre=genre,
        manner=hand.vary(year, np.random.default_rng(habits)),
        size=draw_size(rng),
        quality=int(rng.integers(QUALITY[0], QUALITY[1] + 1)),
        recipe=f"morelli-demo {RECIPE_VERSION} {seed} {painter} {work}",
        seeds=brush,
    )


def draw_size(rng: np.random.Generator) -> tuple[int, int]:
    """Draw width and height in pixels, alike for every painter and genre."""
    width, height = rng.integers(SIZE_PX[0], SIZE_PX[1] + 1, 2)
    return int(width), int(height)
