"""Strokes: where the brush goes, computed for a whole layer at once.

A stroke starts at its seed, follows the direction field, bends the way its painter bends, and stops where the
colour beneath is no longer the one it carries: the curved brush strokes of Hertzmann, "Painterly rendering
with curved brush strokes of multiple sizes", SIGGRAPH 1998, doi:10.1145/280814.280951, section 2.2. Unlike
there, the field is the form's and the painter's rather than the normal of the gradient, and strokes are
outlined polygons with tapered ends.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morelli.demo.hands import Manner
from morelli.demo.palettes import Field, convert_lab
from morelli.demo.sight import Sight, sample_field

STEPS = 6
"""Points along a stroke."""


@dataclass(frozen=True)
class Strokes:
    """The strokes of one layer, in the order they are painted.

    Parameters
    ----------
    spines
        (n, STEPS, 2) float32, x and y of each stroke's middle line, in pixels.
    normals
        (n, STEPS, 2) float32 unit vectors across the stroke.
    widths
        (n,) float32, full widths in pixels.
    colours
        (n, 4) uint8: blue, green, red, and the height of the paint.
    """

    spines: Field
    normals: Field
    widths: Field
    colours: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.widths)

    def outline(self, taper: float) -> Field:
        """Return the strokes as polygons.

        Parameters
        ----------
        taper
            0 for blunt ends to 1 for pointed ones.

        Returns
        -------
        Field
            (n, 2 * STEPS, 2) float32, pixels.
        """
        along = np.linspace(0.06, 0.94, STEPS, dtype=np.float32)
        profile = np.sin(np.pi * along) ** np.float32(0.12 + 0.9 * taper)
        reach = 0.5 * self.widths[:, None, None] * profile[None, :, None] * self.normals
        return np.concatenate([self.spines + reach, (self.spines - reach)[:, ::-1]], axis=1)


def scatter_seeds(sight: Sight, spacing: float, finish: float, rng: np.random.Generator) -> Field:
    """Choose where the strokes of a layer begin, in random order.

    Parameters
    ----------
    sight
        Gives the size and where detail is wanted.
    spacing
        Mean distance between neighbours before thinning, pixels.
    finish
        The share kept where no detail is wanted; all are kept where it is wanted most.
    rng
        Source of places and order.

    Returns
    -------
    Field
        (n, 2) float32 x and y in pixels, n at least 1.
    """
    rows, columns = sight.detail.shape
    height, width = rows * sight.scale, columns * sight.scale
    down, across = np.meshgrid(np.arange(0.0, height, spacing), np.arange(0.0, width, spacing), indexing="ij")
    seeds = np.stack([across.ravel(), down.ravel()], axis=-1) + rng.uniform(0.0, spacing, (across.size, 2))
    wanted = finish + (1.0 - finish) * sample_field(sight.detail, seeds / sight.scale)
    kept = np.flatnonzero(rng.random(len(seeds)) < wanted)
    order = rng.permutation(kept) if len(kept) else np.zeros(1, dtype=np.intp)
    chosen: Field = seeds[order].astype(np.float32)
    return chosen


def trace_strokes(
    sight: Sight, seeds: Field, width: float, manner: Manner, rng: np.random.Generator
) -> Strokes:
    """Trace the strokes that start at the seeds.

    Parameters
    ----------
    sight
        What is to be painted.
    seeds
        (n, 2) float32 x and y in pixels.
    width
        Mean width of the strokes in pixels.
    manner
        Gives ``stroke_length``, ``bend``, ``wobble``, ``edge_hold`` and ``colour_break``.
    rng
        Source of the variation between strokes.
    """
    n = len(seeds)
    carried = sample_field(sight.lab, seeds / sight.scale)
    strides = width * manner["stroke_length"] / (STEPS - 1) * rng.uniform(0.7, 1.3, (n, 1)).astype(np.float32)
    senses = rng.choice(np.array([-1.0, 1.0], np.float32), n)
    turns = manner["wobble"] * rng.standard_normal(n) + manner["bend"] * senses * np.arange(STEPS)[:, None]
    paths = _follow_flow(sight, seeds, strides, senses, turns, carried, manner["edge_hold"])
    widths = (width * rng.uniform(0.75, 1.25, n)).astype(np.float32)
    return Strokes(*paths, widths, _load_brushes(carried, manner["colour_break"], rng))


def _follow_flow(
    sight: Sight,
    point: Field,
    strides: Field,
    senses: Field,
    turns: NDArray[np.float64],
    carried: Field,
    edge_hold: float,
) -> tuple[Field, Field]:
    """Return spines and normals, (n, STEPS, 2) each; a stroke ends where the colour ahead is not its own."""
    # strokes set out to the right or left at random; the tilt decides for those that run straight down
    heading = senses[:, None] * np.array([1.0, 0.35], np.float32)
    is_moving = np.ones((len(point), 1), bool)
    spines, headings = [], []
    for step in range(STEPS):
        angles = _read_angles(sight, point) + turns[step]
        tangent = np.stack([np.cos(angles), np.sin(angles)], axis=-1).astype(np.float32)
        heading = np.where((tangent * heading).sum(axis=1, keepdims=True) < 0.0, -tangent, tangent)
        spines.append(point)
        headings.append(heading)
        ahead = point + strides * heading
        beneath = sample_field(sight.lab, ahead / sight.scale)
        strays = ((beneath - carried) ** 2).sum(axis=1, keepdims=True) > edge_hold**2
        is_moving &= ~strays | (step == 0)  # the first step is free: every stroke has some length
        point = np.where(is_moving, ahead, point)
    along = np.stack(headings, axis=1)
    return np.stack(spines, axis=1), np.stack([-along[..., 1], along[..., 0]], axis=-1)


def _read_angles(sight: Sight, points: Field) -> Field:
    doubled = sample_field(sight.flow, points / sight.scale)
    return np.float32(0.5) * np.arctan2(doubled[:, 1], doubled[:, 0])


def _load_brushes(lab: Field, colour_break: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Each stroke's colour, a little off the motif's, and its height, 90 to 170."""
    spread = colour_break * np.array([0.7, 1.0, 1.0])
    mixed = lab + spread * rng.standard_normal((len(lab), 3))
    height = rng.integers(90, 171, (len(lab), 1), dtype=np.uint8)
    return np.concatenate([convert_lab(mixed.astype(np.float32)), height], axis=1)
