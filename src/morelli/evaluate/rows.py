"""What an evaluation finds: rows of numbers, tables of numbers behind pictures, and what was not measured."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.files import replace_file

Task = Literal["attribution", "comparison", "retrieval", "k_shot", "open_set"]
PartName = Literal["seen", "unseen"]

PARTS: tuple[PartName, ...] = ("seen", "unseen")

ALL = "all"
"""The subset of rows that stand for everything that was counted."""

KEPT_BACK = "kept_back"
"""The subset of attribution rows for works that a split by artists held out of training."""


@dataclass(frozen=True)
class Row:
    """One number of an evaluation: of which question and artists, with its interval and what was counted.

    `part` is "seen" or "unseen", by whether the model knows the artists; in pair files "all", "both", "one"
    or "none", by how many of a pair's artists it knows. `low` and `high` bound the 95 % interval over
    artists; they are nan where none was measured. `n` counts what `unit` names: works, pairs, triplets or
    queries. `replicates`, (b,) float64, is the number in each resample of artists.
    """

    task: str
    part: str
    metric: str
    value: float
    low: float
    high: float
    n: int
    unit: str
    subset: str = ALL
    replicates: NDArray[np.float64] | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> str:
        """Which number it is: ``task/part/subset/metric``."""
        return f"{self.task}/{self.part}/{self.subset}/{self.metric}"

    def to_dict(self) -> dict[str, str | float | int]:
        """Return the fields by name, without the replicates."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "replicates"}


@dataclass(frozen=True)
class Absence:
    """Why a subset has no rows; the reason is a clause without a full stop."""

    task: str
    part: str
    subset: str
    reason: str


Cell = str | int | float | None

_COLUMNS: Final[dict[str, str]] = {
    "confusion": "artist taken_for n_works",
    "artists": "artist n_works accuracy low high",
    "curves": "part scoring threshold false_positive_rate true_positive_rate miss_rate",
    "scores": "part score_low score_high n_same n_different",
    "recall": "part metric value low high n_queries",
    "examples": "part query query_artist place work work_artist is_right score",
    "tippett": "part log10_likelihood_ratio share_same share_different",
    "misleading": "part hypothesis words at_least n_pairs n_misleading share high allowed wrong_when_even",
    "cross_entropy": "part log10_prior_odds entropy entropy_best entropy_without",
    "reliability": "part prior share predicted observed",
    "sets": "part n_works metric value low high n_pairs",
    "compared_artists": "part artist cllr missed mistaken taken_for n_same n_different",
    "worst_pairs": "part left left_artist right right_artist is_same log10_likelihood_ratio",
    "attribution_reliability": "confidence_low confidence_high confidence_mean share_right low high n_works",
    "coverage": "artist n_works coverage low high set_size",
    "k_shot": "part k metric value low high n_queries",
    "oscr": "scoring unknown_accepted known_right",
    "against": "task part subset metric this other difference low high verdict",
    "qualified": "qualifier n_works n_masters log10_likelihood_ratio share_above_0 share_in_set",
}
_TEXT_COLUMNS = (
    "artist taken_for part scoring metric query query_artist work work_artist left left_artist right "
    "right_artist task subset verdict qualifier hypothesis words"
)
_COUNTS = frozenset(("place", "k", "is_right", "is_same"))  # and all that begin with n_


def _choose_type(column: str) -> type[pl.DataType]:
    if column in _TEXT_COLUMNS.split():
        return pl.String
    return pl.Int64 if column.startswith("n_") or column in _COUNTS else pl.Float64


TABLES: Final[Mapping[str, pl.Schema]] = {
    name: pl.Schema({column: _choose_type(column) for column in columns.split()})
    for name, columns in _COLUMNS.items()
}
"""Columns of every table of a report, which is also a file ``figures/NAME.csv``."""


def make_table(name: str, records: Iterable[Sequence[Cell]]) -> pl.DataFrame:
    """Return one of `TABLES` with a row for each record.

    Examples
    --------
    >>> make_table("oscr", [("model", 0, 0.5)])["known_right"].to_list()
    [0.5]
    """
    return pl.DataFrame([tuple(record) for record in records], schema=TABLES[name], orient="row")


def write_table(table: pl.DataFrame, path: Path) -> None:
    """Write a table as CSV with a header line, UTF-8; null is empty, and numbers have all their digits."""
    with replace_file(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.columns)
        writer.writerows(table.iter_rows())


@dataclass(frozen=True, eq=False)
class Findings:
    """Rows, the tables behind pictures by name, and what was not measured; two of them add up.

    Examples
    --------
    >>> one = Findings(tables={"oscr": make_table("oscr", [("model", 0, 0.5)])})
    >>> both = one + one
    >>> both, len(both.tables["oscr"])
    (Findings(n_rows=0, tables=['oscr']), 2)
    """

    rows: tuple[Row, ...] = ()
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    absences: tuple[Absence, ...] = ()

    def __repr__(self) -> str:
        return f"Findings(n_rows={len(self.rows)}, tables={list(self.tables)})"

    def __add__(self, other: Findings) -> Findings:
        """Return both together; a table that both have is continued by the other's."""
        names = dict.fromkeys((*self.tables, *other.tables))
        return Findings(
            (*self.rows, *other.rows),
            {
                name: pl.concat([one.tables[name] for one in (self, other) if name in one.tables])
                for name in names
            },
            (*self.absences, *other.absences),
        )
