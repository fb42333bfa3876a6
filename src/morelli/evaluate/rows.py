"""One number of an evaluation: what was asked, of whom, the value, its interval and what was counted.

`protocols` makes rows, `report` writes them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Task = Literal["attribution", "comparison", "retrieval", "k_shot", "open_set"]
PartName = Literal["seen", "unseen"]

ALL = "all"
"""The subset of rows that stand for everything that was counted."""

KEPT_BACK = "kept_back"
"""The subset of attribution rows for works that a split by artists kept back from those who teach."""


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
    replicates
        (b,) float64 the number in each resample of artists; None for a row that was read.
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
    replicates: NDArray[np.float64] | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> str:
        """Which number it is: ``task/part/subset/metric``."""
        return f"{self.task}/{self.part}/{self.subset}/{self.metric}"

    def to_dict(self) -> dict[str, str | float | int]:
        """Return the fields by name, without the resamples."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "replicates"}


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


# A table of numbers behind a figure, as a file holds it.

Cell = str | int | float | None


@dataclass(frozen=True)
class FigureTable:
    """The numbers of one figure.

    Parameters
    ----------
    name
        File name without ending.
    columns
        Their names.
    records
        One tuple for each line.
    """

    name: str
    columns: tuple[str, ...]
    records: tuple[tuple[Cell, ...], ...]

    def column(self, name: str) -> list[Cell]:
        """Return one column.

        Examples
        --------
        >>> FigureTable("t", ("a", "b"), ((1, 2), (3, 4))).column("b")
        [2, 4]
        """
        place = self.columns.index(name)
        return [record[place] for record in self.records]
