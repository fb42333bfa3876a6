"""What each work of the split did for the attribution: taught, chose, calibrated, or nothing at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.collection.splits import Split
from morelli.model.component import Arrays

ROLES = ("none", "taught", "chose", "calibrated", "known")
"""``none``: another artist's, or no vector. ``taught``: the heads were fitted to it. ``chose``: strength,
temperature and scores were chosen on it. ``calibrated``: thresholds were set on it. ``known``: by an artist
the model knows, and used for none of these, so that it can be asked about honestly."""


@dataclass(frozen=True, eq=False)
class Roles:
    """The role of each work of a split.

    Parameters
    ----------
    codes
        (n,) uint8 places in `ROLES`, in the order of the split's table, which is that of the ids.
    """

    codes: NDArray[np.uint8]

    @classmethod
    def of_works(cls, split: Split, ids: Mapping[str, pl.Series]) -> Self:
        """Return the roles of a split, given the ids of the works in each role; all others have none."""
        codes = np.zeros(len(split.table), dtype=np.uint8)
        for role, members in ids.items():
            codes[split.table["id"].is_in(members.implode()).to_numpy()] = ROLES.index(role)
        return cls(codes)

    def select(self, split: Split, role: str) -> pl.DataFrame:
        """Return the rows of the split's table with a role.

        Parameters
        ----------
        split
            The model's split.
        role
            One of `ROLES`.
        """
        return split.table.filter(pl.Series(self.codes == ROLES.index(role)))

    def to_arrays(self) -> Arrays:
        """Return the arrays by name."""
        return {"codes": self.codes}

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says: how many works have each role."""
        return {role: int((self.codes == code).sum()) for code, role in enumerate(ROLES)}

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the roles that facts and arrays describe."""
        return cls(arrays["codes"])
