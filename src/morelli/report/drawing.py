"""What all drawings share: colours, axes, and how they and small pictures stand in a page.

The colours are those of Okabe and Ito (2008), Color Universal Design, https://jfly.uni-koeln.de/color/, which
colour-blind readers can tell apart.
"""

from __future__ import annotations

import base64
import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from morelli.errors import PictureError

if TYPE_CHECKING:
    from matplotlib.axes import Axes


SEEN: Final = "#0072B2"
"""Blue: artists the model has seen; in the confusion picture, works named rightly."""

UNSEEN: Final = "#D55E00"
"""Vermilion: artists it has not seen; in the confusion picture, works given to another artist."""

SAME: Final = "#009E73"
"""Bluish green: pairs by the same hand."""

DIFFERENT: Final = "#CC79A7"
"""Reddish purple: pairs by different hands."""

INK: Final = "#23211D"
"""Text and values."""

MUTED: Final = "#8B857A"
"""Axes, reference lines and the baseline's labels."""

PARTS: Final = {"seen": SEEN, "unseen": UNSEEN}

_VARIABLES: Final = {
    SEEN: "--seen",
    UNSEEN: "--unseen",
    SAME: "--same",
    DIFFERENT: "--different",
    INK: "--ink",
    MUTED: "--muted",
}
"""The custom property of the page's style sheet for each colour, so that dark pages stay readable."""

_THUMBNAIL_PX = 220
"""Longer side of a thumbnail: twice what the page shows, for fine screens."""

_JPEG_QUALITY = 80

_LARGEST_SCALE = 1.4
"""How far a wide page may enlarge a drawing; beyond, the letters of a small one would shout."""


def make_axes(width_in: float, height_in: float) -> Axes:
    """Return axes of a new figure that no window knows of, without a frame above and to the right."""
    from matplotlib.figure import Figure

    axes: Axes = Figure(figsize=(width_in, height_in), layout="constrained").add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return axes


@contextmanager
def use_page_style() -> Iterator[None]:
    """Draw with the page's colours, and keep text as text; the settings are those of the whole process."""
    import matplotlib as mpl

    settings: dict[Any, Any] = {
        "svg.fonttype": "none",  # text stays text: the page sets its font, a reader can search it
        "svg.hashsalt": "morelli",  # the same figure gives the same bytes
        "font.size": 9.0,
        "axes.titlesize": 9.5,
        "axes.titlelocation": "left",
        "legend.fontsize": 8.0,
        "legend.title_fontsize": 8.0,
        "axes.edgecolor": MUTED,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "axes.labelcolor": INK,
        "text.color": INK,
        "axes.titlecolor": INK,
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", message="Glyph .* missing"
        )  # only measured here, drawn by the browser
        yield


def embed_drawing(ax: Axes) -> str:
    """Return the figure of axes drawn within `use_page_style` as an ``<svg>`` element for a page.

    It has no links to anything outside; text is escaped by matplotlib.
    """
    buffer = io.StringIO()
    metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure: Any = ax.figure
    figure.savefig(buffer, format="svg", transparent=True, metadata=metadata)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    for colour, variable in _VARIABLES.items():
        svg = re.sub(rf"(?<=[:\s]){colour}\b", f"var({variable})", svg, flags=re.IGNORECASE)
    width_px = _LARGEST_SCALE * 96 * figure.get_figwidth()
    root, rest = svg.split(">", 1)
    root = re.sub(r' (width|height)="[^"]*"', "", root)  # the page decides; the viewBox keeps the proportions
    return f'{root} style="max-width: {width_px:.0f}px">{rest}'


def embed_thumbnail(path: str, longest_px: int = _THUMBNAIL_PX) -> str | None:
    """Return a small JPEG of a picture file as a data URI, or None when it cannot be read."""
    from morelli.collection.pictures import open_picture

    try:
        small = open_picture(Path(path), at_least=2 * longest_px)
    except PictureError:
        return None
    small.thumbnail((longest_px, longest_px))
    buffer = io.BytesIO()
    small.save(buffer, format="JPEG", quality=_JPEG_QUALITY, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
