"""An explanation as files: a page to read, the drawings, and the numbers."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

from morelli.collection.pictures import decode_picture, open_file
from morelli.evaluate.details_plots import COLOURS, draw_matches, draw_occlusion
from morelli.evaluate.pictures import use_page_style
from morelli.judge.details import Details
from morelli.judge.explanation import Explanation
from morelli.judge.sanity import N_HIDDEN, Sanity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIDE_PX = 900
"""Longer side at which pictures are drawn."""

DPI = 110
COMPRESSION = 1
"""Of the PNG files, 0 to 9: photographs are hardly smaller at 9, and take ten times as long."""

MATCHES_FILE, MAPS_FILE, NUMBERS_FILE, PAGE_FILE = "matches.png", "maps.png", "details.json", "details.html"


def write_explanation(explanation: Explanation, folder: Path, *, max_pixels: int) -> Path:
    """Write `details.html`, `details.json`, `matches.png` and `maps.png`, and return the page's path.

    Parameters
    ----------
    explanation
        What was found; its pictures are read once more.
    folder
        Made when missing; files of an earlier explanation in it are replaced.
    max_pixels
        Refuse larger pictures.

    Raises
    ------
    PictureError
        When a picture cannot be read any more.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawings = draw_explanation(explanation, max_pixels=max_pixels)
    for name, content in drawings.items():
        (folder / name).write_bytes(content)
    text = json.dumps(explanation.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    (folder / NUMBERS_FILE).write_text(text + "\n", encoding="utf-8")
    page = folder / PAGE_FILE
    page.write_text(render_explanation(explanation, drawings), encoding="utf-8")
    return page


def draw_explanation(explanation: Explanation, *, max_pixels: int) -> dict[str, bytes]:
    """Return the drawings as PNG files by name."""
    left, right = (_open_small(path, max_pixels) for path in (explanation.left, explanation.right))
    pictures, sizes = (left[0], right[0]), (left[1], right[1])
    with use_page_style():
        return {
            MATCHES_FILE: _save(draw_matches(pictures, sizes, explanation.details.matches)),
            MAPS_FILE: _save(draw_occlusion(pictures, explanation.occlusion)),
        }


def render_explanation(explanation: Explanation, drawings: dict[str, bytes]) -> str:
    """Return the page, complete in itself, with drawings inside and no script."""
    environment = Environment(
        loader=PackageLoader("morelli.evaluate"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("details.html.j2").render(
        explanation=explanation,
        drawings={name: base64.b64encode(content).decode("ascii") for name, content in drawings.items()},
        colours=COLOURS,
        details_sentence=describe_details(explanation.details),
        warnings=list_warnings(explanation),
        n_hidden=N_HIDDEN,
    )


def describe_details(details: Details) -> str:
    """Return in words what answers what.

    Examples
    --------
    >>> describe_details(Details((), 0.5, 0.8, "strangers", None))
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


def list_warnings(explanation: Explanation) -> list[str]:
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
        picture = decode_picture(file, path, max_pixels=max_pixels, at_least=SIDE_PX)
    small = picture.image
    small.thumbnail((SIDE_PX, SIDE_PX))
    return small, (picture.width, picture.height)


def _save(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(
        buffer,
        format="png",
        dpi=DPI,
        facecolor="white",
        metadata={"Software": None},
        pil_kwargs={"compress_level": COMPRESSION},
    )
    return buffer.getvalue()
