"""How well artist or style can be told from what is not paint, and what a split lets through.

A collection whose pictures give their label away by file size, margins or source teaches a model the camera
and not the hand. So a small classifier is given only such traits; what it gets right above chance, any larger
one can get right for the wrong reason.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import binomtest
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.model_selection import StratifiedGroupKFold

from morelli.collection.splits import Split
from morelli.settings import Progress

_TRAITS: dict[str, tuple[str, ...]] = {
    "file size": ("size_bytes", "bytes_per_pixel"),
    "dimensions": ("width", "height", "aspect"),
    "saving": ("luma_table", "chroma_table", "is_jpeg"),
    "border": ("edge_l", "edge_a", "edge_b", "edge_spread", "frame_sides"),
    "source": ("source_code",),
    "colour cast": ("mean_l", "mean_a", "mean_b"),
}
"""What each classifier is given; "all" is given everything."""

_WORKS_PER_LABEL = 20
"""Works drawn of each label, so that common and rare ones count alike; labels with fewer than `MIN_WORKS` do
not take part."""

MIN_WORKS, N_FOLDS, N_TREES = 6, 3, 100
_N_EXAMPLES = 5  # of a leak

WARN_SKILL, WARN_P = 0.1, 1e-3
"""From this skill on, and below this probability of chance, a warning goes into every later report."""


@dataclass(frozen=True)
class Shortcut:
    """How well one label is told from one kind of trait."""

    label: str  # "artist" or "style"
    trait: str  # a key of `_TRAITS`, or "all"
    accuracy: float  # share of works, by three-fold cross-validation with near-duplicates together
    chance: float  # what always naming the most frequent label would reach
    p_value: float  # of a binomial test; a group counts once: its works are no further evidence
    n_works: int
    n_labels: int

    @property
    def skill(self) -> float:
        """What is told above chance, as a share of what chance leaves: 0 chance, 1 all told."""
        return (self.accuracy - self.chance) / (1 - self.chance)

    @property
    def is_warning(self) -> bool:
        """Whether later reports should speak of it."""
        return self.skill >= WARN_SKILL and self.p_value < WARN_P

    @property
    def warning(self) -> str:
        """One sentence for a report."""
        told = "everything but paint together" if self.trait == "all" else self.trait
        return (
            f"{self.label} can be told from {told} in {self.accuracy:.0%} of works "
            f"({self.chance:.0%} by chance, {self.n_labels} {self.label}s)"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the fields and the skill as a JSON object."""
        return {**asdict(self), "skill": round(self.skill, 4)}


def find_shortcuts(
    works: pl.DataFrame,
    label: str,
    groups: NDArray[np.int64],
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Shortcut]:
    """Return how well a label is told from each kind of trait that varies at all, and from all.

    label: "artist" or "style"; works: columns size_bytes, width, height, source, those of
    `Inspection.to_row`, and the label, of which the first counts; groups: (n,) near-duplicate group of each.
    There are none when fewer than two labels have six works, or these make fewer groups than folds.
    """
    drawn = _draw_works(works.with_columns(group=pl.Series(groups)), label, seed)
    if drawn["label"].n_unique() < 2 or drawn["group"].n_unique() < N_FOLDS:
        return []
    table = _derive_traits(drawn)
    shortcuts = []
    for trait, columns in {**_TRAITS, "all": tuple(c for part in _TRAITS.values() for c in part)}.items():
        values = table.select(columns).to_numpy()
        if (values == values[0]).all():
            continue  # one source, or all files of one size: nothing to tell by
        if progress is not None:
            progress(f"{label} by {trait}", 0, 0)
        is_right = _predict_labels(values, drawn["label"], drawn["group"], seed)
        shortcuts.append(_sum_up(label, trait, drawn.with_columns(right=pl.Series(is_right))))
    return shortcuts


def _draw_works(works: pl.DataFrame, label: str, seed: int) -> pl.DataFrame:
    named = works.with_columns(label=pl.col(label).str.split("|").list.first()).drop_nulls("label").sort("id")
    rng = np.random.default_rng(seed)
    shuffled = named[rng.permutation(len(named))]
    counted = shuffled.with_columns(n=pl.len().over("label"), rank=pl.int_range(pl.len()).over("label"))
    return counted.filter((pl.col("n") >= MIN_WORKS) & (pl.col("rank") < _WORKS_PER_LABEL)).sort(
        "label", "id"
    )


def _derive_traits(works: pl.DataFrame) -> pl.DataFrame:
    return works.with_columns(
        bytes_per_pixel=pl.col("size_bytes") / (pl.col("width") * pl.col("height")),
        aspect=pl.col("width") / pl.col("height"),
        is_jpeg=(pl.col("luma_table") > 0).cast(pl.Int8),
        source_code=pl.col("source").fill_null("").rank("dense"),
    )


def _predict_labels(
    values: NDArray[np.float64], labels: pl.Series, groups: pl.Series, seed: int
) -> NDArray[np.bool_]:
    """Return for which works trees that were trained on other groups predict the label."""
    codes = labels.rank("dense").to_numpy().astype(np.int64)
    is_right = np.zeros(len(codes), dtype=np.bool_)
    folds = StratifiedGroupKFold(N_FOLDS, shuffle=True, random_state=seed)
    for train, test in folds.split(values, codes, groups.to_numpy()):
        if len(test) and len(train):  # few large groups may leave a fold empty
            trees = ExtraTreesClassifier(N_TREES, min_samples_leaf=2, random_state=seed, n_jobs=-1)
            is_right[test] = trees.fit(values[train], codes[train]).predict(values[test]) == codes[test]
    return is_right


def _sum_up(label: str, trait: str, told: pl.DataFrame) -> Shortcut:
    """Return the result for one trait, of works with their label, group, and whether it was told right."""
    sizes = told["label"].value_counts()["count"]
    chance = int(sizes.max()) / len(told)  # type: ignore[arg-type]
    by_group = told.group_by("group").agg(pl.col("right").mean())["right"]
    test = binomtest(round(by_group.sum()), len(by_group), chance, alternative="greater")
    accuracy = int(told["right"].sum()) / len(told)
    return Shortcut(label, trait, accuracy, chance, float(test.pvalue), len(told), len(sizes))


@dataclass(frozen=True)
class Leak:
    """One way in which parts of a split are not apart."""

    kind: str  # "group", "link", "artist" or "source"
    meaning: str  # a sentence without a full stop
    n: int  # groups, pairs, artists or sources on both sides
    n_works: int  # of the measured parts
    examples: tuple[str, ...]  # ids, or names
    is_fault: bool  # whether it makes numbers wrong, rather than narrower than they sound

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a JSON object."""
        return asdict(self)


def find_leaks(split: Split, works: pl.DataFrame, links: pl.DataFrame) -> list[Leak]:
    """Return what stands on both sides of a split; columns of links are left, right (ids) and relation.

    Groups and links that cross parts are faults of every split; artists in several parts only where the split
    sets out to keep them apart; sources are told, because most collections have but one.
    """
    table = split.table.join(works.select("id", "source", "group_id"), on="id", how="left")
    leaks = [
        _find_shared(table, "group_id", "groups of works that show the same painting", is_fault=True),
        _find_links(split, links),
        _find_shared(table, "artist", "artists", is_fault=split.kind == "unseen"),
        _find_shared(table, "source", "sources", is_fault=split.kind == "source"),
    ]
    return [leak for leak in leaks if leak.n]


def _find_shared(table: pl.DataFrame, column: str, what: str, *, is_fault: bool) -> Leak:
    measured = table.filter(pl.col("part") != "train").drop_nulls(column)
    learnt = table.filter(pl.col("part") == "train").drop_nulls(column)
    shared = measured.join(learnt.select(column).unique(), on=column)
    names = shared[column].unique().sort().to_list()
    meaning = f"{what} on both sides of the split"
    return Leak(
        column.removesuffix("_id"), meaning, len(names), len(shared), tuple(names[:_N_EXAMPLES]), is_fault
    )


def _find_links(split: Split, links: pl.DataFrame) -> Leak:
    parts = split.table.select("id", "part")
    crossing = (
        links.filter(pl.col("relation") != "similar")
        .join(parts.rename({"id": "left", "part": "left_part"}), on="left")
        .join(parts.rename({"id": "right", "part": "right_part"}), on="right")
        .filter(pl.col("left_part") != pl.col("right_part"))
        .sort("left", "right")
    )
    first = crossing.select("left", "right").head(_N_EXAMPLES)
    examples = tuple(f"{left} {right}" for left, right in first.iter_rows())
    meaning = "pairs of works that show the same painting in different parts"
    sides = (crossing.select(id=side, part=f"{side}_part") for side in ("left", "right"))
    measured = pl.concat(sides).filter(pl.col("part") != "train")
    return Leak("link", meaning, len(crossing), measured["id"].n_unique(), examples, is_fault=True)
