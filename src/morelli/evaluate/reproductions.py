"""Boards and published protocols that can be run again, as `reproductions.yaml` lists them.

A protocol is a split, recipes, and figures that somebody has published; `published` sets ours beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field

from morelli.collection.filters import Filters
from morelli.collection.parts import Split
from morelli.collection.splits import draw_split
from morelli.errors import UsageError
from morelli.learn.recipe import Trainable

_FILE = Path(__file__).with_name("reproductions.yaml")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SplitRule(_Section):
    """How the works are divided; see `collection.splits.draw_split` and `collection.filters.Filters`."""

    kind: Literal["seen", "unseen", "official"]
    by: Literal["artist", "style"] = "artist"
    shares: tuple[float, float, float] | None = None
    largest: int | None = None
    max_works: int | None = None
    styles: tuple[int, int] | None = None

    def draw(self, works: pl.DataFrame, *, seed: int) -> Split:
        """Return the split of some works.

        Raises
        ------
        SplitError
            When there are too few of them.
        """
        filters = Filters(styles=self.styles, largest=self.largest, max_works=self.max_works)
        return draw_split(works, self.kind, seed=seed, by=self.by, filters=filters, shares=self.shares)


class PublishedFigure(_Section):
    """A number that somebody has published."""

    recipe: str = Field(description="Which recipe it is of.")
    measure: str = Field(description="Which of ours it is like.")
    value: float = Field(ge=0, le=1)
    source: str = Field(min_length=3, description="Where it stands.")
    note: str = ""


class Reproduction(_Section):
    """Something that can be run again."""

    kind: Literal["board", "protocol"]
    summary: str = Field(min_length=10)
    source: str = Field(description="The name of the collection that must be given.")
    split: SplitRule
    recipes: Literal["all"] | tuple[str, ...]
    seeds: int = Field(3, gt=0)
    trainable: Trainable | None = None
    epochs: int | None = None
    is_shared: bool = Field(False, description="Whether all learn from the stored vectors of one encoder.")
    changes: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="Fields of every recipe by section that are different."
    )
    needs_pairs: bool = Field(False, description="Whether a file of pairs must be given.")
    labels: tuple[Literal["style"], ...] = Field((), description="Labels to be named from the features.")
    published: tuple[PublishedFigure, ...] = ()
    differs: str = Field("", description="How our run differs from the published one.")


@cache
def list_reproductions() -> Mapping[str, Reproduction]:
    """Return all by name: boards first, in the order of the file."""
    entries = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {name: Reproduction.model_validate(entry) for name, entry in entries.items()}


def find_reproduction(name: str) -> Reproduction:
    """Return the one of a name.

    Raises
    ------
    UsageError
        When there is none.
    """
    known = list_reproductions()
    if name not in known:
        raise UsageError(
            name,
            expected=f"one of {', '.join(known)}",
            found=repr(name),
            remedy="see 'morelli reproduce --list'",
        )
    return known[name]
