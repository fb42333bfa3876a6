"""An explanation as files: a page to read, the drawings, and the numbers."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from morelli.collection.pictures import decode_picture, open_file
from morelli.files import replace_files, write_file
from morelli.judge.details import Box, DetailMatch, Details
from morelli.judge.explanation import N_HIDDEN, Explanation, Map, Occlusion, Sanity
from morelli.report.drawing import INK, MUTED, SEEN, UNSEEN, use_page_style
from morelli.report.render import render_template, write_json

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


# The drawings of an explanation: details that answer each other, and where the evidence lies.

_COLOURS = ("#E69F00", "#0072B2", "#009E73", "#D55E00", "#CC79A7", "#56B4E9")
"""One per match: Okabe and Ito's colours, see `palette`."""

_MIN_SCALE = 0.15
"""The colours of a map reach at least this fall of log10 LR, a factor of 1.4, so that noise stays pale."""

_WHOLE_IN, _ROW_IN = 4.4, 2.0
_COLUMNS = (1, 1, 0.15, 1, 1)
_STRONGEST = 0.62  # opacity of the strongest colour; the picture stays visible beneath


def _draw_matches(
    pictures: tuple[Image.Image, Image.Image],
    sizes: tuple[tuple[int, int], tuple[int, int]],
    matches: Sequence[DetailMatch],
    names: tuple[str, str] = ("", ""),
) -> Figure:
    """Draw both pictures with their matched details numbered, and each pair of details side by side.

    `sizes` are width and height in pixels to which the boxes of the matches, at most six, refer.
    """
    n_rows = (len(matches) + 1) // 2
    figure = _make_figure(9.0, _WHOLE_IN + _ROW_IN * n_rows)
    heights = [_WHOLE_IN, _ROW_IN * n_rows] if matches else [_WHOLE_IN]
    parts = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    for side, ax in enumerate(parts[0].subplots(1, 2)):
        _show(ax, pictures[side], _letter(side, names))
        for number, match in enumerate(matches):
            box = (match.left, match.right)[side]
            _draw_box(ax, _scale(box, sizes[side], pictures[side].size), number)
    if matches:
        _draw_crops(
            parts[1].subplots(n_rows, 5, squeeze=False, width_ratios=_COLUMNS), pictures, sizes, matches
        )
    return figure


def _draw_crops(
    axes: NDArray[Any],
    pictures: tuple[Image.Image, Image.Image],
    sizes: tuple[tuple[int, int], tuple[int, int]],
    matches: Sequence[DetailMatch],
) -> None:
    for ax in axes.flat:
        ax.axis("off")
    for number, match in enumerate(matches):
        row, column = number // 2, 3 * (number % 2)  # the narrow column between two pairs stays empty
        for side, box in enumerate((match.left, match.right)):
            ax = axes[row, column + side]
            crop = pictures[side].crop(_scale(box, sizes[side], pictures[side].size))
            ax.imshow(np.asarray(crop))
            ax.set_title(f"{number + 1} in {'AB'[side]}", fontsize=9, color=INK)
            _frame(ax, _COLOURS[number])


def _draw_occlusion(
    pictures: tuple[Image.Image, Image.Image], occlusion: Occlusion, names: tuple[str, str] = ("", "")
) -> Figure:
    """Draw both pictures in grey, coloured where they speak for one hand (orange) or for two (blue)."""
    figure = _make_figure(9.0, 5.2)
    top = _find_scale(occlusion)
    for side, ax in enumerate(figure.subplots(1, 2)):
        falls = (occlusion.left, occlusion.right)[side]
        _show(ax, _colour_picture(pictures[side], falls, top, occlusion, side), _letter(side, names))
    bar = figure.colorbar(
        _make_colours(top), ax=figure.axes, orientation="horizontal", fraction=0.045, pad=0.03, aspect=45
    )
    bar.set_ticks([-top, 0, top], labels=[_word(-top), "makes no\ndifference", _word(top)])
    alignments: tuple[Literal["left", "center", "right"], ...] = ("left", "center", "right")
    for label, alignment in zip(bar.ax.get_xticklabels(), alignments, strict=True):
        label.set_horizontalalignment(alignment)
    bar.ax.set_title("hiding this region …", fontsize=9, color=INK)
    bar.outline.set_visible(False)
    return figure


def _find_scale(occlusion: Occlusion) -> float:
    """Return the fall of log10 LR that gets the strongest colour."""
    return max(_MIN_SCALE, float(np.abs([occlusion.left, occlusion.right]).max()))


def _colour_picture(
    picture: Image.Image, falls: Map, top: float, occlusion: Occlusion, side: int
) -> Image.Image:
    """Return a grey picture tinted by its map, (r, r) falls of log10 LR; `top` has the strongest colour.

    What the map does not cover, by the occlusion's area of this side, stays grey.
    """
    grey = np.asarray(picture.convert("L").convert("RGB"), dtype=np.float32)
    left, top_px, right, bottom = occlusion.areas[side].to_pixels(*picture.size)
    small = Image.fromarray(falls.astype(np.float32))
    smooth = np.zeros(grey.shape[:2], dtype=np.float32)
    smooth[top_px:bottom, left:right] = np.asarray(
        small.resize((right - left, bottom - top_px), Image.Resampling.BICUBIC)
    )
    share = np.clip(smooth / top, -1, 1)[..., None]
    tint = np.where(share > 0, _rgb(UNSEEN), _rgb(SEEN))
    opacity = _STRONGEST * np.abs(share)
    pale = 255 - (255 - grey) * 0.8  # pale grey, so that dark pictures take colour as well
    return Image.fromarray(np.rint(pale * (1 - opacity) + tint * opacity).astype(np.uint8))


def _word(fall: float) -> str:
    hands = "one hand" if fall > 0 else "two hands"
    return f"takes away evidence for {hands}\n(a factor of {10 ** abs(fall):.2g})"


def _make_colours(top: float) -> Any:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    colours = LinearSegmentedColormap.from_list("evidence", [SEEN, "#E8E6E1", UNSEEN])
    return ScalarMappable(Normalize(-top, top), colours)


def _rgb(colour: str) -> NDArray[np.float32]:
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], dtype=np.float32)


def _letter(side: int, names: tuple[str, str]) -> str:
    """Return the letter of a side with the name of its work, cut where it would not fit.

    >>> _letter(0, ("Vase", "Road")), _letter(1, ("", ""))
    ('A: Vase', 'B')
    """
    name = names[side] if len(names[side]) <= _NAME_LENGTH else f"{names[side][: _NAME_LENGTH - 1]}…"
    return f"{'AB'[side]}: {name}".removesuffix(": ")


def _show(ax: Axes, picture: Image.Image, name: str) -> None:
    ax.imshow(np.asarray(picture))
    ax.set_title(name, loc="left", fontsize=12, fontweight="bold", color=INK, parse_math=False)
    _frame(ax, MUTED, width=0.6)


def _frame(ax: Axes, colour: str, width: float = 2.5) -> None:
    ax.axis("on")
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set(color=colour, linewidth=width)


def _draw_box(ax: Axes, box: tuple[int, int, int, int], number: int) -> None:
    from matplotlib.patches import Rectangle

    left, top, right, bottom = box
    for colour, width in (("white", 3.6), (_COLOURS[number], 2.0)):
        ax.add_patch(
            Rectangle(
                (left, top), right - left - 1, bottom - top - 1, fill=False, edgecolor=colour, linewidth=width
            )
        )
    ax.text(
        left, top, f"{number + 1}", va="top", ha="left", fontsize=10, fontweight="bold", color="white",
        bbox={"facecolor": _COLOURS[number], "edgecolor": "white", "pad": 2.0},
    )  # fmt: skip


def _scale(box: Box, size: tuple[int, int], shown: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return a box in the pixels of the picture that is shown."""
    across, down = shown[0] / size[0], shown[1] / size[1]
    left, top = int(box.left * across), int(box.top * down)
    return left, top, max(left + 1, round(box.right * across)), max(top + 1, round(box.bottom * down))


def _make_figure(width_in: float, height_in: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width_in, height_in), layout="constrained")


_NAME_LENGTH = 42  # characters of a work's name that fit above a picture

_SIDE_PX = 900
"""Longer side at which pictures are drawn."""

_DPI = 110
_COMPRESSION = 1
"""Of the PNG files, 0 to 9: photographs are hardly smaller at 9, and take ten times as long."""

MATCHES_FILE, MAPS_FILE, NUMBERS_FILE, PAGE_FILE = "matches.png", "maps.png", "details.json", "details.html"


def write_explanation(explanation: Explanation, folder: Path, *, max_pixels: int) -> Path:
    """Write `details.html`, `details.json`, `matches.png` and `maps.png`, and return the page's path.

    The pictures are read once more; those with more than `max_pixels` are refused. The folder is made when
    missing; files of an earlier explanation in it are replaced, all at once.
    """
    drawings = _draw_explanation(explanation, max_pixels=max_pixels)
    with replace_files(folder, (*drawings, NUMBERS_FILE, PAGE_FILE)) as part:
        for name, content in drawings.items():
            write_file(part / name, content)
        write_json(part / NUMBERS_FILE, explanation.to_dict())
        write_file(part / PAGE_FILE, _render_explanation(explanation, drawings))
    return folder / PAGE_FILE


def _draw_explanation(explanation: Explanation, *, max_pixels: int) -> dict[str, bytes]:
    """Return the drawings as PNG files by name."""
    left, right = (_open_small(path, max_pixels) for path in (explanation.left, explanation.right))
    pictures, sizes = (left[0], right[0]), (left[1], right[1])
    names = explanation.names
    with use_page_style():
        return {
            MATCHES_FILE: _save(_draw_matches(pictures, sizes, explanation.details.matches, names)),
            MAPS_FILE: _save(_draw_occlusion(pictures, explanation.occlusion, names)),
        }


def _render_explanation(explanation: Explanation, drawings: dict[str, bytes]) -> str:
    """Return the page, complete in itself, with drawings inside and no script."""
    return render_template(
        "details.html.j2",
        explanation=explanation,
        drawings={name: base64.b64encode(content).decode("ascii") for name, content in drawings.items()},
        colours=_COLOURS,
        details_sentence=_describe_details(explanation.details),
        warnings=_list_warnings(explanation),
        n_hidden=N_HIDDEN,
    )


def _describe_details(details: Details) -> str:
    """Return in words what answers what.

    >>> _describe_details(Details((), 0.5, 0.8, "strangers", None))
    'No detail of A answers one of B: the closest two (0.50) are not as alike as details of two hands can be
    by chance (0.80).'
    """
    chance = (
        "details of two hands can be by chance"
        if details.yardstick == "strangers"
        else "details within one of the pictures are"
    )
    if not details.matches:
        return (
            f"No detail of A answers one of B: the closest two ({details.best_score:.2f}) are not as alike "
            f"as {chance} ({details.threshold:.2f})."
        )
    n = len(details.matches)
    many = "1 detail of A answers one of B" if n == 1 else f"{n} details of A answer details of B"
    return f"{many}, more alike than {chance} ({details.threshold:.2f})."


def _list_warnings(explanation: Explanation) -> list[str]:
    """Return what a reader must know before believing the drawings."""
    warnings = []
    if explanation.details.same_picture is not None:
        warnings.append(
            "Both pictures show the same painting, or parts of it. Details then answer each other because "
            "they are the same details; that says nothing about the hand."
        )
    if explanation.details.yardstick == "background":
        warnings.append(
            "The model was not calibrated for details. Matches are those more alike than details within "
            "one picture are; how often two hands reach that is not known. "
            "'morelli train --details 40' measures it."
        )
    warnings.extend(_doubt_maps(explanation.sanity))
    return warnings


def _doubt_maps(sanity: Sanity) -> list[str]:
    doubts = []
    if sanity.is_like_random:
        doubts.append(
            "The maps look much like those of a model that has learnt nothing. Do not lean on them."
        )
    if not sanity.is_faithful:
        doubts.append(
            "Hiding the regions that the maps point to changes the answer no more than hiding others. "
            "Do not lean on the maps."
        )
    return doubts


def _open_small(path: Path, max_pixels: int) -> tuple[Image.Image, tuple[int, int]]:
    """Return a picture for drawing, and the size of the whole one."""
    with open_file(path) as file:
        picture = decode_picture(file, path, max_pixels=max_pixels, at_least=_SIDE_PX)
    small = picture.image
    small.thumbnail((_SIDE_PX, _SIDE_PX))
    return small, (picture.width, picture.height)


def _save(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(
        buffer,
        format="png",
        dpi=_DPI,
        facecolor="white",
        metadata={"Software": None},
        pil_kwargs={"compress_level": _COMPRESSION},
    )
    return buffer.getvalue()
