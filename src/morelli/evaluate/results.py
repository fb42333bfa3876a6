"""What an evaluation gives back: the rows, what the pictures need, and the report that holds all of it.

`protocols` fills these, `report` writes and reads them, `page` shows them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType

from morelli.evaluate.against import Against, Replicates
from morelli.evaluate.breakdown import ArtistCost, RetrievalExample, WorstPair
from morelli.evaluate.metrics.attribution import Confusion
from morelli.evaluate.metrics.comparison import Curve, ScoreHistogram
from morelli.evaluate.metrics.evidence import ReliabilityCurve, TippettCurve
from morelli.evaluate.rows import ALL, Absence, FigureTable, PartName, Row, Task
from morelli.judge.qualified import QualifiedRow

# What the likelihood ratios of some pairs are worth, and the numbers behind its pictures.


@dataclass(frozen=True, eq=False)
class EvidenceResult:
    """The rows of likelihood ratios, their curves, and where they fail.

    Parameters
    ----------
    part
        Seen or unseen artists.
    rows
        Of all pairs, and of subsets of them.
    absences
        Subsets without rows, and why.
    tippett
        How strong the evidence is.
    reliability
        What was said beside what was so, at each prior.
    artists
        By the cost of their pairs, the dearest first.
    worst_pairs
        The strongest evidence the wrong way.
    """

    part: PartName
    rows: tuple[Row, ...]
    absences: tuple[Absence, ...]
    tippett: TippettCurve
    reliability: tuple[ReliabilityCurve, ...]
    artists: tuple[ArtistCost, ...]
    worst_pairs: tuple[WorstPair, ...]

    def __repr__(self) -> str:
        return f"EvidenceResult({self.part}, n_rows={len(self.rows)})"


SCHEMA = 1
"""Version of `report.json`; it rises when a field changes its meaning."""

_PACKAGES = ("morelli", "numpy", "scipy", "scikit-learn", "matplotlib")
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
    evidence
        What the model's likelihood ratios of the same pairs are worth, or None.
    """

    part: PartName
    rows: tuple[Row, ...]
    n_artists: int
    n_pairs: int
    n_same: int
    curve: Curve
    raw_curve: Curve
    histogram: ScoreHistogram
    evidence: EvidenceResult | None = None

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
        Recall at 1, 5 and 10, mean average precision at 10 and of the whole ranking, R-precision, precision
        and share found at 10.
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
    digest
        SHA-256 of ids and artists of the works; empty when it is not known.
    """

    name: PartName
    n_works: int = 0
    n_artists: int = 0
    reason: str = ""
    digest: str = ""


def list_versions() -> Mapping[str, str]:
    """Return the installed versions of morelli and of the libraries it counts with."""
    return MappingProxyType({package: _find_version(package) for package in _PACKAGES})


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
    not_measured
        Subsets without rows, and why.
    examples
        Queries with what was found near them.
    tables
        The numbers behind the figures of further studies.
    against
        What has changed since another report, or None.
    qualified
        How near works of workshops, circles and followers come to their masters; one line for each qualifier.
    command
        What to type to get this report again.
    warnings
        What an audit of the collection warned of.
    versions
        Package names and versions.
    split_sha256
        For each part that was measured, the digest of the split whose model was measured on it.
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
    not_measured: tuple[Absence, ...] = ()
    examples: tuple[RetrievalExample, ...] = ()
    tables: tuple[FigureTable, ...] = ()
    against: Against | None = None
    qualified: tuple[QualifiedRow, ...] = ()
    command: str = ""
    warnings: Sequence[str] = ()
    versions: Mapping[str, str] = field(default_factory=list_versions)
    split_sha256: Mapping[str, str] = field(default_factory=dict)
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
            "not_measured": [absence.to_dict() for absence in self.not_measured],
            "command": self.command,
            "warnings": list(self.warnings),
            "versions": dict(self.versions),
            "split_sha256": dict(self.split_sha256),
            "against": self.against.to_dict() if self.against else None,
        }

    def to_replicates(self) -> Replicates:
        """Return the resamples of all rows that were measured."""
        digests: dict[str, str] = {part.name: part.digest for part in self.parts if part.digest}
        return Replicates.from_rows(self.rows, seed=self.seed, digests=digests)

    def find_table(self, name: str) -> FigureTable | None:
        """Return the numbers of a figure, or None when it was not measured."""
        return next((table for table in self.tables if table.name == name), None)

    def find_row(self, task: Task, part: PartName, metric: str, subset: str = ALL) -> Row | None:
        """Return the row of one number, or None when it was not measured."""
        wanted = (task, part, metric, subset)
        return next(
            (row for row in self.rows if (row.task, row.part, row.metric, row.subset) == wanted), None
        )

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
