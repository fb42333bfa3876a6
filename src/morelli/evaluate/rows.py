"""One number of an evaluation: what was asked, of whom, the value, its interval and what was counted.

`protocols` makes rows, `report` writes them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Task = Literal["attribution", "comparison", "retrieval"]
PartName = Literal["seen", "unseen"]

ALL = "all"
"""The subset of rows that stand for everything that was counted."""


@dataclass(frozen=True)
class Row:
    """One number of a report.

    Parameters
    ----------
    task, part
        What was asked, and of artists the model has seen or not.
    metric
        The name, spelled as scikit-learn spells it.
    value
        The number.
    low, high
        Its 95 % interval over artists.
    n
        How many were counted.
    unit
        What `n` counts: works, pairs, triplets or queries.
    subset
        Of which of them: `ALL`, or the name of a part of them that was measured on its own.
    """

    task: Task
    part: PartName
    metric: str
    value: float
    low: float
    high: float
    n: int
    unit: str
    subset: str = ALL

    def to_dict(self) -> dict[str, str | float | int]:
        """Return the fields by name."""
        return asdict(self)


@dataclass(frozen=True)
class Absence:
    """Why a subset has no rows.

    Parameters
    ----------
    task, part, subset
        Which rows are not there.
    reason
        As a clause without a full stop.
    """

    task: Task
    part: PartName
    subset: str
    reason: str

    def to_dict(self) -> dict[str, str]:
        """Return the fields by name."""
        return asdict(self)
