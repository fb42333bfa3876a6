"""The report of an evaluation: what was measured on which works, and the difference from another report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType

import polars as pl

from morelli.evaluate.against import Against, Replicates, subtract_rows
from morelli.evaluate.k_shot import read_shots
from morelli.evaluate.rows import ALL, TABLES, Findings, PartName, Row, Task, make_table

SCHEMA = 1
"""Version of `report.json`; it rises when a field changes its meaning."""

_MIN_ARTISTS = 12
"""Artists below which intervals that resample them are too narrow: of 10 the bootstrap's standard error lacks
5 %, and quantiles lack the tails of Student's t beside (Efron and Tibshirani 1993, sections 5.3 and 14.3)."""

_PACKAGES = ("morelli", "numpy", "scipy", "scikit-learn", "matplotlib")


@dataclass(frozen=True)
class Part:
    """The works of one part, or why there are none."""

    name: PartName
    n_works: int = 0
    n_artists: int = 0
    reason: str = ""  # why nothing was measured, as a clause without a full stop
    digest: str = ""  # SHA-256 of ids and artists of the works; empty when it is not known
    score: str = "cosine"  # what the score of a pair is: "cosine", or the kind of pair rule


def list_versions() -> Mapping[str, str]:
    """Return the installed versions of morelli and of the libraries it counts with."""
    return MappingProxyType({package: _find_version(package) for package in _PACKAGES})


def _find_version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


@dataclass(frozen=True, eq=False)
class Report:
    """Everything an evaluation found, with what it was made of.

    `split_sha256` holds, for each part that was measured, the digest of the split whose model was measured
    on it; `warnings` what an audit of the collection warned of; `notes` what a report that was read lacks.
    """

    collection: str
    split: str
    encoder: str
    seed: int
    findings: Findings
    parts: tuple[Part, ...] = ()
    against: Against | None = None
    command: str = ""
    warnings: Sequence[str] = ()
    versions: Mapping[str, str] = field(default_factory=list_versions)
    split_sha256: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    schema: int = SCHEMA

    def __repr__(self) -> str:
        return f"Report({self.collection!r}, split={self.split!r}, n_rows={len(self.rows)})"

    @property
    def rows(self) -> tuple[Row, ...]:
        """All numbers, of all tasks and parts."""
        return self.findings.rows

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        """The numbers behind each picture by name, in the order of `TABLES`; none without a record."""
        found = {**self.findings.tables, **_tabulate_rows(self.rows)}
        if self.against is not None:
            found["against"] = self.against.differences
        return {name: found[name] for name in TABLES if name in found and not found[name].is_empty()}

    def to_dict(self) -> dict[str, object]:
        """Return what `report.json` holds."""
        return {
            "schema": self.schema,
            "collection": self.collection,
            "split": self.split,
            "encoder": self.encoder,
            "seed": self.seed,
            "rows": [row.to_dict() for row in self.rows],
            "not_measured": [asdict(absence) for absence in self.findings.absences],
            "command": self.command,
            "warnings": list(self.warnings),
            "versions": dict(self.versions),
            "split_sha256": dict(self.split_sha256),
            "against": self.against.to_dict() if self.against else None,
            "parts": [asdict(part) for part in self.parts],
            "tables": list(self.tables),
        }

    def to_replicates(self) -> Replicates:
        """Return the replicates of all rows that have them."""
        digests: dict[str, str] = {part.name: part.digest for part in self.parts if part.digest}
        return Replicates.from_rows(self.rows, seed=self.seed, digests=digests)

    def find_row(self, task: Task, part: PartName, metric: str, subset: str = ALL) -> Row | None:
        """Return the row of one number, or None when it was not measured."""
        wanted = f"{task}/{part}/{subset}/{metric}"
        return next((row for row in self.rows if row.key == wanted), None)

    def find_part(self, name: PartName) -> Part:
        """Return one part; an empty one when nothing is known of it."""
        missing = Part(name, reason=f"the evaluation was given no works by {name} artists")
        return next((part for part in self.parts if part.name == name), missing)

    def list_narrow(self) -> list[str]:
        """Return a sentence for each part whose intervals are too narrow, having few artists to resample."""
        return [
            f"With {part.n_artists} {part.name} artists, take these intervals as narrower than they "
            f"should be: below {_MIN_ARTISTS}, resampling artists does not show how much they differ."
            for part in self.parts
            if 0 < part.n_artists < _MIN_ARTISTS
        ]


def _tabulate_rows(rows: Iterable[Row]) -> dict[str, pl.DataFrame]:
    """Return the tables that hold rows and nothing else."""
    records: dict[str, list[tuple[str | int | float, ...]]] = {"recall": [], "sets": [], "k_shot": []}
    for row in rows:
        numbers = (row.metric, row.value, row.low, row.high, row.n)
        if row.task == "retrieval" and row.metric.startswith("recall_at_") and row.subset == ALL:
            records["recall"].append((row.part, *numbers))
        elif row.task == "k_shot":
            records["k_shot"].append((row.part, read_shots(row), *numbers))
        elif row.subset.startswith("sets_of_"):
            records["sets"].append((row.part, int(row.subset.removeprefix("sets_of_")), *numbers))
    return {name: make_table(name, own) for name, own in records.items()}


def compare_reports(report: Report, other: Report, path: Path) -> Report:
    """Return a report that also holds what has changed since another one, which lies at the path.

    Raises `EvaluationError` when the two are not of the same test works and resamples.
    """
    differences, missing = subtract_rows(
        report.rows, report.to_replicates(), other.rows, other.to_replicates(), path=path
    )
    found = Against(f"{other.encoder}, split {other.split}", str(path), differences, missing)
    return replace(report, against=found)
