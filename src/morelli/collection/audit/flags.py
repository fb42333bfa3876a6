"""Doubts about a picture, each a measure over a threshold: raised and shown, never acted upon unasked."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from morelli.collection.work import LABEL_SEPARATOR


@dataclass(frozen=True)
class Flag:
    """One doubt about a picture.

    Parameters
    ----------
    name
        As ``--drop`` takes it.
    measure
        The column it looks at.
    threshold
        In units of the measure.
    is_below
        Whether values below the threshold raise it, rather than values from it on.
    meaning
        What it says of a picture, a sentence without a full stop.
    """

    name: str
    measure: str
    threshold: float
    is_below: bool
    meaning: str

    @property
    def condition(self) -> pl.Expr:
        """The condition over a table of measures."""
        column = pl.col(self.measure)
        return column < self.threshold if self.is_below else column >= self.threshold

    @property
    def rule(self) -> str:
        """The condition as people write it: ``sharpness < 0.06``."""
        return f"{self.measure} {'<' if self.is_below else '>='} {self.threshold:g}"


FLAGS: dict[str, Flag] = {
    flag.name: flag
    for flag in (
        Flag("tiny", "short_side", 128, True, "too small to show brushwork"),
        Flag("strip", "stretch", 6, False, "more than six times as long as wide: a frieze, or a cut-out"),
        Flag("blurred", "sharpness", 0.06, True, "soft, or enlarged from a smaller picture"),
        Flag("blank", "contrast", 9, True, "nearly one single tone"),
        Flag("greyscale", "colour_spread", 1.5, True, "a reproduction, or a work, in one ink"),
        Flag("frame", "frame_sides", 3, False, "a frame, a mount or a wall around the painting"),
        Flag("colour-bar", "bar_patches", 6, False, "a colour bar beside the painting"),
        Flag("text", "text_share", 0.7, False, "a caption or a text border beside the painting"),
    )
}
"""All flags by name. Thresholds were chosen on real reproductions; see docs/audit.md."""


def raise_flags(measures: pl.DataFrame) -> pl.DataFrame:
    """Return the flags of each work.

    Parameters
    ----------
    measures
        Columns id, width, height and those of `Measures`.

    Returns
    -------
    flags
        Columns id and flags: names joined by ``|``, null where nothing is to be said.
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
