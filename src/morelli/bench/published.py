"""Boards and published protocols that can be run again, as `reproductions.yaml` lists them.

Published figures stand with ours beside them, as tables and on disk.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
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
from morelli.evaluate.rows import Row
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


_BESIDE = pl.Schema(
    dict.fromkeys(("recipe", "measure"), pl.String())
    | dict.fromkeys(("published", "value", "low", "high"), pl.Float64())
    | dict.fromkeys(("source", "note"), pl.String())
)
"""A published figure, and ours with its interval; null where nobody has published or measured one."""


@dataclass(frozen=True)
class Reproduced:
    """A protocol that was run again: all that was measured, and published figures with ours."""

    name: str
    board: Board
    figures: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_BESIDE))
    differs: str = ""  # how our run differs from the published one

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {
            "name": self.name,
            "published": [_describe(row) for row in self.figures.to_dicts()],
            "differs": self.differs,
            "board": self.board.to_dict(),
        }


def _describe(row: Mapping[str, Any]) -> dict[str, Any]:
    ours = None if row["value"] is None else {key: row[key] for key in ("value", "low", "high")}
    fields = {key: row[key] for key in ("recipe", "measure", "published", "source", "note")}
    return {**fields, "ours": ours, "difference": _subtract(row)}


def _subtract(row: Mapping[str, Any]) -> float | None:
    """Return ours minus the published figure, where there are both."""
    return None if None in (row["value"], row["published"]) else float(row["value"] - row["published"])


def set_beside(reproduction: Reproduction, board: Board, further: Further) -> pl.DataFrame:
    """Return the published figures with ours, and behind them ours for the other recipes of the board.

    further: numbers that do not stand on the board.
    """
    ours: dict[tuple[str, str], Row | Interval] = {
        **{(line.label, name): row for line in board.lines for name, row in line.rows.items()},
        **further,
    }
    published = [
        (
            one.recipe,
            one.measure,
            one.value,
            *_list_numbers(ours.get((one.recipe, one.measure))),
            one.source,
            one.note,
        )
        for one in reproduction.published
    ]
    asked = {(one.recipe, one.measure) for one in reproduction.published}
    measures = dict.fromkeys((*(one.measure for one in reproduction.published), *LEGACY_METRICS))
    others = [
        (line.label, measure, None, *_list_numbers(ours[line.label, measure]), "", "")
        for measure in measures
        for line in board.lines
        if (line.label, measure) in ours and (line.label, measure) not in asked
    ]
    return pl.DataFrame([*published, *others], schema=_BESIDE, orient="row")


def _list_numbers(found: Row | Interval | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if found is None else (found.value, found.low, found.high)


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
        tuple(_write_row(row) for row in reproduced.figures.to_dicts()),
    )


def _write_row(row: Mapping[str, Any]) -> tuple[str, ...]:
    published, value, difference = row["published"], row["value"], _subtract(row)
    return (
        row["recipe"],
        row["measure"],
        "–" if published is None else f"{published:.4f}",
        "not measured" if value is None else f"{value:.4f}",
        "–" if value is None else f"{row['low']:.4f} to {row['high']:.4f}",
        "–" if difference is None else f"{difference:+.4f}",
        "; ".join(filter(None, (row["source"], row["note"]))),
    )
