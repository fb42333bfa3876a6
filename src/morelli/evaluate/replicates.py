"""The resamples behind the intervals of a report, kept so that another report can be compared with it.

Two models measured on the same works move together when other artists are drawn. The interval of their
difference is therefore far narrower than their own two suggest, but it needs the numbers of each resample.
These lie beside `report.json`, with what says whether two reports have the same resamples at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from morelli.errors import EvaluationError
from morelli.evaluate.rows import Row

REPLICATES = "replicates.safetensors"
"""The file beside `report.json`."""

_SCHEMA = 1  # rises when the same seed and works give other resamples


@dataclass(frozen=True, eq=False)
class Replicates:
    """The value of each number in each resample of artists.

    Parameters
    ----------
    values
        By key of the row (`Row.key`): (b,) float32, nan where the number does not exist.
    seed
        Of the resamples.
    digests
        By part: SHA-256 of ids and artists of its test works.
    """

    values: Mapping[str, NDArray[np.float32]]
    seed: int
    digests: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Replicates(n={len(self.values)}, seed={self.seed})"

    @classmethod
    def from_rows(cls, rows: Iterable[Row], *, seed: int, digests: Mapping[str, str]) -> Replicates:
        """Return the resamples of rows that were measured; rows that were read have none."""
        values = {row.key: row.replicates.astype(np.float32) for row in rows if row.replicates is not None}
        return cls(MappingProxyType(values), seed, digests)


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
    """Write the resamples as safetensors; an earlier file is removed when there are none.

    Parameters
    ----------
    folder
        That of the report.
    """
    path = folder / REPLICATES
    path.unlink(missing_ok=True)
    if replicates.values:
        facts = {"schema": _SCHEMA, "seed": replicates.seed, "digests": dict(replicates.digests)}
        arrays = {key: np.ascontiguousarray(values) for key, values in replicates.values.items()}
        save_file(arrays, path, metadata={"morelli": json.dumps(facts, sort_keys=True)})


def read_replicates(folder: Path) -> Replicates:
    """Return the resamples beside a report.

    Parameters
    ----------
    folder
        That of the report.

    Raises
    ------
    EvaluationError
        When there are none, or this version cannot read them.
    """
    path = folder / REPLICATES
    try:
        with safe_open(path, framework="numpy") as file:
            facts: dict[str, Any] = json.loads(file.metadata()["morelli"])
            if facts["schema"] != _SCHEMA:
                raise ValueError(f"schema {facts['schema']}, not {_SCHEMA}")
            values = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
            return Replicates(values, int(facts["seed"]), dict(facts["digests"]))
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise EvaluationError(
            path,
            expected="the resamples of a report",
            found=f"{type(error).__name__}: {error}",
            remedy="run 'morelli evaluate' again for that report; without them only unpaired values are left",
        ) from error
