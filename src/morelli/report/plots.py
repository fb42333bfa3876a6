"""The pictures of a report, each from numbers that are already there.

Every function takes `ax=None`, draws on those axes or on new ones, and returns them; nothing is shown or
saved. The numbers behind each picture are listed by `figures`; `pictures` turns axes into something a page
can hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from morelli.evaluate.k_shot import K_SHOT_METRIC, read_shots
from morelli.evaluate.metrics.attribution import ArtistAccuracy, Confusion
from morelli.evaluate.metrics.words import RAW_SUFFIX
from morelli.evaluate.results import ComparisonResult, EvidenceResult
from morelli.evaluate.rows import ALL, FigureTable, Row
from morelli.report.drawing import DIFFERENT, INK, MUTED, PARTS, SAME, SEEN, UNSEEN

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_MAX_LABELS = 60
"""Artists up to which the confusion picture carries names."""

_MAX_COUNTS = 30
"""Artists up to which its cells carry numbers."""

_MAX_DOTS = 40
"""Artists shown one by one; of more, the least and the most often recognised."""

_RATE_TICKS = np.array([0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8])
"""Error rates marked on the normal-deviate axes of a DET picture."""

_SCORES = {
    "cosine": "cosine in the model's space",
    "euclidean": "minus the distance of the outputs",
    "dot": "dot product of the outputs",
    "pearson": "correlation of the outputs",
    "same-argmax": "1 where both have one class",
    "network": "output of the pair network",
}


def draw_confusion(confusion: Confusion, ax: Axes | None = None) -> Axes:
    """Draw who is taken for whom, each row as shares of one artist's works.

    Artists who are confused stand side by side. The diagonal is blue, everything else vermilion; a stronger
    colour is a larger share.

    Parameters
    ----------
    confusion
        Of any number of artists; the 120 least often recognised are drawn.
    """
    shown = confusion.arrange()
    c = len(shown.artists)
    side_in = float(np.clip(0.19 * c + 2.2, 4.5, 11.0)) if c <= _MAX_LABELS else 9.0
    ax = ax or make_axes(side_in, side_in)
    ax.imshow(_colour_shares(shown.counts), interpolation="nearest", aspect="equal")
    ax.set_title(
        f"{shown.n:,} works by {c} seen artists"
        + (", least often recognised" if c < _count(confusion) else "")
    )
    ax.set_xlabel("named as")
    ax.set_ylabel("true artist")
    if c <= _MAX_LABELS:
        _name_artists(ax, shown.artists)
    else:
        ax.set_xticks([])
        ax.set_yticks([])
    if c <= _MAX_COUNTS:
        _write_counts(ax, shown.counts)
    return ax


def draw_roc(comparisons: Sequence[ComparisonResult], ax: Axes | None = None) -> Axes:
    """Draw the ROC curve of each part, the raw cosine's dashed.

    Parameters
    ----------
    comparisons
        Of the seen and the unseen part, or of one of them.
    """
    ax = ax or make_axes(4.8, 4.8)
    ax.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=":")
    for result in comparisons:
        colour = PARTS[result.part]
        raw, curve = result.raw_curve, result.curve
        ax.plot(
            curve.false_positive_rates,
            curve.true_positive_rates,
            color=colour,
            linewidth=1.8,
            label=_describe(result, "", f"{result.part} artists"),
        )
        ax.plot(
            raw.false_positive_rates,
            raw.true_positive_rates,
            color=colour,
            linewidth=1.2,
            linestyle="--",
            label=_describe(result, "_raw_cosine", f"{result.part}, raw cosine"),
        )
    ax.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    ax.set_xlabel("different hands called the same (share of pairs)")
    ax.set_ylabel("same hand recognised (share of pairs)")
    ax.set_title(f"ROC: {_count_pairs(comparisons)}")
    ax.legend(loc="lower right", frameon=False, title="area [95 % interval over artists]", alignment="left")
    return ax


def draw_det(comparisons: Sequence[ComparisonResult], ax: Axes | None = None) -> Axes:
    """Draw misses against false alarms on normal-deviate axes (DET).

    The raw cosine is dashed.

    Parameters
    ----------
    comparisons
        Of the seen and the unseen part, or of one of them.

    References
    ----------
    Martin et al. (1997), The DET curve in assessment of detection task performance.
    """
    ax = ax or make_axes(4.8, 4.8)
    ends = norm.ppf([0.001, 0.85])
    ax.plot(ends, ends, color=MUTED, linewidth=0.8, linestyle=":")
    for result in comparisons:
        for curve, suffix, style in ((result.curve, "", "-"), (result.raw_curve, "_raw_cosine", "--")):
            alarms, misses = curve.false_positive_rates, curve.miss_rates
            inner = (alarms > 0) & (misses > 0)
            ax.plot(
                norm.ppf(alarms[inner]),
                norm.ppf(misses[inner]),
                color=PARTS[result.part],
                linewidth=1.2 if suffix else 1.8,
                linestyle=style,
            )
    ticks = norm.ppf(_RATE_TICKS)
    names = [f"{100 * rate:g} %" for rate in _RATE_TICKS]
    ax.set_xticks(ticks, names, rotation=90)
    ax.set_yticks(ticks, names)
    ax.set(xlim=ends, ylim=ends, aspect="equal")
    ax.grid(color=MUTED, alpha=0.2, linewidth=0.5)
    ax.set_xlabel("false alarms (of pairs by different hands)")
    ax.set_ylabel("misses (of pairs by the same hand)")
    ax.set_title(f"DET: {_count_pairs(comparisons)}")
    return ax


def draw_scores(comparison: ComparisonResult, ax: Axes | None = None) -> Axes:
    """Draw how the model's scores of both kinds of pairs are distributed.

    Parameters
    ----------
    comparison
        Of one part.
    """
    ax = ax or make_axes(4.8, 3.0)
    histogram = comparison.histogram
    kinds = (("different hands", histogram.different, DIFFERENT), ("same hand", histogram.same, SAME))
    for name, counts, colour in kinds:
        shares = 100 * counts / counts.sum()
        label = f"{name}, n = {counts.sum():,}"
        ax.stairs(shares, histogram.edges, fill=True, color=colour, alpha=0.3)
        ax.stairs(shares, histogram.edges, color=colour, linewidth=1.4, label=label)
    occupied = np.flatnonzero(histogram.same + histogram.different)
    ax.set_xlim(histogram.edges[occupied[0]], histogram.edges[occupied[-1] + 1])
    ax.set_ylim(0, 1.3 * ax.dataLim.y1)  # room for the legend
    ax.set_xlabel(f"score of the pair ({_SCORES[histogram.score]})")
    ax.set_ylabel("pairs per 0.02 (%)")
    ax.set_title(f"Scores, {comparison.part} artists, {comparison.n_pairs:,} pairs")
    ax.legend(loc="upper right", frameon=False)
    return ax


def draw_recall(rows: Sequence[Row], ax: Axes | None = None) -> Axes:
    """Draw recall at 1, 5 and 10 with its intervals, seen beside unseen artists.

    Parameters
    ----------
    rows
        Of any task; those that are a recall are drawn.
    """
    ax = ax or make_axes(4.8, 3.6)
    recalls = [row for row in rows if row.metric.startswith("recall_at_") and row.subset == ALL]
    parts = [part for part in PARTS if any(row.part == part for row in recalls)]
    width = 0.36
    for place, part in enumerate(parts):
        own = [row for row in recalls if row.part == part]
        x = np.arange(len(own)) + (place - (len(parts) - 1) / 2) * (width + 0.04)
        values = 100 * np.array([[row.value, row.low, row.high] for row in own])  # (3, 3)
        ax.bar(x, values[:, 0], width, color=PARTS[part], alpha=0.85, label=f"{part}, n = {own[0].n:,}")
        ax.vlines(x, values[:, 1], values[:, 2], color=INK, linewidth=1.3)
        for left, (value, _, high) in zip(x, values, strict=True):
            ax.annotate(
                f"{value:.0f}", (left, high), (0, 3), textcoords="offset points", ha="center", fontsize=8
            )
    depths = [row.metric.removeprefix("recall_at_") for row in recalls if row.part == parts[0]]
    ax.set_xticks(range(len(depths)), depths)
    ax.set_ylim(0, 112)
    ax.set_yticks(range(0, 101, 20))
    ax.set_xlabel("nearest works looked at (k)")
    ax.set_ylabel("queries with a right work (%)")
    ax.set_title("Recall at k, with 95 % intervals over artists")
    ax.legend(loc="upper left", frameon=False, ncols=2)
    return ax


def draw_artists(confusion: Confusion, ax: Axes | None = None) -> Axes:
    """Draw how often each artist is named rightly, with Wilson intervals.

    Parameters
    ----------
    confusion
        Of any number of artists; of more than 40, the 30 least and the 10 most often recognised are drawn.
    """
    measured = confusion.list_accuracies()
    shown = measured if len(measured) <= _MAX_DOTS else [*measured[:30], *measured[-10:]]
    ax = ax or make_axes(4.8, 0.19 * len(shown) + 1.1)
    y = np.arange(len(shown))[::-1]
    values = 100 * np.array([[one.value, one.low, one.high] for one in shown])  # (c, 3)
    ax.hlines(y, values[:, 1], values[:, 2], color=SEEN, alpha=0.45, linewidth=1.3)
    ax.scatter(values[:, 0], y, color=SEEN, s=18, zorder=3)
    if len(shown) < len(measured):
        ax.axhline(9.5, color=MUTED, linewidth=0.8, linestyle=":")
    ax.set_yticks(y, [_label_artist(one) for one in shown], fontsize=8, parse_math=False)
    ax.set(xlim=(-2, 102), ylim=(-0.8, len(shown) - 0.2))
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("works named rightly (%)")
    ax.set_title(f"{_describe_selection(len(shown), len(measured))}, {confusion.n:,} works")
    return ax


def make_axes(width_in: float, height_in: float) -> Axes:
    """Return axes of a new figure that no window knows of.

    Parameters
    ----------
    width_in, height_in
        Inches.
    """
    from matplotlib.figure import Figure

    axes: Axes = Figure(figsize=(width_in, height_in), layout="constrained").add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def _colour_shares(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return (c, c, 4) colours, more opaque where the share is larger."""
    from matplotlib.colors import to_rgb

    shares = counts / counts.sum(axis=1, keepdims=True).clip(min=1)
    right = np.eye(len(counts), dtype=bool)
    colours = np.empty((*counts.shape, 4))
    colours[..., :3] = np.where(right[..., None], to_rgb(SEEN), to_rgb(UNSEEN))
    colours[..., 3] = np.where(
        right, shares, np.sqrt(shares)
    )  # single errors stay visible among many artists
    return colours


def _name_artists(ax: Axes, artists: Sequence[str]) -> None:
    size = float(np.clip(11 - 0.1 * len(artists), 5.5, 8.5))
    places = range(len(artists))
    ax.set_yticks(places, artists, fontsize=size, parse_math=False)
    ax.set_xticks(places, artists, fontsize=size, rotation=90, parse_math=False)
    ax.tick_params(length=0)


def _write_counts(ax: Axes, counts: NDArray[np.int64]) -> None:
    shares = counts / counts.sum(axis=1, keepdims=True).clip(min=1)
    for row, column in np.argwhere(counts > 0):
        colour = "white" if row == column and shares[row, column] > 0.5 else INK
        text = str(counts[row, column])
        ax.text(column, row, text, ha="center", va="center", fontsize=6.5, color=colour)


def _count(confusion: Confusion) -> int:
    return int((confusion.counts.sum(axis=1) > 0).sum())


def _count_pairs(comparisons: Sequence[ComparisonResult]) -> str:
    return "pairs of works, " + ", ".join(f"{result.n_pairs:,} {result.part}" for result in comparisons)


def _describe(result: ComparisonResult, suffix: str, name: str) -> str:
    row = next(row for row in result.rows if row.metric == "roc_auc" + suffix)
    return f"{name}  {row.value:.3f} [{row.low:.3f}, {row.high:.3f}]"


def _label_artist(one: ArtistAccuracy) -> str:
    return f"{one.artist}  n = {one.n}"


def _describe_selection(n_shown: int, n: int) -> str:
    return (
        f"{n} seen artists"
        if n_shown == n
        else f"The {n_shown - 10} weakest and 10 strongest\nof {n} seen artists"
    )


# The pictures of likelihood ratios: how strong, how honest, and what more works bring.

_LOWEST = 1e-4
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
    lowest = _LOWEST if is_log else 0.0
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


# The pictures of further studies: a curve over k, a reliability picture, and an OSCR curve.


def draw_shots(rows: Sequence[Row], ax: Axes | None = None) -> Axes:
    """Draw the share of works named rightly over the number of works shown, the raw cosine's dashed.

    Parameters
    ----------
    rows
        Of any task; those of k-shot episodes are drawn.
    """
    ax = ax or _make_axes(4.8, 3.6)
    for metric, label, style in (
        (K_SHOT_METRIC, "model", "-"),
        (K_SHOT_METRIC + RAW_SUFFIX, "raw cosine", "--"),
    ):
        own = [row for row in rows if row.task == "k_shot" and row.metric == metric]
        shots = [read_shots(row) for row in own]
        values = 100 * np.array([[row.value, row.low, row.high] for row in own])  # (m, 3)
        colour = PARTS[own[0].part]
        ax.plot(shots, values[:, 0], style, color=colour, marker="o", markersize=4, label=label)
        ax.fill_between(shots, values[:, 1], values[:, 2], color=colour, alpha=0.12, linewidth=0)
    ax.set_xscale("log")
    ax.set_xticks(shots, [str(k) for k in shots])
    ax.minorticks_off()
    ax.set_ylim(0, 102)
    ax.set_xlabel("works shown of each new artist (k)")
    ax.set_ylabel("works named rightly (%)")
    ax.set_title(f"Unseen artists, {own[0].n:,} queries for each k, 95 % over artists")
    ax.legend(loc="lower right", frameon=False)
    return ax


def draw_attribution_reliability(table: FigureTable, ax: Axes | None = None) -> Axes:
    """Draw the share of right names over the probability given, bin by bin.

    Parameters
    ----------
    table
        As `reliability.tabulate_reliability` returns it.
    """
    ax = ax or _make_axes(4.8, 4.2)
    said, right, low, high = (
        100 * _numbers(table, name) for name in ("confidence_mean", "share_right", "low", "high")
    )
    ax.plot([0, 100], [0, 100], color=MUTED, linewidth=0.8, linestyle=":")
    ax.vlines(said, low, high, color=SEEN, alpha=0.5, linewidth=1.3)
    ax.plot(said, right, color=SEEN, marker="o", markersize=4, linewidth=1.2)
    ax.set(xlim=(0, 102), ylim=(0, 102))
    ax.set_xlabel("probability of the first name (%)")
    ax.set_ylabel("first names that are right (%)")
    n_works = int(_numbers(table, "n_works").sum())
    ax.set_title(f"Reliability, {n_works:,} works by seen artists, 95 % over artists")
    return ax


def draw_oscr(table: FigureTable, ax: Axes | None = None) -> Axes:
    """Draw the share of known works named rightly over the share of unknown works let in.

    Parameters
    ----------
    table
        As `open_set.open_set_rows` returns it.
    """
    ax = ax or _make_axes(4.8, 4.2)
    scoring = np.array(table.column("scoring"), dtype=object)
    accepted, right = (100 * _numbers(table, name) for name in ("unknown_accepted", "known_right"))
    for name in dict.fromkeys(scoring):
        own = scoring == name
        style, label = ("-", "score of the model") if name == "model" else ("--", str(name).replace("_", " "))
        ax.plot(accepted[own], right[own], style, color=UNSEEN, label=label)
    ax.set(xlim=(0, 102), ylim=(0, 102))
    ax.set_xlabel("works by unknown artists let in (%)")
    ax.set_ylabel("works by known artists let in and named rightly (%)")
    ax.set_title("Open set: OSCR curve")
    ax.legend(loc="lower right", frameon=False)
    return ax


def _numbers(table: FigureTable, name: str) -> NDArray[np.float64]:
    return np.array(table.column(name), dtype=np.float64)


def _make_axes(width_in: float, height_in: float) -> Axes:
    """Return axes of a new figure that no window knows of."""
    from matplotlib.figure import Figure

    axes: Axes = Figure(figsize=(width_in, height_in), layout="constrained").add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return axes
