"""Whether models meet criteria that were written down before they were measured.

Each criterion is about one number of a report, or about how often a word of the verbal scale misleads. What
is held against it is not the number but the end of its interval that is worse: a criterion that chance alone
may have met is not met.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from rapidfuzz import process

from morelli.errors import EvaluationError, UsageError, describe_fault
from morelli.evaluate.results import Report
from morelli.judge.words import SCALE

_WORDS = tuple(word for _, word in SCALE[1:])


class Criterion(BaseModel):
    """What one number must be: ``measure`` or ``words``, and one bound."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    measure: str | None = Field(None, description="task/part/metric, or task/part/subset/metric.")
    words: str | None = Field(None, description="A word of the verbal scale, as 'weak support'.")
    part: Literal["seen", "unseen"] = Field("unseen", description="Of words: which artists.")
    hypothesis: Literal["one hand", "two hands"] = Field("one hand", description="Of words: for what.")
    at_most: float | None = Field(None, description="The number, its interval included, is not above.")
    at_least: float | None = Field(None, description="The number, its interval included, is not below.")
    why: str = Field("", description="Why this bound.")

    @model_validator(mode="after")
    def _require_one(self) -> Self:
        if (self.measure is None) == (self.words is None):
            raise ValueError("either a measure or words")
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError("either at_most or at_least")
        if self.words is not None and (self.words not in _WORDS or self.at_most is None):
            raise ValueError(f"words among {', '.join(_WORDS)}, with at_most")
        return self

    @property
    def name(self) -> str:
        """What it is about."""
        if self.measure is not None:
            return self.measure
        return f"{self.words} or more for {self.hypothesis}, {self.part} artists: share misled"

    @property
    def bound(self) -> float:
        """The number that it must keep to."""
        return float(self.at_least if self.at_most is None else self.at_most)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Verdict:
    """A criterion, what was measured, and whether it is met; not measured is not met."""

    criterion: Criterion
    value: float | None
    worst: float | None  # the end of the interval that is held against the criterion
    n: int
    reason: str = ""  # why there is no number

    @property
    def is_met(self) -> bool:
        """Whether the worse end of the interval keeps to the bound."""
        if self.worst is None:
            return False
        most, bound = self.criterion.at_most is not None, self.criterion.bound
        return self.worst <= bound if most else self.worst >= bound  # not where it is nan

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as a JSON object."""
        asked = self.criterion.model_dump(exclude_none=True)
        numbers = {"value": self.value, "worst": self.worst, "n": self.n}
        return {"name": self.criterion.name, **asked, **numbers, "met": self.is_met, "reason": self.reason}


def read_criteria(path: Path) -> tuple[Criterion, ...]:
    """Return the criteria of a YAML file: a list under ``criteria``; what is wrong names its place."""
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))["criteria"]
        return tuple(Criterion(**each) for each in listed)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "criterion"
        raise UsageError(
            f"{path}: {place}",
            expected=first["msg"].removeprefix("Value error, "),
            found=repr(first["input"]),
            remedy="correct the file; docs/validation.md has an example",
        ) from error
    except (OSError, yaml.YAMLError, KeyError, TypeError, UnicodeError) as error:
        is_file = isinstance(error, OSError)
        raise UsageError(
            path,
            expected="a YAML file with a list under 'criteria'",
            found=describe_fault(error) if is_file else "something else",
            remedy="docs/validation.md has an example",
        ) from error


def check_criteria(report: Report, criteria: Sequence[Criterion]) -> tuple[Verdict, ...]:
    """Return for each criterion whether a report meets it; a measure that no report has is refused."""
    return tuple(
        _check_words(report, each) if each.words is not None else _check_measure(report, each)
        for each in criteria
    )


def _check_measure(report: Report, criterion: Criterion) -> Verdict:
    task, part, *rest = str(criterion.measure).split("/")
    key = "/".join([task, part, *(["all", *rest] if len(rest) == 1 else rest)])
    row = next((row for row in report.rows if row.key == key), None)
    if row is None:
        absent = [one for one in report.findings.absences if key.startswith(f"{one.task}/{one.part}/")]
        if absent or part not in {found.part for found in report.rows}:
            return Verdict(criterion, None, None, 0, absent[0].reason if absent else f"no {part} artists")
        near = process.extract(key, [found.key for found in report.rows], limit=3)
        raise EvaluationError(
            criterion.measure,
            expected="a measure of this report",
            found="none of that name",
            remedy="the nearest are " + ", ".join(name.replace("/all/", "/") for name, _, _ in near),
        )
    worst = row.high if criterion.at_most is not None else row.low
    return Verdict(criterion, row.value, worst, row.n, "" if not math.isnan(worst) else "no interval")


def _check_words(report: Report, criterion: Criterion) -> Verdict:
    table = report.tables.get("misleading", pl.DataFrame())
    if criterion.part not in {row.part for row in report.rows if row.task == "comparison"}:
        return Verdict(criterion, None, None, 0, f"no {criterion.part} artists")
    asked = criterion.part, criterion.hypothesis, criterion.words
    own = [row for row in table.to_dicts() if (row["part"], row["hypothesis"], row["words"]) == asked]
    if not own:
        return Verdict(criterion, 0.0, 0.0, 0, "said of no pair")
    return Verdict(criterion, own[0]["share"], own[0]["high"], own[0]["n_pairs"])


def digest_works(works: pl.DataFrame) -> str:
    """Return the SHA-256 of which pictures a gallery holds, by their content, and how they are labelled."""
    rows = works.select("content_hash", "artist", "qualifier").sort("content_hash").rows()
    return hashlib.sha256("\n".join("\0".join(map(str, row)) for row in rows).encode()).hexdigest()


def digest_files(*paths: Path) -> dict[str, str]:
    """Return the SHA-256 of files, and of folders over the names and digests of their files, by path."""
    return {str(path): _digest(path) for path in paths}


def _digest(path: Path) -> str:
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    inner = sorted(one for one in path.rglob("*") if one.is_file())
    told = "".join(f"{one.relative_to(path).as_posix()}\0{_digest(one)}\n" for one in inner)
    return hashlib.sha256(told.encode()).hexdigest()
