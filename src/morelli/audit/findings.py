"""The doubts about a picture, and what an audit found: stored, printed and drawn from here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from morelli.audit.shortcuts import Leak, Shortcut
from morelli.collection.duplicates.links import RELATIONS
from morelli.collection.work import LABEL_SEPARATOR


@dataclass(frozen=True)
class _Flag:
    """One doubt about a picture: raised and shown, never acted upon unless asked."""

    name: str  # as ``--drop`` takes it
    measure: str  # the column it looks at
    threshold: float  # in units of the measure
    is_below: bool  # whether values below the threshold raise it, or else those from it on
    meaning: str  # a sentence without a full stop

    @property
    def condition(self) -> pl.Expr:
        """The condition over a table of measures."""
        column = pl.col(self.measure)
        return column < self.threshold if self.is_below else column >= self.threshold

    @property
    def rule(self) -> str:
        """The condition as people write it: ``sharpness < 0.06``."""
        return f"{self.measure} {'<' if self.is_below else '>='} {self.threshold:g}"


FLAGS: dict[str, _Flag] = {
    flag.name: flag
    for flag in (
        _Flag("tiny", "short_side", 128, True, "too small to show brushwork"),
        _Flag("strip", "stretch", 6, False, "more than six times as long as wide: a frieze, or a cut-out"),
        _Flag("blurred", "sharpness", 0.06, True, "soft, or enlarged from a smaller picture"),
        _Flag("blank", "contrast", 9, True, "nearly one single tone"),
        _Flag("greyscale", "colour_spread", 1.5, True, "a reproduction, or a work, in one ink"),
        _Flag("frame", "frame_sides", 3, False, "a frame, a mount or a wall around the painting"),
        _Flag("colour-bar", "bar_patches", 6, False, "a colour bar beside the painting"),
        _Flag("text", "text_share", 0.7, False, "a caption or a text border beside the painting"),
    )
}
"""All flags by name. Thresholds were chosen on real reproductions; see docs/audit.md."""


def raise_flags(measures: pl.DataFrame) -> pl.DataFrame:
    """Return the flags of each work: columns id and flags, names joined by ``|`` or null.

    measures: columns id, width, height and those of `Measures`.
    """
    sides = measures.with_columns(
        short_side=pl.min_horizontal("width", "height"),
        stretch=pl.max_horizontal("width", "height") / pl.min_horizontal("width", "height"),
    )
    names = [pl.when(flag.condition).then(pl.lit(name)) for name, flag in FLAGS.items()]
    joined = pl.concat_str(names, separator=LABEL_SEPARATOR, ignore_nulls=True)
    return sides.select("id", flags=pl.when(joined != "").then(joined))


def has_flag(name: str) -> pl.Expr:
    """Return the condition that a work has a flag, over a column flags."""
    return pl.col("flags").str.split(LABEL_SEPARATOR).list.contains(name)


LINK_SCHEMA = pl.Schema(
    {
        "left": pl.String(),
        "right": pl.String(),
        "relation": pl.String(),
        "inliers": pl.Int32(),
        "correlation": pl.Float32(),
        "left_share": pl.Float32(),
        "right_share": pl.Float32(),
    }
)
"""Columns of the links of a gallery: work ids, then the fields of `Link`."""


@dataclass(frozen=True, eq=False)
class Audit:
    """What an audit found."""

    collection: str
    works: pl.DataFrame  # with artist, style, path, group_id, flags and all measures
    links: pl.DataFrame  # `LINK_SCHEMA`; both works are in `works`
    shortcuts: tuple[Shortcut, ...]
    skips: pl.DataFrame  # path, stage, reason: what could not be used, or was dropped
    leaks: tuple[Leak, ...] = ()
    split: str = ""  # whose leaks they are; empty without one
    seconds: float = 0.0  # wall time
    # what classes are counted of
    columns: tuple[str, ...] = field(default=("artist", "style", "genre", "century"))

    @property
    def warnings(self) -> list[str]:
        """Sentences that every later report of the collection should carry."""
        worst: dict[str, Shortcut] = {}
        for shortcut in self.shortcuts:
            known = worst.get(shortcut.label)
            if shortcut.is_warning and (known is None or shortcut.skill > known.skill):
                worst[shortcut.label] = shortcut
        return [shortcut.warning for shortcut in worst.values()]

    @property
    def conflicts(self) -> pl.DataFrame:
        """The links that join works of two artists: at least one of the labels is wrong, or a copy's."""
        artists = self.works.select("id", "artist")
        joined = self.links.filter(pl.col("relation") != "similar")
        joined = joined.join(artists.rename({"id": "left", "artist": "left_artist"}), on="left")
        joined = joined.join(artists.rename({"id": "right", "artist": "right_artist"}), on="right")
        return joined.filter(pl.col("left_artist") != pl.col("right_artist")).sort("left", "right")

    def count_groups(self) -> tuple[int, int]:
        """Return the number of groups of two works or more, and of the works in them."""
        sizes = self.works.drop_nulls("group_id").group_by("group_id").len()["len"]
        joined = sizes.filter(sizes > 1)  # of some groups all but one work may have been dropped
        return len(joined), int(joined.sum())

    def count_relations(self) -> dict[str, int]:
        """Return how many links there are of each relation."""
        return {name: int((self.links["relation"] == name).sum()) for name in RELATIONS}

    def count_flags(self) -> dict[str, int]:
        """Return how many works have each flag."""
        return {name: len(self.works.filter(has_flag(name))) for name in FLAGS}

    def count_classes(self, column: str) -> pl.DataFrame:
        """Return works per artist, style, genre or century: columns name and works, most first.

        A work with several labels counts for each.
        """
        if column == "century":
            names = self.works.select(name=((pl.col("year") - 1) // 100 + 1).cast(pl.String))
        else:
            names = self.works.select(name=pl.col(column).str.split("|")).explode("name")
        counts = names.drop_nulls().group_by("name").agg(works=pl.len().cast(pl.Int64))
        return counts.sort(["works", "name"], descending=[True, False])

    def to_dict(self) -> dict[str, Any]:
        """Return the counts and warnings as a JSON object, without the works and links themselves."""
        n_groups, n_grouped = self.count_groups()
        return {
            "collection": self.collection,
            "works": len(self.works),
            "groups": n_groups,
            "works_in_groups": n_grouped,
            "links": self.count_relations(),
            "conflicts": self.conflicts.select("left", "right", "left_artist", "right_artist").to_dicts(),
            "flags": self.count_flags(),
            "classes": {column: len(self.count_classes(column)) for column in self.columns},
            "shortcuts": [shortcut.to_dict() for shortcut in self.shortcuts],
            "warnings": self.warnings,
            "split": self.split,
            "leaks": [leak.to_dict() for leak in self.leaks],
            "skips": len(self.skips),
            "seconds": round(self.seconds, 1),
        }
