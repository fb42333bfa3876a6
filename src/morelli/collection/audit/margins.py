"""What stands around a painting in its photograph: frames, walls, colour bars and captions.

All three look at the four margins in turn, each laid flat: a strip of the outermost rows, as seen from its
border. They are heuristics with stated thresholds, made to raise a question that a person answers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MARGIN_SHARE = 0.25
"""How deep into the picture a frame is looked for."""

BAND_SHARE = 0.12
"""How deep a colour bar or a caption is looked for."""

EDGE_STEP = 6.0
"""Difference of colour, CIELAB units, that makes a step: some three times what an eye just notices."""

EDGE_SHARE = 0.85
"""Share of a side's length along which a step must run to be an edge."""

EDGE_EXCESS = 0.4
"""How much larger that share must be than in the middle one of all rows of the margin."""

PATCH_STEP, PATCH_SPREAD = 12.0, 4.0
"""Patches of a colour bar differ by more than the one, and vary within by less than the other."""

MIN_PATCHES = 4
"""Fewer plain patches than this are no colour bar."""

MAX_GAP_SHARE = 0.03
"""Patches of a colour bar adjoin: at most this share of the border's length lies between two."""

TEXT_STEP = 30.0
"""Difference of grey, 0..255, between writing and its ground."""


def measure_frame(lab: NDArray[np.float32]) -> int:
    """Return along how many sides, 0..4, a straight edge runs from corner to corner of the inner picture.

    Parameters
    ----------
    lab
        (h, w, 3) CIELAB.
    """
    return sum(_has_edge(side) for side in _lay_flat(lab, MARGIN_SHARE))


def measure_bar(lab: NDArray[np.float32]) -> int:
    """Return how many plain patches of different colours stand in a row along the border that has most.

    Fewer than four are no row and count 0.
    """
    return max(_count_patches(side) for side in _lay_flat(lab, BAND_SHARE))


def measure_text(grey: NDArray[np.float32]) -> float:
    """Return the share of a border's length that looks like writing, 0..1, of the border that has most.

    Parameters
    ----------
    grey
        (h, w) 0..255.
    """
    return max(_share_written(side[..., 0]) for side in _lay_flat(grey[..., None], BAND_SHARE))


def _lay_flat(pixels: NDArray[np.float32], share: float) -> list[NDArray[np.float32]]:
    """Return the four margins with their border as first row, (depth, length, channels)."""
    turned = (np.rot90(pixels, turn) for turn in range(4))
    return [side[: max(3, round(share * len(side)))] for side in turned]


def _has_edge(side: NDArray[np.float32]) -> bool:
    """Tell whether one row parallel to the border has a step of colour along nearly its whole length.

    The step is taken over two rows, so that an edge between pixels counts; corners are left out, where the
    frame of the neighbouring side lies.
    """
    steps = np.sqrt(((side[2:] - side[:-2]) ** 2).sum(axis=2))
    corner = round(MARGIN_SHARE * 0.7 * side.shape[1])
    inner = steps[:, corner : side.shape[1] - corner]
    if inner.size == 0:  # fewer than three rows
        return False
    shares = (inner > EDGE_STEP).mean(axis=1)
    # rough brushwork has steps in every row; an edge stands out from its surroundings
    return bool(shares.max() > EDGE_SHARE and shares.max() - np.median(shares) > EDGE_EXCESS)


def _count_patches(side: NDArray[np.float32]) -> int:
    """Count runs of plain, clearly different colours along each third of a margin's depth."""
    depth = max(1, len(side) // 3)
    return max(_count_runs(side[row : row + depth]) for row in range(0, len(side) - depth + 1, depth))


def _count_runs(band: NDArray[np.float32]) -> int:
    """Count the longest row of plain patches that follow each other closely and are of like length."""
    colours = band.mean(axis=0)
    is_plain = np.abs(band - colours).mean(axis=0).max(axis=1) < PATCH_SPREAD
    steps = np.sqrt((np.diff(colours, axis=0) ** 2).sum(axis=1))
    is_same = (steps < PATCH_SPREAD) & is_plain[1:] & is_plain[:-1]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_same.astype(np.int8), [0]])))
    starts, ends = edges[::2], edges[1::2]
    is_long = ends - starts >= max(3, round(0.02 * len(colours)))
    if is_long.sum() < MIN_PATCHES:
        return 0
    kinds: list[NDArray[np.float32]] = []
    longest, last, length = 0, -len(colours), 0
    for start, end in zip(starts[is_long], ends[is_long], strict=True):
        colour = colours[start : end + 1].mean(axis=0)
        is_next = start - last <= MAX_GAP_SHARE * len(colours) and length / 2 <= end - start <= 2 * length
        is_new = not kinds or bool((((np.array(kinds) - colour) ** 2).sum(axis=1) > PATCH_STEP**2).all())
        kinds = [*kinds, colour] if is_next and is_new else [colour]
        longest, last, length = max(longest, len(kinds)), end, end - start
    return longest


def _share_written(side: NDArray[np.float32]) -> float:
    """Return the share of columns, in windows, that are ground with thin strokes on it.

    Writing has one ground that fills most of its line, and many short changes to and from another grey.
    """
    height = max(3, len(side) // 2)
    return max(measure_line(side[row : row + height]) for row in (0, max(0, len(side) - height)))


def measure_line(line: NDArray[np.float32]) -> float:
    """Return the share of a strip (h, w) of grey 0..255 that looks like writing, 0..1, window by window."""
    ground = np.median(line)
    is_ink = np.abs(line - ground) > TEXT_STEP
    is_ground = np.abs(line - ground) < TEXT_STEP / 3
    changes = np.abs(np.diff(is_ink.astype(np.int8), axis=1))
    window = max(8, line.shape[1] // 12)
    n_windows = changes.shape[1] // window
    shares = [slice(number * window, (number + 1) * window) for number in range(n_windows)]
    written = [
        is_ground[:, part].mean() > 0.6
        and is_ink[:, part].mean() < 0.3
        and changes[:, part].sum(axis=1).max() >= max(3, window / 8)
        for part in shares
    ]
    return float(np.mean(written)) if written else 0.0
