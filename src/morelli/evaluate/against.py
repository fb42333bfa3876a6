"""Two reports beside each other: what has changed, with the interval of the difference.

Both must be of the same test works and resamples; then they are subtracted resample by resample (paired). Two
intervals that overlap say little: the difference may still be clear, because what is easy for one model is
mostly easy for the other. See Efron and Tibshirani (1993), An Introduction to the Bootstrap, section 8.3
(resampling the units once for both).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from morelli.errors import EvaluationError
from morelli.evaluate.metrics.intervals import enclose
from morelli.evaluate.metrics.words import find_metric, rename_metric
from morelli.evaluate.rows import Cell, Row, make_table
from morelli.files import write_file

REPLICATES = "replicates.safetensors"
"""The file beside `report.json`."""

_SCHEMA = 1  # rises when the same seed and works give other resamples


@dataclass(frozen=True, eq=False)
class Replicates:
    """The value of each number in each resample of artists, by key of the row (`Row.key`).

    `values` are (b,) float32, nan where the number does not exist; `seed` is that of the resamples, and
    `digests` holds for each part the SHA-256 of ids and artists of its test works.
    """

    values: Mapping[str, NDArray[np.float32]]
    seed: int
    digests: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Replicates(n={len(self.values)}, seed={self.seed})"

    @classmethod
    def from_rows(cls, rows: Iterable[Row], *, seed: int, digests: Mapping[str, str]) -> Replicates:
        """Return the replicates of the rows that have them."""
        values = {row.key: row.replicates.astype(np.float32) for row in rows if row.replicates is not None}
        return cls(MappingProxyType(values), seed, digests)

    def join(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """Return rows with their replicates, as float64; a row without any is returned as it is."""
        return tuple(
            replace(row, replicates=self.values[row.key].astype(np.float64))
            if row.key in self.values
            else row
            for row in rows
        )


def digest_works(ids: Iterable[str], artists: Iterable[str]) -> str:
    """Return SHA-256 over ids and artists, in whatever order the works come.

    Examples
    --------
    >>> digest_works(["a", "b"], ["A", "B"]) == digest_works(["b", "a"], ["B", "A"])
    True
    """
    lines = sorted(json.dumps(pair) for pair in zip(ids, artists, strict=True))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def write_replicates(replicates: Replicates, folder: Path) -> None:
    """Write the replicates as safetensors into a folder that has none yet; nothing when there are none."""
    if replicates.values:
        facts = {"schema": _SCHEMA, "seed": replicates.seed, "digests": dict(replicates.digests)}
        arrays = {key: np.ascontiguousarray(values) for key, values in replicates.values.items()}
        content = save(arrays, metadata={"morelli": json.dumps(facts, sort_keys=True)})
        write_file(folder / REPLICATES, content)


def _rename(key: str) -> str:
    """Return the key of a row, whose metric may bear the name of an earlier version."""
    place, _, metric = key.rpartition("/")
    return f"{place}/{rename_metric(metric)}"


def read_replicates(folder: Path) -> Replicates:
    """Return the replicates in the folder of a report.

    Raises `EvaluationError` when there are none, or this version cannot read them.
    """
    path = folder / REPLICATES
    try:
        with safe_open(path, framework="numpy") as file:
            facts: dict[str, Any] = json.loads(file.metadata()["morelli"])
            if facts["schema"] != _SCHEMA:
                raise ValueError(f"schema {facts['schema']}, not {_SCHEMA}")
            values = {_rename(key): file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
            return Replicates(values, int(facts["seed"]), dict(facts["digests"]))
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise EvaluationError(
            path,
            expected="the resamples of a report",
            found=f"{type(error).__name__}: {error}",
            remedy="run 'morelli evaluate' again for that report; without them only unpaired values are left",
        ) from error


@dataclass(frozen=True, eq=False)
class Against:
    """What has changed since another report: which one, where it lies, and the table ``against``.

    `missing` holds the keys of numbers that only one of the two has. The verdict of a difference is "better",
    "worse", or "not clear" where the interval holds zero; "different" of a number of which neither more nor
    less is better.
    """

    other: str
    path: str
    differences: pl.DataFrame
    missing: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return what `report.json` holds of it."""
        return {
            "other": self.other,
            "path": self.path,
            "differences": self.differences.to_dicts(),
            "missing": list(self.missing),
        }

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Against:
        """Return what `to_dict` gave."""
        renamed = ({**one, "metric": rename_metric(one["metric"])} for one in fields["differences"])
        differences = make_table("against", (tuple(one.values()) for one in renamed))
        return cls(fields["other"], fields["path"], differences, tuple(fields["missing"]))


def subtract_rows(
    rows: Sequence[Row],
    replicates: Replicates,
    other_rows: Sequence[Row],
    other_replicates: Replicates,
    *,
    path: Path,
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the table ``against`` of these rows minus others, and the keys that only one side has.

    Raises `EvaluationError`, naming the path of the others, when the two are not of the same test works and
    resamples, or share no number.
    """
    shared = _require_pairs(replicates, other_replicates, path)
    theirs = {row.key: row for row in other_rows}
    ours = {row.key: row for row in rows}
    differences = {
        key: _subtract(row, theirs[key], replicates, other_replicates)
        for key, row in ours.items()
        if row.part in shared and key in theirs and _is_paired(key, replicates, other_replicates)
    }
    if not differences:
        raise _refuse(path, "no number with resamples in both")
    missing = tuple(sorted((set(ours) | set(theirs)) - set(differences)))
    return make_table("against", differences.values()), missing


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


def _subtract(row: Row, other: Row, ours: Replicates, theirs: Replicates) -> tuple[Cell, ...]:
    resamples = ours.values[row.key].astype(np.float64) - theirs.values[row.key]
    interval = enclose(row.value - other.value, resamples)
    verdict = find_metric(row.metric).judge(interval.low, interval.high)
    numbers = (row.value, other.value, interval.value, interval.low, interval.high)
    return row.task, row.part, row.subset, row.metric, *numbers, verdict


def _refuse(path: Path, found: str) -> EvaluationError:
    return EvaluationError(
        f"--against {path}",
        expected="a report of the same test works, seed and resamples; others can be compared unpaired only",
        found=found,
        remedy="evaluate both models on the test works of one split with one seed, or read the two reports "
        "beside each other",
    )
