"""Hands: what is constant in a painter, and what varies from work to work.

Every habit is a `_Trait` with a range. A painter has a latent number for each, normal around the school's
leaning; a work has one around its painter's. The logistic function takes a latent to the trait's range, so
that no hand leaves what can be painted, however far it wanders. Three spreads decide how hard the collection
is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]

_ANCHOR_STEP = 6.0  # CIELAB units that one unit of a painter's latent moves an anchor by; chosen by eye
_PAINTER_SPREAD = 0.8  # standard deviation of a painter's latents around the school's
_PERIOD_SPREAD = 0.4  # and of the step from a painter's early to the late manner
_WORK_SPREAD = 0.9  # and of a work's latents around its painter's
_HANDS_STREAM = 1  # keeps these draws apart from the names', which start from the same seed


class Role(IntEnum):
    """The part a colour plays in a picture; the row of its anchor in a palette."""

    LIGHT = 0
    AIR = 1
    EARTH = 2
    LEAF = 3
    DEEP = 4
    ACCENT = 5
    SKIN = 6


def _mix_palette(
    anchors: Field,
    departures: NDArray[np.float64],
    *,
    tint: tuple[float, float],
    chroma: float,
    key: float,
    contrast: float,
) -> Field:
    """Return a painter's palette, (7, 3) float32 CIELAB, from the anchors of the school.

    departures: (7, 3), in units of `_ANCHOR_STEP`; tint and key: shifts of a*, b* and of L*, CIELAB units;
    chroma and contrast: factors on the distance from grey, and of L* from the mean of the palette.
    """
    palette = anchors + _ANCHOR_STEP * departures
    palette[:, 1:] = palette[:, 1:] * chroma + np.asarray(tint)
    middle = palette[:, 0].mean()
    palette[:, 0] = np.clip(middle + (palette[:, 0] - middle) * contrast + key, 4.0, 97.0)
    return palette.astype(np.float32)


def convert_lab(lab: Field) -> NDArray[np.uint8]:
    """Return (..., 3) CIELAB colours as uint8 blue, green, red; those outside sRGB are clipped."""
    flat = np.ascontiguousarray(lab, dtype=np.float32).reshape(-1, 1, 3)
    bgr = np.clip(cv2.cvtColor(flat, cv2.COLOR_LAB2BGR), 0.0, 1.0)
    return np.asarray(np.rint(bgr * 255.0), np.uint8).reshape(lab.shape)


@dataclass(frozen=True)
class _School:
    """What the painters of a school share before each goes their own way."""

    name: str  # as the column style gives it
    anchors: Field  # (7, 3) CIELAB, one row per `Role`
    leanings: Mapping[str, float]  # shift of the latent by trait; 0 of others


def _anchors(*rows: tuple[float, float, float]) -> Field:
    return np.asarray(rows, dtype=np.float32)


SCHOOLS = (
    _School(
        "Marsh Luminism",
        _anchors((92, 0, 9), (79, -4, -7), (69, 2, 15), (54, -8, 11), (34, -2, -5), (60, 22, 24),
                 (79, 9, 14)),
        {"softness": 1.5, "opacity": -0.8, "stroke_length": 1.2, "horizon": 0.9, "form": 1.5, "swirl": -1.5,
         "hatch": -1.2, "impasto": -1.5, "outline": -2.0, "colour_break": -1.0, "crowding": -0.8,
         "bend": 0.0},
    ),
    _School(
        "Ember Realism",
        _anchors((80, 4, 33), (40, 2, 11), (38, 11, 25), (27, -3, 13), (11, 4, 5), (42, 42, 31),
                 (67, 15, 26)),
        {"softness": 0.9, "ground": -2.0, "coverage": 0.6, "form": 1.2, "swirl": -1.0, "hatch": -0.8,
         "outline": -1.5, "stroke_width": -0.4, "colour_break": -0.8, "contrast": 0.6, "shading": 1.5},
    ),
    _School(
        "Prismatism",
        _anchors((92, -2, 22), (73, -6, -27), (75, 12, 36), (61, -29, 29), (37, 14, -33), (60, 48, 20),
                 (79, 15, 20)),
        {"softness": -1.8, "ground": 2.0, "coverage": -0.3, "stroke_length": -1.8, "colour_break": 1.6,
         "impasto": 1.0, "outline": -2.0, "opacity": 1.2, "hatch": -0.6, "bristle": -0.6},
    ),
    _School(
        "Gyrism",
        _anchors((88, -4, 55), (47, 4, -44), (63, 8, 48), (45, -24, 19), (20, 6, -27), (58, 36, 52),
                 (73, 10, 34)),
        {"softness": -1.5, "swirl": 2.2, "form": 0.2, "hatch": -1.5, "stroke_length": 1.4, "bend": 0.6,
         "outline": 1.0, "impasto": 1.5, "bristle": 1.2, "opacity": 1.0, "colour_break": 0.5},
    ),
    _School(
        "Terracism",
        _anchors((87, 0, 13), (68, -6, -13), (63, 17, 33), (50, -17, 17), (29, 0, -11), (52, 35, 35),
                 (73, 14, 23)),
        {"softness": -1.0, "hatch": 2.0, "form": -0.8, "swirl": -1.5, "stroke_width": 0.8,
         "stroke_length": 0.0, "taper": -1.2, "outline": 0.6, "bend": 0.0, "opacity": 0.2, "ground": 0.8,
         "coverage": -0.5},
    ),
)  # fmt: skip
"""The schools in their order; painters are dealt out to them in turn. Colours and leanings chosen by eye."""


class _Trait(NamedTuple):
    """The range of one habit: a latent of 0 is its middle, the ends are never reached."""

    low: float
    high: float


_TRAITS: Mapping[str, _Trait] = {
    "stroke_width": _Trait(0.008, 0.028),
    "stroke_length": _Trait(3.0, 14.0),
    "bend": _Trait(-0.25, 0.25),
    "taper": _Trait(0.0, 1.0),
    "wobble": _Trait(0.02, 0.3),
    "form": _Trait(0.0, 1.0),
    "swirl": _Trait(0.0, 1.0),
    "hatch": _Trait(0.0, 1.0),
    "hatch_angle": _Trait(-1.5, 1.5),
    "swirl_scale": _Trait(1.5, 5.0),
    "layers": _Trait(1.6, 4.4),
    "coverage": _Trait(0.8, 1.8),
    "finish": _Trait(0.15, 0.8),
    "opacity": _Trait(0.5, 1.0),
    "ground": _Trait(18.0, 88.0),
    "impasto": _Trait(0.0, 1.0),
    "bristle": _Trait(0.0, 1.0),
    "colour_break": _Trait(1.0, 10.0),
    "softness": _Trait(0.0, 0.75),
    "outline": _Trait(0.0, 1.0),
    "edge_hold": _Trait(7.0, 28.0),
    "shading": _Trait(10.0, 32.0),
    "light_side": _Trait(-1.0, 1.0),
    "horizon": _Trait(0.3, 0.72),
    "balance": _Trait(0.2, 0.8),
    "symmetry": _Trait(0.0, 1.0),
    "scale": _Trait(0.7, 1.35),
    "crowding": _Trait(0.0, 1.0),
    "tint_red": _Trait(-9.0, 9.0),
    "tint_yellow": _Trait(-9.0, 9.0),
    "chroma": _Trait(0.55, 1.35),
    "key": _Trait(-12.0, 12.0),
    "contrast": _Trait(0.7, 1.3),
}
"""Every habit by name. `Manner` says what each means and in which unit."""

_N_LATENTS = len(_TRAITS) + 3 * len(Role)


@dataclass(frozen=True)
class Manner:
    """The habits of one painter in one work: a palette, (7, 3) CIELAB, and the value of every trait.

    Widths are in parts of the picture's short side, lengths in stroke widths, angles in radians (``bend`` per
    step of a stroke), ``ground``, ``colour_break``, ``edge_hold``, ``shading``, tints and ``key`` in CIELAB
    units, ``horizon`` and ``balance`` in parts of the picture from the top and from the left; ``layers`` is
    rounded to a count, ``swirl_scale`` counts waves across the picture; the rest has no unit.
    """

    palette: Field
    habits: Mapping[str, float]

    def __getitem__(self, trait: str) -> float:
        return self.habits[trait]


@dataclass(frozen=True)
class _Hand:
    """What is constant in a painter: the school, and (54,) latents, first the traits, then the palette."""

    school: int
    early: NDArray[np.float64]  # latents before the turn
    late: NDArray[np.float64]  # and after it
    first_year: int  # of a work, CE
    turn_year: int  # the middle of the turn
    last_year: int

    def vary(self, year: int, rng: np.random.Generator) -> Manner:
        """Draw the manner of one work of that year."""
        turned = 1.0 / (1.0 + np.exp(-(year - self.turn_year) / 2.0))
        latents = self.early + turned * (self.late - self.early)
        return _realise_manner(self.school, latents + _WORK_SPREAD * rng.standard_normal(_N_LATENTS))


def draw_hand(seed: int, painter: int) -> _Hand:
    """Return the hand of one painter, which depends on nothing but the two numbers."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, _HANDS_STREAM, painter]))
    school = painter % len(SCHOOLS)
    early = _lean(school) + _PAINTER_SPREAD * rng.standard_normal(_N_LATENTS)
    late = early + _PERIOD_SPREAD * rng.standard_normal(_N_LATENTS)
    first_year = int(rng.integers(1838, 1902))
    last_year = first_year + int(rng.integers(22, 44))
    turn_year = int(rng.integers(first_year + 8, last_year - 7))
    return _Hand(school, early, late, first_year, turn_year, last_year)


def _realise_manner(school: int, latents: NDArray[np.float64]) -> Manner:
    """Return the manner of (54,) latents of any size, for a painter of that school."""
    shares = 1.0 / (1.0 + np.exp(-np.clip(latents[: len(_TRAITS)], -30.0, 30.0)))
    habits = {
        name: low + (high - low) * float(share)
        for (name, (low, high)), share in zip(_TRAITS.items(), shares, strict=True)
    }
    palette = _mix_palette(
        SCHOOLS[school].anchors,
        latents[len(_TRAITS) :].reshape(len(Role), 3),
        tint=(habits["tint_red"], habits["tint_yellow"]),
        chroma=habits["chroma"],
        key=habits["key"],
        contrast=habits["contrast"],
    )
    return Manner(palette, habits)


def _lean(school: int) -> NDArray[np.float64]:
    latents = np.zeros(_N_LATENTS)
    names = list(_TRAITS)
    for trait, leaning in SCHOOLS[school].leanings.items():
        latents[names.index(trait)] = leaning
    return latents
