"""The painting: a manner and a subject become a picture, coarse strokes first and fine ones last.

The numbers that are not the painter's, such as how thin a touch is, are chosen by eye.
"""

from __future__ import annotations

import numpy as np

from morelli.demo.canvas import Picture, lay_strokes, light_relief, prime_canvas, soften_edges
from morelli.demo.hands import Manner
from morelli.demo.layout import Layout
from morelli.demo.palettes import Role
from morelli.demo.sight import Sight, find_edges, follow_edges, observe
from morelli.demo.strokes import Strokes, scatter_seeds, trace_strokes
from morelli.demo.subjects import SUBJECTS

GROUND_TINT = (7.0, 22.0)
"""The a* and b* of every ground: a warm imprimatura, whose lightness alone is the painter's choice."""

LAYER_RATIO = 2.0
"""How much wider the strokes of one layer are than those of the next; Hertzmann (1998) halves them too."""


def paint(manner: Manner, genre: str, size: tuple[int, int], rng: np.random.Generator) -> Picture:
    """Paint a picture of the subject in this manner.

    Parameters
    ----------
    manner
        The painter's habits in this work.
    genre
        A name in `morelli.demo.subjects.SUBJECTS`.
    size
        Width and height in pixels.
    rng
        Source of the arrangement and of every stroke.

    Returns
    -------
    Picture
        (height, width, 3) uint8, blue, green, red.
    """
    layout = Layout(size[0] / size[1])
    SUBJECTS[genre](layout, manner, rng)
    sight = observe(layout, manner, size, rng)
    ground = np.array([manner["ground"], *GROUND_TINT], np.float32)
    canvas = prime_canvas(sight.lab, ground, size, show=0.5)
    finest = max(2.2, manner["stroke_width"] * min(size))  # pixels; thinner strokes are lost
    taper, bristle, opacity = manner["taper"], manner["bristle"], manner["opacity"]
    layers = round(manner["layers"])
    for layer in reversed(range(layers)):
        strokes = plan_layer(sight, manner, finest * LAYER_RATIO**layer, layer == layers - 1, rng)
        canvas = lay_strokes(canvas, strokes, taper=taper, bristle=bristle, opacity=opacity, rng=rng)
    touches = plan_touches(sight, manner, max(2.0, 0.6 * finest), rng)
    canvas = lay_strokes(canvas, touches, taper=taper, bristle=0.0, opacity=0.9, rng=rng)
    if manner["outline"] > 0.3:
        contour = plan_contour(sight, manner, finest, rng)
        canvas = lay_strokes(canvas, contour, taper=0.6, bristle=0.0, opacity=manner["outline"], rng=rng)
    return light_relief(soften_edges(canvas, manner["softness"]), manner["impasto"])


def plan_layer(
    sight: Sight, manner: Manner, width: float, is_first: bool, rng: np.random.Generator
) -> Strokes:
    """Trace the strokes of one layer: the first covers everything, later ones go where they are needed."""
    area = width * width * manner["stroke_length"]
    coverage = manner["coverage"] * (1.4 if is_first else 1.0)
    spacing = float(np.sqrt(area / coverage))
    finish = 1.0 if is_first else manner["finish"]
    return trace_strokes(sight, scatter_seeds(sight, spacing, finish, rng), width, manner, rng)


def plan_touches(sight: Sight, manner: Manner, width: float, rng: np.random.Generator) -> Strokes:
    """Trace the last small touches, where the subject would be lost without them: eyes, sails, highlights."""
    wanted = np.clip(2.2 * sight.detail - 1.0, 0.0, 1.0)
    places = Sight(sight.lab, sight.flow, wanted, sight.scale)
    return trace_strokes(places, scatter_seeds(places, 1.7 * width, 0.0, rng), width, manner, rng)


def plan_contour(sight: Sight, manner: Manner, width: float, rng: np.random.Generator) -> Strokes:
    """Trace dark strokes along the edges of the forms, as wide as the finest brush."""
    edges = np.clip(find_edges(sight.lab) / 18.0 - 0.6, 0.0, 1.0)
    dark = np.broadcast_to(manner.palette[Role.DEEP], sight.lab.shape)
    contour = Sight(dark, follow_edges(sight.lab), edges, sight.scale)
    seeds = scatter_seeds(contour, 2.5 * width, 0.0, rng)
    return trace_strokes(contour, seeds, 0.7 * width, manner, rng)
