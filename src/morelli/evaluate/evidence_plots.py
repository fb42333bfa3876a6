"""The pictures of likelihood ratios: how strong, how honest, and what more works bring.

As in `plots`, every function takes `ax=None`, draws and returns the axes; the numbers are listed by
`evidence_figures`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from morelli.evaluate.evidence_results import EvidenceResult
from morelli.evaluate.palette import DIFFERENT, MUTED, PARTS, SAME
from morelli.evaluate.plots import make_axes
from morelli.evaluate.rows import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOWEST = 1e-4
"""Probability at which the logarithmic axes begin; what is below stands there."""


def draw_tippett(result: EvidenceResult, ax: Axes | None = None) -> Axes:
    """Draw how many pairs of each kind have evidence at least so strong.

    Parameters
    ----------
    result
        Of one part.
    """
    ax = ax or make_axes(4.8, 3.4)
    curve = result.tippett
    ax.axvline(0, color=MUTED, linewidth=0.8, linestyle=":")
    for name, shares, colour in (
        ("same hand", curve.same, SAME),
        ("different hands", curve.different, DIFFERENT),
    ):
        ax.step(curve.thresholds, 100 * shares, where="pre", color=colour, linewidth=1.6, label=name)
    ax.set_ylim(-2, 102)
    ax.set_xlabel("log10 likelihood ratio of at least")
    ax.set_ylabel("pairs (%)")
    ax.set_title(f"Tippett: evidence for one hand, {result.part} artists")
    ax.legend(loc="lower left", frameon=False)
    return ax


def draw_reliability(results: Sequence[EvidenceResult], place: int, ax: Axes | None = None) -> Axes:
    """Draw what was said beside what was so, at one prior.

    Parameters
    ----------
    results
        Of the seen and the unseen part, or of one of them.
    place
        Which of their priors. At one below 0.1 the axes are logarithmic.
    """
    ax = ax or make_axes(4.4, 4.4)
    prior = results[0].reliability[place].prior
    is_log = prior < 0.1
    lowest = LOWEST if is_log else 0.0
    ax.plot([lowest, 1], [lowest, 1], color=MUTED, linewidth=0.8, linestyle=":")
    for result in results:
        curve = result.reliability[place]
        x, y = (np.maximum(values, lowest) for values in (curve.predicted, curve.observed))
        ax.plot(
            x, y, color=PARTS[result.part], marker="o", markersize=4, linewidth=1.2, clip_on=False,
            label=f"{result.part} artists",
        )  # fmt: skip
    if is_log:
        ax.set_xscale("log")
        ax.set_yscale("log")
    ax.set(xlim=(lowest, 1), ylim=(lowest, 1), aspect="equal")
    ax.set_xlabel("probability of one hand, as given")
    ax.set_ylabel("pairs by the same hand (share)")
    ax.set_title(f"Said and so, at a prior of {100 * prior:g} %")
    ax.legend(loc="upper left", frameon=False)
    return ax


def draw_sets(rows: Sequence[Row], ax: Axes | None = None) -> Axes:
    """Draw the area under the ROC curve against the works in each set, with intervals.

    Parameters
    ----------
    rows
        Of any task; those of sets are drawn.
    """
    ax = ax or make_axes(4.8, 3.2)
    own = [row for row in rows if row.metric == "roc_auc" and row.subset.startswith("sets_of_")]
    for part in dict.fromkeys(row.part for row in own):
        found = [row for row in own if row.part == part]
        sizes = np.array([int(row.subset.removeprefix("sets_of_")) for row in found])
        values = np.array([[row.value, row.low, row.high] for row in found])
        shifted = sizes + (0.03 if part == "unseen" else -0.03)
        label = f"{part} artists, n = {found[0].n:,}"
        ax.plot(shifted, values[:, 0], color=PARTS[part], marker="o", markersize=5, label=label)
        ax.vlines(shifted, values[:, 1], values[:, 2], color=PARTS[part], linewidth=1.3, alpha=0.6)
    ax.set_xticks(sorted({int(row.subset.removeprefix("sets_of_")) for row in own}))
    ax.set_xlabel("works in each of the two sets")
    ax.set_ylabel("area under the ROC curve")
    ax.set_title("More works at a time, with 95 % intervals")
    ax.legend(loc="lower right", frameon=False)
    return ax
