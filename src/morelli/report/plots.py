"""The pictures of a report, each drawn from a table that is also a file beside the page.

Every function takes `ax=None`, draws on those axes or on new ones, and returns them; nothing is shown or
saved. `drawing` turns axes into something a page can hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform
from scipy.stats import norm

from morelli.evaluate.k_shot import ENROLLED_METRIC, K_SHOT_METRIC
from morelli.evaluate.metrics.words import RAW_SUFFIX
from morelli.evaluate.rows import ALL, Row
from morelli.report.drawing import DIFFERENT, INK, MUTED, PARTS, SAME, SEEN, UNSEEN, make_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MAX_ARTISTS = 120
"""Artists in the confusion picture; of more, those named rightly least often."""

_MAX_LABELS = 60
"""Artists up to which it carries names."""

_MAX_COUNTS = 30
"""Artists up to which its cells carry numbers."""

_MAX_DOTS = 40
"""Artists shown one by one; of more, the least and the most often recognised."""

_RATE_TICKS = np.array([0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8])
"""Error rates marked on the normal-deviate axes of a DET picture."""

_LOWEST = 1e-4
"""Probability at which the logarithmic axes begin; what is below stands there."""

_SCORES = {
    "cosine": "cosine in the model's space",
    "euclidean": "minus the distance of the outputs",
    "dot": "dot product of the outputs",
    "pearson": "correlation of the outputs",
    "same-argmax": "1 where both have one class",
    "network": "output of the pair network",
}


def draw_confusion(confusion: pl.DataFrame, artists: pl.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw who is taken for whom, each row as shares of one artist's works.

    Artists who are confused stand side by side. The diagonal is blue, everything else vermilion; a stronger
    colour is a larger share. Of many artists the least often recognised are drawn.
    """
    names, counts = _arrange_confusion(confusion, artists["artist"].head(_MAX_ARTISTS).to_list())
    c = len(names)
    side_in = float(np.clip(0.19 * c + 2.2, 4.5, 11.0)) if c <= _MAX_LABELS else 9.0
    ax = ax or make_axes(side_in, side_in)
    ax.imshow(_colour_shares(counts), interpolation="nearest", aspect="equal")
    ax.set_title(
        f"{counts.sum():,} works by {c} seen artists"
        + (", least often recognised" if c < len(artists) else "")
    )
    ax.set_xlabel("named as")
    ax.set_ylabel("true artist")
    if c <= _MAX_LABELS:
        _name_artists(ax, names)
    else:
        ax.set_xticks([])
        ax.set_yticks([])
    if c <= _MAX_COUNTS:
        _write_counts(ax, counts)
    return ax


def _arrange_confusion(confusion: pl.DataFrame, kept: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """Return some artists in an order that brings confused ones together, and (c, c) counts among them.

    The order is that of the leaves of an average-linkage tree over one minus the mean share of confusion.
    """
    names = [name for name in confusion["artist"].unique(maintain_order=True) if name in set(kept)]
    places = {name: place for place, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)), dtype=np.int64)
    sums = np.zeros(len(names))
    for artist, taken_for, n in confusion.iter_rows():
        if artist in places:
            sums[places[artist]] += n
            if taken_for in places:
                counts[places[artist], places[taken_for]] = n
    if len(names) < 3:
        return names, counts
    shares = counts / sums[:, None]
    distances = 1 - (shares + shares.T) / 2
    np.fill_diagonal(distances, 0.0)
    tree = linkage(squareform(distances, checks=False), method="average", optimal_ordering=True)
    order = leaves_list(tree)
    return [names[place] for place in order], counts[np.ix_(order, order)]


def draw_roc(curves: pl.DataFrame, rows: Sequence[Row], ax: Axes | None = None) -> Axes:
    """Draw the ROC curve of each part, the raw cosine's dashed; the rows give the areas of the legend."""
    ax = ax or make_axes(4.8, 4.8)
    ax.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=":")
    for part, scoring, curve in _split_curves(curves):
        is_raw = scoring == "raw_cosine"
        row = _find_area(rows, part, RAW_SUFFIX if is_raw else "")
        name = f"{part}, raw cosine" if is_raw else f"{part} artists"
        ax.plot(
            curve["false_positive_rate"],
            curve["true_positive_rate"],
            color=PARTS[part],
            linewidth=1.2 if is_raw else 1.8,
            linestyle="--" if is_raw else "-",
            label=f"{name}  {row.value:.3f} [{row.low:.3f}, {row.high:.3f}]",
        )
    ax.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    ax.set_xlabel("different hands called the same (share of pairs)")
    ax.set_ylabel("same hand recognised (share of pairs)")
    ax.set_title(f"ROC: {_count_pairs(curves, rows)}")
    ax.legend(loc="lower right", frameon=False, title="area [95 % interval over artists]", alignment="left")
    return ax


def draw_det(curves: pl.DataFrame, rows: Sequence[Row], ax: Axes | None = None) -> Axes:
    """Draw misses against false alarms on normal-deviate axes (DET), the raw cosine's dashed.

    After Martin et al. (1997), The DET curve in assessment of detection task performance.
    """
    ax = ax or make_axes(4.8, 4.8)
    ends = norm.ppf([0.001, 0.85])
    ax.plot(ends, ends, color=MUTED, linewidth=0.8, linestyle=":")
    for part, scoring, curve in _split_curves(curves):
        is_raw = scoring == "raw_cosine"
        inner = curve.filter((pl.col("false_positive_rate") > 0) & (pl.col("miss_rate") > 0))
        ax.plot(
            norm.ppf(inner["false_positive_rate"].to_numpy()),
            norm.ppf(inner["miss_rate"].to_numpy()),
            color=PARTS[part],
            linewidth=1.2 if is_raw else 1.8,
            linestyle="--" if is_raw else "-",
        )
    ticks = norm.ppf(_RATE_TICKS)
    names = [f"{100 * rate:g} %" for rate in _RATE_TICKS]
    ax.set_xticks(ticks, names, rotation=90)
    ax.set_yticks(ticks, names)
    ax.set(xlim=ends, ylim=ends, aspect="equal")
    ax.grid(color=MUTED, alpha=0.2, linewidth=0.5)
    ax.set_xlabel("false alarms (of pairs by different hands)")
    ax.set_ylabel("misses (of pairs by the same hand)")
    ax.set_title(f"DET: {_count_pairs(curves, rows)}")
    return ax


def draw_scores(scores: pl.DataFrame, kind: str = "cosine", ax: Axes | None = None) -> Axes:
    """Draw how the scores of both kinds of pairs of one part are distributed; `kind` is that of the score."""
    ax = ax or make_axes(4.8, 3.0)
    edges = np.array([*scores["score_low"], scores["score_high"][-1]])
    both = {name: scores[name].to_numpy() for name in ("n_different", "n_same")}
    kinds = (("different hands", "n_different", DIFFERENT), ("same hand", "n_same", SAME))
    for name, column, colour in kinds:
        counts = both[column]
        shares = 100 * counts / counts.sum()
        ax.stairs(shares, edges, fill=True, color=colour, alpha=0.3)
        ax.stairs(shares, edges, color=colour, linewidth=1.4, label=f"{name}, n = {counts.sum():,}")
    occupied = np.flatnonzero(both["n_same"] + both["n_different"])
    ax.set_xlim(edges[occupied[0]], edges[occupied[-1] + 1])
    ax.set_ylim(0, 1.3 * ax.dataLim.y1)  # space for the legend
    ax.set_xlabel(f"score of the pair ({_SCORES[kind]})")
    ax.set_ylabel("pairs per 0.02 (%)")
    n_pairs = sum(int(counts.sum()) for counts in both.values())
    ax.set_title(f"Scores, {scores['part'][0]} artists, {n_pairs:,} pairs")
    ax.legend(loc="upper right", frameon=False)
    return ax


def draw_recall(recall: pl.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw recall at 1, 5 and 10 with its intervals, seen beside unseen artists."""
    ax = ax or make_axes(4.8, 3.6)
    parts = _split_parts(recall)
    width = 0.36
    for place, (part, own) in enumerate(parts.items()):
        x = np.arange(len(own)) + (place - (len(parts) - 1) / 2) * (width + 0.04)
        values = 100 * own.select("value", "low", "high").to_numpy()  # (3, 3)
        label = f"{part}, n = {own['n_queries'][0]:,}"
        ax.bar(x, values[:, 0], width, color=PARTS[part], alpha=0.85, label=label)
        ax.vlines(x, values[:, 1], values[:, 2], color=INK, linewidth=1.3)
        for left, (value, _, high) in zip(x, values, strict=True):
            ax.annotate(
                f"{value:.0f}", (left, high), (0, 3), textcoords="offset points", ha="center", fontsize=8
            )
    depths = [metric.removeprefix("recall_at_") for metric in next(iter(parts.values()))["metric"]]
    ax.set_xticks(range(len(depths)), depths)
    ax.set_ylim(0, 112)
    ax.set_yticks(range(0, 101, 20))
    ax.set_xlabel("nearest works looked at (k)")
    ax.set_ylabel("queries with a right work (%)")
    ax.set_title("Recall at k, with 95 % intervals over artists")
    ax.legend(loc="upper left", frameon=False, ncols=2)
    return ax


def draw_artists(artists: pl.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw how often each artist is named rightly, with Wilson intervals.

    Of more than 40 artists the 30 least and the 10 most often recognised are drawn.
    """
    n = len(artists)
    shown = artists if n <= _MAX_DOTS else pl.concat([artists.head(30), artists.tail(10)])
    ax = ax or make_axes(4.8, 0.19 * len(shown) + 1.1)
    y = np.arange(len(shown))[::-1]
    values = 100 * shown.select("accuracy", "low", "high").to_numpy()  # (c, 3)
    ax.hlines(y, values[:, 1], values[:, 2], color=SEEN, alpha=0.45, linewidth=1.3)
    ax.scatter(values[:, 0], y, color=SEEN, s=18, zorder=3)
    title = f"{n} seen artists"
    if len(shown) < n:
        ax.axhline(9.5, color=MUTED, linewidth=0.8, linestyle=":")
        title = f"The {len(shown) - 10} weakest and 10 strongest\nof {n} seen artists"
    labels = [f"{name}  n = {count}" for name, count in shown.select("artist", "n_works").iter_rows()]
    ax.set_yticks(y, labels, fontsize=8, parse_math=False)
    ax.set(xlim=(-2, 102), ylim=(-0.8, len(shown) - 0.2))
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("works named rightly (%)")
    ax.set_title(f"{title}, {artists['n_works'].sum():,} works")
    return ax


def draw_tippett(tippett: pl.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw how many pairs of each kind of one part have evidence at least so strong."""
    ax = ax or make_axes(4.8, 3.4)
    ax.axvline(0, color=MUTED, linewidth=0.8, linestyle=":")
    for name, column, colour in (
        ("same hand", "share_same", SAME),
        ("different hands", "share_different", DIFFERENT),
    ):
        shares = 100 * tippett[column].to_numpy()
        strengths = tippett["log10_likelihood_ratio"]
        ax.step(strengths, shares, where="pre", color=colour, linewidth=1.6, label=name)
    ax.set_ylim(-2, 102)
    ax.set_xlabel("log10 likelihood ratio of at least")
    ax.set_ylabel("pairs (%)")
    ax.set_title(f"Tippett: evidence for one hand, {tippett['part'][0]} artists")
    ax.legend(loc="lower left", frameon=False)
    return ax


def draw_reliability(reliability: pl.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw predicted probabilities beside observed shares at one prior; below 0.1 on logarithmic axes."""
    ax = ax or make_axes(4.4, 4.4)
    prior = reliability["prior"][0]
    is_log = prior < 0.1
    lowest = _LOWEST if is_log else 0.0
    ax.plot([lowest, 1], [lowest, 1], color=MUTED, linewidth=0.8, linestyle=":")
    for part, own in _split_parts(reliability).items():
        x, y = (np.maximum(own[name].to_numpy(), lowest) for name in ("predicted", "observed"))
        ax.plot(
            x, y, color=PARTS[part], marker="o", markersize=4, linewidth=1.2, clip_on=False,
            label=f"{part} artists",
        )  # fmt: skip
    if is_log:
        ax.set_xscale("log")
        ax.set_yscale("log")
    ax.set(xlim=(lowest, 1), ylim=(lowest, 1), aspect="equal")
    ax.set_xlabel("probability of one hand, as given")
    ax.set_ylabel("pairs by the same hand (share)")
    ax.set_title(f"Reliability at a prior of {100 * prior:g} %")
    ax.legend(loc="upper left", frameon=False)
    return ax


def draw_cross_entropy(entropies: pl.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw the empirical cross-entropy of one part over the prior odds."""
    ax = ax or make_axes(4.8, 3.6)
    colour = PARTS[entropies["part"][0]]
    for column, label, style, own in (
        ("entropy", "the ratios as given", "-", colour),
        ("entropy_best", "best calibrated in hindsight", "--", colour),
        ("entropy_without", "without ratios", ":", MUTED),
    ):
        ax.plot(entropies["log10_prior_odds"], entropies[column], style, color=own, label=label)
    ax.axvline(0, color=MUTED, linewidth=0.6)
    ax.set_ylim(0, None)
    ax.set_xlabel("log10 of the prior odds for one hand")
    ax.set_ylabel("bits that are lacking to know the truth")
    ax.set_title(f"Empirical cross-entropy, {entropies['part'][0]} artists")
    ax.legend(loc="upper right", frameon=False)
    return ax


def draw_sets(sets: pl.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw the area under the ROC curve against the works in each set, with intervals."""
    ax = ax or make_axes(4.8, 3.2)
    areas = sets.filter(pl.col("metric") == "roc_auc")
    for part, own in _split_parts(areas).items():
        values = own.select("value", "low", "high").to_numpy()
        shifted = own["n_works"].to_numpy() + (0.03 if part == "unseen" else -0.03)
        label = f"{part} artists, n = {own['n_pairs'][0]:,}"
        ax.plot(shifted, values[:, 0], color=PARTS[part], marker="o", markersize=5, label=label)
        ax.vlines(shifted, values[:, 1], values[:, 2], color=PARTS[part], linewidth=1.3, alpha=0.6)
    ax.set_xticks(areas["n_works"].unique().sort().to_list())
    ax.set_xlabel("works in each of the two sets")
    ax.set_ylabel("area under the ROC curve")
    ax.set_title("More works at a time, with 95 % intervals")
    ax.legend(loc="lower right", frameon=False)
    return ax


def draw_shots(shots: pl.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw the share of works named rightly over the works shown (k), the raw cosine's dashed."""
    ax = ax or make_axes(4.8, 3.6)
    colour = PARTS[shots["part"][0]]
    for metric, label, style in (
        (ENROLLED_METRIC, "enrolled, among all artists known", "-"),
        (K_SHOT_METRIC, "among the new artists alone", "-."),
        (K_SHOT_METRIC + RAW_SUFFIX, "the same by the raw cosine", "--"),
    ):
        own = shots.filter(pl.col("metric") == metric)
        if own.is_empty():
            continue  # the model cannot enrol
        values = 100 * own.select("value", "low", "high").to_numpy()  # (m, 3)
        ax.plot(own["k"], values[:, 0], style, color=colour, marker="o", markersize=4, label=label)
        ax.fill_between(own["k"], values[:, 1], values[:, 2], color=colour, alpha=0.12, linewidth=0)
    ax.set_xscale("log")
    shown = shots["k"].unique().sort().to_list()
    ax.set_xticks(shown, [str(k) for k in shown])
    ax.minorticks_off()
    ax.set_ylim(0, 102)
    ax.set_xlabel("works shown of each new artist (k)")
    ax.set_ylabel("works named rightly (%)")
    ax.set_title(f"Unseen artists, {shots['n_queries'][0]:,} queries for each k, 95 % over artists")
    ax.legend(loc="lower right", frameon=False)
    return ax


def draw_attribution_reliability(bins: pl.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw the share of right names over the probability given, bin by bin."""
    ax = ax or make_axes(4.8, 4.2)
    columns = ("confidence_mean", "share_right", "low", "high")
    given, right, low, high = (100 * bins[name].to_numpy() for name in columns)
    ax.plot([0, 100], [0, 100], color=MUTED, linewidth=0.8, linestyle=":")
    ax.vlines(given, low, high, color=SEEN, alpha=0.5, linewidth=1.3)
    ax.plot(given, right, color=SEEN, marker="o", markersize=4, linewidth=1.2)
    ax.set(xlim=(0, 102), ylim=(0, 102))
    ax.set_xlabel("probability of the first name (%)")
    ax.set_ylabel("first names that are right (%)")
    ax.set_title(f"Reliability, {bins['n_works'].sum():,} works by seen artists, 95 % over artists")
    return ax


def draw_oscr(oscr: pl.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw the share of known works named rightly over the share of unknown works let in."""
    ax = ax or make_axes(4.8, 4.2)
    for (name,), own in oscr.group_by("scoring", maintain_order=True):
        style, label = ("-", "score of the model") if name == "model" else ("--", str(name).replace("_", " "))
        accepted, right = (100 * own[column].to_numpy() for column in ("unknown_accepted", "known_right"))
        ax.plot(accepted, right, style, color=UNSEEN, label=label)
    ax.set(xlim=(0, 102), ylim=(0, 102))
    ax.set_xlabel("works by unknown artists let in (%)")
    ax.set_ylabel("works by known artists let in and named rightly (%)")
    ax.set_title("Open set: OSCR curve")
    ax.legend(loc="lower right", frameon=False)
    return ax


def _split_parts(table: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the rows of each part, seen first."""
    own = {part: table.filter(pl.col("part") == part) for part in PARTS}
    return {part: rows for part, rows in own.items() if not rows.is_empty()}


def _split_curves(curves: pl.DataFrame) -> list[tuple[str, str, pl.DataFrame]]:
    """Return part, scoring and points of each curve."""
    groups = curves.group_by("part", "scoring", maintain_order=True)
    return [(str(part), str(scoring), curve) for (part, scoring), curve in groups]


def _find_area(rows: Sequence[Row], part: str, suffix: str = "") -> Row:
    key = f"comparison/{part}/{ALL}/roc_auc{suffix}"
    return next(row for row in rows if row.key == key)


def _count_pairs(curves: pl.DataFrame, rows: Sequence[Row]) -> str:
    counts = [f"{_find_area(rows, part).n:,} {part}" for part in _split_parts(curves)]
    return "pairs of works, " + ", ".join(counts)


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
