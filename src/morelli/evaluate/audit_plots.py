"""The two pictures of an audit: the long tail of a label, and what gives labels away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from morelli.collection.audit.shortcuts import WARN_SKILL, Shortcut
from morelli.evaluate.palette import INK, MUTED, SEEN, UNSEEN

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_NAMES = 25
"""Classes up to which the picture carries their names."""


def draw_classes(counts: pl.DataFrame, kind: str, ax: Axes | None = None) -> Axes:
    """Draw how many works each class has, most first.

    Parameters
    ----------
    counts
        Columns name and works, most first, as `Audit.count_classes` returns them; at least one row.
    kind
        "artist", "style", "genre" or "century", for the title.
    """
    works = counts["works"].to_numpy()
    ax = ax or _make_axes(6.4, 2.6)
    ax.bar(
        np.arange(len(works)), works, width=1.0 if len(works) > MAX_NAMES else 0.8, color=SEEN, linewidth=0
    )
    ax.set_title(f"{int(works.sum()):,} labels of {len(works)} kinds: {kind}")
    ax.set_ylabel("works")
    if len(works) <= MAX_NAMES:
        ax.set_xticks(np.arange(len(works)), counts["name"].to_list(), rotation=60, ha="right", fontsize=7)
    else:
        ax.set_xlabel(f"{kind}, most works first")
        half = int(np.searchsorted(np.cumsum(works), works.sum() / 2)) + 1
        ax.axvline(half - 0.5, color=INK, linewidth=0.8)
        note = f"the first {half} hold half of all"
        ax.annotate(note, (half, works.max() * 0.9), fontsize=8, color=INK)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def draw_shortcuts(shortcuts: Sequence[Shortcut], ax: Axes | None = None) -> Axes:
    """Draw how much of each label is told from each kind of trait, above chance.

    Parameters
    ----------
    shortcuts
        At least one.
    """
    ax = ax or _make_axes(6.4, 0.5 + 0.28 * len(shortcuts))
    rows = np.arange(len(shortcuts))[::-1]
    colours = [UNSEEN if shortcut.is_warning else SEEN for shortcut in shortcuts]
    ax.barh(rows, [max(0.0, shortcut.skill) for shortcut in shortcuts], color=colours, height=0.7)
    ax.set_yticks(rows, [f"{shortcut.label} from {shortcut.trait}" for shortcut in shortcuts])
    ax.axvline(WARN_SKILL, color=MUTED, linewidth=0.8, linestyle="--")
    ax.set_xlim(0, 1)
    ax.set_xlabel("share of works told above chance: 0 chance, 1 all")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _make_axes(width_in: float, height_in: float) -> Axes:
    from matplotlib.figure import Figure

    return Figure(figsize=(width_in, height_in), layout="constrained").subplots()
