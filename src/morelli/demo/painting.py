"""The painting: a manner and a subject become a picture, coarse strokes first and fine ones last.

The numbers that are not the painter's, such as how thin a touch is, are chosen by eye.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from morelli.demo.hands import Field, Manner, Role, convert_lab
from morelli.demo.sight import Layout, Sight, find_edges, follow_edges, observe, sample_field
from morelli.demo.subjects import SUBJECTS

_Picture = NDArray[np.uint8]

_STEPS = 6  # points along a stroke
_STREAKED_PX = 4.0  # strokes thinner than this show no bristles
_LAYER_RATIO = 2.0  # between the widths of a layer's strokes and the next; Hertzmann (1998) halves them too

_GROUND_TINT = (7.0, 22.0)
"""The a* and b* of every ground: a warm imprimatura, whose lightness alone is the painter's choice."""

_SHIFT = 4  # fractional bits of OpenCV's coordinates: strokes end between pixels
_FLAT = 110  # height of bare ground
_SLOPE_TO_LIGHT = 0.4 * np.array([[-1.0, -0.5, 0.0], [-0.5, 0.0, 0.5], [0.0, 0.5, 1.0]])


def paint(manner: Manner, genre: str, size: tuple[int, int], rng: np.random.Generator) -> _Picture:
    """Return a picture of the subject in this manner, (height, width, 3) uint8: blue, green, red.

    genre: a name in `SUBJECTS`; size: width and height, pixels.
    """
    layout = Layout(size[0] / size[1])
    SUBJECTS[genre](layout, manner, rng)
    sight = observe(layout, manner, size, rng)
    ground = np.array([manner["ground"], *_GROUND_TINT], np.float32)
    canvas = _prime_canvas(sight.lab, ground, size, show=0.5)
    finest = max(2.2, manner["stroke_width"] * min(size))  # pixels; thinner strokes are lost
    taper, bristle, opacity = manner["taper"], manner["bristle"], manner["opacity"]
    layers = round(manner["layers"])
    for layer in reversed(range(layers)):
        strokes = _plan_layer(sight, manner, finest * _LAYER_RATIO**layer, layer == layers - 1, rng)
        canvas = _lay_strokes(canvas, strokes, taper=taper, bristle=bristle, opacity=opacity, rng=rng)
    touches = _plan_touches(sight, manner, max(2.0, 0.6 * finest), rng)
    canvas = _lay_strokes(canvas, touches, taper=taper, bristle=0.0, opacity=0.9, rng=rng)
    if manner["outline"] > 0.3:
        contour = _plan_contour(sight, manner, finest, rng)
        canvas = _lay_strokes(canvas, contour, taper=0.6, bristle=0.0, opacity=manner["outline"], rng=rng)
    return _light_relief(_soften_edges(canvas, manner["softness"]), manner["impasto"])


def _plan_layer(
    sight: Sight, manner: Manner, width: float, is_first: bool, rng: np.random.Generator
) -> _Strokes:
    """Trace the strokes of one layer: the first covers everything, later ones go where they are needed."""
    area = width * width * manner["stroke_length"]
    coverage = manner["coverage"] * (1.4 if is_first else 1.0)
    spacing = float(np.sqrt(area / coverage))
    finish = 1.0 if is_first else manner["finish"]
    return _trace_strokes(sight, _scatter_seeds(sight, spacing, finish, rng), width, manner, rng)


def _plan_touches(sight: Sight, manner: Manner, width: float, rng: np.random.Generator) -> _Strokes:
    """Trace the last small touches, where the subject would be lost without them: eyes, sails, highlights."""
    wanted = np.clip(2.2 * sight.detail - 1.0, 0.0, 1.0)
    places = Sight(sight.lab, sight.flow, wanted, sight.scale)
    return _trace_strokes(places, _scatter_seeds(places, 1.7 * width, 0.0, rng), width, manner, rng)


def _plan_contour(sight: Sight, manner: Manner, width: float, rng: np.random.Generator) -> _Strokes:
    """Trace dark strokes along the edges of the forms, as wide as the finest brush."""
    edges = np.clip(find_edges(sight.lab) / 18.0 - 0.6, 0.0, 1.0)
    dark = np.broadcast_to(manner.palette[Role.DEEP], sight.lab.shape)
    contour = Sight(dark, follow_edges(sight.lab), edges, sight.scale)
    seeds = _scatter_seeds(contour, 2.5 * width, 0.0, rng)
    return _trace_strokes(contour, seeds, 0.7 * width, manner, rng)


@dataclass(frozen=True)
class _Strokes:
    """The strokes of one layer, in the order they are painted."""

    spines: Field  # (n, STEPS, 2) x and y of the middle lines, pixels
    normals: Field  # (n, STEPS, 2) unit vectors across the stroke
    widths: Field  # (n,) full widths, pixels
    colours: NDArray[np.uint8]  # (n, 4) blue, green, red, and the height of the paint

    def __len__(self) -> int:
        return len(self.widths)

    def outline(self, taper: float) -> Field:
        """Return (n, 2 * STEPS, 2) polygons, pixels; a taper of 0 has blunt ends, 1 pointed ones."""
        along = np.linspace(0.06, 0.94, _STEPS, dtype=np.float32)
        profile = np.sin(np.pi * along) ** np.float32(0.12 + 0.9 * taper)
        reach = 0.5 * self.widths[:, None, None] * profile[None, :, None] * self.normals
        return np.concatenate([self.spines + reach, (self.spines - reach)[:, ::-1]], axis=1)


def _scatter_seeds(sight: Sight, spacing: float, finish: float, rng: np.random.Generator) -> Field:
    """Return where the strokes of a layer begin, in random order, (n, 2) x and y in pixels, n at least 1.

    spacing: mean distance before thinning, pixels; finish: share kept where no detail is wanted.
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


def _trace_strokes(
    sight: Sight, seeds: Field, width: float, manner: Manner, rng: np.random.Generator
) -> _Strokes:
    """Return the strokes that start at (n, 2) seeds in pixels, of a mean width in pixels."""
    n = len(seeds)
    carried = sample_field(sight.lab, seeds / sight.scale)
    strides = (
        width * manner["stroke_length"] / (_STEPS - 1) * rng.uniform(0.7, 1.3, (n, 1)).astype(np.float32)
    )
    senses = rng.choice(np.array([-1.0, 1.0], np.float32), n)
    turns = manner["wobble"] * rng.standard_normal(n) + manner["bend"] * senses * np.arange(_STEPS)[:, None]
    paths = _follow_flow(sight, seeds, strides, senses, turns, carried, manner["edge_hold"])
    widths = (width * rng.uniform(0.75, 1.25, n)).astype(np.float32)
    return _Strokes(*paths, widths, _load_brushes(carried, manner["colour_break"], rng))


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
    for step in range(_STEPS):
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
    """Return each stroke's colour, a little off the motif's, and its height, 90 to 170; (n, 4)."""
    spread = colour_break * np.array([0.7, 1.0, 1.0])
    mixed = lab + spread * rng.standard_normal((len(lab), 3))
    height = rng.integers(90, 171, (len(lab), 1), dtype=np.uint8)
    return np.concatenate([convert_lab(mixed.astype(np.float32)), height], axis=1)


def _prime_canvas(lab: Field, ground: Field, size: tuple[int, int], show: float) -> _Picture:
    """Return a canvas, (height, width, 4) uint8, with its ground and a thin underpainting.

    lab: what is to be painted; ground: (3,) CIELAB; show: how far the underpainting hides the ground, 0 to 1.
    """
    thin = cv2.blur(lab, (9, 9)) * np.float32(show) + ground * np.float32(1.0 - show)
    colours = cv2.resize(convert_lab(thin.astype(np.float32)), size, interpolation=cv2.INTER_LINEAR)
    height = np.full((size[1], size[0], 1), _FLAT, np.uint8)
    return np.concatenate([colours, height], axis=-1)


def _lay_strokes(
    canvas: _Picture,
    strokes: _Strokes,
    *,
    taper: float,
    bristle: float,
    opacity: float,
    rng: np.random.Generator,
) -> _Picture:
    """Return the canvas with one more layer of strokes; taper, bristle and opacity from 0 to 1."""
    layer = canvas.copy()
    outlines = _round_points(strokes.outline(taper))
    colours = strokes.colours.tolist()
    if bristle < 0.15 or float(strokes.widths.mean()) < _STREAKED_PX:
        for outline, colour in zip(outlines, colours, strict=True):
            cv2.fillPoly(layer, [outline], colour, cv2.LINE_AA, _SHIFT)
    else:
        streaks = _place_streaks(strokes, rng)
        shades = _shade_streaks(strokes, bristle, rng)
        for outline, colour, streak, shade in zip(outlines, colours, streaks, shades, strict=True):
            cv2.fillPoly(layer, [outline], colour, cv2.LINE_AA, _SHIFT)
            cv2.polylines(layer, [streak[0]], False, shade[0], 1, cv2.LINE_AA, _SHIFT)
            cv2.polylines(layer, [streak[1]], False, shade[1], 1, cv2.LINE_AA, _SHIFT)
    return np.asarray(cv2.addWeighted(layer, opacity, canvas, 1.0 - opacity, 0.0), np.uint8)


def _soften_edges(canvas: _Picture, softness: float) -> _Picture:
    """Return the canvas with its edges drawn into each other; a softness of 1 leaves only the blur."""
    reach = min(canvas.shape[:2]) / 200.0
    blurred = cv2.GaussianBlur(canvas, (0, 0), reach)
    return np.asarray(cv2.addWeighted(blurred, softness, canvas, 1.0 - softness, 0.0), np.uint8)


def _light_relief(canvas: _Picture, impasto: float) -> _Picture:
    """Return the picture, (height, width, 3), with light from the upper left grazing the paint."""
    relief = cv2.filter2D(canvas[..., 3], cv2.CV_16S, impasto * _SLOPE_TO_LIGHT)
    return np.asarray(cv2.add(canvas[..., :3], cv2.merge([relief] * 3), dtype=cv2.CV_8U), np.uint8)


def _round_points(points: Field) -> NDArray[np.int32]:
    return np.rint(points * (1 << _SHIFT)).astype(np.int32)


def _place_streaks(strokes: _Strokes, rng: np.random.Generator) -> NDArray[np.int32]:
    """Return (n, 2, STEPS, 2) fixed-point paths of two bristles on either side of each spine."""
    offsets = np.array([-0.25, 0.25]) + rng.uniform(-0.12, 0.12, (len(strokes), 2))
    aside = (offsets * strokes.widths[:, None])[:, :, None, None] * strokes.normals[:, None]
    return _round_points((strokes.spines[:, None] + aside).astype(np.float32))


def _shade_streaks(strokes: _Strokes, bristle: float, rng: np.random.Generator) -> list[list[list[int]]]:
    """Return (n, 2, 4) colours: one bristle lighter and higher, one darker and lower than the stroke."""
    change = rng.uniform(10.0, 30.0, (len(strokes), 2, 1)) * bristle * np.array([[[1.0], [-1.0]]])
    shades = np.clip(strokes.colours[:, None, :] + change * np.array([1.0, 1.0, 1.0, 1.6]), 0, 255)
    lists: list[list[list[int]]] = shades.astype(np.uint8).tolist()
    return lists
