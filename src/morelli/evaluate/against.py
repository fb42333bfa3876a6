"""Two reports beside each other: what has changed, with the interval of the difference.

Both must be of the same test works and resamples; then they are subtracted resample by resample (paired). Two
intervals that overlap say little: the difference may still be clear, because what is easy for one model is
mostly easy for the other.

References
----------
Efron and Tibshirani (1993), An Introduction to the Bootstrap, section 8.3 (resampling the units once for
both).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from morelli.errors import EvaluationError
from morelli.evaluate.figure_tables import FigureTable
from morelli.evaluate.intervals import enclose
from morelli.evaluate.replicates import Replicates
from morelli.evaluate.rows import PartName, Row, Task
from morelli.evaluate.wording import judge_difference


@dataclass(frozen=True)
class Difference:
    """One number in two reports.

    Parameters
    ----------
    task, part, subset, metric
        Which number.
    this, other
        Its values.
    difference, low, high
        This minus other, with the 95 % interval over artists.
    verdict
        "better", "worse", or "not clear" where the interval holds zero; "different" of a number of which
        neither more nor less is better.
    """

    task: Task
    part: PartName
    subset: str
    metric: str
    this: float
    other: float
    difference: float
    low: float
    high: float
    verdict: str

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)


@dataclass(frozen=True)
class Against:
    """All numbers that two reports share.

    Parameters
    ----------
    other
        What the other report is of: its encoder and split.
    path
        Where it lies.
    differences
        One for each number.
    missing
        Keys of numbers that only one of the two has.
    """

    other: str
    path: str
    differences: tuple[Difference, ...]
    missing: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain lists."""
        return {
            "other": self.other,
            "path": self.path,
            "differences": [one.to_dict() for one in self.differences],
            "missing": list(self.missing),
        }

    def tabulate(self) -> FigureTable:
        """Return the table ``against``."""
        columns = tuple(Difference.__dataclass_fields__)
        records = tuple(tuple(one.to_dict().values()) for one in self.differences)
        return FigureTable("against", columns, records)


def subtract_reports(
    rows: Sequence[Row],
    replicates: Replicates,
    other_rows: Sequence[Row],
    other_replicates: Replicates,
    *,
    other: str,
    path: Path,
) -> Against:
    """Return this report minus another one.

    Parameters
    ----------
    rows, replicates
        Of this report.
    other_rows, other_replicates
        Of the other one.
    other, path
        What the other report is of, and where it lies.

    Raises
    ------
    EvaluationError
        When the two are not of the same test works and resamples, or share no number.
    """
    shared = _require_pairs(replicates, other_replicates, path)
    theirs = {row.key: row for row in other_rows}
    ours = {row.key: row for row in rows}
    differences = tuple(
        _subtract(row, theirs[key], replicates, other_replicates)
        for key, row in ours.items()
        if row.part in shared and key in theirs and _is_paired(key, replicates, other_replicates)
    )
    done = {f"{one.task}/{one.part}/{one.subset}/{one.metric}" for one in differences}
    if not differences:
        raise _refuse(path, "no number with resamples in both")
    return Against(
        other=other,
        path=str(path),
        differences=differences,
        missing=tuple(sorted((set(ours) | set(theirs)) - done)),
    )


def _require_pairs(ours: Replicates, theirs: Replicates, path: Path) -> set[str]:
    """Return the parts whose resamples are the same."""
    parts = set(ours.digests) & set(theirs.digests)
    if not parts:
        raise _refuse(path, f"works of {' and '.join(sorted(theirs.digests)) or 'no'} artists")
    if ours.seed != theirs.seed:
        raise _refuse(path, f"seed {theirs.seed} there and {ours.seed} here")
    same = {part for part in parts if ours.digests[part] == theirs.digests[part]}
    if not same:
        raise _refuse(path, "other test works")
    return same


def _is_paired(key: str, ours: Replicates, theirs: Replicates) -> bool:
    return key in ours.values and key in theirs.values and ours.values[key].shape == theirs.values[key].shape


def _subtract(row: Row, other: Row, ours: Replicates, theirs: Replicates) -> Difference:
    resamples = ours.values[row.key].astype(np.float64) - theirs.values[row.key]
    interval = enclose(row.value - other.value, resamples)
    return Difference(
        task=row.task,
        part=row.part,
        subset=row.subset,
        metric=row.metric,
        this=row.value,
        other=other.value,
        difference=interval.value,
        low=interval.low,
        high=interval.high,
        verdict=judge_difference(row.metric, interval.low, interval.high),
    )


def _refuse(path: Path, found: str) -> EvaluationError:
    return EvaluationError(
        f"--against {path}",
        expected="a report of the same test works, seed and resamples; others can be compared unpaired only",
        found=found,
        remedy="evaluate both models on the test works of one split with one seed, or read the two reports "
        "beside each other",
    )
