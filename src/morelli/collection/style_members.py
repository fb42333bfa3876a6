"""Which works carry which style label, and which label two works share first.

A work may carry several labels. So that a pair of works that share two of them is not taken twice, it belongs
to the label that stands first by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from morelli.collection.work import LABEL_SEPARATOR


@dataclass(frozen=True, eq=False)
class StyleMembers:
    """Works by style label.

    Parameters
    ----------
    labels
        All labels, sorted.
    table
        (n, n_labels) sparse, 1 where a work carries a label.
    """

    labels: tuple[str, ...]
    table: csr_array

    @classmethod
    def from_styles(cls, styles: Sequence[str | None]) -> StyleMembers:
        """Read the labels of works.

        Parameters
        ----------
        styles
            (n,) the style of each work; several labels are joined by ``|``; None: not known.

        Examples
        --------
        >>> members = StyleMembers.from_styles(["Rococo", None, "Baroque|Rococo"])
        >>> members.labels, [works.tolist() for works in members.list_members()]
        (('Baroque', 'Rococo'), [[2], [0, 2]])
        """
        own = [_split_labels(style) for style in styles]
        labels = tuple(sorted({label for one in own for label in one}))
        column = {label: place for place, label in enumerate(labels)}
        columns = np.array([column[label] for one in own for label in sorted(one)], dtype=np.int32)
        starts = np.concatenate([[0], np.cumsum([len(one) for one in own], dtype=np.int64)])
        ones = np.ones(len(columns), dtype=np.int8)
        return cls(labels, csr_array((ones, columns, starts), shape=(len(own), len(labels))))

    def list_members(self) -> list[NDArray[np.intp]]:
        """Return for each label the positions of its works, ascending."""
        by_label = self.table.tocsc()
        bounds = pairwise(by_label.indptr.tolist())
        return [by_label.indices[start:stop].astype(np.intp) for start, stop in bounds]

    def is_first_shared(
        self, style: int, left: NDArray[np.intp], right: NDArray[np.intp]
    ) -> NDArray[np.bool_]:
        """Return whether a label is the first that the two works of each pair share.

        Parameters
        ----------
        style
            The label's place in `labels`.
        left, right
            (p,) positions of works that both carry it.
        """
        is_first = np.ones(len(left), dtype=np.bool_)
        has_several = np.diff(self.table.indptr) > 1
        doubtful = np.flatnonzero(has_several[left] & has_several[right])
        shared = self.table[left[doubtful]].multiply(self.table[right[doubtful]]).tocsr()
        shared.sort_indices()
        is_first[doubtful] = shared.indices[shared.indptr[:-1]] == style
        return is_first


def _split_labels(style: str | None) -> set[str]:
    return {label.strip() for label in (style or "").split(LABEL_SEPARATOR)} - {""}
