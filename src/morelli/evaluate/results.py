"""What an evaluation gives back: the rows, what the pictures need, and the report that holds all of it.

`protocols` fills these, `report` writes and reads them, `page` shows them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType

from morelli.evaluate.confusion import Confusion
from morelli.evaluate.curves import Curve, ScoreHistogram
from morelli.evaluate.examples import RetrievalExample
from morelli.evaluate.qualified import QualifiedRow
from morelli.evaluate.rows import PartName, Row, Task

SCHEMA = 1
"""Version of `report.json`; it rises when a field changes its meaning."""

PACKAGES = ("morelli", "numpy", "scipy", "scikit-learn", "matplotlib")
"""Where the numbers come from."""


@dataclass(frozen=True, eq=False)
class ComparisonResult:
    """The rows of a comparison with the numbers behind its pictures.

    Parameters
    ----------
    part
        Seen or unseen artists.
    rows
        Four metrics of the model, of the baseline, and of the gain over it.
    n_artists
        Artists of this part.
    n_pairs, n_same
        Pairs compared, and those of them by the same hand.
    curve, raw_curve
        Of the model and of the baseline.
    histogram
        The model's scores of both kinds of pairs.
    """

    part: PartName
    rows: tuple[Row, ...]
    n_artists: int
    n_pairs: int
    n_same: int
    curve: Curve
    raw_curve: Curve
    histogram: ScoreHistogram

    def __repr__(self) -> str:
        return f"ComparisonResult({self.part}, n_artists={self.n_artists}, n_pairs={self.n_pairs})"

    def to_dict(self) -> dict[str, object]:
        """Return all numbers as plain lists."""
        return {
            "part": self.part,
            "rows": [row.to_dict() for row in self.rows],
            "n_artists": self.n_artists,
            "n_pairs": self.n_pairs,
            "n_same": self.n_same,
            "curve": self.curve.to_dict(),
            "raw_curve": self.raw_curve.to_dict(),
            "histogram": self.histogram.to_dict(),
        }


@dataclass(frozen=True)
class RetrievalResult:
    """The rows of a search, and how many queries could not be counted.

    Parameters
    ----------
    part
        Seen or unseen artists.
    rows
        Recall at 1, 5 and 10, mean average precision at 10, R-precision.
    n_left_out
        Queries without another work by their artist in the gallery.
    """

    part: PartName
    rows: tuple[Row, ...]
    n_left_out: int

    def to_dict(self) -> dict[str, object]:
        """Return the fields as plain lists."""
        return {
            "part": self.part,
            "rows": [row.to_dict() for row in self.rows],
            "n_left_out": self.n_left_out,
        }


@dataclass(frozen=True)
class Part:
    """The works of one part, or why there are none.

    Parameters
    ----------
    name
        Seen or unseen artists.
    n_works, n_artists
        What was evaluated.
    reason
        Why nothing was measured, as a clause without a full stop; empty when something was.
    """

    name: PartName
    n_works: int = 0
    n_artists: int = 0
    reason: str = ""


def list_versions() -> Mapping[str, str]:
    """Return the installed versions of morelli and of the libraries it counts with."""
    return MappingProxyType({package: _find_version(package) for package in PACKAGES})


@dataclass(frozen=True, eq=False)
class Report:
    """Everything an evaluation found.

    Parameters
    ----------
    collection
        Name of the collection.
    split
        Name or description of the split.
    encoder
        Name of the encoder.
    seed
        Of everything that was drawn.
    rows
        All numbers, of all tasks and parts.
    parts
        What was evaluated, seen and unseen.
    confusion
        Who is taken for whom, or None.
    comparisons
        The pictures' numbers of the comparison, at most one for each part.
    retrievals
        How many queries were left out, at most one for each part.
    examples
        Queries with what was found near them.
    qualified
        How near works of workshops, circles and followers come to their masters; one line for each qualifier.
    command
        What to type to get this report again.
    warnings
        What an audit of the collection warned of.
    versions
        Package names and versions.
    schema
        Version of the file format.
    """

    collection: str
    split: str
    encoder: str
    seed: int
    rows: tuple[Row, ...]
    parts: tuple[Part, ...] = ()
    confusion: Confusion | None = None
    comparisons: tuple[ComparisonResult, ...] = ()
    retrievals: tuple[RetrievalResult, ...] = ()
    examples: tuple[RetrievalExample, ...] = ()
    qualified: tuple[QualifiedRow, ...] = ()
    command: str = ""
    warnings: Sequence[str] = ()
    versions: Mapping[str, str] = field(default_factory=list_versions)
    schema: int = SCHEMA

    def __repr__(self) -> str:
        return f"Report({self.collection!r}, split={self.split!r}, n_rows={len(self.rows)})"

    def to_dict(self) -> dict[str, object]:
        """Return what `report.json` holds."""
        return {
            "schema": self.schema,
            "collection": self.collection,
            "split": self.split,
            "encoder": self.encoder,
            "seed": self.seed,
            "rows": [row.to_dict() for row in self.rows],
            "command": self.command,
            "warnings": list(self.warnings),
            "versions": dict(self.versions),
        }

    def find_row(self, task: Task, part: PartName, metric: str) -> Row | None:
        """Return the row of one number, or None when it was not measured."""
        for row in self.rows:
            if (row.task, row.part, row.metric) == (task, part, metric):
                return row
        return None

    def find_part(self, name: PartName) -> Part:
        """Return one part; an empty one when nothing is known of it."""
        for part in self.parts:
            if part.name == name:
                return part
        return Part(name, reason=f"the evaluation was given no works by {name} artists")

    def find_comparison(self, name: PartName) -> ComparisonResult | None:
        """Return the comparison of one part, or None when it was not measured."""
        return next((result for result in self.comparisons if result.part == name), None)


def _find_version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
