"""Boards and published protocols that can be run again, as `reproductions.yaml` lists them.

Published figures stand with ours beside them, as tables and on disk.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field

from morelli.bench.board import Board
from morelli.bench.legacy import LEGACY_METRICS
from morelli.bench.tables import BoardTable
from morelli.collection.splits import draw_split
from morelli.collection.splits.filters import Filters
from morelli.collection.splits.split import Split
from morelli.errors import UsageError
from morelli.evaluate.metrics.intervals import Interval
from morelli.files import replace_files, write_file
from morelli.learn.recipe import Trainable

_FILE = Path(__file__).with_name("reproductions.yaml")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _SplitRule(_Section):
    """How the works are divided; see `collection.splits.draw_split` and `collection.filters.Filters`."""

    kind: Literal["seen", "unseen", "official"]
    by: Literal["artist", "style"] = "artist"
    shares: tuple[float, float, float] | None = None
    largest: int | None = None
    max_works: int | None = None
    styles: tuple[int, int] | None = None

    def draw(self, works: pl.DataFrame, *, seed: int) -> Split:
        """Return the split of some works."""
        filters = Filters(styles=self.styles, largest=self.largest, max_works=self.max_works)
        return draw_split(works, self.kind, seed=seed, by=self.by, filters=filters, shares=self.shares)


class _PublishedFigure(_Section):
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
    split: _SplitRule
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
    needs_search: bool = Field(False, description="Whether test works are searched among the train works.")
    published: tuple[_PublishedFigure, ...] = ()
    differs: str = Field("", description="How our run differs from the published one.")


@cache
def list_reproductions() -> Mapping[str, Reproduction]:
    """Return all by name: boards first, in the order of the file."""
    entries = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {name: Reproduction.model_validate(entry) for name, entry in entries.items()}


def find_reproduction(name: str) -> Reproduction:
    """Return the one of a name."""
    known = list_reproductions()
    if name not in known:
        raise UsageError(
            name,
            expected=f"one of {', '.join(known)}",
            found=repr(name),
            remedy="see 'morelli reproduce --list'",
        )
    return known[name]


Further = Mapping[tuple[str, str], Interval]
"""By recipe and measure: numbers that do not stand on the board."""


@dataclass(frozen=True)
class _Beside:
    """A published figure and ours; of further recipes on the same works ours stands alone."""

    recipe: str
    measure: str
    published: float | None  # None where nobody has published one
    ours: Interval | None  # mean over seeds; None where it was not measured
    source: str = ""  # of the published figure
    note: str = ""

    @property
    def difference(self) -> float | None:
        """Ours minus the published figure, where there are both."""
        both = self.ours is not None and self.published is not None
        return self.ours.value - self.published if both else None  # type: ignore[union-attr, operator]

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        fields = {key: value for key, value in asdict(self).items() if key != "ours"}
        return {**fields, "ours": self.ours and self.ours.to_dict(), "difference": self.difference}


@dataclass(frozen=True)
class Reproduced:
    """A protocol that was run again: all that was measured, and published figures with ours."""

    name: str
    board: Board
    lines: tuple[_Beside, ...] = field(default=())
    differs: str = ""  # how our run differs from the published one

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {
            "name": self.name,
            "published": [line.to_dict() for line in self.lines],
            "differs": self.differs,
            "board": self.board.to_dict(),
        }


def set_beside(reproduction: Reproduction, board: Board, further: Further) -> tuple[_Beside, ...]:
    """Return the published figures with ours, and behind them ours for the other recipes of the board.

    further: numbers that do not stand on the board.
    """
    ours: dict[tuple[str, str], Interval] = {
        **{
            (line.label, name): figure.interval
            for line in board.lines
            for name, figure in line.figures.items()
        },
        **further,
    }
    published = [
        _Beside(one.recipe, one.measure, one.value, ours.get((one.recipe, one.measure)), one.source, one.note)
        for one in reproduction.published
    ]
    asked = {(one.recipe, one.measure) for one in reproduction.published}
    measures = dict.fromkeys((*(one.measure for one in reproduction.published), *LEGACY_METRICS))
    others = [
        _Beside(line.label, measure, None, ours[line.label, measure])
        for measure in measures
        for line in board.lines
        if (line.label, measure) in ours and (line.label, measure) not in asked
    ]
    return (*published, *others)


def write_reproduced(reproduced: Reproduced, folder: Path) -> Path:
    """Write what was found, and return the path of the Markdown."""
    text = json.dumps(reproduced.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    parts = [f"## {reproduced.name}\n", tabulate_beside(reproduced).to_markdown()]
    if reproduced.differs:
        parts.append(f"Where ours differs: {reproduced.differs}.\n")
    with replace_files(folder, ("published.json", "published.md")) as part:
        write_file(part / "published.json", text + "\n")
        write_file(part / "published.md", "\n".join(parts))
    return folder / "published.md"


def tabulate_beside(reproduced: Reproduced) -> BoardTable:
    """Return a line for each published figure with ours beside it, then ours of the other recipes."""
    columns = ("recipe", "measure", "published", "ours", "95 % interval", "difference", "where published")
    return BoardTable(
        f"{reproduced.name}: published and ours",
        columns,
        tuple(_write_line(line) for line in reproduced.lines),
    )


def _write_line(line: _Beside) -> tuple[str, ...]:
    ours, difference = line.ours, line.difference
    return (
        line.recipe,
        line.measure,
        "–" if line.published is None else f"{line.published:.4f}",
        "not measured" if ours is None else f"{ours.value:.4f}",
        "–" if ours is None else f"{ours.low:.4f} to {ours.high:.4f}",
        "–" if difference is None else f"{difference:+.4f}",
        "; ".join(filter(None, (line.source, line.note))),
    )
