"""The five invented schools: what their painters share before each goes their own way.

A school is a palette and a few leanings; a leaning is a shift of a trait's latent (see `hands`), where 1 is
about half the way from the middle of the trait's range to its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from morelli.demo.palettes import Field


@dataclass(frozen=True)
class School:
    """A school: its name, its palette, and where its painters lean.

    Parameters
    ----------
    name
        The name of the style, as the collection's `style` column gives it.
    anchors
        (7, 3) float32 CIELAB, one row per `morelli.demo.palettes.Role`.
    leanings
        Latent shift by name of trait; a trait that is not named has 0.
    """

    name: str
    anchors: Field
    leanings: Mapping[str, float]


def _anchors(*rows: tuple[float, float, float]) -> Field:
    return np.asarray(rows, dtype=np.float32)


SCHOOLS = (
    School(
        "Marsh Luminism",
        _anchors(
            (92, 0, 9), (79, -4, -7), (69, 2, 15), (54, -8, 11), (34, -2, -5), (60, 22, 24), (79, 9, 14)
        ),
        {
            "softness": 1.5,
            "opacity": -0.8,
            "stroke_length": 1.2,
            "horizon": 0.9,
            "form": 1.5,
            "swirl": -1.5,
            "hatch": -1.2,
            "impasto": -1.5,
            "outline": -2.0,
            "colour_break": -1.0,
            "crowding": -0.8,
            "bend": 0.0,
        },
    ),
    School(
        "Ember Realism",
        _anchors(
            (80, 4, 33), (40, 2, 11), (38, 11, 25), (27, -3, 13), (11, 4, 5), (42, 42, 31), (67, 15, 26)
        ),
        {
            "softness": 0.9,
            "ground": -2.0,
            "coverage": 0.6,
            "form": 1.2,
            "swirl": -1.0,
            "hatch": -0.8,
            "outline": -1.5,
            "stroke_width": -0.4,
            "colour_break": -0.8,
            "contrast": 0.6,
            "shading": 1.5,
        },
    ),
    School(
        "Prismatism",
        _anchors(
            (92, -2, 22),
            (73, -6, -27),
            (75, 12, 36),
            (61, -29, 29),
            (37, 14, -33),
            (60, 48, 20),
            (79, 15, 20),
        ),
        {
            "softness": -1.8,
            "ground": 2.0,
            "coverage": -0.3,
            "stroke_length": -1.8,
            "colour_break": 1.6,
            "impasto": 1.0,
            "outline": -2.0,
            "opacity": 1.2,
            "hatch": -0.6,
            "bristle": -0.6,
        },
    ),
    School(
        "Gyrism",
        _anchors(
            (88, -4, 55), (47, 4, -44), (63, 8, 48), (45, -24, 19), (20, 6, -27), (58, 36, 52), (73, 10, 34)
        ),
        {
            "softness": -1.5,
            "swirl": 2.2,
            "form": 0.2,
            "hatch": -1.5,
            "stroke_length": 1.4,
            "bend": 0.6,
            "outline": 1.0,
            "impasto": 1.5,
            "bristle": 1.2,
            "opacity": 1.0,
            "colour_break": 0.5,
        },
    ),
    School(
        "Terracism",
        _anchors(
            (87, 0, 13), (68, -6, -13), (63, 17, 33), (50, -17, 17), (29, 0, -11), (52, 35, 35), (73, 14, 23)
        ),
        {
            "softness": -1.0,
            "hatch": 2.0,
            "form": -0.8,
            "swirl": -1.5,
            "stroke_width": 0.8,
            "stroke_length": 0.0,
            "taper": -1.2,
            "outline": 0.6,
            "bend": 0.0,
            "opacity": 0.2,
            "ground": 0.8,
            "coverage": -0.5,
        },
    ),
)
"""The schools in their order; painters are dealt out to them in turn. Colours and leanings chosen by eye."""
